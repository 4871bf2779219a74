"""The principal of a claim without a ledger, corrected by hand: credited, ended, and both taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from kravbro.core.allocation_orders import Part
from kravbro.core.errors import DataFault, Skip
from kravbro.core.fees.charges import ChargeKind
from kravbro.office import tables as t
from kravbro.office.manual.acts import Why
from tests.interest_oracle import interest_ore
from tests.office.adjustments.acts import account_on, balances_on, cost, undo, waive
from tests.office.builders import TODAY, Desk, offer, open_desk, payment
from tests.office.ledgerless_acts import credit, end, registered, set_account
from tests.office.manual.acts import clean, post, states

CASE = "1-000001"
DUE = date(2026, 9, 1)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    one = open_desk(tmp_path)
    set_account(one)
    registered(one)
    yield one
    assert clean(one)
    one.engine.dispose()


def test_what_was_never_owed_bears_no_interest(desk: Desk) -> None:
    credit(desk, CASE, 400_00)
    (balance,) = balances_on(desk)
    assert (balance.principal_ore, balance.uncharged_ore) == (600_00, interest_ore([(DUE, 600_00)], TODAY))
    assert account_on(desk).totals.principal_ore == 600_00
    assert post(desk) == []


def test_the_same_credit_again_does_nothing(desk: Desk) -> None:
    done = credit(desk, CASE, 400_00)
    again = credit(desk, CASE, 400_00)
    assert (again.act, again.new, balances_on(desk)[0].principal_ore) == (done.act, False, 600_00)


def test_a_credit_of_all_settles_it_with_its_fee_and_taken_back_opens_it(desk: Desk) -> None:
    done = credit(desk, CASE, 1_000_00)
    waive(desk, Part.FEES)
    assert states(desk) == [("paid", "closed")]
    undo(desk, done.act)
    assert states(desk) == [("registered", "in_progress")]
    assert balances_on(desk)[0].uncharged_ore == interest_ore([(DUE, 1_000_00)], TODAY)


def test_no_more_is_credited_than_is_left(desk: Desk) -> None:
    desk.pay(payment(1, 535_00, desk.rows(t.case)[0].kid))
    with pytest.raises(DataFault, match=r"office\.credit_above_principal"):
        credit(desk, CASE, 500_01)
    with pytest.raises(DataFault, match=r"office\.amount_not_positive"):
        credit(desk, CASE, 0)
    credit(desk, CASE, 500_00)
    assert states(desk) == [("paid", "closed")]


def test_what_is_ended_is_owed_no_more_and_takes_no_money(desk: Desk) -> None:
    done = end(desk, CASE)
    assert states(desk) == [("ended", "closed")]
    assert balances_on(desk)[0].total_ore == 0
    assert account_on(desk).owed_ore == 0
    assert account_on(desk, date(2026, 11, 22)).owed_ore > 1_035_00
    desk.pay(payment(1, 100_00, desk.rows(t.case)[0].kid))
    assert balances_on(desk)[0].total_ore == 0
    undo(desk, done.act)
    assert states(desk) == [("registered", "in_progress")]
    assert balances_on(desk)[0].principal_ore == 1_000_00


def test_it_may_be_ended_again(desk: Desk) -> None:
    undo(desk, end(desk, CASE).act)
    end(desk, CASE, Why("likevel ikke", "2"))
    assert account_on(desk).owed_ore == balances_on(desk)[0].total_ore == 0
    with pytest.raises(Skip, match=r"office\.undone_already"):
        undo(desk, 2, Why("en gang til"))


def test_what_is_over_is_corrected_no_more(desk: Desk) -> None:
    first = credit(desk, CASE, 100_00)
    end(desk, CASE)
    with pytest.raises(DataFault, match=r"office\.claim_not_collected"):
        credit(desk, CASE, 1)
    with pytest.raises(DataFault, match=r"office\.claim_not_collected"):
        end(desk, CASE, Why("igjen"))
    with pytest.raises(DataFault, match=r"office\.claim_not_collected"):
        undo(desk, first.act)


def test_a_claim_of_the_ledger_beside_it_is_left_alone(desk: Desk) -> None:
    desk.offer(offer(1, 1))
    registered(desk, debtor=1, invoice_no="DOM-18", why=Why("to"))
    case = "1-000002"
    credit(desk, case, 100_00)
    assert [one.principal_ore for one in balances_on(desk)] == [1_000_00, 1_000_00, 900_00]
    with pytest.raises(DataFault, match=r"office\.claim_of_ledger"):
        credit(desk, case, 100_00, Why("feil"), claim="20001")
    registered(desk, debtor=1, invoice_no="DOM-19", why=Why("tre"))
    with pytest.raises(DataFault, match=r"office\.claim_not_named"):
        end(desk, case)
    end(desk, case, claim="DOM-19")
    assert [state for state, _ in states(desk)] == ["registered", "registered", "registered", "ended"]


def test_the_principal_is_not_waived(desk: Desk) -> None:
    with pytest.raises(DataFault, match=r"office\.principal_not_waived"):
        waive(desk, Part.PRINCIPAL)


def test_a_salaer_knows_what_was_credited(desk: Desk) -> None:
    credit(desk, CASE, 900_00)
    cost(desk, 1, ChargeKind.AWARDED, document="1")
    assert balances_on(desk)[0].costs_ore == 1
