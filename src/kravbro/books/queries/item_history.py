"""The history of one open item: everything that was put on it or taken off again, and by which voucher."""

from __future__ import annotations

from datetime import date

import msgspec
import sqlalchemy as sa

from kravbro.books.queries.value_dates import value_dates
from kravbro.books.sql import total
from kravbro.books.tables import booking, entry, voucher


class BookingShown(msgspec.Struct, frozen=True):
    """A booking on an open item, in øre: negative when the debt falls. `remaining_ore` is what remained after it.

    `credit` is the entry that the money came from, `voucher` the id of the voucher that brought it. `by_hand` says that
    a person matched it or took it off, `by_collector` that the collector's voucher made it.
    """

    booking: int
    booked_on: date
    value_on: date
    meaning: str
    voucher: int
    voucher_no: str
    text: str
    credit: int
    by_hand: bool
    by_collector: bool
    amount_ore: int
    remaining_ore: int


def item_history(connection: sa.Connection, open_item: int) -> list[BookingShown]:
    """The bookings on an open item, oldest first; empty if there are none."""
    rows = connection.execute(
        sa.select(
            booking.c.number,
            booking.c.booked_on,
            entry.c.meaning,
            voucher.c.id.label("voucher"),
            voucher.c.series,
            voucher.c.number.label("voucher_no"),
            voucher.c.text,
            entry.c.number.label("credit"),
            booking.c.seal.is_not(None).label("by_hand"),
            booking.c.by_collector,
            booking.c.amount_ore,
            booking.c.remaining_ore,
        )
        .join(entry, entry.c.number == booking.c.entry)
        .join(voucher, voucher.c.id == entry.c.voucher)
        .where(booking.c.open_item == open_item)
        .order_by(booking.c.number)
    ).all()
    days = value_dates(connection, [open_item])
    return [
        BookingShown(
            booking=row.number,
            booked_on=row.booked_on,
            value_on=days[row.number],
            meaning=row.meaning,
            voucher=row.voucher,
            voucher_no=f"{row.series} {row.voucher_no}",
            text=row.text,
            credit=row.credit,
            by_hand=bool(row.by_hand),
            by_collector=row.by_collector,
            amount_ore=row.amount_ore,
            remaining_ore=row.remaining_ore,
        )
        for row in rows
    ]


def put_there(connection: sa.Connection, credit: int, open_item: int) -> int:
    """What a credit has put on an open item and not taken off again, in øre (above zero)."""
    between = sa.select(total(booking.c.amount_ore)).where(booking.c.entry == credit, booking.c.open_item == open_item)
    return -int(connection.execute(between).scalar_one())
