"""Collectors that tell the wrong thing: of themselves, of receipts and statuses, of their vouchers and claims."""

from __future__ import annotations

from itertools import count
from typing import Any
from uuid import uuid4

import msgspec

from kravbro.core.claims import Outcome, Receipt, Status
from kravbro.core.errors import KravbroError
from kravbro.core.movements import ClaimMovements, Discrepancy
from kravbro.core.vouchers import Voucher, VoucherReceipt
from kravbro.ports.collector import Collector
from kravbro.ports.conformance.broken.passing import Diary, PassingCollector, page_of
from kravbro.ports.conformance.streams import LARGE
from kravbro.ports.identity import Heads, Identity

_starts = count(1)
replace = msgspec.structs.replace


class NewInstallationAtEveryStart(PassingCollector):
    """Makes up its installation's id when it is started: a restored copy is never noticed."""

    caught_by = ("C01",)

    def __init__(self, right: Collector, diary: Diary) -> None:
        super().__init__(right, diary)
        self._start = next(_starts)

    def identify(self) -> Identity:
        identity = self.right.identify()
        return replace(identity, installation=f"{identity.installation}-{self._start}")


class HeadsTooHigh(PassingCollector):
    """Tells the next number where the last is asked for: rows that were lost in a restore are not missed."""

    caught_by = ("C02",)

    def identify(self) -> Identity:
        identity = self.right.identify()
        heads = [
            Heads(one.company, {name: number + 1 for name, number in one.streams.items()}) for one in identity.heads
        ]
        return replace(identity, heads=tuple(heads))


class ServesEverybody(PassingCollector):
    """Lists its companies to whichever installation asks: claims of one creditor become another's."""

    caught_by = ("C03",)

    def companies(self, installation: str) -> list[int]:
        identity = self.right.identify()
        return [heads.company for heads in identity.heads]


class NothingOfNowhere(PassingCollector):
    """Answers nothing of a company that it does not serve, as if all was well."""

    caught_by = ("C04",)

    def receipts(self, company: int, after: int, limit: int) -> list[Receipt]:
        try:
            return self.right.receipts(company, after, limit)
        except KravbroError:
            return []


class RowsInAnyOrder(PassingCollector):
    """Lacks an ORDER BY."""

    caught_by = ("C05",)

    def statuses(self, company: int, after: int, limit: int) -> list[Status]:
        return self.right.statuses(company, after, limit)[::-1]


class AnswersTheWholeTable(PassingCollector):
    """Answers everything whatever the limit."""

    caught_by = ("C06",)

    def claims(self, company: int, after: int, limit: int) -> list[ClaimMovements]:
        return self.right.claims(company, after, LARGE)


class LosesARowBetweenPages(PassingCollector):
    """Begins a page one row too late: what stood first on it is never told."""

    caught_by = ("C07",)

    def receipts(self, company: int, after: int, limit: int) -> list[Receipt]:
        return self.right.receipts(company, after + 1 if after else 0, limit)


class RenumbersRows(PassingCollector):
    """Numbers rows as it reads them: a row that is read again has another number."""

    caught_by = ("C08",)

    def __init__(self, right: Collector, diary: Diary) -> None:
        super().__init__(right, diary)
        self._read = 0

    def statuses(self, company: int, after: int, limit: int) -> list[Status]:
        self._read += 1
        return [replace(row, number=row.number + self._read) for row in self.right.statuses(company, after, limit)]


class NumbersBeforeItCommits(PassingCollector):
    """Takes numbers outside the row's transaction: a row appears behind one that was read before it."""

    caught_by = ("C09",)

    def __init__(self, right: Collector, diary: Diary) -> None:
        super().__init__(right, diary)
        self._seen = 0

    def receipts(self, company: int, after: int, limit: int) -> list[Receipt]:
        rows = self.right.receipts(company, after, limit)
        if len(rows) < 2 or rows[-1].number <= self._seen:
            return rows
        self._seen = rows[-1].number
        return [*rows[:-2], rows[-1]]


class NetsInSilence(PassingCollector):
    """Drops what it refuses: the ledger waits for an answer that never comes."""

    caught_by = ("C10",)

    def receipts(self, company: int, after: int, limit: int) -> list[Receipt]:
        rows = self.right.receipts(company, 0, LARGE)
        return page_of([row for row in rows if row.outcome is Outcome.ACCEPTED], after, limit)


class RefusesWithoutReasons(PassingCollector):
    """Says that a claim was refused, and not why."""

    caught_by = ("C10",)

    def receipts(self, company: int, after: int, limit: int) -> list[Receipt]:
        return [replace(row, reasons=()) for row in self.right.receipts(company, after, limit)]


class DropsAnOre(PassingCollector):
    """Rounds the line of the bank: its vouchers miss zero by an øre."""

    caught_by = ("C20",)

    def vouchers(self, company: int, after: int, limit: int) -> list[Voucher]:
        rows = self.right.vouchers(company, after, limit)
        return [replace(row, lines=(self._rounded(row.lines[0]), *row.lines[1:])) for row in rows]

    def _rounded(self, line: Any) -> Any:
        return replace(line, amount_ore=line.amount_ore // 10 * 10)


class NewKeysAtEveryReading(PassingCollector):
    """Makes a voucher's key up when it is sent: a repetition is another voucher."""

    caught_by = ("C20",)

    def vouchers(self, company: int, after: int, limit: int) -> list[Voucher]:
        return [replace(row, key=uuid4().hex) for row in self.right.vouchers(company, after, limit)]


class ForgetsTheClaim(PassingCollector):
    """Sends money without saying for which open item: the ledger cannot close it."""

    caught_by = ("C21",)

    def vouchers(self, company: int, after: int, limit: int) -> list[Voucher]:
        rows = self.right.vouchers(company, after, limit)
        return [replace(row, lines=tuple(replace(line, claim_entry=None) for line in row.lines)) for row in rows]


class SettlesAtOnce(PassingCollector):
    """Takes money for settled when it is sent: the reconciliation misses what is merely on its way."""

    caught_by = ("C22",)

    def claims(self, company: int, after: int, limit: int) -> list[ClaimMovements]:
        claims = self.right.claims(company, after, limit)
        return [
            replace(claim, movements=tuple(replace(one, settled=True) for one in claim.movements)) for claim in claims
        ]


class ForgetsFates(PassingCollector):
    """Acts on what became of its vouchers, and keeps no record of it."""

    caught_by = ("C23",)

    def recorded_voucher_receipts(self, company: int, after: int, limit: int) -> list[VoucherReceipt]:
        return []


class VersionsStandStill(PassingCollector):
    """Publishes every status as version 1: the ledger keeps the first for ever."""

    caught_by = ("C24",)

    def statuses(self, company: int, after: int, limit: int) -> list[Status]:
        return [replace(row, version=1) for row in self.right.statuses(company, after, limit)]


class OpeningsMelt(PassingCollector):
    """Tells what is left of a claim for what it opened with."""

    caught_by = ("C25",)

    def claims(self, company: int, after: int, limit: int) -> list[ClaimMovements]:
        return [
            replace(claim, opening_ore=claim.opening_ore + sum(one.amount_ore for one in claim.movements))
            for claim in self.right.claims(company, after, limit)
        ]


class SeesGhosts(PassingCollector):
    """Finds something wrong with honest work: soon nobody reads what it finds."""

    caught_by = ("C26",)

    def audit(self, company: int) -> list[Discrepancy]:
        return [*self.right.audit(company), Discrepancy("rounding", "differs", 1, 2)]


class FindsNothing(PassingCollector):
    """Has an audit that answers that all is well."""

    caught_by = ("C27",)

    def audit(self, company: int) -> list[Discrepancy]:
        return []
