"""Divide money received between costs, interest and principal, by a policy that is data.

The debtor decides; if the debtor is silent the creditor does (Justisdepartementets lovavdeling 1998/11444). A KID that
points at one invoice is such a choice: its claim comes first. Otherwise the oldest due claim comes first. What is more
than everything owed is overpaid, never lost. Each share carries the reason for its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum

import msgspec

from kravbro.core.errors import DataFault


class Part(StrEnum):
    """What a debtor may owe on a claim."""

    COSTS = "costs"
    INTEREST = "interest"
    PRINCIPAL = "principal"


class Order(StrEnum):
    """Allocation orders that a creditor may choose. Each names its parts from first to last."""

    COSTS_INTEREST_PRINCIPAL = "costs,interest,principal"
    PRINCIPAL_COSTS_INTEREST = "principal,costs,interest"

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts, from first covered to last."""
        return tuple(Part(name) for name in self.value.split(","))


class Choice(StrEnum):
    """Why a claim stood where it did in the queue."""

    KID_NAMES_CLAIM = "allocation.kid_names_claim"
    OLDEST_DUE_FIRST = "allocation.oldest_due_first"


class Owed(msgspec.Struct, frozen=True, gc=False):
    """What is owed on one claim, in øre; never negative where money is to be allocated."""

    claim: int
    due_date: date
    costs_ore: int
    interest_ore: int
    principal_ore: int

    def of(self, part: Part) -> int:
        """The amount owed of one part."""
        if part is Part.COSTS:
            return self.costs_ore
        return self.interest_ore if part is Part.INTEREST else self.principal_ore


class Share(msgspec.Struct, frozen=True, gc=False):
    """A positive amount for one part of one claim, and why."""

    claim: int
    part: Part
    amount_ore: int
    reason: Choice


class Allocation(msgspec.Struct, frozen=True, gc=False):
    """All shares, and what was left over. The amounts sum to the money received."""

    shares: tuple[Share, ...]
    overpaid_ore: int


def allocate(amount_ore: int, owed: Iterable[Owed], order: Order, chosen_claim: int | None = None) -> Allocation:
    """Allocate `amount_ore` (positive) over what is owed; raises DataFault `allocation.not_positive` otherwise.

    Claims are covered one by one, each in `order`. A part that is overpaid already (negative) takes nothing.
    """
    if amount_ore <= 0:
        raise DataFault("allocation.not_positive", amount=amount_ore)
    left_ore = amount_ore
    shares: list[Share] = []
    for item, reason in _queue(sorted(owed, key=lambda one: (one.due_date, one.claim)), chosen_claim):
        for part in order.parts:
            covered_ore = min(left_ore, max(item.of(part), 0))
            if covered_ore:
                shares.append(Share(item.claim, part, covered_ore, reason))
                left_ore -= covered_ore
    return Allocation(tuple(shares), left_ore)


def _queue(owed: Sequence[Owed], chosen_claim: int | None) -> list[tuple[Owed, Choice]]:
    named = [(item, Choice.KID_NAMES_CLAIM) for item in owed if item.claim == chosen_claim]
    return named + [(item, Choice.OLDEST_DUE_FIRST) for item in owed if item.claim != chosen_claim]
