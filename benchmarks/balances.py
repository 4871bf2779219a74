"""The balances of 1,000,000 claims on a date, late-payment interest included, beside a bare sum per claim.

Run with `python -m benchmarks balances`, or `python -c "from benchmarks.balances import main; main(100_000)"`. The
floor is `SELECT claim, SUM(amount) ... GROUP BY claim` over the same rows (what debtors owe, counted up to the date),
in the same order, and fetched to the last one. Both take turns on a warm cache, on SQLite and on PostgreSQL; the median
counts. What both answer is summed and compared.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import sqlalchemy as sa

from benchmarks import _bars
from kravbro.core.statute.shipped import shipped_statute
from kravbro.office import tables as t
from kravbro.office.queries.balances import balances, rows_on
from tests.office.builders import open_database
from tests.office.many_claims import Stored, open_books, store
from tests.postgresql import own_server, plain_engine

CLAIMS = 1_000_000
ROUNDS = 5
BAR = 2.5
ON = date(2026, 11, 23)


def claims(count: int) -> Iterator[Stored]:
    """Claims of the last five years; half have been paid on, some are paid up, some had a credit note or a reversal."""
    chance = random.Random(7)
    for number in range(count):
        due = date(2021, 6, 1) + timedelta(days=chance.randrange(1_900))
        principal_ore = chance.randrange(100_00, 30_000_00)
        changes = [(due, principal_ore)]
        kind = number % 20
        if kind < 10:
            paid_ore = principal_ore if kind < 3 else chance.randrange(1, principal_ore)
            changes.append((min(due + timedelta(days=chance.randrange(0, 900)), ON), -paid_ore))
        if kind == 10:
            changes.append((due, -chance.randrange(1, principal_ore)))
        if kind == 0 and number % 100 == 0:
            changes.append((min(changes[-1][0] + timedelta(days=9), ON), principal_ore))
        yield Stored(due, changes, consumer=bool(number % 5), fees_ore=70_00)


def floor(connection: sa.Connection) -> Iterator[sa.Row[int, int]]:
    """The sum of each claim."""
    row = t.journal_row.c
    sums = sa.select(row.claim, sa.func.sum(row.amount_ore)).where(*rows_on(ON))
    yield from connection.execute(sums.group_by(row.claim).order_by(row.claim))


def measure(engine: sa.Engine, count: int) -> None:
    """Fill the database, take turns, and print a line."""
    name = engine.dialect.name
    with engine.begin() as connection:
        open_books(connection)
        store(connection, claims(count))
    if name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    statute = shipped_statute()
    bare, full = [], []
    with engine.begin() as connection:
        _timed(lambda: floor(connection))
        for _ in range(ROUNDS):
            bare.append(_timed(lambda: floor(connection)))
            full.append(_timed(lambda: balances(connection, ON, statute)))
        summed_ore = sum(int(total_ore) for _, total_ore in floor(connection))
        found = list(balances(connection, ON, statute))
    assert len(found) == count
    assert sum(one.total_ore - one.uncharged_ore for one in found) == summed_ore
    floor_s, full_s = statistics.median(bare), statistics.median(full)
    ratio = full_s / floor_s
    print(f"{name:12} {count:>10,} claims  {full_s:6.2f} s  floor {floor_s:6.2f} s  {ratio:5.2f} x")
    _bars.at_most(f"balances of {count:,} claims, {name}", ratio, BAR)


def _timed(rows: Callable[[], Iterator[object]]) -> float:
    begun = time.perf_counter()
    deque(rows(), maxlen=0)
    return time.perf_counter() - begun


def main(count: int = CLAIMS) -> None:
    """Measure on SQLite, then on PostgreSQL."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_database(Path(folder))
        measure(engine, count)
        engine.dispose()
    with own_server() as one:
        engine = plain_engine(one.database())
        t.office.create_all(engine)
        measure(engine, count)
        engine.dispose()
