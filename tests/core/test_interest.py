"""Late-payment interest: equal to an oracle that counts day by day, on its boundaries, and where there is no rate."""

from __future__ import annotations

import random
from datetime import date
from fractions import Fraction

import pytest

from kravbro.core.errors import DataFault
from kravbro.core.interest import (
    Change,
    Interest,
    Pause,
    Terms,
    changes_of,
    interest_begins_after,
    late_interest,
    percent_text,
)
from kravbro.core.statute.rows import Row, Scope
from kravbro.core.statute.shipped import shipped_statute
from tests.interest_oracle import RandomClaim, interest_ore, random_claim

LAW = shipped_statute()
BUSINESS = Terms(Scope.BUSINESS)
KR_10_000 = 1_000_000


def day(text: str) -> date:
    return date.fromisoformat(text)


def on(principal_ore: int, due: str, until: str, terms: Terms | None = None, **paid: int) -> Interest:
    """Interest on a claim; payments are given as `d2026_07_01=50_000`."""
    payments = [(day(name[1:].replace("_", "-")), amount_ore) for name, amount_ore in paid.items()]
    return late_interest(changes_of(principal_ore, day(due), payments), day(until), LAW, terms or Terms())


def agreed(percent: str, *pauses: Pause) -> Terms:
    return Terms(Scope.BUSINESS, Fraction(percent), pauses=pauses)


def by_the_rule(claim: RandomClaim) -> int:
    reversals = [Change(max(counts_from, claim.due), amount_ore) for counts_from, amount_ore in claim.reversals]
    changes = changes_of(claim.principal_ore, claim.due, claim.payments, claim.credited_ore) + reversals
    scope = Scope.CONSUMER if claim.consumer else Scope.BUSINESS
    pauses = tuple(Pause(first, last) for first, last in claim.pauses)
    return late_interest(changes, claim.until, LAW, Terms(scope, claim.agreed, claim.bears, pauses)).amount_ore


@pytest.mark.parametrize("seed", range(10))
def test_a_thousand_random_claims_bear_what_counting_day_by_day_gives(seed: int) -> None:
    chance = random.Random(seed)
    claims = [random_claim(chance) for _ in range(1_000)]
    differing = [claim for claim in claims if by_the_rule(claim) != claim.interest_ore]

    assert differing == []


def test_the_random_claims_are_of_every_kind() -> None:
    chance = random.Random(0)
    claims = [random_claim(chance) for _ in range(1_000)]
    kinds = {
        "bears": [claim.interest_ore > 0 for claim in claims],
        "paid": [bool(claim.payments) for claim in claims],
        "paid before due": [any(paid < claim.due for paid, _ in claim.payments) for claim in claims],
        "paid on due": [any(paid == claim.due for paid, _ in claim.payments) for claim in claims],
        "paid later": [any(paid > claim.until for paid, _ in claim.payments) for claim in claims],
        "paid on a leap day": [any((d.month, d.day) == (2, 29) for d, _ in claim.payments) for claim in claims],
        "credited": [bool(claim.credited_ore) for claim in claims],
        "credited too much": [sum(claim.credited_ore) > claim.principal_ore for claim in claims],
        "reversed": [bool(claim.reversals) for claim in claims],
        "paused": [bool(claim.pauses) for claim in claims],
        "agreed": [claim.agreed is not None for claim in claims],
        "interest-free": [not claim.bears for claim in claims],
        "consumer before 1994": [claim.consumer and claim.due.year < 1994 for claim in claims],
        "business before 1994": [not claim.consumer and claim.due.year < 1994 for claim in claims],
        "not due": [claim.until < claim.due for claim in claims],
        "to the last rate": [claim.until == date(2026, 12, 31) for claim in claims],
    }

    assert {kind: sum(found) for kind, found in kinds.items() if sum(found) < 5} == {}
    assert sum(kinds["bears"]) > 600


@pytest.mark.parametrize(
    ("principal_ore", "due", "paid", "days", "expected_ore"),
    [
        (KR_10_000, "2026-06-01", "2026-08-15", [(29, "12", 365), (46, "12.25", 365)], 249_73),
        (KR_10_000, "2023-12-15", "2024-01-31", [(16, "11.75", 365), (31, "12.5", 366)], 157_38),
        (KR_10_000, "2025-06-15", "2025-07-15", [(15, "12.5", 365), (15, "12.25", 365)], 101_71),
        (100_000, "2024-02-01", "2024-03-01", [(29, "12.5", 366)], 9_90),
    ],
)
def test_the_worked_examples(
    principal_ore: int, due: str, paid: str, days: list[tuple[int, str, int]], expected_ore: int
) -> None:
    found = on(principal_ore, due, paid)

    assert [(one.days, percent_text(one.percent), one.year_days) for one in found.segments] == days
    assert found.amount_ore == expected_ore
    assert interest_ore([(day(due), principal_ore)], day(paid)) == expected_ore


@pytest.mark.parametrize("until", ["2026-05-31", "2026-06-01"])
def test_there_is_none_until_the_due_date_has_passed(until: str) -> None:
    assert on(KR_10_000, "2026-06-01", until) == Interest(day(until), ())


def test_the_day_after_the_due_date_is_the_first_and_the_day_asked_about_the_last() -> None:
    (segment,) = on(KR_10_000, "2026-06-01", "2026-06-02").segments

    assert (segment.first, segment.last, segment.days) == (day("2026-06-02"), day("2026-06-02"), 1)
    assert segment.exact_ore == Fraction(KR_10_000 * 12, 100 * 365)


def test_the_bank_date_still_bears_interest_on_what_was_paid() -> None:
    found = on(KR_10_000, "2026-06-01", "2026-06-20", d2026_06_10=400_000)

    assert [(one.first, one.last, one.balance_ore) for one in found.segments] == [
        (day("2026-06-02"), day("2026-06-10"), KR_10_000),
        (day("2026-06-11"), day("2026-06-20"), 600_000),
    ]


def test_no_change_counts_from_before_interest_begins() -> None:
    begins, before, after = day("2026-06-01"), day("2026-05-20"), day("2026-06-10")

    assert changes_of(100, begins, [(before, 30), (after, 20)], [10]) == [
        Change(begins, 100),
        Change(begins, -10),
        Change(begins, -30),
        Change(after, -20),
    ]


@pytest.mark.parametrize("paid_on", ["d2026_05_01", "d2026_06_01"])
def test_what_was_paid_until_the_due_date_bears_none(paid_on: str) -> None:
    assert on(KR_10_000, "2026-06-01", "2026-06-20", None, **{paid_on: 400_000}) == on(
        600_000, "2026-06-01", "2026-06-20"
    )


def test_a_payment_on_the_day_asked_about_or_later_changes_nothing() -> None:
    unpaid = on(KR_10_000, "2026-06-01", "2026-06-20")

    assert on(KR_10_000, "2026-06-01", "2026-06-20", d2026_06_20=400_000) == unpaid
    assert on(KR_10_000, "2026-06-01", "2026-06-20", d2026_07_20=400_000) == unpaid


def test_what_a_credit_note_takes_away_was_never_owed() -> None:
    begins = day("2026-06-01")
    credited = late_interest(changes_of(KR_10_000, begins, (), [400_000]), day("2026-08-15"), LAW)

    assert credited.amount_ore == on(600_000, "2026-06-01", "2026-08-15").amount_ore
    assert credited.segments == on(600_000, "2026-06-01", "2026-08-15").segments


def test_a_balance_below_zero_bears_none_and_a_reversal_makes_it_bear_again() -> None:
    changes = [*changes_of(100_000, day("2026-06-01"), [(day("2026-06-10"), 150_000)])]
    changes.append(Change(day("2026-06-20"), 150_000))
    found = late_interest(changes, day("2026-06-30"), LAW)

    assert [(one.first.day, one.last.day, one.balance_ore) for one in found.segments] == [
        (2, 10, 100_000),
        (21, 30, 100_000),
    ]


@pytest.mark.parametrize(
    ("due", "until", "cut_at", "year_days"),
    [
        ("2023-12-30", "2024-01-02", "2024-01-01", [365, 366]),
        ("2024-12-30", "2025-01-02", "2025-01-01", [366, 365]),
        ("2024-06-29", "2024-07-02", "2024-07-01", [366, 366]),
        ("2025-06-29", "2025-07-02", "2025-07-01", [365, 365]),
        ("1986-01-30", "1986-02-02", "1986-02-01", [365, 365]),
        ("1999-12-30", "2000-01-02", "2000-01-01", [365, 366]),
    ],
)
def test_days_are_cut_where_the_rate_or_the_year_changes(
    due: str, until: str, cut_at: str, year_days: list[int]
) -> None:
    first, second = on(KR_10_000, due, until).segments

    assert second.first == day(cut_at)
    assert [first.year_days, second.year_days] == year_days


def test_the_leap_day_is_a_day_of_interest() -> None:
    assert on(KR_10_000, "2024-02-27", "2024-03-01").days == 3
    assert on(KR_10_000, "2023-02-27", "2023-03-01").days == 2


@pytest.mark.parametrize(
    ("principal_ore", "expected_ore"), [(4, 0), (5, 1), (14, 1), (15, 2), (24, 2), (25, 3), (26, 3), (35, 4)]
)
def test_half_an_ore_is_rounded_away_from_zero(principal_ore: int, expected_ore: int) -> None:
    whole_year = on(principal_ore, "2024-12-31", "2025-12-31", agreed("10"))

    assert whole_year.exact_ore == Fraction(principal_ore, 10)
    assert whole_year.amount_ore == expected_ore


def test_interest_is_rounded_once_and_not_by_segment() -> None:
    found = on(5, "2024-12-31", "2026-12-31", agreed("10"))

    assert [one.exact_ore for one in found.segments] == [Fraction(1, 2), Fraction(1, 2)]
    assert found.amount_ore == 1


def test_pauses_may_touch_overlap_and_cover_all() -> None:
    def days(*pauses: Pause) -> list[tuple[int, int]]:
        found = on(KR_10_000, "2026-06-01", "2026-06-30", Terms(pauses=pauses))
        return [(one.first.day, one.last.day) for one in found.segments]

    def pause(first: int, last: int) -> Pause:
        return Pause(date(2026, 6, first), date(2026, 6, last))

    assert days(pause(10, 10)) == [(2, 9), (11, 30)]
    assert days(pause(1, 2), pause(30, 30)) == [(3, 29)]
    assert days(pause(10, 14), pause(15, 19)) == [(2, 9), (20, 30)]
    assert days(pause(12, 19), pause(10, 20), pause(11, 11)) == [(2, 9), (21, 30)]
    assert days(pause(2, 30)) == []
    assert days(Pause(date.min, date.max)) == []


def test_a_pause_leaves_no_segment_without_days() -> None:
    whole = Pause(day("2026-06-02"), day("2026-06-09")), Pause(day("2026-06-20"), day("2026-06-30"))
    (left,) = on(KR_10_000, "2026-06-01", "2026-06-30", agreed("10", *whole)).segments

    assert (left.first, left.last) == (day("2026-06-10"), day("2026-06-19"))


def test_a_claim_without_interest_bears_none_even_where_there_is_no_rate() -> None:
    assert on(KR_10_000, "2026-06-01", "2030-01-01", Terms(bears_interest=False)).amount_ore == 0


def test_between_businesses_the_agreed_rate_counts_in_place_of_the_laws() -> None:
    found = on(KR_10_000, "2026-06-01", "2026-08-15", agreed("14.1234"))

    assert [(one.days, one.percent, one.row) for one in found.segments] == [(75, Fraction("14.1234"), None)]
    assert found.amount_ore == round(Fraction("14.1234") * KR_10_000 * 75 / 36_500)


def test_an_agreed_rate_needs_no_rate_of_the_law_and_may_be_nothing() -> None:
    assert on(KR_10_000, "2026-12-31", "2027-12-31", agreed("14")).amount_ore == 140_000
    assert on(KR_10_000, "2026-12-31", "2027-12-31", agreed("0")).amount_ore == 0


@pytest.mark.parametrize("scope", [Scope.CONSUMER, Scope.ALL])
def test_no_rate_can_be_agreed_with_a_consumer(scope: Scope) -> None:
    with pytest.raises(DataFault, match=r"interest\.agreed_for_consumer"):
        on(KR_10_000, "2026-06-01", "2026-06-30", Terms(scope, Fraction(14)))


def test_terms_that_cannot_be_are_refused() -> None:
    with pytest.raises(DataFault, match=r"interest\.negative_rate"):
        on(KR_10_000, "2026-06-01", "2026-06-30", agreed("-1/100"))
    with pytest.raises(DataFault, match=r"interest\.pause_order"):
        on(KR_10_000, "2026-06-01", "2026-06-30", Terms(pauses=(Pause(day("2026-06-02"), day("2026-06-01")),)))


def missing(due: str, until: str, terms: Terms | None = None, **paid: int) -> tuple[str, dict[str, object]]:
    with pytest.raises(DataFault) as caught:
        on(KR_10_000, due, until, terms, **paid)
    return caught.value.code, dict(caught.value.facts)


def test_the_first_day_without_a_rate_is_named_with_its_half_year() -> None:
    no_rate = "statute.no_late_interest"

    assert missing("2026-06-01", "2027-01-01") == (no_rate, {"half_year": "2027 H1", "on": "2027-01-01"})
    assert missing("2027-09-09", "2027-09-10") == (no_rate, {"half_year": "2027 H2", "on": "2027-09-10"})
    assert missing("1977-12-30", "1978-01-01", BUSINESS) == (no_rate, {"half_year": "1977 H2", "on": "1977-12-31"})


def test_the_consumers_rate_before_july_1981_is_not_confirmed() -> None:
    unconfirmed = ("statute.late_interest_not_confirmed", {"half_year": "1981 H1", "on": "1981-06-30"})

    assert missing("1981-06-29", "1981-07-01") == unconfirmed
    assert on(KR_10_000, "1981-06-29", "1981-07-01", BUSINESS).days == 2
    assert on(KR_10_000, "1981-06-30", "1981-07-01").days == 1


def test_a_missing_rate_is_asked_for_only_by_a_day_that_bears_interest() -> None:
    def without_2027(terms: Terms | None = None, **paid: int) -> bool:
        expected = on(KR_10_000, "2026-06-01", "2026-12-31", terms, **paid)
        return on(KR_10_000, "2026-06-01", "2027-03-01", terms, **paid).segments == expected.segments

    assert without_2027(d2026_12_31=KR_10_000)
    assert without_2027(d2026_12_31=KR_10_000 + 1)
    assert without_2027(Terms(pauses=(Pause(day("2027-01-01"), day("2027-03-01")),)))
    assert missing("2026-06-01", "2027-03-01", d2026_12_31=KR_10_000 - 1)[1]["on"] == "2027-01-01"
    assert missing("2026-06-01", "2027-03-01", d2027_02_01=KR_10_000)[1]["on"] == "2027-01-01"
    paused = Terms(pauses=(Pause(day("2027-01-01"), day("2027-02-28")),))
    assert missing("2026-06-01", "2027-03-01", paused)[1]["on"] == "2027-03-01"


def test_a_rate_that_is_added_is_used_from_its_first_day() -> None:
    row = Row("late_interest", "11.5", day("2027-01-01"), day("2027-06-30"), "§ 3", "test", "test")
    found = late_interest([Change(day("2026-12-01"), KR_10_000)], day("2027-01-31"), LAW.with_rows([row]))

    assert [(one.days, one.percent) for one in found.segments] == [(30, Fraction("12.25")), (31, Fraction("11.5"))]


def test_the_last_days_of_the_calendar_can_be_asked_about() -> None:
    last = on(KR_10_000, "9999-12-30", "9999-12-31", agreed("10")).segments[-1]

    assert (last.first, last.last) == (date.max, date.max)
    assert on(KR_10_000, "9999-12-31", "9999-12-31").amount_ore == 0


def test_interest_begins_after_a_due_date_that_was_fixed_beforehand() -> None:
    due = day("2026-06-01")

    assert interest_begins_after(due, LAW) == due
    assert interest_begins_after(due, LAW, demanded_on=day("2026-07-01")) == due


@pytest.mark.parametrize(
    ("demanded_on", "begins_after"),
    [
        ("2026-06-10", "2026-07-10"),
        ("2026-06-01", "2026-07-01"),
        ("2026-05-02", "2026-06-01"),
        ("2026-03-01", "2026-06-01"),
        ("9999-12-15", "9999-12-31"),
    ],
)
def test_else_interest_begins_thirty_days_after_the_demand_and_never_before_it_is_due(
    demanded_on: str, begins_after: str
) -> None:
    found = interest_begins_after(day("2026-06-01"), LAW, fixed_beforehand=False, demanded_on=day(demanded_on))

    assert found == day(begins_after)


def test_a_claim_that_was_neither_fixed_nor_demanded_is_refused() -> None:
    with pytest.raises(DataFault, match=r"interest\.no_demand"):
        interest_begins_after(day("2026-06-01"), LAW, fixed_beforehand=False)


@pytest.mark.parametrize(
    ("percent", "text"),
    [
        ("12", "12"),
        ("12.25", "12.25"),
        ("0", "0"),
        ("0.05", "0.05"),
        ("100", "100"),
        ("0.000001", "0.000001"),
        ("1/3", "1/3"),
    ],
)
def test_a_percentage_is_written_exactly(percent: str, text: str) -> None:
    assert percent_text(Fraction(percent)) == text
