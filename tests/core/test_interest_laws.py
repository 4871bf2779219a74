"""What holds of interest on any claim whatever."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from kravbro.core.interest import Change, Interest, Pause, Terms, late_interest
from kravbro.core.statute.law import LATE_INTEREST
from kravbro.core.statute.rows import Scope
from kravbro.core.statute.shipped import shipped_statute

LAW = shipped_statute()
BEGIN = date(1993, 6, 1)
DAY = timedelta(days=1)

days = st.dates(BEGIN, date(2026, 12, 31))
amounts = st.integers(-(10**9), 10**9)
positive = st.integers(1, 10**9)
changes = st.lists(st.builds(Change, days, amounts), max_size=6)
owed = st.lists(st.builds(Change, days, positive), min_size=1, max_size=4)
pauses = st.lists(st.tuples(days, days).map(lambda two: Pause(min(two), max(two))), max_size=3).map(tuple)
many = st.lists(st.builds(Change, st.dates(date(2023, 11, 1), date(2025, 2, 1)), amounts), max_size=5)


def exact_ore(those: list[Change], until: date, terms: Terms | None = None) -> Fraction:
    return late_interest(those, until, LAW, terms or Terms()).exact_ore


def balance_ore(those: list[Change], on: date) -> int:
    return sum(one.amount_ore for one in those if one.counts_from < on)


@given(changes, days, days)
def test_interest_of_a_time_is_the_sum_of_interest_of_its_parts(those: list[Change], one: date, other: date) -> None:
    between, until = sorted([one, other])
    after = exact_ore(those, until, Terms(pauses=(Pause(BEGIN, between),)))

    assert exact_ore(those, until) == exact_ore(those, between) + after


@given(changes, days, days)
def test_interest_never_falls_as_time_passes(those: list[Change], one: date, other: date) -> None:
    earlier, later = sorted([one, other])

    assert 0 <= exact_ore(those, earlier) <= exact_ore(those, later)


@given(changes, days, st.integers(1, 50))
def test_so_many_times_the_debt_bears_so_many_times_the_interest(those: list[Change], until: date, times: int) -> None:
    larger = [Change(one.counts_from, one.amount_ore * times) for one in those]

    assert exact_ore(larger, until) == times * exact_ore(those, until)


@given(owed, owed, days)
def test_two_debts_bear_together_what_they_bear_apart(one: list[Change], other: list[Change], until: date) -> None:
    assert exact_ore([*one, *other], until) == exact_ore(one, until) + exact_ore(other, until)


@given(owed, days, st.integers(0, 10**9), st.integers(0, 10**9), days)
def test_a_payment_split_in_two_on_one_day_changes_nothing(
    those: list[Change], paid_on: date, one_ore: int, other_ore: int, until: date
) -> None:
    split = [*those, Change(paid_on, -one_ore), Change(paid_on, -other_ore)]

    assert exact_ore(split, until) == exact_ore([*those, Change(paid_on, -one_ore - other_ore)], until)


@given(owed, days, st.integers(0, 10**6), days)
def test_a_claim_that_is_paid_up_bears_no_more(those: list[Change], paid_on: date, more_ore: int, until: date) -> None:
    paid_on = max([paid_on, *(one.counts_from for one in those)])
    settled = [*those, Change(paid_on, -sum(one.amount_ore for one in those) - more_ore)]

    assert exact_ore(settled, max(until, paid_on)) == exact_ore(those, paid_on)


@given(changes, days, pauses, st.randoms(use_true_random=False))
def test_the_order_of_changes_and_pauses_does_not_matter(
    those: list[Change], until: date, paused: tuple[Pause, ...], chance: Random
) -> None:
    mixed, mixed_pauses = list(those), list(paused)
    chance.shuffle(mixed)
    chance.shuffle(mixed_pauses)

    assert exact_ore(mixed, until, Terms(pauses=tuple(mixed_pauses))) == exact_ore(those, until, Terms(pauses=paused))


@given(changes, days, st.fractions(0, 40), st.fractions(0, 40))
def test_interest_is_in_proportion_to_an_agreed_rate(
    those: list[Change], until: date, one: Fraction, other: Fraction
) -> None:
    def at(percent: Fraction) -> Fraction:
        return exact_ore(those, until, Terms(Scope.BUSINESS, percent))

    assert at(one + other) == at(one) + at(other)


def check_segments(found: Interest, those: list[Change], paused: tuple[Pause, ...]) -> None:
    """Each segment has one balance, rate and year; side by side they differ; between them are days without interest."""
    for one in found.segments:
        (span,) = LAW.spans(LATE_INTEREST, one.first, one.last, Scope.CONSUMER)
        assert (span.row, span.row.figure) == (one.row, one.percent)
        assert one.first.year == one.last.year
        assert one.year_days == (date(one.first.year + 1, 1, 1) - date(one.first.year, 1, 1)).days
        assert one.days > 0
        assert not any(pause.first <= one.last and one.first <= pause.last for pause in paused)
    for before, after in pairwise(found.segments):
        assert before.last < after.first
        beside = before.last + DAY == after.first
        turns = {one.counts_from for one in those}
        assert not beside or before.last in turns or before.row != after.row or before.last.year != after.first.year


@given(many, st.dates(date(2023, 11, 1), date(2025, 2, 1)), pauses)
def test_segments_are_the_days_that_bear_interest_each_once(
    those: list[Change], until: date, paused: tuple[Pause, ...]
) -> None:
    found = late_interest(those, until, LAW, Terms(pauses=paused))
    check_segments(found, those, paused)
    told = {one.first + n * DAY: one.balance_ore for one in found.segments for n in range(one.days)}
    begin = min((one.counts_from for one in those), default=until)
    asked = [begin + n * DAY for n in range(1, (until - begin).days + 1)]
    bearing = {on: balance_ore(those, on) for on in asked if not any(p.first <= on <= p.last for p in paused)}

    assert told == {on: balance for on, balance in bearing.items() if balance > 0}
    assert found.days == len(told)
    assert found.exact_ore == sum(one.exact_ore for one in found.segments)
    assert abs(found.exact_ore - found.amount_ore) <= Fraction(1, 2)
