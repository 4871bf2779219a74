"""Take back and move: money is where it would have been, whatever was posted, and so is the interest on it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kravbro.core.allocation_orders import Money
from kravbro.core.claims import Outcome, ReturnReason
from kravbro.core.errors import DataFault, Skip
from kravbro.office import tables as t
from kravbro.office.manual.acts import Why
from kravbro.office.manual.registering import How
from kravbro.office.manual.reversing import TakenBack
from kravbro.office.placing import Known, place_unplaced
from kravbro.office.posting import exclude_from_posting, include_again
from kravbro.office.queries.balances import balances
from kravbro.office.returns import Wish, give_back
from tests.office.builders import STATUTE, TODAY, Desk, invoice_kid, offer, open_desk, payment
from tests.office.manual.acts import BECAUSE, clean, lines, move, owed, post, refund, register, reverse, states
from tests.places import NewPlace

FULL = {"principal": 100_000, "fees": 3_500, "interest": 250}


@pytest.fixture
def desk(new_place: NewPlace) -> Desk:
    """Two cases with one claim each, and 50 000 paid on the first."""
    desk = open_desk(new_place.where())
    desk.offer(offer(1, 1), offer(2, 2))
    desk.pay(payment(1, 50_000, invoice_kid(1)))
    return desk


def late_interest(desk: Desk) -> list[int]:
    with desk.reading() as connection:
        return [one.uncharged_ore for one in balances(connection, TODAY + timedelta(35), STATUTE)]


def test_what_is_moved_is_as_if_it_had_come_there_when_it_came(desk: Desk, new_place: NewPlace) -> None:
    other = open_desk(new_place.where())
    other.offer(offer(1, 1), offer(2, 2))
    other.pay(payment(1, 50_000, invoice_kid(2)))
    done = move(desk, 1, "1-000002", TODAY + timedelta(20))

    assert (done.amount_ore, done.source, done.target) == (50_000, "1-000001", "1-000002")
    assert owed(desk) == owed(other) == {1: FULL, 2: {"principal": 53_750}}
    assert late_interest(desk) == late_interest(other)
    assert clean(desk)


def test_a_part_takes_off_what_was_covered_last(desk: Desk) -> None:
    move(desk, 1, "1-000002", amount_ore=47_000)

    assert owed(desk)[1] == {"principal": 100_000, "fees": 500, "interest": 250}
    assert owed(desk)[2] == {"principal": 56_750}
    move(desk, 1, "1-000002", source="1-000001", why=Why("resten"))
    assert owed(desk) == {1: FULL, 2: {"principal": 53_750}}
    assert clean(desk)


def test_what_was_posted_is_countered_and_what_was_not_is_in_the_same_voucher(desk: Desk) -> None:
    desk.pay(payment(2, 10_000, invoice_kid(1), lump="other"), name="next.txt")
    move(desk, 2, "1-000002")
    first, second = post(desk)
    assert lines(first)[0][:2] == ("1920", 50_000)
    assert lines(second) == [
        ("1920", 10_000, None), ("1510", -10_000, 1001), ("1510", 10_000, 1001),
        ("3900", -3_500, None), ("8050", -250, None), ("1510", -6_250, 1002),
    ]  # fmt: skip
    move(desk, 1, "1-000002")
    (counter,) = post(desk)
    assert counter.text == "Flytting av innbetaling 1"
    assert lines(counter) == [
        ("3900", 3_500, None), ("8050", 250, None), ("1510", 46_250, 1001), ("1510", -50_000, 1002),
    ]  # fmt: skip
    assert clean(desk)


def test_a_case_that_its_money_leaves_is_opened_again_and_the_other_is_closed(desk: Desk) -> None:
    desk.pay(payment(2, 53_750, invoice_kid(1)), name="next.txt")
    assert states(desk) == [("paid", "closed"), ("registered", "registered")]
    move(desk, 1, "1-000002")
    move(desk, 2, "1-000002")

    assert states(desk) == [("registered", "in_progress"), ("paid", "closed")]
    assert clean(desk)


def test_money_moves_within_its_case_to_the_invoice_that_was_meant(new_place: NewPlace) -> None:
    desk = open_desk(new_place.where())
    desk.offer(offer(1, 1), offer(2, 1))
    desk.pay(payment(1, 3_600, desk.rows(t.case)[0].kid))
    move(desk, 1, "1-000001", invoice_no="20002")

    assert owed(desk) == {1: FULL, 2: {"principal": 100_000, "interest": 150}}
    with pytest.raises(Skip, match=r"office\.moves_nothing"):
        move(desk, 1, "1-000001", invoice_no="20002", why=Why("igjen"))
    assert clean(desk)


def test_wages_stay_wages_where_they_are_moved(desk: Desk) -> None:
    register(desk, 5_000, how=How.WAGE_DEDUCTION)
    desk.pay(payment(3, 4_000, ""), name="next.txt")
    with desk.writing() as connection:
        place_unplaced(connection, 3, "1-000001", desk.act, Known(Money.WAGE_DEDUCTION))
    move(desk, 2, "1-000002")
    move(desk, 3, "1-000002")

    assert owed(desk)[2] == {**FULL, "principal": 91_000}
    assert clean(desk)


def test_a_payment_that_bounced_was_there_until_then_and_a_mistake_never_was(desk: Desk, new_place: NewPlace) -> None:
    untouched = late_interest(desk)
    none = open_desk(new_place.where())
    none.offer(offer(1, 1), offer(2, 2))
    register(desk, 10_000, received_on=date(2026, 10, 1), case="1-000002")
    reverse(desk, 2, TakenBack.MISTAKEN)
    assert late_interest(desk) == untouched
    assert owed(desk)[2] == FULL

    reverse(desk, 1, on=TODAY + timedelta(30))
    assert owed(desk)[1] == FULL
    assert untouched[0] < late_interest(desk)[0] < late_interest(none)[0]
    assert clean(desk)


def test_a_moved_payment_is_taken_back_from_everywhere_it_stands(desk: Desk) -> None:
    move(desk, 1, "1-000002", amount_ore=20_000)
    post(desk)
    done = reverse(desk, 1)

    assert done.cases == ("1-000001", "1-000002")
    assert owed(desk) == {1: FULL, 2: FULL}
    (voucher,) = post(desk)
    assert lines(voucher)[0] == ("1920", -50_000, None)
    assert sum(amount for _, amount, _ in lines(voucher)) == 0
    assert clean(desk)
    with pytest.raises(Skip, match=r"office\.payment_reversed"):
        reverse(desk, 1, why=Why("igjen"))


def test_the_bank_takes_a_moved_payment_back_from_everywhere_it_stands(desk: Desk) -> None:
    move(desk, 1, "1-000002", amount_ore=20_000)
    desk.pay(payment(2, -50_000, invoice_kid(1), lump="back"), name="back.txt")

    assert owed(desk) == {1: FULL, 2: FULL}
    assert [row.reverses for row in desk.rows(t.payment)] == [None, 1]
    assert [sum(line.amount_ore for line in one.lines) for one in post(desk)] == [0, 0]
    assert clean(desk)


def test_what_a_person_took_back_first_is_not_taken_back_again_by_the_bank(desk: Desk) -> None:
    desk.pay(payment(2, 50_000, invoice_kid(1)), name="twin.txt")
    reverse(desk, 1)
    post(desk)
    desk.pay(payment(3, -50_000, invoice_kid(1), lump="back"), name="back.txt")

    assert owed(desk)[1] == {**FULL, "principal": 50_000}
    (voucher,) = post(desk)
    assert lines(voucher) == [("1920", -50_000, None), ("1920", 50_000, None)]
    desk.pay(payment(4, -50_000, invoice_kid(1), lump="back 2"), name="back2.txt")
    assert owed(desk)[1] == FULL
    assert clean(desk)


def test_unplaced_money_that_bounced_cancels_itself(desk: Desk) -> None:
    desk.pay(payment(2, 700, ""), name="next.txt")
    reverse(desk, 2)

    assert [(row.payment, row.amount_ore) for row in desk.rows(t.unplaced)] == [(2, 700), (3, -700)]
    assert clean(desk)


def test_what_is_not_booked_takes_its_moves_along_both_ways(desk: Desk) -> None:
    (journal,) = desk.rows(t.journal, t.journal.c.source == "payment 1")
    with desk.writing() as connection:
        exclude_from_posting(connection, journal.number, "bokført for hånd", desk.act)
    move(desk, 1, "1-000002")
    assert len(desk.rows(t.posting_exclusion)) == 3
    assert post(desk) == []
    with desk.writing() as connection:
        include_again(connection, journal.number, desk.act, "likevel ikke")
    assert desk.rows(t.posting_exclusion) == []
    assert len(post(desk)) == 1
    assert clean(desk)


def test_the_same_move_again_is_one_move(desk: Desk) -> None:
    assert [move(desk, 1, "1-000002").new, move(desk, 1, "1-000002").new] == [True, False]
    assert [reverse(desk, 1).new, reverse(desk, 1).new] == [True, False]
    assert len(desk.rows(t.payment)) == 2
    assert owed(desk) == {1: FULL, 2: FULL}


def refused(desk: Desk, code: str, **changes: object) -> None:
    with pytest.raises((DataFault, Skip), match=rf"office\.{code}"):
        move(desk, **{"payment": 1, "target": "1-000002", **changes})  # type: ignore[arg-type] # one at a time


def test_what_cannot_be_moved_is_refused_by_name(desk: Desk) -> None:
    refused(desk, "no_such_payment", payment=9)
    refused(desk, "no_such_case", target="1-000009")
    refused(desk, "amount_not_positive", amount_ore=0)
    refused(desk, "more_than_stands", amount_ore=50_001)
    refused(desk, "not_on_case", source="1-000002")
    refused(desk, "placed_before_received", on=date(2026, 11, 22))
    move(desk, 1, "1-000002", amount_ore=10)
    refused(desk, "stands_on_several", target="1-000001")
    desk.pay(payment(2, 700, ""), payment(3, -700, "x"), name="next.txt")
    refused(desk, "not_placed", payment=2)
    refused(desk, "not_a_receipt", payment=3)
    register(desk, 100, posted=False)
    refused(desk, "not_posted_stays", payment=4)
    assert clean(desk)


def test_what_the_ledger_books_itself_was_taken_off_a_claim_that_was_given_back(desk: Desk) -> None:
    """It left money unplaced that had never come here, and that nobody could place or pay back."""
    register(desk, 100, case="1-000002", posted=False)
    with desk.writing() as connection:
        give_back(connection, "1-000002", Wish(Outcome.RETURNED, ReturnReason.INSOLVENT, "konkurs"), desk.act)
    assert states(desk)[1] == ("returned", "closed")
    with pytest.raises(Skip, match=r"office\.money_of_given_back"):
        reverse(desk, 2)

    assert desk.rows(t.unplaced) == []
    assert clean(desk)


def test_money_that_was_paid_back_is_not_taken_back(desk: Desk) -> None:
    desk.pay(payment(2, 60_000, invoice_kid(1)), name="next.txt")
    refund(desk, 2)
    with pytest.raises(Skip, match=r"office\.payment_refunded"):
        reverse(desk, 2)
    desk.pay(payment(3, -60_000, invoice_kid(1)), name="back.txt")

    assert [row.because for row in desk.rows(t.unplaced)] == ["office.unplaced.original_refunded"]
    assert states(desk)[0] == ("paid", "closed")
    assert clean(desk)
    assert BECAUSE.request is None
