"""What an older case has already is told from what changed later, also where the ledger names nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kravbro.core.claims import TransactionKind
from kravbro.mirror.cut_off import counted_before
from kravbro.mirror.forgetting import UNNAMED, Seen

CUT_OFF = date(2026, 3, 1)
COMPARED = 10
"""The last booking when the item was compared."""


def seen(amount_ore: int, days: int, key: str = "17") -> Seen:
    """A change that counts so many days after the cut-off."""
    return Seen(key, amount_ore, TransactionKind.PAYMENT, CUT_OFF + timedelta(days), "", "")


@pytest.mark.parametrize(("days", "is_before"), [(-1, True), (0, False), (1, False)])
@pytest.mark.parametrize("number", [COMPARED, COMPARED + 1])
def test_a_named_change_counts_from_its_day_whenever_it_was_seen(number: int, days: int, is_before: bool) -> None:
    assert counted_before([(number, seen(-1_00, days))], CUT_OFF, COMPARED) == ({number} if is_before else set())


def test_what_nobody_named_is_in_the_case_if_it_was_there_and_else_it_is_not() -> None:
    there, later = (COMPARED, seen(-1_00, 5, UNNAMED)), (COMPARED + 1, seen(-1_00, 5, UNNAMED))
    assert counted_before([there, later], CUT_OFF, COMPARED) == {COMPARED}
    assert counted_before([there], CUT_OFF) == {COMPARED}


def test_a_name_given_afterwards_moves_nothing() -> None:
    """The payment that the ledger forgot is there again: it and what takes the unnamed change back are one."""
    there = (1, seen(-100_00, 5, UNNAMED))
    named = [(11, seen(-100_00, -3)), (12, seen(100_00, 9, UNNAMED))]
    assert counted_before([there, *named], CUT_OFF, COMPARED) == {1, 11, 12}


@pytest.mark.parametrize(
    "later",
    [
        [(11, seen(-100_00, 3)), (12, seen(100_00, 9, UNNAMED))],  # a payment after the cut-off gave it its name
        [(12, seen(100_00, 9, UNNAMED))],  # nothing did
        [(11, seen(-70_00, -3)), (12, seen(100_00, 9, UNNAMED))],  # another sum
    ],
)
def test_what_changes_later_and_is_no_name_is_told(later: list[tuple[int, Seen]]) -> None:
    there = (1, seen(-100_00, 5, UNNAMED))
    late = {number for number, one in later if one.value_on < CUT_OFF}
    assert counted_before([there, *later], CUT_OFF, COMPARED) == {1} | late


@given(st.lists(st.tuples(st.integers(-90, 90), st.integers(-3, 3)), max_size=8), st.integers(0, 8))
def test_named_changes_are_told_apart_by_their_days_alone(changes: list[tuple[int, int]], compared: int) -> None:
    rows = [(number, seen(amount, days, str(number))) for number, (amount, days) in enumerate(changes, 1)]
    assert counted_before(rows, CUT_OFF, compared) == {number for number, one in rows if one.value_on < CUT_OFF}
