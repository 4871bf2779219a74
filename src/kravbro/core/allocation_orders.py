"""In which order the parts of a debt are covered, decided for one receipt of money by policies that are dated data.

Money that a debtor pays voluntarily covers what the debtor says; where the debtor is silent, and with money from
enforcement, the creditor decides (Justisdepartementets lovavdeling 1998/11444). What is deducted from wages from
2026-01-01 covers principal, costs, fees and interest in that order (innkrevingsloven, LOV-2025-04-25-12, § 29). The
rows, with law, source and confidence, stand in `statute/data/allocation/orders.json`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from functools import cache
from importlib import resources

import msgspec

from kravbro.core.errors import DataFault


class Part(StrEnum):
    """What a debtor may owe on a claim.

    `FEES` are charged with a creditor's own letters (purring, inkassovarsel, own betalingsoppfordring); `COSTS` are
    those of court, enforcement and collection.
    """

    PRINCIPAL = "principal"
    INTEREST = "interest"
    FEES = "fees"
    COSTS = "costs"


class Order(StrEnum):
    """Orders that a creditor may choose. Each names its parts from first covered to last."""

    COSTS_FEES_INTEREST_PRINCIPAL = "costs,fees,interest,principal"
    PRINCIPAL_COSTS_FEES_INTEREST = "principal,costs,fees,interest"

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts, from first covered to last."""
        return _parts(self.value)


class Money(StrEnum):
    """Where money comes from: paid by the debtor, from enforcement in general, or deducted from wages."""

    VOLUNTARY = "voluntary"
    ENFORCEMENT = "enforcement"
    WAGE_DEDUCTION = "wage_deduction"


class Decider(StrEnum):
    """Who decides the order."""

    DEBTOR = "debtor"
    CREDITOR = "creditor"
    LAW = "law"


class Choice(StrEnum):
    """Why a claim stood where it did in the queue."""

    KID_NAMES_CLAIM = "allocation.kid_names_claim"
    DEBTOR_NAMES_CLAIM = "allocation.debtor_names_claim"
    OLDEST_DUE_FIRST = "allocation.oldest_due_first"
    NAMED_TAKES_NOTHING = "allocation.named_takes_nothing"


class Ground(StrEnum):
    """Why the parts of a claim were covered in the order that they were."""

    DEBTOR_ORDER = "allocation.debtor_order"
    CREDITOR_ORDER = "allocation.creditor_order"
    ENFORCEMENT = "allocation.enforcement"
    WAGES_BEFORE_LAW = "allocation.wages_before_law"
    WAGES_BY_LAW = "allocation.wages_by_law"


MONEY_OF = {
    Ground.DEBTOR_ORDER: Money.VOLUNTARY,
    Ground.CREDITOR_ORDER: Money.VOLUNTARY,
    Ground.ENFORCEMENT: Money.ENFORCEMENT,
    Ground.WAGES_BEFORE_LAW: Money.WAGE_DEDUCTION,
    Ground.WAGES_BY_LAW: Money.WAGE_DEDUCTION,
}
"""Where the money comes from, by why its order was what it was."""

_CREDITORS_GROUND = {
    Money.VOLUNTARY: Ground.CREDITOR_ORDER,
    Money.ENFORCEMENT: Ground.ENFORCEMENT,
    Money.WAGE_DEDUCTION: Ground.WAGES_BEFORE_LAW,
}


class OrderRow(msgspec.Struct, frozen=True):
    """An order that creditors may choose: where it comes from, and how sure that is."""

    name: str
    order: Order
    law: str
    source: str
    confidence: str
    note: str = ""


class Policy(msgspec.Struct, frozen=True):
    """Who decides the order for one source of money, for what is received from `valid_from` on (None: always).

    `order` is the order that the law gives, None where somebody chooses.
    """

    name: str
    money: Money
    decided_by: Decider
    order: Order | None
    valid_from: date | None
    law: str
    source: str
    confidence: str
    note: str = ""


def _first_day(policy: Policy) -> date:
    return policy.valid_from or date.min


class AllocationLaw(msgspec.Struct, frozen=True):
    """All orders and policies, as one value that is passed into the rules as time is."""

    orders: tuple[OrderRow, ...]
    policies: tuple[Policy, ...]

    def policy(self, money: Money, received_on: date) -> Policy:
        """The policy for money received on a day: of those that hold, the one that began last. One always holds."""
        return max(self._holding(money, received_on), key=_first_day)

    def policy_behind(self, ground: Ground, received_on: date) -> Policy | None:
        """The policy that a ground rests on, for money received on a day; None if no such policy held then."""
        law_decides = ground is Ground.WAGES_BY_LAW
        holding = self._holding(MONEY_OF[ground], received_on)
        fitting = (one for one in holding if (one.order is not None) == law_decides)
        return max(fitting, key=_first_day, default=None)

    def _holding(self, money: Money, received_on: date) -> list[Policy]:
        return [one for one in self.policies if one.money is money and _first_day(one) <= received_on]

    def order_row(self, order: Order) -> OrderRow:
        """Where an order comes from. Every order has its row."""
        return next(one for one in self.orders if one.order is order)


class CreditorOrders(msgspec.Struct, frozen=True):
    """What one creditor has chosen: an order for voluntary money, and others where they differ (None: the same)."""

    voluntary: Order
    enforcement: Order | None = None
    wage_deduction: Order | None = None

    def of(self, money: Money) -> Order:
        """The creditor's order for a source of money."""
        match money:
            case Money.ENFORCEMENT:
                return self.enforcement or self.voluntary
            case Money.WAGE_DEDUCTION:
                return self.wage_deduction or self.voluntary
        return self.voluntary


class Said(msgspec.Struct, frozen=True, gc=False):
    """What the debtor said of a payment: a claim (and how it was named), an order of all parts, both, or nothing."""

    claim: int | None = None
    through: Choice = Choice.KID_NAMES_CLAIM
    order: tuple[Part, ...] | None = None


SILENT = Said()
"""A debtor who said nothing."""


class Receipt(msgspec.Struct, frozen=True, gc=False):
    """Money as it was received: its source, the bank date, and what the debtor said of it."""

    money: Money
    received_on: date
    said: Said = SILENT


class Decision(msgspec.Struct, frozen=True):
    """The order that holds for one receipt of money, why, and the claim that comes first (None: the oldest due).

    `set_aside` tells that the debtor said something which does not bind. `chosen` is the creditor's order, None where
    the debtor or the law gave one.
    """

    parts: tuple[Part, ...]
    ground: Ground
    policy: Policy
    chosen: OrderRow | None = None
    claim: int | None = None
    through: Choice = Choice.KID_NAMES_CLAIM
    set_aside: bool = False


def decide(receipt: Receipt, creditor: CreditorOrders, law: AllocationLaw) -> Decision:
    """Which order holds for a receipt of money, and which claim the debtor has put first.

    What the debtor says binds the creditor where the debtor decides, and nowhere else. Raises DataFault
    `allocation.not_an_order` if the debtor's order does not name every part once.
    """
    said = receipt.said
    if said.order is not None:
        _refuse_incomplete(said.order)
    policy = law.policy(receipt.money, receipt.received_on)
    if policy.order is not None:
        return Decision(policy.order.parts, Ground.WAGES_BY_LAW, policy, set_aside=_spoke(said))
    if policy.decided_by is Decider.DEBTOR and said.order is not None:
        return Decision(said.order, Ground.DEBTOR_ORDER, policy, None, said.claim, said.through)
    order = creditor.of(receipt.money)
    ground, chosen = _CREDITORS_GROUND[receipt.money], law.order_row(order)
    if policy.decided_by is Decider.DEBTOR:
        return Decision(order.parts, ground, policy, chosen, said.claim, said.through)
    return Decision(order.parts, ground, policy, chosen, set_aside=_spoke(said))


def parts_named(text: str) -> tuple[Part, ...]:
    """An order of all parts as a person writes it. Raises DataFault `allocation.not_an_order`.

    >>> [part.value for part in parts_named("principal, costs,fees,interest")]
    ['principal', 'costs', 'fees', 'interest']
    """
    names = [name.strip() for name in text.split(",")]
    _refuse_incomplete(names)
    return tuple(Part(name) for name in names)


@cache
def shipped_allocation_law() -> AllocationLaw:
    """The orders and policies of this release."""
    file = resources.files("kravbro.core.statute") / "data" / "allocation" / "orders.json"
    return msgspec.json.decode(file.read_bytes(), type=AllocationLaw)


def _refuse_incomplete(names: Iterable[str]) -> None:
    given = list(names)
    if sorted(given) != sorted(Part):
        raise DataFault("allocation.not_an_order", order=",".join(given), parts=", ".join(sorted(Part)))


def _spoke(said: Said) -> bool:
    return said.claim is not None or said.order is not None


@cache
def _parts(order: str) -> tuple[Part, ...]:
    return tuple(Part(name) for name in order.split(","))
