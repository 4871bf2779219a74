"""An office of 100,000 claims backed up and restored, beside a bare copy of the same rows.

Run with `python -m benchmarks backup`. The floor reads every row of the office and inserts it into empty tables with
the same keys and indexes, in one transaction, with nothing between: on SQLite through the driver (`executemany`), on
PostgreSQL through COPY. The backup does the same work by way of an archive: typed, digested, compressed and checked.
"""

from __future__ import annotations

import io
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benchmarks.balances import claims
from kravbro.bootstrap.backup import back_up, restore
from kravbro.bootstrap.demo.world import DEMO_DATE
from kravbro.bootstrap.site import make_site
from kravbro.core.acts import Act
from kravbro.db.archive.tables import tables_of
from kravbro.db.engines import reading, writing
from kravbro.db.place import Place
from kravbro.db.places import place_at
from kravbro.migrations.upgrade import upgrade
from tests.office.many_claims import open_books, store
from tests.postgresql import Server, own_server

CLAIMS = 100_000
ACT = Act("benchmark", DEMO_DATE, datetime(2026, 11, 16, 8, tzinfo=UTC))


def filled(place: Place, count: int) -> Place:
    """An installation whose office has so many claims."""
    make_site(place, ())
    with writing(place.open("office")) as connection:
        open_books(connection)
        store(connection, claims(count))
    return place


def tables(place: Place) -> list[sa.Table]:
    """The office's tables, in the order in which they can be filled."""
    with reading(place.open("office")) as connection:
        return tables_of(connection)


def bare_copy_of_a_file(place: Place, folder: Path) -> Callable[[], None]:
    """Reads and inserts every row through Python's own driver."""
    target, names = folder / "bare", [table.name for table in tables(place)]
    target.mkdir()
    engine = place_at(target).open("office")
    upgrade(engine, "office")
    engine.dispose()

    def copy() -> None:
        with (
            closing(sqlite3.connect(f"{place.name}/office.db")) as one,
            closing(sqlite3.connect(target / "office.db")) as other,
        ):
            other.execute("BEGIN")
            for name in names:
                other.execute(f'DELETE FROM "{name}"')  # noqa: S608 - our own tables
                rows = one.execute(f'SELECT * FROM "{name}"')  # noqa: S608
                places = ", ".join("?" * len(rows.description))
                other.executemany(f'INSERT INTO "{name}" VALUES ({places})', rows)  # noqa: S608
            other.commit()

    return copy


def bare_copy_on_a_server(place: Place, server: Server) -> Callable[[], None]:
    """Sends every row from the server to this process and back, by COPY."""
    names = [table.name for table in tables(place)]
    other = place_at(server.database())
    upgrade(other.open("office"), "office")

    def copy() -> None:
        with reading(place.open("office")) as one, writing(other.open("office")) as two:
            one.exec_driver_sql("SELECT 1")
            source: Any = one.connection.driver_connection
            target: Any = two.connection.driver_connection
            for name in names:
                two.exec_driver_sql(f'DELETE FROM "{name}"')  # noqa: S608
                with source.cursor().copy(f'COPY "{name}" TO STDOUT') as out:
                    held = io.BytesIO(b"".join(bytes(part) for part in out))
                with target.cursor().copy(f'COPY "{name}" FROM STDIN') as into:
                    while part := held.read(1 << 20):
                        into.write(part)

    return copy


def measure(kind: str, place: Place, target: Place, bare: Callable[[], None], folder: Path) -> None:
    """Take each once, and print a line."""
    archive = folder / f"{kind}.zip"
    floor_s = timed(bare)
    backup_s = timed(lambda: back_up(place, archive, ACT))
    restore_s = timed(lambda: restore(archive, target, ACT))
    with reading(place.open("office")) as connection:
        rows = sum(
            connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() for table in tables(place)
        )
    ratio = (backup_s + restore_s) / floor_s
    print(
        f"{kind:12} {rows:>10,} rows  backup {backup_s:6.2f} s  restore {restore_s:6.2f} s"
        f"  bare copy {floor_s:6.2f} s  {ratio:5.2f} x  {archive.stat().st_size / 1e6:.1f} MB"
    )


def timed(work: Callable[[], object]) -> float:
    """Seconds."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def main(count: int = CLAIMS) -> None:
    """Measure on SQLite, then on PostgreSQL."""
    with tempfile.TemporaryDirectory() as name, own_server() as server:
        folder = Path(name)
        place = filled(place_at(folder / "from"), count)
        measure("sqlite", place, place_at(folder / "to"), bare_copy_of_a_file(place, folder), folder)
        place = filled(place_at(server.database()), count)
        other = place_at(server.database())
        measure("postgresql", place, other, bare_copy_on_a_server(place, server), folder)
        place.close()
        other.close()
