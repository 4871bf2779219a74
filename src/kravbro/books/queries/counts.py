"""How much a company's ledger holds of what the collector did: figures for reports, one aggregate each."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from kravbro.books.tables import offer_receipt, voucher
from kravbro.core.claims import Outcome


class LedgerCounts(msgspec.Struct, frozen=True):
    """Case numbers written back, and vouchers that the collector delivered."""

    case_numbers: int
    collector_vouchers: int


def ledger_counts(connection: sa.Connection) -> LedgerCounts:
    """Count one company."""
    accepted = sa.select(sa.func.count()).where(offer_receipt.c.outcome == Outcome.ACCEPTED.value)
    delivered = sa.select(sa.func.count()).where(voucher.c.collector_key.is_not(None))
    return LedgerCounts(connection.execute(accepted).scalar_one(), connection.execute(delivered).scalar_one())
