"""The cursor of changes is the server's clock, and no clock that was wrong for a while hides what changed meanwhile."""

from __future__ import annotations

import pytest

from kravbro.mirror.source import Changes
from tests.ledgers.tryton.canned import source

NOW = 1_772_452_800
OVERLAP_S = 900


def test_at_first_everything_is_compared() -> None:
    assert source({}).changes(1, "") == Changes(str(NOW), None)


@pytest.mark.parametrize("before", [NOW - 3_600, NOW, NOW + OVERLAP_S])
def test_the_next_look_begins_at_the_clock_of_now_also_where_it_is_a_little_behind(before: int) -> None:
    assert source({}).changes(1, str(before)) == Changes(str(NOW), frozenset())


def test_a_clock_that_was_ahead_and_is_set_back_has_everything_compared() -> None:
    """While it was ahead, a cursor of the next day was kept: nothing written today would be found with it."""
    assert source({}).changes(1, str(NOW + 86_400)) == Changes(str(NOW), None)
