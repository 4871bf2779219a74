"""The caps of salær, at both sides of every boundary, against the amounts of published tables."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_FLOOR, Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kravbro.core.errors import DataFault
from kravbro.core.fees.court import pleading_salaer
from kravbro.core.fees.salaer import Debt, Picked, Stage, Terms, plan_cap, salaer_cap
from kravbro.core.statute.rows import Day, Row
from tests.core.fees.law import SHIPPED, codes, rules

UPPER_KRONER = (500, 1_000, 2_500, 10_000, 50_000, 250_000, None)
# Øre, floored: simple and heavy for a consumer, the same with VAT, then both for a business.
AT_700 = (
    ((17500, 35000), (21875, 43750), (26250, 52500), (32812, 65625)),
    ((24500, 49000), (30625, 61250), (36750, 73500), (45937, 91875)),
    ((28000, 56000), (35000, 70000), (42000, 84000), (52500, 105000)),
    ((56000, 112000), (70000, 140000), (84000, 168000), (105000, 210000)),
    ((112000, 224000), (140000, 280000), (168000, 336000), (210000, 420000)),
    ((252000, 504000), (315000, 630000), (378000, 756000), (472500, 945000)),
    ((504000, 1008000), (630000, 1260000), (756000, 1512000), (945000, 1890000)),
)
AT_750 = (
    ((18750, 37500), (23437, 46875), (28125, 56250), (35156, 70312)),
    ((26250, 52500), (32812, 65625), (39375, 78750), (49218, 98437)),
    ((30000, 60000), (37500, 75000), (45000, 90000), (56250, 112500)),
    ((60000, 120000), (75000, 150000), (90000, 180000), (112500, 225000)),
    ((120000, 240000), (150000, 300000), (180000, 360000), (225000, 450000)),
    ((270000, 540000), (337500, 675000), (405000, 810000), (506250, 1012500)),
    ((540000, 1080000), (675000, 1350000), (810000, 1620000), (1012500, 2025000)),
)
OLD_UPPER_KRONER = (2_500, 10_000, 50_000, 250_000, None)
OLD_AT_700 = ((35000, 70000), (70000, 140000), (140000, 280000), (280000, 560000), (560000, 1120000))
OLD_AT_750 = ((37500, 75000), (75000, 150000), (150000, 300000), (300000, 600000), (600000, 1200000))

TERMS = (Terms(), Terms(vat_deductible=False), Terms(consumer=False), Terms(consumer=False, vat_deductible=False))
NEW, OLD = date(2020, 10, 1), date(2020, 9, 30)


def both(size_ore: int, due_date: date, terms: Terms, paid_on: date) -> tuple[int, int]:
    debt, picked = Debt(size_ore, due_date), Picked(paid_on, paid_on)
    simple, heavy = (salaer_cap(stage, debt, terms, picked, SHIPPED).amount_ore for stage in Stage)
    return simple, heavy


def sizes(upper_kroner: tuple[int | None, ...]) -> list[tuple[int, int]]:
    """One øre above the band below, and the upper end, of each band: (band, size in øre)."""
    ends = [0, *(upper * 100 for upper in upper_kroner if upper is not None)]
    return [(band, low + 1) for band, low in enumerate(ends)] + [(band, high) for band, high in enumerate(ends[1:])]


@pytest.mark.parametrize(("band", "size_ore"), sizes(UPPER_KRONER))
@pytest.mark.parametrize(
    ("paid_on", "table"), [(date(2025, 12, 31), AT_700), (date(2026, 1, 1), AT_750)], ids=["2025", "2026"]
)
def test_both_sides_of_every_boundary(
    band: int, size_ore: int, paid_on: date, table: tuple[tuple[tuple[int, int], ...], ...]
) -> None:
    assert tuple(both(size_ore, NEW, terms, paid_on) for terms in TERMS) == table[band]


@pytest.mark.parametrize(("band", "size_ore"), sizes(OLD_UPPER_KRONER))
@pytest.mark.parametrize(
    ("paid_on", "table"), [(date(2020, 12, 31), OLD_AT_700), (date(2026, 1, 1), OLD_AT_750)], ids=["2020", "2026"]
)
def test_claims_due_before_october_2020_keep_their_factors(
    band: int, size_ore: int, paid_on: date, table: tuple[tuple[int, int], ...]
) -> None:
    assert both(size_ore, OLD, Terms(), paid_on) == table[band]


@pytest.mark.parametrize("stage", Stage)
@given(st.integers(1, 400_000_00), st.sampled_from([700, 750]), st.sampled_from(TERMS))
def test_any_size_as_an_oracle_in_decimals_has_it(stage: Stage, size_ore: int, sats: int, terms: Terms) -> None:
    paid_on = date(2025, 1, 1) if sats == 700 else date(2026, 1, 1)
    quarters = [(500, "0.25"), (1000, "0.35"), (2500, "0.4"), (10000, "0.8"), (50000, "1.6"), (250000, "3.6")]
    factor = next((Decimal(one) for upper, one in quarters if size_ore <= upper * 100), Decimal("7.2"))
    exact = factor * sats * 100 * (2 if stage is Stage.HEAVY else 1)
    exact = exact if terms.consumer else exact + exact / 2
    exact = exact if terms.vat_deductible else exact + exact / 4
    expected = int(exact.quantize(Decimal(1), rounding=ROUND_FLOOR))

    assert salaer_cap(stage, Debt(size_ore, NEW), terms, Picked(paid_on, paid_on), SHIPPED).amount_ore == expected


def cap(debt: Debt, stage: Stage = Stage.SIMPLE) -> int:
    return salaer_cap(stage, debt, Terms(), Picked(date(2026, 2, 1), date(2026, 2, 1)), SHIPPED).amount_ore


def test_a_credit_note_finds_the_band_anew_and_interest_before_due_counts() -> None:
    debt = Debt(10_000_01, NEW)

    assert cap(debt) == 1_200_00
    assert cap(msgspec.structs.replace(debt, credited_ore=1)) == 600_00
    assert cap(msgspec.structs.replace(debt, credited_ore=1, interest_before_due_ore=1)) == 1_200_00


def test_nothing_is_left_to_ask_for_when_all_was_credited() -> None:
    assert cap(Debt(10_000_01, NEW, credited_ore=10_000_01)) == 0


def test_a_salaer_shows_each_row_that_it_rests_on() -> None:
    terms = Terms(consumer=False, vat_deductible=False)
    fee = salaer_cap(Stage.HEAVY, Debt(500_00, NEW), terms, Picked(date(2026, 2, 1), date(2026, 2, 1)), SHIPPED)

    assert rules(fee.derivation) == {"salaer_heavy", "inkassosats", "salaer_non_consumer", "vat"}
    assert codes(fee.derivation)[0] == "fees.salaer.heavy"
    assert "fees.floored" in codes(fee.derivation)


def test_a_whole_amount_says_nothing_of_a_fraction() -> None:
    fee = salaer_cap(Stage.SIMPLE, Debt(500_00, NEW), Terms(), Picked(date(2026, 2, 1), date(2026, 2, 1)), SHIPPED)

    assert "fees.floored" not in codes(fee.derivation)


@pytest.mark.parametrize(("sent_on", "overdue"), [("2020-09-30", False), ("2020-10-01", False), ("2020-10-02", True)])
def test_a_betalingsoppfordring_sent_before_the_claim_is_overdue_founds_no_cap(sent_on: str, overdue: bool) -> None:
    debt, picked = Debt(12_000_00, NEW), Picked(date(2026, 2, 1), date.fromisoformat(sent_on))
    found = [salaer_cap(stage, debt, Terms(), picked, SHIPPED) for stage in Stage]
    found.append(plan_cap(debt, Terms(), picked, SHIPPED))

    assert [fee.amount_ore for fee in found] == ([1_200_00, 2_400_00, 1_125_00] if overdue else [0, 0, 0])
    assert overdue or {fee.derivation.code for fee in found} == {"fees.salaer.not_overdue"}


def test_a_plan_for_a_claim_that_is_wholly_credited_adds_nothing() -> None:
    fee = plan_cap(
        Debt(12_000_00, NEW, credited_ore=12_000_00), Terms(), Picked(date(2026, 2, 1), date(2026, 2, 1)), SHIPPED
    )

    assert (fee.amount_ore, fee.derivation.code) == (0, "fees.salaer.nothing_left")


def test_vat_is_asked_for_the_day_that_the_statute_says_picks_it() -> None:
    """A row of VAT from one day on counts when the principal is paid from that day on, whatever was sent or filed."""
    raised = SHIPPED.with_rows([Row("vat", "30", date(2026, 3, 1), None, "law", "source", "test")])
    terms, early, late = Terms(vat_deductible=False), date(2026, 2, 28), date(2026, 3, 1)

    def simple(paid_on: date) -> int:
        return salaer_cap(Stage.SIMPLE, Debt(12_000_00, NEW), terms, Picked(paid_on, early), raised).amount_ore

    assert raised.rule("vat").picked_by is Day.PRINCIPAL_PAID
    assert (simple(early), simple(late)) == (1_500_00, 1_560_00)
    assert pleading_salaer(early, early, raised, vat_deductible=False).amount_ore == 840_00
    assert pleading_salaer(early, late, raised, vat_deductible=False).amount_ore == 873_60
    assert pleading_salaer(late, early, raised, vat_deductible=False).amount_ore == 840_00


@pytest.mark.parametrize(
    ("paid_on", "terms", "amount_ore"),
    [
        (date(2025, 12, 31), Terms(), 1_050_00),
        (date(2026, 1, 1), Terms(), 1_125_00),
        (date(2026, 1, 1), Terms(vat_deductible=False), 1_406_25),
        (date(2026, 1, 1), Terms(consumer=False), 1_125_00),
    ],
)
def test_a_plan_adds_one_and_a_half_sats(paid_on: date, terms: Terms, amount_ore: int) -> None:
    assert plan_cap(Debt(12_000_00, NEW), terms, Picked(paid_on, paid_on), SHIPPED).amount_ore == amount_ore


@pytest.mark.parametrize(
    ("debt", "code"),
    [
        (Debt(0, NEW), "fees.principal_not_positive"),
        (Debt(-1, NEW), "fees.principal_not_positive"),
        (Debt(100, NEW, credited_ore=101), "fees.credited_out_of_range"),
        (Debt(100, NEW, credited_ore=-1), "fees.credited_out_of_range"),
        (Debt(100, NEW, interest_before_due_ore=-1), "fees.interest_before_due_negative"),
    ],
)
def test_amounts_that_no_claim_has_are_refused(debt: Debt, code: str) -> None:
    with pytest.raises(DataFault) as fault:
        cap(debt)

    assert fault.value.code == code
