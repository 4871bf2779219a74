"""Errors of what people charge and waive on claims by hand."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from msgspec.structs import replace

from kravbro.core.allocation_orders import Part
from kravbro.core.claims import Outcome, ReturnReason
from kravbro.core.fees.charges import ChargeKind
from kravbro.core.parties import Protection
from kravbro.office import tables as t
from kravbro.office.creditors import Collects
from kravbro.office.manual.acts import Why
from kravbro.office.parties.commands import set_protection
from kravbro.office.returns import Wish, give_back
from tests.errors.gallery import command, provokes
from tests.office.adjustments.acts import book_costs_on, charge, cost, undo, waive, waive_interest
from tests.office.builders import CREDITOR, TODAY, Desk, offer, open_desk, payment


def one_case(folder: Path) -> Desk:
    """A case that owes 1 037,50, and interest."""
    desk = open_desk(folder)
    desk.offer(offer(1, 1))
    return desk


@provokes("office.cost_later")
def a_cost_of_tomorrow_is_registered(folder: Path) -> None:
    cost(one_case(folder), 100, dated=TODAY + timedelta(1))


@provokes("office.cost_interest")
def a_cost_is_to_bear_interest(folder: Path) -> None:
    cost(one_case(folder), 100, interest_from=TODAY)


@provokes("office.document_missing")
def awarded_costs_have_no_judgment(folder: Path) -> None:
    cost(one_case(folder), 100, ChargeKind.AWARDED)


@provokes("office.letter_deadline")
def a_letter_has_no_deadline(folder: Path) -> None:
    cost(one_case(folder), 100, ChargeKind.REMINDER)


@provokes("office.no_vat_on_cost")
def vat_is_in_a_court_fee(folder: Path) -> None:
    cost(one_case(folder), 100, with_vat=True)


@provokes("office.salaer_of_own")
def a_municipality_asks_for_a_salaer(folder: Path) -> None:
    cost(one_case(folder), 100, ChargeKind.SALAER_SIMPLE)


@provokes("office.cost_above_maximum")
def more_is_asked_for_than_the_law_allows(folder: Path) -> None:
    cost(one_case(folder), 5_000_00)


@provokes("fees.demand_unknown")
def a_heavy_salaer_comes_before_the_demand(folder: Path) -> None:
    desk = open_desk(folder, replace(CREDITOR, collects=Collects.AGENCY))
    desk.offer(offer(1, 1))
    cost(desk, 100, ChargeKind.SALAER_HEAVY)


@provokes("office.claim_not_collected")
def a_cost_comes_after_the_claim_was_given_back(folder: Path) -> None:
    desk = one_case(folder)
    with desk.writing() as connection:
        give_back(connection, "1-000001", Wish(Outcome.RETURNED, ReturnReason.OTHER, "ferdig"), desk.act)
    cost(desk, 100)


@provokes("office.protected_in_text")
def a_reason_tells_a_protected_address(folder: Path) -> None:
    desk = one_case(folder)
    with desk.writing() as connection:
        set_protection(connection, 1, Protection.CONFIDENTIAL, desk.act, because="melding")
    cost(desk, 100, why=Why("brev til gata 1 i retur"))


@provokes("office.interest_later")
def interest_is_charged_to_a_day_to_come(folder: Path) -> None:
    charge(one_case(folder), TODAY + timedelta(1))


@provokes("office.no_interest_to_charge")
def interest_is_charged_before_it_runs(folder: Path) -> None:
    charge(one_case(folder), date(2026, 8, 1))


@provokes("office.more_than_owed")
def more_interest_is_waived_than_there_is(folder: Path) -> None:
    waive_interest(one_case(folder), TODAY, 1_000_00)


@provokes("office.principal_not_waived")
def the_office_waives_the_principal(folder: Path) -> None:
    waive(one_case(folder), Part.PRINCIPAL)


@provokes("office.nothing_to_waive")
def costs_are_waived_that_nobody_registered(folder: Path) -> None:
    waive(one_case(folder), Part.COSTS)


@provokes("office.no_such_adjustment")
def an_act_is_undone_that_was_none(folder: Path) -> None:
    undo(one_case(folder), 7)


@provokes("office.undone_already")
def a_waiver_is_taken_back_twice(folder: Path) -> None:
    desk = one_case(folder)
    done = waive(desk, Part.FEES)
    undo(desk, done.act)
    undo(desk, done.act, why=Why("en gang til"))


@provokes("office.charge_is_paid")
def a_cost_is_taken_back_that_is_paid(folder: Path) -> None:
    desk = one_case(folder)
    done = cost(desk, 100_00)
    desk.pay(payment(1, 50_00, desk.rows(t.case)[0].kid))
    undo(desk, done.act)


@provokes("office.costs_account")
def the_account_of_costs_is_too_long(folder: Path) -> None:
    book_costs_on(one_case(folder), "15900000000")


@provokes("cli.until_of_late_interest")
def a_day_is_given_for_fees(_: Path) -> None:
    command("cases", "waive", "1-000001", "--part", "fees", "--until", "2026-11-01", "--because", "x")
