"""SIGKILL before the commits of a day on which claims are withdrawn, returned and proposed again; then the day goes on.

A kill after a commit is a kill before the next one: nothing but the databases is kept between the two.
"""

from __future__ import annotations

from functools import cache

import pytest

from tests.places import Kind, NewPlace, new_template
from tests.stories.killing import dumped, run_once
from tests.stories.returning_day import day, evening_before
from tests.stories.sites import copy_of, reconciled

SEVERAL: dict[Kind, int] = {"sqlite": 7, "postgresql": 21}
"""Of so many commits one is killed before in each run of the tests, and all of them by `make soak`."""


@cache
def undisturbed(kind: Kind) -> tuple[str, int]:
    """The dump of a day without a kill, and the number of its commits."""
    where = copy_of(evening_before(kind), new_template(kind))
    ended = run_once(where, work=day)
    assert ended.exitcode == 0
    result = reconciled(where)
    assert (result.differences, result.in_transit_ore) == ((), 0)
    assert result.claims == 5, "two of the three claims came a second time"
    return dumped(where), ended.commits


def kill_at_every(step: int, new_place: NewPlace) -> None:
    expected, commits = undisturbed(new_place.kind)
    assert commits > 40
    for kill_at in range(1, commits + 1, step):
        where = copy_of(evening_before(new_place.kind), new_place.where())
        assert run_once(where, work=day, kill_at=kill_at).was_killed, f"commit {kill_at} was not reached"
        assert run_once(where, work=day).exitcode == 0, f"the run after the kill before {kill_at} failed"
        assert dumped(where) == expected, f"killed before commit {kill_at}"
        new_place.close()


def test_a_kill_changes_nothing(new_place: NewPlace) -> None:
    kill_at_every(SEVERAL[new_place.kind], new_place)


@pytest.mark.soak
def test_a_kill_before_any_commit_changes_nothing(new_place: NewPlace) -> None:
    kill_at_every(1, new_place)


def test_the_day_done_twice_is_the_day_done_once(new_place: NewPlace) -> None:
    where = copy_of(evening_before(new_place.kind), new_place.where())
    for _ in range(2):
        assert run_once(where, work=day).exitcode == 0
    assert dumped(where) == undisturbed(new_place.kind)[0]
