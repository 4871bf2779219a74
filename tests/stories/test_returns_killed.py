"""SIGKILL before the commits of a day on which claims are withdrawn, returned and proposed again; then the day goes on.

A kill after a commit is a kill before the next one: nothing but the databases is kept between the two.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stories import returning_day
from tests.stories.killing import dumped, run_once
from tests.stories.sites import copy_of, reconciled

SEVERAL = 7
"""Of so many commits one is killed before in each run of the tests, and all of them by `make soak`."""


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return returning_day.evening_before(tmp_path_factory.mktemp("evening") / "site")


@pytest.fixture(scope="module")
def undisturbed(evening: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, int]:
    """The dump of a day without a kill, and the number of its commits."""
    folder = copy_of(evening, tmp_path_factory.mktemp("undisturbed") / "site")
    ended = run_once(folder, work=returning_day.day)
    assert ended.exitcode == 0
    result = reconciled(folder)
    assert (result.differences, result.in_transit_ore) == ((), 0)
    assert result.claims == 5, "two of the three claims came a second time"
    return dumped(folder), ended.commits


def killed_and_done_again(evening: Path, tmp_path: Path, kill_at: int) -> str:
    folder = copy_of(evening, tmp_path / f"kill-{kill_at}")
    assert run_once(folder, work=returning_day.day, kill_at=kill_at).was_killed, f"commit {kill_at} was not reached"
    assert run_once(folder, work=returning_day.day).exitcode == 0, f"the run after the kill before {kill_at} failed"
    return dumped(folder)


def test_a_kill_changes_nothing(evening: Path, undisturbed: tuple[str, int], tmp_path: Path) -> None:
    expected, commits = undisturbed
    assert commits > 40
    for kill_at in range(1, commits + 1, SEVERAL):
        assert killed_and_done_again(evening, tmp_path, kill_at) == expected, f"killed before commit {kill_at}"


@pytest.mark.soak
def test_a_kill_before_any_commit_changes_nothing(evening: Path, undisturbed: tuple[str, int], tmp_path: Path) -> None:
    expected, commits = undisturbed
    for kill_at in range(1, commits + 1):
        assert killed_and_done_again(evening, tmp_path, kill_at) == expected, f"killed before commit {kill_at}"


def test_the_day_done_twice_is_the_day_done_once(evening: Path, undisturbed: tuple[str, int], tmp_path: Path) -> None:
    folder = copy_of(evening, tmp_path / "twice")
    for _ in range(2):
        assert run_once(folder, work=returning_day.day).exitcode == 0
    assert dumped(folder) == undisturbed[0]
