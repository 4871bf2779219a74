"""SIGKILL before and after every commit of the small demo, each in a fresh folder: nothing is lost, nothing doubled.

After the kill the demo is simply run again. Its dump must be that of a run that nobody disturbed.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stories.killing import Moment, dumped, run_once

PORTIONS = 8
"""The kills are dealt out to this many tests, so that they can run on several cores."""


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, int]:
    """The dump of a run without a kill, and the number of its commits."""
    folder = tmp_path_factory.mktemp("undisturbed") / "site"
    ended = run_once(folder)
    assert ended.exitcode == 0
    return dumped(folder), ended.commits


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("portion", range(PORTIONS))
def test_a_kill_at_any_commit_changes_nothing(
    portion: int, moment: Moment, undisturbed: tuple[str, int], tmp_path: Path
) -> None:
    expected, commits = undisturbed
    assert commits > 40, "the demo commits in many small steps"
    for kill_at in range(1 + portion, commits + 1, PORTIONS):
        folder = tmp_path / f"{moment}-{kill_at}"
        assert run_once(folder, kill_at=kill_at, moment=moment).was_killed, f"commit {kill_at} was not reached"
        assert run_once(folder).exitcode == 0, f"the run after a kill {moment} commit {kill_at} failed"
        assert dumped(folder) == expected, f"killed {moment} commit {kill_at}"
