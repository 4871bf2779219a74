"""Expressions that several commands and queries share."""

from __future__ import annotations

from typing import Any, TypeAlias

import sqlalchemy as sa

from kravbro.books.tables import booking, offer_receipt, offer_return
from kravbro.core.claims import Outcome
from kravbro.db.columns import Ore

AnyRow: TypeAlias = "sa.Row[*tuple[Any, ...]]"
"""A row of columns that only the query knows."""


def total(amount: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    """The sum of an amount in øre as a whole number (PostgreSQL sums to decimals), 0 of no rows."""
    return sa.cast(sa.func.coalesce(sa.func.sum(amount), 0), Ore)


def booked_on(item: sa.ColumnElement[int], *where: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    """What all bookings on an open item have changed its rest by, in øre."""
    return sa.select(total(booking.c.amount_ore)).where(booking.c.open_item == item, *where).scalar_subquery()


def booked_from(credit: sa.ColumnElement[int]) -> sa.ScalarSelect[int]:
    """What all bookings have given away of an entry, in øre (negative for a credit)."""
    return sa.select(total(booking.c.amount_ore)).where(booking.c.entry == credit).scalar_subquery()


def is_given_back(number: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Whether the collector has given back the claim of an offer."""
    return sa.exists().where(offer_return.c.offer == number)


def is_held(number: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Whether the collector has the claim of an offer: it was accepted, and not given back."""
    accepted = sa.exists().where(offer_receipt.c.offer == number, offer_receipt.c.outcome == Outcome.ACCEPTED.value)
    return sa.and_(accepted, sa.not_(is_given_back(number)))


def is_refused(number: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Whether the collector's answer to an offer is a refusal."""
    return sa.exists().where(offer_receipt.c.offer == number, offer_receipt.c.outcome == Outcome.REFUSED.value)


def is_unanswered(number: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Whether an offer waits for its answer."""
    answered = sa.exists().where(offer_receipt.c.offer == number)
    return sa.not_(sa.or_(answered, is_given_back(number)))


def numbered_from(first: int, *order_by: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    """Numbers from `first` on, one per row in that order."""
    return sa.literal(first - 1, sa.Integer) + sa.func.row_number().over(order_by=order_by)
