"""A busy office on either database: the same rows to the last letter, and an audit that names what was altered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kravbro.core.movements import Discrepancy
from kravbro.core.statute.shipped import shipped_statute
from kravbro.db.engines import reading
from kravbro.migrations.upgrade import upgrade
from kravbro.office.audit import audit
from kravbro.office.dump import dump_office
from kravbro.office.queries.balances import balances
from kravbro.office.statute import load_kept
from tests.office.builders import TODAY, Desk, set_up
from tests.office.busy import make_busy
from tests.places import NewPlace, new_places
from tests.postgresql import Server, shared_server
from tests.stories.canonical import canonical

ALTERED = (
    ("UPDATE journal_row SET amount_ore = amount_ore + 1 WHERE journal = 1 AND row_no = 1", "office journal 1 row 1"),
    ("UPDATE journal_row SET counts_from = '2020-02-02' WHERE journal = 1 AND row_no = 1", "office journal 1 row 1"),
    ("UPDATE payment SET bank_date = '2020-02-02' WHERE number = 1", "office payment 1"),
    ("UPDATE claim SET due_date = '2020-02-02' WHERE id = 4", "office claim 4"),
    ("UPDATE claim_letter SET sent_on = '2020-02-02' WHERE claim = 4 AND letter_no = 1", "office claim 4 letters"),
    ("UPDATE statute_row SET valid_to = '2027-12-31' WHERE number = 1", "office statute row 1"),
    ("UPDATE interest_pause SET last_day = '2020-02-02' WHERE number = 1", "office interest pause 1"),
)


def busy(new: NewPlace) -> Desk:
    """A new office, upgraded from nothing as any installation is, and made busy."""
    place = new()
    place.make()
    engine = place.open("office")
    upgrade(engine, "office")
    desk = Desk(engine)
    with desk.writing() as connection:
        set_up(connection)
    make_busy(desk)
    return desk


@pytest.fixture(scope="module")
def on_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with new_places(tmp_path_factory.mktemp("busy"), shared_server()) as new:
        yield busy(new)


def found(desk: Desk) -> list[Discrepancy]:
    with reading(desk.engine) as connection:
        return audit(connection, 1)


def test_a_busy_office_is_the_same_on_either(tmp_path: Path, postgresql: Server) -> None:
    dumped = []
    for server in (None, postgresql):
        with new_places(tmp_path, server) as new:
            desk = busy(new)
            assert found(desk) == []
            with reading(desk.engine) as connection:
                kept = load_kept(connection, shipped_statute())
                owed = list(balances(connection, TODAY, kept.statute))
                dumped.append((canonical(dump_office(connection)), owed, kept.rows, kept.verifications))
            desk.engine.dispose()
    assert dumped[0] == dumped[1]


@pytest.mark.parametrize(("change", "thing"), ALTERED)
def test_what_was_altered_is_named_on_a_server(on_server: Desk, change: str, thing: str) -> None:
    with on_server.engine.connect() as connection:  # never committed
        connection.exec_driver_sql("SET LOCAL session_replication_role TO replica")
        assert connection.exec_driver_sql(change).rowcount == 1
        assert [one.thing for one in audit(connection, 1)] == [thing]
    assert found(on_server) == []
