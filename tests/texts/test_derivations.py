"""Derivations as people and programs read them: the order of the lines, how facts are written, and nothing lost."""

from __future__ import annotations

import ast
import inspect
import json
import re
from datetime import date
from fractions import Fraction

import msgspec
import pytest

from kravbro.core import interest
from kravbro.core.allocation_orders import shipped_allocation_law
from kravbro.core.derivation import Step, row_step, step
from kravbro.core.interest import Change, Interest, Pause, Terms, late_interest
from kravbro.core.statute.rows import Row, Scope
from kravbro.core.statute.shipped import shipped_statute
from kravbro.texts.confidence import code_of
from kravbro.texts.derivations import INDENT, as_data, told
from kravbro.texts.sentences import LANGUAGES, catalogue, sentence

BEGIN, UNTIL = date(2026, 6, 1), date(2026, 8, 15)
PAUSE = Pause(date(2026, 6, 10), date(2026, 6, 14))
TERMS = {
    "by law": Terms(),
    "paused": Terms(pauses=(PAUSE,)),
    "agreed": Terms(Scope.BUSINESS, Fraction("14.5")),
    "free": Terms(bears_interest=False),
}


def found(terms: str) -> Interest:
    return late_interest([Change(BEGIN, 1_000_000)], UNTIL, shipped_statute(), TERMS[terms])


def lines(derivation: Step, language: str) -> list[str]:
    return [line.replace("\u00a0", " ") for line in told(derivation, language)]


def codes(derivation: Step) -> list[str]:
    return [derivation.code, *(code for below in derivation.steps for code in codes(below))]


def test_a_step_stands_before_those_it_rests_on_and_they_are_indented() -> None:
    told_lines = lines(found("by law").derivation, "en")
    depths = [(len(line) - len(line.lstrip())) // len(INDENT) for line in told_lines]

    assert depths == [0, 1, 2, 1, 2]
    assert [line.split()[0] for line in told_lines] == [
        "Interest", "2026-06-02", "late_interest", "2026-07-01", "late_interest",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "first", "second"),
    [
        (
            "en",
            "Interest until 2026-08-15: kr 249,73, rounded once (days: 75). ",
            "  2026-07-01 – 2026-08-15: 12.25 % a year of kr 10 000,00 for 46/365 of a year = 1127000/73 øre",
        ),
        (
            "nb",
            "Rente til og med 2026-08-15: kr 249,73, avrundet én gang (dager: 75). ",
            "  2026-07-01 – 2026-08-15: 12,25 % årlig rente av kr 10 000,00 i 46/365 år = 1127000/73 øre",
        ),
        (
            "nn",
            "Rente til og med 2026-08-15: kr 249,73, avrunda éin gong (dagar: 75). ",
            "  2026-07-01 – 2026-08-15: 12,25 % årleg rente av kr 10 000,00 i 46/365 år = 1127000/73 øre",
        ),
    ],
)
def test_amounts_dates_and_percentages_are_written_as_they_are_read(language: str, first: str, second: str) -> None:
    told_lines = lines(found("by law").derivation, language)

    assert told_lines[0].startswith(first)
    assert second in told_lines


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("terms", TERMS)
def test_every_step_is_told_with_all_its_facts(terms: str, language: str) -> None:
    derivation = found(terms).derivation
    told_lines = lines(derivation, language)

    assert len(told_lines) == len(codes(derivation))
    assert all(line.strip() and "{" not in line for line in told_lines)


def test_every_step_that_interest_can_make_is_among_those_told_here() -> None:
    made = {code for terms in TERMS for code in codes(found(terms).derivation)}
    calls = [node for node in ast.walk(ast.parse(inspect.getsource(interest))) if isinstance(node, ast.Call)]
    written = {
        argument.value
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id == "step"
        for argument in call.args
        if isinstance(argument, ast.Constant)
    }

    assert written | {"derivation.row"} == made


def test_pauses_agreed_rates_and_freedom_from_interest_are_told() -> None:
    assert "  2026-06-10 – 2026-06-14: a pause, no interest on these days" in lines(found("paused").derivation, "en")
    assert any("agreed between two businesses" in line for line in lines(found("agreed").derivation, "en"))
    assert lines(found("free").derivation, "nb")[1:] == ["  Kravet er rentefritt"]


@pytest.mark.parametrize("terms", TERMS)
def test_the_figure_can_be_worked_out_again_from_the_facts_alone(terms: str) -> None:
    data = json.loads(msgspec.json.encode(as_data(found(terms).derivation)))
    facts = [one["facts"] for one in data["steps"] if one["code"] == "interest.segment"]
    exact = [
        Fraction(one["percent"]) * one["balance_ore"] * Fraction(one["days"], 100 * one["year_days"]) for one in facts
    ]

    assert [str(one) for one in exact] == [one["exact"] for one in facts]
    assert abs(sum(exact) - data["facts"]["amount_ore"]) <= Fraction(1, 2)
    assert sum(one["days"] for one in facts) == data["facts"]["days"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_for_programs_nothing_is_lost(language: str) -> None:
    derivation = found("paused").derivation

    def same(data: dict[str, object], one: Step) -> bool:
        below = data["steps"]
        assert isinstance(below, list)
        return (data["code"], data["facts"]) == (one.code, dict(one.facts)) and all(
            same(its_data, its) for its_data, its in zip(below, one.steps, strict=True)
        )

    data = as_data(derivation, language)

    assert list(data) == ["code", "facts", "text", "steps"]
    assert same(data, derivation)
    assert data["text"] == next(told(derivation, language))


def test_facts_for_programs_are_the_same_in_every_language() -> None:
    def without_text(data: object) -> object:
        if isinstance(data, dict):
            return {name: without_text(value) for name, value in data.items() if name != "text"}
        return [without_text(one) for one in data] if isinstance(data, list) else data

    spoken = [without_text(as_data(found("by law").derivation, language)) for language in LANGUAGES]

    assert spoken[0] == spoken[1] == spoken[2]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_row_of_law_tells_its_source_and_how_sure_it_is(language: str) -> None:
    row = Row("late_interest", "12.25", BEGIN, None, "the law", "the source", "the confidence")
    (line,) = told(row_step(row), language)

    assert all(part in line for part in ("late_interest", "the law", "the source", "the confidence", "2026-06-01"))


PERCENT_A_YEAR = row_step(
    Row("late_interest", "12.25", BEGIN, None, "lov § 3", "KEY", "two sources; first day not read; as Kari says")
)


@pytest.mark.parametrize(
    ("language", "value", "confidence"),
    [
        ("en", "12.25", "two sources; first day not read; as Kari says"),
        ("nb", "12,25", "to kilder; første dag ikke kontrollert; as Kari says"),
        ("nn", "12,25", "to kjelder; første dag ikkje kontrollert; as Kari says"),
    ],
)
def test_value_and_confidence_of_a_row_are_told_in_the_language_and_the_facts_stay(
    language: str, value: str, confidence: str
) -> None:
    data = as_data(PERCENT_A_YEAR, language)

    assert f"late_interest = {value}," in str(data["text"])
    assert str(data["text"]).endswith(confidence)
    facts = data["facts"]
    assert isinstance(facts, dict)
    assert (facts["value"], facts["confidence"]) == ("12.25", PERCENT_A_YEAR.facts["confidence"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_that_shipped_rows_say_of_their_confidence_is_in_every_catalogue(language: str) -> None:
    law = shipped_allocation_law()
    said = [one.confidence for one in shipped_statute().rows]
    said += [one.confidence for one in law.orders] + [one.confidence for one in law.policies]
    parts = {part for text in said for part in text.split("; ")}
    lacking = sorted(part for part in parts if code_of(part) not in catalogue(language))

    assert not lacking
    if language == "en":
        assert {part: sentence(code_of(part)) for part in parts} == {part: part for part in parts}


def test_the_law_of_a_shipped_row_is_written_the_same_way_in_every_language() -> None:
    """Names of acts are Norwegian; what joins paragraphs is a sign, and no English word stands among them."""
    english = re.compile(r"\b(and|to|not|of|the|number|read)\b", re.IGNORECASE)
    wrong = sorted({one.law for one in shipped_statute().rows if english.search(one.law)})

    assert not wrong


def test_an_amount_below_zero_and_a_number_that_is_no_amount() -> None:
    derivation = step("interest.segment", first=BEGIN, last=UNTIL, days=1, year_days=365, balance_ore=-5, percent="1/3",
                      exact="1")  # fmt: skip
    (line,) = told(derivation, "nn")

    assert line.replace("\u00a0", " ") == (
        "2026-06-01 – 2026-08-15: 1/3 % årleg rente av kr \u22120,05 i 1/365 år = 1 øre"
    )


def test_a_step_that_no_catalogue_knows_is_a_fault_of_the_program() -> None:
    with pytest.raises(KeyError):
        list(told(step("interest.unheard_of")))
    with pytest.raises(KeyError):
        list(told(found("by law").derivation, "da"))


def test_the_catalogues_speak_of_the_debtor_with_the_projects_own_words() -> None:
    sentences = {
        language: sentence("interest.agreed_for_consumer", {"percent": "14"}, language) for language in LANGUAGES
    }

    assert re.search(r"\bskyldneren\b", sentences["nb"])
    assert re.search(r"\bskuldnaren\b", sentences["nn"])
