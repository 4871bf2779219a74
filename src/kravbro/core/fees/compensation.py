"""Standard compensation for late payment between businesses, set off against the costs of collection.

Law: forsinkelsesrenteloven (LOV-1976-12-17-100) §§ 3 a and 4; inkassoforskriften (FOR-1989-07-14-562) § 2-6. It never
comes on top: a debtor owes the larger of the two.
"""

from __future__ import annotations

from datetime import date

import msgspec

from kravbro.core.derivation import Step, row_step, step
from kravbro.core.errors import DataFault
from kravbro.core.fees.amounts import Fee, exact_ore, floored
from kravbro.core.money import format_kroner
from kravbro.core.statute.law import Statute
from kravbro.core.statute.rows import Day


class Recoverable(msgspec.Struct, frozen=True):
    """What may be recovered in all, in øre, parted into compensation and the costs that go beyond it."""

    amount_ore: int
    compensation_ore: int
    costs_beyond_ore: int
    derivation: Step


def standard_compensation(interest_began_on: date, statute: Statute, *, consumer: bool) -> Fee:
    """What the half-year gives in which late interest began; 0 for a consumer. Raises DataFault `statute.*`."""
    if consumer:
        return Fee(0, step("fees.compensation.consumer"))
    found = statute.figure("standard_compensation", {Day.INTEREST_BEGAN: interest_began_on})
    amount_ore = floored(exact_ore(found.value))
    (row,) = found.rows
    began = {"began_on": interest_began_on}
    return Fee(amount_ore, step("fees.compensation.amount", row_step(row), amount_ore=amount_ore, **began))


def recoverable(costs_ore: int, compensation: Fee) -> Recoverable:
    """The larger of recoverable costs of collection and compensation: the costs beyond it are what it leaves of them.

    Raises DataFault `fees.costs_negative`.
    """
    if costs_ore < 0:
        raise DataFault("fees.costs_negative", amount=format_kroner(costs_ore))
    beyond_ore = max(costs_ore - compensation.amount_ore, 0)
    amount_ore = compensation.amount_ore + beyond_ore
    derivation = step(
        "fees.compensation.set_off",
        compensation.derivation,
        amount_ore=amount_ore,
        costs_ore=costs_ore,
        compensation_ore=compensation.amount_ore,
        beyond_ore=beyond_ore,
    )
    return Recoverable(amount_ore, compensation.amount_ore, beyond_ore, derivation)
