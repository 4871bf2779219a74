"""The stream of what the ledger books on claims that a collector has.

A booking belongs to the stream when the collector did not make it, and when it lies behind the sequence of the
accepted offer of its open item. It is numbered at the later of two moments: when it is made, or when the acceptance is
recorded. So nothing about claims that were never accepted leaves the ledger, and nothing booked meanwhile is missed.
From the moment at which it is recorded that the claim was given back, what is booked belongs to no case. What counts
before the cut-off of a converted claim is in the older case's amounts, and belongs to no stream.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from kravbro.books.commands.openings import keep_new_in_openings
from kravbro.books.queries.transferred_items import is_in_opening
from kravbro.books.sql import is_given_back
from kravbro.books.tables import booking, claim_transaction, counter, offer, offer_receipt
from kravbro.core.acts import Act
from kravbro.core.claims import Outcome
from kravbro.db.columns import written
from kravbro.db.counters import take


def unnumbered() -> sa.Select[int, int]:
    """Every (booking, offer) that belongs to the stream and has no number in it yet."""
    later, later_receipt = offer.alias("later"), offer_receipt.alias("later_receipt")
    superseded = (
        sa.select(later.c.number)
        .join(later_receipt, later_receipt.c.offer == later.c.number)
        .where(
            later.c.entry == offer.c.entry,
            later.c.number > offer.c.number,
            later_receipt.c.outcome == Outcome.ACCEPTED.value,
        )
        .exists()
    )
    return (
        sa.select(booking.c.number, offer.c.number.label("offer"))
        .select_from(booking)
        .join(offer, sa.and_(offer.c.entry == booking.c.open_item, booking.c.number > offer.c.sequence))
        .join(offer_receipt, offer_receipt.c.offer == offer.c.number)
        .outerjoin(claim_transaction, claim_transaction.c.booking == booking.c.number)
        .where(
            offer_receipt.c.outcome == Outcome.ACCEPTED.value,
            sa.not_(is_given_back(offer.c.number)),
            claim_transaction.c.number.is_(None),
            sa.not_(booking.c.by_collector),
            sa.not_(superseded),
            sa.not_(is_in_opening(booking.c.number, offer.c.number)),
        )
    )


def number_bookings(connection: sa.Connection, where: Sequence[sa.ColumnElement[bool]], act: Act) -> None:
    """Number the bookings among these that belong to the stream, in booking order."""
    keep_new_in_openings(connection, where, act)
    rows = connection.execute(unnumbered().where(*where).order_by(booking.c.number)).all()
    append_transactions(connection, [(row.number, row.offer) for row in rows], act)


def append_transactions(connection: sa.Connection, bookings: Sequence[tuple[int, int]], act: Act) -> None:
    """Number these bookings of these offers, in this order."""
    if not bookings:
        return
    first = take(connection, counter, "transaction", len(bookings))
    rows = [
        {"number": number, "booking": made, "offer": held, **written(act)}
        for number, (made, held) in enumerate(bookings, first)
    ]
    connection.execute(sa.insert(claim_transaction), rows)
