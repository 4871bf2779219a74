"""A ledger that can do nothing but write and read files, for trials: its books are a file, and its people work by hand.

No part of the adapter. It reads what Kravbro writes as a ledger would, each file once, and renames it when it has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import msgspec

from kravbro.core.claims import TransactionKind
from kravbro.core.parties import Party, PartyKind
from kravbro.formats import exchange_csv, gbat10, ledger_csv, visma_import
from kravbro.formats.exchange_csv import ApprovalRow, ReceiptRow
from kravbro.formats.ledger_csv import Kind, Row
from kravbro.ledgers.files.folders import IN, OUT
from kravbro.ledgers.files.names import PART, READ

OWN_NUMBERS = 1_000_000
"""What this ledger adds to the number of a voucher that it imports: it has series of its own, as Tripletex has."""
_KINDS = {
    TransactionKind.PAYMENT: (Kind.PAYMENT, ""),
    TransactionKind.CREDIT_NOTE: (Kind.CREDIT_NOTE, ""),
    TransactionKind.REVERSAL: (Kind.REVERSAL, ""),
    TransactionKind.CORRECTION: (Kind.CREDIT_NOTE, "correction"),
    TransactionKind.WRITE_OFF_BOOKS_ONLY: (Kind.CREDIT_NOTE, "write_off_books_only"),
    TransactionKind.WRITE_OFF_CLAIM_ENDED: (Kind.CREDIT_NOTE, "write_off_claim_ended"),
}


class Books(msgspec.Struct):
    """Everything that the ledger has: rows, customers, files written, and the names of what was approved."""

    rows: list[Row] = []
    customers: dict[str, dict[str, str]] = {}
    files: int = 0
    approved: list[str] = []


class Incoming(msgspec.Struct, frozen=True):
    """A line of a voucher that came as a file: the number, the customer (empty: an account), øre, and what it says."""

    voucher_no: int
    dated: date
    customer: str
    invoice_no: str
    amount_ore: int
    text: str


class Erp:
    """One company of such a ledger, in a folder with `in` and `out`, on one day."""

    def __init__(self, folder: Path, on: date) -> None:
        self.folder = folder
        self.on = on
        self._file = folder / "books.json"
        self.books = msgspec.json.decode(self._file.read_bytes(), type=Books) if self._file.exists() else Books()

    def save(self) -> None:
        """Keep the books."""
        write_whole(self._file, msgspec.json.encode(self.books))

    def add_customer(self, party: Party, **changes: str) -> None:
        """A customer, or what is known of one now."""
        known = {name: getattr(party, name) for name in ledger_csv.CUSTOMER_COLUMNS}
        number = "identity_number" if party.kind is PartyKind.BUSINESS else "organisation_number"
        self.books.customers[str(party.customer_no)] = known | {number: ""} | changes

    def invoice(self, customer: str, number: str, amount_ore: int, dated: date, **values: object) -> None:
        """An invoice."""
        self._row(Row(0, customer, Kind.INVOICE, number, dated, amount_ore, invoice_no=number), values)

    def book(  # noqa: PLR0917 - a line of a voucher
        self, kind: TransactionKind, customer: str, invoice_no: str, amount_ore: int, dated: date, text: str = ""
    ) -> None:
        """Something that changes what remains of an invoice."""
        of_kind, meaning = _KINDS[kind]
        if amount_ore > 0:
            of_kind = Kind.REVERSAL
        row = Row(0, customer, of_kind, f"B{len(self.books.rows)}", dated, amount_ore, invoice_no=invoice_no)
        self._row(row, {"meaning": meaning, "text": text})

    def _row(self, row: Row, values: Mapping[str, object]) -> None:
        self.books.rows.append(msgspec.structs.replace(row, **values))

    def export(self) -> Path:
        """Write all items as a table, under the day and the number of the file."""
        rows = [msgspec.structs.replace(row, **self.books.customers[row.customer]) for row in self.books.rows]
        return self._write("poster", ledger_csv.render(rows))

    def approve(self, invoices: Sequence[str]) -> Path:
        """Approve invoices for collection, in this order, at this moment."""
        self.books.files += 1
        count = self.books.files
        moment = f"{self.on} {count // 3600 % 24:02d}:{count // 60 % 60:02d}:{count % 60:02d}"
        self.books.approved += [one for one in invoices if one not in self.books.approved]
        rows = [ApprovalRow(0, number, approved=moment) for number in invoices]
        return self._write("godkjent", exchange_csv.render(exchange_csv.APPROVALS, rows))

    def want_back(self, invoice_no: str, because: str) -> Path:
        """Ask for a claim back."""
        rows = [ApprovalRow(0, invoice_no, wanted_back=because)]
        return self._write("godkjent", exchange_csv.render(exchange_csv.APPROVALS, rows))

    def waiting(self) -> list[Path]:
        """The files with vouchers that nobody has read."""
        return sorted((self.folder / OUT).glob("bilag_*"))

    def post(self, files: Sequence[Path]) -> None:
        """Read these files, book what they say, say so, and write all items anew.

        The books are kept before the files are renamed, so a file that is read twice is booked once.
        """
        known = {row.number for row in self.books.rows}
        receipts = []
        for file in files:
            lines = read_voucher(file)
            number = str(OWN_NUMBERS + lines[0].voucher_no)
            for place, line in enumerate(lines):
                if line.customer and f"{number}-{place}" not in known:
                    kind = Kind.PAYMENT if line.amount_ore < 0 else Kind.REVERSAL
                    row = Row(0, line.customer, kind, f"{number}-{place}", line.dated, line.amount_ore)
                    self._row(row, {"invoice_no": line.invoice_no, "text": line.text})
            receipts.append(ReceiptRow(0, file.name, "posted", self.on, number))
        self.save()
        if receipts:
            self._write("kvittering", exchange_csv.render(exchange_csv.RECEIPTS, receipts))
            self.export()
        for file in files:
            file.rename(file.with_name(f"{READ}{file.name}"))

    def refuse(self, file: Path, outcome: str, because: str = "") -> None:
        """Reject or delete a voucher, and say so."""
        rows = [ReceiptRow(0, file.name, outcome, self.on, "", because)]
        self._write("kvittering", exchange_csv.render(exchange_csv.RECEIPTS, rows))
        file.unlink()

    def _write(self, kind: str, data: bytes) -> Path:
        self.books.files += 1
        self.save()
        file = self.folder / IN / f"{kind}_{self.on}_{self.books.files}.csv"
        write_whole(file, data)
        return file


def write_whole(file: Path, data: bytes) -> None:
    """Write a file under another name, and then give it its own."""
    part = file.with_name(f"{file.name}{PART}")
    part.write_bytes(data)
    part.replace(file)


def read_voucher(file: Path) -> list[Incoming]:
    """The lines of a voucher's file, whichever of the three formats it has."""
    data = file.read_bytes()
    if data.startswith(b"@"):
        (batch,) = visma_import.parse(data, file.name).batches
        return [_of_visma(line) for line in batch.lines]
    if data.startswith(gbat10.IDENTITY.encode()):
        lines = gbat10.parse(data, file.name)
        return [
            Incoming(int(line.voucher_no), line.dated, line.customer, line.invoice_no, line.amount_ore, line.text)
            for line in lines
        ]
    rows = exchange_csv.read(exchange_csv.VOUCHERS, data, file.name)
    return [Incoming(row.voucher_no, row.dated, row.customer, row.invoice_no, row.amount_ore, row.text) for row in rows]


def _of_visma(line: visma_import.Line) -> Incoming:
    account = line.debit_account or line.credit_account
    is_customer = (line.debit_class or line.credit_class) == 1
    sign = 1 if line.debit_account else -1
    customer = str(account) if is_customer else ""
    return Incoming(line.voucher_no, line.dated, customer, line.cross_reference, sign * line.amount_ore, line.text)
