"""What the mirror answers for the ledger port, page by page."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec
import sqlalchemy as sa

from kravbro.core.adoption import Adoption, Joining
from kravbro.core.claims import Offer, Parts, Receipt, Status, Transaction, TransactionKind, Withdrawal
from kravbro.core.movements import ClaimMovements, Movement, booking_movement_id, voucher_movement_id
from kravbro.core.vouchers import Fate, VoucherReceipt
from kravbro.db.bulk import among, portions
from kravbro.mirror import rows
from kravbro.mirror.conversion_tables import conversion, opening_booking
from kravbro.mirror.rows import AnyRow, known_code
from kravbro.mirror.source import Standing
from kravbro.mirror.sql import is_adoption, is_given_back, is_in_opening, is_refused, next_sequence
from kravbro.mirror.statuses import status
from kravbro.mirror.tables import (
    booking,
    claim_status,
    claim_transaction,
    item,
    offer,
    offer_receipt,
    offer_return,
    voucher_event,
    waiting_offer,
    withdrawal,
)


def waiting(connection: sa.Connection, company: int, after: int, limit: int, *, adopted: bool = False) -> list[AnyRow]:
    """The rows of offers without a receipt, by number: those that were joined with older cases, or all others."""
    here = sa.and_(waiting_offer.c.company == offer.c.company, waiting_offer.c.offer == offer.c.number)
    chosen = sa.select(offer).join(waiting_offer, here)
    joined = is_adoption(waiting_offer.c.company, waiting_offer.c.offer)
    page = chosen.where(waiting_offer.c.company == company, waiting_offer.c.offer > after)
    page = page.where(joined if adopted else sa.not_(joined))
    return list(connection.execute(page.order_by(waiting_offer.c.offer).limit(limit)).all())


def offers_numbered(connection: sa.Connection, company: int, numbers: Collection[int]) -> list[AnyRow]:
    """The rows of these offers, by number; numbers that are no offers are left out."""
    chosen = sa.select(offer).where(offer.c.company == company).order_by(offer.c.number)
    wanted = set(numbers)
    return [
        row
        for these in among(offer.c.number, wanted)
        for row in connection.execute(chosen.where(these)).all()
        if row.number in wanted
    ]


def offer_of(row: AnyRow, standing: Standing) -> Offer:
    """An offer: what was frozen, and how its claim stands now."""
    parts = Parts(row.principal_ore, row.interest_before_due_ore, row.fees_ore, row.interest_charged_ore)
    return Offer(
        number=row.number,
        company=row.company,
        entry=row.entry,
        sequence=row.sequence,
        parts=parts,
        invoice_no=row.invoice_no,
        kid=row.kid,
        invoice_date=row.invoice_date,
        due_date=row.due_date,
        currency=row.currency,
        sub_ledger_type=row.sub_ledger_type,
        letters=rows.letters(row.letters, row.number),
        debtor=standing.debtor,
        facts=standing.facts,
        related=standing.related,
    )


def adoptions_of(connection: sa.Connection, company: int, offers: Sequence[Offer]) -> dict[int, Adoption]:
    """Those of these offers that were joined with claims of older cases, by number."""
    of_number = {one.number: one for one in offers}
    here = sa.select(conversion).where(conversion.c.company == company, conversion.c.joined)
    return {
        row.offer: Adoption(
            of_number[row.offer], row.earlier, row.case_number, row.cut_off, row.collector_ore, row.because
        )
        for these in among(conversion.c.offer, of_number)
        for row in connection.execute(here.where(these)).all()
        if row.offer in of_number
    }


def joined_claims(connection: sa.Connection, company: int, after: int, limit: int) -> list[Joining]:
    """What is joined with claims of older cases, by entry; what the collector refused is not."""
    column = conversion.c
    of_offer = sa.and_(offer.c.company == column.company, offer.c.number == column.offer)
    chosen = (
        sa.select(column.entry, column.earlier, column.case_number, column.cut_off)
        .add_columns(offer.c.principal_ore, column.collector_ore, column.because)
        .join(offer, of_offer)
        .where(column.company == company, column.joined, column.entry > after)
        .where(sa.not_(is_refused(column.company, column.offer)))
        .order_by(column.entry)
        .limit(limit)
    )
    return [Joining(*row) for row in connection.execute(chosen)]


def watched(connection: sa.Connection, company: int, entries: Collection[int] | None) -> list[int]:
    """The items of which an offer waits or the collector has the claim, among these, or all of them."""
    chosen = sa.select(item.c.entry).where(item.c.company == company, item.c.watched).order_by(item.c.entry)
    if entries is None:
        return list(connection.execute(chosen).scalars())
    wanted = set(entries)
    found = [one for these in among(item.c.entry, wanted) for one in connection.execute(chosen.where(these)).scalars()]
    return [one for one in found if one in wanted]


def owing(connection: sa.Connection, company: int, entries: Collection[int]) -> list[int]:
    """Of these items, those of which something remained when they were seen last."""
    wanted = set(entries)
    booked = sa.func.coalesce(sa.func.sum(booking.c.amount_ore), 0)
    chosen = (
        sa.select(item.c.entry)
        .outerjoin(booking, sa.and_(booking.c.company == item.c.company, booking.c.entry == item.c.entry))
        .where(item.c.company == company)
        .group_by(item.c.entry, item.c.amount_ore)
        .having(item.c.amount_ore + booked != 0)
        .order_by(item.c.entry)
    )
    found = [one for these in among(item.c.entry, wanted) for one in connection.execute(chosen.where(these)).scalars()]
    return [one for one in found if one in wanted]


def transactions(connection: sa.Connection, company: int, after: int, limit: int) -> list[Transaction]:
    """What was booked on claims at the collector, by transaction number."""
    of_booking = sa.and_(
        booking.c.company == claim_transaction.c.company, booking.c.number == claim_transaction.c.booking
    )
    chosen = (
        sa.select(claim_transaction.c.number, claim_transaction.c.offer, booking.c.number.label("booking"))
        .add_columns(booking.c.entry, booking.c.kind, booking.c.amount_ore, booking.c.booked_on, booking.c.value_on)
        .add_columns(booking.c.voucher_no, booking.c.text)
        .join(booking, of_booking)
        .where(claim_transaction.c.company == company, claim_transaction.c.number > after)
        .order_by(claim_transaction.c.number)
        .limit(limit)
    )
    return [
        Transaction(
            number=row.number,
            entry=row.entry,
            booking=row.booking,
            kind=known_code(TransactionKind, row.kind, "booking", row.booking),
            amount_ore=row.amount_ore,
            posted_on=row.booked_on,
            value_on=row.value_on,
            voucher_no=row.voucher_no,
            text=row.text,
            offer=row.offer,
        )
        for row in connection.execute(chosen)
    ]


def withdrawals(connection: sa.Connection, company: int, after: int, limit: int) -> list[Withdrawal]:
    """Claims that the creditor wants back, by number."""
    column = withdrawal.c
    chosen = sa.select(column.number, column.offer, column.entry, column.asked_on, column.because)
    page = chosen.where(column.company == company, column.number > after).order_by(column.number).limit(limit)
    return [Withdrawal(*row) for row in connection.execute(page)]


def voucher_receipts(connection: sa.Connection, company: int, after: int, limit: int) -> list[VoucherReceipt]:
    """What became of the collector's vouchers, by event number."""
    column = voucher_event.c
    page = sa.select(voucher_event).where(column.company == company, column.number > after)
    return [
        VoucherReceipt(
            row.number,
            row.voucher_key,
            known_code(Fate, row.fate, "voucher_event", row.number),
            row.happened_on,
            row.voucher_no,
        )
        for row in connection.execute(page.order_by(column.number).limit(limit))
    ]


def recorded_receipts(connection: sa.Connection, company: int, after: int, limit: int) -> list[Receipt]:
    """The receipt that counts of each answered offer, by offer number: the one that gave the claim back, if one did."""
    found: dict[int, Receipt] = {}
    for table in (offer_receipt, offer_return):
        here = sa.and_(offer.c.company == table.c.company, offer.c.number == table.c.offer)
        chosen = sa.select(table, offer.c.entry).join(offer, here)
        page = chosen.where(table.c.company == company, table.c.offer > after).order_by(table.c.offer).limit(limit)
        found |= {row.offer: rows.receipt(row, table.name) for row in connection.execute(page)}
    return [found[number] for number in sorted(found)[:limit]]


def recorded_statuses(connection: sa.Connection, company: int, after: int, limit: int) -> list[Status]:
    """The status kept of each claim, by entry."""
    column = claim_status.c
    page = sa.select(claim_status).where(column.company == company, column.entry > after)
    return [status(row) for row in connection.execute(page.order_by(column.entry).limit(limit))]


def answers_of(connection: sa.Connection, company: int, offers: Collection[int]) -> dict[int, list[Receipt]]:
    """Every answer to these offers: acceptance or refusal, then the receipt that gave the claim back."""
    found: dict[int, list[Receipt]] = {}
    wanted = set(offers)
    for table in (offer_receipt, offer_return):
        here = sa.and_(offer.c.company == table.c.company, offer.c.number == table.c.offer)
        chosen = sa.select(table, offer.c.entry).join(offer, here).where(table.c.company == company)
        for these in among(table.c.offer, wanted):
            for row in connection.execute(chosen.where(these)).all():
                if row.offer in wanted:
                    found.setdefault(row.offer, []).append(rows.receipt(row, table.name))
    return found


def movements(connection: sa.Connection, company: int, offers: Sequence[int]) -> list[ClaimMovements]:
    """Opening and movements of these offers, by offer number; numbers that are no offers are left out."""
    return [claim for some in portions(sorted(set(offers))) for claim in _movements(connection, company, some)]


def _movements(connection: sa.Connection, company: int, numbers: Sequence[int]) -> list[ClaimMovements]:
    found: dict[int, list[Movement]] = {}
    for row in connection.execute(_bookings(company, numbers)):
        found.setdefault(row.offer, []).append(_movement(row))
    answered = sa.and_(offer_receipt.c.company == offer.c.company, offer_receipt.c.offer == offer.c.number)
    joined = sa.and_(conversion.c.company == offer.c.company, conversion.c.offer == offer.c.number)
    opened = (
        sa.select(
            *(offer.c.number, offer.c.entry, offer.c.principal_ore),
            *(offer_receipt.c.case_number, offer_receipt.c.number.label("receipt")),
            *(conversion.c.collector_ore, _booked_late().label("late_ore")),
        )
        .outerjoin(offer_receipt, answered)
        .outerjoin(conversion, joined)
        .where(offer.c.company == company, offer.c.number.in_(numbers))
        .order_by(offer.c.number)
    )
    return [
        ClaimMovements(
            offer=row.number,
            entry=row.entry,
            opening_ore=row.principal_ore + int(row.late_ore),
            case_number=row.case_number or "",
            receipt=row.receipt or 0,
            movements=_each_line_once(found.get(row.number, ())),
            accepted_ore=0 if row.collector_ore is None else row.principal_ore - row.collector_ore,
        )
        for row in connection.execute(opened)
    ]


def _each_line_once(movements: Sequence[Movement]) -> tuple[Movement, ...]:
    """A line of the collector's voucher is one movement, though the ledger may have booked it in several parts."""
    lines: dict[str, Movement] = {}
    for one in movements:
        amount_ore = one.amount_ore + (lines[one.id].amount_ore if one.id in lines else 0)
        lines[one.id] = msgspec.structs.replace(one, amount_ore=amount_ore)
    return tuple(lines.values())


def _booked_late() -> sa.ScalarSelect[int]:
    """What was seen of a converted claim after its conversion, and counts before its cut-off (øre)."""
    late = sa.and_(
        booking.c.company == opening_booking.c.company,
        booking.c.number == opening_booking.c.booking,
        booking.c.number > conversion.c.sequence,
    )
    return (
        sa.select(sa.func.coalesce(sa.func.sum(booking.c.amount_ore), 0))
        .select_from(opening_booking)
        .join(booking, late)
        .where(opening_booking.c.company == offer.c.company, opening_booking.c.offer == offer.c.number)
        .correlate(offer, conversion)
        .scalar_subquery()
    )


def _movement(row: AnyRow) -> Movement:
    if row.voucher_key:
        return Movement(voucher_movement_id(row.voucher_key, row.line_no), row.amount_ore, settled=True)
    numbered = row.transaction is not None
    return Movement(booking_movement_id(row.booking), row.amount_ore, settled=numbered, number=row.transaction or 0)


def _bookings(company: int, numbers: Sequence[int]) -> sa.Select[int, int, int, str, int, int | None]:
    """Every booking behind the sequence of an offer, up to that of the next offer of the claim that was accepted.

    One that the ledger made itself is the offer's if it was told under it, or waits for the offer's receipt; what was
    booked after the claim was given back is nobody's. What a converted claim has in its opening is no movement.
    """
    behind = sa.and_(
        booking.c.company == offer.c.company, booking.c.entry == offer.c.entry, booking.c.number > offer.c.sequence
    )
    numbered = sa.and_(
        claim_transaction.c.company == booking.c.company, claim_transaction.c.booking == booking.c.number
    )
    waits = sa.and_(claim_transaction.c.number.is_(None), sa.not_(is_given_back(offer.c.company, offer.c.number)))
    return (
        sa.select(
            offer.c.number.label("offer"),
            booking.c.number.label("booking"),
            booking.c.amount_ore,
            booking.c.voucher_key,
            booking.c.line_no,
            claim_transaction.c.number.label("transaction"),
        )
        .select_from(offer)
        .join(booking, behind)
        .outerjoin(claim_transaction, numbered)
        .where(
            offer.c.company == company,
            offer.c.number.in_(numbers),
            booking.c.number <= sa.func.coalesce(next_sequence(), booking.c.number),
            sa.not_(is_in_opening(booking.c.company, booking.c.number, offer.c.number)),
            sa.or_(booking.c.voucher_key != "", claim_transaction.c.offer == offer.c.number, waits),
        )
        .order_by(offer.c.number, booking.c.number)
    )
