"""What one piece of dated law looks like: a rule, and the rows that give its value from day to day.

Values are exact: a decimal ("12.25") or a fraction ("1/20") as text, worked with as `fractions.Fraction`. A row whose
value is None says that there was law, but that its figure is not confirmed: it is refused by name, never guessed.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from fractions import Fraction

import msgspec

from kravbro.core.errors import DataFault


class Unit(StrEnum):
    """What the value of a rule counts."""

    PERCENT_A_YEAR = "percent a year"
    PERCENT = "percent"
    KRONER = "kroner"
    TIMES = "times"
    ORE = "øre"
    DAYS = "days"
    MONTHS = "months"
    YEARS = "years"
    NUMBER = "number"
    ACT = "year of the act"


class Day(StrEnum):
    """Which day picks the row of a rule: the law ties each rule to an event of its own."""

    EACH_DAY = "each_day"
    DUE = "due_date"
    SENT = "sent_on"
    PRINCIPAL_PAID = "principal_paid_on"
    PLAN_AGREED = "plan_agreed_on"
    INTEREST_BEGAN = "interest_began_on"
    FILED = "filed_on"
    DECIDED = "decided_on"
    DEMAND_SENT = "demand_sent_on"


class Scope(StrEnum):
    """Whom a row is for. Before 1994 consumers and businesses had different rates."""

    ALL = "all"
    CONSUMER = "consumer"
    BUSINESS = "business"


class Rule(msgspec.Struct, frozen=True):
    """A rule that has dated rows.

    `picked_by` is the day whose row counts. A rule in `times` gives a multiple of another rule, `of`, whose row is
    picked by `of_picked_by`. A rule that stands in one act of collection only (`act_picked_by` names the day that
    decides which act a case in flight follows) is refused when another act governs and no row says it goes on.
    """

    name: str
    unit: Unit
    picked_by: Day
    law: str
    of: str | None = None
    of_picked_by: Day | None = None
    act_picked_by: Day | None = None


class Row(msgspec.Struct, frozen=True):
    """One dated value of a rule: in force from `valid_from` to `valid_to`, both days included.

    `valid_from` is None for what is adopted and not in force: no day picks it. `up_to_ore` is the upper end of a band
    (the size of the claim, included); None is the band above the last. `act` is the year of the act of collection that
    the row belongs to, None for law that stands outside those acts. `added_by` is empty for rows that are shipped.
    """

    rule: str
    value: str | None
    valid_from: date | None
    valid_to: date | None
    law: str
    source: str
    confidence: str
    scope: Scope = Scope.ALL
    up_to_ore: int | None = None
    act: int | None = None
    note: str = ""
    added_by: str = ""

    @property
    def figure(self) -> Fraction:
        """The value, exactly. Raises DataFault `statute.not_confirmed` where the row has none."""
        if self.value is None:
            raise DataFault("statute.not_confirmed", rule=self.rule, on=str(self.valid_from))
        return Fraction(self.value)

    def holds_on(self, day: date) -> bool:
        """Whether the row is in force on `day`."""
        return (
            self.valid_from is not None and self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)
        )
