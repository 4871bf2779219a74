"""A small municipality's books for tests: one company, a few customers, and short ways to write vouchers."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from functools import cache

import sqlalchemy as sa

from kravbro.books import tables
from kravbro.books.commands.customers import add_customers
from kravbro.books.commands.installation import add_company, open_installation
from kravbro.books.commands.letters import LetterSent, send_letters
from kravbro.books.commands.posting import post_vouchers
from kravbro.books.commands.proposals import approve_proposal, generate_proposal
from kravbro.books.commands.setup import (
    Account,
    CollectorSetup,
    CompanySetup,
    DunningCode,
    DunningRoutine,
    NumberSeries,
    SubLedgerType,
    VoucherType,
    set_up_company,
)
from kravbro.books.commands.vouchers import write_vouchers
from kravbro.books.drafts import Draft, DraftLine
from kravbro.books.meanings import Meaning
from kravbro.core.acts import Act
from kravbro.core.claims import Letter, LetterKind
from kravbro.core.parties import Party, PartyKind
from kravbro.core.vouchers import Voucher, VoucherLine
from kravbro.db.engines import reading, writing
from kravbro.db.place import company_owner
from kravbro.db.places import place_at
from kravbro.ledgers.embedded.ledger import EmbeddedLedger
from kravbro.migrations.upgrade import upgrade
from tests.places import Kind, Where, copy_place, kind_of, make_empty, new_template

COMPANY = 1
TODAY = date(2026, 3, 2)
DUE = date(2026, 1, 15)
ACT = Act("kari", TODAY, datetime(2026, 3, 2, 8, 0, tzinfo=UTC))
OTHER_MOMENT = Act("kari", TODAY, datetime(2026, 3, 2, 9, 30, tzinfo=UTC))
RECEIVABLES, SALES, BANK, LOSSES, CLEARING = "1500", "3000", "1920", "7830", "1530"

TYPES = {
    "FAK": Meaning.INVOICE,
    "KRE": Meaning.CREDIT_NOTE,
    "INN": Meaning.PAYMENT,
    "REN": Meaning.INTEREST_NOTE,
    "OVF": Meaning.TRANSFER,
    "KOR": Meaning.CORRECTION,
    "TIL": Meaning.REVERSAL,
    "TAB": Meaning.WRITE_OFF_BOOKS_ONLY,
    "TAE": Meaning.WRITE_OFF_CLAIM_ENDED,
    "INK": Meaning.COLLECTOR_PAYMENT,
}


def company_setup(*, post_collector_vouchers: bool = True) -> CompanySetup:
    names = {RECEIVABLES: "Receivables", SALES: "Sales", BANK: "Bank", LOSSES: "Losses", CLEARING: "Clearing"}
    return CompanySetup(
        accounts=tuple(Account(number, name) for number, name in names.items()),
        sub_ledger_types=(SubLedgerType("KOM", "Municipal fees", RECEIVABLES), SubLedgerType("BHG", "Nursery", "1530")),
        number_series=(NumberSeries("A", "Vouchers", 1001), NumberSeries("W", "Collector", 9001)),
        voucher_types=tuple(
            VoucherType(code, code, meaning, "W" if code == "INK" else "A") for code, meaning in TYPES.items()
        ),
        dunning_codes=(DunningCode("PWS", "To the collector", True), DunningCode("P1", "Reminder", False)),
        dunning_routines=(DunningRoutine("KOM", "PWS", 30), DunningRoutine("KOM", "P1", 14)),
        collector=CollectorSetup("WS-Inf", "INK", post_collector_vouchers),
    )


def person(number: int) -> Party:
    return Party(number, PartyKind.PERSON, f"Debtor {number}", "", "", "Storgata 1", "0001", "Oslo")


def invoice(customer: int, amount_ore: int, invoice_no: str = "F1", *, due: date = DUE, interest_ore: int = 0) -> Draft:
    lines = (
        DraftLine(
            1,
            RECEIVABLES,
            amount_ore,
            customer,
            "KOM",
            invoice_no=invoice_no,
            due_date=due,
            interest_before_due_ore=interest_ore,
        ),
        DraftLine(2, SALES, -amount_ore),
    )
    return Draft("FAK", date(2025, 12, 30), f"Invoice {invoice_no}", lines)


def settlement(voucher_type: str, customer: int, amount_ore: int, settles: int | None, account: str = BANK) -> Draft:
    """A voucher that takes `amount_ore` off what a customer owes; below zero it puts it back."""
    lines = (
        DraftLine(1, account, amount_ore),
        DraftLine(2, RECEIVABLES, -amount_ore, customer, "KOM", settles),
    )
    return Draft(voucher_type, TODAY, f"{voucher_type} {customer}", lines)


def collector_voucher(number: int, *parts: tuple[int, int | None, int], account: str = RECEIVABLES) -> Voucher:
    """A voucher of the collector with one line per (customer, claim entry, øre), the bank's line first."""
    total_ore = sum(amount_ore for _, _, amount_ore in parts)
    lines = [VoucherLine(1, BANK, total_ore, text="Bank")]
    lines += [
        VoucherLine(3 + place, account, -amount_ore, customer, entry, "F1", "R1", text="Paid to the collector")
        for place, (customer, entry, amount_ore) in enumerate(parts)
    ]
    return Voucher(number, f"office-{number}", TODAY, "Settlement", tuple(lines))


@cache
def _template(kind: Kind, post_collector_vouchers: bool, customers: int) -> Where:
    """A place with fresh books, made once and copied for every world."""
    where = new_template(kind)
    place = place_at(make_empty(where))
    system, books = place.open("system"), place.open(company_owner(COMPANY))
    upgrade(system, "system")
    upgrade(books, "books")
    with writing(system) as connection:
        open_installation(connection, "test-1", ACT)
        add_company(connection, COMPANY, "Testvik kommune", "123456785", ACT)
    with writing(books) as connection:
        set_up_company(connection, company_setup(post_collector_vouchers=post_collector_vouchers), ACT)
        add_customers(connection, [person(number) for number in range(1, customers + 1)], ACT)
    system.dispose()
    books.dispose()
    return where


class World:
    """A company's books in a place."""

    def __init__(self, where: Where, *, post_collector_vouchers: bool = True, customers: int = 5) -> None:
        copy_place(_template(kind_of(where), post_collector_vouchers, customers), where)
        self.place = place_at(where)
        self.engine = self.place.open(company_owner(COMPANY))
        self.ledger = EmbeddedLedger(self.place, ACT)

    def close(self) -> None:
        self.ledger.close()
        self.engine.dispose()

    def writing(self) -> AbstractContextManager[sa.Connection]:
        return writing(self.engine)

    def reading(self) -> AbstractContextManager[sa.Connection]:
        return reading(self.engine)

    def post(self, *drafts: Draft) -> list[int]:
        """Write and post; answers the vouchers."""
        with self.writing() as connection:
            ids = write_vouchers(connection, drafts, ACT)
            post_vouchers(connection, ids, ACT)
        return ids

    def draft(self, *drafts: Draft) -> list[int]:
        with self.writing() as connection:
            return write_vouchers(connection, drafts, ACT)

    def invoices(self, *customers: int, amount_ore: int = 100_000, interest_ore: int = 0) -> list[int]:
        """Post one invoice per customer; answers their entries."""
        ids = self.post(
            *(
                invoice(number, amount_ore, f"F{place}", interest_ore=interest_ore)
                for place, number in enumerate(customers)
            )
        )
        with self.reading() as connection:
            here = sa.select(tables.entry.c.number).where(tables.entry.c.voucher.in_(ids))
            return list(connection.execute(here.order_by(tables.entry.c.number)).scalars())

    def send_letter(
        self,
        entry: int,
        kind: LetterKind = LetterKind.NOTICE,
        fee_ore: int = 3500,
        *,
        sent_on: date = date(2026, 1, 25),
    ) -> None:
        letter = Letter(kind, sent_on, date(2026, 3, 10), fee_ore, 120)
        with self.writing() as connection:
            send_letters(connection, [LetterSent(entry, letter)], ACT)

    def offer(self, request_id: str = "p1", *, post_directly: bool = True) -> int:
        """Generate and approve a proposal; answers its transfer voucher."""
        with self.writing() as connection:
            number = generate_proposal(connection, "KOM", "PWS", ACT, request_id)
            return approve_proposal(connection, number, "OVF", post_directly, ACT)

    def column(self, column: sa.Column[int], *where: sa.ColumnElement[bool]) -> Sequence[int]:
        with self.reading() as connection:
            return connection.execute(sa.select(column).where(*where).order_by(column)).scalars().all()
