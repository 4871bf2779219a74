"""SQLite: one file per owner.

WAL, synchronous=FULL (a commit that returned survives a power cut), foreign keys on, and BEGIN written by us, so that
a writer takes the write lock at once (BEGIN IMMEDIATE) instead of failing half-way, and DDL is transactional. See the
SQLAlchemy manual, "Transactions with SQLite and the sqlite3 driver".
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.util import LRUCache

from kravbro.core.errors import DataFault, KravbroError, Retry, Stop
from kravbro.db.options import reads_only

BUSY_TIMEOUT_MS = 10_000
DAMAGED = ("not a database", "malformed", "file is encrypted")
UNUSABLE = ("unable to open", "readonly", "disk I/O", "disk is full", "is full")
"""What SQLite says (sqlite.org/rescode.html) when a file is no database, and when it cannot be used."""


_COMPILED: LRUCache[Any, Any] = LRUCache(2_000)
"""Statements as they were compiled, by the shared dialect."""


@cache
def _shared_dialect() -> sa.Dialect:
    """The dialect of all files. It has asked SQLite what it can do, which is the same for every file."""
    engine = sa.create_engine("sqlite://")
    with engine.connect():
        pass
    engine.dispose()
    return engine.dialect


def open_sqlite(file: Path) -> sa.Engine:
    """An engine for one SQLite file, which is made at the first connection if it does not exist.

    A statement is compiled once for all files of the process: an installation has many, and most have the same tables.
    Parameters never appear in messages: they hold names, addresses and identity numbers.
    """
    url = sa.URL.create("sqlite", database=str(file))
    options = {"compiled_cache": _COMPILED}
    pool = sa.create_pool_from_url(url)
    engine = sa.Engine(pool, _shared_dialect(), url, hide_parameters=True, execution_options=options)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def open_attached(file: Path, attached: Mapping[str, Path]) -> sa.Engine:
    """An engine for one SQLite file and others beside it, by the names that statements call them: one transaction.

    A commit is atomic over all of them, also in a power cut, so none has a write-ahead log (sqlite.org/atomiccommit
    section 5). Connections are not kept: a process may go through a thousand such sets of files.
    """
    url = sa.URL.create("sqlite", database=str(file))
    pool = sa.create_pool_from_url(url, poolclass=sa.NullPool)
    options = {"compiled_cache": _COMPILED}
    engine = sa.Engine(pool, _shared_dialect(), url, hide_parameters=True, execution_options=options)

    def prepare(connection: SqliteConnection, _record: object) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        for name, other in attached.items():
            connection.execute("ATTACH ? AS ?", (str(other), name))
        for name in ("main", *attached):
            connection.execute(f'PRAGMA "{name}".journal_mode=DELETE')
            connection.execute(f'PRAGMA "{name}".synchronous=FULL')

    def begin(connection: sa.Connection) -> None:
        """Readers take their locks in the order in which a commit takes its own; else each could wait for the other."""
        _begin(connection)
        if reads_only(connection):
            for name in ("main", *attached):
                connection.exec_driver_sql(f'PRAGMA "{name}".schema_version')

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    return engine


def change_counter(file: Path) -> int:
    """How often a file was changed, by its own counter, which stands at offset 24 of every SQLite file; -1 without one.

    It tells nothing of a file with a write-ahead log (sqlite.org/fileformat section 1.3.7).
    """
    try:
        with file.open("rb") as opened:
            head = opened.read(28)
    except FileNotFoundError:
        return -1
    return int.from_bytes(head[24:28], "big") if len(head) == 28 and head[18] == 1 else -1


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
