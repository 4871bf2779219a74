"""What people have chosen by hand for posting proposals: what is booked, and how a line is coded. Stored, and applied.

A choice is kept with what it was made on. It is applied as long as that still stands, however often the proposal is
made anew, and is named with the reason when it does not. The newest choice about one thing counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.db.bulk import insert_rows, portions
from kravbro.db.counters import take
from kravbro.office import contents
from kravbro.office import tables as t
from kravbro.office.manual.tables import posting_choice
from kravbro.office.vouchers import DraftLine, DraftVoucher


class Field(StrEnum):
    """What may be chosen: whether a journal is booked, how a line is coded, and the date of its voucher."""

    BOOKED = "booked"
    ACCOUNT = "account"
    DEPARTMENT = "department"
    PROJECT = "project"
    TEXT = "text"
    DATED = "dated"


NOT_BOOKED = "no"
"""The value of a choice that leaves a journal out."""
OF_LINES = (Field.ACCOUNT, Field.DEPARTMENT, Field.PROJECT, Field.TEXT)


class Unfit(StrEnum):
    """Why a choice is not applied any more."""

    LINE_GONE = "office.choice.line_gone"
    CODED_OTHERWISE = "office.choice.coded_otherwise"


class Choice(msgspec.Struct, frozen=True):
    """A choice by hand: `value` None takes an earlier one back. `was` is what it was made on."""

    number: int
    journal: int
    row_no: int | None
    field: str
    value: str | None
    was: str
    because: str
    made_on: date
    actor: str


class NotKept(msgspec.Struct, frozen=True):
    """A choice that no longer fits what it was made on, and why."""

    choice: Choice
    because: str


class Applied(msgspec.Struct, frozen=True):
    """Vouchers as they were chosen to be, the choices that shaped them, and those that no longer fit."""

    vouchers: list[DraftVoucher]
    kept: list[Choice]
    unfit: list[NotKept]


class Chosen(NamedTuple):
    """What is chosen now, and what it is chosen on. `row_no` None is the journal, or the voucher that it is in."""

    journal: int
    row_no: int | None
    field: Field
    value: str | None
    was: str
    because: str


def keep_choice(connection: sa.Connection, creditor: int, one: Chosen, act: Act) -> int:
    """Keep a choice; answers its number."""
    number = take(connection, t.counter, "posting_choice")
    about = (one.journal, one.row_no, one.field.value)
    row = (number, creditor, *about, one.value, one.was, one.because, act.on, act.actor)
    columns = (*contents.POSTING_CHOICE[:-1], "fingerprint")
    insert_rows(connection, posting_choice, columns, [(*row[:-1], contents.of_row(row))], act)
    return number


def choices_open(connection: sa.Connection, creditor: int) -> list[Choice]:
    """The choices about lines and dates of a creditor's journals that no approved proposal has taken."""
    unbooked = (t.journal.c.creditor == creditor, t.journal.c.posting.is_(None))
    return _newest(connection, posting_choice.c.creditor == creditor, *unbooked)


def choices_of(connection: sa.Connection, journals: Iterable[int]) -> list[Choice]:
    """The choices about lines and dates of some journals."""
    found: list[Choice] = []
    for portion in portions(sorted(set(journals))):
        found += _newest(connection, posting_choice.c.journal.in_(portion))
    return found


def _newest(connection: sa.Connection, *where: sa.ColumnElement[bool]) -> list[Choice]:
    choice = posting_choice.c
    columns = [choice[field.name] for field in msgspec.structs.fields(Choice)]
    rows = connection.execute(
        sa.select(*columns)
        .join(t.journal, t.journal.c.number == choice.journal)
        .where(choice.field != Field.BOOKED.value, *where)
        .order_by(choice.number)
    )
    newest: dict[tuple[Any, ...], Choice] = {}
    for row in rows:
        one = Choice(*row)
        newest[one.journal, one.row_no, one.field] = one
    return sorted((one for one in newest.values() if one.value is not None), key=lambda one: one.number)


def apply(vouchers: Sequence[DraftVoucher], choices: Sequence[Choice]) -> Applied:
    """Vouchers with what was chosen for them, in order of the choices."""
    by_row = {
        (line.journal, line.row_no): line for voucher in vouchers for line in voucher.lines if line.journal is not None
    }
    home = {line.journal: place for place, voucher in enumerate(vouchers) for line in voucher.lines}
    dates: dict[int, date] = {}
    changed: dict[tuple[int | None, int | None], DraftLine] = {}
    kept, unfit = [], []
    for one in choices:
        key = (one.journal, one.row_no)
        place, line = home.get(one.journal), by_row.get(key)
        if place is None or (one.field != Field.DATED and line is None):
            unfit.append(NotKept(one, Unfit.LINE_GONE.value))
        elif _coded(one, vouchers[place], line) != one.was:
            unfit.append(NotKept(one, Unfit.CODED_OTHERWISE.value))
        elif one.field == Field.DATED:
            dates[place] = date.fromisoformat(one.value or one.was)
            kept.append(one)
        elif line is not None:
            changed[key] = msgspec.structs.replace(changed.get(key, line), **{one.field: one.value})
            kept.append(one)
    return Applied(_with(vouchers, dates, changed), kept, unfit)


def as_chosen(line: DraftLine, choices: Iterable[Choice]) -> DraftLine:
    """One line as it was chosen to be, where a choice was made on what it is coded as."""
    for one in choices:
        mine = (one.journal, one.row_no) == (line.journal, line.row_no) and one.field in OF_LINES
        if mine and str(getattr(line, one.field)) == one.was:
            line = msgspec.structs.replace(line, **{one.field: one.value})
    return line


def _coded(one: Choice, voucher: DraftVoucher, line: DraftLine | None) -> str:
    """What a choice is about as it is coded now."""
    return voucher.dated.isoformat() if one.field == Field.DATED else str(getattr(line, one.field))


def _with(
    vouchers: Sequence[DraftVoucher],
    dates: Mapping[int, date],
    changed: Mapping[tuple[int | None, int | None], DraftLine],
) -> list[DraftVoucher]:
    return [
        msgspec.structs.replace(
            voucher,
            dated=dates.get(place, voucher.dated),
            lines=tuple(changed.get((line.journal, line.row_no), line) for line in voucher.lines),
        )
        for place, voucher in enumerate(vouchers)
    ]
