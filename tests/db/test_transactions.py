"""What an owner's transactions promise on each kind of database: one writer, one moment, faults by their name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa

from kravbro.bootstrap.site import make_site
from kravbro.core.acts import Act
from kravbro.core.errors import DataFault, Retry, Stop
from kravbro.db import postgresql
from kravbro.db.bulk import insert_rows, plain_rows
from kravbro.db.counters import counter_table, take
from kravbro.db.engines import reading, writing
from kravbro.db.place import Place
from kravbro.office import tables as t
from tests.places import NewPlace, new_places
from tests.postgresql import Server

COUNTERS = counter_table(sa.MetaData())
ACT = Act("kari", date(2026, 11, 23), datetime(2026, 11, 23, 12, tzinfo=UTC))
WRITERS, TURNS = 4, 25
LARGER_THAN_ANY = 2**40
SETTINGS = ("transaction_isolation", "transaction_read_only", "synchronous_commit", "datestyle", "search_path")


@pytest.fixture
def place(new_place: NewPlace) -> Place:
    place = new_place()
    make_site(place, (1,))
    return place


@pytest.fixture
def server_place(tmp_path: Path) -> Iterator[Place]:
    with new_places(tmp_path, "postgresql") as new:
        place = new()
        make_site(place, ())
        yield place


def test_numbers_are_taken_one_after_another_however_many_write(place: Place) -> None:
    """What a writer reads is what the writer before it committed; a snapshot from before the wait would repeat it."""
    taken: list[int] = []
    together = Barrier(WRITERS)

    def write() -> None:
        engine = place.open("office")
        together.wait()
        for _ in range(TURNS):
            with writing(engine) as connection:
                taken.append(take(connection, COUNTERS, "tested"))

    writers = [Thread(target=write) for _ in range(WRITERS)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    assert sorted(taken) == list(range(1, WRITERS * TURNS + 1))
    assert taken == sorted(taken)


def test_a_reader_sees_one_moment_and_neither_waits_nor_is_waited_for(place: Place) -> None:
    reader, writer = place.open("office"), place.open("office")
    with reading(reader) as before:
        assert _last(before) == 0
        with writing(writer) as connection:
            take(connection, COUNTERS, "tested")
            assert _last(before) == 0
        assert _last(before) == 0
    with reading(reader) as after:
        assert _last(after) == 1


def _last(connection: sa.Connection) -> int:
    return int(connection.execute(sa.select(sa.func.coalesce(sa.func.max(COUNTERS.c.last), 0))).scalar_one())


def test_owners_do_not_wait_for_each_other(place: Place) -> None:
    with writing(place.open("office")) as office, writing(place.open("F0001")) as books:
        assert (take(office, COUNTERS, "tested"), take(books, COUNTERS, "tested")) == (1, 1)


def test_nothing_stays_of_a_transaction_that_failed(place: Place) -> None:
    engine = place.open("office")

    def fail() -> None:
        with writing(engine) as connection:
            take(connection, COUNTERS, "tested")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with reading(engine) as connection:
        assert _last(connection) == 0


def test_a_reader_on_a_server_cannot_write(server_place: Place) -> None:
    with pytest.raises(Stop, match="read-only"), reading(server_place.open("office")) as connection:
        take(connection, COUNTERS, "tested")


def test_who_waits_too_long_for_another_writer_is_told(server_place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql, "LOCK_TIMEOUT_MS", 1)
    office = server_place.open("office")
    with writing(office), pytest.raises(Retry, match=r"db\.locked"), writing(office):
        raise AssertionError("two writers at once")


def test_a_server_that_went_is_a_retry_and_the_next_transaction_has_it_again(server_place: Place) -> None:
    office = server_place.open("office")

    def lose() -> None:
        with writing(office) as connection:
            take(connection, COUNTERS, "tested")
            connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(Retry, match=r"db\.connection_lost"):
        lose()
    with reading(office) as connection:
        assert _last(connection) == 0


def test_a_connection_that_went_while_nobody_used_it_is_not_noticed(server_place: Place) -> None:
    office, system = server_place.open("office"), server_place.open("system")
    with reading(office) as connection:
        number = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    with writing(system) as connection:
        connection.execute(sa.select(sa.func.pg_terminate_backend(number)))
    with reading(office) as connection:
        assert _last(connection) == 0


def test_a_number_that_no_row_can_have_finds_nothing(place: Place) -> None:
    engine = place.open("office")
    with reading(engine) as connection:
        found = sa.select(t.creditor.c.name).where(t.creditor.c.number == LARGER_THAN_ANY)
        assert connection.execute(found).all() == []


def test_what_has_no_room_is_refused_whole(server_place: Place) -> None:
    engine = server_place.open("office")
    for rows in ([("K" * 21, "long", False)], [("K", "n" * 121, False)]):
        with pytest.raises(DataFault, match=r"db\.value_too_large"), writing(engine) as connection:
            insert_rows(connection, t.workflow, ("code", "name", "starts_after_notice"), rows, ACT)


@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_plain_rows_are_all_rows_in_order(place: Place, count: int) -> None:
    engine = place.open("office")
    names = [(f"series {number}",) for number in range(count)]
    with writing(engine) as connection:
        for number, (name,) in enumerate(names, 1):
            take(connection, COUNTERS, name, number)
    with reading(engine) as connection:
        numbers = sa.select(COUNTERS.c.last).order_by(COUNTERS.c.last)
        with plain_rows(connection, numbers, 3) as pages:
            assert [tuple(row) for page in pages for row in page] == [(number,) for number in range(1, count + 1)]


def test_other_defaults_of_a_server_change_nothing(server_place: Place, postgresql: Server) -> None:
    name = server_place.name.rpartition("/")[2]
    defaults = {
        "default_transaction_isolation": "'repeatable read'",
        "default_transaction_read_only": "on",
        "synchronous_commit": "off",
        "datestyle": "German",
        "search_path": "public",
    }
    postgresql.run(*(f'ALTER DATABASE "{name}" SET {what} TO {value}' for what, value in defaults.items()))
    server_place.close()
    with writing(server_place.open("office")) as connection:
        shown = [connection.exec_driver_sql(f"SHOW {what}").scalar_one() for what in SETTINGS]
        assert shown == ["read committed", "off", "on", "ISO, DMY", "office"]
        assert connection.execute(sa.select(sa.cast(sa.literal(ACT.on), sa.String))).scalar_one() == "2026-11-23"
