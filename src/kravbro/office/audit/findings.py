"""What an audit has found so far, so that later checks do not name what follows from it."""

from __future__ import annotations

from collections import defaultdict
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from kravbro.core.movements import Discrepancy
from kravbro.db.bulk import portions
from kravbro.db.columns import with_plain_day
from kravbro.office import tables as t


class Fault(StrEnum):
    """What is wrong with a thing."""

    MISSING = "missing"
    UNEXPECTED = "unexpected"
    AMOUNT = "amount"
    UNBALANCED = "unbalanced"
    COUNT = "count"
    STATE = "state"
    CLAIM = "claim"
    CASE = "case"
    CREDITOR = "creditor"
    KIND = "kind"
    CONTENT = "content"
    CODE = "code"


def of_ledger(entry: object) -> int | None:
    """The key that a ledger has of a claim; None for a claim without a ledger, which is named by itself."""
    return entry if isinstance(entry, int) and entry > 0 else None


def as_stored(table: sa.Table, *names: str) -> list[sa.ColumnElement[Any]]:
    """Columns as the database holds them: a date that is none is read as any other text, and does not stop an audit."""
    return [with_plain_day(table.c[name]) for name in names]


class Findings:
    """Discrepancies, and which things of each kind they are about."""

    def __init__(self, connection: sa.Connection, creditor: int) -> None:
        self.connection = connection
        self.creditor = creditor
        self.found: list[Discrepancy] = []
        self.about: defaultdict[str, set[object]] = defaultdict(set)
        """The things already named, by sort: `journal`, `payment`, `line` ..."""

    def add(
        self,
        sort: str,
        key: object,
        thing: str,
        fault: Fault,
        *,
        expected: int = 0,
        found: int = 0,
        claim: int | None = None,
    ) -> None:
        """Name one fault. `claim` is the claim whose entry the ledger knows."""
        self.about[sort].add(key)
        self.found.append(Discrepancy(thing, fault.value, expected, found, self._entry(claim)))

    def add_entry(
        self,
        sort: str,
        key: object,
        thing: str,
        fault: Fault,
        entry: int | None,
        *,
        expected: int = 0,
        found: int = 0,
    ) -> None:
        """Name one fault of something that knows the ledger's entry itself."""
        self.about[sort].add(key)
        self.found.append(Discrepancy(thing, fault.value, expected, found, entry))

    def names(self, sort: str, key: object) -> bool:
        """Whether a thing has been named."""
        return key in self.about[sort]

    def some(self, *sorts: str) -> bool:
        """Whether anything of these sorts has been named."""
        return any(self.about[sort] for sort in sorts)

    def _entry(self, claim: int | None) -> int | None:
        if claim is None:
            return None
        own = (t.claim.c.id == claim, t.claim.c.creditor == self.creditor)
        entry = self.connection.execute(sa.select(t.claim.c.entry).where(*own)).scalar()
        return of_ledger(entry)

    def only_claim(self, *where: sa.ColumnElement[bool]) -> int | None:
        """The claim that a condition on claims and their cases selects, if it is exactly one."""
        chosen = sa.select(t.claim.c.id).join(t.case, t.case.c.id == t.claim.c.case).where(*where).limit(2)
        found = list(self.connection.execute(chosen).scalars())
        return found[0] if len(found) == 1 else None

    def claims_in(self, journals: set[int]) -> dict[int, int | None]:
        """The claim that each journal is about, if it is about exactly one."""
        claims: defaultdict[int, set[int]] = defaultdict(set)
        row = t.journal_row.c
        for portion in portions(sorted(journals)):
            chosen = sa.select(row.journal, row.claim).where(row.journal.in_(portion), row.claim.is_not(None))
            for journal, claim in self.connection.execute(chosen.distinct()):
                claims[journal].add(claim)
        return {journal: next(iter(claims[journal])) if len(claims[journal]) == 1 else None for journal in journals}
