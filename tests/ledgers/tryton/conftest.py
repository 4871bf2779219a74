"""A living Tryton, its clerk, and a source over it: one server and database for all tests of a process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kravbro.ledgers.tryton.address import read_address
from kravbro.ledgers.tryton.source import TrytonSource
from kravbro.ledgers.tryton.wire import Client
from tests.ledgers.tryton.acting import Clerk
from tests.ledgers.tryton.living import PASSWORD, Tryton, shared_tryton, today


@pytest.fixture(scope="session")
def tryton() -> Tryton:
    return shared_tryton()


@pytest.fixture
def clerk(tryton: Tryton) -> Iterator[Clerk]:
    clerk = Clerk(tryton)
    yield clerk
    clerk.close()


@pytest.fixture
def source(tryton: Tryton) -> Iterator[TrytonSource]:
    source = TrytonSource(Client(read_address(tryton.address), PASSWORD), today())
    yield source
    source.close()
