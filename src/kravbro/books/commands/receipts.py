"""The collector's answers to offers: the case number that the invoice shows, or the reasons for refusal.

Acceptance replaces refusal of the same offer, never the reverse: a gate may judge differently when it judges again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from kravbro.books.commands.claim_transactions import append_transactions, unnumbered
from kravbro.books.tables import booking, offer, offer_receipt
from kravbro.core.acts import Act
from kravbro.core.claims import Outcome, Receipt
from kravbro.core.errors import DataFault
from kravbro.core.fingerprints import fingerprint
from kravbro.db.bulk import among, insert_rows
from kravbro.db.columns import written
from kravbro.ports.identity import Delivered

ANSWER_COLUMNS = ("number", "outcome", "received_on", "case_number", "case_kid", "reasons", "fingerprint")


class Held(msgspec.Struct, frozen=True, gc=False):
    """What the ledger holds of one offer: its entry, and outcome and fingerprint of the answer if there is one."""

    entry: int
    outcome: str | None
    fingerprint: str | None


class Answer(msgspec.Struct, frozen=True, gc=False):
    """A receipt with its fingerprint."""

    receipt: Receipt
    fingerprint: str


class Recording(msgspec.Struct, frozen=True):
    """What recording a batch of receipts comes to: offer -> the row to write, in order of the receipts."""

    new: dict[int, Answer]
    replacing: dict[int, Answer]
    known: int


def record_receipts(connection: sa.Connection, receipts: Sequence[Receipt], act: Act) -> Delivered:
    """Record answers to offers, and number what was booked on claims before their acceptance was known.

    Raises DataFault `books.unknown_offer`, `books.receipt_of_other_claim`, `books.receipt_differs` for an offer that
    was answered with other content, and `books.receipt_number_taken` when the number is that of another answer.
    """
    held = _held(connection, sorted({receipt.offer for receipt in receipts}))
    recording = decide(receipts, held)
    _refuse_taken_numbers(connection, recording)
    if recording.replacing:
        replacing = [
            {"offer_number": number, **dict(zip(ANSWER_COLUMNS, _values(one), strict=True)), **written(act)}
            for number, one in recording.replacing.items()
        ]
        here = sa.update(offer_receipt).where(offer_receipt.c.offer == sa.bindparam("offer_number"))
        connection.execute(here, replacing)
    if recording.new:
        rows = [(number, *_values(one)) for number, one in recording.new.items()]
        insert_rows(connection, offer_receipt, ("offer", *ANSWER_COLUMNS), rows, act)
    _number_waiting(connection, receipts, recording, act)
    return Delivered(new=len(receipts) - recording.known, known=recording.known)


def decide(receipts: Sequence[Receipt], held: dict[int, Held]) -> Recording:
    """What is new, what replaces a refusal and what is known; `held` is what the ledger has of these offers."""
    held = dict(held)
    recording = Recording({}, {}, 0)
    known = 0
    for receipt in receipts:
        answer = Answer(receipt, fingerprint(receipt))
        have = held.get(receipt.offer)
        if have is None:
            raise DataFault("books.unknown_offer", offer=receipt.offer, receipt=receipt.number)
        if have.entry != receipt.entry:
            raise DataFault("books.receipt_of_other_claim", receipt=receipt.number, offer=receipt.offer)
        if have.outcome is not None and _is_known(answer, have):
            known += 1
            continue
        is_new = have.outcome is None or receipt.offer in recording.new
        (recording.new if is_new else recording.replacing)[receipt.offer] = answer
        held[receipt.offer] = Held(have.entry, receipt.outcome.value, answer.fingerprint)
    return msgspec.structs.replace(recording, known=known)


def _is_known(answer: Answer, have: Held) -> bool:
    receipt = answer.receipt
    if receipt.outcome is Outcome.ACCEPTED and have.outcome == Outcome.REFUSED:
        return False
    if receipt.outcome is Outcome.REFUSED and have.outcome == Outcome.ACCEPTED:
        return True
    if have.fingerprint != answer.fingerprint:
        raise DataFault("books.receipt_differs", receipt=receipt.number, offer=receipt.offer)
    return True


def _held(connection: sa.Connection, offers: Sequence[int]) -> dict[int, Held]:
    columns = sa.select(offer.c.number, offer.c.entry, offer_receipt.c.outcome, offer_receipt.c.fingerprint).outerjoin(
        offer_receipt, offer_receipt.c.offer == offer.c.number
    )
    return {
        number: Held(entry, outcome, content)
        for these in among(offer.c.number, offers)
        for number, entry, outcome, content in connection.execute(columns.where(these)).all()
    }


def _refuse_taken_numbers(connection: sa.Connection, recording: Recording) -> None:
    offers: dict[int, int] = {}
    for answer in (*recording.replacing.values(), *recording.new.values()):
        receipt = answer.receipt
        if offers.setdefault(receipt.number, receipt.offer) != receipt.offer:
            raise DataFault("books.receipt_number_taken", receipt=receipt.number, offer=receipt.offer)
    columns = sa.select(offer_receipt.c.number, offer_receipt.c.offer)
    for these in among(offer_receipt.c.number, offers):
        for number, other in connection.execute(columns.where(these)).all():
            if offers.get(number, other) != other:
                raise DataFault("books.receipt_number_taken", receipt=number, offer=offers[number])


def _values(answer: Answer) -> tuple[Any, ...]:
    receipt = answer.receipt
    return (
        receipt.number,
        receipt.outcome.value,
        receipt.on,
        receipt.case_number,
        receipt.case_kid,
        msgspec.json.encode(receipt.reasons).decode(),
        answer.fingerprint,
    )


def _number_waiting(connection: sa.Connection, receipts: Sequence[Receipt], recording: Recording, act: Act) -> None:
    """Number the bookings that waited for these acceptances: in order of the receipts, then of the bookings."""
    written_now = recording.new | recording.replacing
    accepted = [
        receipt.offer
        for receipt in receipts
        if receipt.outcome is Outcome.ACCEPTED
        and receipt.offer in written_now
        and written_now[receipt.offer].receipt is receipt
    ]
    waiting: dict[int, list[tuple[int, int]]] = {}
    for these in among(offer.c.number, accepted):
        for made, held in connection.execute(unnumbered().where(these).order_by(booking.c.number)).all():
            waiting.setdefault(held, []).append((made, held))
    append_transactions(connection, [pair for number in accepted for pair in waiting.get(number, [])], act)
