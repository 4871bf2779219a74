"""Tables of the mirror: one database for an installation of a foreign ledger, `mirror.db`; every row names its company.

A `booking` is a change of what remains of an open item, as it was seen (append-only, øre, negative when the debt
falls). All that was seen of an item adds up to what has changed since its invoice was written, so that what remains
in the ledger is always the invoice's amount plus its bookings. An `offer` opens with what remained when it was made:
its `sequence` is the number of the last booking then.

Rows that say something about money or rights are never changed, and stand under a `seal` over their content. What is
waiting to be written into the ledger stands in tables of its own (`to_mark`, `to_show`, `to_deliver`), so that a run
that was killed goes on, and a poll with nothing to do reads no row.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Boolean, Column, Date, ForeignKeyConstraint, Index, Integer, String, Text

from kravbro.db.columns import NAMING, Ore, written_columns
from kravbro.db.counters import burnt_table, counter_table
from kravbro.db.residence import residence_tables

mirror = sa.MetaData(naming_convention=NAMING)

counter = counter_table(mirror)
burnt_number = burnt_table(mirror)
residence_tables(mirror)


def company_column() -> Column[int]:
    """The company, which is a part of every key."""
    return Column("company", Integer, primary_key=True, autoincrement=False)


def number_column(name: str = "number") -> Column[int]:
    """A number that is a part of the key."""
    return Column(name, Ore, primary_key=True, autoincrement=False)


def _of_offer() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["company", "offer"], ["offer.company", "offer.number"])


def seal_column() -> Column[str]:
    """The seal of a row that is never changed."""
    return Column("seal", String(64), nullable=False, comment="over its content")


origin = sa.Table(
    "origin",
    mirror,
    Column("id", Integer, primary_key=True, autoincrement=False),
    sa.CheckConstraint("id = 1", name="one_row"),
    Column("kind", String(30), nullable=False),
    Column("installation", String(60), nullable=False, comment="the ledger that this is the mirror of"),
    *written_columns(),
)
connection = sa.Table(
    "connection",
    mirror,
    Column("id", Integer, primary_key=True, autoincrement=False),
    sa.CheckConstraint("id = 1", name="one_row"),
    Column("kind", String(30), nullable=False, comment="the adapter, see docs/ledgers"),
    Column("address", String(400), nullable=False, comment="where the ledger is; never a password"),
    Column("settings", Text, nullable=False, comment="JSON: what the adapter was told, by name"),
    *written_columns(),
)
watch = sa.Table(
    "watch",
    mirror,
    company_column(),
    Column("version", Integer, nullable=False, comment="grows with each look that was written down"),
    Column("seen_to", Text, nullable=False, comment="the ledger's own cursor of changes"),
    Column("compared_on", Date, comment="when everything was compared the last time"),
    *written_columns(),
)
item = sa.Table(
    "item",
    mirror,
    company_column(),
    number_column("entry"),
    Column("customer_no", Ore, nullable=False),
    Column("amount_ore", Ore, nullable=False, comment="of the invoice, as it was seen first"),
    Column("watched", Boolean, nullable=False, comment="an offer of it waits, or the collector has it"),
    seal_column(),
    *written_columns(),
    Index("ix_item_company_watched", "company", "watched"),
)
booking = sa.Table(
    "booking",
    mirror,
    company_column(),
    number_column(),
    Column("entry", Ore, nullable=False),
    Column("settlement", String(120), nullable=False, comment="the ledger's own key of what made the change"),
    Column("amount_ore", Ore, nullable=False),
    Column("kind", String(30), nullable=False),
    Column("booked_on", Date, nullable=False),
    Column("value_on", Date, nullable=False),
    Column("voucher_no", String(40), nullable=False),
    Column("text", String(200), nullable=False),
    Column("voucher_key", String(80), nullable=False, comment="the collector's voucher that made it; empty: none"),
    Column("line_no", Integer, nullable=False, comment="the line of that voucher"),
    seal_column(),
    *written_columns(),
    ForeignKeyConstraint(["company", "entry"], ["item.company", "item.entry"]),
    Index("ix_booking_company_entry", "company", "entry"),
)
offer = sa.Table(
    "offer",
    mirror,
    company_column(),
    number_column(),
    Column("entry", Ore, nullable=False),
    Column("sequence", Ore, nullable=False, comment="the last booking when it was made"),
    Column("principal_ore", Ore, nullable=False),
    Column("interest_before_due_ore", Ore, nullable=False),
    Column("fees_ore", Ore, nullable=False),
    Column("interest_charged_ore", Ore, nullable=False),
    Column("letters", Text, nullable=False, comment="JSON: core.claims.Letter"),
    Column("invoice_no", String(40), nullable=False),
    Column("kid", String(40), nullable=False),
    Column("invoice_date", Date, nullable=False),
    Column("due_date", Date, nullable=False),
    Column("currency", String(10), nullable=False),
    Column("sub_ledger_type", String(40), nullable=False),
    seal_column(),
    *written_columns(),
    ForeignKeyConstraint(["company", "entry"], ["item.company", "item.entry"]),
    Index("ix_offer_company_entry", "company", "entry"),
)
waiting_offer = sa.Table(
    "waiting_offer",
    mirror,
    company_column(),
    number_column("offer"),
    _of_offer(),
    comment="offers that have no answer: what a poll looks at, so that those ever answered cost it nothing",
)
offer_receipt, offer_return = (
    sa.Table(
        name,
        mirror,
        company_column(),
        number_column("offer"),
        Column("number", Ore, nullable=False),
        Column("outcome", String(10), nullable=False),
        Column("received_on", Date, nullable=False),
        Column("case_number", String(30), nullable=False),
        Column("case_kid", String(25), nullable=False),
        Column("reasons", Text, nullable=False),
        Column("fingerprint", String(64), nullable=False),
        *written_columns(),
        _of_offer(),
        sa.UniqueConstraint("company", "number"),
    )
    for name in ("offer_receipt", "offer_return")
)
"""The answer to an offer, which is replaced when acceptance replaces refusal; and the receipt that gave it back."""
claim_transaction = sa.Table(
    "claim_transaction",
    mirror,
    company_column(),
    number_column(),
    Column("booking", Ore, nullable=False),
    Column("offer", Ore, nullable=False),
    *written_columns(),
    ForeignKeyConstraint(["company", "booking"], ["booking.company", "booking.number"]),
    _of_offer(),
    sa.UniqueConstraint("company", "booking"),
)
withdrawal = sa.Table(
    "withdrawal",
    mirror,
    company_column(),
    number_column(),
    Column("offer", Ore, nullable=False),
    Column("entry", Ore, nullable=False),
    Column("because", String(200), nullable=False),
    Column("asked_on", Date, nullable=False),
    seal_column(),
    *written_columns(),
    _of_offer(),
    sa.UniqueConstraint("company", "offer"),
)
delivery = sa.Table(
    "delivery",
    mirror,
    company_column(),
    Column("voucher_key", String(80), primary_key=True),
    Column("number", Ore, nullable=False, comment="the collector's approval number"),
    Column("fingerprint", String(64), nullable=False, comment="of what was delivered"),
    Column("content", Text, nullable=False, comment="JSON: core.vouchers.Voucher"),
    *written_columns(),
)
to_deliver = sa.Table(
    "to_deliver",
    mirror,
    company_column(),
    Column("voucher_key", String(80), primary_key=True),
    Column("delivered", Boolean, nullable=False, comment="the ledger has it, and has not posted it yet"),
    Index("ix_to_deliver_company_delivered", "company", "delivered"),
    comment="vouchers that have not come to an end",
)
voucher_event = sa.Table(
    "voucher_event",
    mirror,
    company_column(),
    number_column(),
    Column("voucher_key", String(80), nullable=False),
    Column("fate", String(10), nullable=False),
    Column("happened_on", Date, nullable=False),
    Column("voucher_no", String(40), nullable=False),
    Column("because", String(400), nullable=False, comment="why the ledger rejected it"),
    seal_column(),
    *written_columns(),
    Index("ix_voucher_event_company_voucher_key", "company", "voucher_key"),
    Index("ix_voucher_event_company_fate", "company", "fate"),
)
claim_status = sa.Table(
    "claim_status",
    mirror,
    company_column(),
    number_column("entry"),
    Column("version", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("case_number", String(30), nullable=False),
    Column("since", Date, nullable=False),
    *written_columns(),
)
to_mark = sa.Table(
    "to_mark",
    mirror,
    company_column(),
    number_column("entry"),
    Column("receipt", Ore, nullable=False, comment="the number of the answer that is to be shown"),
    comment="open items on which the ledger does not show the newest answer yet",
)
to_show = sa.Table(
    "to_show",
    mirror,
    company_column(),
    number_column("entry"),
    Column("version", Integer, nullable=False),
    comment="open items on which the ledger does not show the newest status yet",
)
