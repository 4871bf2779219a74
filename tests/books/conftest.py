"""A fresh municipality for every test that asks for one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from kravbro.db.place import company_owner
from tests.books.busy import make_busy
from tests.books.copies import Copy
from tests.books.world import COMPANY, World
from tests.places import Kind, NewPlace, Where, new_template
from tests.raw import number_rows


@pytest.fixture
def world(new_place: NewPlace) -> Iterator[World]:
    made = World(new_place.where())
    yield made
    made.close()


@pytest.fixture
def world_with_drafts(new_place: NewPlace) -> Iterator[World]:
    """A municipality where a person posts the collector's vouchers."""
    made = World(new_place.where(), post_collector_vouchers=False)
    yield made
    made.close()


@cache
def busy_ledger(kind: Kind) -> Where:
    """A ledger in which everything that can happen has happened once."""
    where = new_template(kind)
    made = World(where, post_collector_vouchers=False)
    make_busy(made)
    made.close()
    number_rows(where, company_owner(COMPANY))
    return where


@pytest.fixture
def books(kind: Kind, tmp_path: Path) -> Iterator[Copy]:
    """That ledger, to be tampered with."""
    one = Copy(busy_ledger(kind), tmp_path)
    yield one
    one.raw.close()
