"""The clock: business dates are Norwegian, moments are UTC, and a fixed clock moves only when told to."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kravbro.engine.clock import OSLO, Clock, FixedClock, SystemClock


@pytest.mark.parametrize(
    ("moment", "business_date"),
    [
        pytest.param(datetime(2026, 1, 31, 22, 59, tzinfo=UTC), date(2026, 1, 31), id="winter-one-minute-to-midnight"),
        pytest.param(datetime(2026, 1, 31, 23, 0, tzinfo=UTC), date(2026, 2, 1), id="winter-midnight"),
        pytest.param(datetime(2026, 6, 30, 21, 59, tzinfo=UTC), date(2026, 6, 30), id="summer-one-minute-to-midnight"),
        pytest.param(datetime(2026, 6, 30, 22, 0, tzinfo=UTC), date(2026, 7, 1), id="summer-midnight-new-rate"),
    ],
)
def test_business_date_is_the_date_in_norway(moment: datetime, business_date: date) -> None:
    assert FixedClock(moment).today() == business_date


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 3, 29), date(2026, 7, 1), date(2026, 10, 25)])
def test_a_fixed_date_is_noon_in_norway_and_the_same_date_in_utc(day: date) -> None:
    clock = FixedClock(day)

    assert clock.today() == day
    assert clock.now().date() == day
    assert clock.now().astimezone(OSLO).hour == 12


def test_a_fixed_clock_stands_still_until_it_is_moved() -> None:
    clock = FixedClock(date(2026, 11, 22))
    before = clock.now()

    assert (clock.now(), clock.elapsed()) == (before, timedelta())

    clock.advance(timedelta(days=14))

    assert clock.today() == date(2026, 12, 6)
    assert clock.elapsed() == timedelta(days=14)


def test_a_fixed_clock_is_not_moved_back() -> None:
    with pytest.raises(ValueError, match="forward"):
        FixedClock(date(2026, 11, 22)).advance(timedelta(seconds=-1))


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        FixedClock(datetime(2026, 11, 22, 12))  # noqa: DTZ001 - the fault under test


def test_the_system_clock_gives_utc_and_runs_forward() -> None:
    clock: Clock = SystemClock()
    first, started = clock.now(), clock.elapsed()

    assert first.tzinfo is UTC
    assert clock.now() >= first
    assert clock.elapsed() >= started
    assert clock.today() in {first.astimezone(OSLO).date(), clock.now().astimezone(OSLO).date()}
