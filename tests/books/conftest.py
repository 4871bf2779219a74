"""A fresh municipality for every test that asks for one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.books.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.close()


@pytest.fixture
def world_with_drafts(tmp_path: Path) -> Iterator[World]:
    """A municipality where a person posts the collector's vouchers."""
    made = World(tmp_path, post_collector_vouchers=False)
    yield made
    made.close()
