"""Books for trials and measurements: customers, invoices with KID, reminders, and everything that settles them.

The same seed makes the same books. Rows are written many at a time: a million entries take seconds.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import msgspec
import sqlalchemy as sa

from kravbro.core.identifiers import kid
from kravbro.db.bulk import insert_rows
from kravbro.db.engines import writing_anywhere
from kravbro.ledgers.visma_business.databases import Databases
from kravbro.ledgers.visma_business.moments import day_number
from kravbro.ledgers.visma_business.trial import erp
from kravbro.ledgers.visma_business.trial.schema import Generation, tables

FIRST_CUSTOMER = 10_001
FOREIGN = {45: "SEK", 46: "EUR"}
NORWAY, SWEDEN = 47, 46
_AT_A_TIME = 50_000
_NAMES = ("Ada Aasen", "Birk Berg", "Cathrine Dahl", "Endre Foss", "Guro Hauge", "Iver Knutsen", "Liv Moe", "Nils Øye")
_PLACES = (("0150", "OSLO"), ("5003", "BERGEN"), ("7030", "TRONDHEIM"), ("9008", "TROMSØ"))
ENTRY = (
    "JNo", "EntNo", "CustNo", "Am", "RAm", "St", "ExcRem", "RemSt", "ChDt", "ChTm", "VoNo", "VoDt", "VoTp", "DueDt",
    "InvoNo", "CID", "Ref", "AgRef", "Cur", "Txt",
)  # fmt: skip
ITEM = ENTRY[:10]


class Size(msgspec.Struct, frozen=True):
    """How much there is: customers, invoices of each, how many of a hundred invoices are settled, and paid in part."""

    customers: int
    invoices_each: int = 4
    settled_percent: int = 60
    partly_percent: int = 5
    foreign_percent: int = 1
    ready_percent: int = 0


class Counts(msgspec.Struct, frozen=True):
    """What was written: entries, open items, and open items that are to be reminded next."""

    entries: int
    open_items: int
    ready: int


def fill(databases: Databases, company: int, generation: Generation, size: Size, *, on: date, seed: int = 1) -> Counts:
    """Write books of that size as they are on a day. The company must be empty."""
    known = tables(generation)[1]
    writer = _Writer(random.Random(seed), size, on)  # noqa: S311 - the same seed makes the same books
    counts = [0, 0, 0]
    with writing_anywhere(databases.engine(company)) as connection:
        _write_registers(connection, known, size)
        entries: list[tuple[object, ...]] = []
        for row in writer.rows():
            entries.append(row)
            if len(entries) >= _AT_A_TIME:
                _write(connection, known, entries, counts)
                entries = []
        _write(connection, known, entries, counts)
    return Counts(*counts)


def _write(
    connection: sa.Connection, known: dict[str, sa.Table], rows: list[tuple[object, ...]], counts: list[int]
) -> None:
    items = [row[: len(ITEM)] for row in rows if row[5] != erp.SETTLED]
    _insert(connection, known["entries"], ENTRY, rows)
    _insert(connection, known["open_items"], ITEM, items)
    counts[0] += len(rows)
    counts[1] += len(items)
    counts[2] += sum(1 for row in items if row[7])


def _insert(
    connection: sa.Connection, table: sa.Table, columns: tuple[str, ...], rows: list[tuple[object, ...]]
) -> None:
    """The columns that the table has; names that a generation changes are told by their place in the layout."""
    there = [place for place, name in enumerate(columns) if name in table.c]
    names = [columns[place] for place in there]
    insert_rows(connection, table, names, [[row[place] for place in there] for row in rows], None)


def _write_registers(connection: sa.Connection, known: dict[str, sa.Table], size: Size) -> None:
    customers = [
        (number, f"{_NAMES[number % len(_NAMES)]} {number}", f"Veien {number % 90 + 1}", *_PLACES[number % 4], "")
        for number in range(FIRST_CUSTOMER, FIRST_CUSTOMER + size.customers)
    ]
    _insert(connection, known["customers"], ("CustNo", "Nm", "Ad1", "PNo", "PArea", "BsNo"), list(customers))
    if "currencies" in known:
        _insert(connection, known["currencies"], ("CurNo", "ISO"), list(FOREIGN.items()))
        _insert(connection, known["countries"], ("CtryNo", "ISO"), [(NORWAY, "NO"), (SWEDEN, "SE")])
        _insert(connection, known["accounts"], ("AcNo",), [(erp.BANK,), (erp.SALES,), (erp.LOSSES,)])


class _Writer:
    """Makes the rows, journal by journal: a day's invoices, then what came in for them."""

    def __init__(self, chance: random.Random, size: Size, on: date) -> None:
        self._chance = chance
        self._size = size
        self._on = on
        self._voucher_no = 10_000

    def rows(self) -> Iterator[tuple[object, ...]]:
        """Every entry, of one round of invoices after the other."""
        rounds = self._size.invoices_each
        for round_no in range(rounds):
            dated = self._on - timedelta(days=30 * (rounds - round_no) + 15)
            payments: list[tuple[int, int, str, str]] = []
            journal = 2 * round_no + 1
            for place in range(self._size.customers):
                row, payment = self._invoice(journal, place, dated)
                yield row
                if payment is not None:
                    payments.append(payment)
            paid_on = dated + timedelta(days=25)
            for place, payment_of in enumerate(payments, 1):
                yield self._credit(journal + 1, place, payment_of, paid_on)

    def _invoice(
        self, journal: int, place: int, dated: date
    ) -> tuple[tuple[object, ...], tuple[int, int, str, str] | None]:
        chance, size = self._chance, self._size
        self._voucher_no += 1
        customer, invoice_no = FIRST_CUSTOMER + place, str(self._voucher_no)
        invoice_kid = kid.make(invoice_no, "mod10")
        amount_ore = chance.randrange(100_00, 9_000_00)
        drawn = chance.randrange(100)
        paid_ore = 0
        if drawn < size.settled_percent:
            paid_ore = amount_ore
        elif drawn < size.settled_percent + size.partly_percent:
            paid_ore = amount_ore // 2
        ready = not paid_ore and chance.randrange(100) < size.ready_percent
        currency = chance.choice(tuple(FOREIGN)) if chance.randrange(100) < size.foreign_percent else 0
        status = erp.SETTLED if paid_ore == amount_ore else erp.PARTLY if paid_ore else erp.OPEN
        day, due = day_number(dated), day_number(dated + timedelta(days=14))
        changed = day_number(self._on) if ready else day
        row = (
            journal, place + 1, customer, _kroner(amount_ore), _kroner(amount_ore - paid_ore), status, 0, int(ready),
            changed, 900, self._voucher_no, day, erp.INVOICE, due, invoice_no, invoice_kid, invoice_no, "", currency,
            "Faktura",
        )  # fmt: skip
        return row, (customer, paid_ore, invoice_no, invoice_kid) if paid_ore else None

    def _credit(self, journal: int, place: int, paid: tuple[int, int, str, str], paid_on: date) -> tuple[object, ...]:
        """A payment, or now and then a credit note; half of the payments name the KID, the others the invoice."""
        customer, amount_ore, invoice_no, invoice_kid = paid
        self._voucher_no += 1
        kind = erp.CREDIT_NOTE if place % 25 == 0 else erp.PAYMENT
        named = (invoice_kid, "") if place % 2 else ("", invoice_no)
        number, day = str(self._voucher_no), day_number(paid_on)
        return (
            journal, place, customer, _kroner(-amount_ore), _kroner(0), erp.SETTLED, 0, 0, day, 900, self._voucher_no,
            day, kind, 0, number, named[0], number, named[1], 0, "Innbetaling",
        )  # fmt: skip


def _kroner(amount_ore: int) -> Decimal:
    return Decimal(amount_ore).scaleb(-2)
