"""Tables of claims on their way back: what creditors want back, and why each claim that left did. Append-only.

Withdrawals have the ledger's numbers; counter `claim_return` runs over the whole office.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, Date, ForeignKey, Integer, String

from kravbro.db.columns import written_columns
from kravbro.office.earlier.tables import office
from kravbro.office.tables import content_fingerprint

__all__ = ["claim_return", "office", "withdrawal"]

withdrawal = sa.Table(
    "withdrawal",
    office,
    Column("creditor", Integer, ForeignKey("creditor.number"), primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False, comment="the ledger's"),
    Column("claim", Integer, ForeignKey("claim.id"), nullable=False, index=True),
    Column("asked_on", Date, nullable=False),
    Column("because", String(200), nullable=False),
    content_fingerprint(),
    *written_columns(),
)
claim_return = sa.Table(
    "claim_return",
    office,
    Column("number", Integer, primary_key=True, autoincrement=False, comment="numbered over the whole office"),
    Column("claim", Integer, ForeignKey("claim.id"), nullable=False, unique=True),
    Column("outcome", String(10), nullable=False, comment="withdrawn by its creditor, or returned by the office"),
    Column("reason", String(40), nullable=False),
    Column("because", String(200), nullable=False),
    Column("asked_on", Date, nullable=False),
    Column("withdrawal", Integer, comment="of the creditor's ledger; none: said to the office"),
    content_fingerprint(),
    *written_columns(),
)
