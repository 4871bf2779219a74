"""Matching by hand: put what a credit has left on an open item, or take it back. Nothing is changed, rows are added."""

from __future__ import annotations

import sqlalchemy as sa

from kravbro.books.commands.claim_transactions import number_bookings
from kravbro.books.references import find_open_items
from kravbro.books.seals import BOOKING, row_seal
from kravbro.books.sql import booked_from, booked_on, total
from kravbro.books.tables import booking, counter, entry
from kravbro.core.acts import Act
from kravbro.core.errors import DataFault
from kravbro.core.money import format_kroner
from kravbro.db.columns import written
from kravbro.db.counters import take


def book(
    connection: sa.Connection,
    credit: int,
    open_item: int,
    amount_ore: int,
    act: Act,
    *,
    request_id: str | None = None,
) -> int:
    """Put `amount_ore` of a credit entry on an open item of the same customer; answers the booking.

    A negative amount takes back what was put there. A known `request_id` answers its booking and writes nothing.
    Raises DataFault `books.request_differs`, `books.nothing_to_book`, `books.not_a_credit`,
    `books.not_an_open_item_of`, `books.too_little_left` (more than the credit has left), `books.more_than_remains`
    (more than the item needs) or `books.more_than_booked` (more than was put there).
    """
    known = _asked_before(connection, credit, open_item, amount_ore, request_id)
    if known is not None:
        return known
    remaining_ore = _refuse_impossible(connection, credit, open_item, amount_ore)
    number = take(connection, counter, "booking")
    row = {
        "number": number,
        "entry": credit,
        "open_item": open_item,
        "amount_ore": -amount_ore,
        "remaining_ore": remaining_ore - amount_ore,
        "by_collector": False,
        "booked_on": act.on,
        "request_id": request_id,
        **written(act),
    }
    connection.execute(sa.insert(booking).values(**row, seal=row_seal([row[name] for name in BOOKING])))
    number_bookings(connection, [booking.c.number == number], act)
    return number


def booked_by_request(connection: sa.Connection, request_id: str | None) -> int | None:
    """What a request has put on an open item (øre, negative: taken back), None if nobody asked for it."""
    booked = sa.select(-booking.c.amount_ore).where(booking.c.request_id == request_id)
    return None if request_id is None else connection.execute(booked).scalar()


def _asked_before(
    connection: sa.Connection, credit: int, open_item: int, amount_ore: int, request_id: str | None
) -> int | None:
    if request_id is None:
        return None
    row = connection.execute(sa.select(booking).where(booking.c.request_id == request_id)).one_or_none()
    if row is None:
        return None
    if (row.entry, row.open_item, row.amount_ore) != (credit, open_item, -amount_ore):
        raise DataFault("books.request_differs", request=request_id)
    return int(row.number)


def _refuse_impossible(connection: sa.Connection, credit: int, open_item: int, amount_ore: int) -> int:
    """What remains of the open item now; raises unless the booking may be made."""
    if not amount_ore:
        raise DataFault("books.nothing_to_book", entry=credit)
    rest_of_credit = entry.c.amount_ore - booked_from(entry.c.number)
    giving = connection.execute(
        sa.select(
            entry.c.amount_ore, entry.c.customer, entry.c.sub_ledger_type, rest_of_credit.label("left_ore")
        ).where(entry.c.number == credit)
    ).one_or_none()
    if giving is None or giving.amount_ore >= 0:
        raise DataFault("books.not_a_credit", entry=credit)
    item = find_open_items(connection, [open_item]).get(open_item)
    if item is None or (item.customer, item.sub_ledger_type) != (giving.customer, giving.sub_ledger_type):
        raise DataFault("books.not_an_open_item_of", entry=open_item, customer=giving.customer)
    rest = sa.select(entry.c.amount_ore + booked_on(entry.c.number)).where(entry.c.number == open_item)
    remaining_ore = int(connection.execute(rest).scalar_one())
    wanted = format_kroner(abs(amount_ore))
    if amount_ore > -giving.left_ore:
        left = format_kroner(max(-giving.left_ore, 0))
        raise DataFault("books.too_little_left", entry=credit, left=left, wanted=wanted)
    if amount_ore > max(remaining_ore, 0):
        remaining = format_kroner(remaining_ore)
        raise DataFault("books.more_than_remains", entry=open_item, remaining=remaining, wanted=wanted)
    between = sa.select(total(booking.c.amount_ore)).where(booking.c.entry == credit, booking.c.open_item == open_item)
    put_ore = -int(connection.execute(between).scalar_one())
    if -amount_ore > max(put_ore, 0):
        raise DataFault("books.more_than_booked", entry=open_item, booked=format_kroner(put_ore), wanted=wanted)
    return remaining_ore
