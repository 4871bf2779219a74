"""The conformance suite of the ledger port: `CHECKS`, and what a world for them must be able to do."""

from __future__ import annotations

from kravbro.ports.conformance.ledger import (
    claims,
    conversion,
    endurance,
    identity,
    movements,
    pages,
    receipts,
    returns,
    statuses,
    transactions,
    vouchers,
)
from kravbro.ports.conformance.ledger.scene import LedgerCheck

CHECKS: tuple[LedgerCheck, ...] = (
    *identity.CHECKS,
    *pages.CHECKS,
    *claims.CHECKS,
    *receipts.CHECKS,
    *transactions.CHECKS,
    *vouchers.CHECKS,
    *statuses.CHECKS,
    *movements.CHECKS,
    *endurance.CHECKS,
    *returns.CHECKS,
    *conversion.CHECKS,
)
