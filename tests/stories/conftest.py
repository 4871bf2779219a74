"""One finished demo per worker, copied by the tests that change it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stories.sites import copy_of, finished_demo


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished small demo that nobody may change."""
    return finished_demo(tmp_path_factory.mktemp("template") / "site")


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    """A copy of the finished demo."""
    return copy_of(template, tmp_path / "site")
