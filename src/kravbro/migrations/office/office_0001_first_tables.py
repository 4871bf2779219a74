"""first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "office_0001_0.1"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "counter",
        sa.Column("scope", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "name", name=op.f("pk_counter")),
    )
    op.create_table(
        "creditor",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("organisation_number", sa.String(length=9), nullable=False),
        sa.Column("ledger_installation", sa.String(length=60), nullable=False),
        sa.Column("company", sa.Integer(), nullable=False),
        sa.Column(
            "collects",
            sa.String(length=10),
            nullable=False,
            comment="own: collects its own claims; agency: we collect for it",
        ),
        sa.Column(
            "allocation_order",
            sa.String(length=60),
            nullable=False,
            comment="of what debtors pay when they say nothing",
        ),
        sa.Column("minimum_ore", sa.BigInteger(), nullable=False),
        sa.Column("days_after_due", sa.Integer(), nullable=False),
        sa.Column("identity_number_missing", sa.String(length=10), nullable=False),
        sa.Column("organisation_number_missing", sa.String(length=10), nullable=False),
        sa.Column("foreign_address", sa.String(length=10), nullable=False),
        sa.Column(
            "money_account", sa.String(length=10), nullable=False, comment="bank, or what the agency owes the creditor"
        ),
        sa.Column("interest_account", sa.String(length=10), nullable=False),
        sa.Column("fee_account", sa.String(length=10), nullable=False, comment="letter fees"),
        sa.Column(
            "cost_account", sa.String(length=10), nullable=False, comment="court, enforcement and collection costs"
        ),
        sa.Column("interim_account", sa.String(length=10), nullable=False, comment="unplaced money"),
        sa.Column(
            "overpayment",
            sa.String(length=10),
            nullable=False,
            comment="on_account (the customer's sub-ledger) or refund",
        ),
        sa.Column("refund_account", sa.String(length=10), nullable=False),
        sa.Column("department", sa.String(length=20), nullable=False),
        sa.Column("project", sa.String(length=20), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_creditor")),
        sa.UniqueConstraint("ledger_installation", "company", name=op.f("uq_creditor_ledger_installation_company")),
    )
    op.create_table(
        "installation",
        sa.Column("id", sa.String(length=60), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
    op.create_table(
        "payment_file",
        sa.Column(
            "number", sa.Integer(), autoincrement=False, nullable=False, comment="numbered over the whole office"
        ),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("format", sa.String(length=20), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("payment_count", sa.Integer(), nullable=False),
        sa.Column("net_ore", sa.BigInteger(), nullable=False),
        sa.Column("imported_on", sa.Date(), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_payment_file")),
    )
    op.create_table(
        "workflow",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("starts_after_notice", sa.Boolean(), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_workflow")),
    )
    op.create_table(
        "creditor_sub_ledger",
        sa.Column("creditor", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sub_ledger_type", sa.String(length=20), nullable=False),
        sa.Column("receivable_account", sa.String(length=10), nullable=False),
        sa.Column("workflow", sa.String(length=20), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["creditor"], ["creditor.number"], name=op.f("fk_creditor_sub_ledger_creditor")),
        sa.ForeignKeyConstraint(["workflow"], ["workflow.code"], name=op.f("fk_creditor_sub_ledger_workflow")),
        sa.PrimaryKeyConstraint("creditor", "sub_ledger_type", name=op.f("pk_creditor_sub_ledger")),
    )
    op.create_table(
        "debtor",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("creditor", sa.Integer(), nullable=False),
        sa.Column("customer_no", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("identity_number", sa.String(length=11), nullable=False),
        sa.Column("organisation_number", sa.String(length=9), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("postcode", sa.String(length=20), nullable=False),
        sa.Column("place", sa.String(length=100), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column(
            "fingerprint", sa.String(length=64), nullable=False, comment="of the row's content as it was written"
        ),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["creditor"], ["creditor.number"], name=op.f("fk_debtor_creditor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_debtor")),
        sa.UniqueConstraint("creditor", "customer_no", name=op.f("uq_debtor_creditor_customer_no")),
    )
    op.create_table(
        "payment_agreement",
        sa.Column("account_number", sa.String(length=11), nullable=False),
        sa.Column("creditor", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "closed_on", sa.Date(), nullable=True, comment="from this day money that comes in is not placed by itself"
        ),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["creditor"], ["creditor.number"], name=op.f("fk_payment_agreement_creditor")),
        sa.PrimaryKeyConstraint("account_number", name=op.f("pk_payment_agreement")),
    )
    op.create_table(
        "posting",
        sa.Column("creditor", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["creditor"], ["creditor.number"], name=op.f("fk_posting_creditor")),
        sa.PrimaryKeyConstraint("creditor", "number", name=op.f("pk_posting")),
    )
    op.create_table(
        "receipt",
        sa.Column("creditor", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("offer", sa.Integer(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("case_number", sa.String(length=30), nullable=False),
        sa.Column("case_kid", sa.String(length=25), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("warnings", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False, comment="of the frozen part of the offer"),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["creditor"], ["creditor.number"], name=op.f("fk_receipt_creditor")),
        sa.PrimaryKeyConstraint("creditor", "number", name=op.f("pk_receipt")),
        sa.UniqueConstraint("creditor", "offer", "outcome", name=op.f("uq_receipt_creditor_offer_outcome")),
    )
    op.create_table(
        "voucher_receipt",
        sa.Column("creditor", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("voucher_key", sa.String(length=80), nullable=False),
        sa.Column("fate", sa.String(length=10), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("voucher_no", sa.String(length=30), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["creditor"], ["creditor.number"], name=op.f("fk_voucher_receipt_creditor")),
        sa.PrimaryKeyConstraint("creditor", "number", name=op.f("pk_voucher_receipt")),
    )
    with op.batch_alter_table("voucher_receipt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_voucher_receipt_voucher_key"), ["voucher_key"], unique=False)

    op.create_table(
        "case",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False, comment="numbered over the whole office"),
        sa.Column("creditor", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False, comment="shown to people; a series per creditor"),
        sa.Column("kid", sa.String(length=25), nullable=False),
        sa.Column("debtor", sa.Integer(), nullable=False),
        sa.Column("workflow", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column(
            "fingerprint", sa.String(length=64), nullable=False, comment="of the row's content as it was written"
        ),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["creditor"], ["creditor.number"], name=op.f("fk_case_creditor")),
        sa.ForeignKeyConstraint(["debtor"], ["debtor.id"], name=op.f("fk_case_debtor")),
        sa.ForeignKeyConstraint(["workflow"], ["workflow.code"], name=op.f("fk_case_workflow")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case")),
        sa.UniqueConstraint("kid", name=op.f("uq_case_kid")),
        sa.UniqueConstraint("number", name=op.f("uq_case_number")),
    )
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_debtor"), ["debtor"], unique=False)

    op.create_table(
        "kid_structure",
        sa.Column("account_number", sa.String(length=11), nullable=False),
        sa.Column("length", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("method", sa.String(length=10), nullable=False),
        sa.Column("names", sa.String(length=10), nullable=False, comment="case or invoice"),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_number"], ["payment_agreement.account_number"], name=op.f("fk_kid_structure_account_number")
        ),
        sa.PrimaryKeyConstraint("account_number", "length", name=op.f("pk_kid_structure")),
    )
    op.create_table(
        "payment",
        sa.Column(
            "number", sa.Integer(), autoincrement=False, nullable=False, comment="numbered over the whole office"
        ),
        sa.Column("file", sa.Integer(), nullable=False),
        sa.Column("identity", sa.String(length=120), nullable=False),
        sa.Column("account_number", sa.String(length=11), nullable=False),
        sa.Column("creditor", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=10), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False, comment="negative for a reversal"),
        sa.Column("kid", sa.String(length=25), nullable=False),
        sa.Column("bank_date", sa.Date(), nullable=False, comment="decides timeliness"),
        sa.Column("settlement_date", sa.Date(), nullable=False, comment="decides bookkeeping"),
        sa.Column(
            "lump", sa.String(length=80), nullable=False, comment="what identifies the sum on the bank statement"
        ),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("debit_account", sa.String(length=11), nullable=False),
        sa.Column("free_text", sa.String(length=80), nullable=False),
        sa.Column("reverses", sa.Integer(), nullable=True),
        sa.Column("placed_ore", sa.BigInteger(), nullable=False, comment="on cases, at import"),
        sa.Column(
            "fingerprint", sa.String(length=64), nullable=False, comment="of the row's content as it was written"
        ),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_number"], ["payment_agreement.account_number"], name=op.f("fk_payment_account_number")
        ),
        sa.ForeignKeyConstraint(["creditor"], ["creditor.number"], name=op.f("fk_payment_creditor")),
        sa.ForeignKeyConstraint(["file"], ["payment_file.number"], name=op.f("fk_payment_file")),
        sa.ForeignKeyConstraint(["reverses"], ["payment.number"], name=op.f("fk_payment_reverses")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_payment")),
        sa.UniqueConstraint("identity", name=op.f("uq_payment_identity")),
        sa.UniqueConstraint("reverses", name=op.f("uq_payment_reverses")),
    )
    with op.batch_alter_table("payment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payment_file"), ["file"], unique=False)
        batch_op.create_index(batch_op.f("ix_payment_kid"), ["kid"], unique=False)

    op.create_table(
        "voucher",
        sa.Column("creditor", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("posting", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False, comment="within its posting proposal"),
        sa.Column("number", sa.Integer(), nullable=True, comment="approval number, per creditor"),
        sa.Column("key", sa.String(length=80), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("lump", sa.String(length=80), nullable=False),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column(
            "fingerprint", sa.String(length=64), nullable=True, comment="of exactly what is sent, given at approval"
        ),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["creditor", "posting"], ["posting.creditor", "posting.number"], name=op.f("fk_voucher_creditor_posting")
        ),
        sa.PrimaryKeyConstraint("creditor", "posting", "ordinal", name=op.f("pk_voucher")),
        sa.UniqueConstraint("creditor", "number", name=op.f("uq_voucher_creditor_number")),
        sa.UniqueConstraint("key", name=op.f("uq_voucher_key")),
    )
    op.create_table(
        "case_event",
        sa.Column("case", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("event", sa.String(length=30), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False, comment="state before"),
        sa.Column("target", sa.String(length=20), nullable=False, comment="state after"),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["case.id"], name=op.f("fk_case_event_case")),
        sa.PrimaryKeyConstraint("case", "event_no", name=op.f("pk_case_event")),
    )
    op.create_table(
        "claim",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False, comment="numbered over the whole office"),
        sa.Column("creditor", sa.Integer(), nullable=False),
        sa.Column("offer", sa.Integer(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False, comment="the ledger's own key"),
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, comment="of the published status"),
        sa.Column("sub_ledger_type", sa.String(length=20), nullable=False),
        sa.Column("invoice_no", sa.String(length=20), nullable=False),
        sa.Column("invoice_kid", sa.String(length=25), nullable=False),
        sa.Column("invoice_date", sa.Date(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("principal_ore", sa.BigInteger(), nullable=False),
        sa.Column("interest_before_due_ore", sa.BigInteger(), nullable=False),
        sa.Column("fees_ore", sa.BigInteger(), nullable=False),
        sa.Column("interest_charged_ore", sa.BigInteger(), nullable=False),
        sa.Column("letter_count", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["case.id"], name=op.f("fk_claim_case")),
        sa.ForeignKeyConstraint(["creditor"], ["creditor.number"], name=op.f("fk_claim_creditor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
        sa.UniqueConstraint("creditor", "offer", name=op.f("uq_claim_creditor_offer")),
    )
    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_claim_case"), ["case"], unique=False)
        batch_op.create_index("ix_claim_creditor_entry", ["creditor", "entry"], unique=False)
        batch_op.create_index(batch_op.f("ix_claim_invoice_kid"), ["invoice_kid"], unique=False)

    op.create_table(
        "journal",
        sa.Column(
            "number", sa.Integer(), autoincrement=False, nullable=False, comment="numbered over the whole office"
        ),
        sa.Column("creditor", sa.Integer(), nullable=False),
        sa.Column("case", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False, comment="claim, payment, reversal, placing or ledger"),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column(
            "posting", sa.Integer(), nullable=True, comment="the approved posting proposal of the creditor that took it"
        ),
        sa.Column("fingerprint", sa.String(length=64), nullable=False, comment="of head and rows as they were written"),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["case.id"], name=op.f("fk_journal_case")),
        sa.ForeignKeyConstraint(["creditor"], ["creditor.number"], name=op.f("fk_journal_creditor")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_journal")),
        sa.UniqueConstraint("source", name=op.f("uq_journal_source")),
    )
    with op.batch_alter_table("journal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_journal_case"), ["case"], unique=False)
        batch_op.create_index("ix_journal_unposted", ["creditor", "posting", "kind"], unique=False)

    op.create_table(
        "claim_letter",
        sa.Column("claim", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("letter_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=False),
        sa.Column("fee_ore", sa.BigInteger(), nullable=False),
        sa.Column("interest_ore", sa.BigInteger(), nullable=False),
        sa.Column(
            "fingerprint", sa.String(length=64), nullable=False, comment="of the row's content as it was written"
        ),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["claim"], ["claim.id"], name=op.f("fk_claim_letter_claim")),
        sa.PrimaryKeyConstraint("claim", "letter_no", name=op.f("pk_claim_letter")),
    )
    op.create_table(
        "journal_row",
        sa.Column("journal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("row_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("account", sa.String(length=20), nullable=False),
        sa.Column("claim", sa.Integer(), nullable=True),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("counts_from", sa.Date(), nullable=False, comment="the last day before interest counts the change"),
        sa.ForeignKeyConstraint(["claim"], ["claim.id"], name=op.f("fk_journal_row_claim")),
        sa.ForeignKeyConstraint(["journal"], ["journal.number"], name=op.f("fk_journal_row_journal")),
        sa.PrimaryKeyConstraint("journal", "row_no", name=op.f("pk_journal_row")),
    )
    with op.batch_alter_table("journal_row", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_journal_row_claim"), ["claim"], unique=False)

    op.create_table(
        "ledger_transaction",
        sa.Column("creditor", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("booking", sa.Integer(), nullable=False, comment="the ledger's own key"),
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.Column(
            "value_on", sa.Date(), nullable=False, comment="the day from which it counts, unless it is a credit note"
        ),
        sa.Column("voucher_no", sa.String(length=30), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("journal", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["claim"], ["claim.id"], name=op.f("fk_ledger_transaction_claim")),
        sa.ForeignKeyConstraint(["creditor"], ["creditor.number"], name=op.f("fk_ledger_transaction_creditor")),
        sa.ForeignKeyConstraint(["journal"], ["journal.number"], name=op.f("fk_ledger_transaction_journal")),
        sa.PrimaryKeyConstraint("creditor", "number", name=op.f("pk_ledger_transaction")),
        sa.UniqueConstraint("creditor", "booking", name=op.f("uq_ledger_transaction_creditor_booking")),
        sa.UniqueConstraint("journal", name=op.f("uq_ledger_transaction_journal")),
    )
    with op.batch_alter_table("ledger_transaction", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_transaction_claim"), ["claim"], unique=False)

    op.create_table(
        "posting_exclusion",
        sa.Column("journal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("because", sa.String(length=200), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["journal"], ["journal.number"], name=op.f("fk_posting_exclusion_journal")),
        sa.PrimaryKeyConstraint("journal", name=op.f("pk_posting_exclusion")),
    )
    op.create_table(
        "status_event",
        sa.Column("creditor", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["claim"], ["claim.id"], name=op.f("fk_status_event_claim")),
        sa.ForeignKeyConstraint(["creditor"], ["creditor.number"], name=op.f("fk_status_event_creditor")),
        sa.PrimaryKeyConstraint("creditor", "number", name=op.f("pk_status_event")),
        sa.UniqueConstraint("claim", "version", name=op.f("uq_status_event_claim_version")),
    )
    op.create_table(
        "unplaced",
        sa.Column("payment", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("creditor", sa.Integer(), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("because", sa.String(length=60), nullable=False),
        sa.Column("placed_by", sa.Integer(), nullable=True, comment="the journal that placed it later"),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["creditor"], ["creditor.number"], name=op.f("fk_unplaced_creditor")),
        sa.ForeignKeyConstraint(["payment"], ["payment.number"], name=op.f("fk_unplaced_payment")),
        sa.ForeignKeyConstraint(["placed_by"], ["journal.number"], name=op.f("fk_unplaced_placed_by")),
        sa.PrimaryKeyConstraint("payment", name=op.f("pk_unplaced")),
    )
    op.create_table(
        "voucher_line",
        sa.Column("creditor", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("posting", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("line_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("account", sa.String(length=10), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("customer_no", sa.Integer(), nullable=True),
        sa.Column("claim", sa.Integer(), nullable=True),
        sa.Column("invoice_no", sa.String(length=20), nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("department", sa.String(length=20), nullable=False),
        sa.Column("project", sa.String(length=20), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column(
            "journal", sa.Integer(), nullable=True, comment="the journal row behind it; none for the bank's line"
        ),
        sa.Column("row_no", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["claim"], ["claim.id"], name=op.f("fk_voucher_line_claim")),
        sa.ForeignKeyConstraint(
            ["creditor", "posting", "ordinal"],
            ["voucher.creditor", "voucher.posting", "voucher.ordinal"],
            name=op.f("fk_voucher_line_creditor_posting_ordinal"),
        ),
        sa.PrimaryKeyConstraint("creditor", "posting", "ordinal", "line_no", name=op.f("pk_voucher_line")),
    )
    with op.batch_alter_table("voucher_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_voucher_line_claim"), ["claim"], unique=False)
        batch_op.create_index("ix_voucher_line_journal", ["journal", "row_no"], unique=False)


def downgrade() -> None:
    """Take this step back."""
    with op.batch_alter_table("voucher_line", schema=None) as batch_op:
        batch_op.drop_index("ix_voucher_line_journal")
        batch_op.drop_index(batch_op.f("ix_voucher_line_claim"))

    op.drop_table("voucher_line")
    op.drop_table("unplaced")
    op.drop_table("status_event")
    op.drop_table("posting_exclusion")
    with op.batch_alter_table("ledger_transaction", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_transaction_claim"))

    op.drop_table("ledger_transaction")
    with op.batch_alter_table("journal_row", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_journal_row_claim"))

    op.drop_table("journal_row")
    op.drop_table("claim_letter")
    with op.batch_alter_table("journal", schema=None) as batch_op:
        batch_op.drop_index("ix_journal_unposted")
        batch_op.drop_index(batch_op.f("ix_journal_case"))

    op.drop_table("journal")
    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_claim_invoice_kid"))
        batch_op.drop_index("ix_claim_creditor_entry")
        batch_op.drop_index(batch_op.f("ix_claim_case"))

    op.drop_table("claim")
    op.drop_table("case_event")
    op.drop_table("voucher")
    with op.batch_alter_table("payment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payment_kid"))
        batch_op.drop_index(batch_op.f("ix_payment_file"))

    op.drop_table("payment")
    op.drop_table("kid_structure")
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_debtor"))

    op.drop_table("case")
    with op.batch_alter_table("voucher_receipt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_voucher_receipt_voucher_key"))

    op.drop_table("voucher_receipt")
    op.drop_table("receipt")
    op.drop_table("posting")
    op.drop_table("payment_agreement")
    op.drop_table("debtor")
    op.drop_table("creditor_sub_ledger")
    op.drop_table("workflow")
    op.drop_table("payment_file")
    op.drop_table("installation")
    op.drop_table("creditor")
    op.drop_table("counter")
