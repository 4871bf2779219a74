"""An office to test on: its set-up, and offers, payments and transactions with one thing changed at a time."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.claims import LedgerFacts, Letter, LetterKind, Offer, Parts, Transaction, TransactionKind
from kravbro.core.identifiers import kid
from kravbro.core.parties import Party, PartyKind
from kravbro.core.statute.shipped import shipped_statute
from kravbro.db.engines import reading, writing
from kravbro.db.places import place_at
from kravbro.migrations.upgrade import upgrade
from kravbro.office import setup
from kravbro.office.admission import accept_claims
from kravbro.office.creditors import Creditor, KidStructure, Names
from kravbro.office.incoming import IncomingPayment
from kravbro.office.payment_import import ImportResult, import_payments
from kravbro.ports.identity import Delivered
from tests.places import Kind, Where, copy_place, kind_of, make_empty, new_template

TODAY = date(2026, 11, 23)
ACCOUNT = "86011117947"
LEDGER = "ledger-1"
OFFICE = "kontor"
STATUTE = shipped_statute()
CREDITOR = Creditor(
    number=1,
    name="Nes kommune",
    organisation_number="938679089",
    ledger_installation=LEDGER,
    company=1,
    money_account="1920",
    interest_account="8050",
    fee_account="3900",
    cost_account="3910",
    interim_account="2990",
    refund_account="2980",
    minimum_ore=10_000,
    department="100",
    project="P1",
)
STRUCTURES = (KidStructure(12, "mod10", Names.CASE), KidStructure(9, "mod10", Names.INVOICE))


def act(on: date = TODAY, actor: str = "kari") -> Act:
    return Act(actor, on, datetime(on.year, on.month, on.day, 12, tzinfo=UTC))


def open_engine(where: Where) -> sa.Engine:
    """An engine for the office in a place, which need not survive a power cut."""
    engine = place_at(where).open("office")
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    return engine


def open_database(where: Where) -> sa.Engine:
    """An empty office database."""
    engine = open_engine(make_empty(where))
    upgrade(engine, "office")
    return engine


def set_up(
    connection: sa.Connection, creditor: Creditor = CREDITOR, structures: Sequence[KidStructure] = STRUCTURES
) -> None:
    """Everything that one creditor needs."""
    setup.open_office(connection, OFFICE, act())
    setup.add_workflow(connection, "K", "Kommunal", starts_after_notice=True, act=act())
    setup.add_workflow(connection, "F", "Fra start", starts_after_notice=False, act=act())
    setup.add_creditor(connection, creditor, act())
    setup.add_sub_ledger(connection, creditor.number, "KOM", "1510", "K", act())
    setup.add_sub_ledger(connection, creditor.number, "SFO", "1520", "F", act())
    setup.add_agreement(connection, ACCOUNT, creditor.number, "Innbetaling", structures, act())


def invoice_kid(number: int) -> str:
    return kid.make(f"{number:08d}", "mod10")


def party(customer_no: int = 1, **changes: Any) -> Party:
    base = Party(customer_no, PartyKind.PERSON, f"Kunde {customer_no}", "01010112345", "", "Gata 1", "2040", "Kløfta")
    return msgspec.structs.replace(base, **changes)


NOTICE = Letter(LetterKind.NOTICE, date(2026, 10, 1), date(2026, 10, 20), 3_500, 0)
REMINDER = Letter(LetterKind.REMINDER, date(2026, 9, 15), date(2026, 9, 29), 0, 250)
FACTS = LedgerFacts(
    remaining_ore=100_000,
    customer_balance_ore=100_000,
    unmatched_credits_ore=0,
    draft_vouchers=0,
    voucher_meaning="invoice",
    already_sent=False,
    exempt_from_dunning=False,
    exempt_from_collection=False,
)


def offer(number: int = 1, customer_no: int = 1, **changes: Any) -> Offer:
    """An offer that passes the gate: 1 000 kroner, 2,50 in interest and 35 in fees."""
    base = Offer(
        number=number,
        company=1,
        entry=1_000 + number,
        sequence=5_000 + number,
        parts=Parts(100_000, 0, 3_500, 250),
        invoice_no=str(20_000 + number),
        kid=invoice_kid(number),
        invoice_date=date(2026, 8, 1),
        due_date=date(2026, 9, 1),
        currency="NOK",
        sub_ledger_type="KOM",
        letters=(REMINDER, NOTICE),
        debtor=party(customer_no),
        facts=FACTS,
    )
    return msgspec.structs.replace(base, **changes)


def payment(serial: int, amount_ore: int, kid_: str, **changes: Any) -> IncomingPayment:
    base = IncomingPayment(
        identity=f"test/{serial}",
        account_number=ACCOUNT,
        type="13",
        amount_ore=amount_ore,
        kid=kid_,
        bank_date=date(2026, 11, 20),
        settlement_date=date(2026, 11, 23),
        lump=f"{ACCOUNT}/2026-11-23/00001",
        reference=f"{serial:09d}",
        debit_account="99991042764",
        free_text="",
    )
    return msgspec.structs.replace(base, **changes)


def transaction(number: int, entry: int, amount_ore: int, **changes: Any) -> Transaction:
    base = Transaction(
        number=number,
        entry=entry,
        booking=9_000 + number,
        kind=TransactionKind.PAYMENT,
        amount_ore=amount_ore,
        posted_on=TODAY,
        value_on=TODAY,
        voucher_no=f"V{number}",
    )
    return msgspec.structs.replace(base, **changes)


class Desk:
    """A set-up office with its database: what a test does all day, one transaction at a time."""

    def __init__(self, engine: sa.Engine, on: date = TODAY) -> None:
        self.engine = engine
        self.on = on

    def writing(self) -> AbstractContextManager[sa.Connection]:
        return writing(self.engine)

    def reading(self) -> AbstractContextManager[sa.Connection]:
        return reading(self.engine)

    @property
    def act(self) -> Act:
        return act(self.on)

    def offer(self, *offers: Offer) -> Delivered:
        with self.writing() as connection:
            return accept_claims(connection, 1, offers, STATUTE, self.act)

    def pay(self, *payments: IncomingPayment, name: str = "ocr.txt") -> ImportResult:
        with self.writing() as connection:
            return import_payments(connection, name, "0" * 64, "ocr_giro", payments, self.act)

    def rows(self, table: sa.Table, *where: sa.ColumnElement[bool]) -> list[Any]:
        with self.reading() as connection:
            return list(connection.execute(sa.select(table).where(*where).order_by(*table.primary_key.columns)))


def open_desk(where: Where, creditor: Creditor = CREDITOR, structures: Sequence[KidStructure] = STRUCTURES) -> Desk:
    """A new office in a new place, set up for one creditor."""
    copy_place(_set_up_office(kind_of(where), creditor, tuple(structures)), where)
    return Desk(open_engine(where))


@cache
def _set_up_office(kind: Kind, creditor: Creditor, structures: tuple[KidStructure, ...]) -> Where:
    """An office that was set up, made once."""
    where = new_template(kind)
    engine = open_database(where)
    with writing(engine) as connection:
        set_up(connection, creditor, structures)
    engine.dispose()
    return where
