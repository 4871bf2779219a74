"""SIGKILL at 200 random instants of the whole demo, each in a fresh folder: the same dump as without a kill.

A run that ended before its instant came does not count, and another takes its place.
"""

from __future__ import annotations

import random
import shutil
from itertools import count
from pathlib import Path

import pytest

from kravbro.bootstrap.demo.world import WHOLE
from kravbro.engine.clock import SystemClock
from tests.stories.killing import dumped, run_once

KILLS = 200


@pytest.mark.soak
def test_kills_at_random_instants_change_nothing(tmp_path: Path) -> None:
    clock = SystemClock()
    start = clock.elapsed()
    assert run_once(tmp_path / "undisturbed", size=WHOLE).exitcode == 0
    seconds = (clock.elapsed() - start).total_seconds()
    expected = dumped(tmp_path / "undisturbed")
    instants = random.Random(20261116)
    killed = 0
    for number in count(1):
        folder = tmp_path / f"kill-{number}"
        killed += run_once(folder, size=WHOLE, kill_after_s=instants.uniform(0.0, seconds)).was_killed
        assert run_once(folder, size=WHOLE).exitcode == 0, f"the run after kill {number} failed"
        assert dumped(folder) == expected, f"run {number}"
        shutil.rmtree(folder)
        if killed == KILLS:
            break
