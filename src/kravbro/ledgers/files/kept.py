"""What is kept of a company: rows of the state as values, and values as rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.parties import Party
from kravbro.db.bulk import insert_rows, portions
from kravbro.ledgers.files import tables as t
from kravbro.ledgers.files.derivation import KeptItem, Line, OurLine, Said
from kravbro.ledgers.files.names import Moment

_SAID = msgspec.json.Decoder(Said)
_ITEM = msgspec.json.Decoder(KeptItem)
_PARTY = msgspec.json.Decoder(Party)


class Newest(msgspec.Struct, frozen=True):
    """The last snapshot that was taken in: which, in what format, and when it was made; nothing before the first."""

    change: int = 0
    format: str = ""
    name: str = ""
    sha256: str = ""
    made: Moment = Moment(date.min)
    changed_ns: int = 0
    starts: date | None = None
    not_derived: int = 0


class Customer(msgspec.Struct, frozen=True, gc=False):
    """A customer: the id in the files, our number, sums (øre), and who it is."""

    id: str
    number: int
    balance_ore: int
    unmatched_ore: int
    party: Party


def newest(connection: sa.Connection) -> Newest:
    """What is known now."""
    row = connection.execute(sa.select(t.newest).order_by(t.newest.c.change.desc()).limit(1)).one_or_none()
    if row is None:
        return Newest()
    made = Moment(row.made_on, row.made_number)
    return Newest(row.change, row.format, row.name, row.sha256, made, row.changed_ns, row.starts, row.not_derived)


def write_newest(connection: sa.Connection, one: Newest, because: str, act: Act) -> None:
    """Note a snapshot that is taken in."""
    columns = ("change", "format", "name", "sha256", "made_on", "made_number", "changed_ns", "starts")
    made = (one.made.day, one.made.number, one.changed_ns, one.starts, because, one.not_derived)
    row = (one.change, one.format, one.name, one.sha256, *made)
    insert_rows(connection, t.newest, (*columns, "because", "not_derived"), [row], act)


def remove(connection: sa.Connection, column: sa.Column[Any], keys: Collection[Any]) -> None:
    """Delete the rows with these keys."""
    for some in portions(sorted(keys)):
        connection.execute(sa.delete(column.table).where(column.in_(some)))


def lines_of(connection: sa.Connection, customers: Collection[str]) -> dict[str, list[Line]]:
    """The lines of customers, by customer, in the order in which they were seen first."""
    found: dict[str, list[Line]] = {}
    chosen = sa.select(t.line).order_by(t.line.c.place)
    for some in portions(sorted(customers)):
        for row in connection.execute(chosen.where(t.line.c.customer.in_(some))):
            found.setdefault(row.customer, []).append(
                Line(_SAID.decode(row.content), row.seen_on, row.place, row.voucher_no, row.voucher_line)
            )
    return found


def write_lines(connection: sa.Connection, lines: Sequence[Line], act: Act) -> None:
    """Write lines; none with their keys is there."""
    columns = (
        *(
            "key",
            "customer",
            "account",
            "dated",
            "amount_ore",
            "place",
            "seen_on",
            "voucher_no",
            "voucher_line",
            "content",
        ),
    )
    rows = [
        (
            *(one.said.line.key, one.said.line.customer, one.said.line.account, one.said.line.dated),
            *(one.said.line.amount_ore, one.place, one.seen_on, one.voucher_no, one.voucher_line, content_of(one.said)),
        )
        for one in lines
    ]
    insert_rows(connection, t.line, columns, rows, act)


def content_of(value: msgspec.Struct) -> str:
    """A value as it is kept."""
    return msgspec.json.encode(value).decode()


def said_of(content: str) -> Said:
    """What a line says, as it is kept."""
    return _SAID.decode(content)


def our_lines(connection: sa.Connection, customers: Collection[str]) -> dict[str, list[OurLine]]:
    """The lines of our vouchers on customers, by customer, in order."""
    found: dict[str, list[OurLine]] = {}
    here = t.voucher.c.voucher_no == t.voucher_line.c.voucher_no
    chosen = (
        sa.select(
            t.voucher_line.c.customer,
            *(t.voucher.c.voucher_key, t.voucher_line.c.voucher_no, t.voucher_line.c.line_no),
            *(t.voucher_line.c.entry, t.voucher_line.c.amount_ore),
        )
        .join(t.voucher, here)
        .order_by(t.voucher_line.c.voucher_no, t.voucher_line.c.line_no)
    )
    for some in portions(sorted(customers)):
        for customer, *line in connection.execute(chosen.where(t.voucher_line.c.customer.in_(some))):
            found.setdefault(customer, []).append(OurLine(*line))
    return found


def known_vouchers(connection: sa.Connection, numbers: Collection[int]) -> set[int]:
    """Which of these voucher numbers are ours."""
    column = t.voucher.c.voucher_no
    return {
        number
        for some in portions(sorted(numbers))
        for number in connection.execute(sa.select(column).where(column.in_(some))).scalars()
    }


def customers(connection: sa.Connection, ids: Collection[str]) -> dict[str, Customer]:
    """Customers by their ids in the files."""
    return _customers(connection, t.customer.c.id, ids)


def customers_numbered(connection: sa.Connection, numbers: Collection[int]) -> dict[int, Customer]:
    """Customers by our numbers."""
    return {one.number: one for one in _customers(connection, t.customer.c.number, numbers).values()}


def _customers(connection: sa.Connection, column: sa.Column[Any], keys: Collection[Any]) -> dict[str, Customer]:
    return {
        row.id: Customer(row.id, row.number, row.balance_ore, row.unmatched_ore, _PARTY.decode(row.content))
        for some in portions(sorted(keys))
        for row in connection.execute(sa.select(t.customer).where(column.in_(some)))
    }


def write_customers(connection: sa.Connection, those: Sequence[Customer], act: Act) -> None:
    """Write customers; none with their ids is there."""
    columns = ("id", "number", "balance_ore", "unmatched_ore", "content")
    rows = [(one.id, one.number, one.balance_ore, one.unmatched_ore, content_of(one.party)) for one in those]
    insert_rows(connection, t.customer, columns, rows, act)


def items(connection: sa.Connection, entries: Iterable[int]) -> dict[int, tuple[str, KeptItem]]:
    """Items that are there now, by entry, each with its customer's id."""
    found = {}
    for some in portions(sorted(set(entries))):
        here = sa.select(t.item.c.entry, t.item.c.customer, t.item.c.content).where(t.item.c.entry.in_(some))
        for entry, customer, content in connection.execute(here.where(sa.not_(t.item.c.is_gone))):
            found[entry] = (customer, _ITEM.decode(content))
    return found


def entries_numbered(connection: sa.Connection, invoice_nos: Collection[str]) -> dict[str, list[int]]:
    """Items that are there now by their invoices' numbers, in order."""
    found: dict[str, list[int]] = {}
    here = sa.select(t.item.c.invoice_no, t.item.c.entry).where(sa.not_(t.item.c.is_gone)).order_by(t.item.c.entry)
    for some in portions(sorted(invoice_nos)):
        for invoice_no, entry in connection.execute(here.where(t.item.c.invoice_no.in_(some))):
            found.setdefault(invoice_no, []).append(entry)
    return found
