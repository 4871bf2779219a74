"""A way into one owner's database that asks nobody: no keys, and the same words on either database.

`rowid` names a row by where it was put; on PostgreSQL `number_rows` adds it to a template, past every query of ours.
"""

from __future__ import annotations

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from kravbro.db.engines import reading, writing
from kravbro.db.places import place_at
from tests.places import Where, on_server

Row = dict[str, Any]


class Refused(Exception):  # noqa: N818 - what the database did, not what went wrong
    """The database itself does not take a row."""


class Raw(ABC):
    """What a test may do past the program. Statements have `?` for values."""

    @abstractmethod
    def execute(self, statement: str, values: Sequence[object] = ()) -> int:
        """Run a statement; answers how many rows it changed. Raises `Refused` where the database does not take it."""

    @abstractmethod
    def ask(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The rows that a SELECT answers."""

    @abstractmethod
    def columns(self, table: str) -> list[str]:
        """The columns of a table in their order, without `rowid`."""

    @abstractmethod
    def seen(self) -> AbstractContextManager[sa.Connection]:
        """A connection that sees what was done."""

    @abstractmethod
    def writing(self) -> AbstractContextManager[sa.Connection]:
        """A connection for commands of ours."""

    @abstractmethod
    def close(self) -> None:
        """Close it."""

    def rows(self, table: str, where: str = "1 = 1") -> list[Row]:
        """The rows of a table with their `rowid`, in its order."""
        names = ["rowid", *self.columns(table)]
        wanted = ", ".join(f'"{name}"' for name in names[1:])
        found = self.ask(f'SELECT rowid, {wanted} FROM "{table}" WHERE {where} ORDER BY rowid')
        return [dict(zip(names, row, strict=True)) for row in found]

    def insert(self, table: str, row: Row) -> None:
        """Insert a row."""
        columns, places = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
        self.execute(f'INSERT INTO "{table}" ({columns}) VALUES ({places})', list(row.values()))


class RawFile(Raw):
    """An SQLite file; every statement is committed by itself."""

    def __init__(self, folder: Path, owner: str) -> None:
        self._engine = place_at(folder).open(owner)
        self._connection = sqlite3.connect(folder / f"{owner}.db", isolation_level=None)
        self._connection.execute("PRAGMA foreign_keys=OFF")
        self._connection.execute("PRAGMA synchronous=OFF")

    def execute(self, statement: str, values: Sequence[object] = ()) -> int:
        try:
            return self._connection.execute(statement, tuple(values)).rowcount
        except sqlite3.IntegrityError as error:
            raise Refused from error

    def ask(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        return self._connection.execute(statement, tuple(values)).fetchall()

    def columns(self, table: str) -> list[str]:
        return [name for _, name, *_ in self._connection.execute(f'PRAGMA table_info("{table}")')]

    @contextmanager
    def seen(self) -> Iterator[sa.Connection]:
        with reading(self._engine) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        with writing(self._engine) as connection:
            yield connection

    def close(self) -> None:
        self._connection.close()
        self._engine.dispose()


class RawSchema(Raw):
    """A schema of a server: what is done is committed statement by statement, or else taken back at the end."""

    def __init__(self, address: str, owner: str, *, kept: bool) -> None:
        self._kept = kept
        self._connection = place_at(address).open(owner).connect()
        self._begin()

    def _begin(self) -> None:
        self._connection.exec_driver_sql("SET LOCAL session_replication_role TO replica")

    def execute(self, statement: str, values: Sequence[object] = ()) -> int:
        try:
            with self._connection.begin_nested():
                changed = self._run(statement, values).rowcount
        except (sa.exc.IntegrityError, sa.exc.DataError, sa.exc.ProgrammingError) as error:
            raise Refused from error
        if self._kept:
            self._connection.commit()
            self._begin()
        return changed

    def ask(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self._run(statement, values)]

    def _run(self, statement: str, values: Sequence[object]) -> sa.CursorResult[Any]:
        if not values:
            return self._connection.exec_driver_sql(statement)
        return self._connection.exec_driver_sql(statement.replace("%", "%%").replace("?", "%s"), tuple(values))

    def columns(self, table: str) -> list[str]:
        described = self._connection.exec_driver_sql(f'SELECT * FROM "{table}" WHERE 1 = 0')
        return [name for name in list(described.keys()) if name != "rowid"]

    @contextmanager
    def seen(self) -> Iterator[sa.Connection]:
        yield self._connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        yield self._connection
        if self._kept:
            self._connection.commit()
            self._begin()

    def close(self) -> None:
        self._connection.close()


def raw(where: Where, owner: str, *, kept: bool = True) -> Raw:
    """A way into a database; with `kept=False` what is done on a server is taken back at the end."""
    if on_server(where):
        return RawSchema(str(where), owner, kept=kept)
    return RawFile(Path(where), owner)


def number_rows(where: Where, owner: str) -> None:
    """Give every row of a template its `rowid`, as SQLite has by itself."""
    if not on_server(where):
        return
    tables = "SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
    with place_at(where).open(owner).begin() as connection:
        for table in connection.exec_driver_sql(tables).scalars().all():
            connection.exec_driver_sql(f'ALTER TABLE "{table}" ADD COLUMN rowid bigserial')
