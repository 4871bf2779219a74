"""Salær: the most that a debtor may be asked for towards the pay of the agency, simple, heavy and for a plan.

Law: inkassoforskriften (FOR-1989-07-14-562) §§ 2-1 to 2-4. Factors by the day on which the claim fell due, times the
inkassosats of the day on which the principal is paid (until then: the day that is asked about). Heavy replaces simple.
When each arises is in `kravbro.core.fees.stages`.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from fractions import Fraction

import msgspec

from kravbro.core.derivation import Step, row_step, step
from kravbro.core.errors import DataFault
from kravbro.core.fees.amounts import Fee, exact_ore, floored, percent_text, share_step, with_vat
from kravbro.core.money import format_kroner
from kravbro.core.statute.law import Statute
from kravbro.core.statute.rows import Day


class Stage(StrEnum):
    """How far collection has come; the value is the name of the rule that gives the factor."""

    SIMPLE = "salaer_simple"
    HEAVY = "salaer_heavy"


class Debt(msgspec.Struct, frozen=True):
    """One claim as it decides the band of a salær: øre, and the day it fell due.

    `credited_ore` is the sum of credit notes, which lower the size; payments, late interest and costs never touch it.
    """

    principal_ore: int
    due_date: date
    credited_ore: int = 0
    interest_before_due_ore: int = 0

    @property
    def size_ore(self) -> int:
        """What the band is found by: principal less credit notes, and interest that accrued before the due date."""
        return self.principal_ore - self.credited_ore + self.interest_before_due_ore


class Terms(msgspec.Struct, frozen=True):
    """Who owes, and whether the creditor can deduct the VAT that the agency charges it."""

    consumer: bool = True
    vat_deductible: bool = True


class Picked(msgspec.Struct, frozen=True):
    """The days that pick the law of a salær: payment of the principal (else today), and the betalingsoppfordring."""

    paid_on: date
    demand_sent_on: date

    def days(self, due_date: date) -> dict[Day, date]:
        """The same as the statute asks for them."""
        return {Day.DUE: due_date, Day.PRINCIPAL_PAID: self.paid_on, Day.DEMAND_SENT: self.demand_sent_on}


def salaer_cap(stage: Stage, debt: Debt, terms: Terms, picked: Picked, statute: Statute) -> Fee:
    """The most that may be asked for in a stage, floored to whole øre.

    0 where nothing is left of the claim, and for a betalingsoppfordring that was not sent after the due date. Raises
    DataFault `fees.principal_not_positive`, `fees.credited_out_of_range`, `fees.interest_before_due_negative`,
    and `statute.*` where the law is not known or the governing act has none.
    """
    size = _size_step(debt)
    if debt.size_ore == 0:
        return Fee(0, step("fees.salaer.nothing_left", size))
    days = picked.days(debt.due_date)
    found = statute.figure(stage.value, days, size_ore=debt.size_ore)
    if why := _not_overdue(debt, picked):
        return Fee(0, why)
    kroner, steps = found.value, [size, share_step("fees.of_sats", found)]
    if not terms.consumer:
        times = statute.figure("salaer_non_consumer", days)
        kroner *= times.value
        steps.append(step("fees.non_consumer", row_step(times.rows[0]), percent=percent_text(times.value)))
    amount_ore, added = _with_vat(kroner, terms, picked.paid_on, statute)
    code = "fees.salaer.simple" if stage is Stage.SIMPLE else "fees.salaer.heavy"
    return Fee(amount_ore, step(code, *steps, *added, amount_ore=amount_ore))


def plan_cap(debt: Debt, terms: Terms, picked: Picked, statute: Statute) -> Fee:
    """The most that a plan with more than `plan_instalments` instalments adds to the salær (§ 2-4).

    Not multiplied for businesses: only the caps of §§ 2-2 and 2-3 are known to be, and a maximum is read narrowly.
    0 where `salaer_cap` is. Raises DataFault as `salaer_cap` does.
    """
    size = _size_step(debt)
    if debt.size_ore == 0:
        return Fee(0, step("fees.salaer.nothing_left", size))
    found = statute.figure("plan_salaer", picked.days(debt.due_date))
    if why := _not_overdue(debt, picked):
        return Fee(0, why)
    amount_ore, added = _with_vat(found.value, terms, picked.paid_on, statute)
    return Fee(amount_ore, step("fees.plan.cap", share_step("fees.of_sats", found), *added, amount_ore=amount_ore))


def refuse_impossible(debt: Debt) -> None:
    """Raises DataFault for amounts that no claim has: see `salaer_cap`."""
    if debt.principal_ore <= 0:
        raise DataFault("fees.principal_not_positive", amount=format_kroner(debt.principal_ore))
    if not 0 <= debt.credited_ore <= debt.principal_ore:
        credited, principal = format_kroner(debt.credited_ore), format_kroner(debt.principal_ore)
        raise DataFault("fees.credited_out_of_range", credited=credited, principal=principal)
    if debt.interest_before_due_ore < 0:
        raise DataFault("fees.interest_before_due_negative", amount=format_kroner(debt.interest_before_due_ore))


def _size_step(debt: Debt) -> Step:
    refuse_impossible(debt)
    return step(
        "fees.size",
        size_ore=debt.size_ore,
        principal_ore=debt.principal_ore,
        credited_ore=debt.credited_ore,
        interest_before_due_ore=debt.interest_before_due_ore,
    )


def _not_overdue(debt: Debt, picked: Picked) -> Step | None:
    if picked.demand_sent_on > debt.due_date:
        return None
    return step("fees.salaer.not_overdue", sent_on=picked.demand_sent_on, due_date=debt.due_date)


def _with_vat(kroner: Fraction, terms: Terms, paid_on: date, statute: Statute) -> tuple[int, list[Step]]:
    """Whole øre of a cap, with VAT where the creditor cannot deduct it, and the steps from the one to the other."""
    exact, steps = exact_ore(kroner), list[Step]()
    if not terms.vat_deductible:
        exact, vat = with_vat(exact, paid_on, statute)
        steps.append(vat)
    amount_ore = floored(exact)
    if exact != amount_ore:
        steps.append(step("fees.floored", amount_ore=amount_ore))
    return amount_ore, steps
