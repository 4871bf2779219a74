"""One owner's database kept as it is now, and put back later, past the program: as an administrator would do it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
from psycopg import sql

from kravbro.db.place import Place

Kept = sqlite3.Connection | dict[str, bytes]
"""What is kept: a database in memory, or the rows of each table of a schema."""


def keep(place: Place, owner: str) -> Kept:
    """The owner's database as it is now."""
    if "://" not in place.name:
        kept = sqlite3.connect(":memory:")
        with closing(sqlite3.connect(_file(place, owner))) as source:
            source.backup(kept)
        return kept
    with psycopg.connect(place.name) as connection:
        return {name: _told(connection, owner, name) for name in _tables(connection, owner)}


def put_back(place: Place, owner: str, kept: Kept) -> None:
    """The owner's database as it was then. Nobody may be writing in it."""
    if isinstance(kept, sqlite3.Connection):
        with closing(sqlite3.connect(_file(place, owner))) as target:
            kept.backup(target)
        return
    with psycopg.connect(place.name) as connection:
        connection.execute("SET session_replication_role = replica")
        tables = [sql.Identifier(owner.lower(), name) for name in kept]
        connection.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(tables)))
        for table, rows in zip(tables, kept.values(), strict=True):
            with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(table)) as copy:
                copy.write(rows)


def _file(place: Place, owner: str) -> Path:
    return Path(place.name) / f"{owner}.db"


def _tables(connection: psycopg.Connection, owner: str) -> list[str]:
    found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY 1", (owner.lower(),))
    return [name for (name,) in found.fetchall()]


def _told(connection: psycopg.Connection, owner: str, name: str) -> bytes:
    wanted = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(owner.lower(), name))
    with connection.cursor().copy(wanted) as copy:
        return b"".join(bytes(part) for part in copy)
