"""A ledger that writes and reads files, behind the mirror, as a world for the conformance suite: what its users do."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import msgspec

from kravbro.books.importing.csv_source import from_csv
from kravbro.core.acts import Act
from kravbro.core.claims import TransactionKind
from kravbro.core.parties import Party, PartyKind
from kravbro.core.vouchers import Fate, Voucher, VoucherLine
from kravbro.db.place import Place
from kravbro.db.places import place_at
from kravbro.formats import exchange_csv, ledger_csv
from kravbro.formats.exchange_csv import ApprovalRow, ReceiptRow
from kravbro.ledgers.files.derivation import entry_of
from kravbro.ledgers.files.folders import IN, OUT, Folders
from kravbro.ledgers.files.install import install
from kravbro.ledgers.files.opening import open_folders
from kravbro.ledgers.files.source import FilesSource
from kravbro.ledgers.files.trial import Erp
from kravbro.migrations.upgrade import upgrade
from kravbro.mirror.ledger import MirroredLedger
from kravbro.ports.conformance.checks import Ability
from kravbro.ports.conformance.ledger.world import Invoice, Part
from kravbro.ports.ledger import Ledger
from tests.templates import copy_of, remove

COMPANY, OTHER = 1, 2
TODAY = date(2026, 11, 20)
ACT = Act("tester", TODAY, datetime(2026, 11, 20, 8, tzinfo=UTC))
SETTINGS = """first_voucher_no = 900001
last_voucher_no = 999999
vouchers = "{vouchers}"
settle_seconds = {settle}
{more}
[companies.1]
name = "Nordvik kommune"
organisation_number = "974760673"
[companies.2]
name = "Sørvik kommune"
[gbat10]
voucher_type = 9
vat_code = 0
[visma_import]
voucher_type = 77
"""
BANK, INCOME, RECEIVABLE = "1920", "3000", "1500"


def settings(vouchers: str = "gbat10", settle: int = 0, more: str = "") -> str:
    """The settings of the trial folder."""
    return SETTINGS.format(vouchers=vouchers, settle=settle, more=more)


def new_folders(root: Path, text: str) -> Folders:
    """A folder with everything made in it."""
    root.mkdir(parents=True, exist_ok=True)
    folders = open_folders(str(root), text)
    install(folders, "files-1", ACT)
    return folders


class Trial:
    """A folder of a test's own, into which it writes what it likes."""

    def __init__(self, root: Path, **changes: Any) -> None:
        self.settings = settings(**changes)
        self.folders = new_folders(root, self.settings)
        self.erp = Erp(self.folders.root / "F0001", TODAY)
        self._files = count(1)

    def source(self, act: Act = ACT) -> FilesSource:
        """The adapter, opened as by another process."""
        return FilesSource(open_folders(str(self.folders.root), self.settings), act)

    def incoming(self, name: str) -> Path:
        """A file in the company's `in`."""
        return self.folders.root / "F0001" / IN / name

    def outgoing(self) -> list[Path]:
        """The files in the company's `out`, by name."""
        return sorted((self.folders.root / "F0001" / OUT).iterdir())

    def put(self, name: str, data: bytes | str, changed: int = 1_000_000_000) -> Path:
        """A file that was written long ago, in seconds."""
        file = self.incoming(name)
        file.write_bytes(data if isinstance(data, bytes) else data.encode())
        os.utime(file, (changed, changed))
        return file

    def snapshot(self, *rows: str, name: str = "", head: str = "") -> Path:
        """A table of items; the customers are told of on each row."""
        return self.put(name or f"poster_{TODAY}_{next(self._files)}.csv", "\n".join([head or HEAD, *rows, ""]))

    def approve(self, *invoices: str, moment: str = "2026-11-20") -> Path:
        """A table that approves invoices."""
        rows = [ApprovalRow(0, number, approved=moment) for number in invoices]
        return self.put(f"godkjent_{TODAY}_{next(self._files)}.csv", exchange_csv.render(exchange_csv.APPROVALS, rows))

    def receipt(self, file: str, outcome: str, voucher_no: str = "", because: str = "") -> Path:
        """A table that says what became of a voucher."""
        rows = [ReceiptRow(0, file, outcome, TODAY, voucher_no, because)]
        return self.put(f"kvittering_{TODAY}_{next(self._files)}.csv", exchange_csv.render(exchange_csv.RECEIPTS, rows))


HEAD = "kundenr;navn;postnr;poststed;art;bilagsnr;fakturanr;dato;forfall;beløp"


def invoice_row(number: str, kroner: str, customer: str = "10001") -> str:
    """An invoice that is long due."""
    return f"{customer};Kunde {customer};0150;Oslo;faktura;{number};{number};2026-09-01;2026-09-21;{kroner}"


def payment_row(number: str, kroner: str, invoice: str, customer: str = "10001", kind: str = "innbetaling") -> str:
    """Something on an invoice."""
    return f"{customer};;;;{kind};{number};{invoice};2026-11-19;;{kroner}"


def entry(number: str, customer: str = "10001") -> int:
    """The number that an invoice of a table has here."""
    text = "\n".join([HEAD, invoice_row(number, "1", customer), ""])
    (line,) = from_csv(ledger_csv.parse(text.encode(), "x"), "x").lines
    return entry_of(line.key)


def paid(key: str, of_entry: int, *amounts_ore: int, text: str = "Oppgjør", customer: int = 10_001) -> Voucher:
    """A voucher with one line for each amount on a claim of a customer."""
    lines = [VoucherLine(1, BANK, sum(amounts_ore))]
    lines += [
        VoucherLine(no, RECEIVABLE, -ore, customer, of_entry, text="Betalt") for no, ore in enumerate(amounts_ore, 2)
    ]
    return Voucher(1, key, TODAY, text, tuple(lines))


def empty_mirror(place: Place) -> None:
    """A mirror that has seen nothing."""
    upgrade(place.open("mirror"), "mirror")


def opened(mirror: str, root: str, text: str) -> MirroredLedger:
    """The ledger, as a process that has just begun opens it."""
    return MirroredLedger(place_at(mirror).open("mirror"), FilesSource(open_folders(root, text), ACT), ACT)


class FilesWorld:
    """A company whose ledger writes and reads files, with an accountant who does what a check asks for."""

    company, other_company = COMPANY, OTHER
    today = TODAY

    def __init__(self, folder: Path, kind: str = "sqlite", vouchers: str = "gbat10") -> None:
        self._settings = settings(vouchers)
        self._folders = new_folders(folder / "files", self._settings)
        self.erp = Erp(self._folders.root / "F0001", TODAY)
        self._mirror = copy_of(empty_mirror, kind, folder / "place")
        self._numbers = count(1)
        self._of: dict[int, tuple[str, str]] = {}
        self._drafts: dict[str, tuple[str, str, int, date]] = {}
        self._wanted: set[int] = set()
        self.lacks: Mapping[Ability, str] = {}
        self.open: Callable[[], Ledger] = partial(opened, self._mirror, str(self._folders.root), self._settings)

    def close(self) -> None:
        remove(self._mirror)

    def invoice(self, amount_ore: int, beside: Invoice | None = None) -> Invoice:
        number = next(self._numbers)
        customer = str(beside.customer_no if beside else 10_000 + number)
        if beside is None:
            party = Party(int(customer), PartyKind.PERSON, f"Kunde {customer}", postcode="0150", place="OSLO")
            self.erp.add_customer(party)
        dated = TODAY - timedelta(days=60)
        self.erp.invoice(customer, f"C{number}", amount_ore, dated, due_date=dated + timedelta(days=14))
        self.erp.export()
        line = entry(f"C{number}", customer)
        self._of[line] = (customer, f"C{number}")
        return Invoice(line, int(customer), f"C{number}", amount_ore)

    def offer(self, entries: Sequence[int]) -> None:
        self.erp.approve([self._of[one][1] for one in entries])

    def book(self, kind: TransactionKind, entry: int, amount_ore: int, dated: date) -> None:
        self.erp.book(kind, *self._of[entry], amount_ore, dated)
        self.erp.export()

    def draft(self, entry: int, amount_ore: int, dated: date) -> str:
        name = f"draft {len(self._drafts)}"
        self._drafts[name] = (*self._of[entry], -amount_ore, dated)
        return name

    def post(self, draft: str) -> None:
        self.erp.book(TransactionKind.PAYMENT, *self._drafts[draft])
        self.erp.export()

    def rename(self, customer_no: int, name: str) -> None:
        self.erp.books.customers[str(customer_no)]["name"] = name
        self.erp.export()

    def voucher(self, number: int, key: str, parts: Sequence[Part]) -> Voucher:
        total_ore = sum(part.amount_ore for part in parts)
        lines = [VoucherLine(1, BANK, total_ore, text="Bank")]
        lines += [
            VoucherLine(line_no, RECEIVABLE, -part.amount_ore, part.customer_no, part.entry, "F", "R", text="Betalt")
            for line_no, part in enumerate(parts, 3)
        ]
        return Voucher(number, key, TODAY, "Oppgjør", tuple(lines))

    def settle(self, key: str, fate: Fate) -> None:
        (file,) = [one for one in self.erp.waiting() if one.stem.endswith(f"_{key}")]
        if fate is Fate.POSTED:
            self.erp.post([file])
        else:
            self.erp.refuse(file, fate.value)

    def withdraw(self, entry: int) -> None:
        if entry not in self._wanted:
            self._wanted.add(entry)
            self.erp.want_back(self._of[entry][1], "avtalt med kunden")
            self._looked("withdrawals")

    def _looked(self, method: str) -> None:
        """The ledger, looked at by another run."""
        ledger = self.open()
        getattr(ledger, method)(COMPANY, 0, 1_000_000)
        ledger.close()  # type: ignore[attr-defined] # every ledger behind a mirror has it

    def hand_over(self, entry: int) -> None:
        """Files cannot say so: a person tells Kravbro."""
        ledger = self.open()
        assert isinstance(ledger, MirroredLedger)
        ledger.mark_transferred(self.company, {entry: ""}, "handed over before")
        ledger.close()

    def damage(self) -> None:
        """The last invoice is another amount in the next export."""
        place = max(one for one, row in enumerate(self.erp.books.rows) if row.kind is ledger_csv.Kind.INVOICE)
        row = self.erp.books.rows[place]
        self.erp.books.rows[place] = msgspec.structs.replace(row, amount_ore=row.amount_ore - 1_00)
        self.erp.export()
