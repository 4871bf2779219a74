"""What a reconciliation asks of a collector that has claims which no ledger offered.

A capability, asked for and never guessed: an adapter that has no such claims does not offer it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from kravbro.core.ledgerless import LedgerlessClaim


@runtime_checkable
class LedgerlessCollector(Protocol):
    """A collector that may be given claims by hand. `claims` and `statuses` tell of none of these."""

    def claims_without_ledger(self, company: int, after: int, limit: int) -> Sequence[LedgerlessClaim]:
        """Claims of that company that no ledger offered, by number, after the given one."""
        ...
