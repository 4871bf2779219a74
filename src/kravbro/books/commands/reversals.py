"""Reversing a posted voucher: another one that takes it back line by line, from wherever its money stands by now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec
import sqlalchemy as sa

from kravbro.books.codes import known_code
from kravbro.books.commands.corrections import type_with_meaning
from kravbro.books.commands.matching import book
from kravbro.books.commands.posting import post_vouchers
from kravbro.books.commands.vouchers import write_vouchers
from kravbro.books.drafts import Draft, DraftLine
from kravbro.books.meanings import Meaning, VoucherState
from kravbro.books.sql import AnyRow, total
from kravbro.books.tables import booking, entry, voucher, voucher_line, voucher_type
from kravbro.core.acts import Act
from kravbro.core.errors import DataFault, Skip

PAYMENTS = frozenset({Meaning.PAYMENT, Meaning.COLLECTOR_PAYMENT})
REVERSIBLE = PAYMENTS | {
    Meaning.CREDIT_NOTE,
    Meaning.CORRECTION,
    Meaning.REVERSAL,
    Meaning.WRITE_OFF_BOOKS_ONLY,
    Meaning.WRITE_OFF_CLAIM_ENDED,
}
"""What may be reversed. An invoice is credited instead, and a transfer is withdrawn."""


class Reversal(msgspec.Struct, frozen=True):
    """A voucher to reverse, on which day, with which text. An empty `voucher_type` is chosen by what is reversed."""

    voucher: int
    dated: date
    text: str = ""
    voucher_type: str = ""


def reverse_voucher(connection: sa.Connection, reversal: Reversal, act: Act) -> int:
    """Reverse a posted voucher with one that is posted now; answers that one. A voucher is reversed once.

    What it put on open items is taken off them, as far as it stands there still: what a person took off again or
    matched elsewhere meanwhile is followed, and what it has left is settled by the reversal. A payment is reversed
    under the company's type of reversals, all else under its own type, so that the collector hears what was taken
    back. Raises DataFault `books.unknown_voucher`, `books.not_reversible`, those of `type_with_meaning`; Skip
    `books.not_posted`.
    """
    request_id = f"reversal of voucher {reversal.voucher}"
    known = connection.execute(sa.select(voucher.c.id).where(voucher.c.request_id == request_id)).scalar()
    if known is not None:
        return int(known)
    original = _reversible(connection, reversal.voucher)
    meaning = known_code(Meaning, original.meaning, "voucher_type", original.type)
    taken_as = Meaning.REVERSAL if meaning in PAYMENTS else meaning
    code = original.type if taken_as is meaning and not reversal.voucher_type else reversal.voucher_type
    code = type_with_meaning(connection, taken_as, code)
    lines = [line for row in _lines(connection, reversal.voucher) for line in _taking_back(connection, row)]
    numbered = tuple(msgspec.structs.replace(line, line_no=place) for place, line in enumerate(lines, 1))
    text = reversal.text or f"Tilbakeføring av {original.series} {original.number}"
    draft = Draft(code, reversal.dated, text, numbered, request_id=request_id)
    (made,) = write_vouchers(connection, [draft], act)
    post_vouchers(connection, [made], act)
    _settle_what_was_left(connection, reversal.voucher, made, act)
    return made


def _reversible(connection: sa.Connection, number: int) -> AnyRow:
    """The posted voucher of this number: its type, meaning, series and number."""
    original = connection.execute(
        sa.select(voucher.c.state, voucher.c.type, voucher_type.c.meaning, voucher.c.series, voucher.c.number)
        .join(voucher_type, voucher_type.c.code == voucher.c.type)
        .where(voucher.c.id == number)
    ).one_or_none()
    if original is None:
        raise DataFault("books.unknown_voucher", voucher=number)
    if original.state != VoucherState.POSTED:
        raise Skip("books.not_posted", voucher=number, state=original.state)
    if original.meaning not in REVERSIBLE:
        raise DataFault("books.not_reversible", voucher=number, meaning=original.meaning)
    return original


def _lines(connection: sa.Connection, number: int) -> list[AnyRow]:
    """The voucher's lines, each with the entry that it made, if it made one."""
    of_line = sa.and_(entry.c.voucher == voucher_line.c.voucher, entry.c.line_no == voucher_line.c.line_no)
    lines = (
        sa.select(voucher_line, entry.c.number.label("entry"))
        .outerjoin(entry, of_line)
        .where(voucher_line.c.voucher == number)
        .order_by(voucher_line.c.line_no)
    )
    return list(connection.execute(lines).all())


def _taking_back(connection: sa.Connection, row: AnyRow) -> Iterator[DraftLine]:
    """The lines that take back one line, not numbered yet: one for each open item that its money stands on."""
    whole = DraftLine(
        0,
        row.account,
        -row.amount_ore,
        customer=row.customer,
        sub_ledger_type=row.sub_ledger_type,
        currency=row.currency,
        reference=row.reference,
        department=row.department,
        project=row.project,
        text=row.text,
    )
    if row.customer is None:
        yield whole
        return
    if row.settles is None and row.amount_ore > 0:
        yield msgspec.structs.replace(whole, settles=row.entry)
        return
    left_ore = row.amount_ore
    for item, put_ore in _put_on(connection, row.entry):
        left_ore -= put_ore
        yield msgspec.structs.replace(whole, amount_ore=-put_ore, settles=item)
    if left_ore:
        yield msgspec.structs.replace(whole, amount_ore=-left_ore)


def _put_on(connection: sa.Connection, credit: int) -> list[tuple[int, int]]:
    """Where the money of an entry stands: open items, and how much on each (øre, signed as its bookings)."""
    put_ore = total(booking.c.amount_ore)
    rows = connection.execute(
        sa.select(booking.c.open_item, put_ore)
        .where(booking.c.entry == credit)
        .group_by(booking.c.open_item)
        .having(put_ore != 0)
        .order_by(booking.c.open_item)
    )
    return [(item, int(amount_ore)) for item, amount_ore in rows]


def _settle_what_was_left(connection: sa.Connection, reversed_voucher: int, made: int, act: Act) -> None:
    """Match what the reversed credits had left with the debits that the reversal made for it."""
    columns = (entry.c.number, entry.c.customer, entry.c.sub_ledger_type, entry.c.amount_ore)
    debits = sa.select(*columns, voucher_line.c.settles).join(
        voucher_line,
        sa.and_(voucher_line.c.voucher == entry.c.voucher, voucher_line.c.line_no == entry.c.line_no),
    )
    loose = connection.execute(
        debits.where(entry.c.voucher == made, voucher_line.c.settles.is_(None), entry.c.amount_ore > 0).order_by(
            entry.c.number
        )
    ).all()
    reversed_credits = connection.execute(
        sa.select(*columns).where(entry.c.voucher == reversed_voucher, entry.c.amount_ore < 0).order_by(entry.c.number)
    ).all()
    for debit in loose:
        same = [
            one
            for one in reversed_credits
            if (one.customer, one.sub_ledger_type) == (debit.customer, debit.sub_ledger_type)
        ]
        giving = next(one for one in same if _left(connection, one) == debit.amount_ore)
        book(connection, giving.number, debit.number, debit.amount_ore, act)


def _left(connection: sa.Connection, credit: AnyRow) -> int:
    """What a credit has left to give (øre, above zero)."""
    given = sa.select(total(booking.c.amount_ore)).where(booking.c.entry == credit.number)
    return int(connection.execute(given).scalar_one()) - int(credit.amount_ore)
