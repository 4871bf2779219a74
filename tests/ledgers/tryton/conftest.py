"""A living Tryton, its clerk, and a source over it: one server and database for all tests of a process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kravbro.ledgers.tryton.source import TrytonSource
from tests.ledgers.tryton.acting import Clerk
from tests.ledgers.tryton.living import Tryton, shared_tryton, today


@pytest.fixture(scope="session")
def tryton() -> Tryton:
    return shared_tryton("shared")


@pytest.fixture
def clerk(tryton: Tryton) -> Iterator[Clerk]:
    clerk = Clerk(tryton)
    yield clerk
    clerk.close()


@pytest.fixture
def source(tryton: Tryton) -> Iterator[TrytonSource]:
    source = TrytonSource(tryton.client(), today())
    yield source
    source.close()
