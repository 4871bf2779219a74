"""The collector's answers to offers: a case number that the invoice shows, reasons for refusal, or the claim back.

Acceptance replaces refusal of the same offer, never the reverse: a gate may judge differently when it judges again.
A receipt that gives the claim back replaces both, never the reverse; it stands beside the answer, which stays readable.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from kravbro.books.commands.claim_transactions import append_transactions, unnumbered
from kravbro.books.sql import is_unanswered
from kravbro.books.tables import booking, offer, offer_receipt, offer_return, waiting_offer
from kravbro.core.acts import Act
from kravbro.core.claims import GIVEN_BACK, Outcome, Receipt
from kravbro.core.errors import DataFault
from kravbro.core.fingerprints import fingerprint
from kravbro.db.bulk import among, insert_rows
from kravbro.db.columns import written
from kravbro.ports.identity import Delivered

ANSWER_COLUMNS = ("number", "outcome", "received_on", "case_number", "case_kid", "reasons", "fingerprint")


class Held(msgspec.Struct, frozen=True, gc=False):
    """What the ledger holds of one offer: its entry, outcome and fingerprint of the answer if there is one, and the
    fingerprint of the receipt that gave the claim back if it did."""

    entry: int
    outcome: str | None
    fingerprint: str | None
    given_back: str | None = None


class Answer(msgspec.Struct, frozen=True, gc=False):
    """A receipt with its fingerprint, and the fingerprint of the answer that it stands beside or replaces."""

    receipt: Receipt
    fingerprint: str
    before: str


class Recording(msgspec.Struct, frozen=True):
    """What recording a batch of receipts comes to: offer -> the row to write, in order of the receipts."""

    new: dict[int, Answer]
    replacing: dict[int, Answer]
    giving_back: dict[int, Answer]
    known: int

    @property
    def answers(self) -> Iterable[Answer]:
        """Everything that is to be written."""
        return (*self.replacing.values(), *self.new.values(), *self.giving_back.values())


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
    if recording.giving_back:
        back = [(number, *_values(one), one.before) for number, one in recording.giving_back.items()]
        insert_rows(connection, offer_return, ("offer", *ANSWER_COLUMNS, "replaces"), back, act)
    _wait_no_longer(connection, sorted({*recording.new, *recording.giving_back}))
    return Delivered(new=len(receipts) - recording.known, known=recording.known)


def decide(receipts: Sequence[Receipt], held: dict[int, Held]) -> Recording:
    """What is new, what replaces what, and what is known; `held` is what the ledger has of these offers."""
    held = dict(held)
    recording = Recording({}, {}, {}, 0)
    known = 0
    for receipt in receipts:
        have = held.get(receipt.offer)
        if have is None:
            raise DataFault("books.unknown_offer", offer=receipt.offer, receipt=receipt.number)
        if have.entry != receipt.entry:
            raise DataFault("books.receipt_of_other_claim", receipt=receipt.number, offer=receipt.offer)
        answer = Answer(receipt, fingerprint(receipt), have.fingerprint or "")
        if _is_known(answer, have):
            known += 1
        elif receipt.outcome in GIVEN_BACK:
            recording.giving_back[receipt.offer] = answer
            held[receipt.offer] = msgspec.structs.replace(have, given_back=answer.fingerprint)
        else:
            is_new = have.outcome is None or receipt.offer in recording.new
            (recording.new if is_new else recording.replacing)[receipt.offer] = answer
            held[receipt.offer] = Held(have.entry, receipt.outcome.value, answer.fingerprint)
    return msgspec.structs.replace(recording, known=known)


def _is_known(answer: Answer, have: Held) -> bool:
    """Whether the ledger has the receipt, or one that replaced it. The same answer must be the same still."""
    receipt = answer.receipt
    if receipt.outcome in GIVEN_BACK:
        same, kept = have.given_back is not None, have.given_back
    else:
        same, kept = have.outcome == receipt.outcome, have.fingerprint
    if same and kept != answer.fingerprint:
        raise DataFault("books.receipt_differs", receipt=receipt.number, offer=receipt.offer)
    is_older = have.given_back is not None or (receipt.outcome is Outcome.REFUSED and have.outcome == Outcome.ACCEPTED)
    return same or (is_older and receipt.outcome not in GIVEN_BACK)


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
    offers: dict[int, int] = {}
    for answer in recording.answers:
        receipt = answer.receipt
        if receipt.number in offers:
            raise DataFault("books.receipt_number_taken", receipt=receipt.number, offer=receipt.offer)
        offers[receipt.number] = receipt.offer
    back = {receipt.receipt.number for receipt in recording.giving_back.values()}
    for table, is_back in ((offer_receipt, False), (offer_return, True)):
        columns = sa.select(table.c.number, table.c.offer)
        for these in among(table.c.number, offers):
            for number, other in connection.execute(columns.where(these)).all():
                replaced = offers.get(number) == other and (number in back) is is_back
                if number in offers and not replaced:
                    raise DataFault("books.receipt_number_taken", receipt=number, offer=offers[number])


def _wait_no_longer(connection: sa.Connection, offers: Sequence[int]) -> None:
    for these in among(waiting_offer.c.offer, offers):
        answered = sa.not_(is_unanswered(waiting_offer.c.offer))
        connection.execute(sa.delete(waiting_offer).where(these, answered))


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
    """Number the bookings that waited for these acceptances: in order of the receipts, then of the bookings.

    This goes before the claims that the same batch gives back, as if the receipts had come one by one.
    """
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
