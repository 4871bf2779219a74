"""Take a whole payment back: because it bounced, or because it was registered by mistake.

A payment that bounced was there until the day on which it went back, and interest runs again from then on. One that was
registered by mistake never came, so its money is taken off as of the day on which it was said to have come.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from enum import StrEnum
from typing import NamedTuple

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.claims import GONE
from kravbro.core.errors import DataFault, Skip
from kravbro.core.money import format_kroner
from kravbro.db.bulk import insert_rows
from kravbro.db.counters import take
from kravbro.office import tables as t
from kravbro.office.caseload import Caseload
from kravbro.office.handovers import journals_for
from kravbro.office.incoming import Because
from kravbro.office.journals import Account, Kind, payment_source, write_journals
from kravbro.office.manual.acts import (
    IDENTITY,
    ActKind,
    Asked,
    Particulars,
    Why,
    asked,
    done_before,
    keep_act,
    next_act,
)
from kravbro.office.manual.outside import refuse_told
from kravbro.office.manual.registering import HandPayment, keep_payment
from kravbro.office.manual.tables import manual_act
from kravbro.office.manual.taking_back import Taking, reversal_journals, unplaced_in
from kravbro.office.manual.whereabouts import Whereabouts, whereabouts
from kravbro.office.returns import let_go_if_booked


class TakenBack(StrEnum):
    """Why a payment is taken back."""

    BOUNCED = "bounced"
    MISTAKEN = "mistaken"


class Reversed(msgspec.Struct, frozen=True):
    """What a reversal did. `new` is false if the same was asked for before: nothing was done then."""

    act: int
    payment: int
    reversal: int
    new: bool
    done_on: date
    amount_ore: int
    cases: tuple[str, ...] = ()


class Received(NamedTuple):
    """A payment as it came in, and what was done with it since."""

    number: int
    creditor: int
    amount_ore: int
    bank_date: date
    settlement_date: date
    account_number: str | None
    kid: str
    file: int | None
    reversed_by: int | None
    kind: str
    posting: int | None


def load_received(connection: sa.Connection, payment: int) -> Received:
    """One payment. Raises DataFault `office.no_such_payment`."""
    own, reversal = t.payment.c, t.payment.alias("reversal")
    source = payment_source(payment)
    row = connection.execute(
        sa.select(
            own.number,
            own.creditor,
            own.amount_ore,
            own.bank_date,
            own.settlement_date,
            own.account_number,
            own.kid,
            own.file,
            reversal.c.number.label("reversed_by"),
            t.journal.c.kind,
            t.journal.c.posting,
        )
        .select_from(t.payment)
        .join(t.journal, t.journal.c.source == source)
        .outerjoin(reversal, reversal.c.reverses == own.number)
        .where(own.number == payment)
    ).one_or_none()
    if row is None:
        raise DataFault("office.no_such_payment", payment=payment)
    return Received(*row)


def refuse_taken_back(one: Received) -> None:
    """Raise Skip unless the payment is money that came and has not gone back."""
    if one.amount_ore <= 0:
        raise Skip("office.not_a_receipt", payment=one.number)
    if one.reversed_by is not None:
        raise Skip("office.payment_reversed", payment=one.number, reversal=one.reversed_by)


def reverse_payment(connection: sa.Connection, payment: int, how: TakenBack, why: Why, act: Act) -> Reversed:
    """Take a payment back whole, from wherever its money stands; `act.on` is the day on which it went back.

    Raises DataFault `office.because_missing`, `office.text_too_long`, `office.request_differs`,
    `office.no_such_payment`, `office.reversed_before_received`, `office.ledger_has_told`; Skip
    `office.not_a_receipt`, `office.payment_reversed`, `office.payment_refunded`, `office.bank_money_came`, and
    `office.money_of_given_back` for what the ledger books another way.
    """
    wanted = asked(ActKind.REVERSE, why, payment, how)
    known = done_before(connection, wanted)
    one = load_received(connection, payment)
    if known is not None:
        reversal = connection.execute(
            sa.select(t.payment.c.number).where(t.payment.c.identity == f"{IDENTITY}{known.number}")
        ).scalar_one()
        return Reversed(known.number, payment, reversal, False, known.done_on, one.amount_ore)
    refuse_taken_back(one)
    if how is TakenBack.MISTAKEN and one.file is not None:
        raise Skip("office.bank_money_came", payment=payment)
    if act.on < one.bank_date:
        raise DataFault("office.reversed_before_received", payment=payment, on=act.on, received_on=one.bank_date)
    stands = whereabouts(connection, [payment])[payment]
    if stands.refunded_ore:
        raise Skip("office.payment_refunded", payment=payment, refunded=format_kroner(stands.refunded_ore))
    return _reverse(connection, one, stands, how, wanted, act)


def _reverse(  # noqa: PLR0917 - what is taken off, where it stands, and who asked
    connection: sa.Connection, one: Received, stands: Whereabouts, how: TakenBack, wanted: Asked, act: Act
) -> Reversed:
    caseload = Caseload()
    caseload.load(connection, stands.cases)
    outside = one.kind == Kind.OUTSIDE
    gone = {claim.id for claim in caseload.claims.values() if claim.state in GONE}
    if outside:
        refuse_told(connection, one.number, stands)
        _refuse_given_back(one, stands, caseload, gone)
    number, reversal = next_act(connection), take(connection, t.counter, "payment")
    counted_from = one.bank_date if how is TakenBack.MISTAKEN else act.on
    kind, account = (Kind.OUTSIDE, Account.OUTSIDE) if outside else (Kind.TAKEN_BACK, Account.BANK)
    taking = Taking(one.creditor, reversal, -one.amount_ore, kind.value, account.value, act.on)
    whose = {case.id: case.creditor for case in caseload.cases.values()}
    first, *parts = reversal_journals(taking, stands, how is TakenBack.MISTAKEN, counted_from, whose, gone)
    because, unplaced_ore = unplaced_in(first) or (Because.ORIGINAL_UNPLACED, 0)
    placed_ore = -one.amount_ore - unplaced_ore
    keep_payment(
        connection,
        HandPayment(
            reversal, number, one.creditor, -one.amount_ore, counted_from, "", placed_ore, one.account_number, one.kid,
            one.number,
        ),
        act,
    )  # fmt: skip
    if unplaced_ore:
        row = (reversal, one.creditor, unplaced_ore, because.value, None)
        insert_rows(connection, t.unplaced, UNPLACED_COLUMNS, [row], act)
    journals = [*journals_for(first, whose.get(first.case or 0, one.creditor), reversal), *parts]
    write_journals(connection, journals, act)
    for journal in journals:
        caseload.apply(journal.rows)
    caseload.save(connection, act)
    let_go_if_booked(connection, sorted(caseload.claims), act)
    particulars = Particulars(one.number, one.amount_ore, how.value, _account_of(connection, one.number))
    keep_act(connection, number, wanted, one.creditor, particulars, act)
    cases = tuple(caseload.cases[case].number for case in sorted(stands.cases))
    return Reversed(number, one.number, reversal, True, act.on, one.amount_ore, cases)


def _refuse_given_back(one: Received, stands: Whereabouts, caseload: Caseload, gone: Collection[int]) -> None:
    """Money that the ledger books another way never came here: off a claim that is its creditor's again, none goes."""
    for case, rows in sorted(stands.cases.items()):
        if any(row.claim in gone for row in rows):
            raise Skip("office.money_of_given_back", payment=one.number, case=caseload.cases[case].number)


UNPLACED_COLUMNS = ("payment", "creditor", "amount_ore", "because", "placed_by")


def _account_of(connection: sa.Connection, payment: int) -> str:
    """The ledger's account that a registered payment stands on; empty for the usual one."""
    act = manual_act.c
    here = (act.payment == payment, act.kind == ActKind.REGISTER.value)
    return str(connection.execute(sa.select(act.account).where(*here)).scalar() or "")
