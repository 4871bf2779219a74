"""What people charge and waive in tests: one transaction each, on a desk."""

from __future__ import annotations

from datetime import date
from typing import Any

from kravbro.core.allocation_orders import Part
from kravbro.core.fees.charges import ChargeKind, Cost
from kravbro.core.statute.law import Statute
from kravbro.office.adjustments import late_interest, waiving
from kravbro.office.adjustments.acting import Adjusted
from kravbro.office.adjustments.costs import register_cost
from kravbro.office.creditor_settings import set_costs_account
from kravbro.office.manual.acts import Why
from kravbro.office.queries.balances import ClaimBalance, balances
from kravbro.office.queries.statement import Statement, statement
from tests.office.builders import STATUTE, TODAY, Desk, act

CASE = "1-000001"
FILED = date(2026, 11, 2)
BECAUSE = Why("forliksklage sendt")


def cost(
    desk: Desk,
    amount_ore: int,
    kind: ChargeKind = ChargeKind.CONCILIATION_BOARD,
    *,
    case: str = CASE,
    why: Why = BECAUSE,
    claim: str | None = None,
    on: date = TODAY,
    statute: Statute = STATUTE,
    dated: date = FILED,
    **facts: Any,
) -> Adjusted:
    given = Cost(kind, amount_ore, dated, **facts)
    with desk.writing() as connection:
        return register_cost(connection, case, given, why, statute, act(on), claim)


def charge(desk: Desk, until: date, case: str = CASE, why: Why = BECAUSE, on: date = TODAY) -> Adjusted:
    with desk.writing() as connection:
        return late_interest.charge_interest(connection, case, until, why, STATUTE, act(on))


def waive_interest(
    desk: Desk,
    until: date,
    amount_ore: int | None = None,
    case: str = CASE,
    why: Why = BECAUSE,
) -> Adjusted:
    with desk.writing() as connection:
        return late_interest.waive_interest(connection, case, until, amount_ore, why, STATUTE, desk.act)


def waive(
    desk: Desk,
    part: Part,
    amount_ore: int | None = None,
    case: str = CASE,
    why: Why = BECAUSE,
) -> Adjusted:
    with desk.writing() as connection:
        return waiving.waive(connection, case, part, amount_ore, why, desk.act)


def undo(desk: Desk, number: int, why: Why = BECAUSE, on: date = TODAY) -> Adjusted:
    with desk.writing() as connection:
        return waiving.undo(connection, number, why, act(on))


def book_costs_on(desk: Desk, account: str) -> None:
    with desk.writing() as connection:
        set_costs_account(connection, 1, account, "revisor", desk.act)


def account_on(desk: Desk, day: date = TODAY, case: str = CASE) -> Statement:
    with desk.reading() as connection:
        return statement(connection, case, day, STATUTE)


def balances_on(desk: Desk, day: date = TODAY) -> list[ClaimBalance]:
    with desk.reading() as connection:
        return list(balances(connection, day, STATUTE))
