"""Move a payment, or a part of it, from one case to another, as if it had come there when it came.

Two journals: one takes the money off, last covered first, and one puts it on the other case by the rules of the day on
which the bank had it. Interest counts on both cases from that day. What goes between them stands on `moved`, and on
`intermediate` between the books of two creditors.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.allocation_orders import MONEY_OF, Ground, Money
from kravbro.core.claims import GONE
from kravbro.core.errors import DataFault, Skip
from kravbro.core.money import format_kroner
from kravbro.office.agreements import load_agreement, refuse_passage
from kravbro.office.caseload import Caseload, CaseOnTable
from kravbro.office.creditors import load_creditor
from kravbro.office.journals import Account, Journal, Kind, Row, move_off_source, move_on_source, write_journals
from kravbro.office.manual.acts import ActKind, Asked, Particulars, Why, asked, done_before, keep_act, next_act
from kravbro.office.manual.division import Division, case_on_table, divide
from kravbro.office.manual.exclusions import follow_exclusion
from kravbro.office.manual.reversing import Received, load_received, refuse_taken_back
from kravbro.office.manual.whereabouts import Whereabouts, taken_off, whereabouts
from kravbro.office.placing import Covered, Known

GROUNDS = {ground.value: ground for ground in Ground}


class Move(msgspec.Struct, frozen=True):
    """What to move: `amount_ore` None is all that stands on the case; `source` None is the only case it stands on.

    `money` None is where the money was said to come from when it was placed. `known` tells what the debtor said.
    """

    payment: int
    target: str
    source: str | None = None
    amount_ore: int | None = None
    money: Money | None = None
    invoice_no: str | None = None


class Moved(msgspec.Struct, frozen=True):
    """What a move did. `new` is false if the same was asked for before: nothing was done then."""

    act: int
    payment: int
    new: bool
    done_on: date
    amount_ore: int = 0
    source: str = ""
    target: str = ""
    shares: tuple[Covered, ...] = ()
    overpaid_ore: int = 0


class _Taken(NamedTuple):
    """What is moved: the case that it stands on, and the rows that take it off."""

    case: CaseOnTable
    rows: list[Row]
    amount_ore: int


def move_payment(connection: sa.Connection, move: Move, why: Why, act: Act) -> Moved:
    """Move money of a payment to another case, or anew within its case.

    Raises DataFault `office.because_missing`, `office.text_too_long`, `office.request_differs`,
    `office.no_such_payment`, `office.no_such_case`, `office.creditor_not_served`, `office.amount_not_positive`,
    `office.more_than_stands`, `office.stands_on_several`, `office.not_on_case`, `office.placed_before_received` and
    those of `division.divide`; Skip `office.not_a_receipt`, `office.payment_reversed`, `office.not_placed`,
    `office.not_posted_stays`, `office.moves_nothing`, `office.money_of_given_back`.
    """
    wanted = asked(ActKind.MOVE, why, move)
    known = done_before(connection, wanted)
    if known is not None:
        return Moved(known.number, move.payment, False, known.done_on)
    one = load_received(connection, move.payment)
    refuse_taken_back(one)
    if one.kind == Kind.OUTSIDE:
        raise Skip("office.not_posted_stays", payment=one.number)
    received_on = max(one.bank_date, one.settlement_date)
    if act.on < received_on:
        raise DataFault("office.placed_before_received", payment=one.number, on=act.on, received_on=received_on)
    caseload = Caseload()
    taken = _taken(connection, caseload, move, one)
    caseload.apply(taken.rows)
    division = _division(connection, caseload, move, one, taken)
    caseload.apply(division.rows)
    return _move(connection, caseload, one, taken, division, wanted, act)


def _taken(connection: sa.Connection, caseload: Caseload, move: Move, one: Received) -> _Taken:
    stands = whereabouts(connection, [move.payment])[move.payment]
    if not stands.cases:
        raise Skip("office.not_placed", payment=one.number)
    case = _source_case(connection, caseload, move, stands)
    amount_ore = stands.on_case(case.id) if move.amount_ore is None else move.amount_ore
    if amount_ore <= 0:
        raise DataFault("office.amount_not_positive", amount=format_kroner(amount_ore))
    rows = taken_off(stands.cases[case.id], amount_ore)
    if any(row.claim and caseload.claims[row.claim].state in GONE for row in rows):
        raise Skip("office.money_of_given_back", payment=one.number, case=case.number)
    return _Taken(case, rows, amount_ore)


def _source_case(connection: sa.Connection, caseload: Caseload, move: Move, stands: Whereabouts) -> CaseOnTable:
    if move.source is not None:
        case = case_on_table(connection, caseload, move.source)
        if case.id not in stands.cases:
            raise DataFault("office.not_on_case", payment=move.payment, case=move.source)
        return case
    caseload.load(connection, stands.cases)
    if len(stands.cases) > 1:
        numbers = ", ".join(caseload.cases[case].number for case in sorted(stands.cases))
        raise DataFault("office.stands_on_several", payment=move.payment, cases=numbers)
    return caseload.cases[next(iter(stands.cases))]


def _division(connection: sa.Connection, caseload: Caseload, move: Move, one: Received, taken: _Taken) -> Division:
    target = case_on_table(connection, caseload, move.target)
    if target.creditor != taken.case.creditor:
        _refuse_passage(connection, one, taken.case, target)
    known = Known(move.money or money_of(taken.rows), move.invoice_no)
    division = divide(connection, target, one.number, taken.amount_ore, one.bank_date, known)
    if target is taken.case and _covers(division.rows) == _covers(taken.rows, sign=-1):
        raise Skip("office.moves_nothing", payment=one.number, case=target.number)
    return division


def _refuse_passage(connection: sa.Connection, one: Received, source: CaseOnTable, target: CaseOnTable) -> None:
    """Raise DataFault unless money may go from one creditor's case to another's: both books need an account for it."""
    if one.account_number is not None:
        agreement = load_agreement(connection, one.account_number)
        if target.creditor not in agreement.creditors:
            facts = {"case": target.number, "creditor": target.creditor, "payment": one.number}
            raise DataFault("office.creditor_not_served", **facts, account=one.account_number)
    giver, taker = (load_creditor(connection, case.creditor) for case in (source, target))
    refuse_passage(giver, taker, one.account_number or "")


def _covers(rows: list[Row], sign: int = 1) -> dict[tuple[str, int | None], int]:
    sums: dict[tuple[str, int | None], int] = {}
    for row in rows:
        sums[row.account, row.claim] = sums.get((row.account, row.claim), 0) + sign * row.amount_ore
    return sums


def money_of(rows: list[Row]) -> Money:
    """Where the money behind rows was said to come from when it was placed, which their reasons tell."""
    grounds = [GROUNDS[word] for row in rows for word in row.reason.split() if word in GROUNDS]
    return MONEY_OF[grounds[0]] if grounds else Money.VOLUNTARY


def _move(  # noqa: PLR0917 - what is taken off, where it stands, and who asked
    connection: sa.Connection,
    caseload: Caseload,
    one: Received,
    taken: _Taken,
    division: Division,
    wanted: Asked,
    act: Act,
) -> Moved:
    number, creditor = next_act(connection), taken.case.creditor
    amount_ore = taken.amount_ore
    between = Account.MOVED if division.case.creditor == creditor else Account.INTERMEDIATE
    off, on = move_off_source(number, one.number), move_on_source(number, one.number)
    given = [Row(between.value, None, -amount_ore), *taken.rows]
    received = [Row(between.value, None, amount_ore), *division.rows]
    first = write_journals(
        connection,
        [
            Journal(creditor, taken.case.id, Kind.MOVE.value, act.on, off, given),
            Journal(division.case.creditor, division.case.id, Kind.MOVE.value, act.on, on, received),
        ],
        act,
    )
    caseload.save(connection, act)
    keep_act(connection, number, wanted, creditor, Particulars(one.number, amount_ore), act)
    follow_exclusion(connection, one.number, [first, first + 1], act)
    return Moved(
        number, one.number, True, act.on, amount_ore, taken.case.number, division.case.number, division.covered,
        division.overpaid_ore,
    )  # fmt: skip
