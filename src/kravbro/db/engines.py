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

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from kravbro.core.errors import Retry

Engine = sa.Engine
Connection = sa.Connection
"""A database and an open transaction on it, for those who pass them on and do not ask them anything."""

BUSY_TIMEOUT_MS = 10_000
BEGIN_OPTION = "kravbro_begin"


def open_sqlite(file: Path) -> sa.Engine:
    """An engine for one SQLite file, which is made at the first connection if it does not exist."""
    engine = sa.create_engine(f"sqlite:///{file}")
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

    Raises Retry `db.locked` when another process holds the write lock for longer than the busy timeout.
    """
    try:
        with engine.begin() as connection:
            yield connection
    except OperationalError as error:
        if "locked" in str(error.orig):
            raise Retry("db.locked", database=str(engine.url.database)) from error
        raise


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One transaction that only reads and sees one moment throughout; it never waits for writers nor commits."""
    with engine.connect().execution_options(**{BEGIN_OPTION: "DEFERRED"}) as connection:
        yield connection
