"""Pay money back: what a debtor has paid too much, or what came in and belongs to nobody here.

A refund is booked when it is decided, and goes out in the next file for the bank. Its end-to-end id is stored with it,
before any file is written.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.errors import DataFault, Skip
from kravbro.core.fingerprints import fingerprint
from kravbro.core.identifiers import bank_account
from kravbro.core.money import format_kroner
from kravbro.db.bulk import insert_rows
from kravbro.db.columns import written
from kravbro.db.counters import take
from kravbro.office import contents
from kravbro.office import tables as t
from kravbro.office.creditors import office_installation
from kravbro.office.journals import Account, Journal, Kind, Row, refund_source, write_journals
from kravbro.office.manual.acts import (
    LONGEST_ACCOUNT,
    ActKind,
    Asked,
    Particulars,
    Why,
    asked,
    done_before,
    keep_act,
    next_act,
    refuse_long,
)
from kravbro.office.manual.exclusions import why_left_out
from kravbro.office.manual.reversing import load_received, refuse_taken_back
from kravbro.office.manual.tables import refund
from kravbro.office.manual.whereabouts import REFUNDED, Whereabouts, whereabouts

LONGEST_NAME = 70
LONGEST_TEXT = 140


class Refund(msgspec.Struct, frozen=True):
    """What to pay back, and to whom. `case` None is the only case on which something of the payment is overpaid.

    `account` is the ledger's account that the money leaves, empty for the creditor's money account. `amount_ore` None
    is all that is overpaid there; unplaced money goes back whole.
    """

    payment: int
    account_number: str
    name: str
    text: str = ""
    case: str | None = None
    account: str = ""
    amount_ore: int | None = None


class Refunded(msgspec.Struct, frozen=True):
    """What a refund did, and in whose books. `new` is false if the same was asked for before: nothing was done then."""

    act: int
    refund: int
    creditor: int
    payment: int
    new: bool
    done_on: date
    amount_ore: int
    end_to_end_id: str


class Cancelled(msgspec.Struct, frozen=True):
    """A refund that does not go out. `new` is false if it was cancelled before."""

    act: int
    refund: int
    new: bool
    done_on: date


class _Owed(NamedTuple):
    """Money that is to be paid back: whose books, the case that it is overpaid on (None: unplaced), and øre."""

    creditor: int
    case: int | None
    amount_ore: int


def refund_payment(connection: sa.Connection, wanted: Refund, why: Why, act: Act) -> Refunded:
    """Pay back what is overpaid on one case, all or a part of it, or the whole of an unplaced payment.

    Raises DataFault `office.because_missing`, `office.text_too_long`, `office.request_differs`,
    `office.payee_missing`, `office.no_such_payment`, `office.not_on_case`, `office.overpaid_on_several`,
    `office.refunded_before_received`, `office.amount_not_positive`, `office.more_than_overpaid`,
    `office.unplaced_goes_whole`, those of `identifiers.bank_account.validate`; Skip `office.not_a_receipt`,
    `office.payment_reversed`, `office.nothing_to_refund`, `office.refund_not_posted`.
    """
    account = bank_account.validate(wanted.account_number)
    wanted = msgspec.structs.replace(wanted, account_number=account, name=wanted.name.strip(), text=wanted.text.strip())
    _refuse_payee(wanted)
    order = asked(ActKind.REFUND, why, wanted)
    known = done_before(connection, order)
    if known is not None:
        chosen = sa.select(refund.c.number, refund.c.creditor, refund.c.amount_ore, refund.c.end_to_end_id)
        number, creditor, amount_ore, id_ = connection.execute(chosen.where(refund.c.act == known.number)).one()
        return Refunded(known.number, number, creditor, wanted.payment, False, known.done_on, amount_ore, id_)
    one = load_received(connection, wanted.payment)
    refuse_taken_back(one)
    if one.kind == Kind.OUTSIDE or why_left_out(connection, one.number) is not None:
        raise Skip("office.refund_not_posted", payment=one.number)
    if act.on < max(one.bank_date, one.settlement_date):
        raise DataFault("office.refunded_before_received", payment=one.number, on=act.on, received_on=one.bank_date)
    stands = whereabouts(connection, [one.number])[one.number]
    owed = _as_wanted(wanted, _owed(connection, wanted, stands, one.creditor))
    return _pay_back(connection, wanted, owed, order, act)


def _refuse_payee(wanted: Refund) -> None:
    if not wanted.name:
        raise DataFault("office.payee_missing")
    refuse_long("name", wanted.name, LONGEST_NAME)
    refuse_long("text", wanted.text, LONGEST_TEXT)
    refuse_long("account", wanted.account, LONGEST_ACCOUNT)


def _owed(connection: sa.Connection, wanted: Refund, stands: Whereabouts, creditor: int) -> _Owed:
    if stands.unplaced_ore > 0 and wanted.case is None:
        return _Owed(creditor, None, stands.unplaced_ore)
    case = t.case.c
    overpaid = {number: -sum(row.amount_ore for row in stands.overpaid(number)) for number in stands.cases}
    rows = connection.execute(sa.select(case.id, case.number, case.creditor).where(case.id.in_(overpaid))).all()
    found = {row.number: _Owed(row.creditor, row.id, overpaid[row.id]) for row in rows if overpaid[row.id] > 0}
    if wanted.case is not None and wanted.case not in {row.number for row in rows}:
        raise DataFault("office.not_on_case", payment=wanted.payment, case=wanted.case)
    if wanted.case is None and len(found) > 1:
        raise DataFault("office.overpaid_on_several", payment=wanted.payment, cases=", ".join(sorted(found)))
    owed = found.get(wanted.case) if wanted.case is not None else next(iter(found.values()), None)
    if owed is None:
        raise Skip("office.nothing_to_refund", payment=wanted.payment)
    return owed


def _as_wanted(wanted: Refund, owed: _Owed) -> _Owed:
    """What is to be paid back, no more than was asked for."""
    if wanted.amount_ore is None or wanted.amount_ore == owed.amount_ore:
        return owed
    if wanted.amount_ore <= 0:
        raise DataFault("office.amount_not_positive", amount=format_kroner(wanted.amount_ore))
    if wanted.amount_ore > owed.amount_ore:
        amounts = {"wanted": format_kroner(wanted.amount_ore), "overpaid": format_kroner(owed.amount_ore)}
        raise DataFault("office.more_than_overpaid", payment=wanted.payment, **amounts)
    if owed.case is None:
        raise DataFault("office.unplaced_goes_whole", payment=wanted.payment, amount=format_kroner(owed.amount_ore))
    return owed._replace(amount_ore=wanted.amount_ore)


def _pay_back(connection: sa.Connection, wanted: Refund, owed: _Owed, order: Asked, act: Act) -> Refunded:
    act_no, number = next_act(connection), take(connection, t.counter, "refund")
    particulars = Particulars(wanted.payment, owed.amount_ore, account=wanted.account)
    keep_act(connection, act_no, order, owed.creditor, particulars, act)
    journal = _journal(owed, act_no, wanted.payment, owed.amount_ore, act)
    written_as = write_journals(connection, [journal], act)
    if owed.case is None:
        _mark_unplaced(connection, wanted.payment, written_as, act)
    end_to_end_id = f"{file_prefix(connection)}-R{number}"
    row = (
        number, owed.creditor, act_no, wanted.payment, owed.case, owed.amount_ore, wanted.account_number, wanted.name,
        wanted.text, end_to_end_id,
    )  # fmt: skip
    columns = (*contents.REFUND, "fingerprint", "file", "cancelled_by")
    insert_rows(connection, refund, columns, [(*row, contents.of_row(row), None, None)], act)
    return Refunded(act_no, number, owed.creditor, wanted.payment, True, act.on, owed.amount_ore, end_to_end_id)


def _journal(owed: _Owed, act_no: int, payment: int, amount_ore: int, act: Act) -> Journal:
    """Money out of the bank against what was owed back; negative (øre) where that is undone."""
    account = Account.UNPLACED if owed.case is None else Account.OVERPAID
    rows = [Row(Account.BANK.value, None, -amount_ore, REFUNDED), Row(account.value, None, amount_ore, REFUNDED)]
    return Journal(owed.creditor, owed.case, Kind.REFUND.value, act.on, refund_source(act_no, payment), rows)


def _mark_unplaced(connection: sa.Connection, payment: int, journal: int | None, act: Act) -> None:
    own = t.unplaced.c.payment == payment
    connection.execute(sa.update(t.unplaced).where(own).values(placed_by=journal, **written(act)))


def file_prefix(connection: sa.Connection) -> str:
    """What the ids of this office begin with, so that no other office of a bank's customer makes the same."""
    return fingerprint(office_installation(connection))[:8].upper()


def cancel_refund(connection: sa.Connection, number: int, why: Why, act: Act) -> Cancelled:
    """Take a refund back that has gone into no file yet: the money is owed back, or unplaced, again.

    Raises DataFault `office.because_missing`, `office.text_too_long`, `office.request_differs`,
    `office.no_such_refund`; Skip `office.refund_sent`.
    """
    order = asked(ActKind.REFUND, why, "cancel", number)
    known = done_before(connection, order)
    if known is not None:
        return Cancelled(known.number, number, False, known.done_on)
    row = connection.execute(sa.select(refund).where(refund.c.number == number)).one_or_none()
    if row is None:
        raise DataFault("office.no_such_refund", refund=number)
    if row.file is not None:
        raise Skip("office.refund_sent", refund=number, file=row.file)
    if row.cancelled_by is not None:
        raise Skip("office.refund_cancelled", refund=number)
    act_no = next_act(connection)
    particulars = Particulars(row.payment, -row.amount_ore, about=f"refund {number}")
    keep_act(connection, act_no, order, row.creditor, particulars, act)
    owed = _Owed(row.creditor, row.case, row.amount_ore)
    write_journals(connection, [_journal(owed, act_no, row.payment, -row.amount_ore, act)], act)
    if row.case is None:
        _mark_unplaced(connection, row.payment, None, act)
    connection.execute(sa.update(refund).where(refund.c.number == number).values(cancelled_by=act_no, **written(act)))
    return Cancelled(act_no, number, True, act.on)
