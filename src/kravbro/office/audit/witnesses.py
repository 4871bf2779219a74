"""What else tells the amount of a journal's row: voucher lines, payments, unplaced money, claims, bookings."""

from __future__ import annotations

from typing import Any, NamedTuple

import sqlalchemy as sa

from kravbro.db.bulk import portions
from kravbro.office import tables as t
from kravbro.office.audit.findings import Findings
from kravbro.office.journals import Account, Kind


class Witness(NamedTuple):
    """What something else says that a row's amount should be (øre)."""

    journal: int
    row_no: int
    amount_ore: int


def numbered_source(kind: str, number: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    """The `source` of a journal, put together in the database."""
    return sa.literal(f"{kind} ") + sa.cast(number, sa.String(20))


def ends_with_payment(number: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    """A pattern for the `source` of a journal about a payment, whatever was done with it."""
    return sa.literal("% payment ") + sa.cast(number, sa.String(20))


def witnesses(findings: Findings, journals: list[int]) -> list[Witness]:
    """Everything that says what the rows of these journals should be."""
    found: list[Witness] = []
    received = (_payments_say, _unplaced_say, _placings_say, _handovers_say)
    for portion in portions(journals):
        for select in (_lines_say, *received, _claims_say, _transactions_say):
            found += [Witness(*one) for one in findings.connection.execute(select(portion))]
    return found


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


def _handovers_say(journals: list[int]) -> sa.Select[Any]:
    """What was passed on is the whole payment: given by its holder, taken by the creditor of its case."""
    payment, source = t.payment.c, t.journal.c.source
    handed = source == numbered_source("handover", payment.number)
    given = source.in_([numbered_source(kind, payment.number) for kind in ("payment", "placing")])
    return (
        _rows_of(journals)
        .add_columns(sa.case((handed, payment.amount_ore), else_=-payment.amount_ore))
        .join(t.payment, sa.or_(handed, given))
        .where(t.journal_row.c.account == Account.INTERMEDIATE.value)
    )


def _claims_say(journals: list[int]) -> sa.Select[Any]:
    claim, account = t.claim.c, t.journal_row.c.account
    interest_ore = claim.interest_before_due_ore + claim.interest_charged_ore
    said = sa.case(
        (account == Account.PRINCIPAL.value, claim.principal_ore),
        (account == Account.INTEREST.value, interest_ore),
        (account == Account.FEES.value, claim.fees_ore),
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
