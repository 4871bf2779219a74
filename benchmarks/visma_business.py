"""Visma Business: a poll with nothing new on 1,000,000 entries, and 100,000 ready claims read, beside bare queries.

Run with `python -m benchmarks visma_business`, or `python -c "from benchmarks.visma_business import main; main(10)"`
for a tenth of the size in each. The books are made by the trial's generator, in a folder of SQLite files and on
PostgreSQL, with the index that `kravbro ledger show` recommends. A poll goes through the whole ledger port, mirror and
all; beside it stands the one statement that nobody can do without: the newest change by its index. Ready claims are
read through the adapter (queue, items, standings), beside one statement that reads the same rows with their customers.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import sqlalchemy as sa

from benchmarks import _bars
from kravbro.bootstrap.process import prepare_process
from kravbro.core.acts import Act
from kravbro.db.engines import reading, writing_anywhere
from kravbro.engine.clock import SystemClock
from kravbro.ledgers.visma_business.databases import Databases, databases_at
from kravbro.ledgers.visma_business.install import install
from kravbro.ledgers.visma_business.setup import Setup
from kravbro.ledgers.visma_business.source import VismaSource
from kravbro.ledgers.visma_business.trial.books import Size, fill
from kravbro.ledgers.visma_business.trial.schema import RICH, make
from kravbro.migrations.upgrade import upgrade
from kravbro.mirror.ledger import MirroredLedger
from tests.ledgers.visma_business.acting import OURS, TODAY, setup
from tests.places import KINDS, Kind, new_places
from tests.postgresql import shared_server

FEW, MANY, READY = 1_000, 1_000_000, 100_000
SMALL, LARGE, QUEUED = 1, 2, 3
"""The companies: few entries, many, and many ready claims."""
ENTRIES_EACH = 6.6
"""How many entries the generator makes of a customer with four invoices, about."""
ROUNDS = 20
POLL_BAR, GROWTH_BAR, READ_BAR = 12.0, 2.0, 40.0


def main(part: int = 1) -> None:
    """Measure on both databases, with one part of the sizes, and print the ratios."""
    prepare_process()
    for kind in KINDS:
        with tempfile.TemporaryDirectory() as folder:
            _measure(kind, Path(folder), part)


def _measure(kind: Kind, folder: Path, part: int) -> None:
    address = shared_server().database() if kind == "postgresql" else str(folder)
    databases = databases_at(address, "vbsys", OURS)
    act = Act("benchmark", TODAY, SystemClock().now())
    known = setup()
    make(databases, dict.fromkeys((SMALL, LARGE, QUEUED, OURS), RICH))
    install(databases, known, "benchmark", act)
    _fill(databases, part)
    with new_places(folder, kind) as new:
        place = new()
        place.make()
        upgrade(place.open("mirror"), "mirror")
        ledger = MirroredLedger(place.open("mirror"), VismaSource(databases, known, act), act)
        few, many = (_fastest(partial(ledger.transactions, company, 0, 1_000)) for company in (SMALL, LARGE))
        bare = _fastest(lambda: _newest(databases))
        print(
            f"{kind}: a poll with nothing new: {many * 1e3:.2f} ms on {MANY // part:,}, {few * 1e3:.2f} ms on {FEW:,}"
        )
        print(f"{kind}: the newest change by its index: {bare * 1e3:.2f} ms")
        _bars.at_most(f"{kind}: a poll beside the bare query", many / bare, POLL_BAR)
        _bars.at_most(f"{kind}: a poll on many beside one on few", many / few, GROWTH_BAR)
    _read(kind, databases, known, act)
    databases.close()


def _fill(databases: Databases, part: int) -> None:
    for company, rows in ((SMALL, FEW), (LARGE, MANY // part)):
        began = time.perf_counter()
        made = fill(databases, company, RICH, Size(customers=round(rows / ENTRIES_EACH)), on=TODAY)
        print(f"company {company}: {made.entries:,} entries made in {time.perf_counter() - began:.1f} s")
    size = Size(customers=READY // part // 4, settled_percent=0, partly_percent=5, foreign_percent=0, ready_percent=100)
    made = fill(databases, QUEUED, RICH, size, on=TODAY)
    print(f"company {QUEUED}: {made.ready:,} ready claims")
    for company in (SMALL, LARGE, QUEUED):
        with writing_anywhere(databases.engine(company)) as connection:
            schema = databases.schema("company", company)
            connection.exec_driver_sql(_index(connection, schema))


def _index(connection: sa.Connection, schema: str) -> str:
    if connection.dialect.name == "sqlite":
        return f'CREATE INDEX {schema}.changed ON "CustTr" ("ChDt", "ChTm")'
    return f'CREATE INDEX changed ON {schema}."CustTr" ("ChDt", "ChTm")'


def _newest(databases: Databases) -> object:
    newest = 'SELECT "ChDt", "ChTm" FROM {}."CustTr" ORDER BY "ChDt" DESC, "ChTm" DESC LIMIT 1'
    with reading(databases.engine(LARGE)) as connection:
        return connection.exec_driver_sql(newest.format(databases.schema("company", LARGE))).one()


def _read(kind: Kind, databases: Databases, known: Setup, act: Act) -> None:
    """100,000 ready claims through the adapter, beside one statement for the same rows with their customers."""
    times: dict[str, list[float]] = {"adapter": [], "bare": []}
    count = 0
    for _ in range(3):
        began = time.perf_counter()
        source = VismaSource(databases, known, act)
        entries = [one.entry for one in source.proposals(QUEUED)]
        count = len(entries)
        for first in range(0, count, 1_000):
            some = entries[first : first + 1_000]
            assert len(source.items(QUEUED, some)) == len(source.standings(QUEUED, some)) == len(some)
        times["adapter"].append(time.perf_counter() - began)
        began = time.perf_counter()
        assert len(_bare(databases)) >= count
        times["bare"].append(time.perf_counter() - began)
    adapter, bare = (statistics.median(times[name]) for name in ("adapter", "bare"))
    print(f"{kind}: {count:,} ready claims read in {adapter:.2f} s; one bare statement {bare:.2f} s")
    _bars.at_most(f"{kind}: ready claims read beside the bare query", adapter / bare, READ_BAR)


def _bare(databases: Databases) -> list[object]:
    schema = databases.schema("company", QUEUED)
    chosen = (
        f'SELECT t.*, a."Nm", a."Ad1", a."PNo", a."PArea", a."BsNo" FROM {schema}."CustTr" t'  # noqa: S608 - our own names
        f' JOIN {schema}."Actor" a ON a."CustNo" = t."CustNo" WHERE t."RemSt" = 1 ORDER BY t."JNo", t."EntNo"'
    )
    with reading(databases.engine(QUEUED)) as connection:
        return list(connection.exec_driver_sql(chosen).all())


def _fastest(work: Callable[[], object]) -> float:
    work()
    found = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return min(found)
