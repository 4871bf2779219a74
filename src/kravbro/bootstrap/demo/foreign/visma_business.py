"""A trial of Visma Business for the demo: its databases in a folder, and the accountant of one company."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path

import msgspec

from kravbro.bootstrap.demo.foreign.trial import Accounts, Change, Debt
from kravbro.bootstrap.demo.world import DEMO_DATE, INVOICE_KID_LENGTH
from kravbro.core.acts import Act
from kravbro.core.claims import TransactionKind
from kravbro.core.identifiers import kid
from kravbro.core.parties import Party, PartyKind
from kravbro.ledgers.visma_business.databases import databases_at
from kravbro.ledgers.visma_business.install import install
from kravbro.ledgers.visma_business.setup import Way, read_setup
from kravbro.ledgers.visma_business.trial import erp, looking
from kravbro.ledgers.visma_business.trial.erp import ACCOUNT, CUSTOMER, Entered, Erp
from kravbro.ledgers.visma_business.trial.schema import RICH, make
from kravbro.mirror.connections import Connection

OURS = 7777
SYSTEM, INSTALLATION = "vbsys", "demo-visma-business"
MEANINGS = {
    erp.INVOICE: "invoice",
    erp.PAYMENT: "payment",
    erp.CREDIT_NOTE: "credit_note",
    erp.CORRECTION: "correction",
    erp.LOSS: "write_off_books_only",
    erp.ENDED: "write_off_claim_ended",
    erp.COMPRESSION_TYPE: "ignore",
}
TYPES = {
    TransactionKind.PAYMENT: (erp.PAYMENT, erp.BANK),
    TransactionKind.REVERSAL: (erp.PAYMENT, erp.BANK),
    TransactionKind.CREDIT_NOTE: (erp.CREDIT_NOTE, erp.SALES),
    TransactionKind.WRITE_OFF_BOOKS_ONLY: (erp.LOSS, erp.LOSSES),
}
FIRST_INVOICE, FIRST_CHANGE = 10_000, 20_000
"""Where the trial's people begin to number invoices and what they book on them."""
SETTINGS = """# The set-up of the trial company: docs/ledgers/visma_business.md has every key.
voucher_type = 77
first_voucher_no = 900001
last_voucher_no = 999999
ours = {ours}
delivery = "{way}"
import_folder = {folder}
sub_ledger_type = "KUNDE"

[meanings]
{meanings}

[names]
{names}
"""


class VismaTrial:
    """The trial, in a folder of its own, and how vouchers come to it; what is there is taken up again."""

    on: date = DEMO_DATE
    company = 1
    name = "Nordvik kommune"
    accounts = Accounts("1500", str(erp.BANK), "8050", "3090", "2990", "2980")
    sub_ledger_type = "KUNDE"

    def __init__(self, folder: Path, act: Act, way: Way = Way.FILE) -> None:
        self._folder = folder
        self._way = way
        self._imports = folder.absolute() / "import"
        self._imports.mkdir(parents=True, exist_ok=True)
        self._databases = databases_at(str(folder), SYSTEM, OURS)
        self._made()
        settings = read_setup(tomllib.loads(self.connection().settings))
        install(self._databases, settings, INSTALLATION, act)
        self._erp = Erp(self._databases, self.company, RICH, datetime.combine(self.on, time(9)))

    def _made(self) -> None:
        """Make the databases; what a run left that was killed while it made them is thrown away."""
        made = self._folder / "made"
        if made.exists():
            return
        for unfinished in self._folder.glob("*.db*"):
            unfinished.unlink()
        make(self._databases, {self.company: RICH, OURS: RICH})
        company = Erp(self._databases, self.company, RICH, datetime.combine(self.on, time(9)))
        known = {int(one) for one in msgspec.structs.astuple(self.accounts)} | {erp.SALES, erp.LOSSES}
        company.add_accounts(*sorted(known))
        company.add_codes("currencies", {45: "SEK"})
        company.add_codes("countries", {47: "NO", 46: "SE"})
        made.touch()

    def connection(self) -> Connection:
        """The folder, and the set-up of the trial company."""
        meanings = "\n".join(f'{number} = "{meaning}"' for number, meaning in MEANINGS.items())
        names = "\n".join(f"{_quoted(name)} = {_quoted(column)}" for name, column in RICH.names)
        settings = SETTINGS.format(
            way=self._way.value, ours=OURS, folder=_quoted(str(self._imports)), meanings=meanings, names=names
        )
        return Connection("visma_business", str(self._folder.absolute()), settings)

    def fill(self, debts: Sequence[Debt]) -> None:
        """Customers and posted invoices, in one journal each."""
        customers, invoices = looking.customers(self._erp), looking.invoices(self._erp)
        new = {one.debtor.customer_no: one.debtor for one in debts if one.debtor.customer_no not in customers}
        self._erp.add_customers([_customer(one) for one in new.values()])
        for one in debts:
            if one.name not in invoices:
                self._erp.post(*_invoice(one))

    def propose(self, debts: Sequence[Debt]) -> int:
        """Those that nobody has proposed or sent yet."""
        entries, fresh = looking.invoices(self._erp), looking.untouched(self._erp)
        wanted = [entries[one.name] for one in debts if one.name in entries and entries[one.name] in fresh]
        if wanted:
            self._erp.propose(wanted)
        return len(wanted)

    def book(self, changes: Sequence[Change]) -> int:
        """Each in a voucher of its own, posted at once."""
        known = looking.booked(self._erp)
        new = [one for one in changes if (one.debt.name, one.name) not in known]
        for one in new:
            self._erp.post(*_change(one))
        return len(new)

    def post_delivered(self) -> int:
        """Read the import files, and update every batch: *Les inn bunt*, *Oppdater bunt*."""
        for file in sorted(self._imports.glob("*.txt")):
            self._erp.import_file(file)
        waiting = looking.waiting_batches(self._erp)
        for number in waiting:
            self._erp.update_batch(number)
        return len(waiting)

    def close(self) -> None:
        """Close the databases."""
        self._databases.close()


def _quoted(text: str) -> str:
    """A text as TOML has it: JSON's way of writing text is one of TOML's."""
    return json.dumps(text, ensure_ascii=False)


def _customer(one: Party) -> dict[str, object]:
    number = one.organisation_number if one.kind is PartyKind.BUSINESS else one.identity_number
    known = {"number": one.customer_no, "name": one.name, "address_1": one.address, "postcode": one.postcode}
    return known | {"place": one.place, "country": 47, "organisation_no": number}


def _invoice(one: Debt) -> tuple[Entered, Entered]:
    known = kid.make(str(one.number).zfill(INVOICE_KID_LENGTH - 1), "mod10")
    debit = Entered(
        erp.INVOICE,
        one.dated,
        one.amount_ore,
        debit=(one.debtor.customer_no, CUSTOMER),
        invoice_no=one.name,
        kid=known,
        due_on=one.due,
        text="Kommunale avgifter",
        voucher_no=FIRST_INVOICE + one.number,
    )
    return debit, Entered(
        erp.INVOICE, one.dated, one.amount_ore, credit=(erp.SALES, ACCOUNT), voucher_no=debit.voucher_no
    )


def _change(one: Change) -> tuple[Entered, Entered]:
    voucher_type, account = TYPES[one.kind]
    voucher_no = FIRST_CHANGE + 10 * one.debt.number + (one.amount_ore > 0)
    line = Entered(voucher_type, one.dated, abs(one.amount_ore), text=one.name, voucher_no=voucher_no)
    customer, other = (one.debt.debtor.customer_no, CUSTOMER), (account, ACCOUNT)
    on_customer = msgspec.structs.replace(line, cross_reference=one.debt.name)
    if one.amount_ore < 0:
        return msgspec.structs.replace(on_customer, credit=customer), msgspec.structs.replace(line, debit=other)
    return msgspec.structs.replace(on_customer, debit=customer), msgspec.structs.replace(line, credit=other)
