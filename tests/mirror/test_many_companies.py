"""A run over many companies looks at those in which something has changed, and at the others once, all together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from kravbro.core.claims import TransactionKind
from kravbro.db.places import place_at
from kravbro.mirror.ledger import COMPARED_EVERY, MirroredLedger
from kravbro.mirror.source import Changes
from tests.mirror.acting import ACT, SmallWorld
from tests.mirror.erp import COMPANIES, TODAY, SmallErp, SmallSource

PAID = TransactionKind.PAYMENT


class Counting(SmallSource):
    """Remembers which companies were asked about."""

    def __init__(self, erp: SmallErp) -> None:
        super().__init__(erp)
        self.asked: list[int] = []

    def changes(self, company: int, cursor: str) -> Changes:
        self.asked.append(company)
        return super().changes(company, cursor)

    def changed_companies(self, cursors: Mapping[int, str]) -> list[int]:
        found = super().changed_companies(cursors)
        self.asked.clear()
        return found


@pytest.fixture
def world(tmp_path: Path) -> SmallWorld:
    """A small ledger of which both companies were looked at."""
    made = SmallWorld(tmp_path)
    read(made)
    return made


def read(world: SmallWorld, days: int = 0) -> tuple[list[int], list[int]]:
    """The companies that one run asks about, and the amounts that it is told of all of them."""
    source = Counting(world.erp)
    act = msgspec.structs.replace(ACT, on=TODAY + timedelta(days))
    ledger = MirroredLedger(place_at(world.address).open("mirror"), source, act)
    told = [one.amount_ore for company in COMPANIES for one in ledger.transactions(company, 0, 100)]
    ledger.close()
    return source.asked, told


def test_nobody_is_asked_where_nothing_has_changed(world: SmallWorld) -> None:
    assert read(world) == ([], [])


def test_what_has_changed_is_told(world: SmallWorld) -> None:
    invoice = world.invoice(100_00)
    world.offer([invoice.entry])
    ledger = world.open()
    (offer,) = ledger.ready_claims(COMPANIES[0], 0, 10)
    world.book(PAID, offer.entry, -10_00, TODAY)
    assert read(world)[0] == [COMPANIES[0]]


def test_a_run_that_reads_twice_asks_again(world: SmallWorld) -> None:
    source = Counting(world.erp)
    ledger = MirroredLedger(place_at(world.address).open("mirror"), source, ACT)
    for _ in range(2):
        ledger.transactions(COMPANIES[0], 0, 100)
    assert source.asked == [COMPANIES[0]]


def test_everything_is_compared_after_a_while_whatever_the_ledger_says(world: SmallWorld) -> None:
    assert read(world, COMPARED_EVERY.days)[0] == list(COMPANIES)
