"""Conversion carried out: an open item and a claim of an older case become one claim, on both sides. Pure.

What matched is joined as it is. What differs, or could be several, is joined only where a person chose it by name, with
the difference as it was seen and a reason: both sides keep the difference, and tell it when they are reconciled.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from kravbro.core.claims import Offer
from kravbro.core.conversion import (
    A_PERSON_MAY_PASS_OVER,
    EarlierClaim,
    Matching,
    Pair,
    TransferredClaim,
    match,
    pair_of,
)
from kravbro.core.errors import DataFault
from kravbro.core.money import format_kroner


class Choice(msgspec.Struct, frozen=True):
    """A person's word that an open item is the claim of an older case, with the difference as it was shown (øre).

    `line` is that of the file which says so. An empty `case_invoice` is any invoice of the case.
    """

    line: int
    entry: int
    case_number: str
    case_invoice: str
    difference_ore: int
    because: str


class Joining(msgspec.Struct, frozen=True, gc=False):
    """An open item and the claim of an older case that are the same: what the ledger is to make an offer of.

    `ledger_ore` remained of the open item at the cut-off, `collector_ore` of the claim's principal; `earlier` is the
    collector's number of it.
    """

    entry: int
    earlier: int
    case_number: str
    cut_off: date
    ledger_ore: int
    collector_ore: int
    because: str


class Adoption(msgspec.Struct, frozen=True, gc=False):
    """A converted claim on its way to the collector: the offer that the ledger made of the open item, and the case.

    The offer's principal is what remained in the ledger at the cut-off; it has no letters, since what those charged is
    in the case's amounts. What the ledger counts before the cut-off is in the principal, whenever it was booked.
    """

    offer: Offer
    earlier: int
    case_number: str
    cut_off: date
    collector_ore: int
    because: str

    @property
    def number(self) -> int:
        """The offer's number, which orders adoptions and is their identity."""
        return self.offer.number

    @property
    def accepted_ore(self) -> int:
        """The difference that a person accepted: what remained in the ledger less what remained on the case."""
        return self.offer.parts.principal_ore - self.collector_ore


class Chosen(msgspec.Struct, frozen=True):
    """What is to be joined, each pair with its reason; and the matching of everything else."""

    pairs: tuple[tuple[Pair, str], ...]
    rest: Matching


def still_open(choices: Sequence[Choice], joined: Iterable[Joining]) -> list[Choice]:
    """The choices of items that are not joined yet; one that was joined just so is done.

    Raises DataFault `conversion.choice_joined` for one whose item is joined with another case.
    """
    case_of = {one.entry: one.case_number for one in joined}
    for choice in choices:
        if case_of.get(choice.entry, choice.case_number) != choice.case_number:
            raise _unjoinable("conversion.choice_joined", choice, joined=case_of[choice.entry])
    return [choice for choice in choices if choice.entry not in case_of]


def choose(
    transferred: Sequence[TransferredClaim], earlier: Sequence[EarlierClaim], choices: Sequence[Choice], because: str
) -> Chosen:
    """Take out what a person chose, match the rest, and join what matched for the reason `because`.

    A choice may only name two that the matching shows as each other's: in `differing`, or in one row of `ambiguous`.
    Raises DataFault `conversion.choice_unknown`, `conversion.choice_twice`, `conversion.choice_of_others` and
    `conversion.choice_difference` (it is another one now, or not one that a person may pass over).
    """
    shown = match(transferred, earlier)
    taken: list[tuple[Pair, str]] = []
    items, claims = set[int](), set[int]()
    for choice in choices:
        pair = _meant(shown, choice)
        if pair.transferred.entry in items or pair.earlier.number in claims:
            raise _unjoinable("conversion.choice_twice", choice)
        items.add(pair.transferred.entry)
        claims.add(pair.earlier.number)
        hindered = set(pair.differs) - A_PERSON_MAY_PASS_OVER
        if hindered or pair.difference_ore != choice.difference_ore:
            found = ", ".join(sorted(hindered)) or format_kroner(pair.difference_ore)
            raise _unjoinable("conversion.choice_difference", choice, found=found)
        taken.append((pair, choice.because))
    rest = match(
        (item for item in transferred if item.entry not in items),
        (claim for claim in earlier if claim.number not in claims),
    )
    return Chosen((*taken, *((pair, because) for pair in rest.matched)), rest)


def _meant(shown: Matching, choice: Choice) -> Pair:
    """The pair that a choice names, among those that are shown together."""
    together: list[tuple[tuple[TransferredClaim, ...], tuple[EarlierClaim, ...]]]
    together = [((pair.transferred,), (pair.earlier,)) for pair in (*shown.matched, *shown.differing)]
    together += [(several.transferred, several.earlier) for several in shown.ambiguous]
    known = False
    for items, claims in together:
        mine = [item for item in items if item.entry == choice.entry]
        meant = [claim for claim in claims if _is_named(claim, choice)]
        known = known or bool(mine)
        if mine and len(meant) == 1:
            return pair_of(mine[0], meant[0])
        if mine and meant:
            break
    raise _unjoinable("conversion.choice_of_others" if known else "conversion.choice_unknown", choice)


def _is_named(claim: EarlierClaim, choice: Choice) -> bool:
    return claim.case_number == choice.case_number and choice.case_invoice in ("", claim.invoice_no)


def _unjoinable(code: str, choice: Choice, **facts: str) -> DataFault:
    return DataFault(code, line=choice.line, entry=choice.entry, case=choice.case_number, **facts)


def joinings(chosen: Chosen, cut_off: date) -> list[Joining]:
    """What the ledger is to join, in order of the open items."""
    made = [
        Joining(
            entry=pair.transferred.entry,
            earlier=pair.earlier.number,
            case_number=pair.earlier.case_number,
            cut_off=cut_off,
            ledger_ore=pair.transferred.remaining_ore,
            collector_ore=pair.earlier.remaining_ore,
            because=because,
        )
        for pair, because in chosen.pairs
    ]
    return sorted(made, key=lambda one: one.entry)
