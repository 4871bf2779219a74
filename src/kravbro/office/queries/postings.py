"""Posting proposals, and what became of their vouchers in the ledger."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

import msgspec
import sqlalchemy as sa

from kravbro.core.errors import DataFault
from kravbro.db.bulk import portions
from kravbro.office import tables as t
from kravbro.office.journals import Account, Kind, payment_of
from kravbro.office.manual.acts import IDENTITY
from kravbro.office.manual.choices import NOT_BOOKED, Choice, Field, choices_of
from kravbro.office.manual.tables import manual_act, posting_choice


class PostingLine(msgspec.Struct, frozen=True):
    """A posting proposal in a list: its vouchers, and the sum of their debits (øre)."""

    creditor: int
    posting: int
    state: str
    made_on: date
    approved_on: date | None
    vouchers: int
    debit_ore: int


class VoucherLineShown(msgspec.Struct, frozen=True):
    """A line of a voucher (øre, debit positive). `journal` is what is left out to keep the line from being booked."""

    line_no: int
    account: str
    amount_ore: int
    customer_no: int | None
    invoice_no: str
    reference: str
    department: str
    project: str
    text: str
    journal: int | None
    chosen: tuple[Choice, ...] = ()


class NotBooked(msgspec.Struct, frozen=True):
    """Money that is in no voucher (øre): left out by a person, or booked by the ledger itself; who said so, and why.

    `payment` is 0 for a cost.
    """

    journal: int
    payment: int
    case: str
    amount_ore: int
    kind: str
    because: str
    actor: str
    since: date


class VoucherShown(msgspec.Struct, frozen=True):
    """A voucher of a proposal. `state` is what the ledger has told of it, `voucher_no` the ledger's own number."""

    ordinal: int
    number: int | None
    key: str
    state: str
    dated: date
    text: str
    voucher_no: str
    lines: tuple[VoucherLineShown, ...]
    chosen: tuple[Choice, ...] = ()
    replaces: str = ""


def postings(connection: sa.Connection, creditor: int) -> list[PostingLine]:
    """The creditor's posting proposals, newest first."""
    posting, line = t.posting.c, t.voucher_line.c
    debit = sa.case((line.amount_ore > 0, line.amount_ore), else_=0)
    of_posting = sa.and_(line.creditor == posting.creditor, line.posting == posting.number)
    count = (
        sa.select(sa.func.count())
        .where(t.voucher.c.creditor == posting.creditor, t.voucher.c.posting == posting.number)
        .scalar_subquery()
    )
    columns = (posting.creditor, posting.number, posting.state, posting.made_on, posting.approved_on)
    rows = connection.execute(
        sa.select(*columns, count, sa.func.coalesce(sa.func.sum(debit), 0))
        .outerjoin(t.voucher_line, of_posting)
        .where(posting.creditor == creditor)
        .group_by(*columns)
        .order_by(posting.number.desc())
    )
    return [PostingLine(*row[:6], debit_ore=int(row[6])) for row in rows]


def posting(connection: sa.Connection, creditor: int, number: int) -> list[VoucherShown]:
    """The vouchers of one proposal, with what became of them. Raises DataFault `office.no_such_posting`."""
    own = (t.posting.c.creditor == creditor, t.posting.c.number == number)
    if connection.execute(sa.select(t.posting.c.state).where(*own)).scalar() is None:
        raise DataFault("office.no_such_posting", creditor=creditor, posting=number)
    voucher = t.voucher.c
    lines, dated = _lines(connection, creditor, number)
    told = t.voucher_receipt.c
    numbers = sa.select(told.voucher_key, told.voucher_no).where(told.creditor == creditor, told.voucher_no != "")
    ledger_no: dict[str, str] = {}
    rows = connection.execute(
        sa.select(t.voucher).where(voucher.creditor == creditor, voucher.posting == number).order_by(voucher.ordinal)
    ).all()
    for keys in portions([row.key for row in rows if row.key]):
        of_keys = numbers.where(told.voucher_key.in_(keys)).order_by(told.number)
        ledger_no |= {row.voucher_key: row.voucher_no for row in connection.execute(of_keys)}
    return [
        VoucherShown(
            ordinal=row.ordinal,
            number=row.number,
            key=row.key or "",
            state=row.state,
            dated=row.dated,
            text=row.text,
            voucher_no=ledger_no.get(row.key or "", ""),
            lines=tuple(lines[row.ordinal]),
            chosen=tuple(dated[row.ordinal]),
            replaces=row.replaces or "",
        )
        for row in rows
    ]


def _lines(
    connection: sa.Connection, creditor: int, number: int
) -> tuple[dict[int, list[VoucherLineShown]], dict[int, list[Choice]]]:
    """The lines of each voucher of a proposal, with what was chosen for them, and what was chosen for its date."""
    line = t.voucher_line.c
    columns = (
        line.ordinal, line.line_no, line.account, line.amount_ore, line.customer_no, line.invoice_no, line.reference,
        line.department, line.project, line.text, line.journal, line.row_no,
    )  # fmt: skip
    here = (line.creditor == creditor, line.posting == number)
    stored = connection.execute(sa.select(*columns).where(*here).order_by(line.ordinal, line.line_no)).all()
    chosen: dict[tuple[int, int | None], list[Choice]] = defaultdict(list)
    for one in choices_of(connection, {row.journal for row in stored if row.journal is not None}):
        chosen[one.journal, one.row_no].append(one)
    lines: dict[int, list[VoucherLineShown]] = defaultdict(list)
    dated: dict[int, list[Choice]] = defaultdict(list)
    for row in stored:
        choices = [] if row.journal is None else chosen[row.journal, row.row_no]
        fitting = tuple(one for one in choices if str(getattr(row, one.field)) == one.value)
        values: tuple[Any, ...] = (*row[1:11], fitting)
        lines[row.ordinal].append(VoucherLineShown(*values))
        dated[row.ordinal] += [] if row.journal is None else chosen.pop((row.journal, None), [])
    return lines, dated


def not_booked(connection: sa.Connection, creditor: int, number: int) -> list[NotBooked]:
    """What was left out of posting since the proposal before this one was approved, and until this one was.

    What the ledger books itself is there too, from the day it was registered. In order of journals.
    """
    posting, choice = t.posting.c, posting_choice.c
    own = (posting.creditor == creditor, posting.approved_on.is_not(None))
    before = connection.execute(
        sa.select(sa.func.max(posting.approved_on)).where(*own, posting.number < number)
    ).scalar()
    until = connection.execute(sa.select(posting.approved_on).where(*own, posting.number == number)).scalar()
    newest = sa.select(sa.func.max(choice.number)).where(choice.field == Field.BOOKED.value).group_by(choice.journal)
    left_out = (
        sa.select(
            choice.journal, t.journal.c.source, t.case.c.number, t.journal.c.kind, choice.because, choice.actor,
            choice.made_on,
        )
        .join(t.journal, t.journal.c.number == choice.journal)
        .outerjoin(t.case, t.case.c.id == t.journal.c.case)
        .where(choice.creditor == creditor, choice.number.in_(newest), choice.value == NOT_BOOKED)
    )  # fmt: skip
    act = manual_act.c
    outside = (
        sa.select(
            t.journal.c.number, t.journal.c.source, t.case.c.number, t.journal.c.kind, act.because, act.actor,
            act.done_on,
        )
        .join(t.payment, t.journal.c.source == sa.literal("payment ") + sa.cast(t.payment.c.number, sa.String(20)))
        .join(manual_act, t.payment.c.identity == sa.literal(IDENTITY) + sa.cast(act.number, sa.String(20)))
        .outerjoin(t.case, t.case.c.id == t.journal.c.case)
        .where(t.journal.c.creditor == creditor, t.journal.c.kind == Kind.OUTSIDE.value)
    )  # fmt: skip
    found = [
        row
        for chosen, day in ((left_out, choice.made_on), (outside, act.done_on))
        for row in connection.execute(
            chosen.where(*([] if before is None else [day >= before]), *([] if until is None else [day <= until]))
        )
    ]
    moved = _moved(connection, [row[0] for row in found])
    return sorted(
        (
            NotBooked(
                journal,
                0 if kind == Kind.ACCRUAL else payment_of(source),
                case or "",
                moved[journal],
                kind,
                because,
                actor,
                day,
            )
            for journal, source, case, kind, because, actor, day in found
        ),
        key=lambda one: one.journal,
    )


def _moved(connection: sa.Connection, journals: list[int]) -> dict[int, int]:
    """The money that each journal is about (øre): what it puts on or takes from a money account or another place."""
    row = t.journal_row.c
    money = [one.value for one in (Account.BANK, Account.OUTSIDE, Account.MOVED, Account.INTERMEDIATE)]
    first = sa.case((row.account.in_(money), row.amount_ore), else_=0)
    found: dict[int, int] = {}
    for portion in portions(sorted(set(journals))):
        sums = sa.select(row.journal, sa.func.sum(first), sa.func.max(row.amount_ore)).where(row.journal.in_(portion))
        for journal, on_money_ore, largest_ore in connection.execute(sums.group_by(row.journal)):
            found[journal] = int(on_money_ore or largest_ore)
    return found
