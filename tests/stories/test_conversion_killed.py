"""SIGKILL before each commit of a conversion; then it is given again, and all is as if it had run once."""

from __future__ import annotations

from functools import cache

import pytest

from tests.places import Kind, NewPlace, Where, new_template
from tests.stories.converted import Handed
from tests.stories.killing import dumped, run_once
from tests.stories.sites import copy_of
from tests.stories.test_conversion import choice, handed_over
from tests.stories.worlds import prepared

CONVERTING = 8
"""Commits in which items are joined and offered, cases adopted, and receipts written back. `make soak` tries all."""


def conversion(where: Where) -> None:
    """A whole conversion, with a choice and a new case, and the streams after it."""
    world = Handed(where)
    world.convert([choice(world)], make_cases=True)
    world.carry_all()


@cache
def evening(kind: Kind) -> Where:
    """Items that were handed over, and the cases of an older system."""
    where = copy_of(prepared(kind), new_template(kind))
    handed_over(Handed(where))
    return where


@cache
def undisturbed(kind: Kind) -> tuple[str, int]:
    """The dump of a conversion without a kill, and the number of its commits."""
    where = copy_of(evening(kind), new_template(kind))
    ended = run_once(where, work=conversion)
    assert ended.exitcode == 0
    return dumped(where), ended.commits


def kill_at(commits: range, new_place: NewPlace) -> None:
    expected, _ = undisturbed(new_place.kind)
    for commit in commits:
        where = copy_of(evening(new_place.kind), new_place.where())
        assert run_once(where, work=conversion, kill_at=commit).was_killed, f"commit {commit} was not reached"
        assert run_once(where, work=conversion).exitcode == 0, f"the run after the kill before {commit} failed"
        assert dumped(where) == expected, f"killed before commit {commit}"
        new_place.close()


def test_a_kill_changes_nothing(new_place: NewPlace) -> None:
    assert undisturbed(new_place.kind)[1] > CONVERTING
    kill_at(range(2, CONVERTING, 3), new_place)


@pytest.mark.soak
def test_a_kill_before_any_commit_changes_nothing(new_place: NewPlace) -> None:
    kill_at(range(1, undisturbed(new_place.kind)[1] + 1), new_place)
