"""Credits on customers: payments and credit notes, and what each has left to put on an open item."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from kravbro.books.sql import booked_from
from kravbro.books.tables import entry, voucher, voucher_line


class CreditShown(msgspec.Struct, frozen=True):
    """A credit entry (øre, negative): its amount, what is left of it, and the reference that came with the money."""

    entry: int
    customer: int
    voucher_text: str
    reference: str
    amount_ore: int
    left_ore: int


def credits_with_rest(connection: sa.Connection, after: int = 0, limit: int = 1000) -> list[CreditShown]:
    """Credits of which something is left, by entry, after the given one: the unmatched money of a company."""
    left = entry.c.amount_ore - booked_from(entry.c.number)
    rows = connection.execute(
        sa.select(
            entry.c.number,
            entry.c.customer,
            voucher.c.text,
            voucher_line.c.reference,
            entry.c.amount_ore,
            left.label("left_ore"),
        )
        .join(voucher, voucher.c.id == entry.c.voucher)
        .join(
            voucher_line,
            sa.and_(voucher_line.c.voucher == entry.c.voucher, voucher_line.c.line_no == entry.c.line_no),
        )
        .where(entry.c.number > after, entry.c.amount_ore < 0, left != 0)
        .order_by(entry.c.number)
        .limit(limit)
    )
    return [CreditShown(*row) for row in rows]


def left_of_credit(connection: sa.Connection, number: int) -> int:
    """What a credit has left to put on open items, in øre (above zero); 0 for an entry that is no credit."""
    left = sa.select(booked_from(entry.c.number) - entry.c.amount_ore).where(
        entry.c.number == number, entry.c.amount_ore < 0
    )
    return int(connection.execute(left).scalar() or 0)
