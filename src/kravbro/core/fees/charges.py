"""Costs and fees that a person registers on a claim: their kinds, and the most that a debtor may be asked for.

Every kind but costs awarded by a court has a maximum in law. Where the law of a day is not known, nothing is guessed:
the rules raise `statute.*`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum

import msgspec

from kravbro.core.allocation_orders import Part
from kravbro.core.claims import Letter, LetterKind
from kravbro.core.derivation import Step
from kravbro.core.errors import DataFault
from kravbro.core.fees.amounts import Fee
from kravbro.core.fees.court import Charge, court_charge, pleading_salaer
from kravbro.core.fees.letters import Sending, letter_fee
from kravbro.core.fees.salaer import Debt, Picked, Stage, Terms, salaer_cap
from kravbro.core.statute.law import Statute


class ChargeKind(StrEnum):
    """What may be registered on a claim by hand."""

    CONCILIATION_BOARD = "conciliation_board_fee"
    ATTACHMENT = "attachment_fee"
    FORCED_COVER = "forced_cover_fee"
    ENFORCEMENT_COMPLAINT = "enforcement_complaint_fee"
    AUTHORITY_NOTICE = "collection_authority_notice"
    AUTHORITY_DECISION = "collection_authority_decision"
    MUNICIPAL_NOTICE = "municipal_enforcement_notice"
    MUNICIPAL_DECISION = "municipal_enforcement_decision"
    PLEADING = "pleading_salaer"
    SALAER_SIMPLE = "salaer_simple"
    SALAER_HEAVY = "salaer_heavy"
    AWARDED = "awarded_costs"
    REMINDER = "reminder_fee"
    NOTICE = "notice_fee"
    DEMAND = "demand_fee"


LETTERS = {
    ChargeKind.REMINDER: LetterKind.REMINDER,
    ChargeKind.NOTICE: LetterKind.NOTICE,
    ChargeKind.DEMAND: LetterKind.DEMAND,
}
"""Fees of letters that were sent outside. They stand on the account of letter fees, all else on that of costs."""
STAGES = {ChargeKind.SALAER_SIMPLE: Stage.SIMPLE, ChargeKind.SALAER_HEAVY: Stage.HEAVY}
MAY_HOLD_VAT = frozenset({ChargeKind.PLEADING, *STAGES})
"""What VAT may belong to, where the creditor cannot deduct it. Court fees, fees of authorities and a creditor's own
letters have none."""


class Cost(msgspec.Struct, frozen=True):
    """A cost to register: øre, the day it arose (a letter: was sent; a petition: was filed), and its document.

    `deadline` is that of a letter. `with_vat` tells that VAT is in the amount. `interest_from` is refused: no rule is
    known by which a cost bears interest.
    """

    kind: ChargeKind
    amount_ore: int
    dated: date
    document: str = ""
    deadline: date | None = None
    with_vat: bool = False
    interest_from: date | None = None


class Owing(msgspec.Struct, frozen=True):
    """The claim that a cost is registered on: what decides the law's maximum.

    `letters` are all that were sent about it; `salaer_ore` is the salær that the debtor was asked for before.
    """

    debt: Debt
    consumer: bool
    left_ore: int
    letters: tuple[Letter, ...] = ()
    salaer_ore: int = 0


def part_of(kind: ChargeKind) -> Part:
    """Where a charge stands on the debtor's account."""
    return Part.FEES if kind in LETTERS else Part.COSTS


def maximum(cost: Cost, owing: Owing, on: date, statute: Statute) -> Fee | None:
    """The most that the law lets the debtor be asked for, seen on a day; None where it has no maximum.

    Raises DataFault `fees.demand_unknown` for a heavy salær without a letter of demand, and `statute.*`, `fees.*` where
    the law is not known or an amount cannot be.
    """
    kind = cost.kind
    if kind is ChargeKind.AWARDED:
        return None
    if kind is ChargeKind.PLEADING:
        return pleading_salaer(cost.dated, on, statute, vat_deductible=not cost.with_vat)
    if kind in LETTERS:
        sending = Sending(LETTERS[kind], owing.debt.due_date, cost.dated, owing.left_ore)
        return letter_fee(sending, owing.letters, statute)
    if kind in STAGES:
        return _salaer(cost, owing, on, statute)
    return court_charge(Charge(kind.value), cost.dated, statute)


def _salaer(cost: Cost, owing: Owing, on: date, statute: Statute) -> Fee:
    """What is left of the cap of the stage: heavy replaces simple, so both together are never more than the larger."""
    demand = max((one.sent_on for one in owing.letters if one.kind is LetterKind.DEMAND), default=None)
    if demand is None:
        if cost.kind is ChargeKind.SALAER_HEAVY:
            raise DataFault("fees.demand_unknown", dated=cost.dated)
        demand = cost.dated
    terms = Terms(consumer=owing.consumer, vat_deductible=not cost.with_vat)
    cap = salaer_cap(STAGES[cost.kind], owing.debt, terms, Picked(on, demand), statute)
    return Fee(max(cap.amount_ore - owing.salaer_ore, 0), cap.derivation)


def laws(derivation: Step) -> str:
    """The rows of law behind a figure, in one text for people: rule, value, law."""
    found = (f"{one.facts['rule']} {one.facts['value']}: {one.facts['law']}" for one in _rows(derivation))
    return "; ".join(dict.fromkeys(found))


def _rows(derivation: Step) -> Iterator[Step]:
    if derivation.code == "derivation.row":
        yield derivation
    for one in derivation.steps:
        yield from _rows(one)
