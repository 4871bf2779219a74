"""What the bridge asks of a ledger that can show its people which claims wait, for what, and until when.

A capability, asked for and never guessed: a ledger that has no place to show it does not offer it. Nothing rests on
what is shown: an offer that waits is offered again at each run, and what it waits for is told anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from kravbro.core.claims import Waiting


@runtime_checkable
class ShowsWaiting(Protocol):
    """A ledger with a place for what offers wait for."""

    def show_waiting(self, company: int, waits: Sequence[Waiting]) -> None:
        """Show what these offers wait for, each until it is answered or shown anew. What is shown already stays."""
        ...
