"""One øre changed somewhere: every amount against the journal, once the journal itself has been examined.

A journal that was not named is what was written, so whatever disagrees with it is wrong itself.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from kravbro.core.claims import TransactionKind
from kravbro.office import contents
from kravbro.office import tables as t
from kravbro.office.audit.findings import Fault, Findings, as_stored
from kravbro.office.audit.witnesses import numbered_source
from kravbro.office.journals import Account, Kind


def check_claims(findings: Findings) -> None:
    """Every claim's parts are those of its opening journal; the first part that is not is told."""
    claim, row = t.claim.c, t.journal_row.c
    parts = {
        Account.PRINCIPAL: claim.principal_ore,
        Account.INTEREST: claim.interest_before_due_ore + claim.interest_charged_ore,
        Account.FEES: claim.fees_ore,
    }
    opened = {account: _sum_on(account) for account in parts}
    differs = [opened[account] != part for account, part in parts.items()]
    wrong = findings.connection.execute(
        sa.select(claim.id, t.journal.c.number, *parts.values(), *(sa.func.coalesce(one, 0) for one in opened.values()))
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
    for number, journal, *amounts_ore in wrong:
        lost = journal is None and findings.some("journal")
        if lost or findings.names("journal", journal) or findings.names("claim", number):
            continue
        both_ore = zip(amounts_ore[: len(parts)], amounts_ore[len(parts) :], strict=True)
        claimed_ore, opened_ore = next(pair for pair in both_ore if pair[0] != pair[1])
        thing = f"office claim {number}"
        findings.add("claim", number, thing, Fault.AMOUNT, expected=opened_ore, found=claimed_ore, claim=number)


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
    _check_letter_contents(findings)


def _check_letter_contents(findings: Findings) -> None:
    """Every letter is what was written: its day decides what it might cost, and from when it is owed."""
    claim, letter = t.claim.c, t.claim_letter.c
    columns = as_stored(t.claim_letter, *contents.CLAIM_LETTER)
    own = sa.select(*columns, letter.fingerprint).join(t.claim, claim.id == letter.claim)
    own = own.where(claim.creditor == findings.creditor).order_by(letter.claim, letter.letter_no)
    told = {one.thing for one in findings.found}
    rows = findings.connection.execute(own, execution_options={"yield_per": 10_000})
    altered = {row[0] for row in rows if contents.of_row(tuple(row)[:-1]) != row[-1]}
    for number in sorted(altered):
        thing = f"office claim {number} letters"
        if thing not in told:
            findings.add("letters", number, thing, Fault.CONTENT, claim=number)


def check_transactions(findings: Findings) -> None:
    """Every booking of the ledger is in the journal that it made, and every such journal has its booking."""
    booked, journal, row = t.ledger_transaction.c, t.journal.c, t.journal_row.c
    source = sa.literal(f"transaction {findings.creditor}-") + sa.cast(booked.number, sa.String(20))
    on_principal = sa.and_(row.journal == journal.number, row.account == Account.PRINCIPAL.value)
    opening, opened = t.journal.alias("opening"), t.journal_row.alias("opened")
    with_principal = sa.and_(opened.c.journal == opening.c.number, opened.c.account == Account.PRINCIPAL.value)
    wrong = findings.connection.execute(
        sa.select(
            booked.number,
            booked.claim,
            booked.journal,
            booked.amount_ore,
            row.amount_ore.label("row_ore"),
            row.claim.label("row_claim"),
            opening.c.number.label("opening"),
        )
        .outerjoin(t.journal, sa.and_(journal.number == booked.journal, journal.source == source))
        .outerjoin(t.journal_row, on_principal)
        .outerjoin(opening, opening.c.source == numbered_source("claim", booked.claim))
        .outerjoin(opened, with_principal)
        .where(
            booked.creditor == findings.creditor,
            sa.or_(
                row.amount_ore.is_(None),
                row.amount_ore != booked.amount_ore,
                row.claim != booked.claim,
                row.reason != booked.kind,
                journal.dated != booked.posted_on,
                row.counts_from != _counts_from(opened.c.counts_from),
            ),
        )
        .order_by(booked.number)
    ).all()
    for one in wrong:
        if findings.names("journal", one.journal) or findings.names("transaction", one.number):
            continue
        fault = Fault.AMOUNT
        if one.row_ore is None:
            fault = Fault.UNEXPECTED
        elif one.row_ore == one.amount_ore:
            fault = Fault.CONTENT if one.row_claim == one.claim else Fault.CLAIM
        if fault is Fault.CONTENT and findings.names("journal", one.opening):
            continue
        thing = f"office transaction {findings.creditor}-{one.number}"
        expected_ore, claim = one.row_ore or 0, one.row_claim or one.claim
        findings.add("transaction", one.number, thing, fault, expected=expected_ore, found=one.amount_ore, claim=claim)
    there = sa.exists().where(booked.journal == journal.number, booked.creditor == journal.creditor)
    here = (journal.creditor == findings.creditor, journal.kind == Kind.LEDGER.value, ~there)
    for number, its_source in findings.connection.execute(sa.select(journal.number, journal.source).where(*here)).all():
        thing = f"office {its_source}"
        if not findings.names("journal", number) and all(one.thing != thing for one in findings.found):
            findings.add("transaction", its_source, thing, Fault.MISSING, claim=findings.claims_in({number})[number])


def _counts_from(due_on: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """The day from which interest counts a booking of the ledger (`ledger_events.booking_rows`).

    The due date is the day from which the claim's opening counts; without an opening there is no answer.
    """
    booked = t.ledger_transaction.c
    credited = sa.and_(booked.kind == TransactionKind.CREDIT_NOTE.value, booked.amount_ore <= 0)
    from_due_on = sa.or_(credited, booked.value_on <= due_on)
    return sa.case((sa.or_(due_on.is_(None), from_due_on), due_on), else_=booked.value_on)


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
