"""Manual work: every act, choice and refund is what was written, and what follows from it is there.

What an act did to cases is a journal, which `journals` examines; here is what only these tables tell.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from kravbro.office import contents
from kravbro.office import tables as t
from kravbro.office.audit.findings import Fault, Findings, as_stored
from kravbro.office.manual.choices import Field
from kravbro.office.manual.tables import manual_act, posting_choice, refund, refund_file

KEPT: tuple[tuple[sa.Table, tuple[str, ...], str], ...] = (
    (manual_act, contents.MANUAL_ACT, "manual act"),
    (posting_choice, contents.POSTING_CHOICE, "posting choice"),
    (refund_file, contents.REFUND_FILE, "refund file"),
    (refund, contents.REFUND, "refund"),
)


def check_contents(findings: Findings) -> None:
    """Every row fits its fingerprint. One whose creditor was changed is named by whoever looks."""
    for table, columns, shown in KEPT:
        chosen = sa.select(*as_stored(table, *columns), table.c.fingerprint).order_by(table.c.number)
        altered = []
        for row in findings.connection.execute(chosen, execution_options={"yield_per": 10_000}):
            *values, mark = row
            if contents.of_row(values) != mark:
                altered.append(values[0])
        for number in altered:
            if not findings.names(table.name, number):
                findings.add(table.name, number, f"office {shown} {number}", Fault.CONTENT)


def check_exclusions(findings: Findings) -> None:
    """What is left out of posting proposals is what was chosen last, with the same reason."""
    if findings.some("posting_choice", "journal"):
        return
    for journal in _unlike_exclusions(findings):
        findings.add("journal", journal, f"office journal {journal} exclusion", Fault.STATE)


def _unlike_exclusions(findings: Findings) -> list[int]:
    choice, excluded, connection = posting_choice.c, t.posting_exclusion.c, findings.connection
    own = (choice.creditor == findings.creditor, choice.field == Field.BOOKED.value)
    told: dict[int, tuple[str, str] | None] = {}
    columns = (choice.journal, choice.value, choice.because, choice.actor)
    for journal, value, because, actor in connection.execute(sa.select(*columns).where(*own).order_by(choice.number)):
        told[journal] = None if value is None else (because, actor)
    of_creditor = sa.select(excluded.journal, excluded.because, excluded.actor).outerjoin(
        t.journal, t.journal.c.number == excluded.journal
    )
    mine = sa.or_(t.journal.c.creditor == findings.creditor, t.journal.c.number.is_(None))
    stands = {row.journal: (row.because, row.actor) for row in connection.execute(of_creditor.where(mine))}
    return sorted(journal for journal in told.keys() | stands.keys() if told.get(journal) != stands.get(journal))


def check_refunds(findings: Findings) -> None:
    """Every refund is in a file that says so, and every file holds as many refunds, and as much money, as it says."""
    if findings.some("refund", "refund_file"):
        return
    count, sum_ore = sa.func.count(refund.c.number), sa.func.coalesce(sa.func.sum(refund.c.amount_ore), 0)
    file = refund_file.c
    wrong = findings.connection.execute(
        sa.select(file.number, file.sum_ore, sum_ore)
        .outerjoin(refund, refund.c.file == file.number)
        .where(file.creditor == findings.creditor)
        .group_by(file.number, file.refund_count, file.sum_ore)
        .having(sa.or_(count != file.refund_count, sum_ore != file.sum_ore))
        .order_by(file.number)
    ).all()
    for number, stated_ore, found_ore in wrong:
        thing = f"office refund file {number}"
        findings.add("refund_file", number, thing, Fault.COUNT, expected=stated_ore, found=int(found_ore))
    for number in _unlike_acts(findings):
        findings.add("refund", number, f"office refund {number}", Fault.STATE)


def _unlike_acts(findings: Findings) -> list[Any]:
    """Refunds that say that they were cancelled by an act that is no such thing, or that went out all the same."""
    act = manual_act.c
    cancels = sa.and_(act.number == refund.c.cancelled_by, act.amount_ore == -refund.c.amount_ore)
    rows = findings.connection.execute(
        sa.select(refund.c.number)
        .outerjoin(manual_act, cancels)
        .where(
            refund.c.creditor == findings.creditor,
            refund.c.cancelled_by.is_not(None),
            sa.or_(act.number.is_(None), refund.c.file.is_not(None)),
        )
        .order_by(refund.c.number)
    )
    other = refund.alias("other")
    cancelled = sa.exists().where(other.c.cancelled_by == act.number)
    undone = findings.connection.execute(
        sa.select(refund.c.number)
        .join(manual_act, act.about == sa.literal("refund ") + sa.cast(refund.c.number, sa.String(20)))
        .where(refund.c.creditor == findings.creditor, ~cancelled)
        .order_by(refund.c.number)
    )
    return sorted({*rows.scalars(), *undone.scalars()})
