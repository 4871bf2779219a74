"""The floor of a job: the very rows that it added, inserted with the driver alone into a copy from before the job.

Tables, references, indexes, page size and sync mode are the same, since the databases are copies, and so is the number
of commits. The rows are read beforehand: only inserting is timed. SQLite gets `executemany`, PostgreSQL COPY into a
staging table and then INSERT ... ON CONFLICT.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import psycopg

from kravbro.db.folder_place import FolderPlace
from kravbro.db.place import Place, is_company
from kravbro.migrations.upgrade import OWNERS

Tables = Mapping[tuple[str, str], tuple[int, int]]
"""By owner and table: how many rows there are, and up to where they go (SQLite: rowid; PostgreSQL: transaction)."""
Rows = Mapping[str, Sequence[Sequence[Any]]]
"""The rows that a job added, by table, in the order of tables and rows."""


HOW_FAR = {"counter", "known_age", "position"}
"""A few rows that say how far something has come, and are changed all the time."""


_ENDS = 'SELECT count(*), coalesce(max(rowid), 0) FROM "{}"'


class Floor(NamedTuple):
    """How long it took, and how many rows it were in how many tables."""

    seconds: float
    rows: int
    tables: int


def contents(place: Place) -> Tables:
    """What a place holds before a job."""
    if isinstance(place, FolderPlace):
        return {
            (owner, name): _asked(place, owner, _ENDS.format(name))[0]
            for owner in place.owners()
            for name in _tables(owner)
        }
    with psycopg.connect(place.name) as connection:
        (now,) = connection.execute("SELECT txid_current()").fetchall()[0]
        return {
            (owner, name): (connection.execute(_counted(owner, name)).fetchall()[0][0], now)
            for owner in place.owners()
            for name in _tables(owner)
        }


def floor(before: Tables, done: Place, bare: Place, commits: int) -> Floor:
    """Insert what the job added in `done` into `bare`, a copy of what it began with, in so many commits per owner."""
    seconds, rows, tables = 0.0, 0, 0
    for owner in done.owners():
        if isinstance(done, FolderPlace) and isinstance(bare, FolderPlace):
            added = _added_to_file(before, done, owner)
            seconds += _insert_into_file(bare, owner, added, commits)
        else:
            added = _added_to_schema(before, done, owner)
            seconds += _insert_into_schema(bare, owner, added, commits)
        rows += sum(map(len, added.values()))
        tables += len(added)
    return Floor(seconds, rows, tables)


def _tables(owner: str) -> list[str]:
    """The tables of an owner that rows are only added to by a job, each after those that it refers to."""
    tables = OWNERS["books" if is_company(owner) else owner].sorted_tables
    return [table.name for table in tables if table.name not in HOW_FAR]


def _portions(added: Rows, page: int, commits: int) -> dict[str, Sequence[Sequence[Any]]]:
    """What one of so many commits writes: an equal share of all rows, table after table, so that no reference fails."""
    total = sum(map(len, added.values()))
    first, last = page * total // commits, (page + 1) * total // commits
    found, start = {}, 0
    for name, rows in added.items():
        found[name] = rows[max(first - start, 0) : max(last - start, 0)]
        start += len(rows)
    return {name: rows for name, rows in found.items() if rows}


def _asked(place: FolderPlace, owner: str, question: str) -> list[Any]:
    connection = sqlite3.connect(place.file(owner))
    answer = connection.execute(question).fetchall()
    connection.close()
    return answer


def _added_to_file(before: Tables, done: FolderPlace, owner: str) -> Rows:
    added = {}
    for name in _tables(owner):
        count, last = before[owner, name]
        ((now,),) = _asked(done, owner, f'SELECT count(*) FROM "{name}"')  # noqa: S608 - our own table names
        if now > count:
            added[name] = _asked(done, owner, f'SELECT * FROM "{name}" WHERE rowid > {last} ORDER BY rowid')  # noqa: S608
            assert len(added[name]) == now - count, f"{owner} {name}"
    return added


def _insert_into_file(bare: FolderPlace, owner: str, added: Rows, commits: int) -> float:
    target = sqlite3.connect(bare.file(owner), isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        target.execute(f"PRAGMA {pragma}")
    seconds = 0.0
    for page in range(commits):
        portions = _portions(added, page, commits)
        began = time.perf_counter()
        target.execute("BEGIN IMMEDIATE")
        for name, rows in portions.items():
            if rows:
                marks = ",".join("?" * len(rows[0]))
                target.executemany(f'INSERT INTO "{name}" VALUES ({marks})', rows)  # noqa: S608 - our own table names
        target.execute("COMMIT")
        seconds += time.perf_counter() - began
    target.close()
    return seconds


def _named(owner: str, name: str) -> str:
    return f'"{owner.lower()}"."{name}"'


def _counted(owner: str, name: str) -> bytes:
    return f"SELECT count(*) FROM {_named(owner, name)}".encode()  # noqa: S608 - our own table names


def _added_to_schema(before: Tables, done: Place, owner: str) -> Rows:
    added = {}
    with psycopg.connect(done.name) as source:
        for name in _tables(owner):
            count, last = before[owner, name]
            ((now,),) = source.execute(_counted(owner, name)).fetchall()
            if now > count:
                written = f"SELECT * FROM {_named(owner, name)} WHERE xmin::text::bigint > {last}"  # noqa: S608
                added[name] = source.execute(written.encode()).fetchall()
                assert len(added[name]) == now - count, f"{owner} {name}"
    return added


def _insert_into_schema(bare: Place, owner: str, added: Rows, commits: int) -> float:
    seconds = 0.0
    with psycopg.connect(bare.name, autocommit=True) as target:
        for name in added:
            staging = f'CREATE TEMPORARY TABLE "{name}" (LIKE {_named(owner, name)}) ON COMMIT DELETE ROWS'
            target.execute(staging.encode())
        for page in range(commits):
            portions = _portions(added, page, commits)
            began = time.perf_counter()
            with target.transaction():
                for name, rows in portions.items():
                    with target.cursor() as cursor, cursor.copy(f'COPY pg_temp."{name}" FROM STDIN'.encode()) as copy:
                        for row in rows:
                            copy.write_row(row)
                    kept = f'INSERT INTO {_named(owner, name)} SELECT * FROM pg_temp."{name}" ON CONFLICT DO NOTHING'  # noqa: S608
                    target.execute(kept.encode())
            seconds += time.perf_counter() - began
    return seconds
