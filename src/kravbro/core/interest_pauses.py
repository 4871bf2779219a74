"""Days without interest as they were said over time, folded into pauses that do not overlap.

Somebody says that interest pauses from a day, later that it runs again from another, and later still something else
about the same days. Nothing that was said is taken back: of rows over one day the one with the highest number decides.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from itertools import zip_longest

import msgspec

from kravbro.core.interest import Pause

UNTIL_FURTHER_NOTICE = date.max
"""The last day of a pause that nobody has ended."""

_DAY = timedelta(days=1)


class PauseRow(msgspec.Struct, frozen=True):
    """What was said of some days, both included: that interest pauses on them, or (`pauses` is False) that it runs.

    `last` is None where it was said until further notice. A row that ends before it begins is about no day.
    """

    number: int
    first: date
    last: date | None
    pauses: bool


def pauses_of(rows: Collection[PauseRow]) -> tuple[Pause, ...]:
    """The days on which interest pauses, in order, as few pauses as there can be.

    A pause that nobody has ended goes on to `UNTIL_FURTHER_NOTICE`.
    """
    found: list[Pause] = []
    after = {one.last + _DAY for one in rows if one.last is not None and one.last < date.max}
    begins = sorted({one.first for one in rows} | after)
    for first, following in zip_longest(begins, begins[1:]):
        if not _pauses_on(first, rows):
            continue
        last = UNTIL_FURTHER_NOTICE if following is None else following - _DAY
        goes_on = bool(found) and found[-1].last + _DAY == first
        found.append(Pause(found.pop().first if goes_on else first, last))
    return tuple(found)


def _pauses_on(day: date, rows: Collection[PauseRow]) -> bool:
    over = [one for one in rows if one.first <= day and (one.last is None or day <= one.last)]
    return bool(over) and max(over, key=lambda one: one.number).pauses
