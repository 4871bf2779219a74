"""Bookings that an older case has already: what the ledger counts before the cut-off date of a converted claim.

Such a booking is no transaction, whenever it is seen: the case's amounts at the cut-off contain it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.db.bulk import among, insert_rows
from kravbro.mirror.conversion_tables import conversion, opening_booking
from kravbro.mirror.cut_off import counted_before
from kravbro.mirror.forgetting import Seen
from kravbro.mirror.rows import SEEN_COLUMNS, AnyRow, seen
from kravbro.mirror.sql import is_given_back, is_refused
from kravbro.mirror.tables import booking


def keep_openings(connection: sa.Connection, company: int, entries: Collection[int], act: Act) -> None:
    """Keep which bookings on these items count before the cut-off of a converted claim that is not over."""
    under_way = [row for row in converted(connection, company, entries) if not row.settled]
    if not under_way:
        return
    booked = own_bookings(connection, company, [row.entry for row in under_way])
    known = kept_openings(connection, company, [row.offer for row in under_way])
    rows = [
        (company, row.offer, number)
        for row in under_way
        for number in sorted(counted_before(booked.get(row.entry, ()), row.cut_off, row.sequence))
        if number not in known.get(row.offer, ())
    ]
    insert_rows(connection, opening_booking, ("company", "offer", "booking"), rows, act)


def converted(connection: sa.Connection, company: int, entries: Collection[int] | None = None) -> Sequence[AnyRow]:
    """The joined claims of these items, or all of them: offer, entry, cut-off, sequence, and whether it is `settled`:
    the collector refused the case, or gave the claim back."""
    over = sa.or_(
        is_refused(conversion.c.company, conversion.c.offer), is_given_back(conversion.c.company, conversion.c.offer)
    )
    columns = (conversion.c.offer, conversion.c.entry, conversion.c.cut_off, conversion.c.sequence)
    chosen = sa.select(*columns, sa.case((over, 1), else_=0).label("settled"))
    here = chosen.where(conversion.c.company == company, conversion.c.joined).order_by(conversion.c.number)
    if entries is None:
        return connection.execute(here).all()
    wanted = set(entries)
    rows = [row for these in among(conversion.c.entry, wanted) for row in connection.execute(here.where(these))]
    return [row for row in rows if row.entry in wanted]


def own_bookings(
    connection: sa.Connection, company: int, entries: Collection[int]
) -> dict[int, list[tuple[int, Seen]]]:
    """What the ledger itself booked on these items, in order, with the numbers of the bookings."""
    columns = sa.select(booking.c.entry, booking.c.number, *(booking.c[name] for name in SEEN_COLUMNS))
    here = columns.where(booking.c.company == company, booking.c.voucher_key == "").order_by(booking.c.number)
    found: dict[int, list[tuple[int, Seen]]] = {}
    for these in among(booking.c.entry, entries):
        for row in connection.execute(here.where(these)).all():
            found.setdefault(row.entry, []).append((row.number, seen(row)))
    return found


def kept_openings(
    connection: sa.Connection, company: int, offers: Collection[int] | None = None
) -> dict[int, set[int]]:
    """The bookings that are kept as those in the opening of these offers, or of all."""
    chosen = sa.select(opening_booking.c.offer, opening_booking.c.booking).where(opening_booking.c.company == company)
    found: dict[int, set[int]] = {}
    for these in [sa.true()] if offers is None else among(opening_booking.c.offer, offers):
        for offered, number in connection.execute(chosen.where(these)).all():
            found.setdefault(offered, set()).add(number)
    return found
