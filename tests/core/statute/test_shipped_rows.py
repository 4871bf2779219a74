"""Every figure that was compiled is shipped, with its days, unit and scope, and hardly anything else is.

`rates_seed.json` holds the figures as they were compiled, each in the words of its own table. The shipped rows were
written apart from it, so one slip of the finger in either shows here.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from kravbro.core.statute.rows import Row, Unit
from kravbro.core.statute.shipped import shipped_statute
from tests.tidy.sources import ROOT

SEED: dict[str, Any] = json.loads((Path(__file__).parent / "rates_seed.json").read_text(encoding="utf-8"))
SHIPPED = shipped_statute()
SCOPES = {"business/general": "business", "consumer": "consumer", "all": "all"}


class Told(NamedTuple):
    """One row as both sides tell it; `regulation` is part of the shipped row's law."""

    rule: str
    value: Fraction | None
    first: str | None
    last: str | None
    unit: str
    scope: str = "all"
    up_to_ore: int | None = None


def told(row: Row) -> Told:
    return Told(
        row.rule,
        None if row.value is None else Fraction(row.value),
        row.valid_from.isoformat() if row.valid_from else None,
        row.valid_to.isoformat() if row.valid_to else None,
        SHIPPED.rule(row.rule).unit.value,
        row.scope.value,
        row.up_to_ore,
    )


def figure(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


def of_periods() -> list[tuple[Told, str | None]]:
    """Late interest, compensation, sats and court fee, with the regulation that sets each."""
    found = [
        (
            Told(
                "late_interest",
                figure(one["percent"]),
                one["valid_from"],
                one["valid_to"],
                "percent a year",
                SCOPES[one["scope"]],
            ),
            one["regulation"],
        )
        for one in SEED["late_interest"]
    ]
    for rule in ("standard_compensation", "inkassosats", "court_fee"):
        found += [
            (Told(rule, figure(one["kroner"]), one["valid_from"], one["valid_to"], "kroner"), one.get("regulation"))
            for one in SEED[rule]
        ]
    for one in SEED["letter_fees"]:
        for letter in ("purring", "inkassovarsel", "own_betalingsoppfordring"):
            days = one["valid_from"], one["valid_to"]
            found.append((Told(f"{letter}_fee", figure(one[letter]), *days, "times"), one["regulation"]))
    return found


def of_bands() -> list[Told]:
    """Simple and heavy salær in both periods; the table says nothing of the first day, so that is chosen here."""
    day = date.fromisoformat(SEED["salaer"]["changed_on"])
    periods = {"before": ("1989-10-01", (day - timedelta(days=1)).isoformat()), "from": (day.isoformat(), None)}
    return [
        Told(
            f"salaer_{stage}",
            figure(band[stage]),
            *days,
            "times",
            up_to_ore=None if band["up_to_kroner"] is None else band["up_to_kroner"] * 100,
        )
        for period, days in periods.items()
        for band in SEED["salaer"][period]
        for stage in ("simple", "heavy")
    ]


DAYS_CHOSEN: dict[tuple[str, str], tuple[str, str | None]] = {
    # The factor before 2022 has no first day: used for the one year that is certain.
    ("conciliation_board_fee", "1.15"): ("2021-01-01", "2021-12-31"),
    # When 1.54 began was not found (after the spring of 2024), only that it is in force in 2026: a gap between.
    ("conciliation_board_fee", "1.1"): ("2022-01-01", "2023-12-31"),
    ("conciliation_board_fee", "1.54"): ("2026-01-01", None),
    ("attachment_fee", "1.7"): ("2016-01-01", "2020-12-31"),
    ("attachment_fee", "1.25"): ("2021-01-01", "2021-12-31"),
    # The same for 0.69: in force in 2026, first day not found.
    ("attachment_fee", "1.21"): ("2022-01-01", "2022-12-31"),
    ("attachment_fee", "0.69"): ("2026-01-01", None),
    # The regulation for municipalities says 2026; its twin for the collection authority is of the same day.
    ("collection_authority_notice", "0.345"): ("2026-01-01", None),
    ("collection_authority_decision", "0.345"): ("2026-01-01", None),
    ("municipal_enforcement_notice", "0.345"): ("2026-01-01", None),
    ("municipal_enforcement_decision", "0.345"): ("2026-01-01", None),
    # Halved some time after a bill of 2020: whole until the end of that year, and half in 2026.
    ("pleading_salaer", "1"): ("2000-01-01", "2020-12-31"),
    ("pleading_salaer", "0.5"): ("2026-01-01", None),
    ("forced_cover_fee", "0.4"): ("2022-01-01", None),
    # Read in the volume of 2025.
    ("enforcement_complaint_fee", "1"): ("2025-01-01", None),
}
"""The days on which the charges of courts are used, where the tables give a year or none."""
PAIRS = ("collection_authority", "municipal_enforcement")


def of_courts() -> list[Told]:
    found = []
    for item, steps in SEED["court_charges"].items():
        for place, one in enumerate(steps):
            rule = item if item == "pleading_salaer" else f"{item}_fee"
            if item in PAIRS:
                rule = f"{item}_{('notice', 'decision')[place]}"
            days = DAYS_CHOSEN[rule, one["factor"]]
            assert one["from"] in {None, days[0]}, rule
            assert "years" not in one or one["years"][:4] == days[0][:4]
            found.append(Told(rule, figure(one["factor"]), *days, "times"))
    return found


NOT_COMPILED: dict[str, str] = {
    "collection_act": "the two acts of collection, which are prose in the compilation",
    "vat": "the general rate, of which the compilation gives the figure and no days",
    "letter_fee_rounding": "prose: whole kroner from 2026",
    "court_fee_rounding": "prose: down to whole kroner",
    "salaer_non_consumer": "prose: half as much again, without days",
    "plan_salaer": "prose: one and a half times the sats, without days",
    "limitation_years": "a deadline",
    "limitation_years_loan": "a deadline",
    "limitation_years_judgment": "a deadline",
    "notice_days": "a deadline",
    "demand_days": "a deadline",
    "legal_step_months": "a deadline",
    "letter_fee_days": "a deadline",
    "letter_fee_deadline_days": "a deadline",
    "small_letter_fees": "how many letters may cost something",
    "own_demand_fees": "how many letters may cost something",
    "letter_fee_restart_months": "a deadline",
    "heavy_salaer_days": "a deadline",
    "plan_instalments": "from how many instalments",
    "interest_days_after_demand": "a deadline",
    "legal_pledge_years": "a deadline",
}
"""Rules whose rows the tables do not have, and why they are here all the same."""
GAPS_SAID_ALOUD = {
    ("conciliation_board_fee", "2024-01-01", "2025-12-31"),
    ("attachment_fee", "2023-01-01", "2025-12-31"),
    ("pleading_salaer", "2021-01-01", "2025-12-31"),
}
"""Rows without a figure between two factors of which the day of the change was not found."""


@pytest.mark.parametrize(("row", "regulation"), of_periods(), ids=lambda one: "-".join(map(str, one or "")) or "none")
def test_a_compiled_figure_is_shipped_with_its_days_unit_and_regulation(row: Told, regulation: str | None) -> None:
    (found,) = [one for one in SHIPPED.rows if told(one) == row]

    assert regulation is None or regulation in found.law


@pytest.mark.parametrize("row", [*of_bands(), *of_courts()], ids=str)
def test_a_band_or_factor_is_shipped_once(row: Told) -> None:
    assert [told(one) for one in SHIPPED.rows].count(row) == 1


def test_the_multiples_of_salaer_are_those_that_were_compiled() -> None:
    in_2026 = date(2026, 11, 20)
    figures = [SHIPPED.value(rule, in_2026) for rule in ("plan_salaer", "salaer_non_consumer", "vat")]

    assert figures == [Fraction(SEED["salaer"][name]) for name in ("plan", "non_consumer", "vat_percent")]


def test_what_was_not_confirmed_has_no_figure() -> None:
    compiled = [row for row, _ in of_periods() if row.value is None]
    shipped = [told(one) for one in SHIPPED.rows if one.value is None]

    assert len(compiled) == 1 + 6 + 5 + 2
    assert {(one.rule, one.first, one.last) for one in set(shipped) - set(compiled)} == GAPS_SAID_ALOUD
    assert set(compiled) <= set(shipped)


def test_nothing_is_shipped_beyond_the_tables_but_what_is_listed() -> None:
    compiled = {row for row, _ in of_periods()} | {*of_bands(), *of_courts()}
    beyond = [one for one in SHIPPED.rows if told(one) not in compiled]
    gaps = [one for one in beyond if (one.rule, *told(one)[2:4]) in GAPS_SAID_ALOUD]

    assert {one.rule for one in beyond if one not in gaps} == set(NOT_COMPILED)
    assert len(gaps) == len(GAPS_SAID_ALOUD)
    assert len(SHIPPED.rows) == len({told(one) for one in SHIPPED.rows}), "no row is there twice"
    assert len(SHIPPED.rows) == len(compiled) + len(beyond)


@pytest.mark.parametrize("rule", ["late_interest", "standard_compensation", "inkassosats", "court_fee"])
def test_a_series_has_no_day_without_a_row(rule: str) -> None:
    """Not confirmed is said by a row; a day without one would say that there was no law."""
    begins = date(1994, 1, 1) if rule == "late_interest" else date.min
    rows = sorted(
        (one for one in SHIPPED.rows if one.rule == rule and one.valid_from and one.valid_from >= begins),
        key=lambda one: one.valid_from or date.max,
    )
    for before, after in pairwise(rows):
        assert before.valid_to is not None
        assert after.valid_from == before.valid_to + timedelta(days=1)
    assert len(rows) > 10


def test_late_interest_has_a_rate_for_every_day_from_1994_to_the_end_of_2026() -> None:
    spans = SHIPPED.spans("late_interest", date(1994, 1, 1), date(2026, 12, 31))

    assert sum((one.last - one.first).days + 1 for one in spans) == (date(2027, 1, 1) - date(1994, 1, 1)).days
    assert len(spans) == 1 + 2 * (2027 - 2004)
    assert all(one.row.figure > 0 for one in spans)


def test_the_units_are_what_the_rules_say() -> None:
    for rule in SHIPPED.rules.values():
        assert (rule.of is not None) == (rule.unit is Unit.TIMES and rule.name != "salaer_non_consumer")


def test_every_source_of_a_row_is_told_on_the_page() -> None:
    page = (ROOT / "docs/statute.md").read_text(encoding="utf-8")
    keys = {key.strip() for one in SHIPPED.rows for key in one.source.split(";")}
    lacking = sorted(key for key in keys if f"| {key} |" not in page and key != "none found")

    assert not lacking, f"docs/statute.md does not say what {lacking} are"
