"""Money in: every payment is on a case or unplaced, files hold what they say, and every taken journal is booked."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from kravbro.office import tables as t
from kravbro.office.audit.amounts import numbered_source
from kravbro.office.audit.findings import Fault, Findings
from kravbro.office.journals import Account, Kind, payment_of


def check_payments(findings: Findings) -> None:
    """A payment is what its journal's bank row says, and what was placed and what was not."""
    payment, unplaced = t.payment.c, t.unplaced.c
    journals = _bank_and_unplaced(findings)
    placed = sa.func.coalesce(unplaced.amount_ore, 0)
    wrong = findings.connection.execute(
        sa.select(
            payment.number,
            payment.file,
            payment.amount_ore,
            payment.placed_ore,
            placed.label("unplaced_ore"),
            journals.c.number.label("journal"),
            journals.c.bank_ore,
            journals.c.unplaced_ore.label("kept_ore"),
        )
        .outerjoin(t.unplaced, unplaced.payment == payment.number)
        .outerjoin(journals, journals.c.source == numbered_source("payment", payment.number))
        .where(
            payment.creditor == findings.creditor,
            sa.or_(
                journals.c.number.is_(None),
                payment.amount_ore != journals.c.bank_ore,
                payment.amount_ore != payment.placed_ore + placed,
                placed != journals.c.unplaced_ore,
            ),
        )
        .order_by(payment.number)
    ).all()
    for one in wrong:
        if not findings.names("payment", one.number):
            _name_payment(findings, one)


def _bank_and_unplaced(findings: Findings) -> sa.Subquery:
    """Per journal of a payment or reversal: its bank rows, and its unplaced rows as money (øre)."""
    journal, row = t.journal.c, t.journal_row.c

    def sum_on(account: Account) -> sa.ColumnElement[int]:
        return sa.func.sum(sa.case((row.account == account.value, row.amount_ore), else_=0))

    return (
        sa.select(
            journal.number,
            journal.source,
            sum_on(Account.BANK).label("bank_ore"),
            (-sum_on(Account.UNPLACED)).label("unplaced_ore"),
        )
        .join(t.journal_row, row.journal == journal.number)
        .where(journal.creditor == findings.creditor, journal.kind.in_((Kind.PAYMENT.value, Kind.REVERSAL.value)))
        .group_by(journal.number, journal.source)
        .subquery()
    )


def _name_payment(findings: Findings, one: Any) -> None:
    """Name the payment or its unplaced part, unless its journal has been named: two against one decide."""
    faulty_journal = findings.names("journal", one.journal) if one.journal else findings.some("journal")
    divides = one.amount_ore == one.placed_ore + one.unplaced_ore
    if faulty_journal and divides:
        return
    claim = findings.claims_in({one.journal})[one.journal] if one.journal else None
    if one.journal and one.unplaced_ore != one.kept_ore and not faulty_journal:
        fault = Fault.AMOUNT if one.unplaced_ore else Fault.MISSING
        thing = f"office unplaced payment {one.number}"
        findings.add("unplaced", one.number, thing, fault, expected=one.kept_ore, found=one.unplaced_ore)
        return
    findings.about["file"].add(one.file)
    if one.journal and one.amount_ore == one.bank_ore:
        expected_ore, found_ore = one.amount_ore, one.placed_ore + one.unplaced_ore
    else:
        expected_ore, found_ore = one.placed_ore + one.unplaced_ore, one.amount_ore
    thing = f"office payment {one.number}"
    findings.add("payment", one.number, thing, Fault.AMOUNT, expected=expected_ore, found=found_ore, claim=claim)


def check_unplaced(findings: Findings) -> None:
    """Every unplaced row has its payment, and what was placed later has its placing."""
    unplaced, payment, journal = t.unplaced.c, t.payment.c, t.journal.c
    orphans = findings.connection.execute(
        sa.select(unplaced.payment, unplaced.amount_ore)
        .outerjoin(t.payment, payment.number == unplaced.payment)
        .where(unplaced.creditor == findings.creditor, payment.number.is_(None))
    ).all()
    for number, amount_ore in orphans:
        if not findings.names("payment", number):
            thing = f"office unplaced payment {number}"
            findings.add("unplaced", number, thing, Fault.UNEXPECTED, found=amount_ore)
    placing = sa.and_(
        journal.source == numbered_source("placing", unplaced.payment), journal.number == unplaced.placed_by
    )
    loose = findings.connection.execute(
        sa.select(unplaced.payment, unplaced.placed_by)
        .outerjoin(t.journal, placing)
        .where(unplaced.creditor == findings.creditor, unplaced.placed_by.is_not(None), journal.number.is_(None))
    ).all()
    for number, placed_by in loose:
        if not (findings.names("journal", placed_by) or findings.names("unplaced", number)):
            findings.add("unplaced", number, f"office unplaced payment {number}", Fault.STATE)
    there = sa.exists().where(unplaced.placed_by == journal.number)
    here = (journal.creditor == findings.creditor, journal.kind == Kind.PLACING.value, ~there)
    for number, source in findings.connection.execute(sa.select(journal.number, journal.source).where(*here)).all():
        if findings.names("journal", number):
            continue
        of_payment = payment_of(source)
        if not (findings.names("unplaced", of_payment) or findings.names("payment", of_payment)):
            findings.add("unplaced", of_payment, f"office unplaced payment {of_payment}", Fault.STATE)


def check_files(findings: Findings) -> None:
    """Every file holds as many payments, and as much money, as it says."""
    file, payment = t.payment_file.c, t.payment.c
    count, net_ore = sa.func.count(payment.number), sa.func.coalesce(sa.func.sum(payment.amount_ore), 0)
    wrong = findings.connection.execute(
        sa.select(file.number, file.payment_count, file.net_ore, count, net_ore)
        .outerjoin(t.payment, payment.file == file.number)
        .where(file.number.in_(sa.select(payment.file).where(payment.creditor == findings.creditor)))
        .group_by(file.number, file.payment_count, file.net_ore)
        .having(sa.or_(count != file.payment_count, net_ore != file.net_ore))
        .order_by(file.number)
    ).all()
    lost_payments = any(isinstance(number, int) for number in findings.about["payment"])
    for number, payment_count, file_ore, found, found_ore in wrong:
        follows = findings.names("file", number) or (found != payment_count and lost_payments)
        follows = follows or _has_a_doubtful_payment(findings, number)
        if not (follows or findings.names("payment_file", number)):
            fault = Fault.COUNT if found != payment_count else Fault.AMOUNT
            thing = f"office payment file {number}"
            findings.add("payment_file", number, thing, fault, expected=int(found_ore), found=int(file_ore))


def _has_a_doubtful_payment(findings: Findings, file: int) -> bool:
    """Whether a payment of the file, whosever it is, contradicts its own journal: then that payment is named."""
    journal, row, payment = t.journal.c, t.journal_row.c, t.payment.c
    booked = (
        sa.exists()
        .where(row.journal == journal.number, journal.source == numbered_source("payment", payment.number))
        .where(row.account == Account.BANK.value, row.amount_ore == payment.amount_ore)
    )
    doubtful = sa.select(sa.func.count()).select_from(t.payment).where(payment.file == file, ~booked)
    return findings.connection.execute(doubtful).scalar_one() > 0


def check_taken(findings: Findings) -> None:
    """Every row of a taken journal but the bank's is in exactly one line of the approved proposal that took it."""
    journal, row, line, voucher = t.journal.c, t.journal_row.c, t.voucher_line.c, t.voucher.c
    of_row = sa.and_(
        line.journal == row.journal,
        line.row_no == row.row_no,
        line.creditor == journal.creditor,
        line.posting == journal.posting,
    )
    times = sa.func.count(line.line_no)
    unbooked = findings.connection.execute(
        sa.select(journal.number, journal.posting, row.row_no, times)
        .join(t.journal_row, row.journal == journal.number)
        .outerjoin(t.voucher_line, of_row)
        .where(
            journal.creditor == findings.creditor,
            journal.posting.is_not(None),
            row.account != Account.BANK.value,
        )
        .group_by(journal.number, journal.posting, row.row_no)
        .having(times != 1)
    ).all()
    approved = sa.and_(
        voucher.creditor == line.creditor,
        voucher.posting == line.posting,
        voucher.ordinal == line.ordinal,
        voucher.number.is_not(None),
    )
    untaken = findings.connection.execute(
        sa.select(journal.number)
        .join(t.voucher_line, line.journal == journal.number)
        .join(t.voucher, approved)
        .where(
            line.creditor == findings.creditor,
            sa.or_(journal.posting.is_(None), journal.posting != line.posting),
        )
        .distinct()
    ).scalars()
    if findings.some("voucher", "lines"):
        return
    for number in sorted({one.number for one in unbooked} | set(untaken)):
        if not findings.names("journal", number):
            claim = findings.claims_in({number})[number]
            findings.add("journal", number, f"office journal {number}", Fault.STATE, claim=claim)
