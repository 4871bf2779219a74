"""Divide money received over what is owed, in the order that `allocation_orders.decide` found for it.

A claim that the debtor has put first (by a KID that names it, or by choice) comes first, if the debtor decides.
Otherwise the oldest due claim comes first. What is more than everything owed is overpaid, never lost. Each share
carries two reasons: why its claim stood where it did, and why the parts were covered in that order. `explain` tells a
division that was just made, `reason_steps` one whose reason was stored. See docs/algorithms/allocation.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import msgspec

from kravbro.core.allocation_orders import AllocationLaw, Choice, Decision, Ground, OrderRow, Part, Policy, Receipt
from kravbro.core.derivation import Step, step
from kravbro.core.errors import DataFault

REASONS = {(choice, ground): f"{choice.value} {ground.value}" for choice in Choice for ground in Ground}
"""Both reasons of a share as they are stored: two codes with a space between them."""

OVERPAID = "allocation.overpaid"
"""Why money was left: nothing more was owed."""

OVERPAID_REASONS = {ground: f"{OVERPAID} {ground.value}" for ground in Ground}
"""The reasons of money that was left, as they are stored: that nothing more was owed, and why in that order, which
tells where the money came from."""

LONE_REASONS = frozenset(
    {
        OVERPAID,
        "office.placed_by_hand",
        "office.unplaced.no_kid",
        "office.unplaced.no_amount",
        "office.unplaced.kid_length",
        "office.unplaced.kid_check_digit",
        "office.unplaced.kid_unknown",
        "office.unplaced.kid_of_several",
        "office.unplaced.not_served",
        "office.unplaced.agreement_closed",
        "office.unplaced.claim_given_back",
        "office.unplaced.nothing_to_reverse",
        "office.unplaced.original_unplaced",
        "office.unplaced.original_refunded",
        "office.unplaced.registered",
        "office.told_by_ledger",
        "office.reversed_by_hand",
        "office.refunded",
    }
)
"""Reasons of money that are one code: it went to no claim, or no order was asked for."""

_DIVIDED = {
    stored: (first, ground)
    for first, ground, stored in (
        *((choice.value, ground, stored) for (choice, ground), stored in REASONS.items()),
        *((OVERPAID, ground, stored) for ground, stored in OVERPAID_REASONS.items()),
    )
}


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
    """The claims from first covered to last. A named claim that takes nothing leaves its place to the oldest due."""
    named = [item for item in owed if item.claim == decision.claim and any(item.of(part) > 0 for part in Part)]
    passed_over = decision.claim is not None and not named
    others = Choice.NAMED_TAKES_NOTHING if passed_over else Choice.OLDEST_DUE_FIRST
    first = [(item, decision.through) for item in named]
    return first + [(item, others) for item in owed if item.claim != decision.claim]


def explain(receipt: Receipt, decision: Decision, allocation: Allocation, invoices: Mapping[int, str]) -> Step:
    """The derivation of an allocation: the money, the order with its law, each share with its reason, and the rest.

    `invoices` tells the number of each claim's invoice, by which people know the claim.
    """
    steps = [_order_step(decision)]
    if decision.set_aside:
        steps.append(step("allocation.not_binding"))
    for share in allocation.shares:
        why = step(share.choice.value)
        code, invoice_no = f"allocation.covers.{share.part.value}", invoices[share.claim]
        steps.append(step(code, why, amount_ore=share.amount_ore, invoice_no=invoice_no))
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
    yield _basis(decision.policy, decision.policy.valid_from)
    if decision.chosen is not None:
        yield _basis(decision.chosen, None)


def _basis(row: Policy | OrderRow, valid_from: date | None) -> Step:
    first_day = "" if valid_from is None else valid_from.isoformat()
    said = {"name": row.name, "law": row.law, "source": row.source, "confidence": row.confidence}
    return step("allocation.basis", **said, valid_from=first_day)


def reason_steps(reason: str, received_on: date, law: AllocationLaw) -> tuple[Step, ...]:
    """What a stored reason tells of money received on a day: a step for each of its codes.

    The step that says why the parts stood in that order rests on who decided by the policy of that day, with law,
    source and confidence. Which of its orders a creditor had chosen is not stored, so it is not told. For a reversal
    pass the day on which the bank had what it takes back.

    Raises DataFault `allocation.unknown_reason` for any other text, and `allocation.no_policy_then` if no policy of
    that kind held on the day.
    """
    if reason in LONE_REASONS:
        return (step(reason),)
    if reason not in _DIVIDED:
        raise DataFault("allocation.unknown_reason", reason=reason)
    first, ground = _DIVIDED[reason]
    policy = law.policy_behind(ground, received_on)
    if policy is None:
        raise DataFault("allocation.no_policy_then", reason=reason, received_on=received_on)
    return step(first), step(ground.value, _basis(policy, policy.valid_from))
