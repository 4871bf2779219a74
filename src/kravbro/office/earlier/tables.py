"""Claims on cases of an older system, and those that were joined with the ledger's open items. Append-only.

Counters `earlier_claim` and `adopted_claim` run over the whole office.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, Date, ForeignKey, Integer, String

from kravbro.db.columns import Ore, written_columns
from kravbro.office.manual.tables import office
from kravbro.office.tables import content_fingerprint

__all__ = ["adopted_claim", "earlier_claim", "office"]

earlier_claim = sa.Table(
    "earlier_claim",
    office,
    Column("number", Integer, primary_key=True, autoincrement=False, comment="numbered over the whole office"),
    Column("creditor", Integer, ForeignKey("creditor.number"), nullable=False),
    Column("case_number", String(30), nullable=False, comment="of the older system"),
    Column("case_kid", String(25), nullable=False, comment="that debtors were given; empty: none"),
    Column("customer_no", Integer, nullable=False),
    Column("invoice_no", String(20), nullable=False),
    Column("invoice_date", Date, nullable=False),
    Column("due_date", Date, nullable=False),
    Column("principal_ore", Ore, nullable=False),
    Column("interest_ore", Ore, nullable=False),
    Column("fees_ore", Ore, nullable=False),
    Column("costs_ore", Ore, nullable=False),
    Column("paid_principal_ore", Ore, nullable=False),
    Column("paid_interest_ore", Ore, nullable=False),
    Column("paid_fees_ore", Ore, nullable=False),
    Column("paid_costs_ore", Ore, nullable=False),
    Column("file_name", String(200), nullable=False),
    Column("imported_on", Date, nullable=False),
    content_fingerprint(),
    *written_columns(),
    sa.UniqueConstraint("creditor", "case_number", "customer_no", "invoice_no"),
)
adopted_claim = sa.Table(
    "adopted_claim",
    office,
    Column("number", Integer, primary_key=True, autoincrement=False, comment="numbered over the whole office"),
    Column("claim", Integer, ForeignKey("claim.id"), nullable=False, unique=True),
    Column("earlier_claim", Integer, ForeignKey("earlier_claim.number"), nullable=False, unique=True),
    Column("cut_off", Date, nullable=False, comment="what the ledger counts before this day is in the case's amounts"),
    Column("ledger_ore", Ore, nullable=False, comment="what remained of the open item then"),
    Column("because", String(200), nullable=False),
    Column("told", String(64), nullable=False, comment="fingerprint of what the ledger told when it was adopted"),
    Column("adopted_on", Date, nullable=False),
    content_fingerprint(),
    *written_columns(),
)
