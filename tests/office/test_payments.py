"""Payments: each is placed, reversed or unplaced, once; a settled claim closes its case, a reversal reopens it."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from kravbro.core.allocation_orders import Order
from kravbro.core.claims import TransactionKind
from kravbro.core.errors import DataFault, Skip
from kravbro.core.identifiers import kid as kids
from kravbro.formats import ocr_giro
from kravbro.office import setup
from kravbro.office import tables as t
from kravbro.office.agreements import close_agreement
from kravbro.office.audit import audit
from kravbro.office.creditors import KidStructure, Names
from kravbro.office.incoming import from_ocr_giro
from kravbro.office.ledger_events import accept_transactions
from kravbro.office.placing import place_unplaced
from tests.docs_tables import table_with
from tests.office.builders import (
    ACCOUNT,
    CREDITOR,
    TODAY,
    Desk,
    invoice_kid,
    offer,
    open_desk,
    payment,
    transaction,
)
from tests.places import NewPlace

pytestmark = pytest.mark.rules

OLDEST = "allocation.oldest_due_first allocation.creditor_order"
NAMED = "allocation.kid_names_claim allocation.creditor_order"
PASSED_OVER = "allocation.named_takes_nothing allocation.creditor_order"
OVERPAID = "allocation.overpaid allocation.creditor_order"


@pytest.fixture
def desk(new_place: NewPlace) -> Desk:
    """One case with two claims, and one with a single claim."""
    desk = open_desk(new_place.where())
    desk.offer(offer(1, 1), offer(2, 1), offer(3, 2))
    return desk


def case_kid(desk: Desk, case: int) -> str:
    return str(desk.rows(t.case, t.case.c.id == case)[0].kid)


def states(desk: Desk) -> tuple[list[str], list[str]]:
    return [row.state for row in desk.rows(t.claim)], [row.state for row in desk.rows(t.case)]


def rows(desk: Desk, source: str) -> list[tuple[str, int | None, int, str]]:
    (journal,) = desk.rows(t.journal, t.journal.c.source == source)
    of_journal = desk.rows(t.journal_row, t.journal_row.c.journal == journal.number)
    return [(row.account, row.claim, row.amount_ore, row.reason) for row in of_journal]


def days(desk: Desk, source: str) -> set[date]:
    """From which days the rows of a journal count, but the bank's."""
    (journal,) = desk.rows(t.journal, t.journal.c.source == source)
    of_journal = (t.journal_row.c.journal == journal.number, t.journal_row.c.account != "bank")
    return {row.counts_from for row in desk.rows(t.journal_row, *of_journal)}


def end(desk: Desk, claim: int) -> None:
    """The ledger writes a claim off, and it ends."""
    ended = transaction(claim, 1_000 + claim, -100_000, kind=TransactionKind.WRITE_OFF_CLAIM_ENDED)
    with desk.writing() as connection:
        accept_transactions(connection, 1, [ended], desk.act)


def because(desk: Desk) -> list[str]:
    return [row.because.removeprefix("office.unplaced.") for row in desk.rows(t.unplaced)]


def clean(desk: Desk) -> bool:
    with desk.reading() as connection:
        return audit(connection, 1) == []


def test_a_case_kid_covers_the_oldest_due_first_in_the_creditors_order(desk: Desk) -> None:
    done = desk.pay(payment(1, 110_000, case_kid(desk, 1)))

    assert (done.new, done.placed_ore, done.unplaced_ore) == (1, 110_000, 0)
    told = table_with("docs/algorithms/allocation.md", "row", "claim", "øre")
    assert [row[:3] for row in rows(desk, "payment 1")] == [
        (row["row"], int(row["claim"]) if row["claim"] else None, int(row["øre"].replace(" ", "").replace("−", "-")))
        for row in told
    ]
    assert [row[3] for row in rows(desk, "payment 1")] == ["", *[OLDEST] * 6]
    assert states(desk) == (["paid", "registered", "registered"], ["registered", "registered"])


def test_an_invoice_kid_covers_its_claim_first(desk: Desk) -> None:
    desk.pay(payment(1, 104_000, invoice_kid(2)))

    assert rows(desk, "payment 1")[1:] == [
        ("fees", 2, -3_500, NAMED),
        ("interest", 2, -250, NAMED),
        ("principal", 2, -100_000, NAMED),
        ("fees", 1, -250, OLDEST),
    ]


def test_an_invoice_kid_of_a_paid_claim_covers_the_others_and_tells_so(desk: Desk) -> None:
    desk.pay(payment(1, 103_750, invoice_kid(2)))
    desk.pay(payment(2, 4_000, invoice_kid(2)), name="next.txt")

    assert rows(desk, "payment 2")[1:] == [
        ("fees", 1, -3_500, PASSED_OVER),
        ("interest", 1, -250, PASSED_OVER),
        ("principal", 1, -250, PASSED_OVER),
    ]
    assert clean(desk)


def test_an_invoice_kid_of_an_ended_claim_covers_the_others_and_tells_so(desk: Desk) -> None:
    end(desk, 2)
    desk.pay(payment(1, 104_000, invoice_kid(2)))

    assert rows(desk, "payment 1")[1:] == [
        ("fees", 1, -3_500, PASSED_OVER),
        ("interest", 1, -250, PASSED_OVER),
        ("principal", 1, -100_000, PASSED_OVER),
        ("overpaid", None, -250, OVERPAID),
    ]
    assert clean(desk)


def test_what_is_overpaid_counts_from_the_bank_date_as_what_is_covered_does(desk: Desk) -> None:
    paid, back = date(2026, 11, 18), date(2026, 11, 20)
    desk.pay(payment(1, 103_751, case_kid(desk, 2), bank_date=paid))
    desk.pay(payment(2, -103_751, case_kid(desk, 2), bank_date=back), name="back.txt")

    assert days(desk, "payment 1") == {paid}
    assert days(desk, "payment 2") == {back}
    assert clean(desk)


def test_a_reversal_in_the_same_file_counts_overpaid_money_from_its_bank_date(desk: Desk) -> None:
    paid, back = date(2026, 11, 18), date(2026, 11, 20)
    kid = case_kid(desk, 2)
    desk.pay(payment(1, 103_751, kid, bank_date=paid), payment(2, -103_751, kid, bank_date=back))

    assert (days(desk, "payment 1"), days(desk, "payment 2")) == ({paid}, {back})


def test_another_creditor_may_cover_the_principal_first(new_place: NewPlace) -> None:
    creditor = msgspec.structs.replace(CREDITOR, allocation_order=Order.PRINCIPAL_COSTS_FEES_INTEREST)
    desk = open_desk(new_place.where(), creditor)
    desk.offer(offer(1, 1))
    desk.pay(payment(1, 50_000, case_kid(desk, 1)))

    assert [row[0] for row in rows(desk, "payment 1")] == ["bank", "principal"]


def test_what_is_more_than_everything_owed_is_overpaid(desk: Desk) -> None:
    desk.pay(payment(1, 103_751, case_kid(desk, 2)))

    assert rows(desk, "payment 1")[-1] == ("overpaid", None, -1, OVERPAID)
    assert states(desk) == (["registered", "registered", "paid"], ["registered", "closed"])
    events = [(row.case, row.event, row.target) for row in desk.rows(t.case_event) if row.event == "settle"]
    assert events == [(2, "settle", "closed")]


def test_a_status_is_published_for_every_change(desk: Desk) -> None:
    kid = case_kid(desk, 2)
    desk.pay(payment(1, 103_750, kid), payment(2, -103_750, kid), payment(3, 103_750, kid))

    of_claim = [(row.version, row.state) for row in desk.rows(t.status_event) if row.claim == 3]
    assert of_claim == [(1, "registered"), (2, "paid"), (3, "registered"), (4, "paid")]
    case_events = [(row.event, row.source, row.target) for row in desk.rows(t.case_event) if row.case == 2]
    assert case_events == [
        ("open", "", "registered"),
        ("settle", "registered", "closed"),
        ("reopen", "closed", "in_progress"),
        ("settle", "in_progress", "closed"),
    ]
    assert clean(desk)


def test_a_reversal_mirrors_the_latest_payment_that_is_not_reversed(desk: Desk) -> None:
    kid = case_kid(desk, 1)
    desk.pay(payment(1, 5_000, kid), payment(2, 5_000, kid))
    done = desk.pay(payment(3, -5_000, kid), payment(4, -5_000, kid), payment(5, -5_000, kid))

    assert done.reversed == 2
    assert [row.reverses for row in desk.rows(t.payment)] == [None, None, 2, 1, None]
    assert rows(desk, "payment 3") == [(a, c, -amount, r) for a, c, amount, r in rows(desk, "payment 2")]
    assert rows(desk, "payment 4") == [(a, c, -amount, r) for a, c, amount, r in rows(desk, "payment 1")]
    assert because(desk) == ["nothing_to_reverse"]
    assert clean(desk)


def test_a_reversal_finds_its_payment_in_the_same_file_only_if_it_came_before(desk: Desk) -> None:
    kid = case_kid(desk, 1)
    desk.pay(payment(1, -5_000, kid), payment(2, 5_000, kid), payment(3, -5_000, kid))

    assert [row.reverses for row in desk.rows(t.payment)] == [None, None, 2]


def test_the_reversal_of_unplaced_money_is_unplaced_and_sums_to_zero(desk: Desk) -> None:
    desk.pay(payment(1, 700, ""))
    desk.pay(payment(2, -700, ""))

    assert because(desk) == ["no_kid", "original_unplaced"]
    assert sum(row.amount_ore for row in desk.rows(t.unplaced)) == 0
    with pytest.raises(Skip, match=r"office\.payment_reversed"), desk.writing() as connection:
        place_unplaced(connection, 1, "1-000001", desk.act)


def test_the_reversal_of_money_placed_later_takes_it_from_where_it_was_placed(desk: Desk) -> None:
    desk.pay(payment(1, 700, ""))
    with desk.writing() as connection:
        place_unplaced(connection, 1, "1-000002", desk.act)
    desk.pay(payment(2, -700, ""))

    assert rows(desk, "payment 2") == [("bank", None, -700, ""), ("fees", 3, 700, OLDEST)]
    assert desk.rows(t.payment)[1].placed_ore == -700
    assert clean(desk)


@pytest.mark.parametrize(
    ("kid", "amount_ore", "reason"),
    [
        ("", 100, "no_kid"),
        ("1234", 100, "kid_length"),
        (kids.make("00199999999", "mod10")[:-1] + "-", 100, "kid_check_digit"),
        (kids.make("00100999999", "mod10"), 100, "kid_unknown"),
        (invoice_kid(77), 100, "kid_unknown"),
        ("", -100, "nothing_to_reverse"),
        (invoice_kid(1), 0, "no_amount"),
    ],
)
def test_what_finds_no_place_is_unplaced_with_the_reason(desk: Desk, kid: str, amount_ore: int, reason: str) -> None:
    done = desk.pay(payment(1, amount_ore, kid))

    assert because(desk) == [reason]
    assert (done.unplaced, done.unplaced_ore, done.placed_ore) == (1, amount_ore, 0)
    assert [row[:3] for row in rows(desk, "payment 1")] == [("bank", None, amount_ore), ("unplaced", None, -amount_ore)]
    assert clean(desk)


def test_a_kid_of_invoices_of_two_debtors_names_neither(desk: Desk) -> None:
    desk.offer(offer(4, 2, kid=invoice_kid(1)))
    desk.pay(payment(1, 50_000, invoice_kid(1)))

    assert because(desk) == ["kid_of_several"]
    assert clean(desk)


def test_a_kid_of_two_debtors_names_the_only_claim_that_is_still_collected(desk: Desk) -> None:
    desk.offer(offer(4, 2, kid=invoice_kid(1)))
    end(desk, 1)
    desk.pay(payment(1, 50_000, invoice_kid(1)))

    assert rows(desk, "payment 1")[1][:2] == ("fees", 4)


def test_a_kid_of_several_invoices_of_one_debtor_names_the_oldest(desk: Desk) -> None:
    desk.offer(offer(4, 1, kid=invoice_kid(2)))
    desk.pay(payment(1, 50_000, invoice_kid(2)))

    assert rows(desk, "payment 1")[1] == ("fees", 2, -3_500, NAMED)


def test_a_kid_of_another_creditor_places_nothing(desk: Desk) -> None:
    other = msgspec.structs.replace(CREDITOR, number=2, company=2)
    with desk.writing() as connection:
        setup.add_creditor(connection, other, desk.act)
        structures = [KidStructure(12, "mod10", Names.CASE), KidStructure(9, "mod10", Names.INVOICE)]
        setup.add_agreement(connection, "99991042764", 2, "Other", structures, desk.act)
    there = "99991042764"
    desk.pay(
        payment(1, 100, case_kid(desk, 1), account_number=there), payment(2, 100, invoice_kid(1), account_number=there)
    )

    assert because(desk) == ["not_served", "not_served"]
    with pytest.raises(DataFault, match=r"office\.creditor_not_served"), desk.writing() as connection:
        place_unplaced(connection, 1, "1-000001", desk.act)


@pytest.mark.parametrize(("settled", "placed"), [(date(2026, 11, 22), True), (date(2026, 11, 23), False)])
def test_a_closed_agreement_places_nothing_from_that_day(desk: Desk, settled: date, placed: bool) -> None:
    with desk.writing() as connection:
        close_agreement(connection, ACCOUNT, TODAY, "moved", desk.act)
    desk.pay(payment(1, 100, case_kid(desk, 1), settlement_date=settled))

    assert because(desk) == ([] if placed else ["agreement_closed"])


def test_a_file_for_an_unknown_account_is_refused_whole(desk: Desk) -> None:
    with pytest.raises(DataFault, match=r"office\.unknown_account") as fault:
        desk.pay(payment(1, 100, ""), payment(2, 100, "", account_number="99991042764"), name="a.txt")

    assert fault.value.facts == {"account": "99991042764", "file": "a.txt"}
    assert desk.rows(t.payment) == []
    assert desk.rows(t.payment_file) == []


def test_the_same_payments_in_another_shape_are_a_repetition(desk: Desk) -> None:
    desk.pay(payment(1, 100, ""), payment(2, 200, ""), name="first.txt")
    with pytest.raises(Skip, match=r"office\.file_repeated") as known:
        desk.pay(payment(2, 200, "", lump="changed"), payment(1, 100, ""), name="second.txt")

    assert known.value.facts == {"file": "second.txt", "earlier": "first.txt (1, 2026-11-23)"}
    assert len(desk.rows(t.payment_file)) == 1


def test_new_payments_beside_known_ones_are_taken(desk: Desk) -> None:
    desk.pay(payment(1, 100, ""))
    done = desk.pay(payment(1, 100, ""), payment(2, 200, ""), payment(2, 200, ""))

    assert (done.new, done.known, done.net_ore) == (2, 1, 400)
    (_, second) = desk.rows(t.payment_file)
    assert (second.payment_count, second.net_ore) == (2, 400)


@pytest.mark.parametrize("changed", [payment(1, 101, "123"), payment(1, 100, "124")])
def test_a_known_payment_with_other_content_is_a_fault(desk: Desk, changed: object) -> None:
    desk.pay(payment(1, 100, "123"))
    with pytest.raises(DataFault, match=r"office\.payment_changed"):
        desk.pay(changed, payment(2, 1, ""))  # type: ignore[arg-type] # parametrized


def test_two_equal_payments_are_two(desk: Desk) -> None:
    assert desk.pay(payment(1, 100, ""), payment(2, 100, "")).new == 2


def test_a_file_without_payments_is_skipped(desk: Desk) -> None:
    with pytest.raises(Skip, match=r"office\.file_empty"):
        desk.pay()


def test_placing_covers_the_case_and_settles_it(desk: Desk) -> None:
    desk.pay(payment(1, 104_000, ""))
    with desk.writing() as connection:
        journal = place_unplaced(connection, 1, "1-000002", desk.act).journal

    assert rows(desk, "placing 1") == [
        ("unplaced", None, 104_000, "office.placed_by_hand"),
        ("fees", 3, -3_500, OLDEST),
        ("interest", 3, -250, OLDEST),
        ("principal", 3, -100_000, OLDEST),
        ("overpaid", None, -250, OVERPAID),
    ]
    assert [row.placed_by for row in desk.rows(t.unplaced)] == [journal]
    assert states(desk)[1] == ["registered", "closed"]
    assert clean(desk)


@pytest.mark.parametrize(
    ("number", "case", "error", "code"),
    [
        (1, "1-000002", Skip, "office.already_placed"),
        (2, "1-000002", Skip, "office.not_placeable"),
        (3, "1-000002", DataFault, "office.no_such_unplaced"),
        (4, "1-000009", DataFault, "office.no_such_case"),
    ],
)
def test_what_cannot_be_placed(desk: Desk, number: int, case: str, error: type[Exception], code: str) -> None:
    kid = case_kid(desk, 1)
    desk.pay(payment(1, 100, ""), payment(2, -900, ""), payment(3, 100, kid), payment(4, 300, ""))
    with desk.writing() as connection:
        place_unplaced(connection, 1, "1-000002", desk.act)

    with pytest.raises(error, match=code), desk.writing() as connection:
        place_unplaced(connection, number, case, desk.act)


def test_money_on_an_ended_claim_is_overpaid(desk: Desk) -> None:
    end(desk, 3)
    desk.pay(payment(1, 3_750, case_kid(desk, 2)))

    assert rows(desk, "payment 1")[1:] == [("overpaid", None, -3_750, OVERPAID)]


def test_an_ocr_giro_file_is_taken_in_as_the_bank_wrote_it(desk: Desk) -> None:
    day = date(2026, 11, 20)
    part = ocr_giro.assignment(
        agreement_id="001008566",
        number="0000001",
        account=ACCOUNT,
        nets_date=day,
        transactions=(
            ocr_giro.Transaction(
                type="10",
                number=1,
                settlement_date=day,
                centre_id="13",
                day_code="20",
                partial_settlement_number="1",
                serial_number="01464",
                sign="0",
                amount_ore=12_500,
                kid=case_kid(desk, 1),
                card_issuer=None,
                form_number="0000000000",
                reference="196368271",
                bank_date=date(2026, 11, 19),
                debit_account="86011117947",
            ),
        ),
    )
    data = ocr_giro.render([ocr_giro.Transmission("00008080", "0170031", "00010200", day, (part,))])
    (incoming,) = from_ocr_giro(ocr_giro.parse(data, "OCR.D201126"))

    assert incoming.identity == f"ocr_giro/{ACCOUNT}/0170031/001008566/0000001/2026-11-20/01464/1"
    assert incoming.lump == f"{ACCOUNT}/2026-11-20/13/20/1/01464"
    assert (incoming.bank_date, incoming.settlement_date) == (date(2026, 11, 19), day)
    assert desk.pay(incoming).placed_ore == 12_500
