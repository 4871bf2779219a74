"""Tables of conversion: items that were handed over earlier, those that were joined with older cases, and bookings that
those cases have already.

A conversion is an offer like any other, with a sequence of 0. `opening_booking` names what the older case's amounts
contain: every booking on the open item that counts before the cut-off date, whenever it was seen.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Boolean, Column, Date, ForeignKeyConstraint, Index, String

from kravbro.db.columns import Ore, written_columns
from kravbro.mirror.tables import company_column, mirror, number_column, seal_column

__all__ = ["conversion", "mirror", "opening_booking", "transferred_item"]

transferred_item = sa.Table(
    "transferred_item",
    mirror,
    company_column(),
    number_column(),
    Column("entry", Ore, nullable=False),
    Column(
        "transferred", Boolean, nullable=False, comment="handed over earlier, or said not to be; the last row counts"
    ),
    Column("case_number", String(30), nullable=False, comment="of the older case; empty: not known"),
    Column("because", String(200), nullable=False),
    Column("marked_on", Date, nullable=False),
    seal_column(),
    *written_columns(),
    Index("ix_transferred_item_company_entry", "company", "entry"),
)
conversion = sa.Table(
    "conversion",
    mirror,
    company_column(),
    number_column(),
    Column("offer", Ore, nullable=False),
    Column("entry", Ore, nullable=False),
    Column("joined", Boolean, nullable=False, comment="with the claim of an older case; else a new case is asked for"),
    Column("sequence", Ore, nullable=False, comment="the last booking when it was made"),
    Column("earlier", Ore, comment="the collector's number of the older claim"),
    Column("case_number", String(30), nullable=False, comment="of the older case; empty: none"),
    Column("cut_off", Date, comment="what counts before this day is in the older case's amounts"),
    Column("collector_ore", Ore, comment="what remained of the principal on the older case"),
    Column("because", String(200), nullable=False),
    Column("converted_on", Date, nullable=False),
    seal_column(),
    *written_columns(),
    ForeignKeyConstraint(["company", "offer"], ["offer.company", "offer.number"]),
    sa.UniqueConstraint("company", "offer"),
    Index("ix_conversion_company_entry", "company", "entry"),
)
opening_booking = sa.Table(
    "opening_booking",
    mirror,
    company_column(),
    number_column("offer"),
    number_column("booking"),
    *written_columns(),
    ForeignKeyConstraint(["company", "offer"], ["offer.company", "offer.number"]),
    ForeignKeyConstraint(["company", "booking"], ["booking.company", "booking.number"]),
)
