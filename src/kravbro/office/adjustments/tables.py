"""Tables of what people charge and waive by hand. Append-only; numbers run over the whole office (`adjustment`)."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Boolean, Column, Date, ForeignKey, Integer, String

from kravbro.db.columns import Ore, written_columns
from kravbro.office.file_tables import office
from kravbro.office.tables import content_fingerprint

__all__ = ["adjustment", "creditor_costs", "office"]

adjustment = sa.Table(
    "adjustment",
    office,
    Column("number", Integer, primary_key=True, autoincrement=False, comment="numbered over the whole office"),
    Column("act", Integer, ForeignKey("manual_act.number"), nullable=False, index=True),
    Column("claim", Integer, ForeignKey("claim.id"), nullable=False, index=True),
    Column("kind", String(40), nullable=False, comment="of the charge; late_interest; waiver"),
    Column("part", String(20), nullable=False, comment="costs, fees or interest: where it stands on the account"),
    Column("amount_ore", Ore, nullable=False, comment="what the debtor owes more by it"),
    Column("dated", Date, nullable=False, comment="the day it arose; of late interest, the last day that it holds"),
    Column("deadline", Date, comment="of a letter"),
    Column("with_vat", Boolean, nullable=False),
    Column("document", String(40), nullable=False),
    Column("account", String(10), nullable=False, comment="of the ledger, that it is booked on; empty: not booked"),
    Column("undoes", Integer, ForeignKey("adjustment.number"), unique=True),
    content_fingerprint(),
    *written_columns(),
)
creditor_costs = sa.Table(
    "creditor_costs",
    office,
    Column("creditor", Integer, ForeignKey("creditor.number"), primary_key=True, autoincrement=False),
    Column("account", String(10), nullable=False, comment="that costs stand on until they are paid; empty: none"),
    *written_columns(),
)
