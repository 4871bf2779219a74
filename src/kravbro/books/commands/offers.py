"""Offers: what the lines of an approved proposal become when its transfer voucher is posted."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from kravbro.books.sql import booked_on, numbered_from, total
from kravbro.books.tables import counter, entry, letter, offer, proposal, proposal_line, waiting_offer
from kravbro.core.acts import Act
from kravbro.db.bulk import portions
from kravbro.db.columns import written
from kravbro.db.counters import last_taken, take


def offer_proposals(connection: sa.Connection, transfer_vouchers: Sequence[int], act: Act) -> None:
    """Make an offer of each line that was not removed from the proposals of these vouchers.

    An offer freezes what remains of the open item at this moment, the number of the last booking, and what was charged
    with the letters sent so far. Numbers follow proposal and entry.
    """
    sequence = last_taken(connection, counter, "booking")
    for some in portions(transfer_vouchers):
        approved = sa.select(proposal.c.number).where(proposal.c.transfer_voucher.in_(some))
        here = sa.and_(proposal_line.c.proposal.in_(approved), sa.not_(proposal_line.c.removed))
        count = connection.execute(sa.select(sa.func.count()).select_from(proposal_line).where(here)).scalar_one()
        if count:
            first = take(connection, counter, "offer", count)
            insert_offers(connection, here, first, sequence, act)
            await_answers(connection, first, count)


def await_answers(connection: sa.Connection, first: int, count: int) -> None:
    """Let these offers wait for the collector's answer."""
    made = sa.select(offer.c.number).where(offer.c.number.between(first, first + count - 1))
    connection.execute(sa.insert(waiting_offer).from_select(["offer"], made.order_by(offer.c.number)))


def insert_offers(connection: sa.Connection, here: sa.ColumnElement[bool], first: int, sequence: int, act: Act) -> None:
    """Make an offer of each of these proposal lines, numbered from `first` on by proposal and entry."""
    letters = (
        sa.select(
            letter.c.entry,
            sa.func.count().label("letters"),
            total(letter.c.fee_ore).label("fees_ore"),
            total(letter.c.interest_ore).label("interest_ore"),
        )
        .group_by(letter.c.entry)
        .where(letter.c.entry.in_(sa.select(proposal_line.c.entry).where(here)))
        .subquery("sent")
    )
    values = {
        "number": numbered_from(first, proposal_line.c.proposal, proposal_line.c.entry),
        "proposal": proposal_line.c.proposal,
        "entry": proposal_line.c.entry,
        "sequence": sa.literal(sequence, sa.Integer),
        "principal_ore": entry.c.amount_ore + booked_on(entry.c.number),
        "interest_before_due_ore": entry.c.interest_before_due_ore,
        "fees_ore": sa.func.coalesce(letters.c.fees_ore, 0),
        "interest_charged_ore": sa.func.coalesce(letters.c.interest_ore, 0),
        "letters": sa.func.coalesce(letters.c.letters, 0),
        "approved_on": sa.literal(act.on, sa.Date),
        **{name: sa.literal(value, offer.c[name].type) for name, value in written(act).items()},
    }
    rows = (
        sa.select(*values.values())
        .select_from(proposal_line)
        .join(entry, entry.c.number == proposal_line.c.entry)
        .outerjoin(letters, letters.c.entry == proposal_line.c.entry)
        .where(here)
    )
    connection.execute(sa.insert(offer).from_select(list(values), rows, include_defaults=False))
