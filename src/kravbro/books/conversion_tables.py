"""Tables of conversion: claims of older cases that were made offers of, and bookings that those cases have already.

A conversion is an offer like any other, of a proposal in the state `converted`. `opening_booking` names what the older
case's amounts contain: every booking on the open item that counts before the cut-off date, whenever it was made.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Boolean, Column, Date, ForeignKey, Integer, String

from kravbro.books.tables import company_books
from kravbro.db.columns import Ore, written_columns

__all__ = ["company_books", "conversion", "opening_booking"]

conversion = sa.Table(
    "conversion",
    company_books,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("offer", Integer, ForeignKey("offer.number"), nullable=False, unique=True),
    Column("entry", Integer, ForeignKey("entry.number"), nullable=False, index=True),
    Column("joined", Boolean, nullable=False, comment="with the claim of an older case; else a new case is asked for"),
    Column("sequence", Integer, nullable=False, comment="the last booking when it was made"),
    Column("earlier", Integer, comment="the collector's number of the older claim"),
    Column("case_number", String(30), nullable=False, comment="of the older case; empty: none"),
    Column("cut_off", Date, comment="what counts before this day is in the older case's amounts"),
    Column("collector_ore", Ore, comment="what remained of the principal on the older case"),
    Column("because", String(200), nullable=False),
    Column("converted_on", Date, nullable=False),
    Column("seal", String(64), nullable=False, comment="over its content"),
    *written_columns(),
)
opening_booking = sa.Table(
    "opening_booking",
    company_books,
    Column("offer", Integer, ForeignKey("offer.number"), primary_key=True, autoincrement=False),
    Column("booking", Integer, ForeignKey("booking.number"), primary_key=True, autoincrement=False, index=True),
    *written_columns(),
)
