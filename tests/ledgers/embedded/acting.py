"""The embedded ledger as a world for the conformance suite: what its users do, by the books' own commands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import partial
from itertools import count
from pathlib import Path

import sqlalchemy as sa

from kravbro.books import tables
from kravbro.books.commands.customers import add_customers
from kravbro.books.commands.installation import add_company, open_installation
from kravbro.books.commands.posting import post_vouchers
from kravbro.books.commands.proposals import approve_proposal, generate_proposal, remove_line
from kravbro.books.commands.setup import set_up_company
from kravbro.books.commands.transferred_items import mark_transferred
from kravbro.books.commands.vouchers import delete_voucher, write_vouchers
from kravbro.books.commands.withdrawals import withdraw
from kravbro.books.drafts import Draft, DraftLine
from kravbro.core.claims import TransactionKind
from kravbro.core.vouchers import Fate, Voucher, VoucherLine
from kravbro.db.engines import writing
from kravbro.db.place import Place, company_owner
from kravbro.db.places import place_at
from kravbro.ledgers.embedded.ledger import EmbeddedLedger
from kravbro.migrations.upgrade import upgrade
from kravbro.ports.conformance.checks import Ability
from kravbro.ports.conformance.ledger.world import Invoice, Part
from kravbro.ports.ledger import Ledger
from tests.books.world import (
    ACT,
    BANK,
    COMPANY,
    LOSSES,
    RECEIVABLES,
    TODAY,
    company_setup,
    invoice,
    person,
)
from tests.templates import copy_of, remove

OTHER = 2
POSTED_AT_ONCE = "this company is set up to post the collector's vouchers at once"
TYPES = {
    TransactionKind.PAYMENT: ("INN", BANK),
    TransactionKind.CREDIT_NOTE: ("KRE", "3000"),
    TransactionKind.CORRECTION: ("KOR", LOSSES),
    TransactionKind.REVERSAL: ("TIL", BANK),
    TransactionKind.WRITE_OFF_BOOKS_ONLY: ("TAB", LOSSES),
    TransactionKind.WRITE_OFF_CLAIM_ENDED: ("TAE", LOSSES),
}


def _two_companies(place: Place, *, posts_at_once: bool) -> None:
    """A municipality with a second company, and no customers."""
    with _opened(place, "system") as connection:
        open_installation(connection, "test-1", ACT)
    for company in (COMPANY, OTHER):
        with _opened(place, "system") as connection:
            add_company(connection, company, f"Testvik kommune {company}", "123456785", ACT)
        with _opened(place, company_owner(company)) as connection:
            set_up_company(connection, company_setup(post_collector_vouchers=posts_at_once), ACT)


def posting_at_once(place: Place) -> None:
    """A municipality that posts the collector's vouchers at once."""
    _two_companies(place, posts_at_once=True)


def posting_by_hand(place: Place) -> None:
    """A municipality where a person posts them."""
    _two_companies(place, posts_at_once=False)


@contextmanager
def _opened(place: Place, owner: str) -> Iterator[sa.Connection]:
    """A transaction on an owner's database, which is made first if it is not there."""
    engine = place.open(owner)
    upgrade(engine, "system" if owner == "system" else "books")
    with writing(engine) as connection:
        yield connection
    engine.dispose()


def opened(address: str) -> Ledger:
    """The ledger at an address, as a process that has just begun opens it."""
    return EmbeddedLedger(place_at(address), ACT)


class EmbeddedWorld:
    """A municipality in a place, whose accountant does what a check asks for."""

    company = COMPANY
    other_company = OTHER
    today = TODAY

    def __init__(self, folder: Path, *, posts_at_once: bool = True, kind: str = "sqlite") -> None:
        self._address = copy_of(posting_at_once if posts_at_once else posting_by_hand, kind, folder)
        self._books = place_at(self._address).open(company_owner(COMPANY))
        self._numbers = count(1)
        self.lacks: Mapping[Ability, str] = {Ability.DRAFTED_VOUCHERS: POSTED_AT_ONCE} if posts_at_once else {}
        self.open: Callable[[], Ledger] = partial(opened, self._address)

    def close(self) -> None:
        self._books.dispose()
        remove(self._address)

    def invoice(self, amount_ore: int, beside: Invoice | None = None) -> Invoice:
        number = next(self._numbers)
        invoice_no = f"C{number}"
        customer = beside.customer_no if beside else number
        with writing(self._books) as connection:
            if beside is None:
                add_customers(connection, [person(customer)], ACT)
        self._post(invoice(customer, amount_ore, invoice_no))
        entry, _ = self._entry(tables.entry.c.invoice_no == invoice_no)
        return Invoice(entry, customer, invoice_no, amount_ore)

    def offer(self, entries: Sequence[int]) -> None:
        """One proposal per invoice, so that they are approved in this order."""
        for entry in entries:
            request = f"offer {next(self._numbers)}"
            with writing(self._books) as connection:
                number = generate_proposal(connection, "KOM", "PWS", ACT, request)
                line = tables.proposal_line.c
                proposed = set(connection.execute(sa.select(line.entry).where(line.proposal == number)).scalars())
                for other in sorted(proposed - {entry}):
                    remove_line(connection, number, other, "not this time", ACT)
                if entry in proposed:
                    approve_proposal(connection, number, "OVF", True, ACT)

    def book(self, kind: TransactionKind, entry: int, amount_ore: int, dated: date) -> None:
        self._post(self._change(*TYPES[kind], entry, amount_ore, dated))

    def draft(self, entry: int, amount_ore: int, dated: date) -> str:
        paid = self._change("INN", BANK, entry, -amount_ore, dated)
        with writing(self._books) as connection:
            (made,) = write_vouchers(connection, [paid], ACT)
        return str(made)

    def post(self, draft: str) -> None:
        with writing(self._books) as connection:
            post_vouchers(connection, [int(draft)], ACT)

    def rename(self, customer_no: int, name: str) -> None:
        here = tables.customer.c.number == customer_no
        with writing(self._books) as connection:
            connection.execute(sa.update(tables.customer).where(here).values(name=name))

    def voucher(self, number: int, key: str, parts: Sequence[Part]) -> Voucher:
        total_ore = sum(part.amount_ore for part in parts)
        lines = [VoucherLine(1, BANK, total_ore, text="Bank")]
        lines += [
            VoucherLine(line_no, RECEIVABLES, -part.amount_ore, part.customer_no, part.entry, "F", "R", text="Paid")
            for line_no, part in enumerate(parts, 3)
        ]
        return Voucher(number, key, TODAY, "Settlement", tuple(lines))

    def settle(self, key: str, fate: Fate) -> None:
        here = tables.voucher.c.collector_key == key
        with writing(self._books) as connection:
            number = connection.execute(sa.select(tables.voucher.c.id).where(here)).scalar_one()
            if fate is Fate.POSTED:
                post_vouchers(connection, [number], ACT)
            else:
                delete_voucher(connection, number, ACT)

    def withdraw(self, entry: int) -> None:
        with writing(self._books) as connection:
            withdraw(connection, entry, "an agreement", ACT)

    def hand_over(self, entry: int) -> None:
        with writing(self._books) as connection:
            mark_transferred(connection, {entry: ""}, "handed over before", ACT)

    def damage(self) -> None:
        booking = tables.booking.c
        with writing(self._books) as connection:
            last = connection.execute(sa.select(sa.func.max(booking.number))).scalar_one()
            here = sa.update(tables.booking).where(booking.number == last)
            connection.execute(here.values(amount_ore=booking.amount_ore - 1))

    def _post(self, draft: Draft) -> None:
        with writing(self._books) as connection:
            post_vouchers(connection, write_vouchers(connection, [draft], ACT), ACT)

    def _change(self, voucher_type: str, account: str, entry: int, amount_ore: int, dated: date) -> Draft:
        _, customer = self._entry(tables.entry.c.number == entry)
        lines = (
            DraftLine(1, account, -amount_ore),
            DraftLine(2, RECEIVABLES, amount_ore, customer, "KOM", entry),
        )
        return Draft(voucher_type, dated, f"{voucher_type} {entry}", lines)

    def _entry(self, here: sa.ColumnElement[bool]) -> tuple[int, int]:
        with writing(self._books) as connection:
            row = connection.execute(sa.select(tables.entry.c.number, tables.entry.c.customer).where(here)).one()
        return row.number, row.customer
