"""A trial of a ledger behind the web service, for the demo: an installation of ours in another place, its accountant,
and the server in front of it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from kravbro.books.commands.posting import post_vouchers
from kravbro.books.commands.proposals import approve_proposal, generate_proposal
from kravbro.books.commands.vouchers import write_vouchers
from kravbro.bootstrap.demo import ledger_day, setting
from kravbro.bootstrap.demo.foreign.served_ledger import Certificate, ServedLedger, Service, password_in
from kravbro.bootstrap.demo.foreign.trial import Accounts, Change, Debt
from kravbro.bootstrap.demo.world import (
    CUSTOMERS,
    DEMO_DATE,
    INVOICE_KID_LENGTH,
    PLUMBER,
    SMALL,
    Invoice,
    Scenario,
)
from kravbro.bootstrap.service_logins import Wanted, add_login, all_logins
from kravbro.bootstrap.setup.applying import apply_plan, plan, refuse_changes
from kravbro.bootstrap.setup.description import CompanyPart, Setup
from kravbro.bootstrap.site import Site, make_site
from kravbro.core.acts import Act
from kravbro.core.claims import TransactionKind
from kravbro.core.identifiers import kid
from kravbro.db.engines import Engine, writing
from kravbro.db.folder_place import FolderPlace
from kravbro.db.place import company_owner
from kravbro.engine.clock import Clock
from kravbro.ledgers.wsinkasso.address import KIND, PASSWORD_FILE
from kravbro.mirror.connections import Connection

LOGIN = "kk2"
LEDGER, OFFICE = "demo-service-ledger", "demo-service-office"
TYPES = {
    TransactionKind.PAYMENT: (setting.PAYMENT, setting.BANK),
    TransactionKind.REVERSAL: (setting.REVERSAL, setting.BANK),
    TransactionKind.CREDIT_NOTE: (setting.CREDIT_NOTE, setting.INCOME),
    TransactionKind.WRITE_OFF_BOOKS_ONLY: (setting.BOOKS_ONLY, setting.WRITTEN_OFF),
}
Serve = Callable[[Path, Certificate, date], Service]


class ServiceTrial:
    """The trial in a folder of its own, with its server; what is there is taken up again."""

    on: date = DEMO_DATE
    company = PLUMBER
    name = "Nordvik kommune"
    accounts = Accounts(
        setting.RECEIVABLES,
        setting.BANK,
        setting.INTEREST_INCOME,
        setting.FEE_INCOME,
        setting.INTERIM,
        setting.REFUNDS,
    )
    sub_ledger_type = CUSTOMERS

    def __init__(self, folder: Path, clock: Clock, serve: Serve = ServedLedger) -> None:
        self._clock = clock
        self._place = FolderPlace(folder / "ledger")
        folder.mkdir(parents=True, exist_ok=True)
        self._set_up()
        secret = folder / "password"
        self._let_in(password_in(secret))
        os.environ[PASSWORD_FILE] = str(secret)
        self._certificate = Certificate(folder / "certificate", clock)
        self._service = serve(self._place.folder, self._certificate, self.on)

    def _set_up(self) -> None:
        make_site(self._place, (self.company,))
        books = setting.company_setup(self.company, SMALL)
        part = CompanyPart(self.company, self.name, setting.ORGANISATION_NUMBERS[self.company], books)
        decided = plan(self._place, Setup(LEDGER, OFFICE, {self.company: part}), self._act())
        refuse_changes(decided)
        apply_plan(self._place, decided, "the demo", self._act())

    def _let_in(self, password: str) -> None:
        site = Site(self._place, self._act())
        if LOGIN not in {one.name for one in all_logins(site)}:
            add_login(site, Wanted(LOGIN, (self.company,), password))

    def _act(self) -> Act:
        return Act("accountant", self.on, self._clock.now())

    def connection(self) -> Connection:
        """The service; the password is in a file that the environment names."""
        settings = f'user = "{LOGIN}"\nca_file = {_quoted(str(self._certificate.authority.absolute()))}\n'
        return Connection(KIND, self._service.address, settings)

    def fill(self, debts: Sequence[Debt]) -> None:
        """Customers and posted invoices."""
        with writing(self._books()) as connection:
            ledger_day.invoice_and_remind(connection, [_invoice(one) for one in debts], self._act())

    def propose(self, debts: Sequence[Debt]) -> int:
        """One proposal, approved with its transfer voucher."""
        with writing(self._books()) as connection:
            number = generate_proposal(connection, CUSTOMERS, setting.FIRST_CODE, self._act(), "demo proposal")
            approve_proposal(connection, number, setting.TRANSFER, True, self._act())
        return len(Site(self._place, self._act()).ledger.ready_claims(self.company, 0, len(debts)))

    def book(self, changes: Sequence[Change]) -> int:
        """Each in a voucher of its own."""
        with writing(self._books()) as connection:
            items = ledger_day.items_by_invoice(connection)
            drafts = [
                ledger_day.money(
                    TYPES[one.kind][0], one.name, one.amount_ore, items[one.debt.name], one.dated,
                    against=TYPES[one.kind][1],
                )
                for one in changes
            ]  # fmt: skip
            return post_vouchers(connection, write_vouchers(connection, drafts, self._act()), self._act())

    def post_delivered(self) -> int:
        """Post what lies as drafts under the collector's registrar."""
        with writing(self._books()) as connection:
            return ledger_day.post_what_the_collector_sent(connection, setting.REGISTRAR, self._act())

    def _books(self) -> Engine:
        return self._place.open(company_owner(self.company))

    def close(self) -> None:
        """Stop the server."""
        self._service.stop()


def _quoted(text: str) -> str:
    """A text as TOML has it: JSON's way of writing text is one of TOML's."""
    return json.dumps(text, ensure_ascii=False)


def _invoice(one: Debt) -> Invoice:
    return Invoice(
        ordinal=one.number,
        scenario=Scenario.PLAIN,
        debtor=one.debtor,
        exempt_from_dunning=False,
        exempt_from_collection=False,
        sub_ledger_type=CUSTOMERS,
        voucher_type=setting.INVOICE,
        invoice_no=one.name,
        kid=kid.make(str(one.number).zfill(INVOICE_KID_LENGTH - 1), "mod10"),
        dated=one.dated,
        due=one.due,
        amount_ore=one.amount_ore,
        currency="NOK",
        interest_before_due_ore=0,
        letters=(),
    )
