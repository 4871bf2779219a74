"""Costs registered by hand: on the right claim, never above the law, booked once, paid like any other, and undone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from kravbro.core.claims import Letter, LetterKind, Outcome, ReturnReason
from kravbro.core.errors import DataFault, Skip
from kravbro.core.fees.charges import ChargeKind
from kravbro.office import tables as t
from kravbro.office.adjustments.tables import adjustment
from kravbro.office.creditors import Collects
from kravbro.office.manual.acts import Why
from kravbro.office.money_in_flight import in_flight
from kravbro.office.posting import exclude_from_posting, generate_posting, include_again
from kravbro.office.returns import Wish, give_back
from kravbro.office.streams import claims
from tests.office.adjustments.acts import account_on, balances_on, book_costs_on, cost, undo
from tests.office.builders import CREDITOR, NOTICE, REMINDER, TODAY, Desk, invoice_kid, offer, open_desk, payment
from tests.office.manual.acts import clean, lines, owed, post, states

COURT_FEE_ORE = 2_071_00
"""1.54 times the court fee of 2026, 1,345 kroner, whole kroner downwards."""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    one = open_desk(tmp_path)
    one.offer(offer(1, 1), offer(2, 1, due_date=date(2026, 8, 20)))
    yield one
    assert clean(one)
    one.engine.dispose()


def test_a_court_fee_stands_on_the_oldest_claim_and_is_covered_first(desk: Desk) -> None:
    done = cost(desk, COURT_FEE_ORE, document="F-17/2026")
    assert [(one.invoice_no, one.part, one.amount_ore) for one in done.changes] == [("20002", "costs", COURT_FEE_ORE)]
    assert owed(desk)[2]["costs"] == COURT_FEE_ORE
    assert [one.costs_ore for one in balances_on(desk)] == [0, COURT_FEE_ORE]
    desk.pay(payment(1, COURT_FEE_ORE, desk.rows(t.case)[0].kid))

    assert "costs" not in owed(desk)[2]
    assert account_on(desk).totals.costs_ore == 0


def test_it_bears_no_interest_and_moves_no_principal(desk: Desk) -> None:
    before = account_on(desk)
    with desk.reading() as connection:
        movements = claims(connection, 1, 0, 10)
    cost(desk, COURT_FEE_ORE)

    after = account_on(desk)
    assert after.totals.late_interest_ore == before.totals.late_interest_ore
    assert after.owed_ore == before.owed_ore + COURT_FEE_ORE
    assert after.owed_ore == sum(one.total_ore for one in balances_on(desk))
    with desk.reading() as connection:
        assert claims(connection, 1, 0, 10) == movements


def test_an_ore_above_the_law_is_refused_with_its_row(desk: Desk) -> None:
    with pytest.raises(DataFault) as refused:
        cost(desk, COURT_FEE_ORE + 1)

    assert refused.value.code == "office.cost_above_maximum"
    assert "rettsgebyrloven" in str(refused.value.facts["law"])
    assert desk.rows(adjustment) == []


def test_asked_for_again_it_is_registered_once(desk: Desk) -> None:
    first, again = cost(desk, COURT_FEE_ORE), cost(desk, COURT_FEE_ORE)
    another = cost(desk, COURT_FEE_ORE, why=Why("forliksklage sendt", "klage 2"))

    assert (first.new, again.new, another.new) == (True, False, True)
    assert again.changes == first.changes
    assert owed(desk)[2]["costs"] == 2 * COURT_FEE_ORE


def test_the_law_of_the_day_decides_a_letters_fee(desk: Desk) -> None:
    """A purring of 35 kroner was not charged before the claim came: one more may be, a third may not."""
    sent: dict[str, Any] = {"dated": date(2026, 11, 5), "deadline": date(2026, 11, 19), "claim": "20001"}
    done = cost(desk, 35_00, ChargeKind.DEMAND, **sent)
    assert owed(desk)[1]["fees"] == 35_00 + 35_00
    with pytest.raises(DataFault, match=r"office\.cost_above_maximum"):
        cost(desk, 35_00, ChargeKind.REMINDER, **sent, why=Why("purring"))
    undo(desk, done.act)

    assert owed(desk)[1]["fees"] == 35_00


def test_salaer_is_an_agencys_and_heavy_replaces_simple(tmp_path: Path) -> None:
    demand = Letter(LetterKind.DEMAND, date(2026, 11, 1), date(2026, 11, 15))
    desk = open_desk(tmp_path, replace(CREDITOR, collects=Collects.AGENCY))
    desk.offer(offer(1, 1, letters=(REMINDER, NOTICE, demand)), offer(2, 2))
    with pytest.raises(DataFault, match=r"fees\.demand_unknown"):
        cost(desk, 100_00, ChargeKind.SALAER_HEAVY, case="1-000002")
    simple, heavy = (_largest(desk, kind) for kind in (ChargeKind.SALAER_SIMPLE, ChargeKind.SALAER_HEAVY))
    assert 0 < simple < heavy
    cost(desk, simple, ChargeKind.SALAER_SIMPLE)
    with pytest.raises(DataFault, match=r"office\.cost_above_maximum"):
        cost(desk, heavy - simple + 1, ChargeKind.SALAER_HEAVY)
    cost(desk, heavy - simple, ChargeKind.SALAER_HEAVY)

    assert owed(desk)[1]["costs"] == heavy
    desk.engine.dispose()


def _largest(desk: Desk, kind: ChargeKind) -> int:
    """What the law allows, as the refusal of much more tells it."""
    with pytest.raises(DataFault) as refused:
        cost(desk, 10**9, kind)
    return int(str(refused.value.facts["maximum"]).replace("\u00a0", "").replace(",", ""))


def test_costs_awarded_have_no_maximum_but_a_document(desk: Desk) -> None:
    with pytest.raises(DataFault, match=r"office\.document_missing"):
        cost(desk, 10_000_00, ChargeKind.AWARDED)
    cost(desk, 10_000_00, ChargeKind.AWARDED, document="23-1234 TOSL")

    assert owed(desk)[2]["costs"] == 10_000_00


def test_where_costs_are_not_booked_only_their_payment_is(desk: Desk) -> None:
    cost(desk, 100_00)
    assert post(desk) == []
    desk.pay(payment(1, 40_00, desk.rows(t.case)[0].kid))

    (voucher,) = post(desk)
    assert lines(voucher) == [("1920", 40_00, None), ("3910", -40_00, None)]


def test_where_they_are_booked_payment_credits_what_registering_debited(desk: Desk) -> None:
    book_costs_on(desk, "1590")
    cost(desk, 100_00)
    (registered,) = post(desk)
    assert lines(registered) == [("1590", 100_00, None), ("3910", -100_00, None)]
    book_costs_on(desk, "")
    cost(desk, 50_00, why=Why("utlegg"))
    desk.pay(payment(1, 120_00, desk.rows(t.case)[0].kid))
    paid, later = post(desk)

    assert lines(paid) == [("1920", 120_00, None), ("1590", -120_00, None)]
    assert lines(later) == [("1590", 50_00, None), ("3910", -50_00, None)]


def test_a_booked_cost_that_is_undone_is_booked_back_or_not_at_all(desk: Desk) -> None:
    book_costs_on(desk, "1590")
    first, second = cost(desk, 100_00), cost(desk, 70_00, why=Why("utlegg"))
    post(desk)
    undo(desk, first.act)
    (back,) = post(desk)
    assert lines(back) == [("1590", -100_00, None), ("3910", 100_00, None)]
    undo(desk, second.act)
    third = cost(desk, 30_00, why=Why("ny"))
    undo(desk, third.act, why=Why("feil sak"))
    journal = desk.rows(t.journal, t.journal.c.source == f"accrual {third.act}")[0].number
    with desk.writing() as connection:
        exclude_from_posting(connection, journal, "ført i regnskapet", desk.act)
    assert len(desk.rows(t.posting_exclusion)) == 2
    with desk.writing() as connection:
        include_again(connection, journal, desk.act)
        exclude_from_posting(connection, journal, "ført i regnskapet", desk.act)
        generate_posting(connection, 1, desk.act)
    assert [lines(one) for one in post(desk)] == [[("1590", -70_00, None), ("3910", 70_00, None)]]


def test_what_is_paid_is_not_undone(desk: Desk) -> None:
    done = cost(desk, 100_00)
    desk.pay(payment(1, 40_00, desk.rows(t.case)[0].kid))
    with pytest.raises(Skip, match=r"office\.charge_is_paid"):
        undo(desk, done.act)
    other = cost(desk, 100_00, why=Why("utlegg"))
    undo(desk, other.act)
    with pytest.raises(Skip, match=r"office\.undone_already"):
        undo(desk, other.act, why=Why("en gang til"))

    assert owed(desk)[2]["costs"] == 60_00


def test_a_cost_takes_a_closed_case_up_again(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    desk.offer(offer(1, 1))
    desk.pay(payment(1, 103_750, invoice_kid(1)))
    assert states(desk) == [("paid", "closed")]
    done = cost(desk, 100_00)
    assert states(desk) == [("registered", "in_progress")]
    undo(desk, done.act)

    assert states(desk) == [("paid", "closed")]
    assert clean(desk)
    desk.engine.dispose()


def test_a_claim_that_leaves_waits_for_its_booked_costs_and_takes_no_more(desk: Desk) -> None:
    book_costs_on(desk, "1590")
    cost(desk, 100_00)
    with desk.writing() as connection:
        give_back(connection, "1-000001", Wish(Outcome.RETURNED, ReturnReason.UNCOLLECTABLE, "ingenting"), desk.act)
    with desk.reading() as connection:
        assert [one.journal for one in in_flight(connection, [1, 2])[2]] == [3]
    with pytest.raises(DataFault, match=r"office\.claim_not_collected"):
        cost(desk, 10_00)
    with desk.writing() as connection:
        exclude_from_posting(connection, 3, "ført i regnskapet", desk.act)

    assert [state for state, _ in states(desk)] == ["returned", "returned"]
    assert account_on(desk).owed_ore == 0
    assert {one.kind for one in account_on(desk).lines if one.account == "costs"} == {"charge", "given_back"}


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        ("office.cost_later", {"dated": date(2026, 12, 1)}),
        ("office.cost_interest", {"interest_from": TODAY}),
        ("office.no_vat_on_cost", {"with_vat": True}),
        ("office.letter_deadline", {"deadline": TODAY}),
        ("office.amount_not_positive", {"amount_ore": 0}),
        ("office.because_missing", {"why": Why(" ")}),
        ("office.no_such_invoice", {"claim": "9"}),
        ("office.salaer_of_own", {"kind": ChargeKind.SALAER_SIMPLE}),
        ("statute", {"kind": ChargeKind.MUNICIPAL_NOTICE, "dated": date(2025, 11, 1)}),
    ],
)
def test_what_cannot_be_is_refused_by_name_and_nothing_is_kept(code: str, facts: dict[str, object], desk: Desk) -> None:
    given = {"amount_ore": 100_00} | facts
    with pytest.raises(DataFault) as refused:
        cost(desk, **given)  # type: ignore[arg-type] # each case changes one of the arguments
    assert refused.value.code.startswith(code)
    assert desk.rows(adjustment) == []
