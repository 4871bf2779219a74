"""Salær of claims that are collected together: one, by a policy that the office states beforehand.

Claims of one creditor on one debtor are to be collected together (inkassoloven § 17: necessary costs only;
Finanstilsynet rundskriv 1/2018). The cap counts for each claim that is collected, so what counts as one claim is the
policy's question.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from kravbro.core.derivation import step
from kravbro.core.errors import DataFault
from kravbro.core.fees.amounts import Fee
from kravbro.core.fees.salaer import Debt, Picked, Stage, Terms, refuse_impossible, salaer_cap
from kravbro.core.statute.law import Statute


class Joining(StrEnum):
    """What joined claims count as. SEPARATE is for claims that are not joined, each collected by itself."""

    SUM = "sum"
    LARGEST = "largest"
    SEPARATE = "separate"


def joined_cap(
    stage: Stage,
    debts: Sequence[Debt],
    terms: Terms,
    picked: Picked,
    statute: Statute,
    *,
    joining: Joining = Joining.SUM,
) -> Fee:
    """The most that may be asked for on these claims together, by the policy.

    Claims that are wholly credited, or were not overdue when the betalingsoppfordring was sent, decide nothing. Where
    the others fell due under different factors, the lowest cap counts. Raises DataFault `fees.no_claims` and as
    `salaer_cap` does.
    """
    if not debts:
        raise DataFault("fees.no_claims")
    for debt in debts:
        refuse_impossible(debt)
    if joining is Joining.SEPARATE:
        caps = [salaer_cap(stage, debt, terms, picked, statute) for debt in debts]
        amount_ore = sum(cap.amount_ore for cap in caps)
        steps = [cap.derivation for cap in caps]
        return Fee(amount_ore, step("fees.joined.separate", *steps, claims=len(debts), amount_ore=amount_ore))
    collected = [debt for debt in debts if debt.size_ore and debt.due_date < picked.demand_sent_on] or debts
    counted = _summed(collected) if joining is Joining.SUM else _largest(collected)
    cap = min((salaer_cap(stage, debt, terms, picked, statute) for debt in counted), key=lambda each: each.amount_ore)
    code = "fees.joined.sum" if joining is Joining.SUM else "fees.joined.largest"
    return Fee(cap.amount_ore, step(code, cap.derivation, claims=len(collected), amount_ore=cap.amount_ore))


def _summed(debts: Sequence[Debt]) -> list[Debt]:
    """The sum of the claims as one claim, once for each day on which one of them fell due."""
    return [
        Debt(
            principal_ore=sum(debt.principal_ore for debt in debts),
            due_date=due_date,
            credited_ore=sum(debt.credited_ore for debt in debts),
            interest_before_due_ore=sum(debt.interest_before_due_ore for debt in debts),
        )
        for due_date in sorted({debt.due_date for debt in debts})
    ]


def _largest(debts: Sequence[Debt]) -> list[Debt]:
    largest_ore = max(debt.size_ore for debt in debts)
    return [debt for debt in debts if debt.size_ore == largest_ore]
