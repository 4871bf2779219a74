"""Money that is paid back: once, booked once, in one file for the bank, the same bytes whenever it is written."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from kravbro.core.acts import Act
from kravbro.core.errors import DataFault, Skip
from kravbro.formats import pain001
from kravbro.office import tables as t
from kravbro.office.creditors import Overpayment
from kravbro.office.manual.acts import Why
from kravbro.office.manual.refund_files import Order, RefundFile, make_refund_file, refund_file_again, refunds
from kravbro.office.manual.refunds import Cancelled, cancel_refund
from kravbro.office.manual.tables import refund as refund_table
from kravbro.office.placing import place_unplaced
from kravbro.office.posting import exclude_from_posting
from kravbro.office.queries.statement import statement
from tests.office.builders import ACCOUNT, CREDITOR, STATUTE, TODAY, Desk, act, invoice_kid, offer, open_desk, payment
from tests.office.manual.acts import BECAUSE, clean, lines, move, post, refund, register, states
from tests.places import NewPlace

ORDER = Order(1, ACCOUNT, "DNBANOKK", TODAY)


@pytest.fixture
def desk(new_place: NewPlace) -> Desk:
    """A case of 1 037,50 that 1 087,50 came in on, another case, and 7,00 that nobody can place."""
    desk = open_desk(new_place.where())
    desk.offer(offer(1, 1), offer(2, 2))
    desk.pay(payment(1, 108_750, invoice_kid(1)), payment(2, 700, ""))
    post(desk)
    return desk


def make_file(desk: Desk, order: Order = ORDER, who: Act | None = None) -> RefundFile:
    with desk.writing() as connection:
        return make_refund_file(connection, order, who or desk.act)


def cancel(desk: Desk, number: int) -> Cancelled:
    with desk.writing() as connection:
        return cancel_refund(connection, number, Why("feil konto"), desk.act)


def overpaid(desk: Desk) -> int:
    with desk.reading() as connection:
        return -statement(connection, "1-000001", TODAY + timedelta(20), STATUTE).totals.overpaid_ore


def test_what_was_overpaid_goes_back_and_is_booked_once(desk: Desk) -> None:
    assert overpaid(desk) == 5_000
    done = refund(desk, 1, TODAY)

    assert (done.amount_ore, done.refund, overpaid(desk)) == (5_000, 1, 0)
    (voucher,) = post(desk)
    assert lines(voucher) == [("1920", -5_000, None), ("1510", 5_000, None)]
    assert voucher.text == "Tilbakebetaling av innbetaling 1"
    assert post(desk) == []
    assert states(desk)[0] == ("paid", "closed")
    assert clean(desk)


def test_a_creditor_with_a_refund_account_has_it_emptied(new_place: NewPlace) -> None:
    desk = open_desk(new_place.where(), msgspec.structs.replace(CREDITOR, overpayment=Overpayment.REFUND))
    desk.offer(offer(1, 1))
    desk.pay(payment(1, 108_750, invoice_kid(1)))
    refund(desk, 1)

    of_refund = [amount for one in post(desk) for account, amount, _ in lines(one) if account == "2980"]
    assert of_refund == [-5_000, 5_000]


def test_unplaced_money_goes_back_whole_and_cannot_be_placed_then(desk: Desk) -> None:
    refund(desk, 2)

    assert lines(post(desk)[0]) == [("1920", -700, None), ("2990", 700, None)]
    with pytest.raises(Skip, match=r"office\.already_placed"), desk.writing() as connection:
        place_unplaced(connection, 2, "1-000001", desk.act)
    assert clean(desk)


def test_a_part_of_what_was_overpaid_goes_back_and_the_rest_later(desk: Desk) -> None:
    part = refund(desk, 1, amount_ore=2_000)
    again = refund(desk, 1, amount_ore=2_000)

    assert (part.amount_ore, part.new, again.refund, again.new, overpaid(desk)) == (2_000, True, 1, False, 3_000)
    with pytest.raises(DataFault, match=r"office\.more_than_overpaid"):
        refund(desk, 1, amount_ore=3_001)
    cancel(desk, 1)
    assert overpaid(desk) == 5_000
    assert [refund(desk, 1, amount_ore=4_999).amount_ore, refund(desk, 1).amount_ore] == [4_999, 1]
    assert (overpaid(desk), make_file(desk).sum_ore) == (0, 5_000)
    with pytest.raises(Skip, match=r"office\.nothing_to_refund"):
        refund(desk, 1, amount_ore=1)
    assert clean(desk)


def test_unplaced_money_does_not_go_back_in_parts(desk: Desk) -> None:
    with pytest.raises(DataFault, match=r"office\.unplaced_goes_whole"):
        refund(desk, 2, amount_ore=699)
    with pytest.raises(DataFault, match=r"office\.amount_not_positive"):
        refund(desk, 1, amount_ore=0)
    assert refund(desk, 2, amount_ore=700).amount_ore == 700


def test_a_refund_is_asked_for_once_and_there_is_nothing_left_for_a_second(desk: Desk) -> None:
    first, again = refund(desk, 1), refund(desk, 1)

    assert (again.refund, again.end_to_end_id, again.new) == (first.refund, first.end_to_end_id, False)
    with pytest.raises(Skip, match=r"office\.nothing_to_refund"):
        refund(desk, 1, why=Why("en gang til"))
    assert len(desk.rows(refund_table)) == 1


def test_the_file_for_the_bank_holds_each_refund_once_and_is_the_same_when_written_again(desk: Desk) -> None:
    first = refund(desk, 1, text="For mye betalt")
    second = refund(desk, 2)
    made = make_file(desk)
    desk.on = TODAY + timedelta(9)
    with desk.reading() as connection:
        again = refund_file_again(connection, made.number)

    assert (made.refunds, made.sum_ore) == (2, 5_700)
    assert again == made
    (paid,) = pain001.parse(made.content, "refunds.xml").payments
    assert [(one.end_to_end_id, one.amount_ore, one.text) for one in paid.transfers] == [
        (first.end_to_end_id, 5_000, "For mye betalt"),
        (second.end_to_end_id, 700, "Tilbakebetaling"),
    ]
    assert (paid.debtor_account, paid.requested_on) == (ACCOUNT, TODAY)
    with pytest.raises(Skip, match=r"office\.no_refunds"):
        make_file(desk, msgspec.structs.replace(ORDER, requested_on=desk.on))
    assert clean(desk)


def test_a_refund_goes_into_the_file_after_the_one_before(desk: Desk) -> None:
    refund(desk, 1)
    first = make_file(desk)
    refund(desk, 2)
    second = make_file(desk, who=Act("kari", TODAY, datetime(2026, 11, 23, 13, tzinfo=UTC)))

    ids = [pain001.parse(one.content, "x").id for one in (first, second)]
    assert len(set(ids)) == 2
    with desk.reading() as connection:
        assert [(one.number, one.file, one.account) for one in refunds(connection, 1)] == [
            (2, second.number, "*17947"),
            (1, first.number, "*17947"),
        ]


def test_a_refund_that_is_cancelled_goes_nowhere_and_what_went_out_is_not_cancelled(desk: Desk) -> None:
    refund(desk, 1)
    refund(desk, 2)
    assert [cancel(desk, 1).new, cancel(desk, 1).new] == [True, False]
    assert overpaid(desk) == 5_000
    cancel(desk, 2)
    with desk.writing() as connection:
        place_unplaced(connection, 2, "1-000002", desk.act)
    done = refund(desk, 1, why=Why("rett konto"))
    made = make_file(desk)

    assert (made.refunds, made.sum_ore, done.refund) == (1, 5_000, 3)
    with pytest.raises(Skip, match=r"office\.refund_sent"):
        cancel(desk, 3)
    assert clean(desk)


def test_what_was_left_over_may_be_moved_first_and_paid_back_from_there(desk: Desk) -> None:
    move(desk, 1, "1-000002", amount_ore=107_750)
    with pytest.raises(DataFault, match=r"office\.not_on_case"):
        refund(desk, 1, case="1-000003")
    done = refund(desk, 1)

    assert done.amount_ore == 4_000
    assert clean(desk)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"payment": 9}, "office.no_such_payment"),
        ({"name": " "}, "office.payee_missing"),
        ({"text": "x" * 141}, "office.text_too_long"),
        ({"account_number": "86011117948"}, "identifiers.bank_account.check_digit"),
        ({"on": date(2026, 11, 22)}, "office.refunded_before_received"),
        ({"why": Why("")}, "office.because_missing"),
    ],
)
def test_what_cannot_be_paid_back_is_refused(desk: Desk, changes: dict[str, object], code: str) -> None:
    with pytest.raises(DataFault, match=code.replace(".", r"\.")):
        refund(desk, **{"payment": 1, **changes})  # type: ignore[arg-type] # one of each at a time
    assert desk.rows(refund_table) == []


def test_money_that_the_ledger_does_not_have_from_here_is_not_paid_back_from_here(desk: Desk) -> None:
    register(desk, 3_000, case="1-000002", posted=False)
    desk.pay(payment(4, 800, ""), name="next.txt")
    (journal,) = desk.rows(t.journal, t.journal.c.source == "payment 4")
    with desk.writing() as connection:
        exclude_from_posting(connection, journal.number, "bokført for hånd", desk.act)
    for number in (3, 4):
        with pytest.raises(Skip, match=r"office\.refund_not_posted"):
            refund(desk, number)


def test_only_an_account_of_the_creditor_pays_and_not_yesterday(desk: Desk) -> None:
    refund(desk, 1)
    with pytest.raises(DataFault, match=r"office\.no_such_account"):
        make_file(desk, msgspec.structs.replace(ORDER, debtor_account="99991042764"))
    with pytest.raises(DataFault, match=r"office\.pays_in_the_past"):
        make_file(desk, msgspec.structs.replace(ORDER, requested_on=TODAY - timedelta(1)))
    assert make_file(desk).refunds == 1
    assert act().actor == "kari"
    assert BECAUSE.request is None
