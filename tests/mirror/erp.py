"""A small ledger in one SQLite file, past every adapter: what the mirror asks of a foreign ledger, and no more.

It remembers how things are, not what happened: items with what settles them, a queue, vouchers under a unique key, and
a number that grows with each change. Whether it posts the collector's vouchers at once is chosen when it is made.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import msgspec

from kravbro.core.claims import LedgerFacts, Outcome, Status, TransactionKind
from kravbro.core.errors import DataFault
from kravbro.core.movements import Discrepancy
from kravbro.core.parties import Party, PartyKind
from kravbro.core.vouchers import Fate, Voucher
from kravbro.mirror.source import Changes, Delivery, HandedOver, Lack, Mark, OpenItem, Proposal, Settlement, Standing

COMPANIES = (1, 2)
TODAY = date(2026, 3, 2)
ACCOUNTS = frozenset({"1500", "1900"})
_SCHEMA = """
PRAGMA journal_mode=WAL;
CREATE TABLE change (number INTEGER PRIMARY KEY, entry INT);
CREATE TABLE item (entry INTEGER PRIMARY KEY, customer INT, name TEXT, amount INT, queued INT, mark TEXT, status TEXT);
CREATE TABLE settlement (
  id INTEGER PRIMARY KEY, entry INT, amount INT, kind TEXT, booked_on TEXT, dated TEXT, posted INT, key TEXT, line INT);
CREATE TABLE voucher (number INTEGER PRIMARY KEY, key TEXT UNIQUE, state TEXT, content TEXT, because TEXT);
"""


class SmallErp:
    """The ledger's own people at work, and what its file holds."""

    def __init__(self, file: Path, *, posts_at_once: bool = True) -> None:
        self.file = file
        self.posts_at_once = posts_at_once

    def make(self) -> None:
        """Make the file, empty."""
        with sqlite3.connect(self.file) as connection:
            connection.executescript(_SCHEMA)
        connection.close()

    @contextmanager
    def work(self) -> Iterator[sqlite3.Connection]:
        """One transaction."""
        connection = sqlite3.connect(self.file, timeout=20, isolation_level=None)
        connection.row_factory = sqlite3.Row
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        else:
            connection.execute("COMMIT")
        finally:
            connection.close()

    def invoice(self, customer: int, amount_ore: int) -> int:
        """A new open item; answers its entry."""
        with self.work() as connection:
            values = (customer, f"Customer {customer}", amount_ore)
            made = connection.execute(
                "INSERT INTO item (customer, name, amount, queued, mark, status) VALUES (?, ?, ?, 0, '', '')", values
            )
            return int(made.lastrowid or 0)

    def propose(self, entry: int) -> None:
        """Put an item into the queue, unless the collector has it."""
        with self.work() as connection:
            connection.execute("UPDATE item SET queued = 1 WHERE entry = ? AND mark NOT LIKE 'accepted%'", (entry,))

    def settle(self, entry: int, amount_ore: int, kind: TransactionKind, dated: date, *, posted: bool = True) -> int:
        """Book a change on an item, or only write it down; answers its id."""
        with self.work() as connection:
            values = (entry, amount_ore, kind.value, TODAY.isoformat(), dated.isoformat(), posted)
            made = connection.execute(
                "INSERT INTO settlement (entry, amount, kind, booked_on, dated, posted, key, line)"
                " VALUES (?, ?, ?, ?, ?, ?, '', 0)",
                values,
            )
            _changed(connection, entry)
            return int(made.lastrowid or 0)

    def run(self, statement: str, *values: object) -> None:
        """Something that a person does by hand."""
        with self.work() as connection:
            connection.execute(statement, values)
            connection.execute("INSERT INTO change (entry) SELECT entry FROM item")

    def post(self, key: str) -> None:
        """Post a voucher that the collector delivered."""
        with self.work() as connection:
            row = connection.execute("SELECT * FROM voucher WHERE key = ? AND state = 'delivered'", (key,)).fetchone()
            _post(connection, row["number"], msgspec.json.decode(row["content"], type=Voucher))


def _changed(connection: sqlite3.Connection, entry: int) -> None:
    connection.execute("INSERT INTO change (entry) VALUES (?)", (entry,))


def _post(connection: sqlite3.Connection, number: int, voucher: Voucher) -> None:
    connection.execute("UPDATE voucher SET state = 'posted' WHERE number = ?", (number,))
    for line in voucher.lines:
        if line.claim_entry is not None:
            on = TODAY.isoformat()
            values = (line.claim_entry, line.amount_ore, on, voucher.dated.isoformat(), voucher.key, line.line_no)
            connection.execute(
                "INSERT INTO settlement (entry, amount, kind, booked_on, dated, posted, key, line)"
                " VALUES (?, ?, 'payment', ?, ?, 1, ?, ?)",
                values,
            )
            _changed(connection, line.claim_entry)


class SmallSource:
    """The adapter to it."""

    kind = "small"

    def __init__(self, erp: SmallErp) -> None:
        self._erp = erp

    def installation(self) -> str:
        return "small-1"

    def companies(self) -> list[int]:
        return list(COMPANIES)

    @contextmanager
    def _in(self, company: int) -> Iterator[sqlite3.Connection]:
        """Everything happens in the first company; the second is empty."""
        if company not in COMPANIES:
            raise DataFault("mirror.unknown_company", company=company)
        with self._erp.work() as connection:
            yield connection

    def changes(self, company: int, cursor: str) -> Changes:
        with self._in(company) as connection:
            if company != COMPANIES[0]:
                return Changes("0", frozenset())
            after = int(cursor or 0)
            rows = connection.execute("SELECT number, entry FROM change WHERE number > ?", (after,)).fetchall()
            return Changes(str(max([after, *(row["number"] for row in rows)])), frozenset(row["entry"] for row in rows))

    def changed_companies(self, cursors: Mapping[int, str]) -> list[int]:
        return [company for company, cursor in cursors.items() if self.changes(company, cursor).entries]

    def items(self, company: int, entries: Collection[int]) -> list[OpenItem]:
        with self._in(company) as connection:
            return [one for entry in sorted(entries) for one in _item(connection, entry)]

    def proposals(self, company: int) -> list[Proposal]:
        with self._in(company) as connection:
            if company != COMPANIES[0]:
                return []
            rows = connection.execute("SELECT entry FROM item WHERE queued ORDER BY entry")
            return [Proposal(row["entry"]) for row in rows]

    def standings(self, company: int, entries: Collection[int]) -> dict[int, Standing]:
        with self._in(company) as connection:
            return {entry: one for entry in entries for one in _standing(connection, entry)}

    def transferred(self, company: int) -> list[HandedOver]:
        with self._in(company) as connection:
            rows = connection.execute("SELECT entry, mark FROM item WHERE mark LIKE 'elsewhere%' ORDER BY entry")
            told = [HandedOver(row["entry"], row["mark"].removeprefix("elsewhere").strip()) for row in rows]
            return told if company == COMPANIES[0] else []

    def named(self, company: int, invoice_nos: Collection[str]) -> dict[str, list[int]]:
        with self._in(company) as connection:
            entries = [row["entry"] for row in connection.execute("SELECT entry FROM item ORDER BY entry")]
            return {f"S{entry}": [entry] for entry in entries if f"S{entry}" in invoice_nos}

    def mark(self, company: int, marks: Sequence[Mark]) -> None:
        with self._in(company) as connection:
            for one in marks:
                text = f"{one.outcome.value} {one.case_number}"
                connection.execute("UPDATE item SET queued = 0, mark = ? WHERE entry = ?", (text, one.entry))

    def show(self, company: int, statuses: Sequence[Status]) -> None:
        with self._in(company) as connection:
            for one in statuses:
                connection.execute("UPDATE item SET status = ? WHERE entry = ?", (one.state.value, one.entry))

    def deliver(self, company: int, vouchers: Sequence[Voucher]) -> list[Delivery]:
        with self._in(company) as connection:
            return [self._take(connection, one) for one in vouchers]

    def _take(self, connection: sqlite3.Connection, voucher: Voucher) -> Delivery:
        known = connection.execute("SELECT * FROM voucher WHERE key = ?", (voucher.key,)).fetchone()
        if known is None:
            because = _refusal(connection, voucher)
            state = Fate.REJECTED if because else Fate.DELIVERED
            values = (voucher.key, state.value, msgspec.json.encode(voucher).decode(), because)
            made = connection.execute("INSERT INTO voucher (key, state, content, because) VALUES (?, ?, ?, ?)", values)
            if not because and self._erp.posts_at_once:
                _post(connection, int(made.lastrowid or 0), voucher)
            known = connection.execute("SELECT * FROM voucher WHERE key = ?", (voucher.key,)).fetchone()
        return _delivery(known)

    def fates(self, company: int, keys: Sequence[str]) -> list[Delivery]:
        with self._in(company) as connection:
            rows = [connection.execute("SELECT * FROM voucher WHERE key = ?", (key,)).fetchone() for key in keys]
            return [
                Delivery(key, Fate.DELETED, TODAY) if row is None else _delivery(row)
                for key, row in zip(keys, rows, strict=True)
            ]

    def doubts(self, company: int, keys: Collection[str]) -> list[Discrepancy]:
        return []

    def check(self) -> list[Lack]:
        return []

    def close(self) -> None:
        """Nothing is held open."""


def _item(connection: sqlite3.Connection, entry: int) -> Iterator[OpenItem]:
    row = connection.execute("SELECT * FROM item WHERE entry = ?", (entry,)).fetchone()
    if row is None:
        return
    settled = connection.execute("SELECT * FROM settlement WHERE entry = ? AND posted ORDER BY id", (entry,))
    settlements = tuple(
        Settlement(
            str(one["id"]),
            one["amount"],
            TransactionKind(one["kind"]),
            date.fromisoformat(one["booked_on"]),
            date.fromisoformat(one["dated"]),
            f"V{one['id']}",
            "",
            one["key"],
            one["line"],
        )
        for one in settled
    )
    remaining = row["amount"] + sum(one.amount_ore for one in settlements)
    wanted_back = "wanted" if row["mark"].startswith("wanted") else ""
    yield OpenItem(entry, row["customer"], row["amount"], remaining, settlements, wanted_back)


def _standing(connection: sqlite3.Connection, entry: int) -> Iterator[Standing]:
    for item in _item(connection, entry):
        row = connection.execute("SELECT * FROM item WHERE entry = ?", (entry,)).fetchone()
        others = connection.execute("SELECT entry FROM item WHERE customer = ?", (row["customer"],)).fetchall()
        balance = sum(one.remaining_ore for other in others for one in _item(connection, other["entry"]))
        accepted = row["mark"].startswith(Outcome.ACCEPTED.value)
        facts = LedgerFacts(
            item.remaining_ore,
            balance,
            0,
            0,
            "invoice",
            accepted,
            exempt_from_dunning=False,
            exempt_from_collection=False,
        )
        debtor = Party(row["customer"], PartyKind.PERSON, row["name"], postcode="0150", place="OSLO")
        days = date(2026, 1, 1), date(2026, 1, 15)
        yield Standing(f"S{entry}", f"{entry:08d}", *days, "NOK", "KUNDE", debtor, facts)


def _refusal(connection: sqlite3.Connection, voucher: Voucher) -> str:
    for line in voucher.lines:
        if line.account not in ACCOUNTS:
            return f"no account {line.account}"
        if line.claim_entry is not None:
            found = connection.execute("SELECT 1 FROM item WHERE entry = ?", (line.claim_entry,)).fetchone()
            if found is None:
                return f"no open item {line.claim_entry}"
    return ""


def _delivery(row: sqlite3.Row) -> Delivery:
    number = f"V{row['number']}" if row["state"] == Fate.POSTED else ""
    return Delivery(row["key"], Fate(row["state"]), TODAY, number, row["because"])
