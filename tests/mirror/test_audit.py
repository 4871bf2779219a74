"""The mirror finds what was altered, removed or added past the program, whichever row and column it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import msgspec
import pytest
import sqlalchemy as sa

from kravbro.core.adoption import Joining
from kravbro.core.claims import Outcome, TransactionKind
from kravbro.core.vouchers import Fate
from kravbro.db.engines import writing_anywhere
from kravbro.db.places import place_at
from kravbro.mirror import tables as t
from kravbro.mirror.ledger import MirroredLedger
from kravbro.mirror.rows import SEALED
from kravbro.ports.conformance.ledger.scene import LedgerScene
from tests.mirror.acting import SmallWorld
from tests.mirror.erp import TODAY

KEYS = {"company", "number", "entry"}
"""Columns that others refer to."""
ANSWER = ("number", "outcome", "received_on", "case_number", "case_kid", "reasons")
COLUMNS = [(table, column) for table, columns in SEALED.items() for column in columns if column not in KEYS]
for referring in ("withdrawal", "conversion"):
    COLUMNS.remove((referring, "offer"))
COLUMNS += [(table, column) for table in ("offer_receipt", "offer_return") for column in ANSWER]
REMOVED = (
    *("claim_transaction", "withdrawal", "voucher_event", "waiting_offer", "offer_receipt", "offer_return"),
    *("to_deliver", "transferred_item", "conversion", "opening_booking"),
)
"""Other rows are held by references."""


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LedgerScene]:
    """A ledger with something of everything: answers, money, a voucher that waits, a wish, a claim given back, and one
    of an older case."""
    world = SmallWorld(tmp_path_factory.mktemp("audit"), posts_at_once=False)
    made = LedgerScene(world)
    first, second, third, _ = made.claims(100_00, 200_00, 300_00, 400_00)
    made.record(made.acceptance(first), made.acceptance(second), made.refusal(third))
    made.pay(first.entry, 10_00)
    made.book(TransactionKind.CREDIT_NOTE, second.entry, -20_00)
    made.deliver(made.voucher((first, 5_00)))
    made.ledger.post_vouchers(made.company, [made.voucher((second, 6_00))])
    world.withdraw(first.entry)
    made.transactions()
    made.events()
    made.record(msgspec.structs.replace(made.acceptance(second), outcome=Outcome.RETURNED))
    _convert(made)
    yield made
    made.close()
    world.close()


def _convert(scene: LedgerScene) -> None:
    """An item that was handed over and is joined with its case, with one payment of before and one of after."""
    entry = scene.world.invoice(500_00).entry
    scene.pay(entry, 50_00, TODAY - timedelta(days=9))
    scene.pay(entry, 60_00)
    assert isinstance(scene.ledger, MirroredLedger)
    scene.ledger.mark_transferred(scene.company, {entry: "K-1"}, "handed over before")
    case = Joining(entry, 7, "K-1", TODAY - timedelta(days=5), 450_00, 440_00, "handed over before")
    scene.ledger.join_claims(scene.company, [case])
    (adoption,) = scene.ledger.adoptions(scene.company, 0, 10)
    scene.record(scene.acceptance(adoption.offer))


def found(scene: LedgerScene) -> list[str]:
    """What the audit names."""
    return [one.thing for one in scene.ledger.audit(scene.company)]


def database(scene: LedgerScene) -> sa.Engine:
    """The mirror's database, past the mirror."""
    world = scene.world
    assert isinstance(world, SmallWorld)
    return place_at(world.address).open("mirror")


def other(value: object) -> object:
    """Another value of the same type."""
    if isinstance(value, date):
        return date(2001, 2, 3)
    if isinstance(value, bool):
        return not value
    return value + 1_000 if isinstance(value, int) else f"{value}x"


def test_all_is_well(scene: LedgerScene) -> None:
    assert found(scene) == []


@pytest.mark.parametrize(("name", "column"), COLUMNS)
def test_an_altered_value_is_found(name: str, column: str, scene: LedgerScene) -> None:
    table = t.mirror.tables[name]
    key = next(one for one in table.primary_key if one.name != "company")
    with writing_anywhere(database(scene)) as connection:
        number, value = connection.execute(sa.select(key, table.c[column]).order_by(key)).first() or (None, None)
        assert number is not None, f"the scene has no row in {name}"
        _set(connection, table, key, number, column, other(value))
    try:
        assert found(scene) != []
    finally:
        with writing_anywhere(database(scene)) as connection:
            _set(connection, table, key, number, column, value)
    assert found(scene) == []


def _set(  # noqa: PLR0917 - which value of which row
    connection: sa.Connection, table: sa.Table, key: sa.Column[int], number: object, column: str, value: object
) -> None:
    connection.execute(sa.update(table).where(key == number).values({column: value}))


@pytest.mark.parametrize("name", REMOVED)
def test_a_removed_row_is_found(name: str, scene: LedgerScene) -> None:
    table = t.mirror.tables[name]
    key = next(one for one in table.primary_key if one.name != "company")
    with writing_anywhere(database(scene)) as connection:
        row = connection.execute(sa.select(table).order_by(key.desc())).mappings().first()
        assert row is not None, f"the scene has no row in {name}"
    engine = database(scene)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.execute(sa.delete(table).where(key == row[key.name]))
        connection.commit()
    try:
        assert found(scene) != []
    finally:
        with writing_anywhere(database(scene)) as connection:
            connection.execute(sa.insert(table).values(**row))
    assert found(scene) == []


def test_a_voucher_that_was_posted_is_followed_no_more(scene: LedgerScene) -> None:
    assert Fate.POSTED in {one.fate for one in scene.events()}
