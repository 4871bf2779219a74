"""The ledger port over a ledger that Kravbro did not write: what the ledger cannot remember is kept in the mirror.

Nothing is sent that is not kept first, and what is kept is sent again until the ledger has it. So a run that was killed
anywhere is finished by the next one, whatever it is that the next one was started for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from functools import cached_property, partial
from typing import TypeVar

import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.claims import GIVEN_BACK, Offer, Receipt, Status, Transaction, Waiting, Withdrawal
from kravbro.core.errors import DataFault, Retry, Skip, Stop
from kravbro.core.forgotten import AnsweredOffer
from kravbro.core.movements import ClaimMovements, Discrepancy
from kravbro.core.vouchers import Fate, Voucher, VoucherReceipt
from kravbro.db.bulk import portions
from kravbro.db.counters import last_taken
from kravbro.db.engines import reading, writing
from kravbro.mirror import queries
from kravbro.mirror.audit import audit
from kravbro.mirror.converting import AT_A_TIME, Answer, ConvertibleMirror, Keep
from kravbro.mirror.deliveries import deleted, keep_vouchers, note_deliveries, undelivered, unposted
from kravbro.mirror.doubts import in_doubt
from kravbro.mirror.heads import STREAMS, heads
from kravbro.mirror.observations import advance, bookings_of, observe, version_of
from kravbro.mirror.offers import concerned, make_offers, taken, unanswered, watch_items
from kravbro.mirror.origin import require_origin
from kravbro.mirror.receipts import keep_receipts, marks_due, note_marked
from kravbro.mirror.rows import AnyRow
from kravbro.mirror.source import Delivery, Lack, OpenItem, Source, Standing
from kravbro.mirror.statuses import keep_statuses, note_shown, statuses_due
from kravbro.mirror.tables import counter
from kravbro.mirror.watching import Watch, all_watches, watch_of
from kravbro.mirror.wishes import Wish, withdraw
from kravbro.ports.identity import Delivered, Heads, Identity
from kravbro.ports.waiting import ShowsWaiting

ATTEMPTS = 5
"""How often a look is taken again because somebody else wrote down what they saw meanwhile."""
COMPARED_EVERY = timedelta(days=7)
"""How often everything is compared, for what a ledger's cursor of changes did not tell."""
Row = TypeVar("Row")


class MirroredLedger(ConvertibleMirror):
    """A foreign ledger through its mirror, for one act: who reads and writes, and on which day.

    One that only remembers (`looks` is False) tells what is kept, and asks the ledger for nothing but debtors: so a
    copy is read.
    """

    def __init__(self, engine: sa.Engine, source: Source, act: Act, *, looks: bool = True) -> None:
        super().__init__(engine, source, act)
        self._looks = looks
        self._page_ends: dict[int, int] = {}

    def close(self) -> None:
        """Close every connection. The ledger can be used again afterwards."""
        self._engine.dispose()
        self._source.close()

    # Who it is.

    def identify(self) -> Identity:
        """The installation and the heads of its streams. Raises Stop `mirror.other_installation`."""
        installation = self._source.installation()
        if self._looks:
            require_origin(self._engine, self._source.kind, installation, self._act)
        with reading(self._engine) as connection:
            taken_numbers = heads(connection)
        of_company = (Heads(one, taken_numbers.get(one, dict.fromkeys(STREAMS, 0))) for one in self.companies())
        return Identity(self._source.kind, installation, tuple(of_company))

    def companies(self) -> list[int]:
        """The numbers of all companies, as the ledger lists them now."""
        return self._source.companies()

    def check(self) -> list[Lack]:
        """What the ledger lacks for its part of the work."""
        return self._source.check()

    @cached_property
    def _known_companies(self) -> frozenset[int]:
        return frozenset(self.companies())

    def _require(self, company: int) -> None:
        """Raise DataFault `mirror.unknown_company` for a company that the ledger does not have."""
        if company not in self._known_companies:
            del self._known_companies
            if company not in self._known_companies:
                raise DataFault("mirror.unknown_company", company=company)

    # Claims, and the answers to them.

    def ready_claims(self, company: int, after: int, limit: int) -> list[Offer]:
        """Offers without a receipt, by number; what stands in the ledger's queue is offered first."""
        self._require(company)
        if self._looks and not after:
            self._write_back(company)  # what is said of an item with an offer is told with it as it is now
        rows = self._waiting(company, after, limit)
        is_next_page = after > 0 and self._page_ends.get(company) == after
        if self._looks and len(rows) < limit and not is_next_page:
            self._write_back(company)
            self._offer(company)
            rows = self._waiting(company, after, limit)
        if rows:
            self._page_ends[company] = rows[-1].number
        return self._offers(company, rows)

    def _waiting(self, company: int, after: int, limit: int) -> list[AnyRow]:
        with reading(self._engine) as connection:
            return queries.waiting(connection, company, after, limit)

    def _offers(self, company: int, rows: Sequence[AnyRow]) -> list[Offer]:
        """Offers as they are now; one whose item the ledger does not have any more is left out, and still waits."""
        standings: dict[int, Standing] = {}
        for some in portions(sorted({row.entry for row in rows}), AT_A_TIME):
            standings |= self._source.standings(company, some)
        return [queries.offer_of(row, standings[row.entry]) for row in rows if row.entry in standings]

    def _offer(self, company: int) -> None:
        """Make offers of what stands in the ledger's queue and is not offered yet.

        What somebody else offers or answers after this began may stand there for that older offer: it is left out.
        """
        with reading(self._engine) as connection:
            last = last_taken(connection, counter, "offer", str(company))
            pending = unanswered(connection, company)
        proposals = [one for one in self._source.proposals(company) if one.entry not in pending]
        if not proposals:
            return
        with reading(self._engine) as connection:
            known = taken(connection, company, [one.entry for one in proposals])
        for some in portions([one for one in proposals if one.entry not in known], AT_A_TIME):
            entries = [one.entry for one in some]
            standings = self._source.standings(company, entries)
            proposed = [(one, standings[one.entry]) for one in some if one.entry in standings]
            self._look(company, entries, partial(make_offers, proposed=proposed, last=last))

    def record_receipts(self, company: int, receipts: Sequence[Receipt]) -> Delivered:
        """Keep answers, and show them in the ledger; raises as `mirror.receipts.keep_receipts` does.

        What the ledger booked on a claim before it was given back is seen first: it still belongs to the claim.
        """
        self._require(company)
        self._see([one.entry for one in receipts if one.outcome in GIVEN_BACK], company)
        with writing(self._engine) as connection:
            delivered = keep_receipts(connection, company, receipts, self._act)
        self._write_back(company)
        return delivered

    def show_waiting(self, company: int, waits: Sequence[Waiting]) -> None:
        """Let the ledger show what offers wait for, where it has a place for that. Nothing of it is kept here: what
        still waits is told again at the next run."""
        self._require(company)
        if isinstance(self._source, ShowsWaiting):
            self._source.show_waiting(company, waits)

    def publish_statuses(self, company: int, statuses: Sequence[Status]) -> Delivered:
        """Keep statuses, and show them in the ledger; raises as `mirror.statuses.keep_statuses` does."""
        self._require(company)
        with writing(self._engine) as connection:
            delivered = keep_statuses(connection, company, statuses, self._act)
        self._write_back(company)
        return delivered

    def _write_back(self, company: int) -> None:
        """Show in the ledger what is kept and not shown yet, answers first."""
        while True:
            with reading(self._engine) as connection:
                marks, stamps = marks_due(connection, company, AT_A_TIME)
            if not stamps:
                break
            self._source.mark(company, marks)
            with writing(self._engine) as connection:
                note_marked(connection, company, marks, stamps)
        while True:
            with reading(self._engine) as connection:
                statuses = statuses_due(connection, company, AT_A_TIME)
            if not statuses:
                break
            self._source.show(company, statuses)
            with writing(self._engine) as connection:
                note_shown(connection, company, statuses)

    def recorded_receipts(self, company: int, after: int, limit: int) -> list[Receipt]:
        """The receipt that counts of each answered offer, by offer number."""
        return self._read(company, queries.recorded_receipts, after, limit)

    def recorded_statuses(self, company: int, after: int, limit: int) -> list[Status]:
        """The status kept of each claim, by entry."""
        return self._read(company, queries.recorded_statuses, after, limit)

    def answered_offers(self, company: int, offers: Sequence[int]) -> list[AnsweredOffer]:
        """These offers with the answers that are kept of them, for a collector that forgot them."""
        self._require(company)
        with reading(self._engine) as connection:
            rows = queries.offers_numbered(connection, company, offers)
            answers = queries.answers_of(connection, company, offers)
        told = self._offers(company, [row for row in rows if row.number in answers])
        with reading(self._engine) as connection:
            joined = queries.adoptions_of(connection, company, told)
        return [AnsweredOffer(one, tuple(answers[one.number]), joined.get(one.number)) for one in told]

    # What the ledger books.

    def transactions(self, company: int, after: int, limit: int) -> list[Transaction]:
        """What was booked on claims at the collector, by number. The ledger is asked when all that is kept was told."""
        return self._read_on(company, queries.transactions, after, limit)

    def withdrawals(self, company: int, after: int, limit: int) -> list[Withdrawal]:
        """Claims that the creditor wants back, by number."""
        return self._read_on(company, queries.withdrawals, after, limit)

    def withdraw(self, company: int, item: str, because: str) -> Wish:
        """Ask for the claim of an invoice back, as its creditor; raises as `mirror.wishes.withdraw` does."""
        self._require(company)
        with writing(self._engine) as connection:
            return withdraw(connection, company, item, because, self._act)

    def movements(self, company: int, offers: Sequence[int]) -> list[ClaimMovements]:
        """Opening and movements of the given offers, by offer number, as the ledger has them now."""
        self._require(company)
        with reading(self._engine) as connection:
            entries = {row.entry for row in queries.offers_numbered(connection, company, offers)}
            current = queries.watched(connection, company, entries)
        if self._looks:
            self._see(current, company)
        with reading(self._engine) as connection:
            return queries.movements(connection, company, offers)

    def audit(self, company: int) -> list[Discrepancy]:
        """What the mirror finds wrong with itself, with what the ledger has of the claims that are watched, wanted, or
        to be joined with older cases, and with what it has of the collector's vouchers."""
        self._require(company)
        with reading(self._engine) as connection:
            entries = queries.watched(connection, company, None)
            keys = unposted(connection, company)
        wanted = {one.entry for one in self._source.proposals(company)}
        items = self.look_at(company, {*entries, *wanted, *self._to_join(company)})
        beside = self._source.doubts(company, keys)
        with reading(self._engine) as connection:
            return audit(connection, company, entries, items, beside)

    def accept(self, company: int, settlement: str) -> list[OpenItem]:
        """The way on where a settlement is in doubt and a person says that it is right: from now on it is told.

        Answers the items on which it stood; who orders it is noted elsewhere. Raises Skip `mirror.no_doubt`.
        """
        self._require(company)
        with reading(self._engine) as connection:
            watched = queries.watched(connection, company, None)
            before = bookings_of(connection, company, watched)
        items = [
            one
            for one in self.look_at(company, watched)
            if settlement in {its.key for its in in_doubt(one, before.get(one.entry, ()))}
        ]
        if not items:
            raise Skip("mirror.no_doubt", settlement=settlement[:40], company=company)
        self._look(company, [one.entry for one in items], partial(observe, right=settlement))
        return items

    # The collector's vouchers.

    def post_vouchers(self, company: int, vouchers: Sequence[Voucher]) -> Delivered:
        """Keep vouchers, and deliver them to the ledger; raises as `mirror.deliveries.keep_vouchers` does."""
        self._require(company)
        with writing(self._engine) as connection:
            delivered = keep_vouchers(connection, company, vouchers, self._act)
        self._deliver(company)
        return delivered

    def voucher_receipts(self, company: int, after: int, limit: int) -> list[VoucherReceipt]:
        """What became of the collector's vouchers, by event number; the ledger is asked when all kept was told."""
        told = self._read(company, queries.voucher_receipts, after, limit)
        if self._looks and len(told) < limit and self._follow(company):
            told = self._read(company, queries.voucher_receipts, after, limit)
        return told

    def settle_fate(self, company: int, key: str, fate: Fate, voucher_no: str) -> Delivery:
        """The way on where nobody can see what became of a voucher that was delivered: a person says it.

        Answers what is told; the ledger's own word counts where it has one by now. Who orders it is noted elsewhere.

        Raises Skip `mirror.voucher_not_followed`, and `mirror.voucher_waits` for one that the ledger shows waiting.
        """
        self._require(company)
        with reading(self._engine) as connection:
            known = key in unposted(connection, company)
        if not known:
            raise Skip("mirror.voucher_not_followed", voucher=key[:80], company=company)
        told = next(iter(self._source.fates(company, [key])), None)
        if told and told.fate is Fate.DELIVERED and not told.unseen:
            raise Skip("mirror.voucher_waits", voucher=key, company=company)
        if told is None or told.fate is Fate.DELIVERED:
            told = Delivery(key, fate, self._act.on, voucher_no)
        with writing(self._engine) as connection:
            note_deliveries(connection, company, [told], self._act)
        return told

    def _deliver(self, company: int) -> int:
        """Deliver what the ledger may not have yet; answers how much was told of it that is new."""
        new = 0
        while True:
            with reading(self._engine) as connection:
                due = undelivered(connection, company, AT_A_TIME)
            if not due:
                return new
            told = self._source.deliver(company, due)
            if silent := {one.key for one in due} - {one.key for one in told}:
                raise Stop("mirror.voucher_without_fate", company=company, voucher=min(silent))
            with writing(self._engine) as connection:
                new += note_deliveries(connection, company, told, self._act)

    def _follow(self, company: int) -> int:
        """Deliver what was left, and ask what has become of vouchers that were not posted yet, and of those that were
        deleted: a person may read an import file again."""
        new = self._deliver(company)
        with reading(self._engine) as connection:
            keys = [*unposted(connection, company), *deleted(connection, company)]
        told = [one for some in portions(keys, AT_A_TIME) for one in self._source.fates(company, some)]
        if told:
            with writing(self._engine) as connection:
                new += note_deliveries(connection, company, told, self._act)
        return new

    # Looking at the ledger.

    def _read(
        self, company: int, query: Callable[[sa.Connection, int, int, int], list[Row]], after: int, limit: int
    ) -> list[Row]:
        self._require(company)
        with reading(self._engine) as connection:
            return query(connection, company, after, limit)

    def _read_on(
        self, company: int, query: Callable[[sa.Connection, int, int, int], list[Row]], after: int, limit: int
    ) -> list[Row]:
        """A page of what is kept; when it is not full, look what has happened in the ledger, and read it again."""
        rows = self._read(company, query, after, limit)
        if not self._looks or len(rows) == limit:
            return rows
        if (company, query) in self._unchanged:
            self._unchanged.remove((company, query))
            return rows
        return self._read(company, query, after, limit) if self._poll(company) else rows

    @cached_property
    def _unchanged(self) -> set[tuple[int, object]]:
        """The companies in which nothing has changed, found by one look at all of them when the first is read. Each
        stream believes it once: whoever reads again in the same run asks again."""
        with reading(self._engine) as connection:
            known = {company: one for company, one in all_watches(connection).items() if not self._is_due(one)}
        changed = set(self._source.changed_companies({company: one.seen_to for company, one in known.items()}))
        streams = (queries.transactions, queries.withdrawals)
        return {(company, stream) for company in known.keys() - changed for stream in streams}

    def _is_due(self, watch: Watch) -> bool:
        """Whether everything is to be compared."""
        return watch.compared_on is None or self._act.on >= watch.compared_on + COMPARED_EVERY

    def _poll(self, company: int) -> bool:
        """Look at what has changed since the last time; everything is compared now and then. Answers whether anything
        was looked at."""
        with reading(self._engine) as connection:
            before = watch_of(connection, company)
        compares = self._is_due(before)
        changes = self._source.changes(company, before.seen_to)
        with reading(self._engine) as connection:
            entries = queries.watched(connection, company, None if compares else changes.entries)
        self._see(entries, company, all_of_them=compares)
        after = Watch(changes.cursor, self._act.on if compares else before.compared_on)
        if after != before:
            self._keep_watch(company, after)
        return bool(entries)

    def _keep_watch(self, company: int, watch: Watch) -> None:
        """Keep how far was looked. What was seen is written already, so that a lost cursor changes nothing."""
        with writing(self._engine) as connection:
            version = version_of(connection, company)
            compared = watch.compared_on
            advance(connection, company, version, self._act, seen_to=watch.seen_to, compared_on=compared)

    def look_at(self, company: int, entries: Collection[int]) -> list[OpenItem]:
        """These items as the ledger has them now; nothing is written down."""
        self._require(company)
        wanted = sorted(set(entries))
        return [one for some in portions(wanted, AT_A_TIME) for one in self._source.items(company, some)]

    def compare(self, company: int) -> int:
        """The named override where `mirror.items_vanished` stopped a run: cease to watch items that the ledger does not
        have any more, and compare the others, also those given up before that are there again. Answers how many are
        given up; who orders it is noted elsewhere."""
        self._require(company)
        with reading(self._engine) as connection:
            entries = concerned(connection, company)
        there = {one.entry for some in portions(entries, AT_A_TIME) for one in self._source.items(company, some)}
        gone = [entry for entry in entries if entry not in there]
        with writing(self._engine) as connection:
            watch_items(connection, company, gone, watched=False)
            watch_items(connection, company, sorted(there), watched=True)
        self._see(there, company)
        return len(gone)

    def _see(self, entries: Collection[int], company: int, *, all_of_them: bool = False) -> None:
        """Look at these items, and write down what has happened to them.

        Where they are all that are watched, the ledger must have most of those of which something remained: raises
        Stop `mirror.items_vanished`, since a listing that suddenly shrinks is a fault until a person says otherwise.
        """
        wanted = sorted(set(entries))
        if all_of_them and wanted:
            self._refuse_vanished(company, wanted)
        for some in portions(wanted, AT_A_TIME):
            self._look(company, some, observe)

    def _refuse_vanished(self, company: int, entries: Sequence[int]) -> None:
        with reading(self._engine) as connection:
            owing = queries.owing(connection, company, entries)
        there = {one.entry for some in portions(owing, AT_A_TIME) for one in self._source.items(company, some)}
        if len(there) * 2 < len(owing):
            raise Stop("mirror.items_vanished", company=company, known=len(owing), found=len(there))

    def _look(self, company: int, entries: Sequence[int], keep: Keep[Answer]) -> Answer:
        """Ask the ledger how these items are, and keep it, unless somebody else kept what they saw meanwhile: that may
        be newer, and then the ledger is asked again. Raises Retry `mirror.seen_meanwhile`."""
        attempt = 1
        while True:
            with reading(self._engine) as connection:
                version = version_of(connection, company)
            items = [one for some in portions(entries, AT_A_TIME) for one in self._source.items(company, some)]
            try:
                with writing(self._engine) as connection:
                    advance(connection, company, version, self._act)
                    return keep(connection, company, items, self._act)
            except Retry as busy:
                if attempt == ATTEMPTS or busy.code != "mirror.seen_meanwhile":
                    raise
            attempt += 1
