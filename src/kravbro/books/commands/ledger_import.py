"""Take another ledger's file into a company's books: in one transaction, each line once however often it comes.

A line is known by what its file calls it; one that comes again with other content stops the whole file. Everything is
written and posted as vouchers are that people write, so numbers, seals and the audit hold for it too.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec
import sqlalchemy as sa

from kravbro.books import tables as t
from kravbro.books.commands.imported_customers import (
    add_imported_customers,
    changed_customers,
    numbers_of,
    tell_anew,
)
from kravbro.books.commands.imported_vouchers import post_imported
from kravbro.books.commands.setup import Account, DunningRoutine, SetupRows, SubLedgerType, add_setup, set_up_company
from kravbro.books.importing.balances import Holder, by_kind, closing_differences, opening_lines
from kravbro.books.importing.matching import DERIVED, Matched, Rule
from kravbro.books.importing.source import Kind, Source, SourceLine, Unresolved
from kravbro.books.seals import LEDGER_IMPORT, row_seal
from kravbro.books.sql import total
from kravbro.books.standard_setup import DAYS_AFTER_DUE, FOR_IMPORTS, STANDARD
from kravbro.core.acts import Act
from kravbro.core.errors import DataFault
from kravbro.db.bulk import insert_rows, portions
from kravbro.db.counters import take

NAME_WIDTH, FILE_NAME_WIDTH = 120, 200


class Derived(msgspec.Struct, frozen=True):
    """A credit, or a part of one (øre), that was put on an invoice by a rule of ours: the file did not say which."""

    rule: Rule
    record: str
    customer: str
    invoice_no: str
    amount_ore: int


class Imported(msgspec.Struct, frozen=True):
    """What an import did. Counts are of what is new; `known` lines were there already. `number` is 0 if nothing is new.

    `openings` are balances from before the period. `derived` is what we decided and not the file, `unresolved` what
    could not be derived at all.
    """

    number: int
    customers: int
    invoices: int
    credit_notes: int
    payments: int
    reversals: int
    interest_notes: int
    corrections: int
    openings: int
    known: int
    derived: tuple[Derived, ...]
    unresolved: tuple[Unresolved, ...]


def import_ledger(connection: sa.Connection, source: Source, sha256: str, act: Act) -> Imported:
    """Take a file in. A company without set-up gets the standard one.

    Raises DataFault `books.import.other_format`, `.earlier_period`, `.several_types`, `.line_differs`, and as
    `add_imported_customers`, `add_setup` and `write_vouchers` do. Nothing is kept then.
    """
    newest = _refuse_unfit(connection, source)
    types = _set_up(connection, source, act)
    new, known = _apart(connection, source)
    numbers = numbers_of(connection, [one.id for one in source.customers])
    openings, doubts = opening_lines(source, _before_ore(connection, source, numbers))
    new = [*openings, *new]
    missing = [one for one in source.customers if one.id not in numbers]
    is_newest = newest is None or source.end >= newest
    changed = changed_customers(connection, source.customers, numbers) if is_newest else []
    number = take(connection, t.counter, "ledger_import") if new or missing or changed else 0
    if number:
        _write_import(connection, source, sha256, number, (len(missing), len(new)), act)
    numbers |= add_imported_customers(connection, missing, number, act)
    tell_anew(connection, changed, act)
    matched, called = post_imported(connection, number, new, numbers, types, act)
    counted = by_kind(new)
    left = [_left(one) for one in matched if one.why is not None and one.line.kind is not Kind.OPENING]
    told = _told(source, new)
    return Imported(
        number=number,
        customers=len(missing),
        invoices=counted[Kind.INVOICE],
        credit_notes=counted[Kind.CREDIT_NOTE],
        payments=counted[Kind.PAYMENT],
        reversals=counted[Kind.REVERSAL],
        interest_notes=counted[Kind.INTEREST_NOTE],
        corrections=counted[Kind.CORRECTION],
        openings=counted[Kind.OPENING],
        known=known,
        derived=tuple(_derived(matched, called)),
        unresolved=(*told, *doubts, *left, *closing_differences(source)),
    )


def _refuse_unfit(connection: sa.Connection, source: Source) -> date | None:
    """Refuse a file that would count debt twice; answers the end of the newest period that was imported."""
    made = t.ledger_import.c
    earlier = connection.execute(
        sa.select(
            sa.func.min(made.format),
            sa.func.max(made.format),
            sa.func.min(made.period_start),
            sa.func.max(made.period_end),
        )
    ).one()
    formats = {earlier[0], earlier[1]} - {None}
    if formats - {source.format}:
        raise DataFault("books.import.other_format", file=source.name, format=source.format, known=", ".join(formats))
    if source.has_balances and earlier[2] is not None and source.start < earlier[2]:
        raise DataFault("books.import.earlier_period", file=source.name, start=source.start, known=earlier[2])
    newest: date | None = earlier[3]
    return newest


def _set_up(connection: sa.Connection, source: Source, act: Act) -> dict[str, str]:
    """What is missing of the set-up; answers the sub-ledger type of each receivable account."""
    if connection.execute(sa.select(t.setup.c.id)).scalar() is None:
        set_up_company(connection, STANDARD, act)
    add_setup(connection, FOR_IMPORTS, act)
    accounts = set(connection.execute(sa.select(t.account.c.number)).scalars())
    types: dict[str, str] = {}
    for account, name in source.accounts.items():
        of_account = sa.select(t.sub_ledger_type.c.code).where(t.sub_ledger_type.c.receivable_account == account)
        codes = list(connection.execute(of_account.order_by(t.sub_ledger_type.c.code)).scalars())
        if len(codes) > 1:
            raise DataFault("books.import.several_types", file=source.name, account=account, types=", ".join(codes))
        if not codes:
            label = (name or account)[:NAME_WIDTH]
            new_account = () if account in accounts else (Account(account, label),)
            add_setup(connection, _sub_ledger(connection, account, label, new_account), act)
        types[account] = codes[0] if codes else account
    return types


def _sub_ledger(connection: sa.Connection, account: str, name: str, accounts: tuple[Account, ...]) -> SetupRows:
    transfers = sa.select(t.dunning_code.c.code).where(t.dunning_code.c.to_collector).order_by(t.dunning_code.c.code)
    return SetupRows(
        accounts=accounts,
        sub_ledger_types=(SubLedgerType(account, name, account),),
        dunning_routines=tuple(
            DunningRoutine(account, code, DAYS_AFTER_DUE) for code in connection.execute(transfers).scalars()
        ),
    )


def _apart(connection: sa.Connection, source: Source) -> tuple[list[SourceLine], int]:
    """The lines that are new, and how many are known. Raises DataFault `books.import.line_differs`."""
    contents: dict[str, str] = {}
    columns = sa.select(t.imported_line.c.source_key, t.imported_line.c.content)
    for some in portions([line.key for line in source.lines]):
        found = connection.execute(columns.where(t.imported_line.c.source_key.in_(some)))
        contents.update((key, content) for key, content in found)
    new = []
    for line in source.lines:
        if line.key not in contents:
            new.append(line)
        elif contents[line.key] != line.content:
            raise DataFault("books.import.line_differs", file=source.name, line=line.line, record=line.record)
    return new, len(source.lines) - len(new)


def _before_ore(connection: sa.Connection, source: Source, numbers: dict[str, int]) -> dict[Holder, int]:
    """What was imported from before the file's period, for each customer and account that anything was imported of."""
    if not source.has_balances:
        return {}
    line, made = t.imported_line.c, t.ledger_import.c
    is_before = sa.or_(
        line.kind == Kind.OPENING.value, sa.and_(made.period_start < source.start, line.dated < source.start)
    )
    before = total(sa.case((is_before, line.amount_ore), else_=0)).label("before_ore")
    columns = (
        sa.select(line.customer, line.account, before)
        .join(t.ledger_import, made.number == line.ledger_import)
        .group_by(line.customer, line.account)
    )
    ids = {number: one for one, number in numbers.items()}
    found: dict[Holder, int] = {}
    for some in portions(sorted(ids)):
        for customer, account, before_ore in connection.execute(columns.where(line.customer.in_(some))).all():
            found[ids[customer], account] = before_ore
    return found


def _write_import(  # noqa: PLR0917 - a file, its number, and what came of it
    connection: sa.Connection, source: Source, sha256: str, number: int, counts: tuple[int, int], act: Act
) -> None:
    row = (number, source.format, source.name[-FILE_NAME_WIDTH:], sha256, source.start, source.end, act.on, *counts)
    sealed = [(*row, row_seal((*row, act.actor)))]
    insert_rows(connection, t.ledger_import, (*LEDGER_IMPORT[:-1], "seal"), sealed, act)


def _derived(matched: Sequence[Matched], called: dict[int, str]) -> list[Derived]:
    return [
        Derived(share.rule, one.line.record, one.line.customer, called.get(share.item, ""), share.amount_ore)
        for one in matched
        for share in one.shares
        if share.rule in DERIVED
    ]


def _told(source: Source, new: Sequence[SourceLine]) -> list[Unresolved]:
    """What the file could not tell, without what an earlier import told of lines that are known."""
    known = {line.record for line in source.lines} - {line.record for line in new}
    return [one for one in source.unresolved if not (one.booked and one.record in known)]


def _left(one: Matched) -> Unresolved:
    """What is left of a line that found no place for all of it."""
    assert one.why is not None  # noqa: S101 - asked by the caller
    line = one.line
    detail = ", ".join(part for part in (line.kid, *line.named) if part)
    return Unresolved(one.why, line.line, line.record, line.customer, one.left_ore, detail, booked=True)
