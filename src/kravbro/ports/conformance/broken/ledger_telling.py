"""Ledgers that tell the wrong thing: of themselves, of offers, of what was booked, of their movements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import count

import msgspec

from kravbro.core.claims import Offer, Outcome, Receipt, Transaction, TransactionKind
from kravbro.core.errors import KravbroError
from kravbro.core.movements import ClaimMovements, Discrepancy, Movement
from kravbro.core.vouchers import Fate, Voucher, VoucherReceipt
from kravbro.ports.conformance.broken.passing import Diary, PassingLedger, page_of, through_float
from kravbro.ports.conformance.streams import LARGE
from kravbro.ports.identity import Delivered, Heads, Identity
from kravbro.ports.ledger import Ledger

_starts = count(1)
_DAY = date(2000, 1, 1)
replace = msgspec.structs.replace


class NewInstallationAtEveryStart(PassingLedger):
    """Makes up its installation's id when it is started: a restored copy is never noticed."""

    caught_by = ("L01",)

    def __init__(self, right: Ledger, diary: Diary) -> None:
        super().__init__(right, diary)
        self._start = next(_starts)

    def identify(self) -> Identity:
        identity = self.right.identify()
        return replace(identity, installation=f"{identity.installation}-{self._start}")


class HeadsTooHigh(PassingLedger):
    """Tells the next number where the last is asked for: rows that were lost in a restore are not missed."""

    caught_by = ("L02",)

    def identify(self) -> Identity:
        identity = self.right.identify()
        heads = [
            Heads(one.company, {name: number + 1 for name, number in one.streams.items()}) for one in identity.heads
        ]
        return replace(identity, heads=tuple(heads))


class HeadOfWhatIsLeft(PassingLedger):
    """Takes the last offer that waits for the last offer: the head falls when claims are answered."""

    caught_by = ("L02",)

    def identify(self) -> Identity:
        identity = self.right.identify()
        heads = []
        for one in identity.heads:
            ready = self.right.ready_claims(one.company, 0, LARGE)
            heads.append(Heads(one.company, one.streams | {"claims": max((row.number for row in ready), default=0)}))
        return replace(identity, heads=tuple(heads))


class ListsCompaniesOnce(PassingLedger):
    """Answers an empty list of companies when it is asked again, as after a lost login."""

    caught_by = ("L03",)
    _asked = False

    def companies(self) -> list[int]:
        asked, self._asked = self._asked, True
        return [] if asked else self.right.companies()


class ForgetsHeads(PassingLedger):
    """Forgets the heads of a company: that it was restored from a copy is not noticed."""

    caught_by = ("L03",)

    def identify(self) -> Identity:
        return replace(self.right.identify(), heads=())


class MixesCompanies(PassingLedger):
    """Forgets in which company it was asked."""

    caught_by = ("L04",)

    def transactions(self, company: int, after: int, limit: int) -> list[Transaction]:
        return self.right.transactions(min(self.right.companies()), after, limit)


class NothingOfNowhere(PassingLedger):
    """Answers nothing of a company that is not there, as if all was well."""

    caught_by = ("L05",)

    def ready_claims(self, company: int, after: int, limit: int) -> list[Offer]:
        try:
            return self.right.ready_claims(company, after, limit)
        except KravbroError:
            return []


class RowsInAnyOrder(PassingLedger):
    """Lacks an ORDER BY."""

    caught_by = ("L06",)

    def transactions(self, company: int, after: int, limit: int) -> list[Transaction]:
        return self.right.transactions(company, after, limit)[::-1]


class AnswersTheWholeTable(PassingLedger):
    """Answers everything whatever the limit: the first run on a large ledger takes all memory."""

    caught_by = ("L07",)

    def transactions(self, company: int, after: int, limit: int) -> list[Transaction]:
        return self.right.transactions(company, after, LARGE)


class LosesARowBetweenPages(PassingLedger):
    """Begins a page one row too late: what stood first on it is never told."""

    caught_by = ("L08",)

    def transactions(self, company: int, after: int, limit: int) -> list[Transaction]:
        return self.right.transactions(company, after + 1 if after else 0, limit)


class RenumbersRows(PassingLedger):
    """Numbers rows as it reads them: a row that is read again has another number."""

    caught_by = ("L09",)

    def __init__(self, right: Ledger, diary: Diary) -> None:
        super().__init__(right, diary)
        self._read = 0

    def transactions(self, company: int, after: int, limit: int) -> list[Transaction]:
        self._read += 1
        rows = self.right.transactions(company, after, limit)
        return [replace(row, number=row.number + self._read) for row in rows]


class NumbersBeforeItCommits(PassingLedger):
    """Takes numbers outside the row's transaction: a row appears behind one that was read before it."""

    caught_by = ("L10",)

    def __init__(self, right: Ledger, diary: Diary) -> None:
        super().__init__(right, diary)
        self._seen = 0

    def voucher_receipts(self, company: int, after: int, limit: int) -> list[VoucherReceipt]:
        rows = self.right.voucher_receipts(company, after, limit)
        if len(rows) < 2 or rows[-1].number <= self._seen:
            return rows
        self._seen = rows[-1].number
        return [*rows[:-2], rows[-1]]


class ClaimsWholeKroner(PassingLedger):
    """Keeps the principal in whole kroner."""

    caught_by = ("L11",)

    def ready_claims(self, company: int, after: int, limit: int) -> list[Offer]:
        rows = self.right.ready_claims(company, after, limit)
        return [
            replace(row, parts=replace(row.parts, principal_ore=row.parts.principal_ore // 100 * 100)) for row in rows
        ]


class OffersOnce(PassingLedger):
    """Takes the queue for a cursor: an offer that waits is never told again."""

    caught_by = ("L12",)

    def __init__(self, right: Ledger, diary: Diary) -> None:
        super().__init__(right, diary)
        self._told: set[int] = set()

    def ready_claims(self, company: int, after: int, limit: int) -> list[Offer]:
        rows = [row for row in self.right.ready_claims(company, after, LARGE) if row.number not in self._told][:limit]
        self._told |= {row.number for row in rows}
        return rows


class OffersForEver(PassingLedger):
    """Goes on offering what was answered."""

    caught_by = ("L12",)

    def __init__(self, right: Ledger, diary: Diary) -> None:
        super().__init__(right, diary)
        self._seen: dict[int, Offer] = {}

    def ready_claims(self, company: int, after: int, limit: int) -> list[Offer]:
        self._seen |= {row.number: row for row in self.right.ready_claims(company, 0, LARGE)}
        return page_of(self._seen.values(), after, limit)


class PrincipalMelts(PassingLedger):
    """Reads the principal of an offer anew: what is paid afterwards counts twice."""

    caught_by = ("L13",)

    def ready_claims(self, company: int, after: int, limit: int) -> list[Offer]:
        rows = self.right.ready_claims(company, after, limit)
        return [replace(row, parts=replace(row.parts, principal_ore=row.facts.remaining_ore)) for row in rows]


class DebtorsFreeze(PassingLedger):
    """Keeps debtor and facts as they were when it first read the offer: letters go to the old address."""

    caught_by = ("L13",)

    def __init__(self, right: Ledger, diary: Diary) -> None:
        super().__init__(right, diary)
        self._first: dict[int, Offer] = {}

    def ready_claims(self, company: int, after: int, limit: int) -> list[Offer]:
        rows = self.right.ready_claims(company, after, limit)
        return [self._first.setdefault(row.number, row) for row in rows]


class OneOfferPerClaim(PassingLedger):
    """Uses the first offer's number for a claim that is approved again: the collector has its refusal already."""

    caught_by = ("L14",)

    def __init__(self, right: Ledger, diary: Diary) -> None:
        super().__init__(right, diary)
        self._number: dict[int, int] = {}

    def ready_claims(self, company: int, after: int, limit: int) -> list[Offer]:
        rows = self.right.ready_claims(company, after, limit)
        return [replace(row, number=self._number.setdefault(row.entry, row.number)) for row in rows]


class OffersWhatIsSent(PassingLedger):
    """Offers an accepted claim under a new number, and does not say that it was sent."""

    caught_by = ("L15",)

    def __init__(self, right: Ledger, diary: Diary) -> None:
        super().__init__(right, diary)
        self._seen: dict[int, Offer] = {}
        self._sent: list[Offer] = []

    def ready_claims(self, company: int, after: int, limit: int) -> list[Offer]:
        rows = self.right.ready_claims(company, 0, LARGE)
        self._seen |= {row.number: row for row in rows}
        return page_of([*rows, *self._sent], after, limit)

    def record_receipts(self, company: int, receipts: Sequence[Receipt]) -> Delivered:
        for receipt in receipts:
            if receipt.outcome is Outcome.ACCEPTED and receipt.offer in self._seen:
                self._sent.append(replace(self._seen[receipt.offer], number=receipt.offer + 500))
        return self.right.record_receipts(company, receipts)


class TellsWhateverIsBooked(PassingLedger):
    """Tells every booking of every invoice, accepted or not, before the approval and after it."""

    caught_by = ("L20", "L23")

    def transactions(self, company: int, after: int, limit: int) -> list[Transaction]:
        rows = self.right.transactions(company, 0, LARGE)
        last = max((row.number for row in rows), default=0)
        told = [(row.entry, row.amount_ore) for row in rows]
        for number, one in enumerate(self.diary.booked, last + 1):
            if (one.entry, one.amount_ore) not in told:
                rows.append(_transaction(number, one.entry, number, one.kind, one.amount_ore, rows))
        return page_of(rows, after, limit)


def _transaction(  # noqa: PLR0917 - the row's own values
    number: int, entry: int, booking: int, kind: TransactionKind, amount_ore: int, like: Sequence[Transaction]
) -> Transaction:
    if like:
        first = like[0]
        return replace(first, number=number, entry=entry, booking=-booking, kind=kind, amount_ore=amount_ore)
    return Transaction(number, entry, -booking, kind, amount_ore, _DAY, _DAY, "")


class NumbersByBooking(PassingLedger):
    """Numbers transactions when they are booked: what waited for its case number comes behind the reader."""

    caught_by = ("L21",)

    def transactions(self, company: int, after: int, limit: int) -> list[Transaction]:
        rows = self.right.transactions(company, 0, LARGE)
        return page_of([replace(row, number=row.booking) for row in rows], after, limit)


class ReadsByDate(PassingLedger):
    """Reads what is dated after the last that it read: a draft that is posted late is missed."""

    caught_by = ("L22",)

    def transactions(self, company: int, after: int, limit: int) -> list[Transaction]:
        rows: list[Transaction] = []
        for row in self.right.transactions(company, 0, LARGE):
            if not rows or row.value_on >= rows[-1].value_on:
                rows.append(row)
        return page_of(rows, after, limit)


class EchoesOurVouchers(PassingLedger):
    """Tells the collector of its own money."""

    caught_by = ("L24",)

    def __init__(self, right: Ledger, diary: Diary) -> None:
        super().__init__(right, diary)
        self._ours: list[Transaction] = []

    def post_vouchers(self, company: int, vouchers: Sequence[Voucher]) -> Delivered:
        for voucher in vouchers:
            for line in voucher.lines:
                if line.claim_entry is not None:
                    number = LARGE + len(self._ours)
                    told = (number, line.claim_entry, number, TransactionKind.PAYMENT, line.amount_ore)
                    self._ours.append(Transaction(*told, voucher.dated, voucher.dated, voucher.key))
        return self.right.post_vouchers(company, vouchers)

    def transactions(self, company: int, after: int, limit: int) -> list[Transaction]:
        return page_of([*self.right.transactions(company, 0, LARGE), *self._ours], after, limit)


class CountsInFloats(PassingLedger):
    """Turns kroner into øre by way of a float, and cuts off what is left: 0,29 becomes 28 øre."""

    caught_by = ("L25",)

    def transactions(self, company: int, after: int, limit: int) -> list[Transaction]:
        rows = self.right.transactions(company, after, limit)
        return [replace(row, amount_ore=-through_float(-row.amount_ore)) for row in rows]


class AllIsPayment(PassingLedger):
    """Calls everything a payment: a written-off claim is taken for paid."""

    caught_by = ("L26",)

    def transactions(self, company: int, after: int, limit: int) -> list[Transaction]:
        rows = self.right.transactions(company, after, limit)
        return [replace(row, kind=TransactionKind.PAYMENT) for row in rows]


class CountsFromPosting(PassingLedger):
    """Tells the day of booking for the value date: the debtor pays interest on money that had come."""

    caught_by = ("L27",)

    def transactions(self, company: int, after: int, limit: int) -> list[Transaction]:
        rows = self.right.transactions(company, after, limit)
        return [replace(row, value_on=row.posted_on) for row in rows]


class TellsTwice(PassingLedger):
    """Tells each booking under two numbers, as a join with two rows does."""

    caught_by = ("L28",)

    def transactions(self, company: int, after: int, limit: int) -> list[Transaction]:
        rows = self.right.transactions(company, 0, LARGE)
        doubled = [replace(row, number=2 * row.number - first) for row in rows for first in (1, 0)]
        return page_of(doubled, after, limit)


class MergesEqualPayments(PassingLedger):
    """Takes a second payment of the same amount on the same claim for a repetition."""

    caught_by = ("L28",)

    def transactions(self, company: int, after: int, limit: int) -> list[Transaction]:
        rows = {(row.entry, row.amount_ore): row for row in self.right.transactions(company, 0, LARGE)}
        return page_of(rows.values(), after, limit)


class HidesRejections(PassingLedger):
    """Drops what it could not take, and says nothing."""

    caught_by = ("L32",)

    def voucher_receipts(self, company: int, after: int, limit: int) -> list[VoucherReceipt]:
        rows = self.right.voucher_receipts(company, 0, LARGE)
        return page_of([row for row in rows if row.fate is not Fate.REJECTED], after, limit)


class ForgetsVoucherNumbers(PassingLedger):
    """Does not tell under which number a voucher was posted."""

    caught_by = ("L34",)

    def voucher_receipts(self, company: int, after: int, limit: int) -> list[VoucherReceipt]:
        return [replace(row, voucher_no="") for row in self.right.voucher_receipts(company, after, limit)]


class DeliveredIsPosted(PassingLedger):
    """Says posted of what was only delivered."""

    caught_by = ("L35",)

    def voucher_receipts(self, company: int, after: int, limit: int) -> list[VoucherReceipt]:
        rows = self.right.voucher_receipts(company, after, limit)
        return [replace(row, fate=Fate.POSTED) if row.fate is Fate.DELIVERED else row for row in rows]


class NetsMovements(PassingLedger):
    """Adds a claim's movements up: two faults that cancel each other are not seen."""

    caught_by = ("L38",)

    def movements(self, company: int, offers: Sequence[int]) -> list[ClaimMovements]:
        claims = self.right.movements(company, offers)
        return [replace(claim, movements=self._netted(claim.movements)) for claim in claims]

    def _netted(self, movements: Sequence[Movement]) -> tuple[Movement, ...]:
        if not movements:
            return ()
        return (replace(movements[0], amount_ore=sum(one.amount_ore for one in movements)),)


class MovesWithoutUs(PassingLedger):
    """Leaves our own money out of the movements."""

    caught_by = ("L38",)

    def movements(self, company: int, offers: Sequence[int]) -> list[ClaimMovements]:
        claims = self.right.movements(company, offers)
        return [
            replace(claim, movements=tuple(one for one in claim.movements if not one.id.startswith("voucher:")))
            for claim in claims
        ]


class MovementsOfAnswered(PassingLedger):
    """Knows no movements of a claim before its receipt has come: the reconciliation misses it."""

    caught_by = ("L39",)

    def movements(self, company: int, offers: Sequence[int]) -> list[ClaimMovements]:
        return [claim for claim in self.right.movements(company, offers) if claim.case_number]


class SeesGhosts(PassingLedger):
    """Finds something wrong with honest work: soon nobody reads what it finds."""

    caught_by = ("L40",)

    def audit(self, company: int) -> list[Discrepancy]:
        return [*self.right.audit(company), Discrepancy("rounding", "differs", 1, 2)]


class FindsNothing(PassingLedger):
    """Has an audit that answers that all is well."""

    caught_by = ("L41",)

    def audit(self, company: int) -> list[Discrepancy]:
        return []
