"""From which day a change of a debt counts: never before the day of what it takes back.

What is on an open item, day by day, decides it. A ledger of our own works it out of its bookings, the mirror of a
foreign one of what it saw.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from operator import attrgetter

import msgspec


class Counted(msgspec.Struct, frozen=True, gc=False):
    """A change of what remains (øre, negative when the debt falls), and the day from which it counts."""

    day: date
    amount_ore: int


def first_day(own: date, counted: Sequence[Counted], holds: Callable[[int], bool]) -> date:
    """The first day, not before `own`, from which on the sum of what counts by then always holds; else the last one."""
    so_far_ore = sum(one.amount_ore for one in counted if one.day <= own)
    sums = {own: so_far_ore}
    for one in sorted((one for one in counted if one.day > own), key=attrgetter("day")):
        so_far_ore += one.amount_ore
        sums[one.day] = so_far_ore
    chosen = max(sums)
    for day in sorted(sums, reverse=True):
        if not holds(sums[day]):
            break
        chosen = day
    return chosen
