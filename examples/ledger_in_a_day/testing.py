"""Kassaboka as a world for the conformance suite: what its user does, never by way of the adapter."""

from __future__ import annotations

import atexit
import shutil
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import cache, partial
from itertools import count
from pathlib import Path
from tempfile import mkdtemp

from examples.ledger_in_a_day import program
from examples.ledger_in_a_day.catching_up import to_kroner
from examples.ledger_in_a_day.ledger import COMPANY, KassabokaLedger, install
from examples.ledger_in_a_day.program import BANK, LOSSES, RECEIVABLES, SALES, Line
from kravbro.core.claims import TransactionKind
from kravbro.core.identifiers import kid
from kravbro.core.vouchers import Fate, Voucher, VoucherLine
from kravbro.ports.conformance.checks import Ability
from kravbro.ports.conformance.ledger.world import Invoice, Part
from kravbro.ports.ledger import Ledger

TODAY = date(2026, 11, 23)
DUE = TODAY - timedelta(days=80)
LACKS: Mapping[Ability, str] = {
    Ability.CORRECTION: "Kassaboka has no corrections; a user takes back and books anew",
    Ability.WRITE_OFF_BOOKS_ONLY: "Kassaboka writes off for good",
    Ability.SECOND_COMPANY: "Kassaboka keeps one company",
    Ability.WITHDRAWING: "Kassaboka has no way to ask for a claim back; its user tells the collector",
    Ability.CONVERSION: "Kassaboka does not know what was handed over before",
    Ability.DRAFTED_VOUCHERS: "what comes from outside is booked at once",
}
KINDS = {
    TransactionKind.PAYMENT: (program.PAYMENT, BANK),
    TransactionKind.CREDIT_NOTE: (program.CREDIT_NOTE, SALES),
    TransactionKind.REVERSAL: (program.TAKEN_BACK, BANK),
    TransactionKind.WRITE_OFF_CLAIM_ENDED: (program.WRITTEN_OFF, LOSSES),
}


@cache
def _installed() -> Path:
    """Kassaboka with the adapter's tables, made once."""
    folder = Path(mkdtemp())
    atexit.register(shutil.rmtree, folder)
    file = folder / "kassaboka.sqlite"
    program.install(file)
    install(file)
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return file


def new_world() -> KassabokaWorld:
    """A new company in a folder of its own, for the suite on the command line."""
    return KassabokaWorld(Path(mkdtemp()))


class KassabokaWorld:
    """A company in a folder, and its user."""

    company = COMPANY
    other_company = 0
    today = TODAY
    lacks = LACKS

    def __init__(self, folder: Path) -> None:
        self.file = folder / "kassaboka.sqlite"
        shutil.copy(_installed(), self.file)
        self._connection = program.connect(self.file)
        self._numbers = count(1)
        self.open: Callable[[], Ledger] = partial(KassabokaLedger, self.file, TODAY)

    def close(self) -> None:
        """Leave the program."""
        self._connection.close()

    def invoice(self, amount_ore: int, beside: Invoice | None = None) -> Invoice:
        """An invoice on a new customer, or on that of another."""
        number = next(self._numbers)
        customer, invoice_no = (beside.customer_no if beside else number), str(1000 + number)
        if beside is None:
            row = (customer, f"Customer {customer}", 1, "01010112345", "Gata 1", "2040", "Kløfta")
            with program.transaction(self._connection):
                self._connection.execute(
                    "INSERT INTO customer (no, name, is_person, identity_no, address, postcode, place)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?)",
                    row,
                )
        kroner = to_kroner(amount_ore)
        debt = Line(1, RECEIVABLES, kroner, customer, None, invoice_no, kid.make(f"{number:08d}", "mod10"), DUE)
        voucher = self._write(program.INVOICE, DUE - timedelta(days=14), debt, Line(2, SALES, to_kroner(-amount_ore)))
        self._book(voucher)
        query = "SELECT id FROM line WHERE voucher = ? AND line_no = 1"
        (entry,) = self._connection.execute(query, (voucher,)).fetchone()
        return Invoice(entry, customer, invoice_no, amount_ore)

    def offer(self, entries: Sequence[int]) -> None:
        """Put invoices on the list for collection."""
        with program.transaction(self._connection):
            for entry in entries:
                program.send_to_collection(self._connection, entry)

    def book(self, kind: TransactionKind, entry: int, amount_ore: int, dated: date) -> None:
        """Book money on an invoice."""
        self._book(self._settle(*KINDS[kind], entry, amount_ore, dated))

    def draft(self, entry: int, amount_ore: int, dated: date) -> str:
        """Write a payment and leave it."""
        return str(self._settle(program.PAYMENT, BANK, entry, -amount_ore, dated))

    def post(self, draft: str) -> None:
        """Book what was left."""
        self._book(int(draft))

    def rename(self, customer_no: int, name: str) -> None:
        """Change a customer's name."""
        with program.transaction(self._connection):
            self._connection.execute("UPDATE customer SET name = ? WHERE no = ?", (name, customer_no))

    def voucher(self, number: int, key: str, parts: Sequence[Part]) -> Voucher:
        """Money on the bank's account, for customers' invoices."""
        lines = [VoucherLine(1, BANK, sum(part.amount_ore for part in parts), text="Bank")]
        lines += [
            VoucherLine(line_no, RECEIVABLES, -part.amount_ore, part.customer_no, part.entry, text="Paid")
            for line_no, part in enumerate(parts, 2)
        ]
        return Voucher(number, key, TODAY, "Settlement", tuple(lines))

    def settle(self, key: str, fate: Fate) -> None:
        """Never needed: what comes from outside is booked at once."""
        raise LookupError(f"{key} was booked at once, and cannot be {fate.value} by a person")

    def spare(self, invoice: Invoice) -> None:
        """Say that a customer is not to be collected from."""
        with program.transaction(self._connection):
            self._connection.execute("UPDATE customer SET spared = 1 WHERE no = ?", (invoice.customer_no,))

    def remaining(self, entry: int) -> int:
        """What remains of an invoice, by the program's own lines (øre)."""
        rows = self._connection.execute(
            "SELECT line.kroner FROM line JOIN voucher ON voucher.id = line.voucher"
            " WHERE voucher.booked_on IS NOT NULL AND (line.id = :entry OR line.settles = :entry)",
            {"entry": entry},
        )
        return int(sum(Decimal(kroner) for (kroner,) in rows) * 100)

    def withdraw(self, entry: int) -> None:
        """Never needed: Kassaboka has no such thing."""
        raise LookupError(f"the claim on {entry} cannot be asked back")

    def hand_over(self, entry: int) -> None:
        """Never needed: Kassaboka has no such thing."""
        raise LookupError(f"the claim on {entry} cannot have been handed over")

    def damage(self) -> None:
        """Change the last amount in the file, past the program."""
        with program.transaction(self._connection):
            query = "SELECT id, kroner FROM line WHERE settles IS NOT NULL ORDER BY id DESC LIMIT 1"
            line, kroner = self._connection.execute(query).fetchone()
            altered = str(Decimal(kroner) - Decimal("0.01"))
            self._connection.execute("UPDATE line SET kroner = ? WHERE id = ?", (altered, line))

    def _settle(self, kind: str, account: str, entry: int, amount_ore: int, dated: date) -> int:
        (customer,) = self._connection.execute("SELECT customer FROM line WHERE id = ?", (entry,)).fetchone()
        moved = Line(2, RECEIVABLES, to_kroner(amount_ore), customer, entry)
        return self._write(kind, dated, Line(1, account, to_kroner(-amount_ore)), moved)

    def _write(self, kind: str, dated: date, *lines: Line) -> int:
        with program.transaction(self._connection):
            return program.write(self._connection, program.Head(kind, dated, f"{kind} by the user"), lines)

    def _book(self, voucher: int) -> None:
        with program.transaction(self._connection):
            program.book(self._connection, voucher, TODAY)
