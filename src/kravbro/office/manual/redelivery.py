"""Vouchers that the ledger has not booked: what waits, and a new delivery that a person knowingly makes.

A key is an identity: what is delivered again has a key of its own, and names the one that it replaces. The old voucher
is not sent any more. If the ledger tells later that it booked the old one all the same, the office's check names it.
"""

from __future__ import annotations

from datetime import date

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.errors import DataFault, Skip
from kravbro.core.transitions import DELIVERED_VOUCHER
from kravbro.core.vouchers import Fate
from kravbro.office import tables as t
from kravbro.office.creditors import load_creditor
from kravbro.office.manual.acts import ActKind, Particulars, Why, asked, done_before, keep_act, next_act
from kravbro.office.manual.choices import apply, choices_of
from kravbro.office.manual.corrections import NOT_TAKEN
from kravbro.office.posting import approve_again, made_vouchers, posting_rows
from kravbro.office.streams import is_replaced

UNDECIDED = frozenset({DELIVERED_VOUCHER.initial, Fate.DELIVERED.value})
"""What a voucher is as long as the ledger has not said what became of it."""
MISSING = "missing"
"""How a voucher is delivered again of which the ledger has told nothing, and which it says that it does not have."""


class Waiting(msgspec.Struct, frozen=True):
    """A voucher that is not booked (øre: its debits). `since` is the day of its state, `days` how long that is ago."""

    creditor: int
    key: str
    state: str
    dated: date
    text: str
    debit_ore: int
    since: date
    days: int


class Approved(msgspec.Struct, frozen=True):
    """An approved voucher: whose it is, its number in the stream, and its state."""

    creditor: int
    company: int
    number: int
    state: str
    posting: int
    ordinal: int
    replaced: bool


class Redelivered(msgspec.Struct, frozen=True):
    """What a new delivery did. `new` is false if the same was asked for before: nothing was done then."""

    act: int
    key: str
    replaces: str
    new: bool
    done_on: date


def waiting(connection: sa.Connection, creditor: int, on: date, days: int) -> list[Waiting]:
    """What the ledger has deleted or rejected, and what was approved or delivered at least so many days ago.

    Vouchers that were delivered again are left out. In the order of their numbers.
    """
    voucher, line, told = t.voucher.c, t.voucher_line.c, t.voucher_receipt.c
    debit = sa.func.sum(sa.case((line.amount_ore > 0, line.amount_ore), else_=0))
    told_on = (
        sa.select(told.voucher_key, sa.func.max(told.happened_on).label("told_on"))
        .where(told.creditor == creditor)
        .group_by(told.voucher_key)
        .subquery()
    )
    of_posting = sa.and_(t.posting.c.creditor == voucher.creditor, t.posting.c.number == voucher.posting)
    of_voucher = sa.and_(
        line.creditor == voucher.creditor, line.posting == voucher.posting, line.ordinal == voucher.ordinal
    )
    head = (voucher.number, voucher.key, voucher.state, voucher.dated, voucher.text)
    since = sa.func.coalesce(told_on.c.told_on, t.posting.c.approved_on)
    rows = connection.execute(
        sa.select(*head, since.label("since"), debit)
        .join(t.posting, of_posting)
        .join(t.voucher_line, of_voucher)
        .outerjoin(told_on, told_on.c.voucher_key == voucher.key)
        .where(
            voucher.creditor == creditor,
            voucher.number.is_not(None),
            voucher.state.in_(sorted(NOT_TAKEN | UNDECIDED)),
            ~is_replaced(),
        )
        .group_by(*head, told_on.c.told_on, t.posting.c.approved_on)
        .order_by(voucher.number)
    ).all()
    found = [
        Waiting(creditor, key, state, dated, text, int(ore), day, (on - day).days)
        for _, key, state, dated, text, day, ore in rows
    ]
    return [one for one in found if one.state in NOT_TAKEN or one.days >= days]


def load_approved(connection: sa.Connection, key: str) -> Approved:
    """One approved voucher. Raises DataFault `office.unknown_voucher_key`."""
    voucher = t.voucher.c
    row = connection.execute(
        sa.select(
            voucher.creditor,
            t.creditor.c.company,
            voucher.number,
            voucher.state,
            voucher.posting,
            voucher.ordinal,
            is_replaced().label("replaced"),
        )
        .join(t.creditor, t.creditor.c.number == voucher.creditor)
        .where(voucher.key == key)
    ).one_or_none()
    if row is None:
        raise DataFault("office.unknown_voucher_key", key=key)
    return Approved(*row)


def redeliver(connection: sa.Connection, key: str, why: Why, act: Act, *, missing: bool = False) -> Redelivered:
    """Deliver a voucher again, under a new key, coded anew with what people have chosen since.

    `missing` says that the ledger has been asked and does not have it, though it told nothing of it.

    Raises DataFault `office.because_missing`, `office.text_too_long`, `office.request_differs`,
    `office.unknown_voucher_key`; Skip `office.voucher_is_posted`, `office.voucher_replaced`,
    `office.voucher_undecided`.
    """
    wanted = asked(ActKind.REDELIVER, why, key)
    known = done_before(connection, wanted)
    if known is not None:
        later = sa.select(t.voucher.c.key).where(t.voucher.c.replaces == key)
        return Redelivered(known.number, connection.execute(later).scalar_one(), key, False, known.done_on)
    one = load_approved(connection, key)
    _refuse(one, key, missing=missing)
    number = next_act(connection)
    new_key = _approve(connection, one, key, act)
    particulars = Particulars(how=MISSING if missing else "", about=key)
    keep_act(connection, number, wanted, one.creditor, particulars, act)
    return Redelivered(number, new_key, key, True, act.on)


def _refuse(one: Approved, key: str, *, missing: bool) -> None:
    if one.replaced:
        raise Skip("office.voucher_replaced", voucher=key)
    if one.state == Fate.POSTED:
        raise Skip("office.voucher_is_posted", voucher=key)
    if one.state in UNDECIDED and not missing:
        raise Skip("office.voucher_undecided", voucher=key, state=one.state)


def _approve(connection: sa.Connection, one: Approved, key: str, act: Act) -> str:
    line = t.voucher_line.c
    here = (line.creditor == one.creditor, line.posting == one.posting, line.ordinal == one.ordinal)
    chosen = sa.select(line.journal).where(*here, line.journal.is_not(None)).distinct()
    journals = sorted(connection.execute(chosen).scalars())
    rows = posting_rows(connection, t.journal.c.number.in_(journals))
    made = made_vouchers(connection, load_creditor(connection, one.creditor), rows)
    (voucher,) = apply(made, choices_of(connection, journals)).vouchers
    again = msgspec.structs.replace(voucher, text=f"{voucher.text} (erstatter {key})")
    return approve_again(connection, one.creditor, again, key, act)
