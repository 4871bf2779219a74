"""What the demo asks of a trial of a foreign ledger: a company in it, and people who work there.

Everything may be asked for again: what is there already is left as it is, so a run that was killed goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Protocol

import msgspec

from kravbro.bootstrap.demo.people import business, person
from kravbro.core.claims import TransactionKind
from kravbro.core.parties import Party
from kravbro.mirror.connections import Connection

COUNT = 60
OVERDUE_DAYS, TERM_DAYS = 75, 14
TOO_SMALL_ORE = 95_00


class Accounts(msgspec.Struct, frozen=True):
    """The accounts of the trial company that the office books on."""

    receivable: str
    bank: str
    interest: str
    fees: str
    interim: str
    refunds: str


class Debt(msgspec.Struct, frozen=True):
    """An invoice that is long overdue: its number in the demo, who owes it, øre, and its date and due date."""

    number: int
    debtor: Party
    amount_ore: int
    dated: date
    due: date

    @property
    def name(self) -> str:
        """What the trial's people write on it, by which it is found again."""
        return f"D{self.number:04d}"


class Change(msgspec.Struct, frozen=True):
    """Something that the trial's people book on a debt (øre, negative when the debt falls), found again by its name."""

    name: str
    debt: Debt
    kind: TransactionKind
    amount_ore: int
    dated: date


class Trial(Protocol):
    """A company in a foreign ledger, with accountants."""

    on: date
    company: int
    name: str
    accounts: Accounts
    sub_ledger_type: str

    def connection(self) -> Connection:
        """How Kravbro is connected with the ledger."""
        ...

    def fill(self, debts: Sequence[Debt]) -> None:
        """Post these invoices on their customers, as far as they are not there."""
        ...

    def propose(self, debts: Sequence[Debt]) -> int:
        """Have these approved for collection, as far as they never were; answers how many stand in the queue now."""
        ...

    def book(self, changes: Sequence[Change]) -> int:
        """Book these, as far as they are not booked; answers how many are new."""
        ...

    def post_delivered(self) -> int:
        """Post what the collector delivered and nobody has posted yet; answers how many vouchers."""
        ...

    def close(self) -> None:
        """Stop whatever was started for the trial."""
        ...


def debts(on: date, count: int = COUNT) -> tuple[Debt, ...]:
    """The invoices of the trial company on a day. Every third is of the same debtor as the one before; one lacks a
    postcode, and one is too small."""
    return tuple(_debt(number, on) for number in range(1, count + 1))


def _debt(number: int, on: date) -> Debt:
    customer = 10_000 + (number - 1 if number % 3 == 0 else number)
    debtor = business(customer) if customer % 5 == 0 else person(customer)
    if number == 10:
        debtor = msgspec.structs.replace(debtor, postcode="", place="")
    due = on - timedelta(days=OVERDUE_DAYS + number % 7)
    amount_ore = TOO_SMALL_ORE if number == 11 else 450_00 + number * 7919 % 9000 * 100 + number * 31 % 100
    return Debt(number, debtor, amount_ore, due - timedelta(days=TERM_DAYS), due)


def changes(all_debts: Sequence[Debt], on: date) -> tuple[Change, ...]:
    """What the ledger's own people book on claims that are at the collector."""
    part, credit, whole, reversed_one, lost = (all_debts[place] for place in (0, 3, 6, 12, 15))
    paid = on - timedelta(days=2)
    return (
        Change("paid in part", part, TransactionKind.PAYMENT, -100_00, paid),
        Change("credited in part", credit, TransactionKind.CREDIT_NOTE, -50_50, on),
        Change("paid whole", whole, TransactionKind.PAYMENT, -whole.amount_ore, paid),
        Change("paid by mistake", reversed_one, TransactionKind.PAYMENT, -75_25, paid),
        Change("taken back", reversed_one, TransactionKind.REVERSAL, 75_25, on),
        Change("written off", lost, TransactionKind.WRITE_OFF_BOOKS_ONLY, -25_00, on),
    )
