"""A busy office, made once, and a copy of it to tamper with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.office.busy import open_busy_desk
from tests.office.tampering import Tampering


@pytest.fixture(scope="session")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("busy")
    open_busy_desk(folder).engine.dispose()
    return folder


@pytest.fixture
def tampering(busy: Path, tmp_path: Path) -> Iterator[Tampering]:
    one = Tampering(busy, tmp_path)
    yield one
    one.raw.close()
    one.engine.dispose()
