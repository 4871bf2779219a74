"""A trial Visma Business behind the mirror, as a world for the conformance suite: what its users do."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache, partial
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.claims import TransactionKind
from kravbro.core.vouchers import Fate, Voucher, VoucherLine
from kravbro.db.place import Place
from kravbro.db.places import place_at
from kravbro.ledgers.visma_business.databases import Databases, databases_at
from kravbro.ledgers.visma_business.install import install
from kravbro.ledgers.visma_business.layout import Need
from kravbro.ledgers.visma_business.mapping import SENT
from kravbro.ledgers.visma_business.setup import Setup, read_setup
from kravbro.ledgers.visma_business.source import VismaSource
from kravbro.ledgers.visma_business.trial import erp
from kravbro.ledgers.visma_business.trial.erp import ACCOUNT, BANK, CUSTOMER, LOSSES, SALES, Entered, Erp
from kravbro.ledgers.visma_business.trial.schema import RICH, Generation, make
from kravbro.migrations.upgrade import upgrade
from kravbro.mirror.ledger import MirroredLedger
from kravbro.ports.conformance.checks import Ability
from kravbro.ports.conformance.ledger.world import Invoice, Part
from kravbro.ports.ledger import Ledger
from tests.places import KINDS, Where, new_folder
from tests.postgresql import shared_server
from tests.templates import copy_of, remove

COMPANY, OTHER, OURS = 1, 2, 7777
TODAY = date(2026, 11, 20)
ACT = Act("tester", TODAY, datetime(2026, 11, 20, 8, tzinfo=UTC))
CLOCK = datetime(2026, 11, 20, 9)  # noqa: DTZ001 - what a clock on a wall in Norway shows at that moment
VOUCHER_TYPE, FIRST, LAST = 77, 900_001, 999_999
MEANINGS = {
    str(erp.INVOICE): "invoice",
    str(erp.PAYMENT): "payment",
    str(erp.CREDIT_NOTE): "credit_note",
    str(erp.CORRECTION): "correction",
    str(erp.LOSS): "write_off_books_only",
    str(erp.ENDED): "write_off_claim_ended",
    str(erp.COMPRESSION_TYPE): "ignore",
}
TYPES = {
    TransactionKind.PAYMENT: (erp.PAYMENT, BANK),
    TransactionKind.CREDIT_NOTE: (erp.CREDIT_NOTE, SALES),
    TransactionKind.CORRECTION: (erp.CORRECTION, LOSSES),
    TransactionKind.REVERSAL: (erp.PAYMENT, BANK),
    TransactionKind.WRITE_OFF_BOOKS_ONLY: (erp.LOSS, LOSSES),
    TransactionKind.WRITE_OFF_CLAIM_ENDED: (erp.ENDED, LOSSES),
}


def setup(folder: Path | str = "", generation: Generation = RICH, **changes: Any) -> Setup:
    """The set-up of the trial companies, delivering by file into a folder, or as rows of the batch tables."""
    section = {
        "voucher_type": VOUCHER_TYPE,
        "first_voucher_no": FIRST,
        "last_voucher_no": LAST,
        "meanings": MEANINGS,
        "names": dict(generation.names),
        "ours": OURS,
        "delivery": "file" if folder or Need.DELIVERY not in generation.needs else "tables",
        "import_folder": str(folder or "import"),
    }
    return read_setup(section | changes)


@cache
def _template(kind: str, generation: Generation, ours: int) -> Where:
    """A trial with two companies, made once and copied often."""
    where: Where = new_folder(f"visma-{generation.name}-{ours}")
    if kind == "postgresql":
        where = shared_server().database()
    databases = databases_at(str(where), "vbsys", ours)
    fill(databases, generation, ours)
    databases.close()
    return where


def fill(databases: Databases, generation: Generation, ours: int) -> None:
    """Make a trial where nothing is yet."""
    companies = {COMPANY: generation, OTHER: generation}
    make(databases, companies if ours in companies else companies | {ours: generation})
    install(databases, setup(generation=generation, ours=ours), "trial-1", ACT)
    company = Erp(databases, COMPANY, generation, CLOCK)
    if company.tables.has("accounts"):
        company.add_accounts(BANK, SALES, LOSSES)
        company.add_codes("currencies", {45: "SEK"})
        company.add_codes("countries", {47: "NO", 46: "SE"})


class Trial:
    """A copy of a trial in a place of its own, with an accountant in its first company."""

    def __init__(
        self, folder: Path, kind: str = "sqlite", generation: Generation = RICH, ours: int = OURS, **changes: Any
    ) -> None:
        template = _template(kind, generation, ours)
        self.address = str(folder / "visma")
        if kind == "postgresql":
            self.address = shared_server().new_address()
            shared_server().create(self.address, str(template))
        else:
            shutil.copytree(template, self.address)
        self._work(setup(generation=generation, ours=ours, **changes), generation)

    @classmethod
    def at(cls, address: str, known: Setup) -> Trial:
        """One that somebody else has made."""
        trial = cls.__new__(cls)
        trial.address = address
        trial._work(known, RICH)
        return trial

    def _work(self, known: Setup, generation: Generation) -> None:
        self.setup = known
        self.databases: Databases = databases_at(self.address, "vbsys", known.ours)
        self.erp = Erp(self.databases, COMPANY, generation, CLOCK)
        self._opened: list[VismaSource] = []

    def source(self, act: Act = ACT) -> VismaSource:
        """The adapter, opened as by another process."""
        self._opened.append(VismaSource(databases_at(self.address, "vbsys", self.setup.ours), self.setup, act))
        return self._opened[-1]

    def customer(self, number: int, **values: Any) -> None:
        """A customer with everything that the gate asks for."""
        known = {"name": f"Kunde {number}", "address_1": "Veien 1", "postcode": "0150", "place": "OSLO"}
        self.erp.add_customers([{"number": number} | known | values])

    def invoice(self, customer: int, amount_ore: int, invoice_no: str, **values: Any) -> int:
        """Post an invoice that is due; answers its key."""
        dated = TODAY - timedelta(days=60)
        known: dict[str, Any] = {
            "invoice_no": invoice_no,
            "due_on": dated + timedelta(days=14),
            "text": "Faktura",
            "voucher_type": erp.INVOICE,
        } | values
        sold = Entered(erp.INVOICE, dated, amount_ore, credit=(SALES, ACCOUNT))
        journal = self.erp.post(Entered(dated=dated, amount_ore=amount_ore, debit=(customer, CUSTOMER), **known), sold)
        return journal * 1_000_000_000 + 1

    def pay(self, customer: int, amount_ore: int, **values: Any) -> int:
        """Post a payment; answers its key."""
        return self.credit(erp.PAYMENT, customer, amount_ore, **values)

    def credit(self, voucher_type: int, customer: int, amount_ore: int, **values: Any) -> int:
        """Post something that credits a customer, at once; answers its key."""
        credit = Entered(voucher_type, TODAY, amount_ore, credit=(customer, CUSTOMER), **values)
        journal = self.erp.post(credit, Entered(voucher_type, TODAY, amount_ore, debit=(BANK, ACCOUNT)))
        return journal * 1_000_000_000 + 1

    def close(self) -> None:
        """Close everything, and remove a database on the server."""
        for source in self._opened:
            source.close()
        self.databases.close()
        if "://" in self.address:
            shared_server().drop(self.address)


def empty_mirror(place: Place) -> None:
    """A mirror that has seen nothing."""
    upgrade(place.open("mirror"), "mirror")


def opened(mirror: str, address: str, known: Setup) -> MirroredLedger:
    """The ledger, as a process that has just begun opens it."""
    source = VismaSource(databases_at(address, "vbsys", known.ours), known, ACT)
    return MirroredLedger(place_at(mirror).open("mirror"), source, ACT)


class VismaWorld:
    """A company in Visma Business whose accountant does what a check asks for."""

    company, other_company = COMPANY, OTHER
    today = TODAY

    def __init__(
        self,
        folder: Path,
        *,
        by_file: bool,
        kind: str = "sqlite",
        ours: int = OURS,
        trial: Callable[..., Trial] = Trial,
    ) -> None:
        self._imports = folder / "import"
        self._imports.mkdir()
        delivery: dict[str, Any] = {"delivery": "file", "import_folder": str(self._imports)} if by_file else {}
        self.trial = trial(folder, kind, ours=ours, **delivery)
        self._mirror = copy_of(empty_mirror, kind if kind in KINDS else "sqlite", folder / "place")
        self._numbers = count(1)
        self._of: dict[int, tuple[int, str]] = {}
        self.lacks: Mapping[Ability, str] = {}
        self.open: Callable[[], Ledger] = partial(opened, self._mirror, self.trial.address, self.trial.setup)

    def close(self) -> None:
        self.trial.close()
        remove(self._mirror)

    def invoice(self, amount_ore: int, beside: Invoice | None = None) -> Invoice:
        number = next(self._numbers)
        customer = beside.customer_no if beside else 10_000 + number
        if beside is None:
            self.trial.customer(customer)
        entry = self.trial.invoice(customer, amount_ore, f"C{number}")
        self._of[entry] = (customer, f"C{number}")
        return Invoice(entry, customer, f"C{number}", amount_ore)

    def offer(self, entries: Sequence[int]) -> None:
        """They stand in the queue by the minute, so each is asked for in turn."""
        for entry in entries:
            self.trial.erp.propose([entry])
            self._looked("ready_claims")

    def book(self, kind: TransactionKind, entry: int, amount_ore: int, dated: date) -> None:
        self.trial.erp.update_batch(self._batch(*TYPES[kind], entry, amount_ore, dated))

    def draft(self, entry: int, amount_ore: int, dated: date) -> str:
        return str(self._batch(erp.PAYMENT, BANK, entry, -amount_ore, dated))

    def post(self, draft: str) -> None:
        self.trial.erp.update_batch(int(draft))

    def _batch(self, voucher_type: int, account: int, entry: int, amount_ore: int, dated: date) -> int:
        customer, invoice_no = self._of[entry]
        line = Entered(voucher_type, dated, abs(amount_ore))
        on_customer = {"cross_reference": invoice_no, "text": "Innbetaling"}
        sides: tuple[dict[str, Any], dict[str, Any]] = (
            {"credit": (customer, CUSTOMER), **on_customer},
            {"debit": (account, ACCOUNT)},
        )
        if amount_ore > 0:
            sides = ({"debit": (customer, CUSTOMER), **on_customer}, {"credit": (account, ACCOUNT)})
        return self.trial.erp.register([msgspec.structs.replace(line, **side) for side in sides])

    def rename(self, customer_no: int, name: str) -> None:
        self.trial.erp.rename(customer_no, name)

    def voucher(self, number: int, key: str, parts: Sequence[Part]) -> Voucher:
        total_ore = sum(part.amount_ore for part in parts)
        lines = [VoucherLine(1, str(BANK), total_ore, text="Bank")]
        lines += [
            VoucherLine(line_no, "1500", -part.amount_ore, part.customer_no, part.entry, "F", "R", text="Betalt")
            for line_no, part in enumerate(parts, 3)
        ]
        return Voucher(number, key, TODAY, "Oppgjør", tuple(lines))

    def settle(self, key: str, fate: Fate) -> None:
        """A person reads the file where there is one, and updates or deletes the batch.

        What is deleted was seen among the batches before: a file that nobody has seen there is still awaited.
        """
        for file in self._imports.glob(f"*_{key}.txt"):
            self.trial.erp.import_file(file)
            self._looked("voucher_receipts")
        batch = self.trial.erp.batch_of(self._voucher_no(key))
        if fate is Fate.POSTED:
            self.trial.erp.update_batch(batch)
        else:
            self.trial.erp.delete_batch(batch)

    def _voucher_no(self, key: str) -> int:
        with self.trial.databases.engine(COMPANY).begin() as connection:
            found = "SELECT voucher_no FROM {}.kravbro_voucher WHERE voucher_key = :key"
            schema = self.trial.databases.schema("ours", COMPANY)
            return int(connection.execute(sa.text(found.format(schema)), {"key": key}).scalar_one())

    def withdraw(self, entry: int) -> None:
        self.trial.erp.change([entry], exemption=0)
        self._looked("withdrawals")

    def hand_over(self, entry: int) -> None:
        """Another program has marked it as sent to collection."""
        self.trial.erp.change([entry], exemption=SENT)

    def damage(self) -> None:
        """Somebody alters what the last invoice was for, with SQL."""
        entries = self.trial.erp.tables["entries"]
        with self.trial.erp.writing() as connection:
            charged = entries.c.voucher_type == erp.INVOICE
            last = sa.select(sa.func.max(entries.c.journal)).where(charged).scalar_subquery()
            here = sa.update(entries).where(entries.c.journal == last)
            connection.execute(here.values(amount=entries.c.amount - 1))

    def _looked(self, method: str) -> None:
        """The ledger, looked at by another run."""
        ledger = self.open()
        getattr(ledger, method)(COMPANY, 0, 1_000_000)
        ledger.close()  # type: ignore[attr-defined] # every ledger behind a mirror has it
