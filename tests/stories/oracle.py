"""An oracle that only adds: what people did, in øre, as plain sums. It knows no allocation, no posting and no streams.

It is told of each act by whoever did it, and of what was carried by the line (`faults`). What an owner's database lost
when it was put back, its part of the oracle loses too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import sqlalchemy as sa

from kravbro.books import tables as b
from kravbro.books.conversion_tables import conversion
from kravbro.bootstrap.demo import setting
from kravbro.core.vouchers import Fate
from kravbro.db.place import company_owner
from kravbro.office import tables as t
from kravbro.office.journals import MONEY_KINDS, OUTSIDE_KINDS, Account
from tests.stories.busy_world import BETWEEN, BusyWorld, Paid
from tests.stories.faults import Carried
from tests.stories.worlds import TYPES

Claim = tuple[int, int]
"""Company and open item."""
DEAD = frozenset({Fate.REJECTED, Fate.DELETED})
CASH = {1: (setting.BANK, BETWEEN), 2: (BETWEEN,)}
"""By company: the accounts that money received stands on, and the one between the companies."""


class BankFile(NamedTuple):
    """A bank's file: its number, whether it is camt.054, and its lines, letter by letter."""

    number: int
    camt: bool
    letters: list[list[Paid]]


@dataclass
class LedgerSums:
    """What one company's bookkeeper did."""

    items: dict[int, int] = field(default_factory=dict)
    """Each invoice and what it was for."""
    own: Counter[int] = field(default_factory=Counter)
    """What was booked on each open item there, by themselves (negative: the debt falls)."""
    bookings: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    """By number: open item, amount, and the offer that stood when it was made (0: none, or given back)."""


@dataclass
class OfficeSums:
    """What the office received, and what it has heard."""

    cash_ore: int = 0
    covered: Counter[Claim] = field(default_factory=Counter)
    """What money received has changed of each claim's principal, as it was when it was put there."""
    heard: set[tuple[int, int]] = field(default_factory=set)
    """Companies' bookings that were taken in."""
    fates: dict[str, Fate] = field(default_factory=dict)
    to_be_met: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    """What people took back before the bank did, by account, KID and amount."""
    files: dict[int, list[BankFile]] = field(default_factory=lambda: {company: [] for company in TYPES})
    """The bank files of each company's account."""


class Oracle:
    """The sums of an installation."""

    def __init__(self, world: BusyWorld) -> None:
        self.world = world
        self.ledgers = {company: LedgerSums() for company in TYPES}
        self.office = OfficeSums()

    # Keeping and putting back.

    def keep(self, owner: str) -> Any:
        """An owner's part, as it is now."""
        part = self.office if owner == "office" else self._of_company(owner)
        return deepcopy(part)

    def put_back(self, owner: str, kept: Any) -> None:
        """An owner's part as it was then."""
        if owner == "office":
            self.office = deepcopy(kept)
        for company in TYPES:
            if owner == company_owner(company):
                self.ledgers[company] = deepcopy(kept)

    def _of_company(self, owner: str) -> LedgerSums | None:
        return next((sums for company, sums in self.ledgers.items() if owner == company_owner(company)), None)

    # What happens.

    def carried(self, carried: Carried) -> None:
        """The line carried rows to a port, and they were taken."""
        if carried.method == "accept_transactions":
            self.office.heard |= {(carried.company, one.booking) for one in carried.rows}
        if carried.method == "accept_voucher_receipts":
            for one in sorted(carried.rows, key=lambda one: one.number):
                self.office.fates[one.voucher_key] = one.fate

    def booked(self, company: int, expected: dict[int, int]) -> None:
        """The ledger booked by itself: exactly these amounts, on these open items."""
        sums = self.ledgers[company]
        made: Counter[int] = Counter()
        for one in self.world.own_bookings(company, max(sums.bookings, default=0)):
            sums.bookings[one.number] = (one.entry, one.amount_ore, self._offer(company, one.entry))
            if one.entry in sums.items:
                made[one.entry] += one.amount_ore
        wanted = {entry: ore for entry, ore in expected.items() if ore}
        assert {entry: ore for entry, ore in made.items() if ore} == wanted, (made, wanted)
        sums.own.update(expected)

    def taken_over(self, company: int) -> None:
        """Open items were joined with older cases: what was booked on them today is for those from now on."""
        joined, bookings = conversion.c, self.ledgers[company].bookings
        query = sa.select(joined.entry, joined.offer, joined.sequence).where(joined.joined)
        for entry, offer, sequence in self.world.book_rows(company, query):
            for number, (booked_on, ore, _) in bookings.items():
                if booked_on == entry and number <= sequence:
                    bookings[number] = (entry, ore, offer)

    def _offer(self, company: int, entry: int) -> int:
        """The offer under which an open item stands: its last, until it was given back."""
        last = self.world.book_rows(company, sa.select(sa.func.max(b.offer.c.number)).where(b.offer.c.entry == entry))
        offer = int(last[0][0] or 0)
        back = self.world.book_rows(company, sa.select(b.offer_return.c.offer).where(b.offer_return.c.offer == offer))
        return 0 if back else offer

    def received(self, amount_ore: int) -> None:
        """Money came to the office's accounts (negative: it went)."""
        self.office.cash_ore += amount_ore

    def covers(self) -> Counter[Claim]:
        """What money received has changed of each claim's principal, by the office's own rows."""
        return self._rows_on_principal(t.journal.c.kind.in_(MONEY_KINDS))

    def covered(self) -> None:
        """Money was put on claims, or taken off."""
        self.office.covered = self.covers()

    def _rows_on_principal(self, *where: sa.ColumnElement[bool]) -> Counter[Claim]:
        row, claim, creditor = t.journal_row.c, t.claim.c, t.creditor.c
        query = (
            sa.select(creditor.company, claim.entry, sa.func.sum(row.amount_ore))
            .select_from(t.journal_row)
            .join(t.journal, t.journal.c.number == row.journal)
            .join(t.claim, claim.id == row.claim)
            .join(t.creditor, creditor.number == claim.creditor)
            .where(row.account == Account.PRINCIPAL.value, *where)
            .group_by(creditor.company, claim.entry)
        )
        return Counter({(company, entry): int(ore) for company, entry, ore in self._office(query)})

    def _office(self, query: sa.Select[*tuple[Any, ...]]) -> Sequence[Any]:
        return self.world.office_rows(query)

    # What must be so at any moment.

    def check(self) -> None:
        """Journals and vouchers balance, and money in is what is placed, unplaced and paid back."""
        row = t.journal_row.c
        off = sa.select(row.journal).group_by(row.journal).having(sa.func.sum(row.amount_ore) != 0)
        assert self._office(off) == []
        line = t.voucher_line.c
        whole = (line.creditor, line.posting, line.ordinal)
        assert self._office(sa.select(*whole).group_by(*whole).having(sa.func.sum(line.amount_ore) != 0)) == []
        for company in TYPES:
            own = b.voucher_line.c
            off = sa.select(own.voucher).group_by(own.voucher).having(sa.func.sum(own.amount_ore) != 0)
            assert self.world.book_rows(company, off) == []
        kinds = t.journal.c.kind.in_(MONEY_KINDS)
        sums = dict(self._sums_by_account(kinds))
        assert sums.get("bank", 0) + sums.get("met", 0) == self.office.cash_ore, (sums, self.office.cash_ore)
        assert sums.get("intermediate", 0) == sums.get("moved", 0) == 0
        loose = sa.select(sa.func.sum(t.unplaced.c.amount_ore)).where(t.unplaced.c.placed_by.is_(None))
        assert int(self._office(loose)[0][0] or 0) == -sums.get("unplaced", 0)
        now = self.covers()
        assert now == self.office.covered, (now, self.office.covered)

    def _sums_by_account(self, *where: sa.ColumnElement[bool]) -> Sequence[Any]:
        row = t.journal_row.c
        query = sa.select(row.account, sa.func.sum(row.amount_ore)).join(t.journal, t.journal.c.number == row.journal)
        return [(name, int(ore)) for name, ore in self._office(query.where(*where).group_by(row.account))]

    def left_out(self) -> Counter[Claim]:
        """What of the covered principal is not to be booked."""
        out = sa.select(t.posting_exclusion.c.journal)
        return self._rows_on_principal(t.journal.c.number.in_(out))

    def awaited(self) -> Counter[Claim]:
        """Principal that a person registered and that the ledger is to tell another way."""
        return self._rows_on_principal(t.journal.c.kind.in_(OUTSIDE_KINDS))

    # What is on its way.

    def money_rows(self) -> list[tuple[int, str | None, bool]]:
        """Each change of a principal by money received: øre, the key of its voucher, and whether it is left out."""
        row, line, journal = t.journal_row.c, t.voucher_line.c, t.journal.c
        of_row = sa.and_(
            line.journal == row.journal,
            line.row_no == row.row_no,
            line.creditor == journal.creditor,
            line.posting == journal.posting,
        )
        of_line = sa.and_(
            t.voucher.c.creditor == line.creditor,
            t.voucher.c.posting == line.posting,
            t.voucher.c.ordinal == line.ordinal,
        )
        query = (
            sa.select(row.amount_ore, t.voucher.c.key, t.posting_exclusion.c.journal)
            .select_from(t.journal_row)
            .join(t.journal, journal.number == row.journal)
            .outerjoin(t.voucher_line, of_row)
            .outerjoin(t.voucher, of_line)
            .outerjoin(t.posting_exclusion, t.posting_exclusion.c.journal == journal.number)
            .where(row.account == Account.PRINCIPAL.value, journal.kind.in_(MONEY_KINDS))
        )
        return [(int(ore), key, out is not None) for ore, key, out in self._office(query)]

    def posted_keys(self) -> set[str]:
        """Keys of the collector's vouchers that are posted in the ledgers."""
        one = b.voucher.c
        query = sa.select(one.collector_key).where(one.collector_key.is_not(None), one.state == "posted")
        return {str(row[0]) for company in TYPES for row in self.world.book_rows(company, query)}

    def in_transit_ore(self) -> int:
        """What one side knows and the other will hear of: sizes, not signed."""
        posted, fates = self.posted_keys(), self.office.fates
        on_way = sum(
            abs(ore)
            for ore, key, out in self.money_rows()
            if not out and key not in posted and fates.get(key or "") not in DEAD
        )
        on_way += sum(abs(ore) for ore in self.awaited_by_claim())
        claim, creditor = t.claim.c, t.creditor.c
        query = sa.select(creditor.company, claim.offer).join(t.creditor, creditor.number == claim.creditor)
        known = {(company, offer) for company, offer in self._office(query)}
        for company, sums in self.ledgers.items():
            on_way += sum(
                abs(ore)
                for number, (_, ore, offer) in sums.bookings.items()
                if (company, offer) in known and (company, number) not in self.office.heard
            )
        return on_way

    def awaited_by_claim(self) -> list[int]:
        """What is awaited, by the office's own claim."""
        row = t.journal_row.c
        query = (
            sa.select(row.claim, sa.func.sum(row.amount_ore))
            .join(t.journal, t.journal.c.number == row.journal)
            .where(row.account == Account.PRINCIPAL.value, t.journal.c.kind.in_(OUTSIDE_KINDS))
            .group_by(row.claim)
        )
        return [int(ore) for _, ore in self._office(query)]

    def unbooked_ore(self) -> int:
        """What the reconciliation must name: money left out, or in a voucher that the ledger said it did not take."""
        fates, posted = self.office.fates, self.posted_keys()
        dead = (
            ore for ore, key, out in self.money_rows() if out or (key not in posted and fates.get(key or "") in DEAD)
        )
        return sum(dead)

    def is_named_rightly(self, thing: str) -> bool:
        """Whether a movement that the ledger lacks is money left out, or in a voucher that it said it did not take."""
        if thing.startswith("journal:"):
            journal = int(thing.removeprefix("journal:").partition("/")[0])
            out = sa.select(t.posting_exclusion.c.journal).where(t.posting_exclusion.c.journal == journal)
            return bool(self._office(out))
        key = thing.removeprefix("voucher:").partition("/")[0]
        return key not in self.posted_keys() and self.office.fates.get(key) in DEAD

    # What must be so when everything was carried and booked.

    def check_at_rest(self) -> None:
        """What remains of each invoice is what was added up, on both sides, and all money is in the ledgers."""
        out, awaited = self.left_out(), self.awaited()
        principal = self._rows_on_principal(t.claim.c.state.in_(["registered", "paid"]))
        for company, sums in self.ledgers.items():
            remaining = {item.entry: item.remaining_ore for item in self.world.items(company)}
            for entry, amount_ore in sums.items.items():
                here = (company, entry)
                booked_ore = self.office.covered[here] - out[here]
                wanted = amount_ore + sums.own[entry] + booked_ore
                assert remaining[entry] == wanted, (here, remaining[entry], wanted)
                if here in principal and not (self._came_twice(here) and (out[here] or awaited[here])):
                    here_ore = principal[here] - awaited[here] - out[here]
                    assert here_ore == remaining[entry], (here, here_ore, remaining[entry])
        self._check_cash()

    def _came_twice(self, here: Claim) -> bool:
        """Whether the office has had the claim before: sums by open item are then of both."""
        query = sa.select(t.claim.c.id).join(t.creditor, t.creditor.c.number == t.claim.c.creditor)
        return len(self._office(query.where(t.creditor.c.company == here[0], t.claim.c.entry == here[1]))) > 1

    def _check_cash(self) -> None:
        """The ledgers' accounts of money received hold what the oracle counted, but for what is not to be booked."""
        in_ledgers_ore = 0
        for company, accounts in CASH.items():
            line, one = b.voucher_line.c, b.voucher.c
            query = (
                sa.select(sa.func.sum(line.amount_ore))
                .join(b.voucher, one.id == line.voucher)
                .where(one.collector_key.is_not(None), one.state == "posted", line.account.in_(accounts))
            )
            in_ledgers_ore += int(self.world.book_rows(company, query)[0][0] or 0)
        out = t.journal.c.number.in_(sa.select(t.posting_exclusion.c.journal))
        kept_out = dict(self._sums_by_account(out))
        kept_out_ore = kept_out.get("bank", 0) + kept_out.get("met", 0)
        assert in_ledgers_ore == self.office.cash_ore - kept_out_ore, (
            in_ledgers_ore,
            self.office.cash_ore,
            kept_out_ore,
        )
