"""Open items that were handed to a collector before the ledger was joined with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from kravbro.books.conversion_tables import conversion, opening_booking
from kravbro.books.queries.value_dates import value_dates
from kravbro.books.sql import is_refused
from kravbro.books.tables import booking, entry, offer, offer_receipt, transferred_item
from kravbro.core.claims import Outcome
from kravbro.core.conversion import TransferredClaim
from kravbro.db.bulk import portions


def is_converted(item: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Whether an open item was joined with an older case, and the collector accepted it: then its mark has ended."""
    return (
        sa.exists()
        .where(conversion.c.entry == item, conversion.c.joined)
        .where(
            offer_receipt.c.offer == conversion.c.offer,
            offer_receipt.c.outcome == Outcome.ACCEPTED.value,
        )
    )


def is_in_opening(number: sa.ColumnElement[int], offered: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Whether a booking counts before the cut-off of the converted claim of an offer."""
    return sa.exists().where(opening_booking.c.booking == number, opening_booking.c.offer == offered)


def is_adoption(number: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Whether an offer is of an item that was joined with the claim of an older case."""
    return sa.exists().where(conversion.c.offer == number, conversion.c.joined)


def is_marked(item: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Whether an open item is marked: by the last row about it, unless it was converted since."""
    mark, later = transferred_item.alias("mark"), transferred_item.alias("later_mark")
    replaced = sa.exists().where(later.c.entry == mark.c.entry, later.c.number > mark.c.number)
    return sa.and_(sa.exists().where(mark.c.entry == item, mark.c.transferred, ~replaced), ~is_converted(item))


def marked(connection: sa.Connection, entries: Sequence[int]) -> dict[int, str]:
    """The case numbers of those among these open items that are marked; "" where nobody knows it."""
    found: dict[int, str] = {}
    for some in portions(sorted(set(entries))):
        rows = connection.execute(last_marks().where(transferred_item.c.entry.in_(some)))
        found |= {row.entry: row.case_number for row in rows}
    return found


def transferred_claims(connection: sa.Connection, cut_off: date, after: int, limit: int) -> list[TransferredClaim]:
    """Marked items that no collector ever had by an offer, by entry: what remained before the cut-off, and came later.

    One whose offer waits for its answer is not among them.
    """
    held = sa.exists().where(offer.c.entry == entry.c.number, ~is_refused(offer.c.number))
    marks = last_marks().subquery("marks")
    rows = connection.execute(
        sa.select(
            entry.c.number,
            entry.c.customer,
            entry.c.invoice_no,
            entry.c.kid,
            entry.c.invoice_date,
            entry.c.due_date,
            entry.c.amount_ore,
            entry.c.currency,
            marks.c.case_number,
        )
        .join(marks, marks.c.entry == entry.c.number)
        .where(entry.c.number > after, ~held)
        .order_by(entry.c.number)
        .limit(limit)
    ).all()
    before_ore, later_ore = _booked(connection, [row.number for row in rows], cut_off)
    return [
        TransferredClaim(
            entry=row.number,
            customer_no=row.customer,
            invoice_no=row.invoice_no,
            kid=row.kid,
            invoice_date=row.invoice_date,
            due_date=row.due_date,
            amount_ore=row.amount_ore,
            remaining_ore=row.amount_ore + before_ore[row.number],
            later_ore=later_ore[row.number],
            case_number=row.case_number,
            currency=row.currency,
        )
        for row in rows
    ]


def last_marks() -> sa.Select[int, str]:
    """Entry and case number of every open item that is marked now."""
    later = transferred_item.alias("later")
    replaced = sa.exists().where(later.c.entry == transferred_item.c.entry, later.c.number > transferred_item.c.number)
    return sa.select(transferred_item.c.entry, transferred_item.c.case_number).where(
        transferred_item.c.transferred, ~replaced, ~is_converted(transferred_item.c.entry)
    )


def _booked(
    connection: sa.Connection, entries: Sequence[int], cut_off: date
) -> tuple[defaultdict[int, int], defaultdict[int, int]]:
    """What is booked on these items with a value date before the cut-off, and what from that date on (øre)."""
    days = value_dates(connection, entries)
    before_ore: defaultdict[int, int] = defaultdict(int)
    later_ore: defaultdict[int, int] = defaultdict(int)
    for some in portions(entries):
        chosen = sa.select(booking.c.number, booking.c.open_item, booking.c.amount_ore)
        for number, item, amount_ore in connection.execute(chosen.where(booking.c.open_item.in_(some))):
            (before_ore if days[number] < cut_off else later_ore)[item] += amount_ore
    return before_ore, later_ore
