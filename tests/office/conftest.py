"""A busy office, made once for each kind of database, and a way to tamper with it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.office.busy import open_busy_desk
from tests.office.tampering import Tampering
from tests.places import Kind, Where, new_template
from tests.raw import number_rows


@cache
def busy_office(kind: Kind) -> Where:
    """An office in which everything that can happen has happened once."""
    where = new_template(kind)
    open_busy_desk(where).engine.dispose()
    number_rows(where, "office")
    return where


@pytest.fixture
def tampering(kind: Kind, tmp_path: Path) -> Iterator[Tampering]:
    one = Tampering(busy_office(kind), tmp_path)
    yield one
    one.raw.close()
