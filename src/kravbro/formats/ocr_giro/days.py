"""Dates of six digits, DDMMYY, without a century."""

from __future__ import annotations

from datetime import date

_PIVOT = 69
"""Years 69 to 99 are 1969 to 1999, years 00 to 68 are 2000 to 2068: the window of POSIX and of Python's `%y`."""


class Days(dict[str, date | None]):
    """DDMMYY -> date, worked out once for each text. What is no day of the calendar is None.

    The keys must be six of 0-9.

    >>> Days()["290224"], Days()["290223"], Days()["200192"]
    (datetime.date(2024, 2, 29), None, datetime.date(1992, 1, 20))
    """

    def __missing__(self, ddmmyy: str) -> date | None:
        """Work out, and keep, the date of a text that was not asked for before."""
        day, month, year = int(ddmmyy[:2]), int(ddmmyy[2:4]), int(ddmmyy[4:])
        try:
            found = date(year + (1900 if year >= _PIVOT else 2000), month, day)
        except ValueError:
            found = None
        self[ddmmyy] = found
        return found


def ddmmyy(day: date) -> str:
    """The six digits of a date.

    >>> ddmmyy(date(2026, 11, 20))
    '201126'
    """
    return f"{day.day:02d}{day.month:02d}{day.year % 100:02d}"
