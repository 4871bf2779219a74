"""Items joined with older cases: frozen as offers of their own kind, each once, and audited."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from kravbro.books import tables
from kravbro.books.commands.transferred_items import mark_transferred, unmark_transferred
from kravbro.books.queries.audit import audit
from kravbro.books.queries.dump import dump
from kravbro.core.adoption import Joining
from kravbro.core.claims import Outcome, Reason, Receipt
from kravbro.core.errors import DataFault, Skip
from kravbro.ports.identity import Delivered
from tests.books.world import ACT, COMPANY, TODAY, World, settlement

WHY, CUT_OFF = "liste", date(2026, 2, 1)
BEFORE = date(2026, 1, 31)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    one = World(tmp_path)
    yield one
    one.close()


def handed(world: World, *customers: int) -> list[int]:
    entries = list(world.invoices(*customers))
    with world.writing() as connection:
        mark_transferred(connection, dict.fromkeys(entries, ""), WHY, ACT)
    return entries


def paid(world: World, entry: int, ore: int, dated: date) -> None:
    world.post(msgspec.structs.replace(settlement("INN", 1, ore, entry), dated=dated))


def joining(entry: int, ledger_ore: int = 100_000, collector_ore: int = 100_000) -> Joining:
    return Joining(entry, 7, "K1", CUT_OFF, ledger_ore, collector_ore, WHY)


def join(world: World, *joinings: Joining) -> Delivered:
    return world.ledger.join_claims(COMPANY, joinings)


def answer(world: World, outcome: Outcome, number: int = 1) -> None:
    (one,) = world.ledger.adoptions(COMPANY, 0, 9)
    reasons = (Reason("conversion.number_taken", "K1"),) if outcome is Outcome.REFUSED else ()
    case_number = "K1" if outcome is Outcome.ACCEPTED else ""
    receipt = Receipt(number, one.number, one.offer.entry, outcome, TODAY, case_number, "", reasons)
    assert world.ledger.record_receipts(COMPANY, [receipt]).new == 1


def faults(world: World) -> list[str]:
    with world.reading() as connection:
        return [one.thing for one in audit(connection)]


def test_an_item_is_joined_once_and_opens_with_what_counts_before_the_cut_off(world: World) -> None:
    (entry,) = handed(world, 1)
    paid(world, entry, 30_000, TODAY)
    paid(world, entry, 20_000, BEFORE)
    assert join(world, joining(entry, 80_000)) == Delivered(1, 0)
    assert join(world, joining(entry, 80_000)) == Delivered(0, 1)
    (one,) = world.ledger.adoptions(COMPANY, 0, 9)
    assert (one.offer.parts.principal_ore, one.offer.letters, one.accepted_ore) == (80_000, (), -20_000)
    assert world.ledger.ready_claims(COMPANY, 0, 9) == []
    assert world.ledger.transferred_claims(COMPANY, CUT_OFF, 0, 9) == []
    assert [one.entry for one in world.ledger.joined_claims(COMPANY, 0, 9)] == [entry]

    answer(world, Outcome.ACCEPTED)
    assert [one.amount_ore for one in world.ledger.transactions(COMPANY, 0, 9)] == [-30_000]
    paid(world, entry, 5_000, BEFORE)
    paid(world, entry, 1_000, CUT_OFF)
    assert [one.amount_ore for one in world.ledger.transactions(COMPANY, 0, 9)] == [-30_000, -1_000]
    (moved,) = world.ledger.movements(COMPANY, [1])
    assert (moved.opening_ore, [one.amount_ore for one in moved.movements]) == (75_000, [-30_000, -1_000])
    assert faults(world) == []
    with world.reading() as connection:
        whole = dump(connection)
    assert (len(whole["conversion"]), len(whole["opening_booking"])) == (1, 2)


def test_what_the_collector_refused_may_be_joined_again(world: World) -> None:
    (entry,) = handed(world, 1)
    paid(world, entry, 20_000, BEFORE)
    join(world, joining(entry, 80_000))
    answer(world, Outcome.REFUSED)
    assert [one.entry for one in world.ledger.transferred_claims(COMPANY, CUT_OFF, 0, 9)] == [entry]
    assert join(world, msgspec.structs.replace(joining(entry, 80_000), case_number="K2")) == Delivered(1, 0)
    answer(world, Outcome.ACCEPTED, 2)
    assert faults(world) == []


def test_what_no_case_has_is_offered_like_any_other(world: World) -> None:
    first, second = handed(world, 1, 2)
    join(world, joining(first))
    assert world.ledger.offer_unjoined(COMPANY, [first, second], WHY) == 1
    assert world.ledger.offer_unjoined(COMPANY, [first, second], WHY) == 0
    (ready,) = world.ledger.ready_claims(COMPANY, 0, 9)
    assert (ready.entry, ready.parts.principal_ore) == (second, 100_000)
    assert faults(world) == []


def test_what_does_not_fit_is_refused_whole(world: World) -> None:
    first, second = handed(world, 1, 2)
    (unmarked,) = world.invoices(3)
    with pytest.raises(DataFault, match="not_marked"):
        join(world, joining(first), joining(unmarked))
    with pytest.raises(Skip, match="remaining_changed"):
        join(world, joining(first), joining(second, 99_999))
    with pytest.raises(DataFault, match="reason_missing"):
        join(world, joining(first), msgspec.structs.replace(joining(second), because=" "))
    assert world.ledger.adoptions(COMPANY, 0, 9) == []
    join(world, joining(first))
    with pytest.raises(DataFault, match="joined_otherwise"):
        join(world, joining(second), msgspec.structs.replace(joining(first), case_number="K2"))
    with world.writing() as connection, pytest.raises(Skip, match="item_at_collector"):
        unmark_transferred(connection, first, WHY, ACT)


@pytest.mark.parametrize(
    ("change", "thing"),
    [
        ("UPDATE conversion SET collector_ore = 1", "ledger conversion 1"),
        ("UPDATE conversion SET cut_off = '2026-02-02'", "ledger conversion 1"),
        ("UPDATE conversion SET joined = 0", "ledger conversion 1"),
        ("DELETE FROM conversion", "ledger conversion 1"),
        ("UPDATE offer SET principal_ore = 1", "ledger offer 1"),
        ("DELETE FROM opening_booking WHERE booking = 2", "ledger offer 1"),
        ("INSERT INTO opening_booking SELECT 1, 1, actor, written_at FROM conversion", "ledger offer 1"),
        ("UPDATE proposal SET state = 'approved'", "ledger conversion 1"),
    ],
)
def test_the_audit_names_what_was_tampered_with(world: World, change: str, thing: str) -> None:
    (entry,) = handed(world, 1)
    paid(world, entry, 30_000, TODAY)
    paid(world, entry, 20_000, BEFORE)
    join(world, joining(entry, 80_000))
    answer(world, Outcome.ACCEPTED)
    assert world.column(tables.offer.c.number) == [1]
    with world.writing() as connection:
        connection.execute(sa.text(change))
    found = faults(world)
    assert found
    assert found[0].startswith(thing), found
