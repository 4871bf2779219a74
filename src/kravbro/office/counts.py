"""How much work the office has done: figures for reports, one aggregate each."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from kravbro.core.claims import Outcome
from kravbro.office import tables as t
from kravbro.office.earlier.tables import adopted_claim


class OfficeCounts(msgspec.Struct, frozen=True):
    """Everything taken in so far. Payments are placed or unplaced as they were at import."""

    claims_refused: int
    claims_converted: int
    cases: int
    payments: int
    payments_unplaced: int
    transactions: int


def office_counts(connection: sa.Connection) -> OfficeCounts:
    """Count the whole office."""

    def count(table: sa.Table, *where: sa.ColumnElement[bool]) -> int:
        return connection.execute(sa.select(sa.func.count()).select_from(table).where(*where)).scalar_one()

    return OfficeCounts(
        claims_refused=count(t.receipt, t.receipt.c.outcome == Outcome.REFUSED.value),
        claims_converted=count(adopted_claim),
        cases=count(t.case),
        payments=count(t.payment),
        payments_unplaced=count(t.unplaced),
        transactions=count(t.ledger_transaction),
    )
