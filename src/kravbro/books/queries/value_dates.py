"""The value date of a booking: the day from which it counts for interest, whenever somebody wrote it down.

A draft may be posted, and a payment matched by hand, months after the money came. What is stored tells the day: the
date of the voucher, and for a match by hand that of the voucher which brought the credit. Nothing here changes with
what is booked later, so a booking has the same value date each time it is told. See docs/ledgers/embedded.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial
from itertools import accumulate, groupby
from operator import attrgetter, ge, lt

import msgspec
import sqlalchemy as sa

from kravbro.books.meanings import Meaning
from kravbro.books.tables import booking, entry
from kravbro.core.value_dates import Counted, first_day
from kravbro.db.bulk import portions


class Booked(msgspec.Struct, frozen=True, gc=False):
    """A booking, with what its value date follows from. `amount_ore` is the change of what remains of the open item.

    `meaning`, `dated` and `posted_on` are those of the voucher that brought `entry`, which may be much older than a
    booking `by_hand`; `booked_on` is the day of the booking itself.
    """

    number: int
    entry: int
    open_item: int
    amount_ore: int
    by_hand: bool
    booked_on: date
    meaning: str
    dated: date
    posted_on: date


def value_dates(connection: sa.Connection, open_items: Iterable[int]) -> dict[int, date]:
    """The value date of every booking on these open items, by booking."""
    days: dict[int, date] = {}
    columns = (
        booking.c.number,
        booking.c.entry,
        booking.c.open_item,
        booking.c.amount_ore,
        booking.c.seal.is_not(None),
        booking.c.booked_on,
        entry.c.meaning,
        entry.c.invoice_date,
        entry.c.posted_on,
    )
    chosen = sa.select(*columns).join(entry, entry.c.number == booking.c.entry)
    for some in portions(sorted(set(open_items))):
        rows = connection.execute(
            chosen.where(booking.c.open_item.in_(some)).order_by(booking.c.open_item, booking.c.number)
        )
        for _, on_item in groupby((Booked(*row) for row in rows), key=attrgetter("open_item")):
            days |= days_on_item(on_item)
    return days


def days_on_item(bookings: Iterable[Booked]) -> dict[int, date]:
    """The value date of each booking on one open item; bookings come in order of their numbers.

    What lowers the debt counts from the date of the voucher that brought it, at the latest from the day on which that
    voucher was posted: the money was there by then. What a person takes off again counts from the day of doing so, and
    what a voucher puts back from the date of that voucher, neither before what it takes back. A credit that is put back
    on the same item counts from the day on which it was taken off, so that no day counts it twice.
    """
    days: dict[int, date] = {}
    on_item: list[Counted] = []
    of_credit: defaultdict[int, list[Counted]] = defaultdict(list)
    for one in bookings:
        own = of_credit[one.entry]
        as_much_had_come_off = partial(ge, -one.amount_ore)
        if one.amount_ore <= 0:
            day = _put_on(one, own)
        elif one.by_hand:
            day = first_day(one.booked_on, own, as_much_had_come_off)
        elif one.meaning == Meaning.CORRECTION:
            day = one.dated
        else:
            day = first_day(one.dated, on_item, as_much_had_come_off)
        days[one.number] = day
        for counted in (on_item, own):
            counted.append(Counted(day, one.amount_ore))
    return days


def _put_on(one: Booked, of_credit: Sequence[Counted]) -> date:
    """The day of what lowers the debt: that of its voucher, or that on which the same credit was taken off before."""
    came = min(one.dated, one.posted_on)
    totals = list(accumulate((counted.amount_ore for counted in of_credit), initial=0))
    most_ore = min(totals)
    if totals[-1] + one.amount_ore < most_ore:
        return came
    less_was_on = partial(lt, most_ore)
    return first_day(came, of_credit, less_was_on)
