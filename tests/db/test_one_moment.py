"""Every owner's database at the same moment, while others write; on both kinds of places."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event

import pytest
import sqlalchemy as sa

from kravbro.core.errors import Retry
from kravbro.db import folder_moment
from kravbro.db.engines import writing_anywhere
from kravbro.db.folder_moment import one_moment
from kravbro.db.place import Place
from kravbro.db.places import place_at
from kravbro.db.postgresql_place import VERSION_TABLE, make_schema
from tests.places import NewPlace, new_places

SENDER, RECEIVER = "office", "bridge"
LETTER = sa.Table("letter", sa.MetaData(), sa.Column("number", sa.Integer, primary_key=True, autoincrement=False))
VERSION = sa.Table(VERSION_TABLE, sa.MetaData(), sa.Column("version_num", sa.String(32), primary_key=True))


def made(place: Place) -> Place:
    """A place with a sender and a receiver of letters."""
    place.make()
    for owner in (SENDER, RECEIVER, "system"):
        with writing_anywhere(place.open(owner)) as connection:
            make_schema(connection)
            LETTER.create(connection)
            VERSION.create(connection)
    return place


@contextmanager
def correspondence(place: Place) -> Iterator[None]:
    """Letters are stored by their sender, then by their receiver, and again, until the block ends."""
    enough = Event()

    def write() -> int:
        number = 0
        sender, receiver = place.open(SENDER), place.open(RECEIVER)
        while not enough.is_set():
            number += 1
            for engine in (sender, receiver):
                with writing_anywhere(engine) as connection:
                    connection.execute(sa.insert(LETTER).values(number=number))
        return number

    with ThreadPoolExecutor() as pool:
        written = pool.submit(write)
        try:
            yield
        finally:
            enough.set()
        assert written.result() > 0


def letters(connection: sa.Connection) -> int:
    return int(connection.execute(sa.select(sa.func.count()).select_from(LETTER)).scalar_one())


@pytest.mark.parametrize("first", [SENDER, RECEIVER])
def test_nothing_is_received_that_was_not_sent(first: str, new_place: NewPlace) -> None:
    """Whichever is read first: the sender is at most one letter ahead, and never behind."""
    place = made(new_place())
    second = RECEIVER if first == SENDER else SENDER
    seen: set[int] = set()
    with correspondence(place):
        while len(seen) < 8:
            with place.one_moment() as (owners, at):
                assert set(owners) == {"system", SENDER, RECEIVER}
                count = {owner: letters(at(owner)) for owner in (first, second, first)}
            assert count[SENDER] - count[RECEIVER] in {0, 1}
            seen.add(count[SENDER])


def test_a_moment_holds_nobody_up(new_place: NewPlace) -> None:
    place = made(new_place())
    with place.one_moment() as (_, at):
        assert letters(at(SENDER)) == 0
        with writing_anywhere(place.open(SENDER)) as connection:
            connection.execute(sa.insert(LETTER).values(number=1))
        assert letters(at(SENDER)) == 0
    with place.one_moment() as (_, at):
        assert letters(at(SENDER)) == 1


def test_who_waits_for_one_file_holds_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is busy all the time: told so at last, and the others were free."""
    monkeypatch.setattr(folder_moment, "BUSY_TIMEOUT_MS", 1)
    monkeypatch.setattr(folder_moment, "ATTEMPTS", 3)
    with new_places(tmp_path, "sqlite") as places:
        place = made(places())
        with closing(place.open(RECEIVER).raw_connection()) as held:
            held.cursor().execute("BEGIN IMMEDIATE")
            with pytest.raises(Retry) as caught, place.one_moment():
                raise AssertionError("a moment while somebody writes")
            with writing_anywhere(place.open(SENDER)) as connection:
                connection.execute(sa.insert(LETTER).values(number=1))
        assert (caught.value.code, caught.value.facts["database"]) == ("db.locked", place.database(RECEIVER))
        with place.one_moment() as (_, at):
            assert letters(at(SENDER)) == 1


def test_nobody_commits_while_readers_begin(tmp_path: Path) -> None:
    """Each reader's first statement is followed by an attempt to write in every file."""
    place = made(place_at(tmp_path / "site"))
    tried: list[str] = []

    def write(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        for owner in (SENDER, RECEIVER) if "sqlite_master" in statement else ():
            with closing(sqlite3.connect(tmp_path / "site" / f"{owner}.db", timeout=0)) as other:
                try:
                    other.execute("INSERT INTO letter VALUES (?)", (len(tried) + 1,))
                    other.commit()
                except sqlite3.OperationalError as error:
                    tried.append(str(error))

    def open_(owner: str) -> sa.Engine:
        engine = place.open(owner)
        sa.event.listen(engine, "after_cursor_execute", write)
        return engine

    with one_moment(place.owners, open_) as (_, at):
        assert [letters(at(SENDER)), letters(at(RECEIVER))] == [0, 0]
    assert tried == ["database is locked"] * 6
