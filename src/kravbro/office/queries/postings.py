"""Posting proposals, and what became of their vouchers in the ledger."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import msgspec
import sqlalchemy as sa

from kravbro.core.errors import DataFault
from kravbro.db.bulk import portions
from kravbro.office import tables as t


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
    voucher, line = t.voucher.c, t.voucher_line.c
    columns = (
        line.ordinal, line.line_no, line.account, line.amount_ore, line.customer_no, line.invoice_no, line.reference,
        line.department, line.project, line.text, line.journal,
    )  # fmt: skip
    here = (line.creditor == creditor, line.posting == number)
    lines: dict[int, list[VoucherLineShown]] = defaultdict(list)
    for ordinal, *values in connection.execute(sa.select(*columns).where(*here).order_by(line.ordinal, line.line_no)):
        lines[ordinal].append(VoucherLineShown(*values))
    told = t.voucher_receipt.c
    numbers = sa.select(told.voucher_key, told.voucher_no).where(told.creditor == creditor, told.voucher_no != "")
    ledger_no: dict[str, str] = {}
    rows = connection.execute(
        sa.select(t.voucher).where(voucher.creditor == creditor, voucher.posting == number).order_by(voucher.ordinal)
    ).all()
    for keys in portions([row.key for row in rows if row.key]):
        chosen = numbers.where(told.voucher_key.in_(keys)).order_by(told.number)
        ledger_no |= {row.voucher_key: row.voucher_no for row in connection.execute(chosen)}
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
        )
        for row in rows
    ]
