"""The streams to the collector: receipts as they were recorded, transactions of every accepted claim."""

from __future__ import annotations

from collections import Counter

import sqlalchemy as sa

from kravbro.books.commands.claim_transactions import unnumbered
from kravbro.books.queries.audit.faults import CODE, CONTENT, MISSING, NOT_NUMBERED, STATE, UNKNOWN, Faults
from kravbro.books.queries.receipts import receipt_of
from kravbro.books.sql import AnyRow, is_unanswered
from kravbro.books.tables import booking, claim_transaction, offer, offer_receipt, offer_return, waiting_offer
from kravbro.core.claims import Outcome
from kravbro.core.errors import DataFault
from kravbro.core.fingerprints import fingerprint
from kravbro.db.columns import with_plain_day


def check_receipts(connection: sa.Connection, faults: Faults) -> None:
    """Each receipt answers an offer that exists, and says what it said when it was recorded.

    One that gave a claim back also tells which answer stood there then, so that this one cannot vanish or change.
    """
    for table, rows, thing in ((offer_receipt, "receipt", "receipt"), (offer_return, "return", "return")):
        recorded = (
            sa.select(*(with_plain_day(column) for column in table.c), offer.c.entry)
            .outerjoin(offer, offer.c.number == table.c.offer)
            .order_by(table.c.offer)
        )
        for row in connection.execute(recorded, execution_options={"yield_per": 1000}):
            if row.offer in faults.rows[rows] or row.offer in faults.rows["offer"]:
                continue
            kind = _wrong(row, table.name)
            if kind is not None:
                faults.rows[rows].add(row.offer)
                faults.rows["altered_receipt"].add(row.offer)
                faults.add(f"ledger offer {row.offer} {thing}", kind, entry=row.entry)
    _check_replaced(connection, faults)


def _wrong(row: AnyRow, table: str) -> str | None:
    if row.entry is None:
        return UNKNOWN
    try:
        return None if fingerprint(receipt_of(row, table)) == row.fingerprint else CONTENT
    except DataFault:
        return CODE


def _check_replaced(connection: sa.Connection, faults: Faults) -> None:
    """The answer beside a receipt that gave the claim back is the one that it found there."""
    beside = sa.func.coalesce(offer_receipt.c.fingerprint, "")
    wrong = (
        sa.select(offer_return.c.offer, offer.c.entry, offer_receipt.c.offer.label("answer"))
        .join(offer, offer.c.number == offer_return.c.offer)
        .outerjoin(offer_receipt, offer_receipt.c.offer == offer_return.c.offer)
        .where(offer_return.c.replaces != beside)
        .order_by(offer_return.c.offer)
    )
    for row in connection.execute(wrong).all():
        if row.offer not in faults.rows["receipt"] and row.offer not in faults.rows["return"]:
            faults.rows["receipt"].add(row.offer)
            kind = MISSING if row.answer is None else CONTENT
            faults.add(f"ledger offer {row.offer} receipt", kind, entry=row.entry)


def check_waiting(connection: sa.Connection, faults: Faults) -> None:
    """Offers that wait are those without an answer, all of them: one that does not wait is never offered again.

    An answer that was removed, or stands under another offer now, is named for itself.
    """
    waits, unanswered = sa.exists().where(waiting_offer.c.offer == offer.c.number), is_unanswered(offer.c.number)
    astray = sa.or_(sa.and_(waits, sa.not_(unanswered)), sa.and_(sa.not_(waits), unanswered))
    rows = connection.execute(sa.select(offer.c.number, offer.c.entry).where(astray).order_by(offer.c.number)).all()
    explained = faults.rows["offer"] | faults.rows["receipt"] | faults.rows["return"]
    for number, item in rows:
        if number not in explained:
            faults.add(f"ledger offer {number}", STATE, entry=item)
    known = sa.exists().where(offer.c.number == waiting_offer.c.offer)
    column = waiting_offer.c.offer
    for number in connection.execute(sa.select(column).where(sa.not_(known)).order_by(column)).scalars():
        if number not in faults.rows["offer"]:
            faults.add(f"ledger offer {number}", UNKNOWN)


def check_transactions(connection: sa.Connection, faults: Faults) -> None:
    """Each transaction belongs to an accepted offer, and each booking that the collector should hear of is one."""
    displaced = _check_offers_of(connection, faults)
    _check_receipts_of(connection, faults)
    if faults.missing["transaction"]:
        return
    waiting = unnumbered().add_columns(booking.c.open_item, booking.c.amount_ore)
    explained = faults.rows["receipt"] | faults.rows["offer"] | displaced
    doubtful = faults.rows["booking"] | faults.rows["doubtful_booking"]
    for row in connection.execute(waiting.order_by(booking.c.number)).all():
        if row.number <= faults.last["booking"] and row.offer not in explained and row.number not in doubtful:
            faults.add(f"ledger booking {row.number}", NOT_NUMBERED, row.amount_ore, 0, entry=row.open_item)


def _check_offers_of(connection: sa.Connection, faults: Faults) -> set[int]:
    """A transaction's offer is of the open item that was booked on, and was made before; answers offers of others.

    A booking that lost its transaction that way waits for a number: that follows, and is not named.
    """
    wrong = (
        sa.select(
            claim_transaction.c.number,
            claim_transaction.c.booking,
            claim_transaction.c.offer,
            offer.c.entry,
            booking.c.open_item,
        )
        .outerjoin(booking, booking.c.number == claim_transaction.c.booking)
        .outerjoin(offer, offer.c.number == claim_transaction.c.offer)
        .where(
            claim_transaction.c.number <= faults.last["transaction"],
            sa.or_(
                booking.c.number.is_(None),
                offer.c.number.is_(None),
                offer.c.entry != booking.c.open_item,
                offer.c.sequence >= booking.c.number,
                booking.c.by_collector,
            ),
        )
        .order_by(claim_transaction.c.number)
    )
    doubtful = faults.rows["booking"] | faults.rows["doubtful_booking"]
    settled = faults.rows["offer"] | faults.rows["altered_receipt"]
    rows = [row for row in connection.execute(wrong).all() if row.booking not in doubtful and row.offer not in settled]
    of_own_claim = Counter(row.offer for row in rows if row.entry == row.open_item)
    for row in rows:
        if row.entry == row.open_item and of_own_claim[row.offer] > 1:
            _name_offer(row, faults)
            continue
        faults.rows["transaction"].add(row.number)
        item = row.entry if row.open_item is None else row.open_item
        faults.add(f"ledger transaction {row.number}", CONTENT, entry=item)
    return {row.offer for row in rows}


def _name_offer(row: AnyRow, faults: Faults) -> None:
    """Several transactions of the same claim from before its offer: it is the offer's sequence that was altered."""
    if row.offer not in faults.rows["offer"]:
        faults.rows["offer"].add(row.offer)
        faults.add(f"ledger offer {row.offer}", CONTENT, entry=row.entry)


def _check_receipts_of(connection: sa.Connection, faults: Faults) -> None:
    """The offer of a transaction was accepted. A receipt that stands under another offer now is named there."""
    accepted = sa.and_(
        offer_receipt.c.offer == claim_transaction.c.offer, offer_receipt.c.outcome == Outcome.ACCEPTED.value
    )
    without_receipt = (
        sa.select(offer.c.number, offer.c.entry, claim_transaction.c.number.label("transaction"))
        .join(claim_transaction, claim_transaction.c.offer == offer.c.number)
        .outerjoin(offer_receipt, accepted)
        .where(offer_receipt.c.offer.is_(None), claim_transaction.c.number <= faults.last["transaction"])
        .order_by(offer.c.number)
    )
    rows = connection.execute(without_receipt).all()
    elsewhere = len(faults.rows["altered_receipt"] - {row.number for row in rows})
    for row in rows:
        if row.number in faults.rows["receipt"] or row.transaction in faults.rows["transaction"]:
            continue
        faults.rows["receipt"].add(row.number)
        if elsewhere:
            elsewhere -= 1
        else:
            faults.add(f"ledger offer {row.number} receipt", MISSING, entry=row.entry)
