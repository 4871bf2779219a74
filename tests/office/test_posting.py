"""Posting proposals: the ledger's vouchers, coded, balanced, made again, approved once."""

from __future__ import annotations

import msgspec
import pytest

from kravbro.core.claims import TransactionKind
from kravbro.core.errors import DataFault, Skip
from kravbro.core.vouchers import Voucher, VoucherLine
from kravbro.office import tables as t
from kravbro.office.audit import audit
from kravbro.office.creditors import Overpayment
from kravbro.office.ledger_events import accept_transactions
from kravbro.office.placing import place_unplaced
from kravbro.office.posting import (
    approve_posting,
    exclude_from_posting,
    generate_posting,
    include_again,
)
from kravbro.office.streams import vouchers
from tests.office.builders import CREDITOR, Desk, invoice_kid, offer, open_desk, payment, transaction
from tests.places import NewPlace

pytestmark = pytest.mark.rules


@pytest.fixture
def desk(new_place: NewPlace) -> Desk:
    desk = open_desk(new_place.where())
    desk.offer(offer(1, 1), offer(2, 2))
    return desk


def kid(desk: Desk, case: int) -> str:
    return str(desk.rows(t.case, t.case.c.id == case)[0].kid)


def generate(desk: Desk) -> int:
    with desk.writing() as connection:
        return generate_posting(connection, 1, desk.act)


def approve(desk: Desk, number: int) -> list[Voucher]:
    with desk.writing() as connection:
        approve_posting(connection, 1, number, desk.act)
        return vouchers(connection, 1, 0, 100)


def exclude(desk: Desk, journal: int, because: str = "settled by hand") -> None:
    with desk.writing() as connection:
        exclude_from_posting(connection, journal, because, desk.act)


def place(desk: Desk, number: int, case: str) -> int:
    with desk.writing() as connection:
        return place_unplaced(connection, number, case, desk.act).journal


def journal_of(desk: Desk, source: str) -> int:
    return int(desk.rows(t.journal, t.journal.c.source == source)[0].number)


def test_a_bank_sum_becomes_one_voucher_coded_for_the_ledger(desk: Desk) -> None:
    desk.pay(payment(1, 103_850, kid(desk, 1)), payment(2, 500, ""), payment(3, 3_600, kid(desk, 2)))
    (voucher,) = approve(desk, generate(desk))

    sum_ = "86011117947/2026-11-23/00001"
    first, second = "Sak 1-000001", "Sak 1-000002"

    def income(line_no: int, account: str, amount_ore: int, text: str) -> VoucherLine:
        return VoucherLine(line_no, account, amount_ore, department="100", project="P1", text=text)

    assert (voucher.number, voucher.key, voucher.text) == (1, "kontor-1-1", f"Innbetalinger {sum_}")
    assert voucher.lines == (
        VoucherLine(1, "1920", 107_950, text=sum_),
        income(2, "3900", -3_500, first),
        income(3, "8050", -250, first),
        VoucherLine(4, "1510", -100_000, 1, 1001, "20001", "20001", text=first),
        VoucherLine(5, "1510", -100, 1, text=first),
        VoucherLine(6, "2990", -500),
        income(7, "3900", -3_500, second),
        income(8, "8050", -100, second),
    )


def test_each_bank_sum_is_a_voucher_of_its_own(desk: Desk) -> None:
    desk.pay(payment(1, 100, ""), payment(2, 200, "", lump="a"), payment(3, 300, ""))

    assert [(one.text, one.lines[0].amount_ore) for one in approve(desk, generate(desk))] == [
        ("Innbetalinger 86011117947/2026-11-23/00001", 400),
        ("Innbetalinger a", 200),
    ]


def test_overpaid_money_is_refunded_where_the_creditor_wants_that(new_place: NewPlace) -> None:
    desk = open_desk(new_place.where(), msgspec.structs.replace(CREDITOR, overpayment=Overpayment.REFUND))
    desk.offer(offer(1, 1))
    desk.pay(payment(1, 103_751, kid(desk, 1)))

    last = approve(desk, generate(desk))[0].lines[-1]
    assert (last.account, last.amount_ore, last.customer_no) == ("2980", -1, None)


def test_money_on_what_was_written_off_in_the_books_is_on_account(desk: Desk) -> None:
    with desk.writing() as connection:
        off = transaction(1, 1001, -60_000, kind=TransactionKind.WRITE_OFF_BOOKS_ONLY)
        accept_transactions(connection, 1, [off], desk.act)
    desk.pay(payment(1, 103_750, kid(desk, 1)))

    lines = approve(desk, generate(desk))[0].lines
    assert [(one.account, one.amount_ore, one.customer_no, one.claim_entry) for one in lines[3:]] == [
        ("1510", -40_000, 1, 1001),
        ("1510", -60_000, 1, None),
    ]
    assert [row.state for row in desk.rows(t.claim)] == ["paid", "registered"]


def test_a_placing_empties_the_interim_account(desk: Desk) -> None:
    desk.pay(payment(1, 500, ""))
    approve(desk, generate(desk))
    place(desk, 1, "1-000001")

    voucher = approve(desk, generate(desk))[1]
    assert [(one.account, one.amount_ore) for one in voucher.lines] == [("2990", 500), ("3900", -500)]
    assert voucher.key == "kontor-1-2"


def test_a_sum_that_nets_to_zero_is_still_booked(desk: Desk) -> None:
    desk.pay(payment(1, 500, kid(desk, 1)), payment(2, -500, kid(desk, 1)))

    (voucher,) = approve(desk, generate(desk))
    assert [one.amount_ore for one in voucher.lines] == [0, -500, 500]


def test_nothing_to_book_is_no_proposal(desk: Desk) -> None:
    assert generate(desk) == 0
    assert desk.rows(t.posting) == []


def test_a_draft_is_replaced_and_has_no_keys(desk: Desk) -> None:
    desk.pay(payment(1, 500, ""))
    first = generate(desk)
    desk.pay(payment(2, 600, ""))

    assert generate(desk) == first
    (voucher,) = desk.rows(t.voucher)
    assert (voucher.key, voucher.number, voucher.state, voucher.line_count) == (None, None, "draft", 3)


def test_approving_takes_each_journal_once(desk: Desk) -> None:
    desk.pay(payment(1, 500, ""))
    number = generate(desk)
    with desk.writing() as connection:
        first = approve_posting(connection, 1, number, desk.act)
        again = approve_posting(connection, 1, number, desk.act)

    assert (first.new, again.new, again.vouchers) == (True, False, 1)
    assert [row.posting for row in desk.rows(t.journal) if row.kind == "payment"] == [number]
    assert generate(desk) == 0


@pytest.mark.parametrize("change", ["payment", "placing", "exclusion", "inclusion"])
def test_a_draft_that_is_out_of_date_is_not_approved(desk: Desk, change: str) -> None:
    desk.pay(payment(1, 500, ""), payment(2, 600, ""))
    journal = journal_of(desk, "payment 2")
    if change == "inclusion":
        exclude(desk, journal)
    number = generate(desk)
    match change:
        case "payment":
            desk.pay(payment(3, 700, ""))
        case "placing":
            place(desk, 1, "1-000001")
        case "exclusion":
            exclude(desk, journal)
        case "inclusion":
            with desk.writing() as connection:
                include_again(connection, journal, desk.act)

    with pytest.raises(Skip, match=r"office\.posting_stale"):
        approve(desk, number)
    assert approve(desk, generate(desk))


def test_an_emptied_draft_is_not_approved(desk: Desk) -> None:
    desk.pay(payment(1, 500, ""))
    number = generate(desk)
    exclude(desk, journal_of(desk, "payment 1"))

    assert generate(desk) == 0
    with pytest.raises(Skip, match=r"office\.posting_empty"):
        approve(desk, number)


def test_an_unknown_proposal_is_a_fault(desk: Desk) -> None:
    with pytest.raises(DataFault, match=r"office\.no_such_posting"):
        approve(desk, 9)


def test_what_is_left_out_is_not_in_the_bank_sum(desk: Desk) -> None:
    desk.pay(payment(1, 500, ""), payment(2, 600, ""))
    exclude(desk, journal_of(desk, "payment 2"))

    assert [one.amount_ore for one in approve(desk, generate(desk))[0].lines] == [500, -500]


def test_a_payment_that_is_left_out_takes_its_placing_along(desk: Desk) -> None:
    desk.pay(payment(1, 500, ""), payment(2, 600, ""))
    placed_before = place(desk, 1, "1-000001")
    exclude(desk, journal_of(desk, "payment 1"))
    exclude(desk, journal_of(desk, "payment 2"))
    placed_after = place(desk, 2, "1-000001")

    assert {placed_before, placed_after} <= {row.journal for row in desk.rows(t.posting_exclusion)}
    with pytest.raises(Skip, match=r"office\.payment_excluded"), desk.writing() as connection:
        include_again(connection, placed_after, desk.act)
    with desk.writing() as connection:
        include_again(connection, journal_of(desk, "payment 1"), desk.act)
    assert len(desk.rows(t.posting_exclusion)) == 2
    with desk.reading() as connection:
        assert audit(connection, 1) == []


@pytest.mark.parametrize(
    ("source", "because", "error", "code"),
    [
        ("payment 1", " ", DataFault, "office.reason_missing"),
        ("claim 1", "why", DataFault, "office.not_postable"),
        ("payment 1", "why", Skip, "office.already_posted"),
        ("payment 2", "why", Skip, "office.already_excluded"),
    ],
)
def test_what_cannot_be_left_out(desk: Desk, source: str, because: str, error: type[Exception], code: str) -> None:
    desk.pay(payment(1, 500, ""), payment(2, 600, ""))
    exclude(desk, journal_of(desk, "payment 2"))
    approve(desk, generate(desk))

    with pytest.raises(error, match=code):
        exclude(desk, journal_of(desk, source), because)


def test_what_is_not_left_out_cannot_be_taken_in_again(desk: Desk) -> None:
    desk.pay(payment(1, 500, invoice_kid(1)))
    with pytest.raises(Skip, match=r"office\.not_excluded"), desk.writing() as connection:
        include_again(connection, journal_of(desk, "payment 1"), desk.act)
