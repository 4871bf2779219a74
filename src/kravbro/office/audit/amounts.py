"""One øre changed somewhere: every amount against the other places where it stands.

A journal that does not balance has a wrong row, and the row's other witnesses tell which. If the journal balances, the
witness that disagrees with it is wrong itself.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any, NamedTuple

import sqlalchemy as sa

from kravbro.core.claims import TransactionKind
from kravbro.db.bulk import portions
from kravbro.office import tables as t
from kravbro.office.audit.findings import Fault, Findings
from kravbro.office.audit.numbers import voucher_name
from kravbro.office.journals import Account, Kind


class Witness(NamedTuple):
    """What something else says that a row's amount should be (øre)."""

    journal: int
    row_no: int
    amount_ore: int


def numbered_source(kind: str, number: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    """The `source` of a journal, put together in the database."""
    return sa.literal(f"{kind} ") + sa.cast(number, sa.String(20))


def check_balances(findings: Findings) -> None:
    """Every journal sums to zero; where one does not, name the row if its witnesses tell it."""
    journal, row = t.journal.c, t.journal_row.c
    sums = findings.connection.execute(
        sa.select(journal.number, sa.func.sum(row.amount_ore))
        .join(t.journal_row, row.journal == journal.number)
        .where(journal.creditor == findings.creditor)
        .group_by(journal.number)
        .having(sa.func.sum(row.amount_ore) != 0)
        .order_by(journal.number)
    ).all()
    unbalanced = {number: int(sum_ore) for number, sum_ore in sums if not findings.names("journal", number)}
    if not unbalanced:
        return
    testimony: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
    for witness in _witnesses(findings, list(unbalanced)):
        testimony[witness.journal, witness.row_no].add(witness.amount_ore)
    rows: defaultdict[int, list[Any]] = defaultdict(list)
    for portion in portions(list(unbalanced)):
        chosen = sa.select(row.journal, row.row_no, row.amount_ore, row.claim).where(row.journal.in_(portion))
        for one in findings.connection.execute(chosen.order_by(row.journal, row.row_no)):
            rows[one.journal].append(one)
    for number, sum_ore in unbalanced.items():
        _name_unbalanced(findings, number, sum_ore, rows[number], testimony)


def _name_unbalanced(
    findings: Findings,
    number: int,
    sum_ore: int,
    rows: list[Any],
    testimony: defaultdict[tuple[int, int], set[int]],
) -> None:
    contradicted, unknown = [], []
    for row in rows:
        said = testimony.get((number, row.row_no))
        if said is None:
            unknown.append(row)
        elif row.amount_ore not in said:
            contradicted.append(row)
    suspects = contradicted or unknown
    if len(suspects) == 1:
        row = suspects[0]
        thing = f"office journal {number} row {row.row_no}"
        claim = row.claim or findings.claims_in({number})[number]
        expected_ore = row.amount_ore - sum_ore
        findings.add("journal", number, thing, Fault.AMOUNT, expected=expected_ore, found=row.amount_ore, claim=claim)
    else:
        claim = findings.claims_in({number})[number]
        findings.add("journal", number, f"office journal {number}", Fault.UNBALANCED, found=sum_ore, claim=claim)


def _witnesses(findings: Findings, journals: list[int]) -> list[Witness]:
    """Everything that says what the rows of these journals should be."""
    witnesses: list[Witness] = []
    for portion in portions(journals):
        for select in (_lines_say, _payments_say, _unplaced_say, _placings_say, _claims_say, _transactions_say):
            witnesses += [Witness(*one) for one in findings.connection.execute(select(portion))]
    return witnesses


def _rows_of(journals: list[int]) -> sa.Select[Any]:
    row = t.journal_row.c
    return (
        sa.select(row.journal, row.row_no)
        .join(t.journal, t.journal.c.number == row.journal)
        .where(row.journal.in_(journals))
    )


def _lines_say(journals: list[int]) -> sa.Select[Any]:
    line = t.voucher_line.c
    return sa.select(line.journal, line.row_no, line.amount_ore).where(line.journal.in_(journals))


def _payments_say(journals: list[int]) -> sa.Select[Any]:
    payment = t.payment.c
    source = numbered_source("payment", payment.number)
    return (
        _rows_of(journals)
        .add_columns(payment.amount_ore)
        .join(t.payment, t.journal.c.source == source)
        .where(t.journal_row.c.account == Account.BANK.value)
    )


def _unplaced_say(journals: list[int]) -> sa.Select[Any]:
    unplaced = t.unplaced.c
    source = numbered_source("payment", unplaced.payment)
    return (
        _rows_of(journals)
        .add_columns(-unplaced.amount_ore)
        .join(t.unplaced, t.journal.c.source == source)
        .where(t.journal_row.c.account == Account.UNPLACED.value)
    )


def _placings_say(journals: list[int]) -> sa.Select[Any]:
    unplaced = t.unplaced.c
    return (
        _rows_of(journals)
        .add_columns(unplaced.amount_ore)
        .join(t.unplaced, unplaced.placed_by == t.journal.c.number)
        .where(t.journal_row.c.account == Account.UNPLACED.value)
    )


def _claims_say(journals: list[int]) -> sa.Select[Any]:
    claim, account = t.claim.c, t.journal_row.c.account
    interest_ore = claim.interest_before_due_ore + claim.interest_charged_ore
    said = sa.case(
        (account == Account.PRINCIPAL.value, claim.principal_ore),
        (account == Account.INTEREST.value, interest_ore),
        (account == Account.COSTS.value, claim.fees_ore),
        else_=-(claim.principal_ore + interest_ore + claim.fees_ore),
    )
    return (
        _rows_of(journals)
        .add_columns(said)
        .join(t.claim, claim.id == t.journal_row.c.claim)
        .where(t.journal.c.kind == Kind.CLAIM.value)
    )


def _transactions_say(journals: list[int]) -> sa.Select[Any]:
    booked = t.ledger_transaction.c
    said = sa.case((t.journal_row.c.account == Account.PRINCIPAL.value, booked.amount_ore), else_=-booked.amount_ore)
    return _rows_of(journals).add_columns(said).join(t.ledger_transaction, booked.journal == t.journal.c.number)


def check_claims(findings: Findings) -> None:
    """Every claim's parts are those of its opening journal, and what its letters charged."""
    claim, row = t.claim.c, t.journal_row.c
    parts = {
        Account.PRINCIPAL: claim.principal_ore,
        Account.INTEREST: claim.interest_before_due_ore + claim.interest_charged_ore,
        Account.COSTS: claim.fees_ore,
    }
    opened = {account: _sum_on(account) for account in parts}
    total_ore = claim.principal_ore + claim.interest_before_due_ore + claim.interest_charged_ore + claim.fees_ore
    found_ore = sa.func.coalesce(sum(opened.values()), 0)
    differs = [opened[account] != part for account, part in parts.items()]
    wrong = findings.connection.execute(
        sa.select(claim.id, t.journal.c.number, total_ore, found_ore)
        .outerjoin(t.journal, t.journal.c.source == numbered_source("claim", claim.id))
        .outerjoin(t.journal_row, row.journal == t.journal.c.number)
        .where(claim.creditor == findings.creditor)
        .group_by(
            claim.id,
            t.journal.c.number,
            claim.principal_ore,
            claim.interest_before_due_ore,
            claim.interest_charged_ore,
            claim.fees_ore,
        )
        .having(sa.or_(t.journal.c.number.is_(None), *differs))
        .order_by(claim.id)
    ).all()
    for number, journal, claimed_ore, opened_ore in wrong:
        lost = journal is None and findings.some("journal")
        if lost or findings.names("journal", journal) or findings.names("claim", number):
            continue
        findings.add(
            "claim",
            number,
            f"office claim {number}",
            Fault.AMOUNT,
            expected=opened_ore,
            found=claimed_ore,
            claim=number,
        )


def _sum_on(account: str) -> sa.ColumnElement[int]:
    of_account = sa.case((t.journal_row.c.account == str(account), t.journal_row.c.amount_ore), else_=0)
    return sa.func.sum(of_account)


def check_letters(findings: Findings) -> None:
    """Every claim has its letters, and they charged what is claimed."""
    claim, letter = t.claim.c, t.claim_letter.c
    fees_ore = sa.func.coalesce(sa.func.sum(letter.fee_ore), 0)
    interest_ore = sa.func.coalesce(sa.func.sum(letter.interest_ore), 0)
    wrong = findings.connection.execute(
        sa.select(claim.id, claim.fees_ore + claim.interest_charged_ore, fees_ore + interest_ore)
        .outerjoin(t.claim_letter, letter.claim == claim.id)
        .where(claim.creditor == findings.creditor)
        .group_by(claim.id, claim.fees_ore, claim.interest_charged_ore, claim.letter_count)
        .having(
            sa.or_(
                fees_ore != claim.fees_ore,
                interest_ore != claim.interest_charged_ore,
                sa.func.count(letter.letter_no) != claim.letter_count,
            )
        )
        .order_by(claim.id)
    ).all()
    for number, expected_ore, found_ore in wrong:
        if not findings.names("claim", number):
            fault = Fault.COUNT if expected_ore == found_ore else Fault.AMOUNT
            thing = f"office claim {number} letters"
            findings.add("letters", number, thing, fault, expected=expected_ore, found=found_ore, claim=number)


def check_transactions(findings: Findings) -> None:
    """Every booking of the ledger is in the journal that it made, and every such journal has its booking."""
    booked, journal, row = t.ledger_transaction.c, t.journal.c, t.journal_row.c
    source = sa.literal(f"transaction {findings.creditor}-") + sa.cast(booked.number, sa.String(20))
    on_principal = sa.and_(row.journal == journal.number, row.account == Account.PRINCIPAL.value)
    wrong = findings.connection.execute(
        sa.select(booked.number, booked.claim, booked.journal, booked.amount_ore, row.amount_ore.label("row_ore"))
        .outerjoin(t.journal, sa.and_(journal.number == booked.journal, journal.source == source))
        .outerjoin(t.journal_row, on_principal)
        .where(
            booked.creditor == findings.creditor,
            sa.or_(row.amount_ore.is_(None), row.amount_ore != booked.amount_ore, row.claim != booked.claim),
        )
        .order_by(booked.number)
    ).all()
    for one in wrong:
        if not findings.names("journal", one.journal):
            fault = Fault.UNEXPECTED if one.row_ore is None else Fault.AMOUNT
            thing = f"office transaction {findings.creditor}-{one.number}"
            expected_ore = one.row_ore or 0
            findings.add(
                "transaction", one.number, thing, fault, expected=expected_ore, found=one.amount_ore, claim=one.claim
            )
    there = sa.exists().where(booked.journal == journal.number)
    here = (journal.creditor == findings.creditor, journal.kind == Kind.LEDGER.value, ~there)
    for number, its_source in findings.connection.execute(sa.select(journal.number, journal.source).where(*here)).all():
        if not findings.names("journal", number):
            thing = f"office {its_source}"
            findings.add("transaction", its_source, thing, Fault.MISSING, claim=findings.claims_in({number})[number])


def check_books_only(findings: Findings) -> None:
    """What the ledger wrote off in its books only stands on `written_off`, and nothing else put there does."""
    booked, row = t.ledger_transaction.c, t.journal_row.c
    watched = booked.kind == TransactionKind.WRITE_OFF_BOOKS_ONLY.value
    on_other = sa.and_(row.journal == booked.journal, row.account == Account.WRITTEN_OFF.value)
    wrong = findings.connection.execute(
        sa.select(booked.number, booked.claim, booked.journal)
        .outerjoin(t.journal_row, on_other)
        .where(
            booked.creditor == findings.creditor,
            sa.or_(sa.and_(watched, row.journal.is_(None)), sa.and_(~watched, row.journal.is_not(None))),
        )
    ).all()
    for number, claim, journal in wrong:
        if not (findings.names("journal", journal) or findings.names("transaction", number)):
            thing = f"office transaction {findings.creditor}-{number}"
            findings.add("transaction", number, thing, Fault.STATE, claim=claim)


def check_lines(findings: Findings) -> None:
    """Every voucher line has the amount of its journal row; the bank's line is the sum of the others."""
    voucher, line, row = t.voucher.c, t.voucher_line.c, t.journal_row.c
    same = sa.and_(line.creditor == voucher.creditor, line.posting == voucher.posting, line.ordinal == voucher.ordinal)
    of_line = (voucher.posting, voucher.ordinal, voucher.number)
    wrong = findings.connection.execute(
        sa.select(*of_line, line.line_no, line.claim, line.journal, line.amount_ore, row.amount_ore.label("row_ore"))
        .join(t.voucher_line, same)
        .outerjoin(t.journal_row, sa.and_(row.journal == line.journal, row.row_no == line.row_no))
        .where(
            voucher.creditor == findings.creditor,
            line.journal.is_not(None),
            sa.or_(row.amount_ore.is_(None), row.amount_ore != line.amount_ore),
        )
        .order_by(voucher.posting, voucher.ordinal, line.line_no)
    ).all()
    for one in wrong:
        key = (one.posting, one.ordinal)
        if findings.names("journal", one.journal) or findings.names("lines", key):
            continue
        name = voucher_name(findings.creditor, one.posting, one.ordinal, one.number)
        thing, expected_ore = f"{name} line {one.line_no}", one.row_ore or 0
        findings.add("lines", key, thing, Fault.AMOUNT, expected=expected_ore, found=one.amount_ore, claim=one.claim)
    sum_ore = sa.func.sum(line.amount_ore)
    unbalanced = findings.connection.execute(
        sa.select(*of_line, sum_ore, sa.func.min(line.line_no))
        .join(t.voucher_line, same)
        .where(voucher.creditor == findings.creditor)
        .group_by(*of_line)
        .having(sum_ore != 0)
    ).all()
    for posting, ordinal, number, total_ore, first_line in unbalanced:
        if not findings.names("lines", (posting, ordinal)):
            name = voucher_name(findings.creditor, posting, ordinal, number)
            findings.add("lines", (posting, ordinal), f"{name} line {first_line}", Fault.AMOUNT, found=int(total_ore))
