"""Tryton as a ledger: a poll with nothing new on 1,000,000 lines, and 100,000 ready claims read, beside bare calls.

Run with `python -m benchmarks tryton_ledger`, or `python -c "from benchmarks.tryton_ledger import main; main(10)"`
for a tenth of the size. A living Tryton on PostgreSQL is filled by SQL, each invoice a copy of one that Tryton posted,
with the indexes that our page recommends. A poll goes through the whole ledger port, mirror and all; beside it stands
the call that nobody can do without: which lines have changed since a moment. Ready claims are read through the adapter
(queue, items, standings), beside calls that read the same dunnings with their lines and customers, and nothing of what
has paid them.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

import sqlalchemy as sa

from benchmarks import _bars
from kravbro.bootstrap.process import prepare_process
from kravbro.ledgers.tryton import queries
from kravbro.ledgers.tryton.address import read_address
from kravbro.ledgers.tryton.mapping import PARTY_FIELDS
from kravbro.ledgers.tryton.source import TrytonSource
from kravbro.ledgers.tryton.wire import Client
from kravbro.migrations.upgrade import upgrade
from kravbro.mirror.ledger import MirroredLedger
from tests.ledgers.tryton.acting import Clerk, act
from tests.ledgers.tryton.living import COMPANY, PASSWORD, Tryton, own_tryton, today
from tests.places import new_places
from tests.postgresql import plain_engine, shared_server

LINES, READY, PAGE = 1_000_000, 100_000, 1_000
ROUNDS = 5
POLL_BAR, READ_BAR = 12.0, 12.0
"""A poll is five calls: the clock, lines, vouchers, invoices and dunnings."""
NEVER = datetime(2999, 1, 1)  # noqa: DTZ001 - as Tryton has them
"""Nothing has changed since then."""
_INDEXES = (
    "account_move_line (write_date)",
    "account_move_line (create_date)",
    "account_move (write_date)",
    "account_invoice (write_date)",
    "account_invoice (create_date)",
)
"""Those that docs/ledgers/tryton.md recommends."""
COPIES = 10_000_000
"""Ids of copies begin here, and are the same in each table."""


def main(part: int = 1) -> None:
    """Measure with one part of the sizes, and print the ratios."""
    prepare_process()
    with own_tryton("bench") as tryton, tempfile.TemporaryDirectory() as at, new_places(Path(at), "sqlite") as new:
        began = time.perf_counter()
        fill(tryton, LINES // part // 2, READY // part)
        print(f"{LINES // part:,} lines and {READY // part:,} dunnings made in {time.perf_counter() - began:.1f} s")
        client = Client(read_address(tryton.address), PASSWORD)
        source = TrytonSource(client, today())
        place = new()
        place.make()
        upgrade(place.open("mirror"), "mirror")
        ledger = MirroredLedger(place.open("mirror"), source, act())
        poll = _fastest(partial(ledger.transactions, COMPANY, 0, PAGE))
        bare = _fastest(partial(_changed, client))
        print(f"a poll with nothing new: {poll * 1e3:.1f} ms; the bare call: {bare * 1e3:.1f} ms")
        _bars.at_most("tryton: a poll beside the bare call", poll / bare, POLL_BAR)
        _read(client, source, READY // part)
        ledger.close()


def _changed(client: Client) -> object:
    changed = ["OR", ["create_date", ">=", NEVER], ["write_date", ">=", NEVER]]
    here = [queries.RECEIVABLE, ["move.company", "=", COMPANY], changed]
    return client.rows("account.move.line", here, ["id"], company=COMPANY)


def _read(client: Client, source: TrytonSource, ready: int) -> None:
    began = time.perf_counter()
    entries = [one.entry for one in source.proposals(COMPANY)]
    assert len(entries) == ready
    for some in _pages(entries):
        assert len(source.items(COMPANY, some)) == len(source.standings(COMPANY, some)) == len(some)
    adapter = time.perf_counter() - began
    began = time.perf_counter()
    fields = ["line.debit", "line.credit", "line.maturity_date", "line.move.number"]
    fields += queries.under("line.party", PARTY_FIELDS)
    for some in _pages(entries):
        domain = [["line", "in", some], ["company", "=", COMPANY]]
        assert len(client.rows("account.dunning", domain, fields, company=COMPANY)) == len(some)
    bare = time.perf_counter() - began
    print(f"{ready:,} ready claims read in {adapter:.1f} s; bare calls: {bare:.1f} s")
    _bars.at_most("tryton: ready claims read beside bare calls", adapter / bare, READ_BAR)


def _pages(entries: Sequence[int]) -> list[Sequence[int]]:
    return [entries[start : start + PAGE] for start in range(0, len(entries), PAGE)]


def fill(tryton: Tryton, invoices: int, ready: int) -> None:
    """Copies of one invoice and of its dunning, by SQL: each a customer, an invoice and a voucher of its own."""
    clerk = Clerk(tryton)
    model = clerk.invoice(1_000_00)
    clerk.offer(model.entry)
    clerk.close()
    engine = plain_engine(shared_server().address(tryton.database))
    with engine.begin() as connection:
        one = partial(_id, connection)
        move = one("move", "account_move_line", "id", model.entry)
        invoice = one("id", "account_invoice", "move", move)
        address = one("invoice_address", "account_invoice", "id", invoice)
        sold = one("id", "account_invoice_line", "invoice", invoice)
        dunning = one("id", "account_dunning", "line", model.entry)
        other = next(line for line in _ids(connection, "account_move_line", "move", move) if line != model.entry)
        its = "g"
        copy = partial(_copied, connection, invoices)
        copy("party_party", model.customer_no, {"name": "'Kunde ' || g", "code": "'K' || g"})
        copy("party_address", address, {"party": its})
        copy("account_move", move, {"number": "'B' || g", "origin": "'account.invoice,' || g"})
        copy("account_invoice", invoice, {"number": "'F' || g", "party": its, "invoice_address": its, "move": its})
        copy("account_move_line", model.entry, {"move": its, "party": its})
        copy("account_move_line", other, {"move": its, "id": f"g + {invoices}"})
        copy("account_invoice_line", sold, {"invoice": its})
        _copied(connection, ready, "account_dunning", dunning, {"line": its})
        connection.execute(sa.text("DELETE FROM account_dunning WHERE id = :one"), {"one": dunning})
        for index in _INDEXES:
            connection.execute(sa.text(f"CREATE INDEX ON {index}"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("ANALYZE"))
    engine.dispose()


def _ids(connection: sa.Connection, table: str, name: str, value: object, wanted: str = "id") -> list[int]:
    found = sa.table(table, sa.column(name), sa.column(wanted))
    return list(connection.execute(sa.select(found.c[wanted]).where(found.c[name] == value)).scalars())


def _id(connection: sa.Connection, wanted: str, table: str, name: str, value: object) -> int:
    (one,) = _ids(connection, table, name, value, wanted)
    return one


def _copied(connection: sa.Connection, count: int, table: str, model: int, others: dict[str, str]) -> None:
    """So many copies of a row, under ids that begin at `COPIES`; what differs in each is an expression of `g`."""
    names = [row["name"] for row in sa.inspect(connection).get_columns(table)]
    values = {"id": "g"} | others
    copied = sa.table(table, *map(sa.column, names)).alias("t")
    numbers = sa.func.generate_series(COPIES + 1, COPIES + count).alias("g")
    columns = [sa.literal_column(values[name]) if name in values else copied.c[name] for name in names]
    chosen = sa.select(*columns).select_from(copied.join(numbers, sa.true())).where(copied.c.id == model)
    connection.execute(sa.insert(sa.table(table, *map(sa.column, names))).from_select(names, chosen))


def _fastest(work: Callable[[], object]) -> float:
    work()
    found = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return min(found)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
