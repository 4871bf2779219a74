"""Work by hand on money of two creditors: it goes through both books, and comes back through both."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from kravbro.core.errors import DataFault
from kravbro.core.vouchers import Voucher
from kravbro.office import tables as t
from kravbro.office.journals import OWED
from kravbro.office.manual.acts import Why
from kravbro.office.manual.moving import Move, Moved, move_payment
from kravbro.office.manual.registering import How, Registration, register_payment
from kravbro.office.manual.reversing import TakenBack, reverse_payment
from kravbro.office.placing import place_unplaced
from tests.office.builders import TODAY, Desk
from tests.office.shared_accounts import (
    ASK,
    FET,
    HOUSE,
    LOM,
    NES,
    book,
    came_in,
    case_of,
    faults,
    invoice,
    open_shared_desk,
)
from tests.places import NewPlace

WHY = Why("feil oppdragsgiver")
FULL = {"principal": 100_000, "fees": 3_500, "interest": 250}


@pytest.fixture
def desk(new_place: NewPlace) -> Desk:
    return open_shared_desk(new_place.where())


def move(desk: Desk, payment: int, target: str, amount_ore: int | None = None, why: Why = WHY) -> Moved:
    with desk.writing() as connection:
        return move_payment(connection, Move(payment, target, amount_ore=amount_ore), why, desk.act)


def reverse(desk: Desk, payment: int) -> None:
    with desk.writing() as connection:
        reverse_payment(connection, payment, TakenBack.BOUNCED, WHY, desk.act)


def lines(vouchers: list[Voucher]) -> list[list[tuple[str, int]]]:
    return [[(line.account, line.amount_ore) for line in one.lines] for one in vouchers]


def owed(desk: Desk, creditor: int) -> dict[str, int]:
    """What the creditor's first claim owes, by account."""
    claim = desk.rows(t.claim, t.claim.c.creditor == creditor)[0].id
    sums: dict[str, int] = {}
    for row in desk.rows(t.journal_row, t.journal_row.c.claim == claim):
        if row.account in OWED:
            sums[row.account] = sums.get(row.account, 0) + row.amount_ore
    return {account: ore for account, ore in sums.items() if ore}


def test_what_is_moved_to_another_creditors_case_goes_through_both_books(desk: Desk) -> None:
    desk.pay(came_in(1, NES, 50_000, invoice(NES)))
    book(desk, NES)
    done = move(desk, 1, case_of(desk, FET))

    assert (done.source, done.target) == (case_of(desk, NES), case_of(desk, FET))
    assert (owed(desk, NES), owed(desk, FET)) == (FULL, {"principal": 53_750})
    assert lines(book(desk, NES))[1:] == [[("2981", -50_000), ("3900", 3_500), ("8050", 250), ("1510", 46_250)]]
    assert lines(book(desk, FET)) == [[("2982", 50_000), ("3900", -3_500), ("8050", -250), ("1510", -46_250)]]
    assert faults(desk) == []


def test_a_moved_payment_that_bounces_goes_back_through_both_books(desk: Desk) -> None:
    desk.pay(came_in(1, NES, 50_000, invoice(NES)))
    move(desk, 1, case_of(desk, FET), 20_000)
    book(desk, NES), book(desk, FET)
    reverse(desk, 1)

    assert (owed(desk, NES), owed(desk, FET)) == (FULL, FULL)
    here, there = book(desk, NES)[-1], book(desk, FET)[-1]
    assert lines([here])[0][0] == ("1920", -50_000)
    assert ("2981", 20_000) in lines([here])[0]
    assert ("2982", -20_000) in lines([there])[0]
    assert faults(desk) == []


def test_the_bank_takes_it_back_through_both_books_too(desk: Desk) -> None:
    desk.pay(came_in(1, NES, 50_000, invoice(NES)))
    move(desk, 1, case_of(desk, FET), 20_000)
    desk.pay(came_in(2, NES, -50_000, invoice(NES)), name="back.txt")

    assert (owed(desk, NES), owed(desk, FET)) == (FULL, FULL)
    for creditor in (NES, FET):
        assert sum(amount for one in lines(book(desk, creditor)) for _, amount in one) == 0
    assert faults(desk) == []


def test_money_that_was_handed_over_is_taken_back_from_where_it_went(desk: Desk) -> None:
    desk.pay(came_in(1, NES, 50_000, invoice(FET)), came_in(2, NES, 600, ""))
    with desk.writing() as connection:
        place_unplaced(connection, 2, case_of(desk, FET), desk.act)
    for number in (1, 2):
        reverse(desk, number)

    assert owed(desk, FET) == FULL
    for creditor in (NES, FET):
        for one in lines(book(desk, creditor)):
            assert sum(amount for _, amount in one) == 0
    assert faults(desk) == []


def test_money_may_go_back_to_its_holder_and_on_again(desk: Desk) -> None:
    desk.pay(came_in(1, NES, 50_000, invoice(FET)))
    move(desk, 1, case_of(desk, NES))
    assert (owed(desk, NES), owed(desk, FET)) == ({"principal": 53_750}, FULL)
    desk.on = TODAY + timedelta(1)
    move(desk, 1, case_of(desk, FET), why=Why("likevel ikke"))

    assert (owed(desk, NES), owed(desk, FET)) == (FULL, {"principal": 53_750})
    for creditor in (NES, FET):
        assert sum(amount for one in lines(book(desk, creditor)) for _, amount in one) == 0
    assert faults(desk) == []


def test_a_creditor_whom_the_agreement_does_not_serve_gets_nothing(desk: Desk) -> None:
    desk.pay(came_in(1, NES, 500, invoice(NES)), came_in(2, HOUSE, 500, invoice(ASK)))
    for number, creditor in ((1, LOM), (1, ASK), (2, NES)):
        with pytest.raises(DataFault, match=r"office\.(creditor_not_served|house_serves_agency)"):
            move(desk, number, case_of(desk, creditor))
    assert faults(desk) == []


def test_without_an_account_between_the_books_nothing_is_moved(desk: Desk) -> None:
    desk.pay(came_in(1, NES, 500, invoice(NES)))
    with desk.writing() as connection:
        connection.execute(sa.update(t.creditor).where(t.creditor.c.number == FET).values(intermediate_account=""))
    with pytest.raises(DataFault, match=r"office\.intermediate_missing"):
        move(desk, 1, case_of(desk, FET))


def test_cash_for_another_creditor_is_moved_without_an_agreement(desk: Desk) -> None:
    with desk.writing() as connection:
        cash = Registration(NES, 500, How.CASH, desk.on, case_of(desk, NES))
        register_payment(connection, cash, WHY, desk.act)
    move(desk, 1, case_of(desk, FET))

    assert owed(desk, FET) == {"principal": 100_000, "fees": 3_000, "interest": 250}
    assert faults(desk) == []
