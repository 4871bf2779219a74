"""SQLite: one file per owner.

WAL, synchronous=FULL (a commit that returned survives a power cut), foreign keys on, and BEGIN written by us, so that
a writer takes the write lock at once (BEGIN IMMEDIATE) instead of failing half-way, and DDL is transactional. See the
SQLAlchemy manual, "Transactions with SQLite and the sqlite3 driver".
"""

from __future__ import annotations

from pathlib import Path
from sqlite3 import Connection as SqliteConnection

import sqlalchemy as sa
from sqlalchemy import event

from kravbro.core.errors import DataFault, KravbroError, Retry, Stop
from kravbro.db.options import reads_only

BUSY_TIMEOUT_MS = 10_000
DAMAGED = ("not a database", "malformed", "file is encrypted")
UNUSABLE = ("unable to open", "readonly", "disk I/O", "disk is full", "is full")
"""What SQLite says (sqlite.org/rescode.html) when a file is no database, and when it cannot be used."""


def open_sqlite(file: Path) -> sa.Engine:
    """An engine for one SQLite file, which is made at the first connection if it does not exist.

    Parameters never appear in messages: they hold names, addresses and identity numbers.
    """
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(file)), hide_parameters=True)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: SqliteConnection, _record: object) -> None:
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN DEFERRED" if reads_only(connection) else "BEGIN IMMEDIATE")


def fault(reason: str, database: str) -> KravbroError | None:
    """The error that SQLite's words stand for; None for what is a fault of the program."""
    if "locked" in reason:
        return Retry("db.locked", database=database)
    if any(words in reason for words in DAMAGED):
        return DataFault("db.damaged", database=database, reason=reason)
    if any(words in reason for words in UNUSABLE):
        return Stop("db.unusable", database=database, reason=reason)
    return None
