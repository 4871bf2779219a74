"""Kassaboka, a made-up accounting program for one small company: its tables, and what its user does in them.

Nothing here knows of Kravbro. It is as such programs are: kroner are text, a voucher gets its key when it is written
and counts when it is booked, and an invoice goes to collection when it is put on a list.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import NamedTuple

SCHEMA = """
CREATE TABLE account (no TEXT PRIMARY KEY);
CREATE TABLE customer (
    no INTEGER PRIMARY KEY, name TEXT NOT NULL, is_person INTEGER NOT NULL, identity_no TEXT NOT NULL,
    address TEXT NOT NULL, postcode TEXT NOT NULL, place TEXT NOT NULL, spared INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE voucher (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, dated TEXT NOT NULL, text TEXT NOT NULL, registrar TEXT NOT NULL,
    booked_on TEXT, no INTEGER UNIQUE
);
CREATE TABLE line (
    id INTEGER PRIMARY KEY, voucher INTEGER NOT NULL REFERENCES voucher, line_no INTEGER NOT NULL,
    account TEXT NOT NULL REFERENCES account, kroner TEXT NOT NULL, customer INTEGER REFERENCES customer,
    settles INTEGER REFERENCES line, invoice_no TEXT NOT NULL DEFAULT '', kid TEXT NOT NULL DEFAULT '', due TEXT,
    UNIQUE (voucher, line_no)
);
CREATE INDEX line_settles ON line (settles);
CREATE INDEX line_customer ON line (customer);
CREATE TABLE collection_list (id INTEGER PRIMARY KEY, line INTEGER NOT NULL REFERENCES line);
"""
INVOICE, PAYMENT, CREDIT_NOTE, TAKEN_BACK, WRITTEN_OFF = "F", "B", "K", "T", "A"
RECEIVABLES, SALES, BANK, LOSSES = "1500", "3000", "1920", "7830"


class Line(NamedTuple):
    """One line as it is written: debit positive, in kroner."""

    line_no: int
    account: str
    kroner: str
    customer: int | None = None
    settles: int | None = None
    invoice_no: str = ""
    kid: str = ""
    due: date | None = None


def connect(file: Path) -> sqlite3.Connection:
    """The program's database, without a transaction."""
    connection = sqlite3.connect(file, timeout=20, isolation_level=None)
    connection.row_factory = sqlite3.Row
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """One transaction that writes; one writer at a time."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def install(file: Path) -> None:
    """Make a company without customers."""
    connection = connect(file)
    connection.executescript(SCHEMA)
    accounts = [(account,) for account in (RECEIVABLES, SALES, BANK, LOSSES)]
    connection.executemany("INSERT INTO account (no) VALUES (?)", accounts)
    connection.close()


class Head(NamedTuple):
    """What a voucher says above its lines."""

    kind: str
    dated: date
    text: str
    registrar: str = "user"


def write(connection: sqlite3.Connection, head: Head, lines: Sequence[Line]) -> int:
    """Write a voucher that is not booked yet; answers its id."""
    row = (head.kind, head.dated.isoformat(), head.text, head.registrar)
    inserted = connection.execute("INSERT INTO voucher (kind, dated, text, registrar) VALUES (?, ?, ?, ?)", row)
    voucher = int(inserted.lastrowid or 0)
    connection.executemany(
        "INSERT INTO line (voucher, line_no, account, kroner, customer, settles, invoice_no, kid, due)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(voucher, *line[:-1], line.due.isoformat() if line.due else None) for line in lines],
    )
    return voucher


def book(connection: sqlite3.Connection, voucher: int, on: date) -> int:
    """Book a voucher: it gets its number, which is answered, and counts from now on."""
    (last,) = connection.execute("SELECT coalesce(max(no), 0) FROM voucher").fetchone()
    connection.execute("UPDATE voucher SET booked_on = ?, no = ? WHERE id = ?", (on.isoformat(), last + 1, voucher))
    return int(last) + 1


def send_to_collection(connection: sqlite3.Connection, line: int) -> None:
    """Put an invoice on the list."""
    connection.execute("INSERT INTO collection_list (line) VALUES (?)", (line,))
