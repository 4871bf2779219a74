"""Ledgers that take what they are given in the wrong way: twice, in part, in silence, or not for good."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import msgspec

from kravbro.core.claims import Outcome, Receipt, Status
from kravbro.core.errors import DataFault
from kravbro.core.movements import ClaimMovements
from kravbro.core.vouchers import Voucher, VoucherReceipt
from kravbro.ports.conformance.broken.passing import Diary, PassingLedger, added
from kravbro.ports.conformance.streams import LARGE
from kravbro.ports.identity import Delivered
from kravbro.ports.ledger import Ledger

replace = msgspec.structs.replace
DISGUISE = re.compile(r"#[0-9a-f]+")


class CountsAllAsNew(PassingLedger):
    """Says that everything was new, whatever it had: the bridge's report of a run is worth nothing."""

    caught_by = ("L16", "L29", "L36")

    def record_receipts(self, company: int, receipts: Sequence[Receipt]) -> Delivered:
        self.right.record_receipts(company, receipts)
        return Delivered(len(receipts), 0)

    def post_vouchers(self, company: int, vouchers: Sequence[Voucher]) -> Delivered:
        self.right.post_vouchers(company, vouchers)
        return Delivered(len(vouchers), 0)

    def publish_statuses(self, company: int, statuses: Sequence[Status]) -> Delivered:
        self.right.publish_statuses(company, statuses)
        return Delivered(len(statuses), 0)


class LosesReasons(PassingLedger):
    """Keeps that a claim was refused, and not why."""

    caught_by = ("L16",)

    def recorded_receipts(self, company: int, after: int, limit: int) -> list[Receipt]:
        return [replace(row, reasons=()) for row in self.right.recorded_receipts(company, after, limit)]


class LastReceiptWins(PassingLedger):
    """Lets a refusal replace an acceptance: the claim has a case, and the ledger does not know it."""

    caught_by = ("L17",)

    def __init__(self, right: Ledger, diary: Diary) -> None:
        super().__init__(right, diary)
        self._last: dict[int, Receipt] = {}

    def record_receipts(self, company: int, receipts: Sequence[Receipt]) -> Delivered:
        delivered = self.right.record_receipts(company, receipts)
        self._last |= {receipt.offer: receipt for receipt in receipts}
        return delivered

    def recorded_receipts(self, company: int, after: int, limit: int) -> list[Receipt]:
        return [self._last.get(row.offer, row) for row in self.right.recorded_receipts(company, after, limit)]


class FirstReceiptWins(PassingLedger):
    """Drops an acceptance of a claim that was refused: its case number never comes back."""

    caught_by = ("L17",)

    def record_receipts(self, company: int, receipts: Sequence[Receipt]) -> Delivered:
        refused = {
            row.offer for row in self.right.recorded_receipts(company, 0, LARGE) if row.outcome is Outcome.REFUSED
        }
        kept = [one for one in receipts if one.outcome is Outcome.REFUSED or one.offer not in refused]
        delivered = self.right.record_receipts(company, kept)
        return Delivered(delivered.new, delivered.known + len(receipts) - len(kept))


class ContradictsInSilence(PassingLedger):
    """Takes other content under a known id for a repetition, and says nothing."""

    caught_by = ("L18", "L19", "L30", "L37")

    def record_receipts(self, company: int, receipts: Sequence[Receipt]) -> Delivered:
        try:
            return self.right.record_receipts(company, receipts)
        except DataFault:
            return Delivered(0, len(receipts))

    def post_vouchers(self, company: int, vouchers: Sequence[Voucher]) -> Delivered:
        try:
            return self.right.post_vouchers(company, vouchers)
        except DataFault:
            return Delivered(0, len(vouchers))

    def publish_statuses(self, company: int, statuses: Sequence[Status]) -> Delivered:
        try:
            return self.right.publish_statuses(company, statuses)
        except DataFault:
            return Delivered(0, len(statuses))


class ChangesInSilence(PassingLedger):
    """Takes other content under a known id for a correction: what was told before is gone."""

    caught_by = ("L18", "L37")

    def __init__(self, right: Ledger, diary: Diary) -> None:
        super().__init__(right, diary)
        self._receipts: dict[int, Receipt] = {}
        self._statuses: dict[int, Status] = {}

    def record_receipts(self, company: int, receipts: Sequence[Receipt]) -> Delivered:
        try:
            return self.right.record_receipts(company, receipts)
        except DataFault:
            self._receipts |= {receipt.offer: receipt for receipt in receipts}
            return Delivered(len(receipts), 0)

    def recorded_receipts(self, company: int, after: int, limit: int) -> list[Receipt]:
        return [self._receipts.get(row.offer, row) for row in self.right.recorded_receipts(company, after, limit)]

    def publish_statuses(self, company: int, statuses: Sequence[Status]) -> Delivered:
        try:
            return self.right.publish_statuses(company, statuses)
        except DataFault:
            self._statuses |= {status.entry: status for status in statuses}
            return Delivered(len(statuses), 0)

    def recorded_statuses(self, company: int, after: int, limit: int) -> list[Status]:
        return [self._statuses.get(row.entry, row) for row in self.right.recorded_statuses(company, after, limit)]


class KeepsHalfABatch(PassingLedger):
    """Commits row by row: what stood before the fault is kept, and the batch was refused."""

    caught_by = ("L18", "L19", "L30", "L31", "L37")

    def record_receipts(self, company: int, receipts: Sequence[Receipt]) -> Delivered:
        return added([self.right.record_receipts(company, [one]) for one in receipts])

    def post_vouchers(self, company: int, vouchers: Sequence[Voucher]) -> Delivered:
        return added([self.right.post_vouchers(company, [one]) for one in vouchers])

    def publish_statuses(self, company: int, statuses: Sequence[Status]) -> Delivered:
        return added([self.right.publish_statuses(company, [one]) for one in statuses])


class BalancesByItself(PassingLedger):
    """Puts what is missing on the first line, as some import programs do."""

    caught_by = ("L31",)

    def post_vouchers(self, company: int, vouchers: Sequence[Voucher]) -> Delivered:
        return self.right.post_vouchers(company, [self._balanced(voucher) for voucher in vouchers if voucher.lines])

    def _balanced(self, voucher: Voucher) -> Voucher:
        first, *others = voucher.lines
        first = replace(first, amount_ore=-sum(line.amount_ore for line in others))
        return replace(voucher, lines=(first, *others))


class LeavesMoneyOnAccount(PassingLedger):
    """Books our money on the customer and settles nothing with it: the invoice is dunned again."""

    caught_by = ("L33",)

    def post_vouchers(self, company: int, vouchers: Sequence[Voucher]) -> Delivered:
        return self.right.post_vouchers(company, [self._loose(voucher) for voucher in vouchers])

    def _loose(self, voucher: Voucher) -> Voucher:
        lines = (replace(line, claim_entry=None, invoice_no="", reference="") for line in voucher.lines)
        return replace(voucher, lines=tuple(lines))


class LastStatusWins(PassingLedger):
    """Shows the status that came last, whatever its version: a late repetition shows old news."""

    caught_by = ("L36",)

    def __init__(self, right: Ledger, diary: Diary) -> None:
        super().__init__(right, diary)
        self._last: dict[int, Status] = {}

    def publish_statuses(self, company: int, statuses: Sequence[Status]) -> Delivered:
        delivered = self.right.publish_statuses(company, statuses)
        self._last |= {status.entry: status for status in statuses}
        return delivered

    def recorded_statuses(self, company: int, after: int, limit: int) -> list[Status]:
        return [self._last.get(row.entry, row) for row in self.right.recorded_statuses(company, after, limit)]


class RemembersInMemory(PassingLedger):
    """Keeps statuses in the program: after a restart the ledger shows nothing."""

    caught_by = ("L42",)

    def __init__(self, right: Ledger, diary: Diary) -> None:
        super().__init__(right, diary)
        self._shown: dict[int, Status] = {}

    def publish_statuses(self, company: int, statuses: Sequence[Status]) -> Delivered:
        before = len(self._shown)
        for status in statuses:
            self._shown.setdefault(status.entry, replace(status, number=0))
        new = len(self._shown) - before
        return Delivered(new, len(statuses) - new)

    def recorded_statuses(self, company: int, after: int, limit: int) -> list[Status]:
        return sorted((row for row in self._shown.values() if row.entry > after), key=lambda row: row.entry)[:limit]


class ChokesOnNothing(PassingLedger):
    """Falls over an empty batch."""

    caught_by = ("L43",)

    def record_receipts(self, company: int, receipts: Sequence[Receipt]) -> Delivered:
        max(receipt.number for receipt in receipts)
        return self.right.record_receipts(company, receipts)


class CutsPagesOff(PassingLedger):
    """Takes the first thousand of a batch, as much as fits one statement, and says that it took all."""

    caught_by = ("L44",)

    def post_vouchers(self, company: int, vouchers: Sequence[Voucher]) -> Delivered:
        delivered = self.right.post_vouchers(company, vouchers[:1000])
        return Delivered(delivered.new + max(0, len(vouchers) - 1000), delivered.known)


class _Disguised(PassingLedger):
    """Posts under keys of its own, so that the right ledger does not help it, and shows them as they were."""

    def _posted(self, company: int, voucher: Voucher) -> Delivered:
        return self.right.post_vouchers(company, [replace(voucher, key=f"{voucher.key}#{uuid4().hex[:8]}")])

    def voucher_receipts(self, company: int, after: int, limit: int) -> list[VoucherReceipt]:
        rows = self.right.voucher_receipts(company, after, limit)
        return [replace(row, voucher_key=DISGUISE.sub("", row.voucher_key)) for row in rows]

    def movements(self, company: int, offers: Sequence[int]) -> list[ClaimMovements]:
        claims = self.right.movements(company, offers)
        return [replace(claim, movements=tuple(self._shown(one) for one in claim.movements)) for claim in claims]

    def _shown(self, movement: Any) -> Any:
        return replace(movement, id=DISGUISE.sub("", movement.id))


class ForgetsKeys(_Disguised):
    """Does not keep the voucher's key: what comes again is posted again."""

    caught_by = ("L29",)

    def post_vouchers(self, company: int, vouchers: Sequence[Voucher]) -> Delivered:
        return added([self._posted(company, voucher) for voucher in vouchers])


class LooksThenPosts(_Disguised):
    """Looks for the key before it posts, and nothing holds the key unique: two programs both find nothing."""

    caught_by = ("L45",)

    def __init__(self, right: Ledger, diary: Diary) -> None:
        super().__init__(right, diary)
        self._known: dict[str, Voucher] = {}

    def post_vouchers(self, company: int, vouchers: Sequence[Voucher]) -> Delivered:
        answers = []
        for voucher in vouchers:
            is_known = self._known.setdefault(voucher.key, voucher) is not voucher
            answers.append(Delivered(0, 1) if is_known else self._posted(company, voucher))
        return added(answers)


class NotesAfterwards(_Disguised):
    """Posts first and notes the key afterwards: killed in between, it posts again."""

    caught_by = ("L46",)

    def post_vouchers(self, company: int, vouchers: Sequence[Voucher]) -> Delivered:
        answers = []
        for voucher in vouchers:
            note = self.diary.folder / f"{voucher.key}.posted"
            if note.exists():
                answers.append(Delivered(0, 1))
                continue
            answers.append(self._posted(company, voucher))
            note.write_text(voucher.key, encoding="utf-8")
        return added(answers)


class NotesBeforehand(PassingLedger):
    """Notes a receipt as recorded before it is: killed in between, the case number never comes."""

    caught_by = ("L47",)

    def record_receipts(self, company: int, receipts: Sequence[Receipt]) -> Delivered:
        answers = []
        for receipt in receipts:
            note = self.diary.folder / f"{receipt.number}.recorded"
            if note.exists():
                answers.append(Delivered(0, 1))
                continue
            note.write_text(str(receipt.offer), encoding="utf-8")
            answers.append(self.right.record_receipts(company, [receipt]))
        return added(answers)
