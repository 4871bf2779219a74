"""Expressions that several commands and queries of the mirror share."""

from __future__ import annotations

import sqlalchemy as sa

from kravbro.core.claims import Outcome
from kravbro.mirror.conversion_tables import conversion, opening_booking
from kravbro.mirror.tables import booking, claim_transaction, offer, offer_receipt, offer_return

Number = sa.ColumnElement[int]


def is_given_back(company: Number, number: Number) -> sa.ColumnElement[bool]:
    """Whether the collector has given back the claim of an offer."""
    back = offer_return.alias("given_back")
    return sa.exists().where(back.c.company == company, back.c.offer == number)


def is_accepted(company: Number, number: Number) -> sa.ColumnElement[bool]:
    """Whether the collector has accepted an offer, given back or not."""
    answer = offer_receipt.alias("answer")
    return sa.exists().where(
        answer.c.company == company, answer.c.offer == number, answer.c.outcome == Outcome.ACCEPTED.value
    )


def is_held(company: Number, number: Number) -> sa.ColumnElement[bool]:
    """Whether the collector has the claim of an offer: it was accepted, and not given back."""
    return sa.and_(is_accepted(company, number), sa.not_(is_given_back(company, number)))


def is_refused(company: Number, number: Number) -> sa.ColumnElement[bool]:
    """Whether the collector has refused an offer."""
    answer = offer_receipt.alias("refusal")
    return sa.exists().where(
        answer.c.company == company, answer.c.offer == number, answer.c.outcome == Outcome.REFUSED.value
    )


def is_adoption(company: Number, number: Number) -> sa.ColumnElement[bool]:
    """Whether an offer is of an item that was joined with the claim of an older case."""
    return sa.exists().where(conversion.c.company == company, conversion.c.offer == number, conversion.c.joined)


def is_in_opening(company: Number, number: Number, offered: Number) -> sa.ColumnElement[bool]:
    """Whether a booking counts before the cut-off of the converted claim of an offer."""
    return sa.exists().where(
        opening_booking.c.company == company, opening_booking.c.booking == number, opening_booking.c.offer == offered
    )


def next_sequence(of: sa.Table = offer) -> sa.ScalarSelect[int]:
    """The sequence of the next offer of the same item that was accepted; NULL where there is none."""
    later, answer = offer.alias("later"), offer_receipt.alias("later_receipt")
    answers_it = sa.and_(answer.c.company == later.c.company, answer.c.offer == later.c.number)
    return (
        sa.select(sa.func.min(later.c.sequence))
        .join(answer, answers_it)
        .where(
            later.c.company == of.c.company,
            later.c.entry == of.c.entry,
            later.c.number > of.c.number,
            answer.c.outcome == Outcome.ACCEPTED.value,
        )
        .scalar_subquery()
    )


def unnumbered(company: int) -> sa.Select[int, int]:
    """Every (booking, offer) of a company that belongs to the stream of transactions and has no number in it yet.

    It is no booking of the collector's, lies behind the sequence of the newest accepted offer of its item, and the
    claim was not given back. What a converted claim has in its opening is none.
    """
    behind = sa.and_(
        offer.c.company == booking.c.company, offer.c.entry == booking.c.entry, booking.c.number > offer.c.sequence
    )
    numbered = sa.and_(
        claim_transaction.c.company == booking.c.company, claim_transaction.c.booking == booking.c.number
    )
    return (
        sa.select(booking.c.number, offer.c.number.label("offer"))
        .select_from(booking)
        .join(offer, behind)
        .outerjoin(claim_transaction, numbered)
        .where(
            booking.c.company == company,
            booking.c.voucher_key == "",
            claim_transaction.c.number.is_(None),
            is_held(offer.c.company, offer.c.number),
            next_sequence().is_(None),
            sa.not_(is_in_opening(booking.c.company, booking.c.number, offer.c.number)),
        )
    )
