"""What one side has and the other lacks, after a database was copied or put back from an older copy.

Read through the ports alone, so it holds for every pair of adapters. What the sender still has is sent again when the
positions are forgotten; what only the lost history knew is named, and what would be told about it is set aside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import TypeVar

import msgspec

from kravbro.bridge import receipts, statuses, transactions, vouchers
from kravbro.bridge.cursor import collector_claim, collector_voucher, ledger_claim, ledger_offer
from kravbro.bridge.joined import Joined
from kravbro.core.claims import Outcome, Receipt, Status, Transaction
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


def missing(joined: Joined, company: int, told: Told) -> list[Missing]:
    """What each side lacks of a company, in the order of the streams. What is merely on its way is not named."""

    def position(stream: str) -> int:
        return joined.positions.of(company, stream)

    finder = _Finder(company, told)
    return [
        *finder.receipts(position(receipts.STREAM)),
        *finder.transactions(position(transactions.STREAM)),
        *finder.vouchers(position(vouchers.STREAM)),
        *finder.fates(),
        *finder.statuses(position(statuses.STREAM)),
    ]


class _Finder:
    """Compares what both sides told of one company, kind by kind."""

    def __init__(self, company: int, told: Told) -> None:
        self._company = company
        self._told = told
        self._claims = {claim.entry for claim in told.claims}
        self._keys = {voucher.key for voucher in told.approved} | {fate.voucher_key for fate in told.known_fates}

    def _one(self, lacking: Side, kind: str, thing: object, entry: int, number: str, *, again: bool) -> Missing:
        remedy = Remedy.SENT_AGAIN if again else Remedy.LOST
        return Missing(self._company, lacking, kind, str(thing), entry, number, remedy)

    def receipts(self, position: int) -> Iterator[Missing]:
        answers: dict[int, Receipt] = {}
        for receipt in self._told.given:
            if receipt.offer not in answers or receipt.outcome is Outcome.ACCEPTED:
                answers[receipt.offer] = receipt
        held = {receipt.offer: receipt for receipt in self._told.held}
        for offer, receipt in held.items():
            answer = answers.get(offer)
            if answer is None or (receipt.outcome is Outcome.ACCEPTED and _said(answer) != _said(receipt)):
                kind = "case" if receipt.outcome is Outcome.ACCEPTED else "refusal"
                yield self._one(Side.COLLECTOR, kind, f"offer {offer}", receipt.entry, receipt.case_number, again=False)
        for offer, answer in answers.items():
            if offer not in self._told.offers:
                yield self._one(Side.LEDGER, "offer", f"offer {offer}", answer.entry, answer.case_number, again=False)
            elif offer not in held and answer.number <= position:
                thing = f"receipt {answer.number}"
                yield self._one(Side.LEDGER, "receipt", thing, answer.entry, answer.case_number, again=True)

    def transactions(self, position: int) -> Iterator[Missing]:
        held = {move.id: claim.entry for claim in self._told.claims for move in claim.movements}
        told = {f"{BOOKING}{one.booking}": one for one in self._told.booked}
        for name, one in told.items():
            known = one.entry in self._claims
            if name not in held and (one.number <= position or not known):
                yield self._one(Side.COLLECTOR, "transaction", name, one.entry, one.voucher_no, again=known)
        for name, entry in held.items():
            if name.startswith(BOOKING) and name not in told:
                yield self._one(Side.LEDGER, "transaction", name, entry, "", again=False)

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
                yield self._one(Side.COLLECTOR, "status", f"version {version}", entry, "", again=False)


def _said(receipt: Receipt) -> tuple[object, ...]:
    return (receipt.number, receipt.outcome, receipt.case_number)


def things_lost(found: Sequence[Missing], told: Told) -> set[str]:
    """What nothing more can be carried about: claims and vouchers that their receiver lost."""
    things: set[str] = set()
    kept = {claim.entry for claim in told.claims if claim.offer in told.offers}
    for one in found:
        match one.lacking, one.kind:
            case Side.COLLECTOR, "case" | "transaction" if one.remedy is Remedy.LOST:
                if one.entry not in {claim.entry for claim in told.claims}:
                    things.add(collector_claim(one.entry))
            case Side.COLLECTOR, "voucher":
                things.add(collector_voucher(one.thing))
            case Side.LEDGER, "offer":
                things.add(ledger_offer(int(one.thing.removeprefix("offer "))))
                if one.entry not in kept:
                    things.add(ledger_claim(one.entry))
    return things
