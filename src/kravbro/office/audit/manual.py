"""Manual work: every act, choice and refund is what was written, and what follows from it is there.

What an act did to cases is a journal, which `journals` examines; here is what only these tables tell.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from kravbro.core.vouchers import Fate
from kravbro.office import contents
from kravbro.office import tables as t
from kravbro.office.audit.findings import Fault, Findings, as_stored
from kravbro.office.manual.acts import ActKind
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


def check_redeliveries(findings: Findings) -> None:
    """Every new delivery has its act, replaces one voucher once, and the ledger has not booked both."""
    if findings.some("voucher", "manual_act"):
        return
    voucher, act = t.voucher.c, manual_act.c
    asked_for = sa.and_(act.about == voucher.replaces, act.kind == ActKind.REDELIVER.value)
    old = t.voucher.alias("old")
    twin = t.voucher.alias("twin")
    twice = sa.exists().where(
        twin.c.creditor == voucher.creditor, twin.c.replaces == voucher.replaces, twin.c.number < voucher.number
    )
    rows = findings.connection.execute(
        sa.select(voucher.number, act.number.label("act"), old.c.key, twice.label("twice"))
        .outerjoin(manual_act, asked_for)
        .outerjoin(old, sa.and_(old.c.key == voucher.replaces, old.c.creditor == voucher.creditor))
        .where(voucher.creditor == findings.creditor, voucher.replaces.is_not(None))
        .order_by(voucher.number)
    ).all()
    for row in rows:
        if row.act is None or row.key is None or row.twice:
            findings.add("voucher", row.number, f"office voucher {findings.creditor}-{row.number}", Fault.CONTENT)
    later = t.voucher.alias("later")
    undone = sa.select(act.number).outerjoin(later, later.c.replaces == act.about)
    undone = undone.where(act.creditor == findings.creditor, act.kind == ActKind.REDELIVER.value)
    for number in findings.connection.execute(undone.where(later.c.number.is_(None)).order_by(act.number)).scalars():
        findings.add("manual_act", number, f"office manual act {number}", Fault.STATE)
    _name_booked_twice(findings)


def _name_booked_twice(findings: Findings) -> None:
    """A voucher that the ledger booked after all, though it was delivered again and that is booked or on its way."""
    voucher, later = t.voucher.c, t.voucher.alias("later")
    living = later.c.state.not_in((Fate.REJECTED.value, Fate.DELETED.value))
    rows = findings.connection.execute(
        sa.select(voucher.number, voucher.key)
        .join(later, sa.and_(later.c.replaces == voucher.key, later.c.creditor == voucher.creditor))
        .where(voucher.creditor == findings.creditor, voucher.state == Fate.POSTED.value, living)
        .order_by(voucher.number)
    ).all()
    for number, key in rows:
        thing = f"office voucher {findings.creditor}-{number} booked and delivered again"
        findings.add("voucher", key, thing, Fault.UNEXPECTED)
