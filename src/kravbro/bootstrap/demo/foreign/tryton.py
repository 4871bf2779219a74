"""A trial of Tryton for the demo: a living server, and the accountant of one company."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from kravbro.bootstrap.demo.foreign.living_tryton import LivingTryton
from kravbro.bootstrap.demo.foreign.trial import Accounts, Change, Debt, debts
from kravbro.core.parties import Party
from kravbro.ledgers.tryton import trial, trial_work
from kravbro.ledgers.tryton.source import PASSWORD_FILE, open_tryton
from kravbro.ledgers.tryton.trial_work import Booking, Customer, Sale
from kravbro.ledgers.tryton.wire import Row
from kravbro.mirror.connections import Connection


class TrytonTrial:
    """The trial, with its servers; what is there is taken up again."""

    name = "Nordvik kommune"
    accounts = Accounts(trial.RECEIVABLE, trial.BANK, trial.FEES, trial.SALES, trial.INTERIM, trial.REFUNDS)
    sub_ledger_type = trial.RECEIVABLE

    def __init__(self, folder: Path, today: date) -> None:
        self._living = LivingTryton(folder)
        os.environ[PASSWORD_FILE] = str(self._living.password_file)
        try:
            self._client = open_tryton(self._living.address, "", os.environ, today).client
            if self._living.new:
                trial.set_up(self._client, self.name, [today.year - 1, today.year])
                self._living.finish()
            (self.company,) = [row["id"] for row in self._client.rows("company.company", [], ["id"])]
            self._chart = trial.chart(self._client, self.company)
            self.on = self._begun() or today
        except BaseException:
            self._living.close()
            raise

    def connection(self) -> Connection:
        """The server; its password is in a file that the environment names."""
        return Connection("tryton", self._living.address)

    def fill(self, debts: Sequence[Debt]) -> None:
        """Parties, and posted invoices, in a call each."""
        known = self._parties([one.debtor.name for one in debts])
        new = {one.debtor.name: one.debtor for one in debts if one.debtor.name not in known}
        if new:
            made = trial_work.add_customers(self._client, self._chart, [_customer(one) for one in new.values()])
            known |= dict(zip(new, made, strict=True))
        there = self._entries()
        sales = [
            Sale(known[one.debtor.name], one.amount_ore, one.dated, one.name) for one in debts if one.name not in there
        ]
        if sales:
            trial_work.sell(self._client, self._chart, sales)

    def propose(self, debts: Sequence[Debt]) -> int:
        """Both levels of the dunning procedure, for what never was dunned."""
        entries = self._entries()
        wanted = [entries[one.name] for one in debts]
        fresh = sorted({*wanted} - self._dunned(wanted))
        if fresh:
            trial_work.dun(self._client, self._chart, self.on, fresh)
        return len(self._dunned(fresh))

    def _dunned(self, lines: Sequence[int]) -> set[int]:
        rows = self._client.rows(
            "account.dunning", [["line", "in", list(lines)]], ["line"], company=self.company, hidden=True
        )
        return {row["line"] for row in rows}

    def book(self, changes: Sequence[Change]) -> int:
        """All of them in one call, unless that was done."""
        entries = self._entries()
        bookings = [Booking(entries[one.debt.name], one.kind, one.amount_ore, one.dated) for one in changes]
        names = [f"{trial_work.JOURNAL_OF[one.kind][0]} {one.entry}" for one in bookings]
        if self._client.rows("account.move", [["description", "in", names]], ["id"], company=self.company):
            return 0
        return len(trial_work.book(self._client, self._chart, bookings))

    def post_delivered(self) -> int:
        """Tryton posts the collector's vouchers as they come."""
        return 0

    def close(self) -> None:
        """Stop the servers."""
        self._client.close()
        self._living.close()

    def _begun(self) -> date | None:
        """The day for which the invoices were made, from the first of them."""
        first, *_ = debts(date(2000, 1, 1))
        rows = self._sold([first.name], "invoice.invoice_date")
        apart = date(2000, 1, 1) - first.dated
        return rows[0]["invoice."]["invoice_date"] + apart if rows else None

    def _entries(self) -> dict[str, int]:
        """The receivable lines of the demo's invoices, by the name that is written on them."""
        names = [one.name for one in debts(self.on)]
        rows = self._sold(names, "invoice.lines_to_pay")
        return {row["description"]: min(row["invoice."]["lines_to_pay"]) for row in rows}

    def _sold(self, names: Sequence[str], field: str) -> list[Row]:
        here = [["description", "in", list(names)], ["invoice.company", "=", self.company]]
        return self._client.rows("account.invoice.line", here, ["description", field], company=self.company)

    def _parties(self, names: Sequence[str]) -> dict[str, int]:
        """Parties by their names, which are different here."""
        here = [["name", "in", sorted(set(names))]]
        rows = self._client.rows("party.party", here, ["name"], company=self.company)
        return {row["name"]: row["id"] for row in rows}


def _customer(one: Party) -> Customer:
    """Without identity number: Tryton takes no synthetic ones."""
    return Customer(
        one.name,
        organisation_number=one.organisation_number,
        street=one.address,
        postcode=one.postcode,
        place=one.place,
    )
