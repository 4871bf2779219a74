"""Claims collected together: one salær by the policy that was stated."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kravbro.core.errors import DataFault
from kravbro.core.fees.merging import Joining, joined_cap
from kravbro.core.fees.salaer import Debt, Picked, Stage, Terms, salaer_cap
from tests.core.fees.law import SHIPPED, codes

PICKED = Picked(date(2026, 2, 1), date(2026, 2, 1))
NEW, OLD = date(2020, 10, 1), date(2020, 9, 30)
DEBTS = st.lists(
    st.builds(Debt, st.integers(1, 300_000_00), st.sampled_from([OLD, NEW, date(2025, 12, 1)])), min_size=1, max_size=5
)


def joined(*debts: Debt, joining: Joining = Joining.SUM) -> int:
    return joined_cap(Stage.SIMPLE, debts, Terms(), PICKED, SHIPPED, joining=joining).amount_ore


def alone(size_ore: int, due_date: date) -> int:
    return salaer_cap(Stage.SIMPLE, Debt(size_ore, due_date), Terms(), PICKED, SHIPPED).amount_ore


@given(DEBTS)
def test_the_sum_is_one_claim_of_all_sizes(debts: list[Debt]) -> None:
    total = sum(debt.size_ore for debt in debts)

    assert joined(*debts) == min(alone(total, debt.due_date) for debt in debts)


@given(DEBTS)
def test_the_largest_counts_for_all(debts: list[Debt]) -> None:
    by_size = sorted(debts, key=lambda debt: (-debt.size_ore, alone(debt.size_ore, debt.due_date)))

    assert joined(*debts, joining=Joining.LARGEST) == alone(by_size[0].size_ore, by_size[0].due_date)


@given(DEBTS)
def test_separate_claims_have_a_cap_each(debts: list[Debt]) -> None:
    expected = sum(alone(debt.size_ore, debt.due_date) for debt in debts)

    assert joined(*debts, joining=Joining.SEPARATE) == expected


@pytest.mark.parametrize("joining", Joining)
@given(st.integers(1, 300_000_00))
def test_one_claim_is_the_same_by_every_policy(joining: Joining, size_ore: int) -> None:
    assert joined(Debt(size_ore, NEW), joining=joining) == alone(size_ore, NEW)


def test_a_credit_note_on_one_claim_lowers_the_sum() -> None:
    first, second = Debt(6_000_00, NEW), Debt(6_000_00, NEW, credited_ore=2_000_00)

    assert joined(first, second) == 600_00


@pytest.mark.parametrize("joining", Joining)
def test_a_claim_that_is_wholly_credited_decides_nothing(joining: Joining) -> None:
    left = Debt(1_000_00, OLD)

    for other in (NEW, OLD):
        gone = Debt(700_00, other, credited_ore=700_00)
        assert joined(left, gone, joining=joining) == joined(gone, left, joining=joining) == alone(1_000_00, OLD)
    assert alone(1_000_00, OLD) > alone(1_000_00, NEW)


@pytest.mark.parametrize("joining", Joining)
def test_a_claim_that_was_not_overdue_when_the_betalingsoppfordring_was_sent_decides_nothing(joining: Joining) -> None:
    not_overdue = Debt(700_00, PICKED.demand_sent_on)

    assert joined(Debt(1_000_00, OLD), not_overdue, joining=joining) == alone(1_000_00, OLD)
    assert joined(not_overdue, joining=joining) == 0


@pytest.mark.parametrize("joining", Joining)
def test_claims_that_are_all_credited_have_no_salaer(joining: Joining) -> None:
    gone = Debt(700_00, NEW, credited_ore=700_00)

    assert joined(gone, gone, joining=joining) == 0


def test_the_policy_is_said() -> None:
    debts = [Debt(6_000_00, NEW), Debt(400_00, NEW)]
    said = {
        joining: codes(joined_cap(Stage.HEAVY, debts, Terms(), PICKED, SHIPPED, joining=joining).derivation)[0]
        for joining in Joining
    }

    assert said == {joining: f"fees.joined.{joining.value}" for joining in Joining}


@pytest.mark.parametrize("joining", Joining)
def test_no_claims_and_impossible_claims_are_refused(joining: Joining) -> None:
    with pytest.raises(DataFault, match=r"fees\.no_claims"):
        joined(joining=joining)
    with pytest.raises(DataFault, match=r"fees\.principal_not_positive"):
        joined(Debt(6_000_00, NEW), Debt(-1_000_00, NEW), joining=joining)
