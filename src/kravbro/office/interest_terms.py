"""Say what makes interest on claims differ from the rule: no interest, an agreed rate, pauses, and that it runs again.

Each command is about all claims of a case, or those on one invoice. It adds one row for each claim that it changes
something for, and an event on the case beside it; nothing that was said before is changed or taken away.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import groupby
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.errors import DataFault
from kravbro.core.interest import percent_text
from kravbro.core.interest_pauses import PauseRow, pauses_of
from kravbro.core.parties import PartyKind
from kravbro.db.bulk import insert_rows
from kravbro.db.counters import take
from kravbro.office import contents
from kravbro.office import tables as t
from kravbro.office.caseload import CASE_EVENT_COLUMNS
from kravbro.office.interest_rows import NOTHING_SAID, Kept, kept_interest

TERMS_SET, PAUSED, RUNS_AGAIN = "interest_terms", "interest_pause", "interest_resume"
"""Events of a case: one for each row, with the invoice as its note."""
LONGEST_REASON = 200
_RATE = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{1,6})?", re.ASCII)


class ClaimTerms(msgspec.Struct, frozen=True):
    """Whether a claim bears interest, and the agreed rate (percent a year, exact text); empty: the law's rate."""

    bears_interest: bool = True
    agreed_percent: str = ""


BY_LAW = ClaimTerms()
INTEREST_FREE = ClaimTerms(bears_interest=False)


def agreed_rate(text: str) -> ClaimTerms:
    """Terms with a rate that two businesses agreed on, such as 12.25 or 12,25.

    Raises DataFault `office.interest_rate` for anything but a decimal that is not below zero.
    """
    if not _RATE.fullmatch(text.strip()):
        raise DataFault("office.interest_rate", percent=text)
    return ClaimTerms(agreed_percent=percent_text(Fraction(text.strip().replace(",", "."))))


def set_terms(
    connection: sa.Connection,
    case_number: str,
    terms: ClaimTerms,
    act: Act,
    *,
    because: str,
    invoice_no: str | None = None,
) -> list[int]:
    """Say which terms hold for claims, on all their days; answers the claims for which that is new.

    Raises DataFault, and keeps nothing: `office.no_such_case`, `office.no_such_invoice`,
    `office.interest_reason_missing`, `office.interest_reason_too_long`, `interest.agreed_for_consumer` (the debtor is
    a person: forsinkelsesrenteloven § 4) and `office.interest_terms_hold` (they hold for every claim already).
    """
    because = _reason(because, case_number)
    case = _case(connection, case_number, invoice_no)
    if terms.agreed_percent and case.debtor_kind == PartyKind.PERSON:
        raise DataFault("interest.agreed_for_consumer", percent=terms.agreed_percent)
    kept = kept_interest(connection, case.invoices)
    touched = [claim for claim in case.invoices if _holds(kept.get(claim, NOTHING_SAID)) != terms]
    if not touched:
        raise DataFault("office.interest_terms_hold", case=case_number)
    said = (terms.bears_interest, terms.agreed_percent, because, act.on)
    _add(connection, t.interest_terms, contents.INTEREST_TERMS, touched, said, act)
    _write_events(connection, case, touched, TERMS_SET, act)
    return touched


def pause(
    connection: sa.Connection,
    case_number: str,
    act: Act,
    *,
    first: date,
    last: date | None = None,
    because: str,
    invoice_no: str | None = None,
) -> list[int]:
    """Say that interest pauses on some days, both included (None: until further notice); answers the claims changed.

    Raises DataFault, and keeps nothing: `office.no_such_case`, `office.no_such_invoice`,
    `office.interest_reason_missing`, `office.interest_reason_too_long`, `office.interest_days` (they end before they
    begin) and `office.interest_paused_already` (on all these days, for every claim).
    """
    days = _Days(first, last)
    touched = _say(connection, case_number, days, act, pauses=True, because=because, invoice_no=invoice_no)
    if not touched:
        raise DataFault("office.interest_paused_already", case=case_number, days=str(days))
    return touched


def resume(
    connection: sa.Connection,
    case_number: str,
    act: Act,
    *,
    first: date,
    last: date | None = None,
    because: str,
    invoice_no: str | None = None,
) -> list[int]:
    """Say that interest runs on some days, whatever pause was said of them before; answers the claims changed.

    Raises DataFault, and keeps nothing, as `pause` does; `office.interest_runs_already` if no claim is paused then.
    """
    days = _Days(first, last)
    touched = _say(connection, case_number, days, act, pauses=False, because=because, invoice_no=invoice_no)
    if not touched:
        raise DataFault("office.interest_runs_already", case=case_number, days=str(days))
    return touched


def pause_adopted(connection: sa.Connection, pauses: Sequence[tuple[int, date, date, str]], act: Act) -> None:
    """Pause interest on claims of older cases: claim, first and last day, and why.

    Whoever adopts them writes the event of each on its case.
    """
    for (first, last, because), group in groupby(sorted(pauses, key=lambda one: one[1:]), key=lambda one: one[1:]):
        claims = [claim for claim, *_ in group]
        _add(connection, t.interest_pause, contents.INTEREST_PAUSE, claims, (first, last, True, because, act.on), act)


class _Days(NamedTuple):
    first: date
    last: date | None

    def __str__(self) -> str:
        return f"{self.first} – {self.last or ''}".strip()


class _Case(NamedTuple):
    """A case, and the invoices of those of its claims that are meant."""

    id: int
    state: str
    debtor_kind: str
    invoices: Mapping[int, str]


def _say(
    connection: sa.Connection,
    case_number: str,
    days: _Days,
    act: Act,
    *,
    pauses: bool,
    because: str,
    invoice_no: str | None,
) -> list[int]:
    """Add a row to each claim whose pauses it changes."""
    because = _reason(because, case_number)
    if days.last is not None and days.last < days.first:
        raise DataFault("office.interest_days", first=days.first.isoformat(), last=days.last.isoformat())
    case = _case(connection, case_number, invoice_no)
    kept = kept_interest(connection, case.invoices)
    touched = [claim for claim in case.invoices if _changes(kept.get(claim, NOTHING_SAID), days, pauses=pauses)]
    if touched:
        said = (days.first, days.last, pauses, because, act.on)
        _add(connection, t.interest_pause, contents.INTEREST_PAUSE, touched, said, act)
        _write_events(connection, case, touched, PAUSED if pauses else RUNS_AGAIN, act)
    return touched


def _changes(kept: Kept, days: _Days, *, pauses: bool) -> bool:
    """Whether a new row over these days would change the days without interest."""
    rows = [PauseRow(one.number, one.first_day, one.last_day, one.pauses) for one in kept.paused]
    highest = max((one.number for one in rows), default=0)
    return pauses_of([*rows, PauseRow(highest + 1, days.first, days.last, pauses)]) != kept.pauses


def _holds(kept: Kept) -> ClaimTerms:
    return ClaimTerms(kept.bears_interest, kept.agreed_percent)


def _reason(because: str, case_number: str) -> str:
    because = because.strip()
    if not because:
        raise DataFault("office.interest_reason_missing", case=case_number)
    if len(because) > LONGEST_REASON:
        raise DataFault("office.interest_reason_too_long", case=case_number, longest=LONGEST_REASON)
    return because


def _case(connection: sa.Connection, number: str, invoice_no: str | None) -> _Case:
    """The case with its claims, or with those on one invoice."""
    found = connection.execute(
        sa.select(t.case.c.id, t.case.c.state, t.debtor.c.kind)
        .join(t.debtor, t.debtor.c.id == t.case.c.debtor)
        .where(t.case.c.number == number)
    ).one_or_none()
    if found is None:
        raise DataFault("office.no_such_case", case=number)
    claim = t.claim.c
    chosen = sa.select(claim.id, claim.invoice_no).where(claim.case == found.id).order_by(claim.id)
    if invoice_no is not None:
        chosen = chosen.where(claim.invoice_no == invoice_no)
    invoices = {row.id: row.invoice_no for row in connection.execute(chosen)}
    if not invoices:
        raise DataFault("office.no_such_invoice", invoice=invoice_no or "", case=number)
    return _Case(found.id, found.state, found.kind, invoices)


def _add(  # noqa: PLR0917 - what is written, where, and by whom
    connection: sa.Connection,
    table: sa.Table,
    columns: Sequence[str],
    claims: Sequence[int],
    said: tuple[Any, ...],
    act: Act,
) -> None:
    """Add what was `said` to each claim, under a number of its own."""
    first = take(connection, t.counter, table.name, len(claims))
    contents_of = [(number, claim, *said, act.actor) for number, claim in enumerate(claims, first)]
    rows = [(*values[:-1], contents.of_row(values)) for values in contents_of]
    insert_rows(connection, table, (*columns[:-1], "fingerprint"), rows, act)


def _write_events(connection: sa.Connection, case: _Case, claims: Sequence[int], event: str, act: Act) -> None:
    """One event on the case for each row; its state stays as it is."""
    there = connection.execute(sa.select(sa.func.count()).where(t.case_event.c.case == case.id)).scalar_one()
    rows = [
        (case.id, number, act.on, event, case.state, case.state, case.invoices[claim])
        for number, claim in enumerate(claims, there + 1)
    ]
    insert_rows(connection, t.case_event, CASE_EVENT_COLUMNS, rows, act)
