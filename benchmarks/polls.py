"""A poll with nothing new: each stream on 1,000 rows and on 1,000,000, on either database.

Run with `python -m benchmarks polls`, or `python -c "from benchmarks.polls import main; main(10_000)"`. Both places
hold the demo's installation, in which a claim was asked back. Rows of the tables that streams are read from are copied
with numbers of their own until there are so many, and all of them count as carried. Then each stream is polled in turns
in the two places. The fastest counts: a poll takes a millisecond, and any interruption by another process takes more.
Offers that the demo left waiting are removed: they would be offered each time.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa

from benchmarks import _bars
from benchmarks._transfer import copy_of
from kravbro.books import tables as b
from kravbro.books.commands.withdrawals import withdraw
from kravbro.books.sql import is_held
from kravbro.bootstrap.demo.run import run_demo
from kravbro.bootstrap.demo.world import DEMO_DATE, MUNICIPALITY, SMALL
from kravbro.bootstrap.process import prepare_process
from kravbro.bootstrap.site import Site
from kravbro.bridge import claims, receipts, statuses, transactions, voucher_receipts, vouchers, withdrawals
from kravbro.bridge.streams import ALL, Stream, run
from kravbro.bridge.tables import position
from kravbro.core.acts import Act
from kravbro.db.engines import writing
from kravbro.db.folder_place import FolderPlace
from kravbro.db.place import Place, company_owner
from kravbro.engine.clock import SystemClock
from kravbro.office import tables as t
from kravbro.office.creditors import scope
from tests.places import KINDS, NewPlace, new_places
from tests.postgresql import plain_engine

FEW, MANY = 1_000, 1_000_000
ROUNDS = 50
BAR = 2.0
BOOKS, OFFICE = company_owner(MUNICIPALITY), "office"
STREAMS: Mapping[str, Stream] = {
    "claims": claims.carry_claims,
    "receipts": receipts.carry_receipts,
    "statuses": statuses.carry_statuses,
    "transactions": transactions.carry_transactions,
    "withdrawals": withdrawals.carry_withdrawals,
    "vouchers": vouchers.carry_vouchers,
    "voucher receipts": voucher_receipts.carry_voucher_receipts,
}


class Copied(NamedTuple):
    """A table, the condition of the rows that are copied, and the column that numbers them.

    Columns in `moving` go up with each copy by the highest number of a series; those in `named` get its number behind.
    """

    owner: str
    table: sa.Table
    where: str
    moving: Mapping[str, str]
    named: str = ""


OURS = f"creditor = {MUNICIPALITY}"
ONE_VOUCHER = f"{OURS} AND posting = 1 AND ordinal = 1"
COPIED = (
    Copied(BOOKS, b.offer, "number IN (SELECT offer FROM offer_receipt)", {"number": "offer"}),
    Copied(BOOKS, b.offer_receipt, "1 = 1", {"offer": "offer", "number": "receipt"}),
    Copied(BOOKS, b.withdrawal, "1 = 1", {"number": "withdrawal", "offer": "offer"}),
    Copied(BOOKS, b.booking, "number IN (SELECT booking FROM claim_transaction)", {"number": "booking"}),
    Copied(BOOKS, b.claim_transaction, "1 = 1", {"number": "transaction", "booking": "booking"}),
    Copied(BOOKS, b.voucher_event, "1 = 1", {"number": "voucher_event"}, named="collector_key"),
    Copied(OFFICE, t.receipt, OURS, {"number": "receipt", "offer": "offer"}),
    Copied(OFFICE, t.status_event, OURS, {"number": "status", "version": "status"}),
    Copied(OFFICE, t.posting, OURS, {"number": "posting"}),
    Copied(OFFICE, t.voucher, ONE_VOUCHER, {"number": "voucher", "posting": "posting"}, named="key"),
    Copied(OFFICE, t.voucher_line, f"{ONE_VOUCHER} AND line_no = 1", {"posting": "posting"}),
)
HEADS = {
    "receipts": "receipt",
    "statuses": "status",
    "vouchers": "voucher",
    "transactions": "transaction",
    "withdrawals": "withdrawal",
    "voucher_receipts": "voucher_event",
}
SCOPES = {BOOKS: "", OFFICE: scope(MUNICIPALITY)}
"""Where each owner counts what the streams are numbered by."""


def act() -> Act:
    """The job at work on the demo's day."""
    return Act("benchmark", DEMO_DATE, SystemClock().now())


def worked(new: NewPlace) -> Place:
    """The demo's installation with rows in every stream."""
    place = new()
    run_demo(place, SystemClock(), size=SMALL)
    with writing(place.open(BOOKS)) as connection:
        held = sa.select(sa.func.min(b.offer.c.entry)).where(is_held(b.offer.c.number))
        withdraw(connection, connection.execute(held).scalar_one(), "paid in cash", act())
    run(Site(place, act()).join(), ALL)
    return place


def fill(place: Place, rows: int) -> None:
    """Copy rows until each table of `COPIED` has so many, and count them as carried."""
    series: dict[str, int] = {}
    for owner, its_scope in SCOPES.items():
        with past_the_program(place, owner) as connection:
            counters = connection.execute(sa.text("SELECT name, last FROM counter WHERE scope = :s"), {"s": its_scope})
            series |= {str(name): int(last) for name, last in counters}
    highest = dict(series)
    with past_the_program(place, BOOKS) as connection:
        connection.exec_driver_sql("DELETE FROM offer WHERE number NOT IN (SELECT offer FROM offer_receipt)")
        connection.exec_driver_sql("DELETE FROM waiting_offer")
    for one in COPIED:
        with past_the_program(place, one.owner) as connection:
            copies = _copy(connection, one, series, rows)
        for name in one.moving.values():
            highest[name] = max(highest[name], series[name] * (copies + 1))
    for owner, its_scope in SCOPES.items():
        with past_the_program(place, owner) as connection:
            advance = sa.text("UPDATE counter SET last = :last WHERE scope = :scope AND name = :name")
            for name, last in highest.items():
                connection.execute(advance, {"last": last, "scope": its_scope, "name": name})
    with past_the_program(place, "bridge") as connection:
        for stream, name in HEADS.items():
            here = sa.and_(position.c.company == MUNICIPALITY, position.c.stream == stream)
            assert connection.execute(sa.update(position).where(here).values(number=highest[name])).rowcount, stream
    if not isinstance(place, FolderPlace):
        with plain_engine(place.name).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


@contextmanager
def past_the_program(place: Place, owner: str) -> Iterator[sa.Connection]:
    """A transaction on an owner's database in which nothing is checked."""
    if isinstance(place, FolderPlace):
        engine = sa.create_engine(f"sqlite:///{place.file(owner)}", poolclass=sa.NullPool)
        with engine.begin() as connection:
            yield connection
    else:
        with plain_engine(place.name).begin() as connection:
            connection.exec_driver_sql(f'SET LOCAL search_path TO "{owner.lower()}"')
            connection.exec_driver_sql("SET LOCAL session_replication_role TO replica")
            yield connection


def _copy(connection: sa.Connection, one: Copied, series: Mapping[str, int], rows: int) -> int:
    """Copy the rows of one table; answers how many times."""
    names, values = [f'"{column.name}"' for column in one.table.c], []
    for column in one.table.c:
        name = f't."{column.name}"'
        if column.name in one.moving:
            values.append(f"{name} + s.n * {series[one.moving[column.name]]}")
        elif column.name == one.named:
            values.append(f"{name} || '-' || s.n")
        else:
            values.append("NULL" if column.name == "request_id" else name)
    chosen = f'FROM "{one.table.name}" WHERE {one.where}'
    count = connection.exec_driver_sql(f"SELECT count(*) {chosen}").scalar_one()
    copies = max(rows // int(count), 1)
    connection.exec_driver_sql(
        f'INSERT INTO "{one.table.name}" ({", ".join(names)})'  # noqa: S608 - our own names
        f" WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {copies})"
        f" SELECT {', '.join(values)} FROM s CROSS JOIN (SELECT * {chosen}) AS t"
    )
    return copies


def measure(new: NewPlace, few: int, many: int) -> None:
    """Poll each stream in turns in a place of each size; prints the fastest of each with their ratio."""
    name, ready = new.kind, worked(new)
    joined = {}
    for rows in (few, many):
        place = copy_of(ready, new)
        fill(place, rows)
        joined[rows] = Site(place, act()).join()
    for stream, carry in STREAMS.items():
        runs: dict[int, list[float]] = {few: [], many: []}
        for _ in range(ROUNDS):
            for rows, one in joined.items():
                began = time.perf_counter()
                carried = carry(one, MUNICIPALITY, lambda _: None)
                runs[rows].append(time.perf_counter() - began)
                assert carried.new == carried.known == 0, carried
        few_ms, many_ms = (min(runs[rows]) * 1e3 for rows in (few, many))
        print(f"{name:10} {stream:17} {few:,} rows {few_ms:.2f} ms, {many:,} rows {many_ms:.2f} ms")
        _bars.at_most(f"poll of {stream}, {name}", many_ms / few_ms, BAR)


def main(many: int = MANY, few: int = FEW) -> None:
    """Measure on SQLite, then on PostgreSQL."""
    prepare_process()
    for kind in KINDS:
        with tempfile.TemporaryDirectory() as scratch, new_places(Path(scratch), kind) as new:
            measure(new, few, many)
