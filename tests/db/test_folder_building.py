"""Several SQLite files at once or not at all, whatever happens while they are made."""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from kravbro.core.errors import DataFault, Stop
from kravbro.db.engines import reading
from kravbro.db.folder_building import RESTORING, all_or_nothing
from kravbro.db.sqlite import open_sqlite

OWNERS = ("office", "system")
LETTER = sa.Table("letter", sa.MetaData(), sa.Column("number", sa.Integer, primary_key=True, autoincrement=False))


def write_letter(connection: sa.Connection) -> None:
    LETTER.create(connection)
    connection.execute(sa.insert(LETTER).values(number=1))


def letters(file: Path) -> list[int]:
    engine = open_sqlite(file)
    with reading(engine) as connection:
        found = list(connection.scalars(sa.select(LETTER.c.number)))
    engine.dispose()
    return found


def test_somebody_who_looks_into_a_file_while_it_is_made_keeps_no_row_out_of_it(tmp_path: Path) -> None:
    """While a file is open elsewhere SQLite does not empty its write-ahead log, as little as on a full disk."""
    folder = tmp_path / "place"
    with ExitStack() as lookers:
        with all_or_nothing(folder, OWNERS) as building:
            for owner in OWNERS:
                looker = lookers.enter_context(closing(sqlite3.connect(folder / RESTORING / f"{owner}.db")))
                with building(owner) as connection:
                    connection.execute(sa.text("CREATE TABLE envelope (number INTEGER)"))
                assert looker.execute("SELECT count(*) FROM envelope").fetchone() == (0,)
                with building(owner) as connection:
                    write_letter(connection)
        assert sorted(file.name for file in folder.iterdir()) == ["office.db", "system.db"]
        assert [letters(folder / f"{owner}.db") for owner in OWNERS] == [[1], [1]]


def test_a_stop_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "place"

    def stopped() -> None:
        with all_or_nothing(folder, OWNERS) as building, building("office") as connection:
            write_letter(connection)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert not folder.exists()


def test_a_log_without_its_file_is_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "office.db-wal").write_bytes(b"rows of another office")
    with pytest.raises(DataFault) as refused, all_or_nothing(tmp_path, OWNERS):
        pass
    assert refused.value.code == "restore.not_empty"
    assert refused.value.facts["databases"] == "office.db-wal"
    assert [file.name for file in tmp_path.iterdir()] == ["office.db-wal"]


def test_a_place_that_is_being_made_is_left_alone(tmp_path: Path) -> None:
    with all_or_nothing(tmp_path, OWNERS) as building:
        with building("office") as connection:
            write_letter(connection)
        with pytest.raises(Stop) as refused, all_or_nothing(tmp_path, OWNERS):
            pass
        assert refused.value.code == "db.being_restored"
        with building("system") as connection:
            write_letter(connection)
    assert letters(tmp_path / "office.db") == [1]
