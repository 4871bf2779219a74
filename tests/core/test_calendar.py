"""Working days and added months, beside an Easter worked out by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kravbro.core.calendar import (
    add_months,
    add_working_days,
    add_years,
    is_working_day,
    next_working_day,
    public_holidays,
)

DATES = st.dates(date(1990, 1, 1), date(2090, 12, 31))


def easter_sunday(year: int) -> date:
    """Meeus, Jones and Butcher."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


@pytest.mark.parametrize("year", range(1990, 2091, 5))
def test_the_twelve_public_holidays(year: int) -> None:
    easter = easter_sunday(year)
    moving = {easter + timedelta(days) for days in (-3, -2, 0, 1, 39, 49, 50)}
    fixed = {date(year, month, day) for month, day in ((1, 1), (5, 1), (5, 17), (12, 25), (12, 26))}
    assert public_holidays(year) == moving | fixed


def test_eves_and_the_saturday_before_easter() -> None:
    assert is_working_day(date(2026, 12, 24))
    assert is_working_day(date(2026, 12, 31))
    assert not is_working_day(date(2026, 4, 4))


@given(DATES)
def test_the_next_working_day_is_the_first(day: date) -> None:
    found = next_working_day(day)
    assert is_working_day(found)
    assert not any(is_working_day(day + timedelta(days)) for days in range((found - day).days))


@given(DATES, st.integers(0, 30))
def test_working_days_are_counted_one_by_one(day: date, working_days: int) -> None:
    found = add_working_days(day, working_days)
    passed = [day + timedelta(days) for days in range(1, (found - day).days + 1)]
    assert sum(map(is_working_day, passed)) == working_days


def test_working_days_cannot_be_counted_backwards() -> None:
    with pytest.raises(ValueError, match="-1"):
        add_working_days(date(2026, 1, 1), -1)


@given(DATES, st.integers(-500, 500))
def test_months_keep_the_day_or_take_the_last(day: date, months: int) -> None:
    found = add_months(day, months)
    assert (found.year - day.year) * 12 + found.month - day.month == months
    assert found.day == day.day or (found.day < day.day and (found + timedelta(1)).month != found.month)


def test_years() -> None:
    assert add_years(date(2024, 2, 29), 4) == date(2028, 2, 29)
    assert add_years(date(2024, 2, 29), 3) == date(2027, 2, 28)
    assert add_years(date(2026, 11, 20), -3) == date(2023, 11, 20)
    with pytest.raises(ValueError, match="10000"):
        add_years(date(9999, 1, 1), 1)
