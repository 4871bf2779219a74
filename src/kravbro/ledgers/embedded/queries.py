"""What the port asks of a company's books, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from kravbro.books.conversion_tables import conversion, opening_booking
from kravbro.books.queries.receipts import RECEIPT_COLUMNS, receipt_of
from kravbro.books.queries.standings import standings
from kravbro.books.queries.transferred_items import is_adoption, is_in_opening
from kravbro.books.queries.value_dates import value_dates
from kravbro.books.sql import AnyRow, is_given_back, is_refused, is_unanswered, total
from kravbro.books.tables import (
    booking,
    claim_status,
    claim_transaction,
    entry,
    offer,
    offer_receipt,
    offer_return,
    voucher,
    voucher_event,
    voucher_line,
    waiting_offer,
    withdrawal,
)
from kravbro.core.adoption import Adoption, Joining
from kravbro.core.claims import Offer, Outcome, Receipt, Status, Transaction, Withdrawal
from kravbro.core.forgotten import AnsweredOffer
from kravbro.core.movements import ClaimMovements, Movement
from kravbro.core.vouchers import VoucherReceipt
from kravbro.db.bulk import portions
from kravbro.ledgers.embedded import mapping

OFFER_COLUMNS = (
    offer.c.number,
    offer.c.entry,
    offer.c.sequence,
    offer.c.principal_ore,
    offer.c.interest_before_due_ore,
    offer.c.fees_ore,
    offer.c.interest_charged_ore,
    offer.c.letters,
    entry.c.invoice_no,
    entry.c.kid,
    entry.c.invoice_date,
    entry.c.due_date,
    entry.c.currency,
    entry.c.sub_ledger_type,
)
"""What an offer froze, then its open item, in the order of `core.claims.Offer`."""


def ready_claims(connection: sa.Connection, company: int, after: int, limit: int, on: date) -> list[Offer]:
    """Offers without a receipt, by number, each with how its claim stands on the day of reading."""
    return _unanswered(connection, company, sa.not_(is_adoption(waiting_offer.c.offer)), after, limit, on)


def adoptions(connection: sa.Connection, company: int, after: int, limit: int, on: date) -> list[Adoption]:
    """Offers without a receipt that were joined with claims of older cases, by number, each with its debtor now."""
    offers = _unanswered(connection, company, is_adoption(waiting_offer.c.offer), after, limit, on)
    joined: dict[int, AnyRow] = {}
    for some in portions([one.number for one in offers]):
        joined |= _joined(connection, some)
    return [mapping.adoption(one, joined[one.number]) for one in offers]


def answered_offers(connection: sa.Connection, company: int, numbers: Sequence[int], on: date) -> list[AnsweredOffer]:
    """These offers with the answers that the ledger holds, by number; unanswered ones are left out."""
    answers: dict[int, list[Receipt]] = {}
    joined: dict[int, AnyRow] = {}
    found: list[Offer] = []
    for some in portions(sorted(set(numbers))):
        for table in (offer_receipt, offer_return):
            rows = connection.execute(
                sa.select(*(table.c[name] for name in RECEIPT_COLUMNS), offer.c.entry)
                .join(offer, offer.c.number == table.c.offer)
                .where(table.c.offer.in_(some))
            )
            for row in rows:
                answers.setdefault(row.offer, []).append(receipt_of(row, table.name))
        joined |= _joined(connection, some)
        found += _offers(connection, company, offer.c.number.in_([one for one in some if one in answers]), on)
    return [
        AnsweredOffer(
            one,
            tuple(answers[one.number]),
            mapping.adoption(one, joined[one.number]) if one.number in joined else None,
        )
        for one in found
    ]


def _joined(connection: sa.Connection, offers: Sequence[int]) -> dict[int, AnyRow]:
    """Of these offers, those that joined open items with claims of older cases."""
    here = (conversion.c.offer.in_(offers), is_adoption(conversion.c.offer))
    return {row.offer: row for row in connection.execute(sa.select(conversion).where(*here))}


def joined_claims(connection: sa.Connection, after: int, limit: int) -> list[Joining]:
    """What is joined with claims of older cases, by entry; what the collector refused is not."""
    rows = connection.execute(
        sa.select(
            conversion.c.entry,
            conversion.c.earlier,
            conversion.c.case_number,
            conversion.c.cut_off,
            offer.c.principal_ore,
            conversion.c.collector_ore,
            conversion.c.because,
        )
        .join(offer, offer.c.number == conversion.c.offer)
        .where(conversion.c.joined, conversion.c.entry > after, sa.not_(is_refused(conversion.c.offer)))
        .order_by(conversion.c.entry)
        .limit(limit)
    )
    return [Joining(*row) for row in rows]


def _unanswered(  # noqa: PLR0917 - whose, which of them, and the page
    connection: sa.Connection, company: int, which: sa.ColumnElement[bool], after: int, limit: int, on: date
) -> list[Offer]:
    number = waiting_offer.c.offer
    waiting = sa.select(number).where(number > after, which, is_unanswered(number))
    numbers = connection.execute(waiting.order_by(number).limit(limit)).scalars().all()
    if not numbers:
        return []
    here = offer.c.number.in_(
        sa.select(number).where(number.between(numbers[0], numbers[-1]), which, is_unanswered(number))
    )
    return _offers(connection, company, here, on)


def _offers(connection: sa.Connection, company: int, here: sa.ColumnElement[bool], on: date) -> list[Offer]:
    """The offers that a condition names, by number, each with how its claim stands now."""
    chosen = sa.select(*OFFER_COLUMNS).join(entry, entry.c.number == offer.c.entry).where(here)
    rows = connection.execute(chosen.order_by(offer.c.number)).all()
    page = chosen.with_only_columns(
        offer.c.entry, entry.c.customer, offer.c.number.label("offer"), maintain_column_froms=True
    )
    standing = standings(connection, page)
    return [mapping.offer(row, company, standing[row.entry, row.number], on) for row in rows]


def transactions(connection: sa.Connection, after: int, limit: int) -> list[Transaction]:
    """What was booked on claims at the collector, by transaction number."""
    of_line = sa.and_(voucher_line.c.voucher == entry.c.voucher, voucher_line.c.line_no == entry.c.line_no)
    rows = connection.execute(
        sa.select(
            claim_transaction.c.number,
            claim_transaction.c.booking,
            claim_transaction.c.offer,
            booking.c.open_item,
            booking.c.amount_ore,
            booking.c.booked_on,
            entry.c.number.label("made_by"),
            entry.c.meaning,
            voucher.c.number.label("voucher_number"),
            voucher.c.text.label("voucher_text"),
            voucher_line.c.text.label("line_text"),
        )
        .join(booking, booking.c.number == claim_transaction.c.booking)
        .join(entry, entry.c.number == booking.c.entry)
        .join(voucher, voucher.c.id == entry.c.voucher)
        .join(voucher_line, of_line)
        .where(claim_transaction.c.number > after)
        .order_by(claim_transaction.c.number)
        .limit(limit)
    ).all()
    days = value_dates(connection, [row.open_item for row in rows])
    return [mapping.transaction(row, days[row.booking]) for row in rows]


def voucher_receipts(connection: sa.Connection, after: int, limit: int) -> list[VoucherReceipt]:
    """What became of the collector's vouchers, by event number."""
    rows = connection.execute(
        sa.select(voucher_event).where(voucher_event.c.number > after).order_by(voucher_event.c.number).limit(limit)
    )
    return [mapping.voucher_receipt(row) for row in rows]


def withdrawals(connection: sa.Connection, after: int, limit: int) -> list[Withdrawal]:
    """Claims that the creditor wants back, by number."""
    column = withdrawal.c
    rows = connection.execute(
        sa.select(column.number, column.offer, column.entry, column.asked_on, column.because)
        .where(column.number > after)
        .order_by(column.number)
        .limit(limit)
    )
    return [Withdrawal(*row) for row in rows]


def recorded_receipts(connection: sa.Connection, after: int, limit: int) -> list[Receipt]:
    """The receipt that counts of each answered offer, by offer number: the one that gave the claim back, if one did."""
    found: dict[int, Receipt] = {}
    for table in (offer_receipt, offer_return):
        rows = connection.execute(
            sa.select(*(table.c[name] for name in RECEIPT_COLUMNS), offer.c.entry)
            .join(offer, offer.c.number == table.c.offer)
            .where(table.c.offer > after)
            .order_by(table.c.offer)
            .limit(limit)
        )
        found |= {row.offer: receipt_of(row, table.name) for row in rows}
    return [found[number] for number in sorted(found)[:limit]]


def recorded_statuses(connection: sa.Connection, after: int, limit: int) -> list[Status]:
    """The status shown of each claim, by entry."""
    column = claim_status.c
    rows = connection.execute(
        sa.select(column.entry, column.version, column.state, column.case_number, column.since)
        .where(column.entry > after)
        .order_by(column.entry)
        .limit(limit)
    )
    return [mapping.status(row) for row in rows]


def movements(connection: sa.Connection, offers: Sequence[int]) -> list[ClaimMovements]:
    """Opening and movements of these offers, by offer number; numbers that are no offers are left out."""
    return [claim for some in portions(sorted(set(offers))) for claim in _movements(connection, some)]


def _movements(connection: sa.Connection, numbers: Sequence[int]) -> list[ClaimMovements]:
    found: dict[int, list[Movement]] = {}
    for row in connection.execute(_bookings(numbers)):
        found.setdefault(row.offer, []).append(mapping.movement(row))
    rows = connection.execute(
        sa.select(
            offer.c.number,
            offer.c.entry,
            offer.c.principal_ore,
            offer_receipt.c.case_number,
            offer_receipt.c.number.label("receipt"),
            conversion.c.collector_ore,
            _booked_late().label("late_ore"),
        )
        .outerjoin(offer_receipt, offer_receipt.c.offer == offer.c.number)
        .outerjoin(conversion, conversion.c.offer == offer.c.number)
        .where(offer.c.number.in_(numbers))
        .order_by(offer.c.number)
    )
    return [
        ClaimMovements(
            offer=row.number,
            entry=row.entry,
            opening_ore=row.principal_ore + row.late_ore,
            case_number=row.case_number or "",
            receipt=row.receipt or 0,
            movements=tuple(found.get(row.number, ())),
            accepted_ore=0 if row.collector_ore is None else row.principal_ore - row.collector_ore,
        )
        for row in rows
    ]


def _booked_late() -> sa.ScalarSelect[int]:
    """What was booked on a converted claim after its conversion, and counts before its cut-off (øre)."""
    late = sa.and_(booking.c.number == opening_booking.c.booking, booking.c.number > conversion.c.sequence)
    return (
        sa.select(total(booking.c.amount_ore))
        .select_from(opening_booking)
        .join(booking, late)
        .where(opening_booking.c.offer == offer.c.number)
        .correlate(offer, conversion)
        .scalar_subquery()
    )


def _bookings(numbers: Sequence[int]) -> sa.Select[int, int, int, bool, int, str | None, int | None]:
    """Every booking behind the sequence of an offer, up to that of the next offer of the claim that was accepted.

    One that the ledger made itself is the offer's if it was told under it, or waits for the offer's receipt; what was
    booked after the claim was given back is nobody's.
    """
    later, later_receipt = offer.alias("later"), offer_receipt.alias("later_receipt")
    next_sequence = (
        sa.select(sa.func.min(later.c.sequence))
        .join(later_receipt, later_receipt.c.offer == later.c.number)
        .where(
            later.c.entry == offer.c.entry,
            later.c.number > offer.c.number,
            later_receipt.c.outcome == Outcome.ACCEPTED.value,
        )
        .scalar_subquery()
    )
    return (
        sa.select(
            offer.c.number.label("offer"),
            booking.c.number.label("booking"),
            booking.c.amount_ore,
            booking.c.by_collector,
            entry.c.line_no,
            voucher.c.collector_key,
            claim_transaction.c.number.label("transaction"),
        )
        .select_from(offer)
        .join(booking, sa.and_(booking.c.open_item == offer.c.entry, booking.c.number > offer.c.sequence))
        .join(entry, entry.c.number == booking.c.entry)
        .join(voucher, voucher.c.id == entry.c.voucher)
        .outerjoin(claim_transaction, claim_transaction.c.booking == booking.c.number)
        .where(
            offer.c.number.in_(numbers),
            booking.c.number <= sa.func.coalesce(next_sequence, booking.c.number),
            sa.not_(is_in_opening(booking.c.number, offer.c.number)),
            sa.or_(
                booking.c.by_collector,
                claim_transaction.c.offer == offer.c.number,
                sa.and_(claim_transaction.c.number.is_(None), sa.not_(is_given_back(offer.c.number))),
            ),
        )
        .order_by(offer.c.number, booking.c.number)
    )
