"""Tables of the ledger: one database for the installation, and one per company.

A voucher is written, then posted; posting gives each line on a customer an `entry`, numbered in posting order. A
`booking` is money put on an open item (append-only, signed as the change of what remains, so a reversal is a row too):
what remains of an open item is its entry's amount plus its bookings, and what a credit entry still has to give is its
amount less its bookings. Debit is positive everywhere.

Money and movements stand twice, so that the audit finds a changed øre: a voucher line and its entry, a booking and
what it left, a proposal's line and the bookings up to the proposal's `sequence`, an offer and the letters behind it.
What else a voucher, a letter, a booking made by hand or an import says stands under its `seal` (`books.seals`).
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Boolean, Column, Date, ForeignKey, Integer, String, Text

from kravbro.db.columns import NAMING, Ore, written_columns
from kravbro.db.counters import burnt_table, counter_table
from kravbro.db.residence import residence_tables
from kravbro.db.setup_changes import setup_change_table

system = sa.MetaData(naming_convention=NAMING)
"""The installation's own database, `system.db`."""

residence_tables(system)

installation = sa.Table(
    "installation",
    system,
    Column("id", String(60), primary_key=True),
    *written_columns(),
)
company = sa.Table(
    "company",
    system,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", String(120), nullable=False),
    Column("organisation_number", String(9), nullable=False),
    *written_columns(),
)

company_books = sa.MetaData(naming_convention=NAMING)
"""One company's database, `F0001.db`."""

counter = counter_table(company_books)
burnt_number = burnt_table(company_books)
residence_tables(company_books)

setup = sa.Table(
    "setup",
    company_books,
    Column("id", Integer, primary_key=True, autoincrement=False),
    sa.CheckConstraint("id = 1", name="one_row"),
    Column("collector_registrar", String(20), nullable=False),
    Column("collector_voucher_type", String(10), nullable=False),
    Column("post_collector_vouchers", Boolean, nullable=False),
    *written_columns(),
)
setup_change = setup_change_table(company_books, 60)
account = sa.Table(
    "account",
    company_books,
    Column("number", String(10), primary_key=True),
    Column("name", String(120), nullable=False),
    *written_columns(),
)
sub_ledger_type = sa.Table(
    "sub_ledger_type",
    company_books,
    Column("code", String(20), primary_key=True),
    Column("name", String(120), nullable=False),
    Column("receivable_account", String(10), ForeignKey("account.number"), nullable=False),
    *written_columns(),
)
number_series = sa.Table(
    "number_series",
    company_books,
    Column("code", String(10), primary_key=True),
    Column("name", String(120), nullable=False),
    Column("first_number", Integer, nullable=False),
    *written_columns(),
)
voucher_type = sa.Table(
    "voucher_type",
    company_books,
    Column("code", String(10), primary_key=True),
    Column("name", String(120), nullable=False),
    Column("meaning", String(30), nullable=False),
    Column("series", String(10), ForeignKey("number_series.code"), nullable=False),
    *written_columns(),
)
dunning_code = sa.Table(
    "dunning_code",
    company_books,
    Column("code", String(10), primary_key=True),
    Column("name", String(120), nullable=False),
    Column("to_collector", Boolean, nullable=False),
    *written_columns(),
)
dunning_routine = sa.Table(
    "dunning_routine",
    company_books,
    Column("sub_ledger_type", String(20), ForeignKey("sub_ledger_type.code"), primary_key=True),
    Column("dunning_code", String(10), ForeignKey("dunning_code.code"), primary_key=True),
    Column("days_after_due", Integer, nullable=False),
    *written_columns(),
)
customer = sa.Table(
    "customer",
    company_books,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(10), nullable=False),
    Column("name", String(200), nullable=False),
    Column("identity_number", String(11), nullable=False, default=""),
    Column("organisation_number", String(9), nullable=False, default=""),
    Column("address", String(200), nullable=False, default=""),
    Column("postcode", String(20), nullable=False, default=""),
    Column("place", String(100), nullable=False, default=""),
    Column("country", String(2), nullable=False, default="NO"),
    Column("exempt_from_dunning", Boolean, nullable=False, default=False),
    Column("exempt_from_collection", Boolean, nullable=False, default=False),
    *written_columns(),
    Column("protection", String(25), nullable=False, server_default="none", comment="of the address"),
    Column("language", String(2), nullable=False, server_default="", comment="nb, nn, en or nothing"),
)
customer_protection = sa.Table(
    "customer_protection",
    company_books,
    Column("number", Integer, primary_key=True, autoincrement=False, comment="of a customer's the highest counts"),
    Column("customer", Integer, ForeignKey("customer.number"), nullable=False, index=True),
    Column("level", String(25), nullable=False),
    Column("because", String(200), nullable=False, comment="empty where it came with the customer"),
    Column("set_on", Date, nullable=False),
    Column("seal", String(64), nullable=False, comment="over its content"),
    *written_columns(),
)
customer_relation = sa.Table(
    "customer_relation",
    company_books,
    Column("number", Integer, primary_key=True, autoincrement=False, comment="of the same three the highest counts"),
    Column("customer", Integer, ForeignKey("customer.number"), nullable=False, index=True),
    Column("role", String(20), nullable=False, comment="what the other is beside the customer"),
    Column("other", Integer, ForeignKey("customer.number"), nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, comment="included; none: until further notice"),
    Column("because", String(200), nullable=False),
    Column("seal", String(64), nullable=False, comment="over its content"),
    *written_columns(),
)
voucher = sa.Table(
    "voucher",
    company_books,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("type", String(10), ForeignKey("voucher_type.code"), nullable=False),
    Column("series", String(10), ForeignKey("number_series.code"), nullable=False),
    Column("number", Integer),
    Column("dated", Date, nullable=False),
    Column("posted_on", Date),
    Column("state", String(10), nullable=False),
    Column("text", String(200), nullable=False),
    Column("registrar", String(100), nullable=False),
    Column("line_count", Integer, nullable=False),
    Column("debit_ore", Ore, nullable=False),
    Column("collector_key", String(80), unique=True),
    Column("fingerprint", String(64)),
    Column("rejected_because", String(200)),
    Column("request_id", String(80), unique=True),
    Column("posted_sequence", Integer, unique=True, comment="place in the order of posting"),
    Column("seal", String(64), nullable=False, comment="over its content, and once posted over the seal before it"),
    *written_columns(),
    sa.UniqueConstraint("series", "number"),
    sa.Index("ix_voucher_state", "state"),
)
voucher_line = sa.Table(
    "voucher_line",
    company_books,
    Column("voucher", Integer, ForeignKey("voucher.id"), primary_key=True, autoincrement=False),
    Column("line_no", Integer, primary_key=True, autoincrement=False),
    Column("account", String(10), nullable=False),
    Column("amount_ore", Ore, nullable=False),
    Column("currency", String(3), nullable=False, default="NOK"),
    Column("customer", Integer, ForeignKey("customer.number")),
    Column("sub_ledger_type", String(20), ForeignKey("sub_ledger_type.code")),
    Column("settles", Integer),
    Column("invoice_no", String(20), nullable=False, default=""),
    Column("kid", String(25), nullable=False, default=""),
    Column("due_date", Date),
    Column("interest_before_due_ore", Ore, nullable=False, default=0),
    Column("reference", String(40), nullable=False, default=""),
    Column("department", String(20), nullable=False, default=""),
    Column("project", String(20), nullable=False, default=""),
    Column("text", String(200), nullable=False, default=""),
)
entry = sa.Table(
    "entry",
    company_books,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("voucher", Integer, nullable=False),
    Column("line_no", Integer, nullable=False),
    Column("customer", Integer, ForeignKey("customer.number"), nullable=False, index=True),
    Column("sub_ledger_type", String(20), ForeignKey("sub_ledger_type.code"), nullable=False),
    Column("meaning", String(30), nullable=False),
    Column("amount_ore", Ore, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("posted_on", Date, nullable=False),
    Column("invoice_no", String(20), nullable=False, index=True),
    Column("kid", String(25), nullable=False, index=True),
    Column("invoice_date", Date, nullable=False),
    Column("due_date", Date, index=True),
    Column("interest_before_due_ore", Ore, nullable=False),
    Column("exempt_from_dunning", Boolean, nullable=False, default=False),
    Column("exempt_from_collection", Boolean, nullable=False, default=False),
    Column("letters", Integer, nullable=False, default=0, comment="how many letters were sent about it"),
    *written_columns(),
    sa.ForeignKeyConstraint(["voucher", "line_no"], ["voucher_line.voucher", "voucher_line.line_no"]),
    sa.UniqueConstraint("voucher", "line_no"),
)
booking = sa.Table(
    "booking",
    company_books,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("entry", Integer, ForeignKey("entry.number"), nullable=False, index=True),
    Column("open_item", Integer, ForeignKey("entry.number"), nullable=False, index=True),
    Column("amount_ore", Ore, nullable=False),
    Column("remaining_ore", Ore, nullable=False, comment="what remained of the open item after this booking"),
    Column("by_collector", Boolean, nullable=False, comment="made by posting the collector's voucher: not told back"),
    Column("booked_on", Date, nullable=False),
    Column("request_id", String(80), unique=True),
    Column("seal", String(64), comment="over its content; NULL if posting made it, from a line of a sealed voucher"),
    *written_columns(),
)
letter = sa.Table(
    "letter",
    company_books,
    Column("entry", Integer, ForeignKey("entry.number"), primary_key=True, autoincrement=False),
    Column("letter_no", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(20), nullable=False),
    Column("sent_on", Date, nullable=False),
    Column("deadline", Date, nullable=False),
    Column("fee_ore", Ore, nullable=False),
    Column("interest_ore", Ore, nullable=False),
    Column("number", Integer, nullable=False, unique=True),
    Column("seal", String(64), nullable=False, comment="over its content"),
    *written_columns(),
)
proposal = sa.Table(
    "proposal",
    company_books,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("sub_ledger_type", String(20), ForeignKey("sub_ledger_type.code"), nullable=False),
    Column("dunning_code", String(10), ForeignKey("dunning_code.code"), nullable=False),
    Column("made_on", Date, nullable=False),
    Column("sequence", Integer, nullable=False, comment="the last booking when it was made"),
    Column("state", String(10), nullable=False),
    Column("transfer_voucher", Integer, ForeignKey("voucher.id"), unique=True),
    Column("request_id", String(80), unique=True),
    *written_columns(),
)
proposal_line = sa.Table(
    "proposal_line",
    company_books,
    Column("proposal", Integer, ForeignKey("proposal.number"), primary_key=True, autoincrement=False),
    Column("entry", Integer, ForeignKey("entry.number"), primary_key=True, autoincrement=False),
    Column("remaining_ore", Ore, nullable=False),
    Column("removed", Boolean, nullable=False, default=False),
    Column("removed_because", String(200), nullable=False, default=""),
    *written_columns(),
)
offer = sa.Table(
    "offer",
    company_books,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("proposal", Integer, ForeignKey("proposal.number"), nullable=False),
    Column("entry", Integer, ForeignKey("entry.number"), nullable=False, index=True),
    Column("sequence", Integer, nullable=False),
    Column("principal_ore", Ore, nullable=False),
    Column("interest_before_due_ore", Ore, nullable=False),
    Column("fees_ore", Ore, nullable=False),
    Column("interest_charged_ore", Ore, nullable=False),
    Column("letters", Integer, nullable=False),
    Column("approved_on", Date, nullable=False),
    *written_columns(),
)
offer_receipt = sa.Table(
    "offer_receipt",
    company_books,
    Column("offer", Integer, ForeignKey("offer.number"), primary_key=True, autoincrement=False),
    Column("number", Integer, nullable=False, unique=True),
    Column("outcome", String(10), nullable=False),
    Column("received_on", Date, nullable=False),
    Column("case_number", String(30), nullable=False),
    Column("case_kid", String(25), nullable=False),
    Column("reasons", Text, nullable=False),
    Column("fingerprint", String(64), nullable=False),
    *written_columns(),
)
offer_return = sa.Table(
    "offer_return",
    company_books,
    Column("offer", Integer, ForeignKey("offer.number"), primary_key=True, autoincrement=False),
    Column("number", Integer, nullable=False, unique=True),
    Column("outcome", String(10), nullable=False),
    Column("received_on", Date, nullable=False),
    Column("case_number", String(30), nullable=False),
    Column("case_kid", String(25), nullable=False),
    Column("reasons", Text, nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("replaces", String(64), nullable=False, comment="the fingerprint of the answer before it; empty: none"),
    *written_columns(),
)
waiting_offer = sa.Table(
    "waiting_offer",
    company_books,
    Column("offer", Integer, ForeignKey("offer.number"), primary_key=True, autoincrement=False),
    comment="offers that have no answer: what a poll looks at, so that those ever answered cost it nothing",
)
withdrawal = sa.Table(
    "withdrawal",
    company_books,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("offer", Integer, ForeignKey("offer.number"), nullable=False, unique=True),
    Column("entry", Integer, ForeignKey("entry.number"), nullable=False, index=True),
    Column("because", String(200), nullable=False),
    Column("asked_on", Date, nullable=False),
    Column("seal", String(64), nullable=False, comment="over its content"),
    *written_columns(),
)
interest_flag = sa.Table(
    "interest_flag",
    company_books,
    Column("number", Integer, primary_key=True, autoincrement=False, comment="of an open item's the highest counts"),
    Column("entry", Integer, ForeignKey("entry.number"), nullable=False, index=True),
    Column("no_interest", Boolean, nullable=False),
    Column("because", String(200), nullable=False),
    Column("set_on", Date, nullable=False),
    Column("seal", String(64), nullable=False, comment="over its content"),
    *written_columns(),
)
claim_transaction = sa.Table(
    "claim_transaction",
    company_books,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("booking", Integer, ForeignKey("booking.number"), nullable=False, unique=True),
    Column("offer", Integer, ForeignKey("offer.number"), nullable=False, index=True),
    *written_columns(),
)
claim_status = sa.Table(
    "claim_status",
    company_books,
    Column("entry", Integer, ForeignKey("entry.number"), primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("case_number", String(30), nullable=False),
    Column("since", Date, nullable=False),
    *written_columns(),
)
voucher_event = sa.Table(
    "voucher_event",
    company_books,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("collector_key", String(80), nullable=False, index=True),
    Column("fate", String(10), nullable=False),
    Column("happened_on", Date, nullable=False),
    Column("voucher_no", String(30), nullable=False),
    *written_columns(),
)
transferred_item = sa.Table(
    "transferred_item",
    company_books,
    Column("number", Integer, primary_key=True, autoincrement=False, comment="of an item's the highest counts"),
    Column("entry", Integer, ForeignKey("entry.number"), nullable=False, index=True),
    Column(
        "transferred", Boolean, nullable=False, comment="handed to a collector before the ledger was joined with it"
    ),
    Column("case_number", String(30), nullable=False, comment="as people know it; empty: not known"),
    Column("because", String(200), nullable=False),
    Column("marked_on", Date, nullable=False),
    Column("seal", String(64), nullable=False, comment="over its content"),
    *written_columns(),
)
ledger_import = sa.Table(
    "ledger_import",
    company_books,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("format", String(20), nullable=False),
    Column("file_name", String(200), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("period_start", Date, nullable=False),
    Column("period_end", Date, nullable=False),
    Column("imported_on", Date, nullable=False),
    Column("customers", Integer, nullable=False, comment="new ones"),
    Column("lines", Integer, nullable=False, comment="new ones"),
    Column("seal", String(64), nullable=False, comment="over its content"),
    *written_columns(),
)
imported_customer = sa.Table(
    "imported_customer",
    company_books,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("customer", Integer, ForeignKey("customer.number"), nullable=False, unique=True),
    Column("source_id", String(70), nullable=False, unique=True, comment="what the other ledger calls the customer"),
    Column("ledger_import", Integer, ForeignKey("ledger_import.number"), nullable=False),
    Column("seal", String(64), nullable=False, comment="over its content"),
    *written_columns(),
)
imported_line = sa.Table(
    "imported_line",
    company_books,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("ledger_import", Integer, ForeignKey("ledger_import.number"), nullable=False, index=True),
    Column("source_key", String(300), nullable=False, unique=True, comment="what the line is known by in the file"),
    Column("content", String(64), nullable=False, comment="fingerprint of what the file said of it"),
    Column("kind", String(20), nullable=False),
    Column("customer", Integer, ForeignKey("customer.number"), nullable=False, index=True),
    Column("account", String(10), nullable=False),
    Column("dated", Date, nullable=False),
    Column("amount_ore", Ore, nullable=False),
    Column("voucher", Integer, ForeignKey("voucher.id"), nullable=False, unique=True),
    Column("seal", String(64), nullable=False, comment="over its content"),
    *written_columns(),
)
