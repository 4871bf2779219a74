"""Open items: bookings against what they left, proposals and offers against the bookings and letters behind them."""

from __future__ import annotations

import sqlalchemy as sa

from kravbro.books.queries.audit.faults import AMOUNT, CONTENT, MISSING, Faults
from kravbro.books.sql import AnyRow, booked_on, total
from kravbro.books.tables import booking, entry, letter, offer, proposal, proposal_line, voucher


def check_bookings(connection: sa.Connection, faults: Faults) -> None:
    """What each booking left is what was there before it, with the booking; and the collector's are the collector's."""
    item, order = booking.c.open_item, booking.c.number
    chain = (
        sa.select(
            booking.c.number,
            booking.c.open_item,
            booking.c.amount_ore,
            booking.c.remaining_ore,
            sa.func.lag(booking.c.remaining_ore).over(partition_by=item, order_by=order).label("before_ore"),
            sa.func.lag(booking.c.number).over(partition_by=item, order_by=order).label("earlier"),
        )
        .where(booking.c.number <= faults.last["booking"])
        .subquery("chain")
    )
    expected = sa.func.coalesce(chain.c.before_ore, entry.c.amount_ore) + chain.c.amount_ore
    broken = (
        sa.select(chain, (chain.c.remaining_ore - expected).label("off_ore"))
        .join(entry, entry.c.number == chain.c.open_item)
        .where(chain.c.remaining_ore != expected)
        .order_by(chain.c.open_item, chain.c.number)
    )
    previous = None
    for row in connection.execute(broken).all():
        consequence = previous is not None and (previous.number, -previous.off_ore) == (row.earlier, row.off_ore)
        previous = row
        if consequence or row.open_item in faults.rows["entry"] or _one_is_missing(faults, row):
            continue
        faults.rows["booking"].add(row.number)
        faults.rows["changed_item"].add(row.open_item)
        found_ore = row.amount_ore
        faults.add(f"ledger booking {row.number}", AMOUNT, found_ore + row.off_ore, found_ore, entry=row.open_item)
    _check_makers(connection, faults)


def _check_makers(connection: sa.Connection, faults: Faults) -> None:
    """A booking that passes for the collector's comes from one of its vouchers."""
    claimed = (
        sa.select(booking.c.number, booking.c.open_item)
        .join(entry, entry.c.number == booking.c.entry)
        .join(voucher, voucher.c.id == entry.c.voucher)
        .where(booking.c.by_collector, voucher.c.collector_key.is_(None), booking.c.number <= faults.last["booking"])
        .order_by(booking.c.number)
    )
    for number, item in connection.execute(claimed).all():
        if number not in faults.rows["booking"]:
            faults.add(f"ledger booking {number}", CONTENT, entry=item)


def _one_is_missing(faults: Faults, row: AnyRow) -> bool:
    """Whether a booking that is gone can have stood between this one and the one before it on the same item."""
    return any((row.earlier or 0) < number < row.number for number in faults.missing["booking"])


def _is_explained(faults: Faults, item: int, sequence: int) -> bool:
    """Whether an amount that comes from an item's bookings up to a sequence is off because of a fault in those."""
    if item in faults.rows["entry"] or item in faults.rows["changed_item"]:
        return True
    return any(number <= sequence for number in faults.missing["booking"])


def check_letters(connection: sa.Connection, faults: Faults) -> None:
    """The letters about an open item are numbered without a gap, and those behind an offer are there."""
    highest = sa.func.max(letter.c.letter_no)
    holes = (
        sa.select(letter.c.entry, highest.label("letters"))
        .group_by(letter.c.entry)
        .having(sa.or_(highest != sa.func.count(), sa.func.min(letter.c.letter_no) != 1))
    )
    count = sa.select(sa.func.count()).select_from(letter).where(letter.c.entry == offer.c.entry).scalar_subquery()
    lost = sa.select(offer.c.entry, offer.c.letters).where(
        offer.c.letters > count, offer.c.number <= faults.last["offer"]
    )
    expected: dict[int, int] = {}
    for item, most in connection.execute(holes.union(lost)):
        expected[item] = max(most, expected.get(item, 0))
    for item, most in sorted(expected.items()):
        here = sa.select(letter.c.letter_no).where(letter.c.entry == item)
        present = set(connection.execute(here).scalars())
        faults.rows["letters_of"].add(item)
        for number in sorted(set(range(1, most + 1)) - present):
            faults.add(f"ledger entry {item} letter {number}", MISSING, entry=item)


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
        sa.select(offer.c.proposal, offer.c.entry)
        .outerjoin(proposal_line, of_offer)
        .where(proposal_line.c.entry.is_(None), offer.c.number <= faults.last["offer"])
        .order_by(offer.c.number)
    )
    for number, item in connection.execute(without_line).all():
        faults.add(f"ledger proposal {number} entry {item}", MISSING, entry=item)


def check_offers(connection: sa.Connection, faults: Faults) -> None:
    """An offer's parts come to what remained of the open item at its sequence, and what its letters charged."""
    principal = entry.c.amount_ore + booked_on(entry.c.number, booking.c.number <= offer.c.sequence)
    charged = sa.select(total(letter.c.fee_ore), total(letter.c.interest_ore)).where(
        letter.c.entry == offer.c.entry, letter.c.letter_no <= offer.c.letters
    )
    fees, interest = (
        charged.with_only_columns(column, maintain_column_froms=True).scalar_subquery()
        for column in charged.selected_columns
    )
    differing = (
        sa.select(
            offer,
            principal.label("principal"),
            entry.c.interest_before_due_ore.label("before_due"),
            fees.label("fees"),
            interest.label("charged"),
        )
        .join(entry, entry.c.number == offer.c.entry)
        .where(
            offer.c.number <= faults.last["offer"],
            sa.or_(
                offer.c.principal_ore != principal,
                offer.c.interest_before_due_ore != entry.c.interest_before_due_ore,
                offer.c.fees_ore != fees,
                offer.c.interest_charged_ore != interest,
            ),
        )
        .order_by(offer.c.number)
    )
    for row in connection.execute(differing).all():
        expected_ore = row.principal + row.before_due + row.fees + row.charged
        found_ore = row.principal_ore + row.interest_before_due_ore + row.fees_ore + row.interest_charged_ore
        by_bookings = row.principal_ore != row.principal or row.interest_before_due_ore != row.before_due
        by_letters = row.fees_ore != row.fees or row.interest_charged_ore != row.charged
        is_explained = (not by_bookings or _is_explained(faults, row.entry, row.sequence)) and (
            not by_letters or row.entry in faults.rows["letters_of"]
        )
        if not is_explained:
            faults.add(f"ledger offer {row.number}", AMOUNT, expected_ore, found_ore, entry=row.entry)
