"""The one place that reads the clock.

Everything else is given the time as a value: a business date (`--on DATE` on the command line) or a moment in UTC. So
every rule can be tried on any day, and a run can be repeated exactly. `tests/tidy` refuses a clock read anywhere else.

Moments are kept in UTC. A business date is the date in Norway at that moment, because due dates, deadlines and interest
days are counted in Norwegian days: half past midnight in Oslo is still yesterday in UTC.
"""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from typing import Protocol
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")


class Clock(Protocol):
    """What tells the time. Code that needs more than one value of it takes a clock; all other code takes the value."""

    def now(self) -> datetime:
        """This moment, in UTC and with its time zone set."""

    def today(self) -> date:
        """The date in Norway at this moment."""

    def elapsed(self) -> timedelta:
        """Time since an arbitrary start, never running backwards: for measuring how long something took."""


class SystemClock:
    """The computer's own clock."""

    def now(self) -> datetime:
        """This moment, in UTC."""
        return datetime.now(UTC)

    def today(self) -> date:
        """The date in Norway at this moment."""
        return self.now().astimezone(OSLO).date()

    def elapsed(self) -> timedelta:
        """Time since an arbitrary start; changing the computer's clock does not change it."""
        return timedelta(microseconds=time.monotonic_ns() // 1000)


class FixedClock:
    """A clock that stands still until it is moved, for tests, demos and `--on DATE`.

    Given a date, it stands at noon in Norway, when UTC and Norway agree on the date.
    """

    def __init__(self, moment: date | datetime) -> None:
        if not isinstance(moment, datetime):
            moment = datetime.combine(moment, time_of_day(12), OSLO)
        elif moment.tzinfo is None:
            raise ValueError("a fixed clock needs a date, or a moment with its time zone")
        self._now = moment.astimezone(UTC)
        self._elapsed = timedelta()

    def now(self) -> datetime:
        """The moment at which the clock stands, in UTC."""
        return self._now

    def today(self) -> date:
        """The date in Norway at that moment."""
        return self._now.astimezone(OSLO).date()

    def elapsed(self) -> timedelta:
        """How far the clock has been moved since it was made."""
        return self._elapsed

    def advance(self, step: timedelta) -> None:
        """Move the clock forward. Time does not run backwards: a negative step is refused."""
        if step < timedelta():
            raise ValueError("a clock is only moved forward")
        self._now += step
        self._elapsed += step
