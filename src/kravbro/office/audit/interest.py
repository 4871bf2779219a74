"""What was said of interest on claims: every row is what it was written with, and each has its event on a case.

A row that was moved to another claim is found by taking that back: it is the claim with which its fingerprint fits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

import sqlalchemy as sa

from kravbro.db.bulk import portions
from kravbro.office import contents
from kravbro.office import tables as t
from kravbro.office.audit.findings import Fault, Findings
from kravbro.office.interest_rows import as_written, stored_columns
from kravbro.office.interest_terms import PAUSED, RUNS_AGAIN, TERMS_SET

KEPT: tuple[tuple[sa.Table, tuple[str, ...], str], ...] = (
    (t.interest_terms, contents.INTEREST_TERMS, "interest terms"),
    (t.interest_pause, contents.INTEREST_PAUSE, "interest pause"),
)
_CLAIM = contents.INTEREST_TERMS.index("claim")
"""The place of the claim in the rows of both tables."""


_EVENTS = (TERMS_SET, PAUSED, RUNS_AGAIN)


class _Altered(NamedTuple):
    """A row whose fingerprint does not fit; `rightful` is the claim with which it would, None if there is none."""

    number: int
    claim: Any
    rightful: int | None


def check_interest(findings: Findings) -> None:
    """Every row fits its fingerprint. One that went from one creditor to another is named by both alike."""
    unequal = _unequal_cases(findings)
    for table, columns, shown in KEPT:
        for one in _altered(findings, table, columns, unequal):
            claim = one.claim if one.rightful is None else one.rightful
            creditors = _creditors(findings, {one.claim, claim})
            if findings.names(table.name, one.number) or (creditors and findings.creditor not in creditors):
                continue
            fault = Fault.CONTENT if one.rightful is None else Fault.CLAIM
            findings.add(table.name, one.number, f"office {shown} {one.number}", fault, claim=claim)


def check_interest_events(findings: Findings) -> None:
    """Every row has its event on the case of its claim, and every such event its row."""
    if findings.some("claim", *(table.name for table, _, _ in KEPT)):
        return
    own = set(findings.connection.execute(_own_cases(findings)).scalars())
    for case in sorted(_unequal_cases(findings) & own):
        if not findings.names("case", case):
            findings.add("case", case, f"office case {case}", Fault.STATE)


def _own_cases(findings: Findings) -> sa.Select[Any]:
    return sa.select(t.case.c.id).where(t.case.c.creditor == findings.creditor)


def _creditors(findings: Findings, claims: set[Any]) -> set[int]:
    """Whose claims these are; none if they are nobody's."""
    chosen = sa.select(t.claim.c.creditor).where(t.claim.c.id.in_([one for one in claims if isinstance(one, int)]))
    return set(findings.connection.execute(chosen).scalars())


def _unequal_cases(findings: Findings) -> set[int]:
    """Cases of any creditor that have more rows about interest than events, or fewer, of some sort."""
    event, pauses = t.case_event.c, t.interest_pause.c.pauses
    rows: Counter[tuple[int, str]] = Counter()
    for table, sort in (
        (t.interest_terms, sa.literal(TERMS_SET)),
        (t.interest_pause, sa.case((pauses, PAUSED), else_=RUNS_AGAIN)),
    ):
        of_case = sa.select(t.claim.c.case, sort.label("sort")).join(table, table.c.claim == t.claim.c.id).subquery()
        counted = sa.select(of_case.c.case, of_case.c.sort, sa.func.count()).group_by(of_case.c.case, of_case.c.sort)
        rows.update({(case, name): count for case, name, count in findings.connection.execute(counted)})
    told = (
        sa.select(event.case, event.event, sa.func.count())
        .where(event.event.in_(_EVENTS))
        .group_by(event.case, event.event)
    )
    events = {(case, name): count for case, name, count in findings.connection.execute(told)}
    return {key[0] for key in rows.keys() | events.keys() if rows[key] != events.get(key, 0)}


def _altered(
    findings: Findings, table: sa.Table, columns: tuple[str, ...], unequal: Collection[int]
) -> Iterator[_Altered]:
    """Altered rows of the creditor's claims and of nobody's, and all of cases that have too many or too few."""
    claim = t.claim.c
    chosen = (
        sa.select(*stored_columns(table, columns), table.c.fingerprint, claim.case.label("its_case"))
        .outerjoin(t.claim, claim.id == table.c.claim)
        .order_by(table.c.number)
    )
    about = [sa.or_(claim.creditor == findings.creditor, claim.id.is_(None))]
    about += [claim.case.in_(portion) for portion in portions(sorted(unequal))]
    seen: set[Any] = set()
    for condition in about:
        for *stored, fingerprint, case in findings.connection.execute(chosen.where(condition)).all():
            values = as_written(table, columns, stored)
            if values[0] in seen or contents.of_row(values) == fingerprint:
                continue
            seen.add(values[0])
            candidates = _claims_of(findings, {*unequal, case} - {None})
            fitting = (one for one in candidates if _moved(values, one) == fingerprint)
            yield _Altered(values[0], values[_CLAIM], next(fitting, None))


def _claims_of(findings: Findings, cases: Collection[int]) -> list[int]:
    found: list[int] = []
    for portion in portions(sorted(cases)):
        found += findings.connection.execute(sa.select(t.claim.c.id).where(t.claim.c.case.in_(portion))).scalars()
    return found


def _moved(values: tuple[Any, ...], claim: int) -> str:
    """The fingerprint of a row if it were about another claim."""
    return contents.of_row((*values[:_CLAIM], claim, *values[_CLAIM + 1 :]))
