"""Money that did not come in a bank file: registered by hand, on a case or unplaced, posted or left to the ledger.

What is posted is booked by the office: debit the account that the money stands on. What is not posted ("skal ikke
bokføres") the ledger books by itself, as a payment on the invoice, and tells as a transaction: see
`kravbro.office.manual.outside` and docs/manual_work.md.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.allocation_orders import Money
from kravbro.core.errors import DataFault
from kravbro.core.money import checked_ore, format_kroner
from kravbro.db.bulk import insert_rows
from kravbro.db.counters import take
from kravbro.office import contents
from kravbro.office import tables as t
from kravbro.office.caseload import Caseload
from kravbro.office.creditors import load_creditor
from kravbro.office.incoming import Because
from kravbro.office.journals import Account, Journal, Kind, Row, payment_source, write_journals
from kravbro.office.manual.acts import (
    IDENTITY,
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
from kravbro.office.manual.division import Division, case_on_table, divide
from kravbro.office.payments import unplaced_rows
from kravbro.office.placing import Covered, Known

BY_HAND = "hand"
"""The type of a payment that a person registered."""
LONGEST_REFERENCE = 40


class How(StrEnum):
    """How money came that did not come in a bank file."""

    CASH = "cash"
    DIRECT = "direct"
    SET_OFF = "set_off"
    WAGE_DEDUCTION = "wage_deduction"
    BANKRUPTCY = "bankruptcy"
    ENFORCEMENT = "enforcement"


MONEY_OF = {
    How.CASH: Money.VOLUNTARY,
    How.DIRECT: Money.VOLUNTARY,
    How.SET_OFF: Money.VOLUNTARY,
    How.WAGE_DEDUCTION: Money.WAGE_DEDUCTION,
    How.BANKRUPTCY: Money.ENFORCEMENT,
    How.ENFORCEMENT: Money.ENFORCEMENT,
}
"""By which policy such money is divided. Whoever declares a set-off says what it covers, as a debtor who pays does; a
bankruptcy is enforcement for all creditors together."""


class Registration(msgspec.Struct, frozen=True):
    """Money to register (øre, positive). `case` is None for money that nobody can place yet.

    `account` is the ledger's account that is debited, empty for the creditor's money account. With `posted` false the
    ledger books the money itself. `reference` is the document's own: a receipt, a court's or an employer's number.
    """

    creditor: int
    amount_ore: int
    how: How
    received_on: date
    case: str | None = None
    invoice_no: str | None = None
    account: str = ""
    reference: str = ""
    posted: bool = True


class Registered(msgspec.Struct, frozen=True):
    """What a registration did. `new` is false if the same was asked for before: nothing was done then."""

    act: int
    payment: int
    new: bool
    done_on: date
    amount_ore: int
    case: str | None
    posted: bool
    shares: tuple[Covered, ...] = ()
    overpaid_ore: int = 0


def register_payment(connection: sa.Connection, given: Registration, why: Why, act: Act) -> Registered:
    """Register money by hand.

    Raises DataFault `office.because_missing`, `office.text_too_long`, `office.request_differs`,
    `office.amount_not_positive`, `office.received_later`, `office.no_such_case`, `office.case_of_creditor`,
    `office.not_posted_unplaced`, `office.not_posted_set_off`, `office.not_posted_account`,
    `office.not_posted_overpaid`, and those of `division.divide`; Stop `office.no_such_creditor`.
    """
    wanted = asked(ActKind.REGISTER, why, given)
    known = done_before(connection, wanted)
    if known is not None and known.payment is not None:
        return Registered(known.number, known.payment, False, known.done_on, given.amount_ore, given.case, given.posted)
    _refuse(connection, given, act)
    return _register(connection, given, wanted, act)


def _refuse(connection: sa.Connection, given: Registration, act: Act) -> None:
    load_creditor(connection, given.creditor)
    refuse_long("account", given.account, LONGEST_ACCOUNT)
    refuse_long("reference", given.reference, LONGEST_REFERENCE)
    if checked_ore(given.amount_ore) <= 0:
        raise DataFault("office.amount_not_positive", amount=format_kroner(given.amount_ore))
    if given.received_on > act.on:
        raise DataFault("office.received_later", received_on=given.received_on, on=act.on)
    if given.case is None and given.invoice_no is not None:
        raise DataFault("office.invoice_without_case", invoice=given.invoice_no)
    if given.posted:
        return
    if given.case is None:
        raise DataFault("office.not_posted_unplaced")
    if given.how is How.SET_OFF:
        raise DataFault("office.not_posted_set_off")
    if given.account:
        raise DataFault("office.not_posted_account", account=given.account)


def _register(connection: sa.Connection, given: Registration, wanted: Asked, act: Act) -> Registered:
    number, payment = next_act(connection), take(connection, t.counter, "payment")
    caseload = Caseload()
    division = _divided(connection, caseload, given, payment)
    if not given.posted and division is not None and division.overpaid_ore:
        overpaid = format_kroner(division.overpaid_ore)
        raise DataFault("office.not_posted_overpaid", case=division.case.number, overpaid=overpaid)
    placed_ore = given.amount_ore if division else 0
    keep_payment(
        connection,
        HandPayment(payment, number, given.creditor, given.amount_ore, given.received_on, given.reference, placed_ore),
        act,
    )
    rows = division.rows if division else unplaced_rows(given.amount_ore, Because.REGISTERED_UNPLACED)
    if division is None:
        keep_unplaced(connection, payment, given, act)
    kind, account = (Kind.HAND, Account.BANK) if given.posted else (Kind.OUTSIDE, Account.OUTSIDE)
    case = division.case.id if division else None
    source = payment_source(payment)
    all_rows = [Row(account.value, None, given.amount_ore, counts_from=given.received_on), *rows]
    write_journals(connection, [Journal(given.creditor, case, kind.value, act.on, source, all_rows)], act)
    caseload.apply(rows)
    caseload.save(connection, act)
    particulars = Particulars(payment, given.amount_ore, given.how.value, given.account)
    keep_act(connection, number, wanted, given.creditor, particulars, act)
    covered, overpaid_ore = (division.covered, division.overpaid_ore) if division else ((), 0)
    return Registered(number, payment, True, act.on, given.amount_ore, given.case, given.posted, covered, overpaid_ore)


def _divided(connection: sa.Connection, caseload: Caseload, given: Registration, payment: int) -> Division | None:
    if given.case is None:
        return None
    case = case_on_table(connection, caseload, given.case)
    if case.creditor != given.creditor:
        raise DataFault("office.case_of_creditor", case=given.case, creditor=case.creditor, given=given.creditor)
    known = Known(MONEY_OF[given.how], given.invoice_no)
    return divide(connection, case, payment, given.amount_ore, given.received_on, known)


class HandPayment(msgspec.Struct, frozen=True):
    """A payment that came in no file: negative (øre) for one that takes another back, which `reverses` names."""

    number: int
    act: int
    creditor: int
    amount_ore: int
    received_on: date
    reference: str
    placed_ore: int
    account_number: str | None = None
    kid: str = ""
    reverses: int | None = None


def keep_payment(connection: sa.Connection, one: HandPayment, act: Act) -> None:
    """Keep a payment that a person registered. It is a sum of its own, and is booked on the business date."""
    row = (
        one.number, None, f"{IDENTITY}{one.act}", one.account_number, one.creditor, BY_HAND, one.amount_ore, one.kid,
        one.received_on, act.on, hand_lump(one.number), one.reference, "", "", one.reverses, one.placed_ore,
    )  # fmt: skip
    insert_rows(connection, t.payment, (*contents.PAYMENT, "fingerprint"), [(*row, contents.of_row(row))], act)


def hand_lump(payment: int) -> str:
    """What the sum of a payment by hand is called: it stands alone."""
    return f"manuell {payment}"


def keep_unplaced(connection: sa.Connection, payment: int, given: Registration, act: Act) -> None:
    """Keep money that is on no case yet."""
    row = (payment, given.creditor, given.amount_ore, Because.REGISTERED_UNPLACED.value, None)
    insert_rows(connection, t.unplaced, ("payment", "creditor", "amount_ore", "because", "placed_by"), [row], act)
