"""Two runs of the whole job on one installation at the same time: as if one had run."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.stories.killing import dumped, run_once


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("undisturbed") / "site"
    assert run_once(folder).exitcode == 0
    return dumped(folder)


@pytest.mark.parametrize("attempt", range(3))
def test_two_runs_at_once_end_as_one(attempt: int, undisturbed: str, tmp_path: Path) -> None:
    folder = tmp_path / f"site-{attempt}"
    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(lambda _: run_once(folder), range(2)))
    assert [one.exitcode for one in ended] == [0, 0]
    assert run_once(folder).exitcode == 0
    assert dumped(folder) == undisturbed
