"""Plain files as a ledger: a poll with nothing new, and a table of 100,000 open items, beside bare reads.

Run with `python -m benchmarks files`, or `python -c "from benchmarks.files import main; main(10)"` for a tenth of the
size. A poll goes through the whole ledger port, mirror and all; beside it stand a listing of the folder and a poll of a
company with few items. A table is parsed, judged, derived and kept; beside it stands the format's own reader on the
same bytes. The next table has ten new payments: what is written is these ten and their invoices.
"""

from __future__ import annotations

import csv
import io
import os
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks import _bars
from kravbro.bootstrap.process import prepare_process
from kravbro.db.places import place_at
from kravbro.formats import ledger_csv
from kravbro.ledgers.files.source import FilesSource
from kravbro.mirror.ledger import MirroredLedger
from tests.ledgers.files.acting import ACT, COMPANY, Trial, empty_mirror, invoice_row, payment_row

ROWS, FEW, NEW = 100_000, 100, 10
ROUNDS = 20
POLL_BAR, GROWTH_BAR, FIRST_BAR, NEXT_BAR = 100.0, 2.0, 8.0, 4.0


def main(part: int = 1) -> None:
    """Measure with one part of the size, and print the ratios."""
    prepare_process()
    with tempfile.TemporaryDirectory() as folder:
        _measure(Path(folder), ROWS // part)


def _measure(folder: Path, count: int) -> None:
    trial, rows = Trial(folder / "many"), _rows(count)
    first = trial.snapshot(*rows)
    bare = min(_timed(lambda: ledger_csv.validate(first.read_bytes(), first.name)) for _ in range(3))
    split = min(_timed(lambda: list(csv.reader(io.StringIO(first.read_bytes().decode())))) for _ in range(3))
    seconds = _timed(lambda: trial.source().changes(COMPANY, ""))
    print(f"a table of {count:,} open items: {seconds:.2f} s; {bare:.2f} s to read it, {split:.2f} s to split it")
    _bars.at_most("a first table beside a bare read", seconds / bare, FIRST_BAR)
    payments = [payment_row(f"P{number}", "-5", str(number), str(10_000 + number // 4)) for number in range(1, NEW + 1)]
    cursor = trial.source().changes(COMPANY, "").cursor
    trial.snapshot(*rows, *payments)
    began = time.perf_counter()
    changes = trial.source().changes(COMPANY, cursor)
    seconds = time.perf_counter() - began
    assert changes.entries is not None
    assert NEW <= len(changes.entries) <= 5 * NEW
    print(f"the next table, with {NEW} new payments: {seconds:.2f} s")
    _bars.at_most("the next table beside a bare read", seconds / bare, NEXT_BAR)
    few = Trial(folder / "few")
    few.snapshot(*_rows(FEW))
    many_polls, few_polls = _poll(folder / "place", trial), _poll(folder / "other", few)
    listing = _fastest(lambda: [one.stat() for one in os.scandir(trial.folders.incoming(COMPANY))])
    print(f"a poll with nothing new: {many_polls * 1e3:.2f} ms; {listing * 1e6:.0f} us for a listing")
    _bars.at_most("a poll beside a listing", many_polls / listing, POLL_BAR)
    _bars.at_most("a poll on many beside one on few", many_polls / few_polls, GROWTH_BAR)


def _rows(count: int) -> list[str]:
    return [invoice_row(str(number), "1 250,50", str(10_000 + number // 4)) for number in range(1, count + 1)]


def _poll(folder: Path, trial: Trial) -> float:
    place = place_at(folder)
    place.make()
    empty_mirror(place)
    ledger = MirroredLedger(place.open("mirror"), FilesSource(trial.folders, ACT), ACT)
    return _fastest(partial(ledger.transactions, COMPANY, 0, 1_000))


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _fastest(work: Callable[[], object]) -> float:
    work()
    return min(_timed(work) for _ in range(ROUNDS))
