"""Standard compensation, and the charges of courts and enforcement."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kravbro.core.derivation import step
from kravbro.core.errors import DataFault
from kravbro.core.fees.amounts import Fee
from kravbro.core.fees.compensation import recoverable, standard_compensation
from kravbro.core.fees.court import Charge, court_charge, pleading_salaer
from tests.core.fees.law import SHIPPED, rules

IN_2026 = date(2026, 2, 1)


@pytest.mark.parametrize(
    ("began_on", "amount_ore"), [(date(2026, 6, 30), 460_00), (date(2026, 7, 1), 430_00), (date(2025, 1, 1), 470_00)]
)
def test_compensation_is_that_of_the_half_year_in_which_interest_began(began_on: date, amount_ore: int) -> None:
    fee = standard_compensation(began_on, SHIPPED, consumer=False)

    assert fee.amount_ore == amount_ore
    assert rules(fee.derivation) == {"standard_compensation"}


def test_a_consumer_owes_no_compensation() -> None:
    assert standard_compensation(IN_2026, SHIPPED, consumer=True).amount_ore == 0


def test_a_half_year_whose_compensation_was_not_found_is_refused() -> None:
    with pytest.raises(DataFault, match=r"statute\.not_confirmed"):
        standard_compensation(date(2021, 3, 1), SHIPPED, consumer=False)


@given(st.integers(0, 100_000_00), st.integers(0, 1_000_00))
def test_the_larger_is_recoverable_and_never_both(costs_ore: int, compensation_ore: int) -> None:
    found = recoverable(costs_ore, Fee(compensation_ore, step("fees.compensation.consumer")))

    assert found.amount_ore == max(costs_ore, compensation_ore)
    assert found.compensation_ore == compensation_ore
    assert found.compensation_ore + found.costs_beyond_ore == found.amount_ore


def test_costs_below_zero_are_refused() -> None:
    with pytest.raises(DataFault, match=r"fees\.costs_negative"):
        recoverable(-1, Fee(0, step("fees.compensation.consumer")))


@pytest.mark.parametrize(
    ("charge", "amount_ore"),
    [
        (Charge.CONCILIATION_BOARD, 2071_00),
        (Charge.ATTACHMENT, 928_00),
        (Charge.FORCED_COVER, 538_00),
        (Charge.ENFORCEMENT_COMPLAINT, 1345_00),
        (Charge.AUTHORITY_NOTICE, 464_00),
        (Charge.AUTHORITY_DECISION, 464_00),
        (Charge.MUNICIPAL_NOTICE, 464_00),
        (Charge.MUNICIPAL_DECISION, 464_00),
    ],
)
def test_charges_of_2026_are_rounded_down_to_whole_kroner(charge: Charge, amount_ore: int) -> None:
    fee = court_charge(charge, IN_2026, SHIPPED)

    assert fee.amount_ore == amount_ore
    assert rules(fee.derivation) == {charge.value, "court_fee", "court_fee_rounding"}


def test_the_salaer_for_a_complaint_is_rounded_before_vat() -> None:
    assert pleading_salaer(IN_2026, IN_2026, SHIPPED, vat_deductible=True).amount_ore == 672_00
    assert pleading_salaer(IN_2026, IN_2026, SHIPPED, vat_deductible=False).amount_ore == 840_00


@pytest.mark.parametrize(
    ("charge", "on"),
    [(Charge.CONCILIATION_BOARD, "2025-03-01"), (Charge.ATTACHMENT, "2023-03-01"), (Charge.FORCED_COVER, "2025-03-01")],
)
def test_years_whose_factor_or_court_fee_was_not_found_are_refused(charge: Charge, on: str) -> None:
    with pytest.raises(DataFault, match=r"statute\.not_confirmed"):
        court_charge(charge, date.fromisoformat(on), SHIPPED)
