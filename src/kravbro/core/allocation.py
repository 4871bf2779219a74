"""Divide money received over what is owed, in the order that `allocation_orders.decide` found for it.

A claim that the debtor has put first (by a KID that names it, or by choice) comes first, if the debtor decides.
Otherwise the oldest due claim comes first. What is more than everything owed is overpaid, never lost. Each share
carries two reasons: why its claim stood where it did, and why the parts were covered in that order. See
docs/algorithms/allocation.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import msgspec

from kravbro.core.allocation_orders import Choice, Decision, Ground, Part, Receipt
from kravbro.core.derivation import Step, step
from kravbro.core.errors import DataFault

REASONS = {(choice, ground): f"{choice.value} {ground.value}" for choice in Choice for ground in Ground}
"""Both reasons of a share as they are stored: two codes with a space between them."""


class Owed(msgspec.Struct, frozen=True, gc=False):
    """What is owed on one claim, in øre; never negative where money is to be allocated."""

    claim: int
    due_date: date
    costs_ore: int
    fees_ore: int
    interest_ore: int
    principal_ore: int

    def of(self, part: Part) -> int:
        """The amount owed of one part."""
        match part:
            case Part.COSTS:
                return self.costs_ore
            case Part.FEES:
                return self.fees_ore
            case Part.INTEREST:
                return self.interest_ore
        return self.principal_ore


class Share(msgspec.Struct, frozen=True, gc=False):
    """A positive amount for one part of one claim: why the claim stood there, and why the order was what it was."""

    claim: int
    part: Part
    amount_ore: int
    choice: Choice
    ground: Ground

    @property
    def reason(self) -> str:
        """Both reasons in one text: two codes with a space between them, at most 60 characters."""
        return REASONS[self.choice, self.ground]


class Allocation(msgspec.Struct, frozen=True, gc=False):
    """All shares, and what was left over. The amounts sum to the money received."""

    shares: tuple[Share, ...]
    overpaid_ore: int


def allocate(amount_ore: int, owed: Iterable[Owed], decision: Decision) -> Allocation:
    """Allocate `amount_ore` (positive) over what is owed; raises DataFault `allocation.not_positive` otherwise.

    Claims are covered one by one, each in the order decided. A part that is overpaid already (negative) takes nothing.
    """
    if amount_ore <= 0:
        raise DataFault("allocation.not_positive", amount=amount_ore)
    left_ore = amount_ore
    shares: list[Share] = []
    for item, choice in _queue(sorted(owed, key=lambda one: (one.due_date, one.claim)), decision):
        for part in decision.parts:
            covered_ore = min(left_ore, max(item.of(part), 0))
            if covered_ore:
                shares.append(Share(item.claim, part, covered_ore, choice, decision.ground))
                left_ore -= covered_ore
    return Allocation(tuple(shares), left_ore)


def _queue(owed: Sequence[Owed], decision: Decision) -> list[tuple[Owed, Choice]]:
    named = [(item, decision.through) for item in owed if item.claim == decision.claim]
    return named + [(item, Choice.OLDEST_DUE_FIRST) for item in owed if item.claim != decision.claim]


def explain(receipt: Receipt, decision: Decision, allocation: Allocation) -> Step:
    """The derivation of an allocation: the money, the order with its law, each share with its reason, and the rest."""
    steps = [_order_step(decision)]
    if decision.set_aside:
        steps.append(step("allocation.not_binding"))
    for share in allocation.shares:
        why = step(share.choice.value)
        steps.append(step(f"allocation.covers.{share.part.value}", why, amount_ore=share.amount_ore, claim=share.claim))
    if allocation.overpaid_ore:
        steps.append(step("allocation.rest", amount_ore=allocation.overpaid_ore))
    return step(
        f"allocation.money.{receipt.money.value}",
        *steps,
        amount_ore=sum(share.amount_ore for share in allocation.shares) + allocation.overpaid_ore,
        received_on=receipt.received_on,
    )


def _order_step(decision: Decision) -> Step:
    return step(decision.ground.value, *_parts_in_order(decision.parts), *_bases(decision))


def _parts_in_order(parts: Iterable[Part]) -> Iterator[Step]:
    for place, part in enumerate(parts, 1):
        yield step(f"allocation.part.{part.value}", place=place)


def _bases(decision: Decision) -> Iterator[Step]:
    """The rows that the order rests on: who decides, and then the order that the creditor chose."""
    policy, chosen = decision.policy, decision.chosen
    valid_from = "" if policy.valid_from is None else policy.valid_from.isoformat()
    said = {"name": policy.name, "law": policy.law, "source": policy.source, "confidence": policy.confidence}
    yield step("allocation.basis", **said, valid_from=valid_from)
    if chosen is not None:
        said = {"name": chosen.name, "law": chosen.law, "source": chosen.source, "confidence": chosen.confidence}
        yield step("allocation.basis", **said, valid_from="")
