"""What recording the collector's answers to offers comes to: what is new, what replaces what, and what is known.

Acceptance replaces refusal of the same offer, never the reverse: a gate may judge differently when it judges again.
A receipt that gives the claim back replaces both, never the reverse; it stands beside the answer, which stays readable.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from kravbro.core.claims import GIVEN_BACK, Outcome, Receipt
from kravbro.core.errors import DataFault
from kravbro.core.fingerprints import fingerprint

ANSWER_COLUMNS = ("number", "outcome", "received_on", "case_number", "case_kid", "reasons", "fingerprint")
"""What a ledger keeps of an answer, beside the offer that it answers."""


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

    @property
    def kept(self) -> tuple[int, str, date, str, str, str, str]:
        """What is kept of it, in the order of `ANSWER_COLUMNS`; the reasons as JSON."""
        receipt = self.receipt
        reasons = msgspec.json.encode(receipt.reasons).decode()
        told = (receipt.number, receipt.outcome.value, receipt.on, receipt.case_number, receipt.case_kid)
        return (*told, reasons, self.fingerprint)


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

    def numbers(self) -> dict[int, int]:
        """The offer that each receipt number of the batch answers. Raises DataFault `port.receipt_number_taken`."""
        offers: dict[int, int] = {}
        for answer in self.answers:
            receipt = answer.receipt
            if receipt.number in offers:
                raise DataFault("port.receipt_number_taken", receipt=receipt.number, offer=receipt.offer)
            offers[receipt.number] = receipt.offer
        return offers

    def accepted(self, receipts: Iterable[Receipt]) -> list[int]:
        """Of the receipts that were decided on, the offers whose acceptance is to be written, in their order."""
        written_now = self.new | self.replacing
        return [
            receipt.offer
            for receipt in receipts
            if receipt.outcome is Outcome.ACCEPTED
            and receipt.offer in written_now
            and written_now[receipt.offer].receipt is receipt
        ]


def decide(receipts: Sequence[Receipt], held: dict[int, Held]) -> Recording:
    """What is new, what replaces what, and what is known; `held` is what the ledger has of these offers."""
    held = dict(held)
    recording = Recording({}, {}, {}, 0)
    known = 0
    for receipt in receipts:
        have = held.get(receipt.offer)
        if have is None:
            raise DataFault("port.unknown_offer", offer=receipt.offer, receipt=receipt.number)
        if have.entry != receipt.entry:
            raise DataFault("port.receipt_of_other_claim", receipt=receipt.number, offer=receipt.offer)
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
        raise DataFault("port.receipt_differs", receipt=receipt.number, offer=receipt.offer)
    is_older = have.given_back is not None or (receipt.outcome is Outcome.REFUSED and have.outcome == Outcome.ACCEPTED)
    return same or (is_older and receipt.outcome not in GIVEN_BACK)
