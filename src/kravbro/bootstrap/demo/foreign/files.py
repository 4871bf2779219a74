"""A trial of a ledger that can do nothing but write and read files, for the demo: a folder, and an accountant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from kravbro.bootstrap.demo.foreign.trial import Accounts, Change, Debt
from kravbro.bootstrap.demo.world import DEMO_DATE, INVOICE_KID_LENGTH
from kravbro.core.acts import Act
from kravbro.core.identifiers import kid
from kravbro.ledgers.files.folders import IN
from kravbro.ledgers.files.install import install
from kravbro.ledgers.files.opening import open_folders
from kravbro.ledgers.files.trial import Erp
from kravbro.mirror.connections import Connection

INSTALLATION = "demo-files"
SETTINGS = """# The set-up of the trial company: docs/ledgers/files.md has every key.
first_voucher_no = 900001
last_voucher_no = 999999
vouchers = "gbat10"
settle_seconds = 0 # the trial gives its files their names when they are whole

[companies.1]
name = "Nordvik kommune"

[gbat10]
voucher_type = 9
vat_code = 0
"""


class FilesTrial:
    """The trial, in a folder of its own; what is there is taken up again."""

    on: date = DEMO_DATE
    company = 1
    name = "Nordvik kommune"
    accounts = Accounts("1500", "1920", "8050", "3090", "2990", "2980")
    sub_ledger_type = "1500"

    def __init__(self, folder: Path, act: Act) -> None:
        self._folder = folder.absolute()
        self._folder.mkdir(parents=True, exist_ok=True)
        install(open_folders(str(self._folder), SETTINGS), INSTALLATION, act)
        self._erp = Erp(self._folder / "F0001", self.on)

    def connection(self) -> Connection:
        """The folder, and the set-up of the trial company."""
        return Connection("files", str(self._folder), SETTINGS)

    def fill(self, debts: Sequence[Debt]) -> None:
        """Customers and invoices, told in one table."""
        known = {row.number for row in self._erp.books.rows}
        new = [one for one in debts if one.name not in known]
        for one in new:
            self._erp.add_customer(one.debtor)
            values = {"due_date": one.due, "kid": kid.make(str(one.number).zfill(INVOICE_KID_LENGTH - 1), "mod10")}
            values |= {"text": "Kommunale avgifter"}
            self._erp.invoice(str(one.debtor.customer_no), one.name, one.amount_ore, one.dated, **values)
        if new or not list((self._folder / "F0001" / IN).glob("poster_*")):
            self._erp.export()

    def propose(self, debts: Sequence[Debt]) -> int:
        """Those that nobody has approved yet."""
        wanted = [one.name for one in debts if one.name not in self._erp.books.approved]
        if wanted:
            self._erp.approve(wanted)
        return len(wanted)

    def book(self, changes: Sequence[Change]) -> int:
        """Each as a row of its own, told in the next table."""
        known = {(row.invoice_no, row.text) for row in self._erp.books.rows}
        new = [one for one in changes if (one.debt.name, one.name) not in known]
        for one in new:
            customer = str(one.debt.debtor.customer_no)
            self._erp.book(one.kind, customer, one.debt.name, one.amount_ore, one.dated, one.name)
        if new:
            self._erp.export()
        return len(new)

    def post_delivered(self) -> int:
        """Read every file of vouchers, and book what it says."""
        waiting = self._erp.waiting()
        self._erp.post(waiting)
        return len(waiting)

    def close(self) -> None:
        """Nothing is held open."""
