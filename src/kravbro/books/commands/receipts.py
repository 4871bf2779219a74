"""The collector's answers to offers: a case number that the invoice shows, reasons for refusal, or the claim back.

Acceptance replaces refusal of the same offer, never the reverse: a gate may judge differently when it judges again.
A receipt that gives the claim back replaces both, never the reverse; it stands beside the answer, which stays readable.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from kravbro.books.commands.claim_transactions import append_transactions, unnumbered
from kravbro.books.sql import is_unanswered
from kravbro.books.tables import booking, offer, offer_receipt, offer_return, waiting_offer
from kravbro.core.acts import Act
from kravbro.core.answers import ANSWER_COLUMNS, Held, Recording, decide
from kravbro.core.claims import Receipt
from kravbro.core.errors import DataFault
from kravbro.db.bulk import among, insert_rows
from kravbro.db.columns import written
from kravbro.ports.identity import Delivered


def record_receipts(connection: sa.Connection, receipts: Sequence[Receipt], act: Act) -> Delivered:
    """Record answers to offers, and number what was booked on claims before their acceptance was known.

    Raises DataFault `port.unknown_offer`, `port.receipt_of_other_claim`, `port.receipt_differs` for an offer that
    was answered with other content, and `port.receipt_number_taken` when the number is that of another answer.
    """
    held = _held(connection, sorted({receipt.offer for receipt in receipts}))
    recording = decide(receipts, held)
    _refuse_taken_numbers(connection, recording)
    if recording.replacing:
        replacing = [
            {"offer_number": number, **dict(zip(ANSWER_COLUMNS, one.kept, strict=True)), **written(act)}
            for number, one in recording.replacing.items()
        ]
        here = sa.update(offer_receipt).where(offer_receipt.c.offer == sa.bindparam("offer_number"))
        connection.execute(here, replacing)
    if recording.new:
        rows = [(number, *one.kept) for number, one in recording.new.items()]
        insert_rows(connection, offer_receipt, ("offer", *ANSWER_COLUMNS), rows, act)
    _number_waiting(connection, receipts, recording, act)
    if recording.giving_back:
        back = [(number, *one.kept, one.before) for number, one in recording.giving_back.items()]
        insert_rows(connection, offer_return, ("offer", *ANSWER_COLUMNS, "replaces"), back, act)
    _wait_no_longer(connection, sorted({*recording.new, *recording.giving_back}))
    return Delivered(new=len(receipts) - recording.known, known=recording.known)


def _held(connection: sa.Connection, offers: Sequence[int]) -> dict[int, Held]:
    columns = (
        sa.select(
            offer.c.number,
            offer.c.entry,
            offer_receipt.c.outcome,
            offer_receipt.c.fingerprint,
            offer_return.c.fingerprint.label("given_back"),
        )
        .outerjoin(offer_receipt, offer_receipt.c.offer == offer.c.number)
        .outerjoin(offer_return, offer_return.c.offer == offer.c.number)
    )
    return {
        number: Held(*held)
        for these in among(offer.c.number, offers)
        for number, *held in connection.execute(columns.where(these)).all()
    }


def _refuse_taken_numbers(connection: sa.Connection, recording: Recording) -> None:
    """Each receipt number is of one answer, whether it was recorded before or comes in the same batch."""
    offers = recording.numbers()
    back = {receipt.receipt.number for receipt in recording.giving_back.values()}
    for table, is_back in ((offer_receipt, False), (offer_return, True)):
        columns = sa.select(table.c.number, table.c.offer)
        for these in among(table.c.number, offers):
            for number, other in connection.execute(columns.where(these)).all():
                replaced = offers.get(number) == other and (number in back) is is_back
                if number in offers and not replaced:
                    raise DataFault("port.receipt_number_taken", receipt=number, offer=offers[number])


def _wait_no_longer(connection: sa.Connection, offers: Sequence[int]) -> None:
    for these in among(waiting_offer.c.offer, offers):
        answered = sa.not_(is_unanswered(waiting_offer.c.offer))
        connection.execute(sa.delete(waiting_offer).where(these, answered))


def _number_waiting(connection: sa.Connection, receipts: Sequence[Receipt], recording: Recording, act: Act) -> None:
    """Number the bookings that waited for these acceptances: in order of the receipts, then of the bookings.

    This goes before the claims that the same batch gives back, as if the receipts had come one by one.
    """
    accepted = recording.accepted(receipts)
    waiting: dict[int, list[tuple[int, int]]] = {}
    for these in among(offer.c.number, accepted):
        for made, held in connection.execute(unnumbered().where(these).order_by(booking.c.number)).all():
            waiting.setdefault(held, []).append((made, held))
    append_transactions(connection, [pair for number in accepted for pair in waiting.get(number, [])], act)
