"""first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "books_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "account",
        sa.Column("number", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_account")),
    )
    op.create_table(
        "counter",
        sa.Column("scope", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "name", name=op.f("pk_counter")),
    )
    op.create_table(
        "customer",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("identity_number", sa.String(length=11), nullable=False),
        sa.Column("organisation_number", sa.String(length=9), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("postcode", sa.String(length=20), nullable=False),
        sa.Column("place", sa.String(length=100), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("exempt_from_dunning", sa.Boolean(), nullable=False),
        sa.Column("exempt_from_collection", sa.Boolean(), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_customer")),
    )
    op.create_table(
        "dunning_code",
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("to_collector", sa.Boolean(), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_dunning_code")),
    )
    op.create_table(
        "number_series",
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("first_number", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_number_series")),
    )
    op.create_table(
        "setup",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("collector_registrar", sa.String(length=20), nullable=False),
        sa.Column("collector_voucher_type", sa.String(length=10), nullable=False),
        sa.Column("post_collector_vouchers", sa.Boolean(), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_setup_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setup")),
    )
    op.create_table(
        "voucher_event",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("collector_key", sa.String(length=80), nullable=False),
        sa.Column("fate", sa.String(length=10), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("voucher_no", sa.String(length=30), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_voucher_event")),
    )
    with op.batch_alter_table("voucher_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_voucher_event_collector_key"), ["collector_key"], unique=False)

    op.create_table(
        "sub_ledger_type",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("receivable_account", sa.String(length=10), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["receivable_account"], ["account.number"], name=op.f("fk_sub_ledger_type_receivable_account")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_sub_ledger_type")),
    )
    op.create_table(
        "voucher_type",
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("meaning", sa.String(length=30), nullable=False),
        sa.Column("series", sa.String(length=10), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["series"], ["number_series.code"], name=op.f("fk_voucher_type_series")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_voucher_type")),
    )
    op.create_table(
        "dunning_routine",
        sa.Column("sub_ledger_type", sa.String(length=20), nullable=False),
        sa.Column("dunning_code", sa.String(length=10), nullable=False),
        sa.Column("days_after_due", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["dunning_code"], ["dunning_code.code"], name=op.f("fk_dunning_routine_dunning_code")),
        sa.ForeignKeyConstraint(
            ["sub_ledger_type"], ["sub_ledger_type.code"], name=op.f("fk_dunning_routine_sub_ledger_type")
        ),
        sa.PrimaryKeyConstraint("sub_ledger_type", "dunning_code", name=op.f("pk_dunning_routine")),
    )
    op.create_table(
        "voucher",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("type", sa.String(length=10), nullable=False),
        sa.Column("series", sa.String(length=10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("registrar", sa.String(length=100), nullable=False),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("debit_ore", sa.BigInteger(), nullable=False),
        sa.Column("collector_key", sa.String(length=80), nullable=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=True),
        sa.Column("rejected_because", sa.String(length=200), nullable=True),
        sa.Column("request_id", sa.String(length=80), nullable=True),
        sa.Column("posted_sequence", sa.Integer(), nullable=True, comment="place in the order of posting"),
        sa.Column(
            "seal",
            sa.String(length=64),
            nullable=False,
            comment="over its content, and once posted over the seal before it",
        ),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["series"], ["number_series.code"], name=op.f("fk_voucher_series")),
        sa.ForeignKeyConstraint(["type"], ["voucher_type.code"], name=op.f("fk_voucher_type")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher")),
        sa.UniqueConstraint("collector_key", name=op.f("uq_voucher_collector_key")),
        sa.UniqueConstraint("posted_sequence", name=op.f("uq_voucher_posted_sequence")),
        sa.UniqueConstraint("request_id", name=op.f("uq_voucher_request_id")),
        sa.UniqueConstraint("series", "number", name=op.f("uq_voucher_series_number")),
    )
    with op.batch_alter_table("voucher", schema=None) as batch_op:
        batch_op.create_index("ix_voucher_state", ["state"], unique=False)

    op.create_table(
        "proposal",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sub_ledger_type", sa.String(length=20), nullable=False),
        sa.Column("dunning_code", sa.String(length=10), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False, comment="the last booking when it was made"),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("transfer_voucher", sa.Integer(), nullable=True),
        sa.Column("request_id", sa.String(length=80), nullable=True),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["dunning_code"], ["dunning_code.code"], name=op.f("fk_proposal_dunning_code")),
        sa.ForeignKeyConstraint(
            ["sub_ledger_type"], ["sub_ledger_type.code"], name=op.f("fk_proposal_sub_ledger_type")
        ),
        sa.ForeignKeyConstraint(["transfer_voucher"], ["voucher.id"], name=op.f("fk_proposal_transfer_voucher")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_proposal")),
        sa.UniqueConstraint("request_id", name=op.f("uq_proposal_request_id")),
        sa.UniqueConstraint("transfer_voucher", name=op.f("uq_proposal_transfer_voucher")),
    )
    op.create_table(
        "voucher_line",
        sa.Column("voucher", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("line_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("account", sa.String(length=10), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("customer", sa.Integer(), nullable=True),
        sa.Column("sub_ledger_type", sa.String(length=20), nullable=True),
        sa.Column("settles", sa.Integer(), nullable=True),
        sa.Column("invoice_no", sa.String(length=20), nullable=False),
        sa.Column("kid", sa.String(length=25), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("interest_before_due_ore", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("department", sa.String(length=20), nullable=False),
        sa.Column("project", sa.String(length=20), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["customer"], ["customer.number"], name=op.f("fk_voucher_line_customer")),
        sa.ForeignKeyConstraint(
            ["sub_ledger_type"], ["sub_ledger_type.code"], name=op.f("fk_voucher_line_sub_ledger_type")
        ),
        sa.ForeignKeyConstraint(["voucher"], ["voucher.id"], name=op.f("fk_voucher_line_voucher")),
        sa.PrimaryKeyConstraint("voucher", "line_no", name=op.f("pk_voucher_line")),
    )
    op.create_table(
        "entry",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("voucher", sa.Integer(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("customer", sa.Integer(), nullable=False),
        sa.Column("sub_ledger_type", sa.String(length=20), nullable=False),
        sa.Column("meaning", sa.String(length=30), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.Column("invoice_no", sa.String(length=20), nullable=False),
        sa.Column("kid", sa.String(length=25), nullable=False),
        sa.Column("invoice_date", sa.Date(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("interest_before_due_ore", sa.BigInteger(), nullable=False),
        sa.Column("exempt_from_dunning", sa.Boolean(), nullable=False),
        sa.Column("exempt_from_collection", sa.Boolean(), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False, comment="how many letters were sent about it"),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["customer"], ["customer.number"], name=op.f("fk_entry_customer")),
        sa.ForeignKeyConstraint(["sub_ledger_type"], ["sub_ledger_type.code"], name=op.f("fk_entry_sub_ledger_type")),
        sa.ForeignKeyConstraint(
            ["voucher", "line_no"],
            ["voucher_line.voucher", "voucher_line.line_no"],
            name=op.f("fk_entry_voucher_line_no"),
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_entry")),
        sa.UniqueConstraint("voucher", "line_no", name=op.f("uq_entry_voucher_line_no")),
    )
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_entry_customer"), ["customer"], unique=False)
        batch_op.create_index(batch_op.f("ix_entry_due_date"), ["due_date"], unique=False)
        batch_op.create_index(batch_op.f("ix_entry_invoice_no"), ["invoice_no"], unique=False)
        batch_op.create_index(batch_op.f("ix_entry_kid"), ["kid"], unique=False)

    op.create_table(
        "booking",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("open_item", sa.Integer(), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column(
            "remaining_ore",
            sa.BigInteger(),
            nullable=False,
            comment="what remained of the open item after this booking",
        ),
        sa.Column(
            "by_collector",
            sa.Boolean(),
            nullable=False,
            comment="made by posting the collector's voucher: not told back",
        ),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("request_id", sa.String(length=80), nullable=True),
        sa.Column(
            "seal",
            sa.String(length=64),
            nullable=True,
            comment="over its content; NULL if posting made it, from a line of a sealed voucher",
        ),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["entry.number"], name=op.f("fk_booking_entry")),
        sa.ForeignKeyConstraint(["open_item"], ["entry.number"], name=op.f("fk_booking_open_item")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_booking")),
        sa.UniqueConstraint("request_id", name=op.f("uq_booking_request_id")),
    )
    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_booking_entry"), ["entry"], unique=False)
        batch_op.create_index(batch_op.f("ix_booking_open_item"), ["open_item"], unique=False)

    op.create_table(
        "claim_status",
        sa.Column("entry", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("case_number", sa.String(length=30), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["entry.number"], name=op.f("fk_claim_status_entry")),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_claim_status")),
    )
    op.create_table(
        "letter",
        sa.Column("entry", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("letter_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=False),
        sa.Column("fee_ore", sa.BigInteger(), nullable=False),
        sa.Column("interest_ore", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False, comment="over its content"),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["entry.number"], name=op.f("fk_letter_entry")),
        sa.PrimaryKeyConstraint("entry", "letter_no", name=op.f("pk_letter")),
        sa.UniqueConstraint("number", name=op.f("uq_letter_number")),
    )
    op.create_table(
        "offer",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("proposal", sa.Integer(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("principal_ore", sa.BigInteger(), nullable=False),
        sa.Column("interest_before_due_ore", sa.BigInteger(), nullable=False),
        sa.Column("fees_ore", sa.BigInteger(), nullable=False),
        sa.Column("interest_charged_ore", sa.BigInteger(), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["entry.number"], name=op.f("fk_offer_entry")),
        sa.ForeignKeyConstraint(["proposal"], ["proposal.number"], name=op.f("fk_offer_proposal")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_offer")),
    )
    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_offer_entry"), ["entry"], unique=False)

    op.create_table(
        "proposal_line",
        sa.Column("proposal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("remaining_ore", sa.BigInteger(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("removed_because", sa.String(length=200), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["entry.number"], name=op.f("fk_proposal_line_entry")),
        sa.ForeignKeyConstraint(["proposal"], ["proposal.number"], name=op.f("fk_proposal_line_proposal")),
        sa.PrimaryKeyConstraint("proposal", "entry", name=op.f("pk_proposal_line")),
    )
    op.create_table(
        "claim_transaction",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("booking", sa.Integer(), nullable=False),
        sa.Column("offer", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["booking"], ["booking.number"], name=op.f("fk_claim_transaction_booking")),
        sa.ForeignKeyConstraint(["offer"], ["offer.number"], name=op.f("fk_claim_transaction_offer")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_claim_transaction")),
        sa.UniqueConstraint("booking", name=op.f("uq_claim_transaction_booking")),
    )
    with op.batch_alter_table("claim_transaction", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_claim_transaction_offer"), ["offer"], unique=False)

    op.create_table(
        "offer_receipt",
        sa.Column("offer", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("case_number", sa.String(length=30), nullable=False),
        sa.Column("case_kid", sa.String(length=25), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["offer"], ["offer.number"], name=op.f("fk_offer_receipt_offer")),
        sa.PrimaryKeyConstraint("offer", name=op.f("pk_offer_receipt")),
        sa.UniqueConstraint("number", name=op.f("uq_offer_receipt_number")),
    )


def downgrade() -> None:
    """Take this step back."""
    op.drop_table("offer_receipt")
    with op.batch_alter_table("claim_transaction", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_claim_transaction_offer"))

    op.drop_table("claim_transaction")
    op.drop_table("proposal_line")
    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_offer_entry"))

    op.drop_table("offer")
    op.drop_table("letter")
    op.drop_table("claim_status")
    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_booking_open_item"))
        batch_op.drop_index(batch_op.f("ix_booking_entry"))

    op.drop_table("booking")
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_entry_kid"))
        batch_op.drop_index(batch_op.f("ix_entry_invoice_no"))
        batch_op.drop_index(batch_op.f("ix_entry_due_date"))
        batch_op.drop_index(batch_op.f("ix_entry_customer"))

    op.drop_table("entry")
    op.drop_table("voucher_line")
    op.drop_table("proposal")
    with op.batch_alter_table("voucher", schema=None) as batch_op:
        batch_op.drop_index("ix_voucher_state")

    op.drop_table("voucher")
    op.drop_table("dunning_routine")
    op.drop_table("voucher_type")
    op.drop_table("sub_ledger_type")
    with op.batch_alter_table("voucher_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_voucher_event_collector_key"))

    op.drop_table("voucher_event")
    op.drop_table("setup")
    op.drop_table("number_series")
    op.drop_table("dunning_code")
    op.drop_table("customer")
    op.drop_table("counter")
    op.drop_table("account")
