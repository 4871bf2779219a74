"""Tables of the collection office, `office.db`.

Money on cases is a double-entry journal, append-only: each journal's rows sum to zero, debit positive. Accounts that a
debtor owes on: `principal`, `interest`, `fees` (of letters), `costs` (of court, enforcement and collection),
`written_off`. Accounts that stand against them: `opened` (what a claim brought with it), `booked` (what the ledger
booked), `bank` (money received), `overpaid` (owed back to the debtor), `unplaced` (received, for nobody yet) and
`intermediate` (received by one creditor for another). Every journal has a `source` that says what made it, once.

Numbered tables take their numbers from `counter` in the row's own transaction: `claim`, `case`, `journal`, `payment`
and `payment_file` over the whole office or per creditor as the column comments say; `receipt`, `voucher` and
`status_event` per creditor, since they are the streams that a ledger reads.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Boolean, Column, Date, ForeignKey, Integer, String, Text

from kravbro.db.columns import NAMING, LedgerKey, Ore, written_columns
from kravbro.db.counters import burnt_table, counter_table
from kravbro.db.residence import residence_tables

office = sa.MetaData(naming_convention=NAMING)


def content_fingerprint() -> Column[str]:
    """The fingerprint of what a row was written with: `kravbro.office.contents` says which columns it is made of."""
    return Column("fingerprint", String(64), nullable=False, comment="of the row's content as it was written")


counter = counter_table(office)
burnt_number = burnt_table(office)
residence_tables(office)

installation = sa.Table("installation", office, Column("id", String(60), primary_key=True), *written_columns())

workflow = sa.Table(
    "workflow",
    office,
    Column("code", String(20), primary_key=True),
    Column("name", String(120), nullable=False),
    Column("starts_after_notice", Boolean, nullable=False),
    *written_columns(),
)
creditor = sa.Table(
    "creditor",
    office,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", String(120), nullable=False),
    Column("organisation_number", String(9), nullable=False),
    Column("ledger_installation", String(60), nullable=False),
    Column("company", Integer, nullable=False),
    Column(
        "collects",
        String(10),
        nullable=False,
        comment="own: collects its own claims; agency: we collect for it; house: we ourselves, without a ledger",
    ),
    Column("allocation_order", String(60), nullable=False, comment="of what debtors pay when they say nothing"),
    Column("minimum_ore", Ore, nullable=False),
    Column("days_after_due", Integer, nullable=False),
    Column("identity_number_missing", String(10), nullable=False),
    Column("organisation_number_missing", String(10), nullable=False),
    Column("foreign_address", String(10), nullable=False),
    Column("money_account", String(10), nullable=False, comment="bank, or what the agency owes the creditor"),
    Column("interest_account", String(10), nullable=False),
    Column("fee_account", String(10), nullable=False, comment="letter fees"),
    Column("cost_account", String(10), nullable=False, comment="court, enforcement and collection costs"),
    Column("interim_account", String(10), nullable=False, comment="unplaced money"),
    Column("overpayment", String(10), nullable=False, comment="on_account (the customer's sub-ledger) or refund"),
    Column("refund_account", String(10), nullable=False),
    Column("department", String(20), nullable=False, default=""),
    Column("project", String(20), nullable=False, default=""),
    *written_columns(),
    Column(
        "intermediate_account",
        String(10),
        nullable=False,
        default="",
        comment="between its books and others', for money that came in on another's account; empty: none",
    ),
    sa.UniqueConstraint("ledger_installation", "company"),
)
creditor_sub_ledger = sa.Table(
    "creditor_sub_ledger",
    office,
    Column("creditor", Integer, ForeignKey("creditor.number"), primary_key=True, autoincrement=False),
    Column("sub_ledger_type", String(20), primary_key=True),
    Column("receivable_account", String(10), nullable=False),
    Column("workflow", String(20), ForeignKey("workflow.code"), nullable=False),
    *written_columns(),
)
payment_agreement = sa.Table(
    "payment_agreement",
    office,
    Column("account_number", String(11), primary_key=True),
    Column(
        "holder",
        Integer,
        ForeignKey("creditor.number", name="fk_payment_agreement_creditor"),
        nullable=False,
        comment="in whose books the account stands",
    ),
    Column("name", String(120), nullable=False),
    Column("closed_on", Date, comment="from this day money that comes in is not placed by itself"),
    *written_columns(),
    Column("bank_account", String(10), nullable=False, default="", comment="empty: the holder's money account"),
    Column("inbox", String(500), nullable=False, default="", comment="the folder that bank files come in"),
    Column("done_folder", String(500), nullable=False, default="", comment="where imported files go; empty: they stay"),
)
agreement_creditor = sa.Table(
    "agreement_creditor",
    office,
    Column("account_number", String(11), ForeignKey("payment_agreement.account_number"), primary_key=True),
    Column("creditor", Integer, ForeignKey("creditor.number"), primary_key=True, autoincrement=False),
    *written_columns(),
)
creditor_allocation = sa.Table(
    "creditor_allocation",
    office,
    Column("creditor", Integer, ForeignKey("creditor.number"), primary_key=True, autoincrement=False),
    Column("money", String(20), primary_key=True, comment="the source of the money that this order is for"),
    Column("order", String(60), nullable=False),
    *written_columns(),
)
kid_structure = sa.Table(
    "kid_structure",
    office,
    Column("account_number", String(11), ForeignKey("payment_agreement.account_number"), primary_key=True),
    Column("length", Integer, primary_key=True, autoincrement=False),
    Column("prefix", String(24), primary_key=True, default="", comment="what its KIDs begin with"),
    Column("method", String(10), nullable=False),
    Column("names", String(10), nullable=False, comment="case or invoice"),
    Column("creditor", Integer, ForeignKey("creditor.number"), comment="whose; none: any that the agreement serves"),
    *written_columns(),
)
setup_change = sa.Table(
    "setup_change",
    office,
    Column("number", Integer, primary_key=True, autoincrement=False, comment="numbered over the whole office"),
    Column("subject", String(40), nullable=False, index=True, comment="agreement ACCOUNT or creditor NUMBER"),
    Column("item", String(40), nullable=False),
    Column("value_before", Text, nullable=False),
    Column("value_after", Text, nullable=False, comment="of the last change: what stands in the set-up"),
    Column("because", String(200), nullable=False),
    Column("changed_on", Date, nullable=False),
    content_fingerprint(),
    *written_columns(),
)
debtor = sa.Table(
    "debtor",
    office,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("creditor", Integer, ForeignKey("creditor.number"), nullable=False),
    Column("customer_no", Integer, nullable=False, comment="below zero: nobody's customer, written here by hand"),
    Column("kind", String(10), nullable=False),
    Column("name", String(200), nullable=False),
    Column("identity_number", String(11), nullable=False),
    Column("organisation_number", String(9), nullable=False),
    Column("address", String(200), nullable=False),
    Column("postcode", String(20), nullable=False),
    Column("place", String(100), nullable=False),
    Column("country", String(2), nullable=False),
    content_fingerprint(),
    *written_columns(),
    Column("protection", String(25), nullable=False, server_default="none", comment="as the ledger told it last"),
    Column(
        "language", String(2), nullable=False, server_default="", comment="nb, nn or en, as the ledger told it last"
    ),
    sa.UniqueConstraint("creditor", "customer_no"),
)
case = sa.Table(
    "case",
    office,
    Column("id", Integer, primary_key=True, autoincrement=False, comment="numbered over the whole office"),
    Column("creditor", Integer, ForeignKey("creditor.number"), nullable=False),
    Column("number", String(30), nullable=False, unique=True, comment="shown to people; a series per creditor"),
    Column("kid", String(25), nullable=False, unique=True),
    Column("debtor", Integer, ForeignKey("debtor.id"), nullable=False, index=True),
    Column("workflow", String(20), ForeignKey("workflow.code"), nullable=False),
    Column("state", String(20), nullable=False),
    Column("opened_on", Date, nullable=False),
    content_fingerprint(),
    *written_columns(),
)
case_event = sa.Table(
    "case_event",
    office,
    Column("case", Integer, ForeignKey("case.id"), primary_key=True, autoincrement=False),
    Column("event_no", Integer, primary_key=True, autoincrement=False),
    Column("happened_on", Date, nullable=False),
    Column("event", String(30), nullable=False),
    Column("source", String(20), nullable=False, comment="state before"),
    Column("target", String(20), nullable=False, comment="state after"),
    Column("note", String(200), nullable=False, default=""),
    *written_columns(),
)
claim = sa.Table(
    "claim",
    office,
    Column("id", Integer, primary_key=True, autoincrement=False, comment="numbered over the whole office"),
    Column("creditor", Integer, ForeignKey("creditor.number"), nullable=False),
    Column("offer", Integer, nullable=False),
    Column("entry", LedgerKey, nullable=False, comment="the ledger's own key"),
    Column("case", Integer, ForeignKey("case.id"), nullable=False, index=True),
    Column("state", String(20), nullable=False),
    Column("version", Integer, nullable=False, comment="of the published status"),
    Column("sub_ledger_type", String(20), nullable=False),
    Column("invoice_no", String(20), nullable=False),
    Column("invoice_kid", String(25), nullable=False, index=True),
    Column("invoice_date", Date, nullable=False),
    Column("due_date", Date, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("principal_ore", Ore, nullable=False),
    Column("interest_before_due_ore", Ore, nullable=False),
    Column("fees_ore", Ore, nullable=False),
    Column("interest_charged_ore", Ore, nullable=False),
    Column("letter_count", Integer, nullable=False),
    *written_columns(),
    sa.UniqueConstraint("creditor", "offer"),
    sa.Index("ix_claim_creditor_entry", "creditor", "entry"),
)
claim_letter = sa.Table(
    "claim_letter",
    office,
    Column("claim", Integer, ForeignKey("claim.id"), primary_key=True, autoincrement=False),
    Column("letter_no", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(20), nullable=False),
    Column("sent_on", Date, nullable=False),
    Column("deadline", Date, nullable=False),
    Column("fee_ore", Ore, nullable=False),
    Column("interest_ore", Ore, nullable=False),
    content_fingerprint(),
    *written_columns(),
)
interest_terms = sa.Table(
    "interest_terms",
    office,
    Column("number", Integer, primary_key=True, autoincrement=False, comment="of a claim's the highest counts"),
    Column("claim", Integer, ForeignKey("claim.id"), nullable=False, index=True),
    Column("bears_interest", Boolean, nullable=False),
    Column("agreed_percent", String(20), nullable=False, comment="a year, between businesses; empty: late interest"),
    Column("because", String(200), nullable=False),
    Column("set_on", Date, nullable=False),
    content_fingerprint(),
    *written_columns(),
)
interest_pause = sa.Table(
    "interest_pause",
    office,
    Column("number", Integer, primary_key=True, autoincrement=False, comment="over one day the highest counts"),
    Column("claim", Integer, ForeignKey("claim.id"), nullable=False, index=True),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, comment="included; none: until further notice"),
    Column("pauses", Boolean, nullable=False, comment="whether interest pauses on these days, or runs again"),
    Column("because", String(200), nullable=False),
    Column("set_on", Date, nullable=False),
    content_fingerprint(),
    *written_columns(),
)
statute_row = sa.Table(
    "statute_row",
    office,
    Column("number", Integer, primary_key=True, autoincrement=False, comment="of two that overlap the later counts"),
    Column("rule", String(60), nullable=False),
    Column("scope", String(10), nullable=False),
    Column("up_to_ore", Ore, comment="the upper end of a band; none: the band above the last"),
    Column("act", Integer, comment="the year of the act of collection; none: law outside those acts"),
    Column("value", String(40), nullable=False, comment="exact: a decimal or a fraction"),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date, comment="included; none: until a row that begins later"),
    Column("law", String(200), nullable=False),
    Column("source", String(200), nullable=False),
    Column("confidence", String(200), nullable=False),
    Column("note", String(400), nullable=False, default=""),
    Column("added_on", Date, nullable=False),
    content_fingerprint(),
    *written_columns(),
)
statute_verification = sa.Table(
    "statute_verification",
    office,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("row_number", Integer, comment="of the row in statute_row that was read; none: a row that is shipped"),
    Column("rule", String(60), nullable=False),
    Column("scope", String(10), nullable=False),
    Column("up_to_ore", Ore),
    Column("act", Integer),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("value", String(40), nullable=False, comment="as it was read in the law, equal to the row's"),
    Column("source", String(200), nullable=False, comment="where it was read"),
    Column("verified_on", Date, nullable=False),
    content_fingerprint(),
    *written_columns(),
)
receipt = sa.Table(
    "receipt",
    office,
    Column("creditor", Integer, ForeignKey("creditor.number"), primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("offer", Integer, nullable=False),
    Column("entry", LedgerKey, nullable=False),
    Column("outcome", String(10), nullable=False),
    Column("answered_on", Date, nullable=False),
    Column("case_number", String(30), nullable=False),
    Column("case_kid", String(25), nullable=False),
    Column("reasons", Text, nullable=False),
    Column("warnings", Text, nullable=False),
    Column("fingerprint", String(64), nullable=False, comment="of the frozen part of the offer"),
    *written_columns(),
    sa.UniqueConstraint("creditor", "offer", "outcome"),
)
journal = sa.Table(
    "journal",
    office,
    Column("number", Integer, primary_key=True, autoincrement=False, comment="numbered over the whole office"),
    Column("creditor", Integer, ForeignKey("creditor.number"), nullable=False),
    Column("case", Integer, ForeignKey("case.id"), index=True),
    Column("kind", String(20), nullable=False, comment="claim, payment, reversal, placing or ledger"),
    Column("dated", Date, nullable=False),
    Column("source", String(80), nullable=False, unique=True),
    Column("row_count", Integer, nullable=False),
    Column("posting", Integer, comment="the approved posting proposal of the creditor that took it"),
    Column("fingerprint", String(64), nullable=False, comment="of head and rows as they were written"),
    *written_columns(),
    sa.Index("ix_journal_unposted", "creditor", "posting", "kind"),
)
journal_row = sa.Table(
    "journal_row",
    office,
    Column("journal", Integer, ForeignKey("journal.number"), primary_key=True, autoincrement=False),
    Column("row_no", Integer, primary_key=True, autoincrement=False),
    Column("account", String(20), nullable=False),
    Column("claim", Integer, ForeignKey("claim.id"), index=True),
    Column("amount_ore", Ore, nullable=False),
    Column("reason", String(60), nullable=False, default=""),
    Column("counts_from", Date, nullable=False, comment="the last day before interest counts the change"),
)
payment_file = sa.Table(
    "payment_file",
    office,
    Column("number", Integer, primary_key=True, autoincrement=False, comment="numbered over the whole office"),
    Column("name", String(255), nullable=False),
    Column("format", String(20), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("payment_count", Integer, nullable=False),
    Column("net_ore", Ore, nullable=False),
    Column("imported_on", Date, nullable=False),
    *written_columns(),
)
payment = sa.Table(
    "payment",
    office,
    Column("number", Integer, primary_key=True, autoincrement=False, comment="numbered over the whole office"),
    Column("file", Integer, ForeignKey("payment_file.number"), index=True, comment="none: registered by hand"),
    Column("identity", String(120), nullable=False, unique=True),
    Column("account_number", String(11), ForeignKey("payment_agreement.account_number"), comment="none: by no bank"),
    Column("creditor", Integer, ForeignKey("creditor.number"), nullable=False),
    Column("type", String(10), nullable=False),
    Column("amount_ore", Ore, nullable=False, comment="negative for a reversal"),
    Column("kid", String(25), nullable=False, index=True),
    Column("bank_date", Date, nullable=False, comment="decides timeliness"),
    Column("settlement_date", Date, nullable=False, comment="decides bookkeeping"),
    Column("lump", String(80), nullable=False, comment="what identifies the sum on the bank statement"),
    Column("reference", String(40), nullable=False, index=True),
    Column("debit_account", String(11), nullable=False, index=True),
    Column("free_text", String(80), nullable=False),
    Column("reverses", Integer, ForeignKey("payment.number"), unique=True),
    Column("placed_ore", Ore, nullable=False, comment="on cases, at import"),
    content_fingerprint(),
    *written_columns(),
    sa.Index("ix_payment_account_day", "account_number", "settlement_date"),
)
unplaced = sa.Table(
    "unplaced",
    office,
    Column("payment", Integer, ForeignKey("payment.number"), primary_key=True, autoincrement=False),
    Column("creditor", Integer, ForeignKey("creditor.number"), nullable=False),
    Column("amount_ore", Ore, nullable=False),
    Column("because", String(60), nullable=False),
    Column("placed_by", Integer, ForeignKey("journal.number"), comment="the journal that placed it later"),
    *written_columns(),
)
posting = sa.Table(
    "posting",
    office,
    Column("creditor", Integer, ForeignKey("creditor.number"), primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("state", String(10), nullable=False),
    Column("made_on", Date, nullable=False),
    Column("approved_on", Date),
    *written_columns(),
)
posting_exclusion = sa.Table(
    "posting_exclusion",
    office,
    Column("journal", Integer, ForeignKey("journal.number"), primary_key=True, autoincrement=False),
    Column("because", String(200), nullable=False),
    *written_columns(),
)
voucher = sa.Table(
    "voucher",
    office,
    Column("creditor", Integer, primary_key=True, autoincrement=False),
    Column("posting", Integer, primary_key=True, autoincrement=False),
    Column("ordinal", Integer, primary_key=True, autoincrement=False, comment="within its posting proposal"),
    Column("number", Integer, comment="approval number, per creditor"),
    Column("key", String(80), unique=True),
    Column("state", String(10), nullable=False),
    Column("dated", Date, nullable=False),
    Column("text", String(200), nullable=False),
    Column("lump", String(80), nullable=False),
    Column("line_count", Integer, nullable=False),
    Column("fingerprint", String(64), comment="of exactly what is sent, given at approval"),
    *written_columns(),
    Column("replaces", String(80), index=True, comment="key of the voucher that this one delivers again"),
    sa.ForeignKeyConstraint(["creditor", "posting"], ["posting.creditor", "posting.number"]),
    sa.UniqueConstraint("creditor", "number"),
)
voucher_line = sa.Table(
    "voucher_line",
    office,
    Column("creditor", Integer, primary_key=True, autoincrement=False),
    Column("posting", Integer, primary_key=True, autoincrement=False),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("line_no", Integer, primary_key=True, autoincrement=False),
    Column("account", String(10), nullable=False),
    Column("amount_ore", Ore, nullable=False),
    Column("customer_no", Integer),
    Column("claim", Integer, ForeignKey("claim.id"), index=True),
    Column("invoice_no", String(20), nullable=False),
    Column("reference", String(40), nullable=False),
    Column("department", String(20), nullable=False),
    Column("project", String(20), nullable=False),
    Column("text", String(200), nullable=False),
    Column("journal", Integer, comment="the journal row behind it; none for the bank's line"),
    Column("row_no", Integer),
    sa.ForeignKeyConstraint(
        ["creditor", "posting", "ordinal"], ["voucher.creditor", "voucher.posting", "voucher.ordinal"]
    ),
    sa.Index("ix_voucher_line_journal", "journal", "row_no"),
)
ledger_transaction = sa.Table(
    "ledger_transaction",
    office,
    Column("creditor", Integer, ForeignKey("creditor.number"), primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("booking", LedgerKey, nullable=False, comment="the ledger's own key"),
    Column("claim", Integer, ForeignKey("claim.id"), nullable=False, index=True),
    Column("kind", String(30), nullable=False),
    Column("amount_ore", Ore, nullable=False),
    Column("posted_on", Date, nullable=False),
    Column("value_on", Date, nullable=False, comment="the day from which it counts, unless it is a credit note"),
    Column("voucher_no", String(30), nullable=False),
    Column("text", String(200), nullable=False),
    Column("journal", Integer, ForeignKey("journal.number"), nullable=False, unique=True),
    *written_columns(),
    sa.UniqueConstraint("creditor", "booking"),
)
voucher_receipt = sa.Table(
    "voucher_receipt",
    office,
    Column("creditor", Integer, ForeignKey("creditor.number"), primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("voucher_key", String(80), nullable=False, index=True),
    Column("fate", String(10), nullable=False),
    Column("happened_on", Date, nullable=False),
    Column("voucher_no", String(30), nullable=False),
    *written_columns(),
)
lost_voucher_receipt = sa.Table(
    "lost_voucher_receipt",
    office,
    Column("creditor", Integer, ForeignKey("creditor.number"), primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False, comment="told in a history that the ledger lost"),
    Column("because", String(200), nullable=False),
    *written_columns(),
)
status_event = sa.Table(
    "status_event",
    office,
    Column("creditor", Integer, ForeignKey("creditor.number"), primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("claim", Integer, ForeignKey("claim.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("happened_on", Date, nullable=False),
    *written_columns(),
    sa.UniqueConstraint("claim", "version"),
)
