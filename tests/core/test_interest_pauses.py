"""Rows about pauses, folded: equal to asking of each day by itself what was said of it last."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kravbro.core.interest import Pause
from kravbro.core.interest_pauses import UNTIL_FURTHER_NOTICE, PauseRow, pauses_of

BEGIN, SPAN = date(2026, 1, 1), 25
DAY = timedelta(days=1)
CALENDAR = [BEGIN + n * DAY for n in range(-1, SPAN + 3)]
"""Every day that a row can turn on, the one before, and a few after."""

some_day = st.integers(0, SPAN).map(lambda n: BEGIN + n * DAY)


@st.composite
def rows_in_any_order(draw: st.DrawFn) -> list[PauseRow]:
    numbers = draw(st.lists(st.integers(1, 99), unique=True, max_size=7))
    ends = st.none() | some_day | st.just(date.max)
    return [PauseRow(number, draw(some_day), draw(ends), draw(st.booleans())) for number in numbers]


def paused_on(day: date, rows: list[PauseRow]) -> bool:
    """What was said of a day last; interest runs where nothing was."""
    answer = False
    for row in sorted(rows, key=lambda one: one.number):
        if row.first <= day <= (row.last or date.max):
            answer = row.pauses
    return answer


@given(rows_in_any_order())
def test_each_day_is_as_it_was_said_last(rows: list[PauseRow]) -> None:
    found = pauses_of(rows)

    for day in [*CALENDAR, date(2999, 12, 31), date.max]:
        assert any(one.first <= day <= one.last for one in found) == paused_on(day, rows), day


@given(rows_in_any_order())
def test_pauses_are_in_order_with_a_day_of_interest_between_them(rows: list[PauseRow]) -> None:
    found = pauses_of(rows)

    assert all(one.first <= one.last for one in found)
    assert all(one.last + DAY < after.first for one, after in pairwise(found))


@given(rows_in_any_order(), some_day, st.booleans())
def test_what_is_said_last_of_all_days_is_all_that_counts(rows: list[PauseRow], first: date, pauses: bool) -> None:
    later = PauseRow(100, BEGIN, None, pauses)

    assert pauses_of([*rows, later]) == ((Pause(BEGIN, UNTIL_FURTHER_NOTICE),) if pauses else ())
    assert pauses_of([later, PauseRow(101, first, None, not pauses)]) == pauses_of(
        [PauseRow(1, BEGIN, first - DAY, pauses), PauseRow(2, first, None, not pauses)]
    )


def test_a_pause_that_ends_early_is_cut() -> None:
    said = [PauseRow(1, date(2026, 1, 10), None, True), PauseRow(2, date(2026, 2, 1), None, False)]

    assert pauses_of(said[:1]) == (Pause(date(2026, 1, 10), UNTIL_FURTHER_NOTICE),)
    assert pauses_of(said) == (Pause(date(2026, 1, 10), date(2026, 1, 31)),)


def test_interest_that_runs_in_the_middle_of_a_pause_makes_two() -> None:
    said = [
        PauseRow(1, date(2026, 1, 1), date(2026, 1, 31), True),
        PauseRow(2, date(2026, 1, 10), date(2026, 1, 12), False),
    ]

    assert pauses_of(said) == (
        Pause(date(2026, 1, 1), date(2026, 1, 9)),
        Pause(date(2026, 1, 13), date(2026, 1, 31)),
    )


def test_pauses_that_touch_are_one() -> None:
    said = [
        PauseRow(1, date(2026, 2, 1), date(2026, 2, 28), True),
        PauseRow(2, date(2026, 1, 1), date(2026, 1, 31), True),
    ]

    assert pauses_of(said) == (Pause(date(2026, 1, 1), date(2026, 2, 28)),)


def test_nothing_said_is_no_pause() -> None:
    assert pauses_of([]) == ()
