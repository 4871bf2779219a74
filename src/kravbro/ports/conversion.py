"""What the bridge asks of both sides to find claims that were transferred before the two were joined.

A capability, asked for and never guessed: an adapter that has no such claims does not offer it. Both methods only read.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from kravbro.core.conversion import EarlierClaim, TransferredClaim


class ConvertibleLedger(Protocol):
    """A ledger that knows which open items somebody handed over earlier."""

    def transferred_claims(self, company: int, cut_off: date, after: int, limit: int) -> Sequence[TransferredClaim]:
        """Open items that were handed over earlier and that no offer carried, by entry, after the given one.

        What counts before `cut_off` is in `remaining_ore`, what counts on that day or later in `later_ore`.
        """
        ...


class ConvertibleCollector(Protocol):
    """A collector that has cases which no offer made."""

    def claims_to_convert(self, company: int, after: int, limit: int) -> Sequence[EarlierClaim]:
        """Claims on cases of an older system that are joined with no open item, by number, after the given one."""
        ...
