"""SIGKILL before and after every commit of the small demo, each in a fresh place: nothing is lost, nothing doubled.

After the kill the demo is simply run again. Its dump must be that of a run that nobody disturbed.
"""

from __future__ import annotations

from functools import cache

import pytest

from tests.places import Kind, NewPlace, make_empty, new_template
from tests.stories.killing import Moment, dealt_out, dumped, run_once

PORTIONS = 9
"""The kills are dealt out to this many tests, for several cores to run; an odd number, so each has both moments."""


@cache
def undisturbed(kind: Kind) -> tuple[str, int]:
    """The dump of a run without a kill, and the number of its commits."""
    where = make_empty(new_template(kind))
    ended = run_once(where)
    assert ended.exitcode == 0
    return dumped(where), ended.commits


@pytest.mark.parametrize("before", [1, pytest.param(0, marks=pytest.mark.soak)], ids=["odd", "even"])
@pytest.mark.parametrize(("kind", "portion"), dealt_out(PORTIONS))
def test_a_kill_at_any_commit_changes_nothing(portion: int, before: int, new_place: NewPlace) -> None:
    """Before commits of odd number and after those of even number; the other way round in `make soak`."""
    expected, commits = undisturbed(new_place.kind)
    assert commits > 40, "the demo commits in many small steps"
    for kill_at in range(1 + portion, commits + 1, PORTIONS):
        where = new_place().name
        moment: Moment = "before" if kill_at % 2 == before else "after"
        assert run_once(where, kill_at=kill_at, moment=moment).was_killed, f"commit {kill_at} was not reached"
        assert run_once(where).exitcode == 0, f"the run after a kill {moment} commit {kill_at} failed"
        assert dumped(where) == expected, f"killed {moment} commit {kill_at}"
        new_place.close()
