"""Placing by hand: where money comes from, and what the debtor said, decide what it covers."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kravbro.core.allocation_orders import Money, Order, Part
from kravbro.core.claims import TransactionKind
from kravbro.core.errors import DataFault
from kravbro.office import setup
from kravbro.office import tables as t
from kravbro.office.audit import audit
from kravbro.office.journals import Journal, Kind, Row, write_journals
from kravbro.office.ledger_events import accept_transactions
from kravbro.office.placing import VOLUNTARY, Known, place_unplaced
from kravbro.office.posting import approve_posting, generate_posting
from kravbro.office.streams import vouchers
from tests.office.builders import Desk, invoice_kid, offer, open_desk, payment, transaction

CASE = "1-000001"
BEFORE_THE_LAW = date(2025, 12, 31)
CREDITORS = "allocation.oldest_due_first allocation.creditor_order"
WAGES = "allocation.oldest_due_first allocation.wages_by_law"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A case with two claims of 1 000,00, each with 35,00 in fees and 2,50 in interest."""
    desk = open_desk(tmp_path)
    desk.offer(offer(1, 1), offer(2, 1))
    return desk


def add_costs(desk: Desk) -> None:
    costs = [Row("costs", 1, 50_000), Row("opened", 1, -50_000)]
    with desk.writing() as connection:
        write_journals(connection, [Journal(1, 1, Kind.CLAIM.value, desk.on, "costs 1", costs)], desk.act)


def place(desk: Desk, amount_ore: int, known: Known = VOLUNTARY, bank_date: date = date(2026, 11, 20)) -> list[Row]:
    """What an amount covers: it comes in without a KID, and is placed on the case."""
    number = len(desk.rows(t.payment)) + 1
    desk.pay(payment(number, amount_ore, "", bank_date=bank_date), name=f"{number}.txt")
    with desk.writing() as connection:
        journal = place_unplaced(connection, number, CASE, desk.act, known)
    rows = desk.rows(t.journal_row, t.journal_row.c.journal == journal)
    return [Row(row.account, row.claim, -row.amount_ore, row.reason) for row in rows if row.account != "unplaced"]


def order_for(desk: Desk, money: Money, order: Order) -> None:
    with desk.writing() as connection:
        setup.add_allocation(connection, 1, money, order, desk.act)


def clean(desk: Desk) -> bool:
    with desk.reading() as connection:
        return audit(connection, 1) == []


def test_wages_cover_the_principal_first_and_the_letter_fees_after_other_costs(desk: Desk) -> None:
    add_costs(desk)

    assert place(desk, 151_000, Known(Money.WAGE_DEDUCTION)) == [
        Row("principal", 1, 100_000, WAGES),
        Row("costs", 1, 50_000, WAGES),
        Row("fees", 1, 1_000, WAGES),
    ]


def test_voluntary_money_covers_other_costs_before_letter_fees(desk: Desk) -> None:
    add_costs(desk)

    assert place(desk, 54_000) == [
        Row("costs", 1, 50_000, CREDITORS),
        Row("fees", 1, 3_500, CREDITORS),
        Row("interest", 1, 250, CREDITORS),
        Row("principal", 1, 250, CREDITORS),
    ]


def test_wages_deducted_before_the_law_follow_the_creditor_though_they_are_placed_later(desk: Desk) -> None:
    reason = "allocation.oldest_due_first allocation.wages_before_law"

    assert place(desk, 3_600, Known(Money.WAGE_DEDUCTION), BEFORE_THE_LAW) == [
        Row("fees", 1, 3_500, reason),
        Row("interest", 1, 100, reason),
    ]


def test_each_source_of_money_has_its_own_order(desk: Desk) -> None:
    order_for(desk, Money.ENFORCEMENT, Order.PRINCIPAL_COSTS_FEES_INTEREST)

    assert [row.account for row in place(desk, 100, Known(Money.ENFORCEMENT))] == ["principal"]
    assert [row.account for row in place(desk, 100, VOLUNTARY)] == ["fees"]
    assert [row.account for row in place(desk, 100, Known(Money.WAGE_DEDUCTION), BEFORE_THE_LAW)] == ["fees"]
    assert clean(desk)


def test_what_the_bank_brings_is_voluntary(desk: Desk) -> None:
    order_for(desk, Money.ENFORCEMENT, Order.PRINCIPAL_COSTS_FEES_INTEREST)
    order_for(desk, Money.WAGE_DEDUCTION, Order.PRINCIPAL_COSTS_FEES_INTEREST)
    desk.pay(payment(1, 100, invoice_kid(2)))
    (row,) = desk.rows(t.journal_row, t.journal_row.c.account == "fees", t.journal_row.c.amount_ore < 0)

    assert (row.claim, row.reason) == (2, "allocation.kid_names_claim allocation.creditor_order")


def test_the_invoice_that_the_debtor_named_is_covered_first(desk: Desk) -> None:
    rows = place(desk, 104_000, Known(invoice_no="20002"))

    assert [(row.claim, row.reason.split()[0]) for row in rows] == [
        (2, "allocation.debtor_names_claim"),
        (2, "allocation.debtor_names_claim"),
        (2, "allocation.debtor_names_claim"),
        (1, "allocation.oldest_due_first"),
    ]
    assert {row.reason.split()[1] for row in rows} == {"allocation.creditor_order"}
    assert clean(desk)


def test_the_order_that_the_debtor_gave_is_followed(desk: Desk) -> None:
    order = (Part.INTEREST, Part.PRINCIPAL, Part.FEES, Part.COSTS)
    rows = place(desk, 100_251, Known(invoice_no="20002", order=order))
    reason = "allocation.debtor_names_claim allocation.debtor_order"

    assert rows == [Row("interest", 2, 250, reason), Row("principal", 2, 100_000, reason), Row("fees", 2, 1, reason)]


@pytest.mark.parametrize("money", [Money.ENFORCEMENT, Money.WAGE_DEDUCTION])
@pytest.mark.parametrize("choice", [{"invoice_no": "20002"}, {"order": tuple(Part)}])
def test_a_choice_that_does_not_bind_is_refused_and_nothing_is_placed(
    desk: Desk, money: Money, choice: dict[str, object]
) -> None:
    with pytest.raises(DataFault, match=r"office\.choice_not_binding") as fault:
        place(desk, 100, Known(money, **choice))  # type: ignore[arg-type] # parametrized

    assert fault.value.facts == {"money": money.value, "payment": 1}
    assert [row.placed_by for row in desk.rows(t.unplaced)] == [None]
    assert clean(desk)


def test_an_invoice_that_the_case_does_not_have_is_refused(desk: Desk) -> None:
    with pytest.raises(DataFault, match=r"office\.no_such_invoice") as fault:
        place(desk, 100, Known(invoice_no="20003"))

    assert fault.value.facts == {"invoice": "20003", "case": CASE}


def test_a_named_claim_that_has_ended_takes_nothing(desk: Desk) -> None:
    ended = transaction(1, 1002, -100_000, kind=TransactionKind.WRITE_OFF_CLAIM_ENDED)
    with desk.writing() as connection:
        accept_transactions(connection, 1, [ended], desk.act)

    assert [row.claim for row in place(desk, 100, Known(invoice_no="20002"))] == [1]


def test_a_reversal_keeps_the_reasons_of_what_it_takes_back(desk: Desk) -> None:
    rows = place(desk, 700, Known(Money.WAGE_DEDUCTION))
    desk.pay(payment(2, -700, ""), name="back.txt")
    (journal,) = desk.rows(t.journal, t.journal.c.source == "payment 2")
    back = desk.rows(t.journal_row, t.journal_row.c.journal == journal.number, t.journal_row.c.account != "bank")

    assert [Row(row.account, row.claim, row.amount_ore, row.reason) for row in back] == rows
    assert clean(desk)


def test_costs_and_letter_fees_are_booked_on_accounts_of_their_own(desk: Desk) -> None:
    add_costs(desk)
    place(desk, 51_000)
    with desk.writing() as connection:
        approve_posting(connection, 1, generate_posting(connection, 1, desk.act), desk.act)
        (_, placing) = vouchers(connection, 1, 0, 100)

    assert [(line.account, line.amount_ore, line.department) for line in placing.lines] == [
        ("2990", 51_000, ""),
        ("3910", -50_000, "100"),
        ("3900", -1_000, "100"),
    ]
