"""Import of payments, in OCR giro and in camt.054, on either database, beside a raw insert of the very same rows.

The office has a case for each payment. Of ten payments five pay a case whole by its KID, two pay a part of one, two
name an invoice, and one a KID that nobody has; each hundredth is taken back by the bank. What is timed is the whole
import: reading and checking the file, finding what is known, placing each payment, and writing. Both files tell of the
same payments, 500 in each lump. The floor (`_floors`) has one commit, as an import has.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa

from benchmarks import _bars, _floors
from benchmarks._transfer import ACT, TODAY, bare_copy
from kravbro.bootstrap.demo import setting
from kravbro.bootstrap.demo.world import MUNICIPALITY
from kravbro.core.identifiers import kid
from kravbro.db.engines import reading, writing, writing_anywhere
from kravbro.db.place import Place
from kravbro.db.residence import settle
from kravbro.formats import camt054, ocr_giro
from kravbro.office import tables as t
from kravbro.office.bank_files import read_bank_file
from kravbro.office.journals import OWED
from kravbro.office.payment_import import import_payments
from tests.places import NewPlace

BAR = 8.0
IN_LUMP = 500
BOOKED = TODAY - timedelta(days=1)
ACCOUNT = setting.BANK_ACCOUNTS[MUNICIPALITY]


class Paid(NamedTuple):
    """A payment: its KID and øre, negative when it goes back, and the bank's reference."""

    kid: str
    amount_ore: int
    reference: int


def payments_of(place: Place, count: int) -> list[Paid]:
    """A payment for each of so many cases, in an order of chance that is the same at each run."""
    row, case, claim = t.journal_row.c, t.case.c, t.claim.c
    owed = (
        sa.select(case.kid, claim.invoice_kid, sa.func.sum(row.amount_ore))
        .join(t.claim, claim.case == case.id)
        .join(t.journal_row, row.claim == claim.id)
        .where(row.account.in_([account.value for account in OWED]))
        .group_by(case.id, case.kid, claim.invoice_kid)
        .order_by(case.id)
        .limit(count)
    )
    with reading(place.open("office")) as connection:
        cases = [(one[0], one[1], int(one[2])) for one in connection.execute(owed)]
    assert len(cases) == count, f"{len(cases)} of {count} cases"
    random.Random(7).shuffle(cases)
    unknown = kid.make("9" * (setting.CASE_KID_LENGTH - 1), "mod10")
    kinds = {5: (0, 2), 6: (0, 2), 7: (1, 1), 8: (1, 1)}
    paid = []
    for place_in_file, (case_kid, invoice_kid, owed_ore) in enumerate(cases):
        kind = place_in_file % 10
        named, divided_by = kinds.get(kind, (0, 1))
        its_kid = unknown if kind == 9 else (case_kid, invoice_kid)[named]
        paid.append(Paid(its_kid, owed_ore // divided_by, place_in_file + 1))
    for place_in_file in range(99, count, 100):
        first = paid[place_in_file - 50]
        paid[place_in_file] = Paid(first.kid, -first.amount_ore, first.reference)
    return paid


def in_ocr_giro(paid: Sequence[Paid]) -> bytes:
    """The payments as Nets tells of them."""
    transactions = tuple(
        ocr_giro.Transaction(
            type="10" if one.amount_ore > 0 else "18",
            number=number,
            settlement_date=BOOKED,
            centre_id="13",
            day_code=f"{BOOKED.day:02d}",
            partial_settlement_number="1" if one.amount_ore > 0 else "0",
            serial_number=f"{number // IN_LUMP:05d}",
            sign="0",
            amount_ore=one.amount_ore,
            kid=one.kid,
            card_issuer=None if one.amount_ore > 0 else "00",
            form_number="0000000000",
            reference=f"{one.reference:09d}",
            bank_date=BOOKED,
            debit_account="86011117947",
            free_text=None,
        )
        for number, one in enumerate(paid, start=1)
    )
    part = ocr_giro.assignment(
        agreement_id="001008566", number="0000001", account=ACCOUNT, nets_date=BOOKED, transactions=transactions
    )
    return ocr_giro.render([ocr_giro.Transmission("00008080", "0170031", "00010200", BOOKED, (part,))])


def in_camt054(paid: Sequence[Paid]) -> bytes:
    """The payments as a bank tells of them."""
    came, went = [one for one in paid if one.amount_ore > 0], [one for one in paid if one.amount_ore < 0]
    entries = [
        _entry(of_sign[start : start + IN_LUMP], f"{sign}{start}")
        for sign, of_sign in (("IN", came), ("BACK", went))
        for start in range(0, len(of_sign), IN_LUMP)
    ]
    notification = camt054.Notification(id="N-1", account=ACCOUNT, entries=tuple(entries), has_summary=True)
    made = datetime.combine(TODAY, datetime.min.time())
    return camt054.render(
        camt054.Camt054File(
            name="benchmark", version="001.02", message_id="M-1", created_at=made, notifications=(notification,)
        )
    )


def _entry(paid: Sequence[Paid], name: str) -> camt054.Entry:
    transactions = tuple(
        camt054.Transaction(
            amount_ore=one.amount_ore,
            kid=one.kid,
            bank_reference=f"{one.reference:011d}",
            instruction_id=f"I{one.reference:011d}",
            end_to_end_id=f"E{one.reference:011d}",
            debtor_name="Kari Nordmann",
            debtor_account="86011117947",
            accepted_on=BOOKED,
            code="PMNT/RCDT/DMCT",
        )
        for one in paid
    )
    total_ore = sum(one.amount_ore for one in paid)
    return camt054.Entry(
        direction="CRDT" if total_ore > 0 else "DBIT",
        is_reversal=total_ore < 0,
        amount_ore=total_ore,
        booked_on=BOOKED,
        value_on=BOOKED,
        bank_reference=name,
        code="PMNT/RCDT/DMCT",
        transactions=transactions,
    )


def import_file(place: Place, data: bytes, count: int) -> tuple[float, float]:
    """Seconds for the import, and for the part of it that is reading the file."""
    office = place.open("office")
    with writing_anywhere(office) as connection:
        settle(connection, "a copy to measure on", ACT)
    start = time.perf_counter()
    file = read_bank_file(data, "benchmark")
    read = time.perf_counter()
    with writing(office) as connection:
        done = import_payments(connection, "benchmark", file.sha256, file.format, file.payments, ACT)
    end = time.perf_counter()
    assert done.new == count
    assert done.reversed == count // 100
    return end - start, read - start


def measure(new: NewPlace, served: Place, count: int) -> None:
    """An import of each format, and its floor, on copies of an office that has the cases; prints their ratio."""
    name, paid = new.kind, payments_of(served, count)
    for kind, data in {"OCR giro": in_ocr_giro(paid), "camt.054": in_camt054(paid)}.items():
        job, bare = bare_copy(served, new), bare_copy(served, new)
        before = _floors.contents(job)
        took_s, read_s = import_file(job, data, count)
        raw = _floors.floor(before, job, bare, 1)
        new.remove(job)
        new.remove(bare)
        each_us = took_s / count * 1e6
        print(f"{name:10} {kind:9} {count:,} payments, {len(data) / 2**20:.1f} MiB, {raw.rows:,} rows")
        print(f"{name:10} {kind:9} import {took_s:.2f} s ({read_s:.2f} s of it reading), {each_us:.0f} us/payment")
        print(f"{name:10} {kind:9} raw insert {raw.seconds:.2f} s")
        _bars.at_most(f"import of {kind}, {name}, beside raw insert", took_s / raw.seconds, BAR)
