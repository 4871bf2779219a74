"""Where unplaced money may belong: each clue alone, clues together, and clues that point nowhere for sure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kravbro.core.identifiers import kid as kid_rules
from kravbro.office import tables as t
from kravbro.office.creditors import Agreement, KidStructure, Names
from kravbro.office.placing import place_unplaced
from kravbro.office.queries.suggestions import suggestions
from kravbro.office.suggestions import Clue, Known, Lost, Spot, Suggestion, near_kids, suggest
from tests.docs_tables import table_with
from tests.office.builders import ACCOUNT, Desk, invoice_kid, offer, open_desk, party, payment
from tests.places import NewPlace

pytestmark = pytest.mark.rules

AGREEMENT = Agreement(ACCOUNT, 1, "Innbetaling", (KidStructure(9, "mod10", Names.INVOICE),))


@pytest.fixture
def desk(new_place: NewPlace) -> Desk:
    """Three cases: one with two invoices, and two of the same size."""
    desk = open_desk(new_place.where())
    desk.offer(offer(1, 1), offer(2, 1), offer(3, 2), offer(4, 3, debtor=party(3, name="Ærlend Ås-Berg")))
    return desk


def suggested(desk: Desk, payment_no: int) -> tuple[Suggestion, ...]:
    with desk.reading() as connection:
        return suggestions(connection, 1)[payment_no]


def with_digit(kid: str, at: int) -> str:
    return f"{kid[:at]}{(int(kid[at]) + 1) % 10}{kid[at + 1 :]}"


def test_a_kid_with_one_wrong_digit_names_its_invoice(desk: Desk) -> None:
    desk.pay(payment(1, 501, with_digit(invoice_kid(3), 4)))

    assert suggested(desk, 1) == (Suggestion(1, "1-000002", "20003", (Clue.KID_DIGIT.value,)),)


def test_two_digits_that_changed_places_are_seen(desk: Desk) -> None:
    kid = invoice_kid(3)
    desk.pay(payment(1, 500, f"{kid[:-2]}{kid[-1]}{kid[-2]}"))

    assert suggested(desk, 1) == (
        Suggestion(1, "1-000002", "20003", (Clue.KID_SWAPPED.value,)),
        Suggestion(2, "1-000003", "20004", (Clue.KID_DIGIT.value,)),
    )


def test_a_kid_that_is_near_two_cases_suggests_none_of_them() -> None:
    first, second = "000000018", "000000026"
    lost = Lost(1, 500, "000000028", "", "")
    near = near_kids(lost.kid, AGREEMENT)
    known = Known(kids={first: [Spot("1-000001")], second: [Spot("1-000002")]})

    assert {first, second} <= near.keys()
    assert suggest(lost, AGREEMENT, known) == ()
    one = Known(kids={first: [Spot("1-000001")]})
    assert [found.case for found in suggest(lost, AGREEMENT, one)] == ["1-000001"]


def test_case_invoice_and_kid_are_found_in_the_text(desk: Desk) -> None:
    desk.pay(
        payment(1, 500, "", free_text="gjelder sak 1-000002"),
        payment(2, 500, "", free_text="Faktura 20001."),
        payment(3, 500, "", free_text=f"KID:{invoice_kid(4)}"),
        payment(4, 500, "", free_text="gjelder 99"),
    )

    assert suggested(desk, 1) == (Suggestion(1, "1-000002", "", (Clue.TEXT_CASE.value,)),)
    assert suggested(desk, 2) == (Suggestion(1, "1-000001", "20001", (Clue.TEXT_INVOICE.value,)),)
    assert suggested(desk, 3) == (Suggestion(1, "1-000003", "20004", (Clue.TEXT_KID.value,)),)
    assert suggested(desk, 4) == ()


@pytest.mark.parametrize("text", ["fra Ærlend Ås-Berg", "ÆRLEND ÅS-BERG takker", "ås-berg ærlend"])
def test_the_debtors_name_is_found_however_it_is_written(desk: Desk, text: str) -> None:
    desk.pay(payment(1, 501, "", free_text=text, debit_account=""))

    assert suggested(desk, 1) == (Suggestion(1, "1-000003", "", (Clue.PAYER_NAME.value,)),)


def test_an_account_that_paid_on_one_case_before_suggests_it_and_one_that_paid_on_two_does_not(desk: Desk) -> None:
    desk.pay(
        payment(1, 300, invoice_kid(3), debit_account="15030100000"), payment(2, 500, "", debit_account="15030100000")
    )
    assert suggested(desk, 2) == (Suggestion(1, "1-000002", "", (Clue.PAYER_ACCOUNT.value,)),)

    with desk.writing() as connection:
        place_unplaced(connection, 2, "1-000001", desk.act)
    desk.pay(payment(3, 500, "", debit_account="15030100000"), name="next.txt")
    assert suggested(desk, 3) == ()


def test_money_that_was_taken_back_is_no_clue(desk: Desk) -> None:
    desk.pay(
        payment(1, 300, invoice_kid(3), debit_account="15030100000"),
        payment(2, -300, invoice_kid(3), debit_account="15030100000"),
        payment(3, 500, "", debit_account="15030100000"),
    )

    assert suggested(desk, 3) == ()


def test_an_amount_that_one_case_owes_is_a_clue_and_one_that_two_owe_only_supports(desk: Desk) -> None:
    desk.pay(
        payment(1, 207_500, "", debit_account=""),
        payment(2, 103_750, "", debit_account=""),
        payment(3, 103_750, "", debit_account="", free_text="sak 1-000003"),
    )

    assert suggested(desk, 1) == (Suggestion(1, "1-000001", "", (Clue.AMOUNT_CASE.value,)),)
    assert suggested(desk, 2) == ()
    reasons = (Clue.TEXT_CASE.value, Clue.AMOUNT_INVOICE.value)
    assert suggested(desk, 3) == (Suggestion(1, "1-000003", "20004", reasons),)


def test_the_surest_clue_comes_first(desk: Desk) -> None:
    desk.pay(payment(1, 207_500, with_digit(invoice_kid(3), 4), debit_account="", free_text="20004"))

    assert [(one.rank, one.case) for one in suggested(desk, 1)] == [(1, "1-000002"), (2, "1-000003"), (3, "1-000001")]


def test_money_that_went_back_and_money_that_is_placed_have_no_suggestions(desk: Desk) -> None:
    desk.pay(payment(1, -207_500, "", debit_account="", free_text="1-000001"), payment(2, 5, "", free_text="1-000001"))
    with desk.writing() as connection:
        place_unplaced(connection, 2, "1-000001", desk.act)
    with desk.reading() as connection:
        assert suggestions(connection, 1) == {1: ()}


def test_nothing_is_placed_by_a_suggestion(desk: Desk) -> None:
    desk.pay(payment(1, 207_500, "", free_text="1-000001"))
    before = desk.rows(t.journal_row)
    assert suggested(desk, 1)

    assert desk.rows(t.journal_row) == before
    assert desk.rows(t.unplaced)[0].placed_by is None


@given(st.integers(0, 99_999_999), st.integers(0, 8), st.integers(0, 9))
def test_the_right_kid_is_always_near_one_with_a_wrong_digit(number: int, at: int, digit: int) -> None:
    kid = f"{number:08d}" + kid_rules.check_digit(f"{number:08d}", "mod10")
    wrong = f"{kid[:at]}{digit}{kid[at + 1 :]}"
    near = near_kids(wrong, AGREEMENT)

    assert wrong not in near
    assert kid == wrong or kid in near or not kid.strip("0")
    assert all(kid_rules.is_valid(candidate, "mod10") for candidate in near)


def test_the_page_tells_every_clue_the_surest_first() -> None:
    told = [row["clue"] for row in table_with("docs/algorithms/allocation.md", "clue", "what it is", "points at")]

    assert told == [clue.value.removeprefix("office.suggestion.") for clue in Clue]
