"""Every row of the tables in docs/algorithms/interest.md, recomputed; the refused alternatives are reckoned here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction

import pytest

from kravbro.core.errors import DataFault
from kravbro.core.interest import (
    Change,
    Interest,
    Pause,
    Segment,
    Terms,
    changes_of,
    interest_begins_after,
    late_interest,
    percent_text,
)
from kravbro.core.money import format_kroner, parse_kroner, whole_ore
from kravbro.core.statute.law import half_year
from kravbro.core.statute.rows import Row, Scope
from kravbro.core.statute.shipped import shipped_statute
from tests.docs_tables import table_with, tables
from tests.tidy.sources import ROOT

PAGE = "docs/algorithms/interest.md"
LAW = shipped_statute()
DAY = timedelta(days=1)
NONE = "\u2013"
KR_10_000 = 1_000_000
DUE = date(2026, 6, 1)
Cells = dict[str, str]

VECTORS = ("principal", "due", "paid", "days", "interest")
BEGINNINGS = ("fixed beforehand", "demanded on", "first interest day")
HAPPENED = ("what happened", "interest")
ROUNDED = ("principal", "exact øre", "interest")
SEGMENTS = ("from", "to", "days", "balance", "% a year", "days in the year", "exact øre")
AGREED = ("debtor", "agreed", "due", "until", "interest")
NO_RATE = ("debtor", "due", "until", "paid in full", "refused")
METHODS = (
    "principal", "due", "paid", "ours", "due date counted, last day not", "always /365", "compounded",
    "each segment rounded", "each day rounded",
)  # fmt: skip
CARRIED = ("rate from 2027-01-01", "interest", "too much")
ON_SALAER = ("salær", "betalingsoppfordring sent", "would add")
RUN = {VECTORS, BEGINNINGS, HAPPENED, ROUNDED, SEGMENTS, AGREED, NO_RATE, METHODS, CARRIED, ON_SALAER}
PROSE = {("What", "Decided by"), ("Alternative", "Why not")}


def day(text: str) -> date:
    return date.fromisoformat(text)


def kroner(amount_ore: int) -> str:
    """Kroner as the page writes them."""
    return format_kroner(amount_ore).replace("\u00a0", " ")


def of(changes: Sequence[Change], until: date, terms: Terms | None = None) -> Interest:
    return late_interest(changes, until, LAW, terms or Terms())


def named(row: Cells) -> str:
    return " | ".join(row.values())


def test_every_table_of_the_page_is_run_or_is_prose() -> None:
    assert {tuple(table[0]) for table in tables(PAGE)} == RUN | PROSE


@pytest.mark.parametrize("row", table_with(PAGE, *VECTORS), ids=named)
def test_worked_examples(row: Cells) -> None:
    found = of([Change(day(row["due"]), parse_kroner(row["principal"]))], day(row["paid"]))
    days = [f"{one.days}/{one.year_days} at {percent_text(one.percent)}" for one in found.segments]

    assert (" + ".join(days) or NONE) == row["days"]
    assert kroner(found.amount_ore) == row["interest"]


@pytest.mark.parametrize("row", table_with(PAGE, *BEGINNINGS), ids=named)
def test_the_first_interest_day(row: Cells) -> None:
    demanded_on = None if row["demanded on"] == NONE else day(row["demanded on"])
    fixed = row["fixed beforehand"] == "yes"
    begins_after = interest_begins_after(DUE, LAW, fixed_beforehand=fixed, demanded_on=demanded_on)
    first = of([Change(begins_after, KR_10_000)], date(2026, 8, 15)).segments[0].first

    assert first == day(row["first interest day"])


def happened(cell: str) -> tuple[list[Change], Terms]:
    """The changes of the claim of 10 000,00, and its pauses, as the page tells them."""
    payments, credited, taken_back, pauses = [], [], [], []
    for told in [] if cell == "nothing" else cell.split("; "):
        if found := re.fullmatch(r"pause from (\S+) to (\S+)", told):
            pauses.append(Pause(day(found[1]), day(found[2])))
            continue
        found = re.fullmatch(r"(payment of|credit note of|taken back) ([0-9 ]+,[0-9]{2}) on (\S+)", told)
        assert found, told
        amount_ore, on = parse_kroner(found[2]), day(found[3])
        if found[1] == "payment of":
            payments.append((on, amount_ore))
        elif found[1] == "credit note of":
            credited.append(amount_ore)
        else:
            taken_back.append(Change(on, amount_ore))
    return [*changes_of(KR_10_000, DUE, payments, credited), *taken_back], Terms(pauses=tuple(pauses))


@pytest.mark.parametrize("row", table_with(PAGE, *HAPPENED), ids=named)
def test_what_happens_to_a_claim(row: Cells) -> None:
    changes, terms = happened(row["what happened"])

    assert kroner(of(changes, date(2026, 6, 30), terms).amount_ore) == row["interest"]


@pytest.mark.parametrize("row", table_with(PAGE, *ROUNDED), ids=named)
def test_rounding(row: Cells) -> None:
    terms = Terms(Scope.BUSINESS, Fraction(10))
    found = of([Change(date(2024, 12, 31), parse_kroner(row["principal"]))], date(2025, 12, 31), terms)

    assert (str(found.exact_ore), kroner(found.amount_ore)) == (row["exact øre"], row["interest"])


def of_everything() -> Interest:
    payments = [(date(2024, 2, 29), 500_000), (date(2025, 3, 14), 800_000)]
    changes = changes_of(2_500_000, date(2023, 12, 1), payments, [200_000])
    return of(changes, date(2025, 8, 15), Terms(pauses=(Pause(date(2024, 3, 10), date(2024, 3, 24)),)))


def cells_of(one: Segment) -> Cells:
    percent, exact = percent_text(one.percent), str(one.exact_ore)
    cells = (str(one.first), str(one.last), str(one.days), kroner(one.balance_ore), percent, str(one.year_days), exact)
    return dict(zip(SEGMENTS, cells, strict=True))


def test_a_claim_with_a_bit_of_everything() -> None:
    found = of_everything()
    page = (ROOT / PAGE).read_text(encoding="utf-8")

    assert [cells_of(one) for one in found.segments] == table_with(PAGE, *SEGMENTS)
    assert f"Together {found.exact_ore} øre, so the interest is kr {kroner(found.amount_ore)}." in page


@pytest.mark.parametrize("row", table_with(PAGE, *AGREED), ids=named)
def test_agreed_rates(row: Cells) -> None:
    agreed = None if row["agreed"] == NONE else Fraction(row["agreed"])
    changes, until = [Change(day(row["due"]), KR_10_000)], day(row["until"])
    try:
        found = kroner(of(changes, until, Terms(Scope(row["debtor"]), agreed)).amount_ore)
    except DataFault as fault:
        found = f"refused: {fault.code}"

    assert found == row["interest"]


@pytest.mark.parametrize("row", table_with(PAGE, *NO_RATE), ids=named)
def test_where_there_is_no_rate(row: Cells) -> None:
    payments = [] if row["paid in full"] == NONE else [(day(row["paid in full"]), KR_10_000)]
    refused = NONE
    try:
        of(changes_of(KR_10_000, day(row["due"]), payments), day(row["until"]), Terms(Scope(row["debtor"])))
    except DataFault as fault:
        refused = f"{fault.code}: {fault.facts.get('half_year', fault.facts['on'])}"

    assert refused == row["refused"]


def compounded(segments: Sequence[Segment]) -> int:
    """Interest that is added to the debt at each new half-year, and then bears interest too."""
    added_ore = since_ore = Fraction(0)
    for before, one in zip([None, *segments], segments, strict=False):
        if before and half_year(before.last) != half_year(one.first):
            added_ore, since_ore = added_ore + since_ore, Fraction(0)
        since_ore += (one.balance_ore + added_ore) * one.percent * Fraction(one.days, 100 * one.year_days)
    return whole_ore(added_ore + since_ore)


def by_other_methods(principal_ore: int, due: date, paid: date) -> list[int]:
    """Ours, then each refused alternative in the order of the page."""
    ours = of([Change(due, principal_ore)], paid)
    earlier = of([Change(due - DAY, principal_ore)], paid - DAY)
    by_365 = [one.balance_ore * one.percent * Fraction(one.days, 100 * 365) for one in ours.segments]
    return [
        ours.amount_ore,
        earlier.amount_ore,
        whole_ore(sum(by_365, Fraction(0))),
        compounded(ours.segments),
        sum(whole_ore(one.exact_ore) for one in ours.segments),
        sum(one.days * whole_ore(one.exact_ore * Fraction(1, one.days)) for one in ours.segments),
    ]


@pytest.mark.parametrize("row", table_with(PAGE, *METHODS), ids=named)
def test_what_the_refused_methods_would_give(row: Cells) -> None:
    found = by_other_methods(parse_kroner(row["principal"]), day(row["due"]), day(row["paid"]))

    assert dict(zip(METHODS[3:], map(kroner, found), strict=True)) == {name: row[name] for name in METHODS[3:]}


def test_each_refused_method_differs_in_some_row() -> None:
    rows = table_with(PAGE, *METHODS)

    assert [name for name in METHODS[4:] if all(row[name] == row["ours"] for row in rows)] == []


def from_2027(percent: str) -> int:
    row = Row("late_interest", percent, date(2027, 1, 1), date(2027, 6, 30), "§ 3", "none", "made up")
    changes = [Change(date(2026, 12, 1), KR_10_000)]
    return late_interest(changes, date(2027, 1, 31), LAW.with_rows([row])).amount_ore


@pytest.mark.parametrize("row", table_with(PAGE, *CARRIED), ids=named)
def test_what_carrying_the_last_rate_on_would_cost(row: Cells) -> None:
    found = from_2027(row["rate from 2027-01-01"].removesuffix(" (carried on)"))

    assert kroner(found) == row["interest"]
    assert kroner(from_2027("12.25") - found) == row["too much"]
    with pytest.raises(DataFault, match=r"statute\.no_late_interest"):
        of([Change(date(2026, 12, 1), KR_10_000)], date(2027, 1, 31))


@pytest.mark.parametrize("row", table_with(PAGE, *ON_SALAER), ids=named)
def test_what_interest_on_a_salaer_would_add(row: Cells) -> None:
    begins_after = day(row["betalingsoppfordring sent"]) + timedelta(days=14)
    found = of([Change(begins_after, parse_kroner(row["salær"]))], date(2026, 11, 30))

    assert kroner(found.amount_ore) == row["would add"]
