"""Late interest charged and waived by hand: owed once, right to the øre on every day, whatever is known later."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from kravbro.core.allocation_orders import Part
from kravbro.core.claims import TransactionKind
from kravbro.core.errors import DataFault, Skip
from kravbro.office import tables as t
from kravbro.office.interest_terms import INTEREST_FREE, set_terms
from kravbro.office.ledger_events import accept_transactions
from kravbro.office.manual.acts import Why
from tests.interest_oracle import interest_ore
from tests.office.adjustments.acts import account_on, balances_on, charge, undo, waive, waive_interest
from tests.office.builders import TODAY, Desk, offer, open_desk, payment, transaction
from tests.office.manual.acts import clean, owed, states

DUE, PRINCIPAL_ORE, LETTERS_ORE = date(2026, 9, 1), 100_000, 250
DAYS = [date(2026, 9, 1), date(2026, 10, 15), date(2026, 11, 1), TODAY, date(2026, 12, 31)]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """One claim of 1 000,00 due on 1 September; letters charged 2,50 of its interest, and 35,00."""
    one = open_desk(tmp_path)
    one.offer(offer(1, 1))
    yield one
    assert clean(one)
    for day in DAYS:
        assert account_on(one, day).owed_ore == sum(row.total_ore for row in balances_on(one, day))
    one.engine.dispose()


def by_rule(until: date, principal_ore: int = PRINCIPAL_ORE) -> int:
    return interest_ore([(DUE, principal_ore)], until)


def interest_on(desk: Desk, day: date) -> int:
    totals = account_on(desk, day).totals
    return totals.interest_ore + totals.late_interest_ore


def test_charging_changes_nothing_that_is_owed_on_any_day(desk: Desk) -> None:
    before = {day: account_on(desk, day).owed_ore for day in DAYS}
    done = charge(desk, date(2026, 11, 1))

    assert done.amount_ore == by_rule(date(2026, 11, 1)) - LETTERS_ORE
    assert owed(desk)[1]["interest"] == by_rule(date(2026, 11, 1))
    assert {day: account_on(desk, day).owed_ore for day in DAYS} == before
    assert account_on(desk, date(2026, 11, 1)).totals.late_interest_ore == 0


def test_charged_again_it_is_what_came_since(desk: Desk) -> None:
    charge(desk, date(2026, 10, 15))
    charge(desk, date(2026, 11, 1))
    with pytest.raises(Skip, match=r"office\.no_interest_to_charge"):
        charge(desk, date(2026, 11, 1), why=Why("en gang til"))
    with pytest.raises(Skip, match=r"office\.no_interest_to_charge"):
        charge(desk, date(2026, 10, 20))

    assert owed(desk)[1]["interest"] == by_rule(date(2026, 11, 1))
    assert not charge(desk, date(2026, 11, 1)).new


def test_a_case_is_settled_with_its_interest_paid(desk: Desk) -> None:
    paid_on = date(2026, 11, 20)
    done = charge(desk, paid_on)
    desk.pay(payment(1, PRINCIPAL_ORE + 3_500 + LETTERS_ORE + done.amount_ore, desk.rows(t.case)[0].kid))

    assert states(desk) == [("paid", "closed")]
    assert (account_on(desk).owed_ore, account_on(desk, DAYS[-1]).owed_ore) == (0, 0)
    assert [line.kind for line in account_on(desk).lines if line.kind == "late_interest"] == []


def test_a_closed_case_with_uncharged_interest_is_charged_or_waived(desk: Desk) -> None:
    desk.pay(payment(1, 103_750, desk.rows(t.case)[0].kid))
    left_ore = by_rule(date(2026, 11, 20)) - LETTERS_ORE
    assert (states(desk), account_on(desk).owed_ore) == ([("paid", "closed")], left_ore)
    charged = charge(desk, TODAY)
    assert (charged.amount_ore, states(desk)) == (left_ore, [("registered", "in_progress")])
    undo(desk, charged.act)
    assert states(desk) == [("paid", "closed")]
    waived = waive_interest(desk, TODAY)

    assert (waived.amount_ore, states(desk)) == (0, [("paid", "closed")])
    assert account_on(desk, DAYS[-1]).owed_ore == 0
    assert [line.kind for line in account_on(desk).lines][-2:] == ["charge", "waiver"]


def test_a_payment_that_came_before_takes_off_what_was_charged_too_much(desk: Desk) -> None:
    """Charged to 23 November; then a file brings money of 20 November, whose principal bore no interest since."""
    charge(desk, TODAY)
    desk.pay(payment(1, 50_000, desk.rows(t.case)[0].kid))
    on_principal_ore = PRINCIPAL_ORE - owed(desk)[1]["principal"]
    right_ore = interest_ore([(DUE, PRINCIPAL_ORE), (date(2026, 11, 20), -on_principal_ore)], TODAY)
    too_much_ore = by_rule(TODAY) - right_ore

    assert too_much_ore > 0
    assert account_on(desk).totals.late_interest_ore == -too_much_ore
    assert interest_on(desk, DAYS[-1]) == interest_ore(
        [(DUE, PRINCIPAL_ORE), (date(2026, 11, 20), -on_principal_ore)], DAYS[-1]
    ) - by_rule(TODAY)


def test_a_credit_note_takes_unpaid_interest_off_when_it_is_charged_again(desk: Desk) -> None:
    charge(desk, date(2026, 11, 1))
    credited = transaction(1, 1001, -60_000, kind=TransactionKind.CREDIT_NOTE)
    with desk.writing() as connection:
        accept_transactions(connection, 1, [credited], desk.act)
    right_ore = by_rule(date(2026, 11, 1), 40_000)
    assert interest_on(desk, date(2026, 11, 1)) == right_ore
    corrected = charge(desk, date(2026, 11, 1), why=Why("kreditnota"))

    assert corrected.amount_ore == right_ore - by_rule(date(2026, 11, 1))
    assert owed(desk)[1]["interest"] == interest_on(desk, date(2026, 11, 1)) == right_ore
    assert interest_on(desk, DAYS[-1]) == by_rule(DAYS[-1], 40_000)


def test_terms_that_are_said_later_count_for_what_was_charged(desk: Desk) -> None:
    charge(desk, TODAY)
    with desk.writing() as connection:
        set_terms(connection, "1-000001", INTEREST_FREE, desk.act, because="avtale")

    assert interest_on(desk, TODAY) == LETTERS_ORE


def test_interest_that_was_waived_is_not_owed_again_whatever_comes(desk: Desk) -> None:
    waive_interest(desk, date(2026, 11, 1))
    assert interest_on(desk, date(2026, 11, 1)) == LETTERS_ORE
    assert interest_on(desk, DAYS[-1]) == by_rule(DAYS[-1]) - by_rule(date(2026, 11, 1)) + LETTERS_ORE
    with desk.writing() as connection:
        set_terms(connection, "1-000001", INTEREST_FREE, desk.act, because="avtale")

    assert interest_on(desk, DAYS[-1]) == 0  # more was waived than is owed now: it covers what letters charged, too


def test_a_part_is_waived_and_never_more_than_is_owed(desk: Desk) -> None:
    part = waive_interest(desk, TODAY, 500)
    assert interest_on(desk, TODAY) == by_rule(TODAY) - 500
    with pytest.raises(DataFault, match=r"office\.more_than_owed"):
        waive_interest(desk, TODAY, by_rule(TODAY) - LETTERS_ORE - 500 + 1, why=Why("for mye"))
    with pytest.raises(DataFault, match=r"office\.more_than_owed"):
        waive(desk, Part.FEES, 3_501)
    waive(desk, Part.FEES, 1_000)
    whole = waive(desk, Part.FEES)
    assert (whole.amount_ore, "fees" in owed(desk)[1]) == (-2_500, False)
    undo(desk, whole.act)
    undo(desk, part.act)

    assert owed(desk)[1]["fees"] == 2_500
    assert interest_on(desk, TODAY) == by_rule(TODAY)
    with pytest.raises(Skip, match=r"office\.nothing_to_waive"):
        waive(desk, Part.COSTS)
    with pytest.raises(DataFault, match=r"office\.principal_not_waived"):
        waive(desk, Part.PRINCIPAL)


def test_what_is_charged_is_waived_as_it_stands(desk: Desk) -> None:
    charge(desk, TODAY)
    waive(desk, Part.INTEREST)

    assert interest_on(desk, TODAY) == 0
    assert interest_on(desk, DAYS[-1]) == by_rule(DAYS[-1]) - by_rule(TODAY)


def test_a_day_to_come_is_refused(desk: Desk) -> None:
    with pytest.raises(DataFault, match=r"office\.interest_later"):
        charge(desk, date(2026, 12, 1))
    with pytest.raises(DataFault, match=r"office\.no_such_adjustment"):
        undo(desk, 9)
