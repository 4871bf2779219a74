"""Days and times of day as Visma Business writes them: whole numbers, 20261122 and 1459 (or 145959); 0 is none."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

from kravbro.ledgers.visma_business.setup import TimeUnit

LOCAL = ZoneInfo("Europe/Oslo")
"""The clients of the ERP write what their own clocks show."""
FIRST_YEAR, LAST_YEAR = 1900, 2199


def day_number(day: date) -> int:
    """A day as a number."""
    return day.year * 10_000 + day.month * 100 + day.day


def is_day(number: int) -> bool:
    """Whether a number is a day on which somebody can owe money: old ledgers hold days of year 0 and year 9999 too."""
    return day_of(number) is not None


@lru_cache(maxsize=4096)
def day_of(number: int) -> date | None:
    """The day that a number means; None for none, and for an impossible one. Days repeat, so they are kept."""
    year, month, day = number // 10_000, number // 100 % 100, number % 100
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def needed_day(number: int) -> date:
    """The day that a number means, which is known to mean one. Raises ValueError."""
    day = day_of(number)
    if day is None:
        raise ValueError(number)
    return day


def local_moment(at: datetime) -> datetime:
    """A moment (UTC) as a clock on a wall in Norway shows it."""
    return at.astimezone(LOCAL).replace(tzinfo=None, microsecond=0)


def time_number(moment: datetime, unit: TimeUnit) -> int:
    """A time of day as a number."""
    minutes = moment.hour * 100 + moment.minute
    return minutes if unit is TimeUnit.MINUTES else minutes * 100 + moment.second


def moment_of(day: int, time: int, unit: TimeUnit) -> datetime | None:
    """The moment that both numbers mean; None where they mean none, or one that cannot be."""
    if day_of(day) is None:
        return None
    hours, seconds = (time * 100, 0) if unit is TimeUnit.MINUTES else (time, time % 100)
    try:
        return datetime(  # noqa: DTZ001 - what a clock on a wall shows
            day // 10_000, day // 100 % 100, day % 100, hours // 10_000, hours // 100 % 100, seconds
        )
    except ValueError:
        return None


class Cursor(msgspec.Struct, frozen=True):
    """How far the changes of a company have been read.

    `journal`: the last one; every update has a higher one than those before, whatever the clocks say. `day` and `time`:
    when an entry was last changed. `settled`: so long ago when it was read that nothing can come with that time any
    more. `counter`: of the file, -1 where there is none.
    """

    journal: int = 0
    day: int = 0
    time: int = 0
    settled: bool = False
    counter: int = -1

    def __str__(self) -> str:
        return f"{self.journal} {self.day} {self.time} {int(self.settled)} {self.counter}"

    def unchanged(self, now: Cursor) -> bool:
        """Whether nothing can have changed since, going by what is there now."""
        if self.counter >= 0 and self.counter == now.counter:
            return True
        return self.settled and (self.journal, self.day, self.time) == (now.journal, now.day, now.time)

    def stepped_back(self, before: Cursor) -> bool:
        """Whether the last change is earlier than it was: it was changed again by a slower clock, or is gone."""
        return (self.day, self.time) < (before.day, before.time)

    def since(self, unit: TimeUnit, overlap_minutes: int) -> tuple[int, int]:
        """Day and time from which changes are read again: earlier than the last one by the overlap."""
        last = moment_of(self.day, self.time, unit)
        if last is None:
            return 0, 0
        begin = last - timedelta(minutes=overlap_minutes)
        return day_number(begin.date()), time_number(begin, unit)


def cursor_of(text: str) -> Cursor | None:
    """The cursor that a text says; None for none, and for one of another form: then everything is read."""
    parts = text.split()
    if len(parts) != len(Cursor.__struct_fields__) or not all(part.lstrip("-").isdecimal() for part in parts):
        return None
    journal, day, time, settled, counter = map(int, parts)
    return Cursor(journal, day, time, bool(settled), counter)
