"""Collectors that take what they are given in the wrong way: twice, in part, in silence, or not for good."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

import msgspec

from kravbro.core.claims import Offer, Outcome, Receipt, Transaction
from kravbro.core.errors import DataFault
from kravbro.core.movements import ClaimMovements
from kravbro.core.vouchers import VoucherReceipt
from kravbro.ports.collector import Collector
from kravbro.ports.conformance.broken.passing import Diary, PassingCollector, added, page_of, through_float
from kravbro.ports.conformance.streams import LARGE
from kravbro.ports.identity import Delivered

replace = msgspec.structs.replace


class AnswersEveryTime(PassingCollector):
    """Gives a new receipt each time it is asked."""

    caught_by = ("C11",)

    def __init__(self, right: Collector, diary: Diary) -> None:
        super().__init__(right, diary)
        self._again: list[Receipt] = []

    def accept_claims(self, company: int, offers: Sequence[Offer]) -> Delivered:
        known = {row.offer: row for row in self.right.receipts(company, 0, LARGE)}
        repeated = [known[offer.number] for offer in offers if offer.number in known]
        first = LARGE + len(self._again)
        self._again += [replace(row, number=first + place) for place, row in enumerate(repeated)]
        return self.right.accept_claims(company, offers)

    def receipts(self, company: int, after: int, limit: int) -> list[Receipt]:
        return page_of([*self.right.receipts(company, 0, LARGE), *self._again], after, limit)


class ContradictsInSilence(PassingCollector):
    """Takes other content under a known id, and what belongs to nothing, for a repetition, and says nothing."""

    caught_by = ("C12", "C18", "C19", "C23")

    def accept_claims(self, company: int, offers: Sequence[Offer]) -> Delivered:
        return self._in_silence(self.right.accept_claims, company, offers)

    def accept_transactions(self, company: int, transactions: Sequence[Transaction]) -> Delivered:
        return self._in_silence(self.right.accept_transactions, company, transactions)

    def accept_voucher_receipts(self, company: int, receipts: Sequence[VoucherReceipt]) -> Delivered:
        return self._in_silence(self.right.accept_voucher_receipts, company, receipts)

    def _in_silence(self, receive: Callable[[int, Any], Delivered], company: int, rows: Sequence[Any]) -> Delivered:
        try:
            return receive(company, rows)
        except DataFault:
            return Delivered(0, len(rows))


class KeepsHalfABatch(PassingCollector):
    """Commits row by row: what stood before the fault is kept, and the batch was refused."""

    caught_by = ("C12", "C18", "C19", "C23")

    def accept_claims(self, company: int, offers: Sequence[Offer]) -> Delivered:
        return added([self.right.accept_claims(company, [one]) for one in offers])

    def accept_transactions(self, company: int, transactions: Sequence[Transaction]) -> Delivered:
        return added([self.right.accept_transactions(company, [one]) for one in transactions])

    def accept_voucher_receipts(self, company: int, receipts: Sequence[VoucherReceipt]) -> Delivered:
        return added([self.right.accept_voucher_receipts(company, [one]) for one in receipts])


class DebtorsNeverMove(PassingCollector):
    """Takes a debtor who changed name, or a claim of which less remains, for another offer under a known number."""

    caught_by = ("C13",)

    def __init__(self, right: Collector, diary: Diary) -> None:
        super().__init__(right, diary)
        self._first: dict[int, Offer] = {}

    def accept_claims(self, company: int, offers: Sequence[Offer]) -> Delivered:
        for offer in offers:
            if self._first.setdefault(offer.number, offer) != offer:
                raise DataFault("office.offer_changed", offer=offer.number, creditor=company)
        return self.right.accept_claims(company, offers)


class JudgesAgain(PassingCollector):
    """Refuses what it accepted when it is asked again and the facts are worse: the case goes on without the ledger."""

    caught_by = ("C14",)

    def __init__(self, right: Collector, diary: Diary) -> None:
        super().__init__(right, diary)
        self._facts: dict[int, Offer] = {}
        self._regretted: list[Receipt] = []

    def accept_claims(self, company: int, offers: Sequence[Offer]) -> Delivered:
        delivered = self.right.accept_claims(company, offers)
        accepted = {row.offer: row for row in self.right.receipts(company, 0, LARGE) if row.case_number}
        for offer in offers:
            if offer.number in accepted and self._facts.setdefault(offer.number, offer) != offer:
                regretted = replace(accepted[offer.number], number=LARGE + offer.number, outcome=Outcome.REFUSED)
                self._regretted.append(regretted)
        return delivered

    def receipts(self, company: int, after: int, limit: int) -> list[Receipt]:
        return page_of([*self.right.receipts(company, 0, LARGE), *self._regretted], after, limit)


class RefusesWhatWaits(PassingCollector):
    """Refuses a claim for what passes by itself: it must be proposed all over again."""

    caught_by = ("C15",)

    def __init__(self, right: Collector, diary: Diary) -> None:
        super().__init__(right, diary)
        self._refused: dict[int, Receipt] = {}

    def accept_claims(self, company: int, offers: Sequence[Offer]) -> Delivered:
        delivered = self.right.accept_claims(company, offers)
        answered = {row.offer for row in self.right.receipts(company, 0, LARGE)}
        for offer in offers:
            if offer.number not in answered:
                number = LARGE + offer.number
                on = offer.due_date
                self._refused[offer.number] = Receipt(number, offer.number, offer.entry, Outcome.REFUSED, on)
        return Delivered(delivered.new + delivered.waiting, delivered.known)

    def receipts(self, company: int, after: int, limit: int) -> list[Receipt]:
        return page_of([*self.right.receipts(company, 0, LARGE), *self._refused.values()], after, limit)


class BooksOnTheOldest(PassingCollector):
    """Puts what the ledger booked on the oldest claim it has, as money from a debtor is put."""

    caught_by = ("C16",)

    def accept_transactions(self, company: int, transactions: Sequence[Transaction]) -> Delivered:
        oldest = self.right.claims(company, 0, 1)
        moved = [replace(one, entry=oldest[0].entry) for one in transactions] if oldest else transactions
        return self.right.accept_transactions(company, moved)


class CountsInFloats(PassingCollector):
    """Turns kroner into øre by way of a float, and cuts off what is left: 0,29 becomes 28 øre."""

    caught_by = ("C16",)

    def accept_transactions(self, company: int, transactions: Sequence[Transaction]) -> Delivered:
        cut = [replace(one, amount_ore=-through_float(-one.amount_ore)) for one in transactions]
        return self.right.accept_transactions(company, cut)


class _Disguised(PassingCollector):
    """Books under keys of its own, so that the right collector does not help it, and shows them as they were."""

    SPAN = 10_000_000

    def _booked(self, company: int, one: Transaction) -> Delivered:
        shift = self.SPAN * (1 + uuid4().int % 100_000)
        return self.right.accept_transactions(
            company, [replace(one, number=one.number + shift, booking=one.booking + shift)]
        )

    def claims(self, company: int, after: int, limit: int) -> list[ClaimMovements]:
        claims = self.right.claims(company, after, limit)
        return [replace(claim, movements=tuple(self._shown(one) for one in claim.movements)) for claim in claims]

    def _shown(self, movement: Any) -> Any:
        kind, _, key = movement.id.partition(":")
        if kind != "booking":
            return movement
        return replace(movement, id=f"booking:{int(key) % self.SPAN}", number=movement.number % self.SPAN)


class ForgetsBookings(_Disguised):
    """Does not keep the ledger's key of a booking: what comes again is applied again."""

    caught_by = ("C17",)

    def accept_transactions(self, company: int, transactions: Sequence[Transaction]) -> Delivered:
        return added([self._booked(company, one) for one in transactions])


class RemembersInMemory(PassingCollector):
    """Keeps what became of its vouchers in the program: after a restart it waits for ever."""

    caught_by = ("C28",)

    def __init__(self, right: Collector, diary: Diary) -> None:
        super().__init__(right, diary)
        self._fates: dict[int, VoucherReceipt] = {}

    def accept_voucher_receipts(self, company: int, receipts: Sequence[VoucherReceipt]) -> Delivered:
        before = len(self._fates)
        self._fates |= {one.number: one for one in receipts}
        new = len(self._fates) - before
        return Delivered(new, len(receipts) - new)

    def recorded_voucher_receipts(self, company: int, after: int, limit: int) -> list[VoucherReceipt]:
        return page_of(self._fates.values(), after, limit)


class ChokesOnNothing(PassingCollector):
    """Falls over an empty batch."""

    caught_by = ("C29",)

    def accept_claims(self, company: int, offers: Sequence[Offer]) -> Delivered:
        max(offer.number for offer in offers)
        return self.right.accept_claims(company, offers)


class CutsPagesOff(PassingCollector):
    """Takes the first thousand of a batch, as much as fits one statement, and says that it took all."""

    caught_by = ("C30",)

    def accept_transactions(self, company: int, transactions: Sequence[Transaction]) -> Delivered:
        delivered = self.right.accept_transactions(company, transactions[:1000])
        return Delivered(delivered.new + max(0, len(transactions) - 1000), delivered.known)


class LooksThenBooks(_Disguised):
    """Looks for the booking before it applies it, and nothing holds its key unique: two programs both find nothing."""

    caught_by = ("C31",)

    def __init__(self, right: Collector, diary: Diary) -> None:
        super().__init__(right, diary)
        self._known: set[int] = set()

    def accept_transactions(self, company: int, transactions: Sequence[Transaction]) -> Delivered:
        answers = []
        for one in transactions:
            answers.append(Delivered(0, 1) if one.booking in self._known else self._booked(company, one))
            self._known.add(one.booking)
        return added(answers)


class NotesBeforehand(PassingCollector):
    """Notes an offer as answered before it is: killed in between, it never answers."""

    caught_by = ("C32",)

    def accept_claims(self, company: int, offers: Sequence[Offer]) -> Delivered:
        answers = []
        for offer in offers:
            note = self.diary.folder / f"{offer.number}.answered"
            if note.exists():
                answers.append(Delivered(0, 1))
                continue
            note.write_text(str(offer.entry), encoding="utf-8")
            answers.append(self.right.accept_claims(company, [offer]))
        return added(answers)


class NotesAfterwards(_Disguised):
    """Applies a booking first and notes its key afterwards: killed in between, it applies it again."""

    caught_by = ("C33",)

    def accept_transactions(self, company: int, transactions: Sequence[Transaction]) -> Delivered:
        answers = []
        for one in transactions:
            note = self.diary.folder / f"{one.booking}.booked"
            if note.exists():
                answers.append(Delivered(0, 1))
                continue
            answers.append(self._booked(company, one))
            note.write_text(str(one.number), encoding="utf-8")
        return added(answers)
