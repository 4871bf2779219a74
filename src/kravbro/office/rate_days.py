"""Late-payment interest as a table of days, so that interest on many claims is a join.

`units` of a day is the interest that one øre bears from `first` up to and including that day, as a whole number of
1/`per_ore` of an øre. A change that counts from day d, seen on day u, bears amount x (units(u) - units(d)) / per_ore:
exact integers, rounded once for each claim (docs/algorithms/interest.md).
"""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from math import gcd, lcm

import msgspec
import sqlalchemy as sa

from kravbro.core.calendar import is_leap_year
from kravbro.core.errors import DataFault
from kravbro.core.statute.law import LATE_INTEREST, Statute
from kravbro.core.statute.rows import Scope
from kravbro.db.scratch import scratch_rows

ROWS_A_CLAIM = 256
"""So many changes of one claim may all be as large as `RateDays.largest_ore` and old as the table before a sum of 64
bits is full; a database then stops with an error, and never answers a wrong sum."""

_DAY = timedelta(days=1)
_BITS = 63

_RATE_DAY = sa.Table(
    "rate_day",
    sa.MetaData(),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("units", sa.BigInteger, nullable=False),
    prefixes=["TEMPORARY"],
    sqlite_with_rowid=False,
)


class RateDays(msgspec.Struct, frozen=True):
    """Cumulative interest of each day from `first` on, the first being 0."""

    first: date
    units: tuple[int, ...]
    per_ore: int

    @property
    def last_units(self) -> int:
        """The units of the last day."""
        return self.units[-1]

    @property
    def largest_ore(self) -> int:
        """The largest change that the sums have room for; a claim with a larger one is worked out by itself."""
        return int((1 << _BITS) - 1) // (max(self.last_units, 1) * ROWS_A_CLAIM)


def same_for_all_after(statute: Statute) -> date:
    """The last day on which consumers and businesses had rates of their own (31 December 1993)."""
    scoped = [row for row in statute.rows if row.rule == LATE_INTEREST and row.scope is not Scope.ALL]
    return max((row.valid_to for row in scoped if row.valid_to), default=date.min)


def last_day_with_a_rate(statute: Statute, first: date, on: date) -> date:
    """`on`, or the last day before it up to which every day after `first` has a rate."""
    if first < on:
        try:
            statute.spans(LATE_INTEREST, first + _DAY, on, Scope.ALL)
        except DataFault as gap:
            return date.fromisoformat(str(gap.facts["on"])) - _DAY
    return on


def rate_days(statute: Statute, first: date, last: date) -> RateDays:
    """The table from `first` (a day that bears nothing yet) to `last`.

    Raises DataFault `statute.no_late_interest` or `statute.late_interest_not_confirmed` for a day without a rate.
    """
    rates: list[Fraction] = []
    if first < last:
        for span in statute.spans(LATE_INTEREST, first + _DAY, last, Scope.ALL):
            percent, day = span.row.figure, span.first
            while day <= span.last:
                rates.append(percent / (100 * (366 if is_leap_year(day.year) else 365)))
                day += _DAY
    distinct = set(rates)
    per_ore = lcm(*(rate.denominator for rate in distinct))
    whole = {rate: int(rate * per_ore) for rate in distinct}
    shared = gcd(per_ore, *whole.values())
    total, units = 0, [0]
    for rate in rates:
        total += whole[rate] // shared
        units.append(total)
    return RateDays(first, tuple(units), per_ore // shared)


def as_rows(connection: sa.Connection, days: RateDays) -> sa.FromClause:
    """The table of days for a statement to join with: `day` and `units`."""
    rows = [(days.first + timedelta(days=place), units) for place, units in enumerate(days.units)]
    return scratch_rows(connection, _RATE_DAY, rows)
