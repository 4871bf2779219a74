"""Proposals and offers against the bookings and letters behind them."""

from __future__ import annotations

import sqlalchemy as sa

from kravbro.books.conversion_tables import conversion, opening_booking
from kravbro.books.queries.audit.faults import AMOUNT, CONTENT, MISSING, Faults
from kravbro.books.queries.transferred_items import is_adoption
from kravbro.books.sql import booked_on, total
from kravbro.books.tables import booking, entry, letter, offer, proposal, proposal_line


def _is_explained(faults: Faults, item: int, sequence: int) -> bool:
    """Whether an amount that comes from an item's bookings up to a sequence is off because of a fault in those."""
    if item in faults.rows["entry"] or item in faults.rows["changed_item"]:
        return True
    return any(number <= sequence for number in faults.rows["booking"])


def check_offers(connection: sa.Connection, faults: Faults) -> None:
    """An offer's parts come to what remained of the open item at its sequence, and what its letters charged."""
    principal = entry.c.amount_ore + booked_on(entry.c.number, booking.c.number <= offer.c.sequence) + _before_cut_off()
    before_due = sa.case((is_adoption(offer.c.number), 0), else_=entry.c.interest_before_due_ore)
    charged = sa.select(total(letter.c.fee_ore), total(letter.c.interest_ore)).where(
        letter.c.entry == offer.c.entry, letter.c.letter_no <= offer.c.letters
    )
    fees, interest = (
        charged.with_only_columns(column, maintain_column_froms=True).scalar_subquery()
        for column in charged.selected_columns
    )
    differing = (
        sa.select(
            offer.c.number,
            offer.c.entry,
            offer.c.sequence,
            offer.c.principal_ore,
            offer.c.interest_before_due_ore,
            offer.c.fees_ore,
            offer.c.interest_charged_ore,
            principal.label("principal"),
            before_due.label("before_due"),
            fees.label("fees"),
            interest.label("charged"),
        )
        .outerjoin(entry, entry.c.number == offer.c.entry)
        .where(
            offer.c.number <= faults.last["offer"],
            sa.or_(
                entry.c.number.is_(None),
                offer.c.principal_ore != principal,
                offer.c.interest_before_due_ore != before_due,
                offer.c.fees_ore != fees,
                offer.c.interest_charged_ore != interest,
            ),
        )
        .order_by(offer.c.number)
    )
    for row in connection.execute(differing).all():
        if row.number in faults.rows["offer"]:
            continue
        if row.principal is None:
            if row.entry not in faults.rows["entry"]:
                faults.rows["offer"].add(row.number)
                faults.add(f"ledger offer {row.number}", CONTENT, entry=row.entry)
            continue
        expected_ore = row.principal + row.before_due + row.fees + row.charged
        found_ore = row.principal_ore + row.interest_before_due_ore + row.fees_ore + row.interest_charged_ore
        by_bookings = row.principal_ore != row.principal or row.interest_before_due_ore != row.before_due
        by_letters = row.fees_ore != row.fees or row.interest_charged_ore != row.charged
        sequence = row.sequence or faults.last["booking"]
        is_explained = (not by_bookings or _is_explained(faults, row.entry, sequence)) and (
            not by_letters or bool(faults.rows["letter"]) or row.entry in faults.rows["letters_of"]
        )
        if not is_explained:
            faults.rows["offer"].add(row.number)
            faults.add(f"ledger offer {row.number}", AMOUNT, expected_ore, found_ore, entry=row.entry)


def _before_cut_off() -> sa.ScalarSelect[int]:
    """What was booked before the conversion of an offer's item and counts before its cut-off; 0 for all other offers.

    A converted offer has the sequence 0, so that nothing is in its principal twice.
    """
    then = sa.and_(booking.c.number == opening_booking.c.booking, booking.c.number <= conversion.c.sequence)
    return (
        sa.select(total(booking.c.amount_ore))
        .select_from(opening_booking)
        .join(conversion, conversion.c.offer == opening_booking.c.offer)
        .join(booking, then)
        .where(opening_booking.c.offer == offer.c.number)
        .correlate(offer)
        .scalar_subquery()
    )


def check_proposals(connection: sa.Connection, faults: Faults) -> None:
    """A proposal's line says what remained when it was made, and each offer has its line."""
    remaining = entry.c.amount_ore + booked_on(entry.c.number, booking.c.number <= proposal.c.sequence)
    differing = (
        sa.select(
            proposal_line.c.proposal,
            proposal_line.c.entry,
            proposal_line.c.remaining_ore,
            proposal.c.sequence,
            remaining.label("expected_ore"),
        )
        .join(proposal, proposal.c.number == proposal_line.c.proposal)
        .join(entry, entry.c.number == proposal_line.c.entry)
        .where(proposal_line.c.remaining_ore != remaining)
        .order_by(proposal_line.c.proposal, proposal_line.c.entry)
    )
    for row in connection.execute(differing).all():
        if not _is_explained(faults, row.entry, row.sequence):
            thing = f"ledger proposal {row.proposal} entry {row.entry}"
            faults.add(thing, AMOUNT, row.expected_ore, row.remaining_ore, entry=row.entry)
    of_offer = sa.and_(proposal_line.c.proposal == offer.c.proposal, proposal_line.c.entry == offer.c.entry)
    without_line = (
        sa.select(offer.c.number, offer.c.proposal, offer.c.entry)
        .outerjoin(proposal_line, of_offer)
        .where(proposal_line.c.entry.is_(None), offer.c.number <= faults.last["offer"])
        .order_by(offer.c.number)
    )
    for number, made, item in connection.execute(without_line).all():
        if number not in faults.rows["offer"]:
            faults.add(f"ledger proposal {made} entry {item}", MISSING, entry=item)
