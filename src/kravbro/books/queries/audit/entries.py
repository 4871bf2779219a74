"""Entries against the lines, the vouchers and the types that they were made from."""

from __future__ import annotations

import sqlalchemy as sa

from kravbro.books.meanings import VoucherState
from kravbro.books.queries.audit.faults import AMOUNT, CONTENT, STATE, Faults
from kravbro.books.sql import AnyRow
from kravbro.books.tables import entry, voucher, voucher_line, voucher_type

_AS_THE_LINE = (
    "customer",
    "sub_ledger_type",
    "amount_ore",
    "currency",
    "invoice_no",
    "kid",
    "due_date",
    "interest_before_due_ore",
)
of_line = sa.and_(voucher_line.c.voucher == entry.c.voucher, voucher_line.c.line_no == entry.c.line_no)
"""The line that an entry was made from."""
differs_from_line = sa.or_(*(entry.c[name].is_distinct_from(voucher_line.c[name]) for name in _AS_THE_LINE))
_differs_from_voucher = sa.or_(
    entry.c.posted_on.is_distinct_from(voucher.c.posted_on), entry.c.invoice_date.is_distinct_from(voucher.c.dated)
)
_differs_from_type = sa.and_(voucher_type.c.code.is_not(None), entry.c.meaning != voucher_type.c.meaning)


def check_entries(connection: sa.Connection, faults: Faults) -> None:
    """Every entry says what its line, its voucher and its type say, and each posted line on a customer has one.

    Vouchers have been held against their seals before: where one of those stands, it is the entry that was altered.
    """
    named = len(faults.found)
    by_type: dict[str, list[int]] = {}
    for row in connection.execute(_differing(faults)).all():
        is_known = row.number in faults.rows["entry"]
        faults.rows["entry"].add(row.number)
        if is_known or row.voucher in faults.rows["voucher"]:
            continue
        if row.only_type:
            if row.type not in faults.setup:
                by_type.setdefault(row.type, []).append(row.number)
        else:
            _name(row, faults)
    for code, numbers in sorted(by_type.items()):
        _name_type_or_entries(connection, code, numbers, faults)
    if not faults.missing["entry"] and len(faults.found) == named:
        _check_posted_lines(connection, faults)


def _differing(faults: Faults) -> sa.Select[*tuple[object, ...]]:
    not_the_line = sa.or_(voucher_line.c.voucher.is_(None), differs_from_line)
    not_the_journal = sa.or_(not_the_line, sa.and_(voucher.c.id.is_not(None), _differs_from_voucher))
    return (
        sa.select(
            entry.c.number,
            entry.c.voucher,
            voucher.c.type,
            entry.c.amount_ore,
            entry.c.interest_before_due_ore,
            voucher_line.c.amount_ore.label("line_ore"),
            voucher_line.c.interest_before_due_ore.label("line_interest_ore"),
            sa.not_(not_the_journal).label("only_type"),
        )
        .select_from(entry)
        .outerjoin(voucher_line, of_line)
        .outerjoin(voucher, voucher.c.id == entry.c.voucher)
        .outerjoin(voucher_type, voucher_type.c.code == voucher.c.type)
        .where(sa.or_(not_the_journal, _differs_from_type), entry.c.number <= faults.last["entry"])
        .order_by(entry.c.number)
    )


def _name(row: AnyRow, faults: Faults) -> None:
    thing = f"ledger entry {row.number}"
    if row.line_ore is not None and row.amount_ore != row.line_ore:
        faults.add(thing, AMOUNT, row.line_ore, row.amount_ore, entry=row.number)
    elif row.line_ore is not None and row.interest_before_due_ore != row.line_interest_ore:
        faults.add(thing, AMOUNT, row.line_interest_ore, row.interest_before_due_ore, entry=row.number)
    else:
        faults.add(thing, CONTENT, entry=row.number)


def _name_type_or_entries(connection: sa.Connection, code: str, numbers: list[int], faults: Faults) -> None:
    """Where every entry of a type means something else than the type, it is the type that was altered."""
    of_type = sa.select(sa.func.count()).select_from(entry).join(voucher, voucher.c.id == entry.c.voucher)
    count = connection.execute(of_type.where(voucher.c.type == code)).scalar_one()
    if len(numbers) == count > 1:
        faults.setup.add(code)
        faults.add(f"ledger voucher type {code}", CONTENT)
        return
    for number in numbers:
        faults.add(f"ledger entry {number}", CONTENT, entry=number)


def _check_posted_lines(connection: sa.Connection, faults: Faults) -> None:
    without_entry = (
        sa.select(voucher.c.id)
        .join(voucher_line, voucher_line.c.voucher == voucher.c.id)
        .outerjoin(entry, of_line)
        .where(
            voucher.c.state == VoucherState.POSTED.value,
            voucher.c.id <= faults.last["voucher"],
            voucher_line.c.customer.is_not(None),
            entry.c.number.is_(None),
        )
    )
    for number in sorted(set(connection.execute(without_entry).scalars()) - faults.rows["voucher"]):
        faults.rows["voucher"].add(number)
        faults.add(f"ledger voucher {number}", STATE)
