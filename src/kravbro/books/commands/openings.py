"""Bookings that an older case has already: what the ledger counts before the cut-off date of a converted claim.

Such a booking is no transaction, whenever it is made: the case's amounts at the cut-off contain it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa

from kravbro.books.conversion_tables import conversion, opening_booking
from kravbro.books.queries.value_dates import value_dates
from kravbro.books.sql import is_given_back, is_refused
from kravbro.books.tables import booking
from kravbro.core.acts import Act
from kravbro.db.bulk import insert_rows, portions


class Opening(NamedTuple):
    """A converted claim that the collector has or is to have: its offer and its cut-off date."""

    offer: int
    cut_off: date


def keep_openings(connection: sa.Connection, openings: Mapping[int, Opening], act: Act) -> None:
    """Keep which bookings on these open items (by entry) count before their cut-off."""
    _keep(connection, openings, [], act)


def keep_new_in_openings(connection: sa.Connection, where: Sequence[sa.ColumnElement[bool]], act: Act) -> None:
    """Keep which of these new bookings count before the cut-off of a converted claim."""
    rows = connection.execute(
        sa.select(conversion.c.entry, conversion.c.offer, conversion.c.cut_off)
        .join(booking, booking.c.open_item == conversion.c.entry)
        .where(
            conversion.c.joined,
            sa.not_(booking.c.by_collector),
            sa.not_(is_refused(conversion.c.offer)),
            sa.not_(is_given_back(conversion.c.offer)),
            *where,
        )
        .distinct()
    ).all()
    if rows:
        _keep(connection, {row.entry: Opening(row.offer, row.cut_off) for row in rows}, where, act)


def _keep(
    connection: sa.Connection,
    openings: Mapping[int, Opening],
    where: Sequence[sa.ColumnElement[bool]],
    act: Act,
) -> None:
    days = value_dates(connection, openings)
    found: defaultdict[int, list[int]] = defaultdict(list)
    for some in portions(sorted(openings)):
        chosen = sa.select(booking.c.open_item, booking.c.number).where(
            booking.c.open_item.in_(some), sa.not_(booking.c.by_collector), *where
        )
        for item, number in connection.execute(chosen.order_by(booking.c.number)):
            if days[number] < openings[item].cut_off:
                found[openings[item].offer].append(number)
    rows = [(offer, number) for offer, numbers in sorted(found.items()) for number in numbers]
    insert_rows(connection, opening_booking, ("offer", "booking"), rows, act)
