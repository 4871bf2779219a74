"""The office as a world for the conformance suite: what its case handlers do, by the office's own commands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import count
from pathlib import Path

import msgspec
import sqlalchemy as sa

from kravbro.bootstrap.demo.people import synthetic_identity_number
from kravbro.collectors.office import OfficeCollector
from kravbro.core.claims import Letter, LetterKind, Offer, Parts
from kravbro.db.engines import writing
from kravbro.db.place import Place
from kravbro.db.places import place_at
from kravbro.formats.earlier_claims import Row
from kravbro.migrations.upgrade import upgrade
from kravbro.office import tables as t
from kravbro.office.creditor_settings import set_ledgerless_account
from kravbro.office.earlier.claims import import_earlier_claims
from kravbro.office.posting import approve_posting, generate_posting
from kravbro.ports.collector import Collector
from kravbro.ports.conformance.checks import Ability
from tests.office.builders import FACTS, LEDGER, NOTICE, STATUTE, TODAY, Desk, act, offer, payment, set_up
from tests.office.ledgerless_acts import ACCOUNT, named, registered
from tests.templates import copy_of, remove

NOTICE_WITHOUT_FEE = Letter(LetterKind.NOTICE, NOTICE.sent_on, NOTICE.deadline)


def one_creditor(place: Place) -> None:
    """An office that is set up for one creditor."""
    engine = place.open("office")
    upgrade(engine, "office")
    with writing(engine) as connection:
        set_up(connection)
        set_ledgerless_account(connection, 1, ACCOUNT, "avtale", act())
    engine.dispose()


def opened(address: str) -> Collector:
    """The office at an address, as a process that has just begun opens it."""
    return OfficeCollector(place_at(address), LEDGER, STATUTE, act())


class OfficeWorld:
    """An office in a place, whose case handler does what a check asks for."""

    installation = LEDGER
    company = 1
    today = TODAY
    lacks: Mapping[Ability, str] = {}

    def __init__(self, folder: Path, *, kind: str = "sqlite") -> None:
        self._address = copy_of(one_creditor, kind, folder)
        self._desk = Desk(place_at(self._address).open("office"))
        self._serials = count(1)
        self.open: Callable[[], Collector] = partial(opened, self._address)

    def close(self) -> None:
        self._desk.engine.dispose()
        remove(self._address)

    def offer(self, number: int, customer_no: int, principal_ore: int) -> Offer:
        facts = msgspec.structs.replace(FACTS, remaining_ore=principal_ore, customer_balance_ore=principal_ore)
        parts = Parts(principal_ore)
        return offer(number, customer_no, parts=parts, facts=facts, letters=(NOTICE_WITHOUT_FEE,))

    def refused(self, number: int, customer_no: int, principal_ore: int) -> Offer:
        good = self.offer(number, customer_no, principal_ore)
        return msgspec.structs.replace(good, facts=msgspec.structs.replace(good.facts, exempt_from_collection=True))

    def waiting(self, number: int, customer_no: int, principal_ore: int) -> Offer:
        good = self.offer(number, customer_no, principal_ore)
        return msgspec.structs.replace(good, facts=msgspec.structs.replace(good.facts, draft_vouchers=1))

    def pay(self, entry: int, amount_ore: int) -> None:
        (claim,) = self._desk.rows(t.claim, t.claim.c.entry == entry)
        self.pay_kid(claim.invoice_kid, amount_ore)

    def pay_kid(self, kid: str, amount_ore: int) -> None:
        serial = next(self._serials)
        self._desk.pay(payment(serial, amount_ore, kid, lump=f"lump {serial}"), name=f"file {serial}")

    def approve(self) -> None:
        with self._desk.writing() as connection:
            number = generate_posting(connection, 1, self._desk.act)
            approve_posting(connection, 1, number, self._desk.act)

    def older_case(self, offer: Offer, case_number: str) -> None:
        row = Row(
            line=2,
            case_number=case_number,
            customer=offer.debtor.customer_no,
            invoice_no=offer.invoice_no,
            invoice_date=offer.invoice_date,
            due_date=offer.due_date,
            principal_ore=offer.parts.principal_ore,
        )
        with self._desk.writing() as connection:
            import_earlier_claims(connection, 1, [row], "cases.csv", self._desk.act)

    def by_hand(self, invoice_no: str, principal_ore: int) -> str:
        serial = next(self._serials)
        debtor = named(f"Ola {serial}", identity_number=synthetic_identity_number(serial))
        letters = (NOTICE_WITHOUT_FEE,)
        done = registered(
            self._desk, debtor=debtor, principal_ore=principal_ore, invoice_no=invoice_no, letters=letters
        )
        assert not done.refused, done.refused
        return done.case_kid

    def damage(self) -> None:
        row = t.journal_row.c
        with self._desk.writing() as connection:
            last = connection.execute(sa.select(sa.func.max(row.journal))).scalar_one()
            here = sa.update(t.journal_row).where(row.journal == last, row.row_no == 1)
            connection.execute(here.values(amount_ore=row.amount_ore - 1))
