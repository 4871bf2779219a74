"""Payments by hand: divided by where they come from, booked once or left to the ledger, asked for once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kravbro.core.claims import TransactionKind
from kravbro.core.errors import DataFault
from kravbro.office import tables as t
from kravbro.office.ledger_events import accept_transactions
from kravbro.office.manual.acts import Why
from kravbro.office.manual.outside import Awaited, awaited
from kravbro.office.manual.registering import How
from kravbro.office.manual.reversing import TakenBack
from kravbro.office.placing import place_unplaced
from kravbro.office.queries.balances import balances
from kravbro.office.queries.statement import statement
from kravbro.office.streams import claims
from tests.office.builders import STATUTE, TODAY, Desk, offer, open_desk, transaction
from tests.office.manual.acts import BECAUSE, clean, lines, owed, post, register, reverse, states
from tests.places import NewPlace

FULL = {"principal": 100_000, "fees": 3_500, "interest": 250}


@pytest.fixture
def desk(new_place: NewPlace) -> Desk:
    """A case with two claims of 1 000,00, each with 35,00 in fees and 2,50 in interest."""
    desk = open_desk(new_place.where())
    desk.offer(offer(1, 1), offer(2, 1))
    return desk


def tell(desk: Desk, number: int, amount_ore: int, entry: int = 1001, **changes: object) -> None:
    """The ledger tells of a booking of its own."""
    with desk.writing() as connection:
        accept_transactions(connection, 1, [transaction(number, entry, amount_ore, **changes)], desk.act)


def test_cash_covers_what_a_debtors_payment_covers_and_is_booked_on_the_account_chosen(desk: Desk) -> None:
    done = register(desk, 13_750, account="1900", reference="kvittering 7")

    assert (done.payment, done.new, done.overpaid_ore) == (1, True, 0)
    assert owed(desk)[1] == {"principal": 90_000}
    (voucher,) = post(desk)
    assert lines(voucher) == [
        ("1900", 13_750, None),
        ("3900", -3_500, None),
        ("8050", -250, None),
        ("1510", -10_000, 1001),
    ]
    assert (voucher.text, voucher.dated, voucher.lines[0].text) == ("Manuell innbetaling 1", TODAY, "manuell 1")
    assert clean(desk)


@pytest.mark.parametrize("how", [How.WAGE_DEDUCTION])
def test_wages_cover_the_principal_first(desk: Desk, how: How) -> None:
    register(desk, 10_000, how=how)

    assert owed(desk)[1] == {**FULL, "principal": 90_000}
    assert post(desk)[0].lines[0].account == "1920"


def test_a_named_invoice_is_covered_first_and_the_rest_is_overpaid(desk: Desk) -> None:
    done = register(desk, 200_000, invoice_no="20002")
    assert owed(desk) == {1: {"principal": 7_500}, 2: {}}
    more = register(desk, 10_000)
    assert (done.overpaid_ore, more.overpaid_ore) == (0, 2_500)
    assert [state for state, _ in states(desk)] == ["paid", "paid"]
    assert clean(desk)


def test_money_that_nobody_can_place_is_unplaced_and_can_be_placed(desk: Desk) -> None:
    register(desk, 5_000, case=None)
    assert [(row.amount_ore, row.because) for row in desk.rows(t.unplaced)] == [(5_000, "office.unplaced.registered")]
    assert lines(post(desk)[0]) == [("1920", 5_000, None), ("2990", -5_000, None)]
    with desk.writing() as connection:
        place_unplaced(connection, 1, "1-000001", desk.act)
    assert lines(post(desk)[0])[0] == ("2990", 5_000, None)
    assert clean(desk)


def test_the_same_command_again_changes_nothing_and_another_request_is_another_payment(desk: Desk) -> None:
    first = register(desk, 5_000)
    again = register(desk, 5_000)
    other = register(desk, 5_000, why=Why(BECAUSE.because, "second"))
    other_again = register(desk, 5_000, why=Why(BECAUSE.because, "second"))

    assert [(one.payment, one.new) for one in (first, again, other, other_again)] == [
        (1, True), (1, False), (2, True), (2, False),
    ]  # fmt: skip
    assert len(desk.rows(t.payment)) == 2
    with pytest.raises(DataFault, match=r"office\.request_differs"):
        register(desk, 5_001, why=Why(BECAUSE.because, "second"))


def test_interest_counts_a_payment_from_the_day_it_was_received(desk: Desk) -> None:
    received = date(2026, 10, 15)
    register(desk, 103_750, received_on=received, on=received)
    register(desk, 103_750, received_on=received, on=TODAY + timedelta(10), invoice_no="20002")

    with desk.reading() as connection:
        first, second = balances(connection, TODAY + timedelta(30), STATUTE)
        told = statement(connection, "1-000001", TODAY + timedelta(30), STATUTE)
    assert first.uncharged_ore == second.uncharged_ore > 0
    assert told.totals.principal_ore == 0


def principal_on_both_sides(desk: Desk) -> tuple[int, int]:
    """The principal of claim 1: what the journal says, and what opening and movements say."""
    with desk.reading() as connection:
        one = claims(connection, 1, 0, 1)[0]
    moved = one.opening_ore + sum(move.amount_ore for move in one.movements)
    return owed(desk)[1].get("principal", 0), moved


def test_what_the_ledger_books_itself_falls_once_when_the_ledger_tells_it(desk: Desk) -> None:
    register(desk, 33_750, posted=False)
    assert principal_on_both_sides(desk) == (70_000, 70_000)
    with desk.reading() as connection:
        assert awaited(connection, 1) == [Awaited("1-000001", "20001", 30_000, TODAY)]
        assert [(one.id, one.settled) for one in claims(connection, 1, 0, 1)[0].movements] == [("outside:1", False)]
    assert post(desk) == []

    tell(desk, 1, -30_000)
    assert principal_on_both_sides(desk) == (70_000, 70_000)
    with desk.reading() as connection:
        assert awaited(connection, 1) == []
        assert [one.id for one in claims(connection, 1, 0, 1)[0].movements] == ["booking:9001"]
    assert post(desk) == []
    assert clean(desk)


def test_the_ledger_may_tell_it_in_parts_or_with_more_in_any_order(desk: Desk) -> None:
    register(desk, 33_750, posted=False)
    tell(desk, 1, -10_000)
    assert principal_on_both_sides(desk) == (70_000, 70_000)
    tell(desk, 2, -25_000)
    assert principal_on_both_sides(desk) == (65_000, 65_000)
    tell(desk, 3, -1_000)
    assert principal_on_both_sides(desk) == (64_000, 64_000)
    assert clean(desk)


def test_only_a_payment_meets_it_and_a_credit_note_counts_beside_it(desk: Desk) -> None:
    register(desk, 33_750, posted=False)
    tell(desk, 1, -20_000, kind=TransactionKind.CREDIT_NOTE)
    assert principal_on_both_sides(desk) == (50_000, 50_000)
    tell(desk, 2, -30_000)
    assert principal_on_both_sides(desk) == (50_000, 50_000)
    tell(desk, 3, 30_000, kind=TransactionKind.REVERSAL)
    assert principal_on_both_sides(desk) == (80_000, 80_000)
    assert clean(desk)


def test_a_claim_that_was_paid_outside_stays_paid_when_the_ledger_tells_it(desk: Desk) -> None:
    register(desk, 207_500, posted=False)
    events = len(desk.rows(t.case_event)), len(desk.rows(t.status_event))
    assert states(desk) == [("paid", "closed")] * 2
    tell(desk, 1, -100_000)
    tell(desk, 2, -100_000, entry=1002)

    assert states(desk) == [("paid", "closed")] * 2
    assert (len(desk.rows(t.case_event)), len(desk.rows(t.status_event))) == events
    assert clean(desk)


def test_interest_stops_on_the_day_the_debtor_paid_though_the_ledger_booked_it_later(desk: Desk) -> None:
    paid, later = date(2026, 10, 1), date(2026, 11, 20)
    register(desk, 103_750, received_on=paid, posted=False)
    with desk.reading() as connection:
        before = next(balances(connection, TODAY, STATUTE)).uncharged_ore
    tell(desk, 1, -100_000, value_on=later, posted_on=later)

    with desk.reading() as connection:
        assert next(balances(connection, TODAY, STATUTE)).uncharged_ore == before > 0


def test_a_registration_that_the_ledger_has_not_told_can_be_taken_back_and_one_that_it_has_cannot(desk: Desk) -> None:
    register(desk, 33_750, posted=False)
    register(desk, 5_000, posted=False)
    reverse(desk, 2, TakenBack.MISTAKEN)
    assert principal_on_both_sides(desk) == (70_000, 70_000)
    tell(desk, 1, -10_000)

    with pytest.raises(DataFault, match=r"office\.ledger_has_told"):
        reverse(desk, 1, TakenBack.MISTAKEN)
    assert clean(desk)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount_ore": 0}, "amount_not_positive"),
        ({"received_on": TODAY + timedelta(1)}, "received_later"),
        ({"case": None, "invoice_no": "20001"}, "invoice_without_case"),
        ({"case": "1-000009"}, "no_such_case"),
        ({"case": None, "posted": False}, "not_posted_unplaced"),
        ({"how": How.SET_OFF, "posted": False}, "not_posted_set_off"),
        ({"account": "1900", "posted": False}, "not_posted_account"),
        ({"amount_ore": 207_501, "posted": False}, "not_posted_overpaid"),
        ({"how": How.ENFORCEMENT, "invoice_no": "20001"}, "choice_not_binding"),
        ({"account": "12345678901"}, "text_too_long"),
    ],
)
def test_what_cannot_be_registered_is_refused_and_nothing_is_kept(
    desk: Desk, changes: dict[str, object], code: str
) -> None:
    with pytest.raises(DataFault, match=rf"office\.{code}"):
        register(desk, **{"amount_ore": 1_000, **changes})  # type: ignore[arg-type] # one of each at a time
    assert desk.rows(t.payment) == []
    with pytest.raises(DataFault, match=r"office\.because_missing"):
        register(desk, 1_000, why=Why("  "))
