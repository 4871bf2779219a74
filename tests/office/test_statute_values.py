"""What an operator may type as a value of law: exact, and not far above what any law has."""

from __future__ import annotations

import pytest

from kravbro.core.errors import DataFault
from kravbro.office.statute_values import exact_value
from tests.office.builders import STATUTE


@pytest.mark.parametrize(
    ("rule", "text", "kept_as"),
    [
        ("late_interest", "12.25", "12.25"),
        ("late_interest", "12,25", "12.25"),
        ("late_interest", " 12 ", "12"),
        ("purring_fee", "1/20", "1/20"),
        ("inkassosats", "770.50", "770.50"),
        ("inkassosats", "1541/2", "1541/2"),
        ("notice_days", "14", "14"),
        ("collection_act", "2026", "2026"),
    ],
)
def test_a_value_is_kept_exactly(rule: str, text: str, kept_as: str) -> None:
    assert exact_value(STATUTE.rule(rule), text) == kept_as


@pytest.mark.parametrize(
    "text", ["", "0", "0/5", "-1", "+1", "1e2", "1/0", "1/2/3", "1.2/3", "12 %", "½", "١٢", ".5", "1 000"]
)
def test_what_is_no_exact_positive_number_is_no_value(text: str) -> None:
    with pytest.raises(DataFault, match=r"office\.statute_value"):
        exact_value(STATUTE.rule("late_interest"), text)


@pytest.mark.parametrize("text", ["37/3", "24/2", "1225", "1200", "100.01"])
@pytest.mark.parametrize("rule", ["late_interest", "vat"])
def test_a_percentage_is_a_decimal_of_at_most_a_hundred(rule: str, text: str) -> None:
    with pytest.raises(DataFault, match=r"office\.statute_percent"):
        exact_value(STATUTE.rule(rule), text)
    assert exact_value(STATUTE.rule(rule), "100") == "100"


@pytest.mark.parametrize(
    ("rule", "most"),
    [
        ("interest_days_after_demand", 3660),
        ("legal_step_months", 600),
        ("limitation_years", 100),
        ("small_letter_fees", 1000),
        ("court_fee_rounding", 10_000),
        ("inkassosats", 1_000_000),
        ("purring_fee", 100),
    ],
)
def test_a_value_far_above_what_any_law_has_is_refused(rule: str, most: int) -> None:
    assert exact_value(STATUTE.rule(rule), str(most)) == str(most)
    for text in (str(most + 1), "99999999999"):
        with pytest.raises(DataFault, match=r"office\.statute_too_large") as fault:
            exact_value(STATUTE.rule(rule), text)
        assert fault.value.facts["most"] == most


def test_a_multiple_may_be_nothing_and_a_sum_may_not() -> None:
    assert exact_value(STATUTE.rule("own_betalingsoppfordring_fee"), "0") == "0"
    for rule in ("inkassosats", "notice_days", "letter_fee_rounding", "vat"):
        with pytest.raises(DataFault, match=r"office\.statute_value"):
            exact_value(STATUTE.rule(rule), "0")


@pytest.mark.parametrize("text", ["770.505", "1/3"])
def test_kroner_have_two_decimals(text: str) -> None:
    with pytest.raises(DataFault, match=r"office\.statute_kroner"):
        exact_value(STATUTE.rule("inkassosats"), text)
