"""A fresh municipality for every test that asks for one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from kravbro.db.sqlite import open_sqlite
from tests.books.busy import make_busy
from tests.books.copies import Copy
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


@pytest.fixture(scope="module")
def busy_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger in which everything that can happen has happened once."""
    made = World(tmp_path_factory.mktemp("busy"), post_collector_vouchers=False)
    make_busy(made)
    made.close()
    return made.file


@pytest.fixture(scope="module")
def copy_engine(tmp_path_factory: pytest.TempPathFactory) -> sa.Engine:
    return open_sqlite(tmp_path_factory.mktemp("copy") / "F0001.db")


@pytest.fixture
def books(busy_file: Path, copy_engine: sa.Engine) -> Iterator[Copy]:
    """A copy of it that may be tampered with."""
    yield Copy(busy_file, copy_engine)
    copy_engine.dispose()
