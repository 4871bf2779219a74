"""The act of 2026 in force: what it refuses, and what cases in flight keep."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kravbro.core.claims import LetterKind
from kravbro.core.errors import DataFault
from kravbro.core.fees.compensation import standard_compensation
from kravbro.core.fees.court import Charge, court_charge
from kravbro.core.fees.letters import Sending, letter_cap, letter_fee
from kravbro.core.fees.objections import Objection
from kravbro.core.fees.salaer import Debt, Picked, Stage, Terms, plan_cap, salaer_cap
from kravbro.core.fees.stages import Course, Plan, plan_salaer, salaer
from kravbro.core.statute.rows import Row
from tests.core.fees.law import DEMAND, NOTICE, REMINDER, SWITCH, SWITCHED, letter

DUE = date(2026, 10, 1)
BEFORE = SWITCH - timedelta(days=1)
DEBT = Debt(12_000_00, DUE)
IN_FLIGHT = Course(letter(NOTICE, "2026-11-20", "2026-12-04"), letter(DEMAND, "2026-12-07", "2026-12-21"))


@pytest.mark.parametrize("kind", [REMINDER, NOTICE, DEMAND])
def test_a_letter_keeps_the_fee_of_the_day_it_is_sent_and_later_ones_are_refused_by_name(kind: LetterKind) -> None:
    earlier = [letter(REMINDER, "2026-11-02", "2026-11-16", 38_00)]

    assert letter_fee(Sending(kind, DUE, BEFORE), earlier, SWITCHED).amount_ore > 0
    for before in (earlier, []):
        with pytest.raises(DataFault, match=r"statute\.not_in_act"):
            letter_fee(Sending(kind, DUE, SWITCH), before, SWITCHED)
    with pytest.raises(DataFault, match=r"statute\.not_in_act"):
        letter_cap(Sending(kind, DUE, SWITCH), SWITCHED)


def test_a_case_whose_demand_was_sent_before_the_switch_is_finished_under_the_old_act() -> None:
    heavy = date(2027, 1, 19)

    assert salaer(DEBT, Terms(), IN_FLIGHT, heavy - timedelta(days=1), SWITCHED).amount_ore == 1_200_00
    assert salaer(DEBT, Terms(), IN_FLIGHT, heavy, SWITCHED).amount_ore == 2_400_00
    plan = Plan(date(2027, 2, 1), 5)
    assert plan_salaer(plan, DEBT, Terms(), IN_FLIGHT, date(2027, 2, 2), statute=SWITCHED).amount_ore == 1_125_00


def test_a_demand_sent_after_the_switch_has_no_salaer_whenever_the_claim_fell_due() -> None:
    late = Course(IN_FLIGHT.notice, letter(DEMAND, "2027-01-01", "2027-01-15"))

    with pytest.raises(DataFault, match=r"statute\.not_in_act"):
        salaer(DEBT, Terms(), late, date(2027, 1, 10), SWITCHED)
    for stage in Stage:
        with pytest.raises(DataFault, match=r"statute\.not_in_act"):
            salaer_cap(stage, DEBT, Terms(), Picked(SWITCH, SWITCH), SWITCHED)
    with pytest.raises(DataFault, match=r"statute\.not_in_act"):
        plan_cap(DEBT, Terms(), Picked(SWITCH, SWITCH), SWITCHED)


def test_nothing_is_owed_during_an_objection_under_either_act() -> None:
    objections = (Objection(SWITCH),)
    late = Course(IN_FLIGHT.notice, letter(DEMAND, "2027-01-02", "2027-01-16"), objections=objections)

    assert salaer(DEBT, Terms(), late, date(2027, 1, 10), SWITCHED).amount_ore == 0
    assert letter_fee(Sending(REMINDER, DUE, SWITCH), [], SWITCHED, objections).amount_ore == 0


def test_court_charges_and_compensation_go_on() -> None:
    half_year = Row("standard_compensation", "440", SWITCH, date(2027, 6, 30), "law", "source", "test")

    assert court_charge(Charge.CONCILIATION_BOARD, SWITCH, SWITCHED).amount_ore == 2071_00
    assert standard_compensation(SWITCH, SWITCHED.with_rows([half_year]), consumer=False).amount_ore == 440_00


def test_a_row_of_the_new_act_brings_its_fee_back() -> None:
    rows = [
        Row("salaer_simple", "1", SWITCH - timedelta(days=999), None, "new law", "source", "test", act=2026),
        Row("purring_fee", "1/25", SWITCH - timedelta(days=999), None, "new law", "source", "test", act=2026),
        Row("letter_fee_days", "7", SWITCH, None, "new law", "source", "test", act=2026),
        Row("letter_fee_rounding", "100", SWITCH, None, "new law", "source", "test", act=2026),
    ]
    added = SWITCHED.with_rows(rows)

    assert salaer_cap(Stage.SIMPLE, DEBT, Terms(), Picked(SWITCH, SWITCH), added).amount_ore == 750_00
    assert letter_cap(Sending(REMINDER, SWITCH - timedelta(days=7), SWITCH), added).amount_ore == 30_00
    assert salaer_cap(Stage.SIMPLE, DEBT, Terms(), Picked(SWITCH, BEFORE), added).amount_ore == 1_200_00
