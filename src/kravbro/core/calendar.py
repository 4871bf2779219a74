"""Norwegian working days, and months and years added to dates.

Dates in, dates out: today's date is never read here, the caller passes it. Public holidays come from the `holidays`
library (helligdagsfredsloven § 2 with 1 and 17 May); Saturdays and Sundays are no working days either, which is the
rule for deadlines in domstolloven § 149. Christmas Eve and New Year's Eve are working days in law.
"""

from __future__ import annotations

import calendar
from datetime import MAXYEAR, MINYEAR, date, timedelta
from functools import cache

from holidays import country_holidays

MONTHS_PER_YEAR = 12
_SATURDAY = 5
_DAY = timedelta(days=1)


def is_leap_year(year: int) -> bool:
    """Whether the year has 366 days.

    >>> is_leap_year(2024), is_leap_year(2100)
    (True, False)
    """
    return calendar.isleap(year)


@cache
def public_holidays(year: int) -> frozenset[date]:
    """The public holidays of Norway in one year; ordinary Sundays are not among them.

    >>> date(2026, 5, 17) in public_holidays(2026)
    True
    """
    return frozenset(country_holidays("NO", years=year))


def is_working_day(day: date) -> bool:
    """Whether `day` is neither Saturday, Sunday nor public holiday.

    >>> is_working_day(date(2026, 4, 2)), is_working_day(date(2026, 12, 24))
    (False, True)
    """
    return day.weekday() < _SATURDAY and day not in public_holidays(day.year)


def next_working_day(day: date) -> date:
    """`day` itself if it is a working day, else the first working day after it (domstolloven § 149).

    >>> next_working_day(date(2026, 4, 2))
    datetime.date(2026, 4, 7)
    """
    while not is_working_day(day):
        day += _DAY
    return day


def add_working_days(day: date, working_days: int) -> date:
    """The date that lies so many working days after `day`, which is not counted itself. Raises ValueError below 0.

    >>> add_working_days(date(2026, 4, 1), 2)
    datetime.date(2026, 4, 8)
    """
    if working_days < 0:
        raise ValueError(working_days)
    for _ in range(working_days):
        day = next_working_day(day + _DAY)
    return day


def add_months(day: date, months: int) -> date:
    """The same day so many months later (earlier if negative), or the last day of a month that is too short.

    Raises ValueError if the year leaves the range of dates.

    >>> add_months(date(2026, 1, 31), 1), add_months(date(2026, 3, 31), -1)
    (datetime.date(2026, 2, 28), datetime.date(2026, 2, 28))
    """
    year, month0 = divmod(day.year * MONTHS_PER_YEAR + day.month - 1 + months, MONTHS_PER_YEAR)
    if not MINYEAR <= year <= MAXYEAR:
        raise ValueError(year)
    last_day = calendar.monthrange(year, month0 + 1)[1]
    return date(year, month0 + 1, min(day.day, last_day))


def add_years(day: date, years: int) -> date:
    """The same day so many years later (earlier if negative); 29 February becomes 28 where there is none.

    >>> add_years(date(2024, 2, 29), 3)
    datetime.date(2027, 2, 28)
    """
    return add_months(day, years * MONTHS_PER_YEAR)
