"""The conformance suite of the collector port: `CHECKS`, and what a world for them must be able to do."""

from __future__ import annotations

from kravbro.ports.conformance.collector import (
    claims,
    conversion,
    endurance,
    identity,
    itself,
    ledgerless,
    money,
    returns,
)
from kravbro.ports.conformance.collector.scene import CollectorCheck

CHECKS: tuple[CollectorCheck, ...] = (
    *identity.CHECKS,
    *claims.CHECKS,
    *money.CHECKS,
    *itself.CHECKS,
    *endurance.CHECKS,
    *returns.CHECKS,
    *conversion.CHECKS,
    *ledgerless.CHECKS,
)
