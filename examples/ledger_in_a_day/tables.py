"""What the adapter keeps beside Kassaboka's own tables, in the same database so that both commit together."""

from __future__ import annotations

import sqlite3
from uuid import uuid4

SCHEMA = """
CREATE TABLE kravbro_installation (id TEXT NOT NULL);
CREATE TABLE kravbro_counter (name TEXT PRIMARY KEY, last INTEGER NOT NULL);
CREATE TABLE kravbro_booking (sequence INTEGER PRIMARY KEY, line INTEGER NOT NULL UNIQUE REFERENCES line);
CREATE TABLE kravbro_offer (
    number INTEGER PRIMARY KEY, listed INTEGER NOT NULL UNIQUE REFERENCES collection_list,
    entry INTEGER NOT NULL REFERENCES line, principal_ore INTEGER NOT NULL, sequence INTEGER NOT NULL
);
CREATE INDEX kravbro_offer_entry ON kravbro_offer (entry);
CREATE TABLE kravbro_receipt (
    offer INTEGER PRIMARY KEY REFERENCES kravbro_offer, number INTEGER NOT NULL UNIQUE, outcome TEXT NOT NULL,
    content TEXT NOT NULL
);
CREATE TABLE kravbro_transaction (
    number INTEGER PRIMARY KEY, line INTEGER NOT NULL UNIQUE REFERENCES kravbro_booking (line)
);
CREATE TABLE kravbro_voucher (
    key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, voucher INTEGER UNIQUE REFERENCES voucher
);
CREATE TABLE kravbro_event (
    number INTEGER PRIMARY KEY, key TEXT NOT NULL REFERENCES kravbro_voucher, fate TEXT NOT NULL,
    happened_on TEXT NOT NULL, voucher_no TEXT NOT NULL
);
CREATE TABLE kravbro_status (
    entry INTEGER PRIMARY KEY REFERENCES line, version INTEGER NOT NULL, state TEXT NOT NULL,
    case_number TEXT NOT NULL, since TEXT NOT NULL
);
"""
NUMBERED = {
    "booking": "SELECT count(*), coalesce(max(sequence), 0) FROM kravbro_booking",
    "offer": "SELECT count(*), coalesce(max(number), 0) FROM kravbro_offer",
    "transaction": "SELECT count(*), coalesce(max(number), 0) FROM kravbro_transaction",
    "event": "SELECT count(*), coalesce(max(number), 0) FROM kravbro_event",
}
"""Every numbered table, by its counter: how many rows it has, and the last number."""


def install(connection: sqlite3.Connection) -> None:
    """Make the adapter's tables, and the id that this installation keeps."""
    connection.executescript(SCHEMA)
    connection.execute("INSERT INTO kravbro_installation (id) VALUES (?)", (f"kassaboka-{uuid4()}",))
    counters = [(name,) for name in NUMBERED]
    connection.executemany("INSERT INTO kravbro_counter (name, last) VALUES (?, 0)", counters)


def last(connection: sqlite3.Connection, name: str) -> int:
    """The last number that was taken."""
    (number,) = connection.execute("SELECT last FROM kravbro_counter WHERE name = ?", (name,)).fetchone()
    return int(number)


def take(connection: sqlite3.Connection, name: str) -> int:
    """The next number, taken in the transaction of the row that it is for."""
    connection.execute("UPDATE kravbro_counter SET last = last + 1 WHERE name = ?", (name,))
    return last(connection, name)
