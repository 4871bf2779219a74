"""The part of a mirrored ledger that converts claims which were handed over before it was joined with a collector."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from functools import partial
from typing import TypeVar

import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.adoption import Adoption, Joining
from kravbro.core.claims import Offer
from kravbro.core.conversion import CaseNumber, TransferredClaim
from kravbro.core.errors import DataFault
from kravbro.db.bulk import portions
from kravbro.db.engines import reading, writing
from kravbro.mirror import conversion, queries, transferred_items
from kravbro.mirror.rows import AnyRow
from kravbro.mirror.source import OpenItem, Source, Standing
from kravbro.ports.identity import Delivered

Answer = TypeVar("Answer")
Keep = Callable[[sa.Connection, int, Sequence[OpenItem], Act], Answer]
"""What is done with a look at items: written down, or made offers of."""
AT_A_TIME = 1_000
"""How much is asked of the ledger, or written into it, in one call."""
LONGEST_ENTRY = 18
"""Characters of `#` and a number that every database takes."""


class ConvertibleMirror(ABC):
    """`kravbro.ports.conversion.ConvertibleLedger`, for one act; `MirroredLedger` says how the ledger is looked at."""

    def __init__(self, engine: sa.Engine, source: Source, act: Act) -> None:
        self._engine = engine
        self._source = source
        self._act = act
        self._handed_over: dict[int, dict[int, str]] = {}

    @abstractmethod
    def _require(self, company: int) -> None:
        """Raise DataFault `mirror.unknown_company` for a company that the ledger does not have."""

    @abstractmethod
    def _look(self, company: int, entries: Sequence[int], keep: Keep[Answer]) -> Answer:
        """Ask the ledger how these items are, and keep it in one transaction."""

    @abstractmethod
    def _write_back(self, company: int) -> None:
        """Show in the ledger what is kept and not shown yet."""

    @abstractmethod
    def _offers(self, company: int, rows: Sequence[AnyRow]) -> list[Offer]:
        """Offers as they are now."""

    @abstractmethod
    def look_at(self, company: int, entries: Collection[int]) -> list[OpenItem]:
        """These items as the ledger has them now; nothing is written down."""

    # What was handed over.

    def named_items(self, company: int, names: Collection[str]) -> dict[str, int]:
        """The entries of the invoices that a person means: by their numbers, or by entries as `#12`.

        Raises DataFault `mirror.no_such_invoice` and, where several invoices have the number, `mirror.several_items`.
        """
        self._require(company)
        by_entry = {name: int(name[1:]) for name in names if _is_entry(name)}
        there = {one.entry for one in self.look_at(company, by_entry.values())}
        by_number = self._source.named(company, {name for name in names if name} - by_entry.keys())
        found = {}
        for name in names:
            entries = [by_entry[name]] if by_entry.get(name) in there else sorted(by_number.get(name, ()))
            if not entries:
                raise DataFault("mirror.no_such_invoice", company=company, item=name[:40])
            if len(entries) > 1:
                items = ", ".join(f"#{entry}" for entry in entries)
                raise DataFault("mirror.several_items", company=company, item=name[:40], items=items)
            found[name] = entries[0]
        return found

    def mark_transferred(self, company: int, items: Mapping[int, str], because: str) -> int:
        """Mark items as handed over earlier, and show it in the ledger; raises as
        `mirror.transferred_items.mark_transferred`."""
        self._require(company)
        told = self._ask_told(company)
        with writing(self._engine) as connection:
            new = transferred_items.mark_transferred(connection, company, items, told, because, self._act)
        self._write_back(company)
        return new

    def unmark_transferred(self, company: int, entry: int, because: str) -> None:
        """Take the mark off again; raises as `mirror.transferred_items.unmark_transferred`."""
        self._require(company)
        told = self._ask_told(company)
        with writing(self._engine) as connection:
            transferred_items.unmark_transferred(connection, company, entry, told, because, self._act)
        self._write_back(company)

    def record_case_numbers(self, company: int, numbers: Sequence[CaseNumber], because: str) -> Delivered:
        """Keep and show case numbers; raises as `mirror.transferred_items.record_case_numbers`."""
        self._require(company)
        told = self._ask_told(company)
        with writing(self._engine) as connection:
            done = transferred_items.record_case_numbers(connection, company, numbers, told, because, self._act)
        self._write_back(company)
        return done

    def transferred_claims(self, company: int, cut_off: date, after: int, limit: int) -> list[TransferredClaim]:
        """Items that were handed over earlier, by entry, with what remained of them before the cut-off.

        Which they are is found when the first page is asked for. Those that the ledger does not have any more are left
        out.
        """
        self._require(company)
        if not after or company not in self._handed_over:
            self._handed_over[company] = self._to_join(company)
        numbers = self._handed_over[company]
        found: list[TransferredClaim] = []
        for some in portions([entry for entry in numbers if entry > after], limit):
            found += self._compared(company, some, numbers, cut_off)
            if len(found) >= limit:
                break
        return found[:limit]

    def _to_join(self, company: int) -> dict[int, str]:
        """The items that were handed over and that no collector ever had by an offer, in order, with case numbers."""
        told = self._ask_told(company)
        with reading(self._engine) as connection:
            numbers = transferred_items.marked(connection, company, told)
            had = transferred_items.ever_offered(connection, company, numbers)
        return {entry: numbers[entry] for entry in sorted(numbers.keys() - had)}

    def _compared(
        self, company: int, entries: Sequence[int], numbers: Mapping[int, str], cut_off: date
    ) -> list[TransferredClaim]:
        standings = self._standings(company, entries)
        items = [one for one in self.look_at(company, entries) if one.entry in standings]
        with reading(self._engine) as connection:
            now = conversion.Now({}, standings)
            return conversion.compared(connection, company, items, now, numbers, cut_off, self._act)

    def _ask_told(self, company: int) -> dict[int, str]:
        """The items of which the ledger itself says that somebody has them, each with its case number."""
        return {one.entry: one.case_number for one in self._source.transferred(company)}

    def _standings(self, company: int, entries: Collection[int]) -> dict[int, Standing]:
        found: dict[int, Standing] = {}
        for some in portions(sorted(entries), AT_A_TIME):
            found |= self._source.standings(company, some)
        return found

    # Joining them with older cases.

    def join_claims(self, company: int, joinings: Sequence[Joining]) -> Delivered:
        """Make offers of items that are claims of older cases; raises as `mirror.conversion.join_claims`."""
        self._require(company)
        if not joinings:
            return Delivered(0, 0)
        entries = sorted({one.entry for one in joinings})
        now = conversion.Now(self._ask_told(company), self._standings(company, entries))
        return self._look(company, entries, partial(conversion.join_claims, joinings=joinings, now=now))

    def joined_claims(self, company: int, after: int, limit: int) -> list[Joining]:
        """Items that are joined with claims of older cases, by entry."""
        self._require(company)
        with reading(self._engine) as connection:
            return queries.joined_claims(connection, company, after, limit)

    def adoptions(self, company: int, after: int, limit: int) -> list[Adoption]:
        """Joined offers without a receipt, by number. One whose item the ledger does not have any more still waits."""
        self._require(company)
        while True:
            with reading(self._engine) as connection:
                rows = queries.waiting(connection, company, after, limit, adopted=True)
            offers = self._offers(company, rows)
            if offers or not rows:
                break
            after = rows[-1].number
        with reading(self._engine) as connection:
            joined = queries.adoptions_of(connection, company, offers)
        return [joined[one.number] for one in offers]

    def offer_unjoined(self, company: int, entries: Sequence[int], because: str) -> int:
        """Offer marked items that no older case has; raises as `mirror.conversion.offer_unjoined`."""
        self._require(company)
        chosen = sorted(set(entries))
        if not chosen:
            return 0
        now = conversion.Now(self._ask_told(company), self._standings(company, chosen))
        proposed = {one.entry: one for one in self._source.proposals(company)}
        keep = partial(conversion.offer_unjoined, proposed=proposed, because=because, now=now)
        offered = self._look(company, chosen, keep)
        self._write_back(company)
        return offered


def _is_entry(name: str) -> bool:
    return name.startswith("#") and name[1:].isdecimal() and len(name) < LONGEST_ENTRY
