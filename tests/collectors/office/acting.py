"""The office as a world for the conformance suite: what its case handlers do, by the office's own commands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import count
from pathlib import Path

import msgspec
import sqlalchemy as sa

from kravbro.collectors.office import OfficeCollector
from kravbro.core.claims import Letter, LetterKind, Offer, Parts
from kravbro.db.places import place_at
from kravbro.office import tables as t
from kravbro.office.posting import approve_posting, generate_posting
from kravbro.ports.collector import Collector
from kravbro.ports.conformance.checks import Ability
from tests.office.builders import FACTS, LEDGER, NOTICE, STATUTE, TODAY, act, offer, open_desk, payment

NOTICE_WITHOUT_FEE = Letter(LetterKind.NOTICE, NOTICE.sent_on, NOTICE.deadline)


def opened(folder: Path) -> Collector:
    """The office in a folder, as a process that has just begun opens it."""
    return OfficeCollector(place_at(folder), LEDGER, STATUTE, act())


class OfficeWorld:
    """An office in a folder, whose case handler does what a check asks for."""

    installation = LEDGER
    company = 1
    today = TODAY
    lacks: Mapping[Ability, str] = {}

    def __init__(self, folder: Path) -> None:
        self._desk = open_desk(folder)
        self._serials = count(1)
        self.open: Callable[[], Collector] = partial(opened, folder)

    def close(self) -> None:
        self._desk.engine.dispose()

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
        serial = next(self._serials)
        self._desk.pay(payment(serial, amount_ore, claim.invoice_kid, lump=f"lump {serial}"), name=f"file {serial}")

    def approve(self) -> None:
        with self._desk.writing() as connection:
            number = generate_posting(connection, 1, self._desk.act)
            approve_posting(connection, 1, number, self._desk.act)

    def damage(self) -> None:
        row = t.journal_row.c
        with self._desk.writing() as connection:
            last = connection.execute(sa.select(sa.func.max(row.journal))).scalar_one()
            here = sa.update(t.journal_row).where(row.journal == last, row.row_no == 1)
            connection.execute(here.values(amount_ore=row.amount_ore - 1))
