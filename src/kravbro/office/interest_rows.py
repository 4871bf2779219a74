"""What was said of interest on claims, row by row, and the terms that follow from it.

Rows are only ever added. Of rows of terms the one with the highest number counts; rows of pauses are folded day by day
(`kravbro.core.interest_pauses`). A row that was changed past the program is used by nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from kravbro.core.errors import DataFault
from kravbro.core.interest import Pause, Terms
from kravbro.core.interest_pauses import PauseRow, pauses_of
from kravbro.core.parties import PartyKind
from kravbro.core.statute.rows import Scope
from kravbro.db.bulk import among
from kravbro.db.columns import with_plain_day
from kravbro.office import contents
from kravbro.office import tables as t

_TRUTH: Mapping[Any, bool] = {0: False, 1: True}


class TermsRow(msgspec.Struct, frozen=True):
    """What was said of interest on a claim: whether it bears any, and the percent a year that was agreed (exact text).

    An empty `agreed_percent` means late-payment interest by law.
    """

    number: int
    claim: int
    bears_interest: bool
    agreed_percent: str
    because: str
    set_on: date
    set_by: str


class PausedRow(msgspec.Struct, frozen=True):
    """What was said of days of a claim, both included: that interest pauses on them, or (`pauses` is False) runs.

    `last_day` is None where it was said until further notice.
    """

    number: int
    claim: int
    first_day: date
    last_day: date | None
    pauses: bool
    because: str
    set_on: date
    set_by: str


class Kept(msgspec.Struct, frozen=True):
    """Everything that was said of interest on one claim, in order of number, and what follows from it."""

    terms: tuple[TermsRow, ...] = ()
    paused: tuple[PausedRow, ...] = ()

    @property
    def bears_interest(self) -> bool:
        """Whether the claim bears interest."""
        return self.terms[-1].bears_interest if self.terms else True

    @property
    def agreed_percent(self) -> str:
        """The agreed rate, percent a year; empty where the law's counts."""
        return self.terms[-1].agreed_percent if self.terms else ""

    @property
    def pauses(self) -> tuple[Pause, ...]:
        """The days without interest, in order."""
        return pauses_of([PauseRow(one.number, one.first_day, one.last_day, one.pauses) for one in self.paused])


NOTHING_SAID = Kept()
"""A claim of which nothing was said: interest by law, and no pause."""


def claims_with_rows(connection: sa.Connection) -> set[int]:
    """Every claim of which something was said."""
    either = sa.union(sa.select(t.interest_terms.c.claim), sa.select(t.interest_pause.c.claim))
    return set(connection.execute(either).scalars())


def kept_interest(connection: sa.Connection, claims: Collection[int]) -> dict[int, Kept]:
    """What was said of these claims; of a claim that is not in the answer, nothing was.

    Raises DataFault `office.interest_altered` if a row was changed past the program: no money is worked out by it.
    """
    wanted = set(claims)
    terms: defaultdict[int, list[TermsRow]] = defaultdict(list)
    paused: defaultdict[int, list[PausedRow]] = defaultdict(list)
    for number, claim, bears, percent, because, set_on, actor in _unaltered(
        connection, t.interest_terms, contents.INTEREST_TERMS, wanted
    ):
        row = TermsRow(number, claim, bears, percent, because, _day(set_on), actor)
        terms[claim].append(row)
    for number, claim, first, last, pauses, because, set_on, actor in _unaltered(
        connection, t.interest_pause, contents.INTEREST_PAUSE, wanted
    ):
        last_day = None if last is None else _day(last)
        said = PausedRow(number, claim, _day(first), last_day, pauses, because, _day(set_on), actor)
        paused[claim].append(said)
    return {claim: Kept(tuple(terms[claim]), tuple(paused[claim])) for claim in sorted({*terms, *paused})}


def terms_of_claims(connection: sa.Connection, claims: Collection[int]) -> dict[int, Terms]:
    """The terms of each claim, as the rule of interest takes them.

    Raises DataFault `office.interest_altered`, and `office.interest_consumer_now` where a rate was agreed with a
    debtor who, as the ledger tells now, is a person.
    """
    kept = kept_interest(connection, claims)
    return {one.claim: _terms(one, kept.get(one.claim, NOTHING_SAID)) for one in _owed_by(connection, claims)}


class _Owed(NamedTuple):
    """A claim, where it is found, and what kind of debtor owes it."""

    claim: int
    invoice_no: str
    case_number: str
    debtor_kind: str


def _owed_by(connection: sa.Connection, claims: Collection[int]) -> Iterator[_Owed]:
    for these in among(t.claim.c.id, claims):
        chosen = (
            sa.select(t.claim.c.id, t.claim.c.invoice_no, t.case.c.number, t.debtor.c.kind)
            .join(t.case, t.case.c.id == t.claim.c.case)
            .join(t.debtor, t.debtor.c.id == t.case.c.debtor)
        )
        yield from (_Owed(*row) for row in connection.execute(chosen.where(these)))


def _terms(owed: _Owed, kept: Kept) -> Terms:
    scope = Scope.CONSUMER if owed.debtor_kind == PartyKind.PERSON else Scope.BUSINESS
    percent = kept.agreed_percent
    if percent and scope is Scope.CONSUMER:
        facts = {"case": owed.case_number, "invoice": owed.invoice_no, "percent": percent}
        raise DataFault("office.interest_consumer_now", **facts)
    return Terms(scope, Fraction(percent) if percent else None, kept.bears_interest, kept.pauses)


def stored_columns(table: sa.Table, columns: Sequence[str]) -> list[sa.ColumnElement[Any]]:
    """Columns as the database holds them: what was put there past the program stops nobody before it is found."""
    return [
        sa.type_coerce(column, sa.Integer).label(column.name)
        if isinstance(column.type, sa.Boolean)
        else with_plain_day(column)
        for column in (table.c[name] for name in columns)
    ]


def as_written(table: sa.Table, columns: Sequence[str], values: Sequence[Any]) -> tuple[Any, ...]:
    """Stored values as their fingerprint was made of them: SQLite keeps a truth as 0 or 1."""
    return tuple(
        _TRUTH.get(value, value) if isinstance(table.c[name].type, sa.Boolean) else value
        for name, value in zip(columns, values, strict=True)
    )


def _unaltered(
    connection: sa.Connection, table: sa.Table, columns: Sequence[str], claims: Collection[int]
) -> Iterator[tuple[Any, ...]]:
    for these in among(table.c.claim, claims):
        chosen = sa.select(*stored_columns(table, columns), table.c.fingerprint).where(these).order_by(table.c.number)
        for *stored, fingerprint in connection.execute(chosen).all():
            values = as_written(table, columns, stored)
            if values[columns.index("claim")] not in claims:
                continue
            if contents.of_row(values) != fingerprint:
                raise DataFault("office.interest_altered", table=table.name, number=values[0])
            yield values


def _day(stored: Any) -> date:
    """A day as SQLite has it, in text, or as another database does."""
    return stored if isinstance(stored, date) else date.fromisoformat(stored)
