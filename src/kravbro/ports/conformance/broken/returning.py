"""Ledgers and collectors that lose their way when a claim comes back."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from kravbro.core.claims import GIVEN_BACK, Offer, Outcome, Receipt, Transaction, Withdrawal
from kravbro.core.errors import DataFault
from kravbro.core.movements import ClaimMovements, Movement, booking_movement_id
from kravbro.ports.conformance.broken.passing import PassingCollector, PassingLedger
from kravbro.ports.conformance.streams import LARGE
from kravbro.ports.identity import Delivered

replace = msgspec.structs.replace


class AcceptanceBringsTheMarkBack(PassingLedger):
    """Shows a claim as the collector's again when an older acceptance comes after it was given back."""

    caught_by = ("L48",)

    def recorded_receipts(self, company: int, after: int, limit: int) -> list[Receipt]:
        return [self._older(row) for row in self.right.recorded_receipts(company, after, limit)]

    def _older(self, row: Receipt) -> Receipt:
        return replace(row, outcome=Outcome.ACCEPTED, reasons=()) if row.outcome in GIVEN_BACK else row


class TellsAfterTheReturn(PassingLedger):
    """Goes on telling what is booked on a claim that was given back."""

    caught_by = ("L49",)

    def transactions(self, company: int, after: int, limit: int) -> list[Transaction]:
        told = self.right.transactions(company, after, limit)
        known = {one.amount_ore for one in told}
        more = [one for one in self.diary.booked if one.amount_ore not in known]
        return told + [
            replace(
                told[-1], number=told[-1].number + place, booking=told[-1].booking + place, amount_ore=one.amount_ore
            )
            for place, one in enumerate(more, 1)
            if told
        ]

    def movements(self, company: int, offers: Sequence[int]) -> list[ClaimMovements]:
        moved = Movement(booking_movement_id(0), -1, settled=True, number=1)
        return [replace(one, movements=(*one.movements, moved)) for one in self.right.movements(company, offers)]


class SentForEver(PassingLedger):
    """Says of a claim that came back and is offered again that it was sent already: it can never go a second time."""

    caught_by = ("L50",)

    def ready_claims(self, company: int, after: int, limit: int) -> list[Offer]:
        sent = {row.entry for row in self.right.recorded_receipts(company, 0, LARGE)}
        return [
            replace(one, facts=replace(one.facts, already_sent=one.entry in sent))
            for one in self.right.ready_claims(company, after, limit)
        ]


class AsksTwice(PassingLedger):
    """Tells a withdrawal under a new number each time it is read."""

    caught_by = ("L51",)

    def withdrawals(self, company: int, after: int, limit: int) -> list[Withdrawal]:
        self._read = getattr(self, "_read", 0) + 1
        return [replace(one, number=one.number + self._read) for one in self.right.withdrawals(company, after, limit)]


class ForgetsWishes(PassingCollector):
    """Takes a withdrawal for new each time, and keeps none."""

    caught_by = ("C34",)

    def accept_withdrawals(self, company: int, withdrawals: Sequence[Withdrawal]) -> Delivered:
        self.right.accept_withdrawals(company, withdrawals)
        return Delivered(len(withdrawals), 0)

    def recorded_withdrawals(self, company: int, after: int, limit: int) -> list[Withdrawal]:
        return []


class TakesAnyWish(PassingCollector):
    """Says nothing of a withdrawal that is of no claim, or that was changed."""

    caught_by = ("C35",)

    def accept_withdrawals(self, company: int, withdrawals: Sequence[Withdrawal]) -> Delivered:
        try:
            return self.right.accept_withdrawals(company, withdrawals)
        except DataFault:
            return Delivered(0, len(withdrawals))


class OneClaimForEver(PassingCollector):
    """Books everything on the claim that came last, whichever offer it belongs to."""

    caught_by = ("C36",)

    def accept_transactions(self, company: int, transactions: Sequence[Transaction]) -> Delivered:
        return self.right.accept_transactions(company, [replace(one, offer=0) for one in transactions])
