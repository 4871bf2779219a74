"""Engines and the two kinds of transaction: one that writes, and one that only reads.

On SQLite: WAL, synchronous=FULL (a commit that returned survives a power cut), foreign keys on, and BEGIN written by
us, so that a writer takes the write lock at once (BEGIN IMMEDIATE) instead of failing half-way, and DDL is
transactional. See the SQLAlchemy manual, "Transactions with SQLite and the sqlite3 driver".
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from sqlite3 import Error as SqliteError

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from kravbro.core.errors import DataFault, Retry, Stop

Engine = sa.Engine
Connection = sa.Connection
"""A database and an open transaction on it, for those who pass them on and do not ask them anything."""

BUSY_TIMEOUT_MS = 10_000
BEGIN_OPTION = "kravbro_begin"
DAMAGED = ("not a database", "malformed", "file is encrypted")
UNUSABLE = ("unable to open", "readonly", "disk I/O", "disk is full", "is full")
"""What SQLite says (sqlite.org/rescode.html) when a file is no database, and when it cannot be used."""


def open_sqlite(file: Path) -> sa.Engine:
    """An engine for one SQLite file, which is made at the first connection if it does not exist.

    Parameters never appear in messages: they hold names, addresses and identity numbers.
    """
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(file)), hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: SqliteConnection, _record: object) -> None:
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    mode = connection.get_execution_options().get(BEGIN_OPTION, "IMMEDIATE")
    connection.exec_driver_sql(f"BEGIN {mode}")


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One transaction that writes: committed as a whole when the block ends, rolled back if it raises.

    Raises Retry `db.locked` when another process holds the write lock for longer than the busy timeout, DataFault
    `db.damaged` when the file is no database, Stop `db.unusable` when the disk or the rights do not allow it.
    """
    with _named(engine), engine.begin() as connection:
        yield connection


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One transaction that only reads and sees one moment throughout; it never waits for writers nor commits.

    Raises as `writing` does.
    """
    with _named(engine), engine.connect().execution_options(**{BEGIN_OPTION: "DEFERRED"}) as connection:
        yield connection


@contextmanager
def _named(engine: sa.Engine) -> Iterator[None]:
    """Say what the file system or the database file does not allow, with the file's name."""
    try:
        yield
    except (DBAPIError, SqliteError) as error:
        reason = str(error.orig if isinstance(error, DBAPIError) else error)
        file = str(engine.url.database)
        if "locked" in reason:
            raise Retry("db.locked", database=file) from error
        if any(words in reason for words in DAMAGED):
            raise DataFault("db.damaged", database=file, reason=reason) from error
        if any(words in reason for words in UNUSABLE):
            raise Stop("db.unusable", database=file, reason=reason) from error
        raise
