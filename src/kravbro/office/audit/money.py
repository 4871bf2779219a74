"""Money in: every payment is on a case or unplaced, files hold what they say, and every taken journal is booked."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from kravbro.db.bulk import portions
from kravbro.office import contents
from kravbro.office import tables as t
from kravbro.office.audit.findings import Fault, Findings, as_stored
from kravbro.office.audit.witnesses import ends_with_payment, numbered_source
from kravbro.office.creditors import creditor_numbers
from kravbro.office.journals import HANDOVER, RECEIVED_KINDS, Account, Kind, payment_of, payment_source
from kravbro.office.streams import is_replaced

AMOUNT, PLACED, CREDITOR, FILE = (
    contents.PAYMENT.index(name) for name in ("amount_ore", "placed_ore", "creditor", "file")
)


def check_payment_contents(findings: Findings) -> None:
    """Every payment is what came in; what was changed is told in øre if it was an amount."""
    payment = t.payment.c
    accounts = sa.select(t.payment_agreement.c.account_number).where(t.payment_agreement.c.holder == findings.creditor)
    came = t.journal.c.source == numbered_source("payment", payment.number)
    by_hand = sa.exists().where(came, t.journal.c.creditor == findings.creditor, payment.account_number.is_(None))
    own = sa.or_(payment.creditor == findings.creditor, payment.account_number.in_(accounts), by_hand)
    chosen = sa.select(*as_stored(t.payment, *contents.PAYMENT), payment.fingerprint).where(own)
    rows = findings.connection.execute(chosen.order_by(payment.number), execution_options={"yield_per": 10_000})
    altered = [tuple(row) for row in rows if contents.of_row(tuple(row)[:-1]) != row[-1]]
    altered = [row for row in altered if not findings.names("payment", row[0])]
    if not altered:
        return
    journals = _journals_of(findings, [row[0] for row in altered])
    creditors = creditor_numbers(findings.connection)
    for *values, mark in altered:
        number, (journal, bank_ore, unplaced_ore) = values[0], journals.get(values[0], (None, None, None))
        guesses: list[tuple[Fault, int, Any]] = []
        if bank_ore is not None and unplaced_ore is not None:
            guesses += [(Fault.AMOUNT, AMOUNT, bank_ore), (Fault.AMOUNT, PLACED, bank_ore - unplaced_ore)]
        guesses += [(Fault.CREDITOR, CREDITOR, creditor) for creditor in creditors]
        written = ((*guess, [*values[: guess[1]], guess[2], *values[guess[1] + 1 :]]) for guess in guesses)
        fault, place, was = next((one[:3] for one in written if contents.of_row(one[3]) == mark), (Fault.CONTENT, 0, 0))
        expected, found = (was, values[place]) if fault is Fault.AMOUNT else (0, 0)
        claim = findings.claims_in({journal})[journal] if journal else None
        findings.about["file"].add(values[FILE])
        thing = f"office payment {number}"
        findings.add("payment", number, thing, fault, expected=expected, found=found, claim=claim)


def _journals_of(findings: Findings, payments: list[int]) -> dict[int, tuple[int, int, int]]:
    """Of each payment: its journal, and what stands there on `bank` and as unplaced money (øre)."""
    found: dict[int, tuple[int, int, int]] = {}
    for portion in portions(payments):
        journals = _bank_and_unplaced(t.journal.c.source.in_([payment_source(number) for number in portion]))
        for journal, source, bank_ore, unplaced_ore in findings.connection.execute(sa.select(journals)):
            if not findings.names("journal", journal):
                found[payment_of(source)] = (journal, int(bank_ore), int(unplaced_ore))
    return found


def check_reversals(findings: Findings) -> None:
    """A reversal takes back a payment on the same account with the same KID and the opposite amount."""
    payment, original = t.payment.c, t.payment.alias("original")
    wrong = findings.connection.execute(
        sa.select(payment.number, payment.reverses)
        .outerjoin(original, original.c.number == payment.reverses)
        .where(
            payment.creditor == findings.creditor,
            payment.reverses.is_not(None),
            sa.or_(
                original.c.number.is_(None),
                original.c.account_number != payment.account_number,
                original.c.kid != payment.kid,
                original.c.amount_ore != -payment.amount_ore,
            ),
        )
        .order_by(payment.number)
    ).all()
    for number, reverses in wrong:
        if not (findings.names("payment", number) or findings.names("payment", reverses)):
            findings.add("payment", number, f"office payment {number}", Fault.CONTENT)


def check_payments(findings: Findings) -> None:
    """A payment is what its journal's bank row says, and what was placed and what was not."""
    payment, unplaced = t.payment.c, t.unplaced.c
    journals = _bank_and_unplaced(t.journal.c.creditor == findings.creditor)
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
        if not (findings.names("payment", one.number) or findings.names("unplaced", one.number)):
            _name_payment(findings, one)


def _bank_and_unplaced(*where: sa.ColumnElement[bool]) -> sa.Subquery:
    """Per journal of a payment or reversal: its bank rows, and its unplaced rows as money (øre)."""
    journal, row = t.journal.c, t.journal_row.c

    def sum_on(*accounts: Account) -> sa.ColumnElement[int]:
        return sa.func.sum(sa.case((row.account.in_([one.value for one in accounts]), row.amount_ore), else_=0))

    return (
        sa.select(
            journal.number,
            journal.source,
            sum_on(Account.BANK, Account.OUTSIDE).label("bank_ore"),
            (-sum_on(Account.UNPLACED)).label("unplaced_ore"),
        )
        .join(t.journal_row, row.journal == journal.number)
        .where(*where, journal.kind.in_(RECEIVED_KINDS))
        .group_by(journal.number, journal.source)
        .subquery()
    )


def _name_payment(findings: Findings, one: Any) -> None:
    """The payment is what came in (or it has been named): its unplaced part is wrong, or its journal is."""
    if findings.names("journal", one.journal) if one.journal else findings.some("journal"):
        return
    if one.journal and one.unplaced_ore != one.kept_ore:
        fault = Fault.AMOUNT if one.unplaced_ore else Fault.MISSING
        thing = f"office unplaced payment {one.number}"
        findings.add("unplaced", one.number, thing, fault, expected=one.kept_ore, found=one.unplaced_ore)
        return
    claim = findings.claims_in({one.journal})[one.journal] if one.journal else None
    findings.about["file"].add(one.file)
    expected_ore, found_ore = one.bank_ore or 0, one.amount_ore
    if found_ore == expected_ore:
        found_ore = one.placed_ore + one.unplaced_ore
    thing = f"office payment {one.number}"
    findings.add("payment", one.number, thing, Fault.AMOUNT, expected=expected_ore, found=found_ore, claim=claim)


def check_unplaced(findings: Findings) -> None:
    """Every unplaced row is its payment's, says why as the journal does, and what was placed later has its placing."""
    _check_unplaced_contents(findings)
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
    placed = journal.source == numbered_source("placing", unplaced.payment)
    paid_back = sa.and_(journal.kind == Kind.REFUND.value, journal.source.like(ends_with_payment(unplaced.payment)))
    placing = sa.and_(journal.number == unplaced.placed_by, sa.or_(placed, paid_back))
    loose = findings.connection.execute(
        sa.select(unplaced.payment, unplaced.placed_by)
        .outerjoin(t.journal, placing)
        .where(unplaced.creditor == findings.creditor, unplaced.placed_by.is_not(None), journal.number.is_(None))
    ).all()
    for number, placed_by in loose:
        if not (findings.names("journal", placed_by) or findings.names("unplaced", number)):
            findings.add("unplaced", number, f"office unplaced payment {number}", Fault.STATE)
    there = sa.exists().where(unplaced.placed_by == journal.number)
    own = sa.and_(journal.creditor == findings.creditor, journal.source.not_like(f"{HANDOVER}%"))
    here = (own, journal.kind == Kind.PLACING.value, ~there)
    for number, source in findings.connection.execute(sa.select(journal.number, journal.source).where(*here)).all():
        if findings.names("journal", number):
            continue
        of_payment = payment_of(source)
        if not (findings.names("unplaced", of_payment) or findings.names("payment", of_payment)):
            findings.add("unplaced", of_payment, f"office unplaced payment {of_payment}", Fault.STATE)


def _check_unplaced_contents(findings: Findings) -> None:
    """Whose the money is, and why it is on no case: the payment and its journal tell both."""
    unplaced, payment, journal, row = t.unplaced.c, t.payment.c, t.journal.c, t.journal_row.c
    wrong = findings.connection.execute(
        sa.select(unplaced.payment, unplaced.creditor, payment.creditor.label("rightful"), journal.number)
        .join(t.payment, payment.number == unplaced.payment)
        .join(t.journal, journal.source == numbered_source("payment", unplaced.payment))
        .join(t.journal_row, sa.and_(row.journal == journal.number, row.account == Account.UNPLACED.value))
        .where(
            payment.creditor == findings.creditor,
            sa.or_(unplaced.creditor != payment.creditor, unplaced.because != row.reason),
        )
        .order_by(unplaced.payment)
    ).all()
    for one in wrong:
        follows = findings.names("journal", one.number) or findings.names("payment", one.payment)
        if not (follows or findings.names("unplaced", one.payment)):
            fault = Fault.CONTENT if one.creditor == one.rightful else Fault.CREDITOR
            findings.add("unplaced", one.payment, f"office unplaced payment {one.payment}", fault)


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
            findings.add("payment_file", number, thing, fault, expected=found_ore, found=file_ore)


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
            row.account.not_in((Account.BANK.value, Account.MOVED.value)),
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
            ~is_replaced(),
        )
        .distinct()
    ).scalars()
    if findings.some("voucher", "lines"):
        return
    for number in sorted({one.number for one in unbooked} | set(untaken)):
        if not findings.names("journal", number):
            claim = findings.claims_in({number})[number]
            findings.add("journal", number, f"office journal {number}", Fault.STATE, claim=claim)
