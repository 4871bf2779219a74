"""What the bridge asks of both sides to find claims that were transferred before the two were joined.

A capability, asked for and never guessed: an adapter that has no such claims does not offer it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from kravbro.core.conversion import CaseNumber, EarlierClaim, TransferredClaim
from kravbro.ports.identity import Delivered


class ConvertibleLedger(Protocol):
    """A ledger that knows which open items somebody handed over earlier."""

    def transferred_claims(self, company: int, cut_off: date, after: int, limit: int) -> Sequence[TransferredClaim]:
        """Open items that were handed over earlier and that no offer carried, by entry, after the given one.

        What counts before `cut_off` is in `remaining_ore`, what counts on that day or later in `later_ore`.
        """
        ...

    def record_case_numbers(self, company: int, numbers: Sequence[CaseNumber], because: str) -> Delivered:
        """Show these case numbers on items that were handed over earlier; a number that is there already is known.

        Raises DataFault for an item that was not handed over, or that has another case number, and keeps nothing then.
        """
        ...


class ConvertibleCollector(Protocol):
    """A collector that has cases which no offer made."""

    def claims_to_convert(self, company: int, after: int, limit: int) -> Sequence[EarlierClaim]:
        """Claims on cases of an older system that are joined with no open item, by number, after the given one."""
        ...
