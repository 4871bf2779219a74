"""Reasonable objections of a debtor, and the days on which they stand.

While a reasonable objection stands nothing may be asked for what is done in that time (inkassoloven § 17). Whether an
objection is reasonable is a person's judgement, made and recorded before it comes here.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import msgspec

_DAY = timedelta(days=1)


class Objection(msgspec.Struct, frozen=True, order=True):
    """An objection that stands from `since` to `until`, both days included; until None, it has no end yet."""

    since: date
    until: date | None = None

    def stands_on(self, day: date) -> bool:
        """Whether it stands on a day."""
        return self.since <= day and (self.until is None or day <= self.until)


def standing(objections: Iterable[Objection], on: date) -> Objection | None:
    """The earliest objection that stands on a day, or None."""
    return next((one for one in sorted(objections, key=lambda each: each.since) if one.stands_on(on)), None)


def put_off(day: date, counted_from: date, objections: Iterable[Objection]) -> date | None:
    """The day that a deadline falls on when days with an objection do not count.

    `day` is where it falls without objections, `counted_from` the day after which the days are counted. None where an
    objection without an end holds it up.
    """
    covered_to = counted_from
    for one in sorted(objections, key=lambda each: each.since):
        first = max(one.since, covered_to + _DAY)
        if first > day:
            break
        if one.until is None:
            return None
        if one.until >= first:
            day += one.until - first + _DAY
            covered_to = one.until
    return day
