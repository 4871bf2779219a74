"""One moment of several SQLite files.

While every file's write lock is held nobody commits, so readers that begin then see the same moment in all of them. The
locks are held for as long as that takes, milliseconds, and never while waiting: who waits for one holds no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from sqlite3 import OperationalError
from typing import Any

import sqlalchemy as sa

from kravbro.core.errors import Retry
from kravbro.db.engines import reading
from kravbro.db.options import database_name
from kravbro.db.place import At
from kravbro.db.sqlite import BUSY_TIMEOUT_MS

ATTEMPTS = 200
"""After each that fails, the file that was busy is waited for."""


@contextmanager
def one_moment(owners: Callable[[], list[str]], open_: Callable[[str], sa.Engine]) -> Iterator[tuple[list[str], At]]:
    """The owners and a connection to each. Raises Retry `db.locked` where somebody always writes."""
    with ExitStack() as stack:
        listed = owners()
        connections: dict[str, sa.Connection] = {}
        locks: dict[str, Any] = {}
        for owner in listed:
            engine = open_(owner)
            stack.callback(engine.dispose)
            connections[owner] = stack.enter_context(reading(engine))
            locks[owner] = stack.enter_context(closing(engine.raw_connection()))
        busy = _begin_all(connections, locks)
        if busy:
            raise Retry("db.locked", database=database_name(connections[busy].engine))
        if made := sorted({*owners()} - {*listed}):
            raise Retry("db.locked", database=database_name(open_(made[0])))
        yield listed, connections.__getitem__


def _begin_all(connections: dict[str, sa.Connection], locks: dict[str, Any]) -> str:
    """Begin every reader while nobody commits. Answers the owner that somebody wrote in all the time, or nothing."""
    busy = ""
    for _ in range(ATTEMPTS):
        busy = _lock_all(locks, busy)
        if not busy:
            for connection in connections.values():
                connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").close()
        _release(locks)
        if not busy:
            return ""
    return busy


def _lock_all(locks: dict[str, Any], first: str) -> str:
    """Take every write lock: `first` by waiting, and then the others only if nobody has them. Answers who had one."""
    for owner in sorted(locks, key=lambda one: one != first):
        waits = BUSY_TIMEOUT_MS if owner == first else 0
        try:
            locks[owner].driver_connection.execute(f"PRAGMA busy_timeout={waits}")
            locks[owner].driver_connection.execute("BEGIN IMMEDIATE")
        except OperationalError as error:
            if "locked" not in str(error):
                raise
            return owner
    return ""


def _release(locks: dict[str, Any]) -> None:
    for lock in locks.values():
        if lock.driver_connection.in_transaction:
            lock.driver_connection.rollback()
