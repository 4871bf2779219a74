"""SIGKILL at 200 random instants of a day in a full office, each in a fresh place: the same dump as without a kill.

A run that ended before its instant came does not count, and another takes its place.
"""

from __future__ import annotations

import random
from itertools import count

import pytest

from kravbro.bootstrap.demo.world import FULL_AND_SMALL
from kravbro.engine.clock import SystemClock
from tests.places import NewPlace
from tests.stories.killing import dumped, run_once

KILLS = 200


@pytest.mark.soak
def test_kills_at_random_instants_change_nothing(new_place: NewPlace) -> None:
    clock = SystemClock()
    start = clock.elapsed()
    undisturbed = new_place().name
    assert run_once(undisturbed, size=FULL_AND_SMALL).exitcode == 0
    seconds = (clock.elapsed() - start).total_seconds()
    expected = dumped(undisturbed)
    instants = random.Random(20261116)
    killed = 0
    for number in count(1):
        where = new_place().name
        killed += run_once(where, size=FULL_AND_SMALL, kill_after_s=instants.uniform(0.0, seconds)).was_killed
        assert run_once(where, size=FULL_AND_SMALL).exitcode == 0, f"the run after kill {number} failed"
        assert dumped(where) == expected, f"run {number}"
        new_place.close()
        if killed == KILLS:
            break
