"""Correct a proposal before it is booked: how a line is coded, and the date of a voucher. The draft is made anew.

A voucher that the ledger has rejected or deleted may be corrected too, before it is delivered again.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.errors import DataFault, Skip
from kravbro.core.vouchers import Fate
from kravbro.office import tables as t
from kravbro.office.creditors import load_creditor
from kravbro.office.journals import Account
from kravbro.office.manual.acts import LONGEST_REASON, refuse_long
from kravbro.office.manual.choices import Choice, Chosen, Field, NotKept, choices_of, keep_choice
from kravbro.office.posting import DRAFT, made_vouchers, posting_rows, regenerate_posting
from kravbro.office.streams import is_replaced
from kravbro.office.vouchers import DraftVoucher

CODED_FREELY = frozenset({Account.INTEREST.value, Account.FEES.value, Account.COSTS.value})
"""Rows whose account in the ledger may be chosen. The others must meet what stands there already: a customer's open
item, the interim account, what creditors owe each other."""
NOT_TAKEN = frozenset({Fate.REJECTED.value, Fate.DELETED.value})
"""What the ledger may say of a voucher that it does not book."""
FARTHEST = timedelta(days=366)
"""How far a voucher may be dated from its money: into the next open period, not into another decade."""


class Correction(msgspec.Struct, frozen=True):
    """What to change: a field of a line, or with `line_no` None the date of the voucher. `value` None: as it is coded.

    Voucher and line are numbered as the proposal shows them.
    """

    creditor: int
    posting: int
    ordinal: int
    line_no: int | None
    field: Field
    value: str | None


class Corrected(msgspec.Struct, frozen=True):
    """What a correction did: the choice (0: it was so already), the draft, and all choices that shape it or not."""

    choice: int
    creditor: int
    posting: int
    kept: tuple[Choice, ...]
    unfit: tuple[NotKept, ...]


def correct(connection: sa.Connection, wanted: Correction, because: str, act: Act) -> Corrected:
    """Keep a correction by hand, and make the draft anew.

    Raises DataFault `office.because_missing`, `office.text_too_long`, `office.no_such_line`, `office.bank_line_fixed`,
    `office.account_fixed`, `office.value_missing`, `office.value_no_date`, `office.value_far_off`; Skip
    `office.voucher_booked`.
    """
    because = because.strip()
    if not because:
        raise DataFault("office.because_missing")
    refuse_long("because", because, LONGEST_REASON)
    dead = _refuse_booked(connection, wanted)
    journal, row_no = _subject(connection, wanted)
    if wanted.field is Field.ACCOUNT and wanted.value is not None:
        _refuse_account(connection, wanted)
    voucher = _as_coded(connection, wanted)
    was = _coded(wanted, voucher, journal, row_no)
    value = None if wanted.value is None else _checked(wanted, wanted.value.strip())
    if wanted.field is Field.DATED and value is not None:
        _refuse_far(voucher.dated, date.fromisoformat(value))
    now = next((one.value for one in choices_of(connection, [journal]) if _about(one, row_no, wanted.field)), None)
    number = 0
    if value != now and not (now is None and value == was):
        chosen = Chosen(journal, row_no, wanted.field, value, was, because)
        number = keep_choice(connection, wanted.creditor, chosen, act)
    if dead:
        return Corrected(number, wanted.creditor, wanted.posting, tuple(choices_of(connection, [journal])), ())
    made = regenerate_posting(connection, wanted.creditor, act)
    return Corrected(number, wanted.creditor, made.posting, made.kept, made.unfit)


def _about(one: Choice, row_no: int | None, field: Field) -> bool:
    return one.row_no == row_no and one.field == field


def _refuse_booked(connection: sa.Connection, wanted: Correction) -> bool:
    """Whether the voucher is one that the ledger did not take; raises unless it may still be changed."""
    voucher = t.voucher.c
    here = _here(t.voucher, wanted)
    chosen = sa.select(voucher.state, voucher.key, is_replaced().label("replaced")).where(here)
    row = connection.execute(chosen).one_or_none()
    if row is None:
        raise DataFault("office.no_such_line", **_place(wanted))
    if row.state == DRAFT:
        return False
    if row.state not in NOT_TAKEN or row.replaced:
        raise Skip("office.voucher_booked", voucher=row.key, state=row.state)
    return True


def _here(table: sa.Table, wanted: Correction) -> sa.ColumnElement[bool]:
    columns = table.c
    return sa.and_(
        columns.creditor == wanted.creditor, columns.posting == wanted.posting, columns.ordinal == wanted.ordinal
    )


def _place(wanted: Correction) -> dict[str, object]:
    number = f"{wanted.creditor}-{wanted.posting}"
    return {"posting": number, "voucher": wanted.ordinal, "line": wanted.line_no or "–"}


def _subject(connection: sa.Connection, wanted: Correction) -> tuple[int, int | None]:
    """The journal that the choice is about, and the row; for a date the first journal of the voucher."""
    line = t.voucher_line.c
    chosen = sa.select(line.journal, line.row_no).where(_here(t.voucher_line, wanted))
    if wanted.line_no is None:
        first = connection.execute(chosen.where(line.journal.is_not(None)).order_by(line.line_no).limit(1)).one()
        return first.journal, None
    row = connection.execute(chosen.where(line.line_no == wanted.line_no)).one_or_none()
    if row is None:
        raise DataFault("office.no_such_line", **_place(wanted))
    if row.journal is None:
        raise DataFault("office.bank_line_fixed", **_place(wanted))
    return row.journal, row.row_no


def _as_coded(connection: sa.Connection, wanted: Correction) -> DraftVoucher:
    """The voucher as it is coded now, without any choice."""
    line = t.voucher_line.c
    chosen = sa.select(line.journal).where(_here(t.voucher_line, wanted), line.journal.is_not(None)).distinct()
    rows = posting_rows(connection, t.journal.c.number.in_(list(connection.execute(chosen).scalars())))
    (made,) = made_vouchers(connection, load_creditor(connection, wanted.creditor), rows)
    return made


def _coded(wanted: Correction, voucher: DraftVoucher, journal: int, row_no: int | None) -> str:
    if wanted.field is Field.DATED:
        return voucher.dated.isoformat()
    line = next(one for one in voucher.lines if (one.journal, one.row_no) == (journal, row_no))
    return str(getattr(line, wanted.field.value))


def _refuse_account(connection: sa.Connection, wanted: Correction) -> None:
    """Raise DataFault `office.account_fixed` for a line whose account others rely on."""
    line, row = t.voucher_line.c, t.journal_row.c
    account = connection.execute(
        sa.select(row.account)
        .join(t.voucher_line, sa.and_(line.journal == row.journal, line.row_no == row.row_no))
        .where(_here(t.voucher_line, wanted), line.line_no == wanted.line_no)
    ).scalar()
    if account is not None and account not in CODED_FREELY:
        raise DataFault("office.account_fixed", **_place(wanted))


def _refuse_far(dated: date, value: date) -> None:
    """Raise DataFault `office.value_far_off` for a day in another year than could be meant."""
    if abs(value - dated) > FARTHEST:
        raise DataFault("office.value_far_off", value=value, dated=dated)


def _checked(wanted: Correction, value: str) -> str:
    if wanted.field is Field.DATED:
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError as error:
            raise DataFault("office.value_no_date", value=value) from error
    if wanted.field is Field.ACCOUNT and not value:
        raise DataFault("office.value_missing", **_place(wanted))
    column: Any = t.voucher_line.c[wanted.field.value]
    refuse_long(wanted.field.value, value, column.type.length)
    return value
