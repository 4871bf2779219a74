"""What one side has and the other lacks, after a database was copied or put back from an older copy.

Read through the ports alone, so it holds for every pair of adapters. What the sender still has is sent again when the
positions are forgotten; what only the lost history knew is named, and what would be told about it is set aside.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

import msgspec

from kravbro.bridge import receipts, statuses, transactions, vouchers, withdrawals
from kravbro.bridge.cursor import collector_claim, collector_voucher, ledger_claim, ledger_offer
from kravbro.bridge.joined import Joined
from kravbro.core.claims import GIVEN_BACK, Outcome, Receipt, Status, Transaction, Withdrawal, replaces
from kravbro.core.forgotten import AnsweredOffer
from kravbro.core.movements import ClaimMovements
from kravbro.core.vouchers import Voucher, VoucherReceipt

Item = TypeVar("Item")
BOOKING = "booking:"
"""What the identity of a movement begins with that the ledger booked itself."""


class Side(StrEnum):
    """Which side lacks something."""

    LEDGER = "ledger"
    COLLECTOR = "collector"


class Remedy(StrEnum):
    """What becomes of what is missing."""

    SENT_AGAIN = "sent_again"
    TAKEN_UP = "taken_up"
    """The collector takes it up again, from what the ledger holds."""
    LOST = "lost"


class Missing(msgspec.Struct, frozen=True):
    """One thing that a side lacks: `kind` says what it is, `thing` which, `entry` the claim (0: none), and the remedy.

    `number` is its case number, or for a voucher its number in the ledger, where the other side knows one.
    """

    company: int
    lacking: Side
    kind: str
    thing: str
    entry: int
    number: str
    remedy: Remedy


class Told(msgspec.Struct, frozen=True):
    """Everything that both sides tell of one company."""

    given: list[Receipt]
    held: list[Receipt]
    claims: list[ClaimMovements]
    booked: list[Transaction]
    wanted_back: list[Withdrawal]
    known_wanted_back: list[Withdrawal]
    approved: list[Voucher]
    fates: list[VoucherReceipt]
    known_fates: list[VoucherReceipt]
    published: list[Status]
    shown: list[Status]
    offers: frozenset[int]
    """The offers of `claims` and `given` that the ledger knows."""


def told_by_both(joined: Joined, company: int) -> Told:
    """Read both sides of a company whole."""
    ledger, collector, page = joined.ledger, joined.collector, joined.page

    def read(rows: Callable[[int, int, int], Sequence[Item]], order: Callable[[Item], int]) -> list[Item]:
        return list(_all(lambda after: rows(company, after, page), order))

    given = read(collector.receipts, lambda row: row.number)
    claims = read(collector.claims, lambda row: row.offer)
    wanted = sorted({claim.offer for claim in claims} | {receipt.offer for receipt in given})
    return Told(
        given=given,
        held=read(ledger.recorded_receipts, lambda row: row.offer),
        claims=claims,
        booked=read(ledger.transactions, lambda row: row.number),
        wanted_back=read(ledger.withdrawals, lambda row: row.number),
        known_wanted_back=read(collector.recorded_withdrawals, lambda row: row.number),
        approved=read(collector.vouchers, lambda row: row.number),
        fates=read(ledger.voucher_receipts, lambda row: row.number),
        known_fates=read(collector.recorded_voucher_receipts, lambda row: row.number),
        published=read(collector.statuses, lambda row: row.number),
        shown=read(ledger.recorded_statuses, lambda row: row.entry),
        offers=frozenset(claim.offer for claim in ledger.movements(company, wanted)),
    )


def _all(read: Callable[[int], Sequence[Item]], order: Callable[[Item], int]) -> Iterator[Item]:
    after = 0
    while rows := read(after):
        yield from rows
        after = order(rows[-1])


def forgotten(told: Told) -> list[int]:
    """The offers that the ledger holds an answer to, and that the collector knows nothing of."""
    known = {receipt.offer for receipt in told.given}
    return [receipt.offer for receipt in told.held if receipt.offer not in known]


def missing(joined: Joined, company: int, told: Told, taken_up: Collection[int] = ()) -> list[Missing]:
    """What each side lacks of a company, in the order of the streams. What is merely on its way is not named.

    `taken_up` are those of the forgotten offers that the collector can take up again.
    """

    def position(stream: str) -> int:
        return joined.positions.of(company, stream)

    finder = _Finder(company, told, frozenset(taken_up))
    return [
        *finder.receipts(position(receipts.STREAM)),
        *finder.transactions(position(transactions.STREAM)),
        *finder.withdrawals(position(withdrawals.STREAM)),
        *finder.vouchers(position(vouchers.STREAM)),
        *finder.fates(),
        *finder.statuses(position(statuses.STREAM)),
    ]


class _Finder:
    """Compares what both sides told of one company, kind by kind."""

    def __init__(self, company: int, told: Told, taken_up: frozenset[int]) -> None:
        self._company = company
        self._told = told
        self._taken_up = taken_up
        again = [receipt for receipt in told.held if receipt.offer in taken_up]
        self._claims = _known_claims(told) | {(one.entry, offer) for one in again for offer in (one.offer, 0)}
        self._keys = {voucher.key for voucher in told.approved} | {fate.voucher_key for fate in told.known_fates}

    def _one(self, lacking: Side, kind: str, thing: object, entry: int, number: str, *, again: bool) -> Missing:
        remedy = Remedy.SENT_AGAIN if again else Remedy.LOST
        return Missing(self._company, lacking, kind, str(thing), entry, number, remedy)

    def receipts(self, position: int) -> Iterator[Missing]:
        answers: dict[int, Receipt] = {}
        for receipt in self._told.given:
            if receipt.offer not in answers or replaces(receipt.outcome, answers[receipt.offer].outcome):
                answers[receipt.offer] = receipt
        held = {receipt.offer: receipt for receipt in self._told.held}
        yield from self._lost_receipts(held)
        for offer, answer in answers.items():
            lacking = offer not in held or replaces(answer.outcome, held[offer].outcome)
            if offer not in self._told.offers:
                yield self._one(Side.LEDGER, "offer", f"offer {offer}", answer.entry, answer.case_number, again=False)
            elif lacking and answer.number <= position:
                thing = f"receipt {answer.number}"
                yield self._one(Side.LEDGER, "receipt", thing, answer.entry, answer.case_number, again=True)

    def _lost_receipts(self, held: Mapping[int, Receipt]) -> Iterator[Missing]:
        """What the ledger holds and the collector does not: a case, its way back, or a refusal of something unknown.

        A claim that the ledger withdraws is given back anew, and the ledger has it already.
        """
        given = {(receipt.offer, receipt.outcome): receipt for receipt in self._told.given}
        known = {receipt.offer for receipt in self._told.given}
        asked = {wish.offer for wish in self._told.wanted_back}
        for offer, receipt in held.items():
            same = given.get((offer, receipt.outcome))
            again = False
            if receipt.outcome is Outcome.REFUSED:
                kind, lacking = "refusal", offer not in known
            elif receipt.outcome in GIVEN_BACK and (offer, Outcome.ACCEPTED) in given:
                kind, lacking = "return", same is None or _said(same) != _said(receipt)
                again = receipt.outcome is Outcome.WITHDRAWN and offer in asked
            else:
                kind, lacking = "case", same is None or _said(same) != _said(receipt)
            if lacking:
                one = self._one(Side.COLLECTOR, kind, f"offer {offer}", receipt.entry, receipt.case_number, again=again)
                yield msgspec.structs.replace(one, remedy=Remedy.TAKEN_UP) if offer in self._taken_up else one

    def transactions(self, position: int) -> Iterator[Missing]:
        held = {move.id: claim.entry for claim in self._told.claims for move in claim.movements}
        told = {f"{BOOKING}{one.booking}": one for one in self._told.booked}
        for name, one in told.items():
            known = (one.entry, one.offer) in self._claims
            if name not in held and (one.number <= position or not known):
                yield self._one(Side.COLLECTOR, "transaction", name, one.entry, one.voucher_no, again=known)
        for name, entry in held.items():
            if name.startswith(BOOKING) and name not in told:
                yield self._one(Side.LEDGER, "transaction", name, entry, "", again=False)

    def withdrawals(self, position: int) -> Iterator[Missing]:
        held = {wish.number for wish in self._told.known_wanted_back}
        asked = {wish.number for wish in self._told.wanted_back}
        for wish in self._told.wanted_back:
            known = (wish.entry, wish.offer) in self._claims
            if wish.number not in held and (wish.number <= position or not known):
                yield self._one(Side.COLLECTOR, "withdrawal", wish.number, wish.entry, "", again=known)
        for wish in self._told.known_wanted_back:
            if wish.number not in asked:
                yield self._one(Side.LEDGER, "withdrawal", wish.number, wish.entry, "", again=False)

    def vouchers(self, position: int) -> Iterator[Missing]:
        fates = {fate.voucher_key: fate for fate in self._told.fates}
        for voucher in self._told.approved:
            if voucher.key not in fates and voucher.number <= position:
                yield self._one(Side.LEDGER, "voucher", voucher.key, 0, "", again=True)
        for key, fate in fates.items():
            if key not in self._keys:
                yield self._one(Side.COLLECTOR, "voucher", key, 0, fate.voucher_no, again=False)

    def fates(self) -> Iterator[Missing]:
        told = {fate.number for fate in self._told.fates}
        for fate in self._told.known_fates:
            if fate.number not in told:
                yield self._one(Side.LEDGER, "voucher_receipt", fate.voucher_key, 0, fate.voucher_no, again=True)

    def statuses(self, position: int) -> Iterator[Missing]:
        newest = {status.entry: status for status in self._told.published if status.number <= position}
        versions = {status.entry: status.version for status in self._told.published}
        shown = {status.entry: status.version for status in self._told.shown}
        present = {claim.entry for claim in self._told.claims if claim.offer in self._told.offers}
        for entry, status in newest.items():
            if shown.get(entry, 0) < status.version and entry in present:
                yield self._one(Side.LEDGER, "status", f"version {status.version}", entry, "", again=True)
        for entry, version in shown.items():
            if 0 < versions.get(entry, 0) < version:
                yield self._one(Side.COLLECTOR, "status", f"version {version}", entry, "", again=True)


def _known_claims(told: Told) -> set[tuple[int, int]]:
    """Entry and offer of the collector's claims, and entry and 0: so a ledger names them that cannot tell the offer."""
    return {(claim.entry, offer) for claim in told.claims for offer in (claim.offer, 0)}


def _offer(one: Missing) -> int:
    return int(one.thing.removeprefix("offer "))


def _said(receipt: Receipt) -> tuple[object, ...]:
    number = 0 if receipt.outcome in GIVEN_BACK else receipt.number
    return (number, receipt.outcome, receipt.case_number)


def things_lost(found: Sequence[Missing], told: Told) -> set[str]:
    """What nothing more can be carried about: claims and vouchers that their receiver lost.

    Nor is it told twice that a claim is back: its ledger has that from the lost history.
    """
    things: set[str] = set()
    kept = {claim.entry for claim in told.claims if claim.offer in told.offers}
    known = _known_claims(told)
    booked = {f"{BOOKING}{one.booking}": one.offer for one in told.booked}
    for one in found:
        match one.lacking, one.kind:
            case Side.COLLECTOR, "case" | "transaction" if one.remedy is Remedy.LOST:
                offer = booked[one.thing] if one.thing in booked else _offer(one)
                named = {(one.entry, offer), (one.entry, 0)} - known
                things |= {collector_claim(*claim) for claim in named}
            case Side.COLLECTOR, "return":
                things.add(ledger_offer(_offer(one)))
            case Side.COLLECTOR, "voucher":
                things.add(collector_voucher(one.thing))
            case Side.LEDGER, "offer":
                things.add(ledger_offer(_offer(one)))
                if one.entry not in kept:
                    things.add(ledger_claim(one.entry))
    return things


def things_taken_up(offers: Iterable[AnsweredOffer]) -> set[str]:
    """What is carried again about claims that their collector takes up."""
    return {collector_claim(one.offer.entry, offer) for one in offers for offer in (one.offer.number, 0)}
