"""What people charged and waived: every row is what was written, and stands in the journal of its act, and no other.

Journals are examined before: one that was not named is what was written.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import sqlalchemy as sa

from kravbro.office import contents
from kravbro.office import tables as t
from kravbro.office.adjustments.acting import EVENTS
from kravbro.office.adjustments.rows import Adjustment
from kravbro.office.adjustments.tables import adjustment, creditor_costs
from kravbro.office.audit.findings import Fault, Findings, as_stored
from kravbro.office.interest_rows import as_written, stored_columns
from kravbro.office.journals import ADJUSTMENT_KINDS, OWED, Kind, number_of
from kravbro.office.ledgerless.tables import creditor_ledgerless
from kravbro.office.manual.tables import manual_act

_CLAIM = contents.ADJUSTMENT.index("claim")


def check_adjustments(findings: Findings) -> None:
    """Every adjustment of the creditor's claims, and of nobody's, fits its fingerprint and its journal."""
    own = t.claim.c
    chosen = sa.select(*stored_columns(adjustment, contents.ADJUSTMENT), adjustment.c.fingerprint)
    chosen = chosen.outerjoin(t.claim, own.id == adjustment.c.claim).order_by(adjustment.c.number)
    here = sa.or_(own.creditor == findings.creditor, own.id.is_(None), adjustment.c.act.in_(_own_acts(findings)))
    sound = []
    for *stored, mark in findings.connection.execute(chosen.where(here)).all():
        values = as_written(adjustment, contents.ADJUSTMENT, stored)
        if contents.of_row(values) != mark:
            if not findings.names("adjustment", values[0]):
                findings.add("adjustment", values[0], f"office adjustment {values[0]}", Fault.CONTENT)
        else:
            sound.append(values)
    if not findings.some("adjustment", "journal", "row", "manual_act", "claim"):
        _check_journals(findings, sound)


def check_accounts(findings: Findings) -> None:
    """No account for costs or claims without a ledger is nobody's; whose it is, `setup` compares with the history."""
    for table in (creditor_costs, creditor_ledgerless):
        own = table.c
        nobodys = sa.select(own.creditor).where(own.creditor.not_in(sa.select(t.creditor.c.number)))
        for number in findings.connection.execute(nobodys.order_by(own.creditor)).scalars():
            if not (findings.names("creditor", number) or findings.names("settings", number)):
                findings.add("settings", number, f"office creditor {number} settings", Fault.UNEXPECTED)


def check_adjustment_events(findings: Findings) -> None:
    """Every act has its event on the case of its claims, and every such event its act."""
    if findings.some("adjustment", "manual_act", "claim", "journal", "row"):
        return
    event, own = t.case_event.c, sa.select(t.case.c.id).where(t.case.c.creditor == findings.creditor)
    told = sa.select(event.case, event.note).where(event.event.in_(EVENTS.values()), event.case.in_(own))
    acts = sa.select(t.claim.c.case, adjustment.c.act).join(adjustment, adjustment.c.claim == t.claim.c.id)
    acts = acts.where(t.claim.c.creditor == findings.creditor).distinct()
    events = Counter((case, note) for case, note in findings.connection.execute(told))
    done = Counter((case, str(act)) for case, act in findings.connection.execute(acts))
    for case in sorted({case for case, note in events.keys() | done.keys() if events[case, note] != done[case, note]}):
        if not findings.names("case", case):
            findings.add("case", case, f"office case {case}", Fault.STATE)


def _own_acts(findings: Findings) -> sa.Select[Any]:
    """The acts of the creditor's journals about what was charged and waived."""
    return sa.select(manual_act.c.number).where(manual_act.c.creditor == findings.creditor)


def _check_journals(findings: Findings, sound: list[tuple[Any, ...]]) -> None:
    """What the adjustments of each act say is what its journals say, row by row."""
    journal, row = t.journal.c, t.journal_row.c
    said: defaultdict[int, Counter[tuple[Any, ...]]] = defaultdict(Counter)
    for values in sound:
        one = Adjustment(*values[2 : 2 + len(Adjustment._fields)])
        said[values[1]][one.claim, one.part, one.amount_ore, str(one.dated), bool(one.account)] += 1
    written: defaultdict[int, Counter[tuple[Any, ...]]] = defaultdict(Counter)
    rows = findings.connection.execute(
        sa.select(
            journal.kind, journal.source, row.claim, row.account, row.amount_ore,
            *as_stored(t.journal_row, "counts_from"),
        )
        .join(t.journal_row, row.journal == journal.number)
        .where(
            journal.creditor == findings.creditor,
            journal.kind.in_(ADJUSTMENT_KINDS),
            row.account.in_([account.value for account in OWED]),
        )
        .order_by(journal.number, row.row_no)
    )  # fmt: skip
    for kind, source, claim, account, amount_ore, day in rows:
        act = number_of(source)
        written[act][claim, account, amount_ore, str(day), kind == Kind.ACCRUAL] += 1
    for act in sorted(said.keys() | written.keys()):
        if said[act] != written[act]:
            thing = f"office manual act {act}"
            findings.add("manual_act", act, thing, Fault.STATE)
