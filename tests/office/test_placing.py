"""Placing by hand: where money comes from, and what the debtor said, decide what it covers."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from kravbro.core.allocation import LONE_REASONS, OVERPAID
from kravbro.core.allocation_orders import Money, Order, Part
from kravbro.core.claims import TransactionKind
from kravbro.core.errors import DataFault
from kravbro.core.money import format_kroner
from kravbro.office import setup
from kravbro.office import tables as t
from kravbro.office.audit import audit
from kravbro.office.incoming import Because
from kravbro.office.journals import Journal, Kind, Row, write_journals
from kravbro.office.ledger_events import accept_transactions
from kravbro.office.manual.bounced import REVERSED_BY_HAND
from kravbro.office.manual.outside import TOLD_BY_LEDGER
from kravbro.office.manual.whereabouts import REFUNDED
from kravbro.office.placing import PLACED_BY_HAND, VOLUNTARY, Covered, Known, Placed, place_unplaced
from kravbro.office.posting import approve_posting, generate_posting
from kravbro.office.queries.statement import statement
from kravbro.office.streams import vouchers
from kravbro.texts.derivations import told
from tests.office.builders import STATUTE, TODAY, Desk, act, invoice_kid, offer, open_desk, payment, transaction
from tests.places import NewPlace

pytestmark = pytest.mark.rules

CASE = "1-000001"
BEFORE_THE_LAW = date(2025, 12, 31)
CREDITORS = "allocation.oldest_due_first allocation.creditor_order"
WAGES = "allocation.oldest_due_first allocation.wages_by_law"


@pytest.fixture
def desk(new_place: NewPlace) -> Desk:
    """A case with two claims of 1 000,00, each with 35,00 in fees and 2,50 in interest."""
    desk = open_desk(new_place.where())
    desk.offer(offer(1, 1), offer(2, 1))
    return desk


def add_costs(desk: Desk) -> None:
    costs = [Row("costs", 1, 50_000), Row("opened", 1, -50_000)]
    with desk.writing() as connection:
        write_journals(connection, [Journal(1, 1, Kind.CLAIM.value, desk.on, "costs 1", costs)], desk.act)


def placed(desk: Desk, amount_ore: int, known: Known = VOLUNTARY, bank_date: date = date(2026, 11, 20)) -> Placed:
    """An amount comes in without a KID, and is placed on the case."""
    number = len(desk.rows(t.payment)) + 1
    desk.pay(payment(number, amount_ore, "", bank_date=bank_date), name=f"{number}.txt")
    with desk.writing() as connection:
        return place_unplaced(connection, number, CASE, desk.act, known)


def place(desk: Desk, amount_ore: int, known: Known = VOLUNTARY, bank_date: date = date(2026, 11, 20)) -> list[Row]:
    """What an amount covers: the rows that it makes on the case."""
    journal = placed(desk, amount_ore, known, bank_date).journal
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


def test_an_invoice_number_of_nothing_is_not_silence(desk: Desk) -> None:
    with pytest.raises(DataFault, match=r"office\.no_such_invoice"):
        place(desk, 100, Known(invoice_no=""))


def test_an_order_of_nothing_is_not_silence(desk: Desk) -> None:
    with pytest.raises(DataFault, match=r"allocation\.not_an_order"):
        place(desk, 100, Known(order=()))
    assert nothing_was_placed(desk)


def end(desk: Desk, claim: int) -> None:
    ended = transaction(claim, 1_000 + claim, -100_000, kind=TransactionKind.WRITE_OFF_CLAIM_ENDED)
    with desk.writing() as connection:
        accept_transactions(connection, 1, [ended], desk.act)


def nothing_was_placed(desk: Desk) -> bool:
    placings = desk.rows(t.journal, t.journal.c.kind == Kind.PLACING.value)
    return placings == [] and [row.placed_by for row in desk.rows(t.unplaced)] == [None] and clean(desk)


def test_money_for_a_claim_that_has_ended_is_refused_and_nothing_is_placed(desk: Desk) -> None:
    end(desk, 2)
    before = desk.rows(t.journal), desk.rows(t.status_event)
    with pytest.raises(DataFault, match=r"office\.named_claim_ended") as fault:
        place(desk, 100, Known(invoice_no="20002"))

    assert fault.value.facts == {"invoice": "20002", "case": CASE}
    assert nothing_was_placed(desk)
    assert (desk.rows(t.journal)[:-1], desk.rows(t.status_event)) == before


def test_money_for_a_claim_on_which_nothing_is_owed_is_refused_and_nothing_is_placed(desk: Desk) -> None:
    desk.pay(payment(1, 103_750, invoice_kid(2)))
    with pytest.raises(DataFault, match=r"office\.nothing_owed_on_claim") as fault:
        place(desk, 100, Known(invoice_no="20002"))

    assert fault.value.facts == {"invoice": "20002", "case": CASE}
    assert nothing_was_placed(desk)


def test_a_claim_that_is_written_off_in_the_books_only_can_still_be_named(desk: Desk) -> None:
    books_only = transaction(1, 1002, -100_000, kind=TransactionKind.WRITE_OFF_BOOKS_ONLY)
    with desk.writing() as connection:
        accept_transactions(connection, 1, [books_only], desk.act)
    order = (Part.PRINCIPAL, Part.COSTS, Part.FEES, Part.INTEREST)

    assert [(row.account, row.claim) for row in place(desk, 100, Known(invoice_no="20002", order=order))] == [
        ("written_off", 2)
    ]


def test_of_two_claims_on_the_invoice_that_was_named_the_one_that_takes_money_is_covered(desk: Desk) -> None:
    desk.offer(offer(3, 1, invoice_no="20001"))
    desk.pay(payment(1, 103_750, invoice_kid(1)))

    assert {row.claim for row in place(desk, 103_750, Known(invoice_no="20001"))} == {3}


@pytest.mark.parametrize("bank_date", [date(2026, 11, 20), date(2026, 11, 24)])
def test_money_is_not_placed_before_it_reached_the_bank_and_was_settled(desk: Desk, bank_date: date) -> None:
    received_on = max(bank_date, TODAY)
    early = date.fromordinal(received_on.toordinal() - 1)
    desk.pay(payment(1, 100, "", bank_date=bank_date))
    for on in (date(2020, 1, 1), early):
        with pytest.raises(DataFault, match=r"office\.placed_before_received") as fault, desk.writing() as connection:
            place_unplaced(connection, 1, CASE, act(on))
        assert fault.value.facts == {"payment": 1, "on": on, "received_on": received_on}
    assert nothing_was_placed(desk)

    with desk.writing() as connection:
        assert place_unplaced(connection, 1, CASE, act(received_on)).amount_ore == 100


def test_a_placing_answers_what_it_covered_what_was_left_and_why(desk: Desk) -> None:
    end(desk, 1)
    order = (Part.PRINCIPAL, Part.INTEREST, Part.FEES, Part.COSTS)
    done = placed(desk, 104_000, Known(invoice_no="20002", order=order))
    reason = "allocation.debtor_names_claim allocation.debtor_order"

    assert (done.payment, done.case, done.amount_ore, done.overpaid_ore) == (1, CASE, 104_000, 250)
    assert done.shares == (
        Covered("20002", "principal", 100_000, reason),
        Covered("20002", "interest", 250, reason),
        Covered("20002", "fees", 3_500, reason),
    )
    (journal,) = desk.rows(t.journal, t.journal.c.kind == Kind.PLACING.value)
    assert journal.number == done.journal
    lines = list(told(done.explain))
    assert lines[0] == f"{format_kroner(104_000)} kr, received on 2026-11-20 and paid voluntarily, is divided like this"
    assert f"  {format_kroner(100_000)} kr to the principal on invoice 20002" in lines
    assert lines[-1] == "  2,50 kr is left when nothing more stands on the account, and belongs to the debtor"


@pytest.mark.parametrize(
    ("known", "ground"),
    [
        (VOLUNTARY, "allocation.creditor_order"),
        (Known(order=tuple(Part)), "allocation.debtor_order"),
        (Known(Money.ENFORCEMENT), "allocation.enforcement"),
        (Known(Money.WAGE_DEDUCTION), "allocation.wages_by_law"),
    ],
)
def test_where_money_came_from_is_stored_though_all_of_it_is_overpaid(desk: Desk, known: Known, ground: str) -> None:
    desk.pay(payment(1, 207_500, desk.rows(t.case)[0].kid))

    assert place(desk, 500, known) == [Row("overpaid", None, 500, f"allocation.overpaid {ground}")]
    assert clean(desk)


def test_money_covers_no_interest_that_nothing_has_charged(desk: Desk) -> None:
    desk.pay(payment(1, 207_500, desk.rows(t.case)[0].kid))
    assert [row.state for row in desk.rows(t.claim)] == ["paid", "paid"]
    with desk.reading() as connection:
        account = statement(connection, CASE, TODAY, STATUTE)
    assert account.owed_ore == account.totals.late_interest_ore > 0

    with pytest.raises(DataFault, match=r"office\.nothing_owed_on_claim"):
        place(desk, account.owed_ore, Known(invoice_no="20001"))
    assert [row.account for row in place(desk, account.owed_ore)] == ["overpaid"]


def test_a_changed_reason_of_overpaid_money_is_named_by_its_row(desk: Desk) -> None:
    desk.pay(payment(1, 207_501, desk.rows(t.case)[0].kid))
    overpaid = t.journal_row.c.account == "overpaid"
    (row,) = desk.rows(t.journal_row, overpaid)
    for ground in ("allocation.enforcement", "allocation.wages_by_law", ""):
        with desk.writing() as connection:
            connection.execute(sa.update(t.journal_row).where(overpaid).values(reason=f"{OVERPAID} {ground}".strip()))
        with desk.reading() as connection:
            assert [one.thing for one in audit(connection, 1)] == [f"office journal {row.journal} row {row.row_no}"]


def test_the_core_knows_every_reason_of_the_office_that_is_one_code() -> None:
    by_hand = {PLACED_BY_HAND, TOLD_BY_LEDGER, REVERSED_BY_HAND, REFUNDED}
    assert {OVERPAID, *by_hand, *(one.value for one in Because)} == LONE_REASONS


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
