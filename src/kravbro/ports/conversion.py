"""What the bridge asks of both sides to find, and to join, claims that were transferred before the two were joined.

A capability, asked for and never guessed: an adapter that has no such claims does not offer it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from kravbro.core.adoption import Adoption, Joining
from kravbro.core.conversion import CaseNumber, EarlierClaim, TransferredClaim
from kravbro.ports.identity import Delivered


class ConvertibleLedger(Protocol):
    """A ledger that knows which open items somebody handed over earlier."""

    def transferred_claims(self, company: int, cut_off: date, after: int, limit: int) -> Sequence[TransferredClaim]:
        """Open items that were handed over earlier and that no offer carried, by entry, after the given one.

        What counts before `cut_off` is in `remaining_ore`, what counts on that day or later in `later_ore`.
        """
        ...

    def join_claims(self, company: int, joinings: Sequence[Joining]) -> Delivered:
        """Make an offer of each of these items: the claim of an older case. All are made in one step, or none.

        One that is joined just so already is known. Raises DataFault for an item that was not handed over, or is joined
        otherwise, and Skip if another sum remained at the cut-off than was compared; nothing is kept then.
        """
        ...

    def joined_claims(self, company: int, after: int, limit: int) -> Sequence[Joining]:
        """Every item that is joined, by entry, after the given one; one that the collector refused is not."""
        ...

    def adoptions(self, company: int, after: int, limit: int) -> Sequence[Adoption]:
        """Every joined offer without a receipt, by offer number. `after` only pages one run: this is a queue.

        They are never among `ready_claims`. Once accepted, a joined claim is one like any other: of what is booked on
        the item, whenever it is booked, `transactions` tells what counts on the cut-off day or later, and `movements`
        opens with what remained before.
        """
        ...

    def offer_unjoined(self, company: int, entries: Sequence[int], because: str) -> int:
        """Make items that were said to be handed over, and that no case has, ready as ordinary claims; answers how
        many are new."""
        ...

    def record_case_numbers(self, company: int, numbers: Sequence[CaseNumber], because: str) -> Delivered:
        """Show these case numbers on items that were handed over earlier; a number that is there already is known.

        Raises DataFault for an item that was not handed over, or that has another case number, and keeps nothing then.
        """
        ...


class ConvertibleCollector(Protocol):
    """A collector that has cases which no offer made."""

    def adopt_cases(self, company: int, adoptions: Sequence[Adoption]) -> Delivered:
        """Join older cases with the ledger's offers: each becomes a claim on its case, and is answered by a receipt.

        The claim opens with what remained on the case; what was paid there is not told to the ledger. Interest runs
        from the case's own due date, but not before the cut-off: until then it is in the case's amounts. A case that
        cannot be taken over is refused by a receipt with every reason.

        New are those that got a receipt now. Raises DataFault for one that is known and has other content now, or whose
        case is not as the ledger was told; nothing is kept then.
        """
        ...

    def claims_to_convert(self, company: int, after: int, limit: int) -> Sequence[EarlierClaim]:
        """Claims on cases of an older system that are joined with no open item, by number, after the given one."""
        ...
