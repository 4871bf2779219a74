"""Tables of claims without a ledger. Append-only; numbers run over the whole office (`registered_claim`).

Such a claim stands in `claim` as any other. Its offer and its entry are its number here, below zero: no ledger has such
numbers, so no stream of a ledger reaches it.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Integer, String, Text

from kravbro.db.columns import written_columns
from kravbro.office.adjustments.tables import office
from kravbro.office.tables import content_fingerprint

__all__ = ["creditor_ledgerless", "office", "registered_claim"]

registered_claim = sa.Table(
    "registered_claim",
    office,
    Column("number", Integer, primary_key=True, autoincrement=False, comment="numbered over the whole office"),
    Column("act", Integer, ForeignKey("manual_act.number"), nullable=False, unique=True),
    Column("claim", Integer, ForeignKey("claim.id"), nullable=False, unique=True),
    Column("account", String(10), nullable=False, comment="of the ledger, that what is paid of the principal goes to"),
    Column("document", String(40), nullable=False),
    Column("warnings", Text, nullable=False, comment="what the gate found and let pass, as in a receipt"),
    Column("frozen", String(64), nullable=False, comment="fingerprint of the claim, as a receipt has it of an offer"),
    content_fingerprint(),
    *written_columns(),
)
creditor_ledgerless = sa.Table(
    "creditor_ledgerless",
    office,
    Column("creditor", Integer, ForeignKey("creditor.number"), primary_key=True, autoincrement=False),
    Column("account", String(10), nullable=False, comment="that claims from now on are paid to; empty: none"),
    *written_columns(),
)
