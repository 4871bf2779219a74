"""`kravbro interest` from outside: what it prints where, and its exit codes."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest

from kravbro.cli.main import main

CLAIM = ["interest", "--principal", "10000.00", "--due", "2026-06-01", "--until", "2026-08-15"]
WITH_ALL = [
    "--payment", "2026-07-10=2000.00", "--payment", "2026-08-01=1 000,50", "--credited", "500",
    "--pause", "2026-06-10..2026-06-14",
]  # fmt: skip


def printed(capsys: pytest.CaptureFixture[str], *more: str, claim: list[str] | None = None) -> dict[str, Any]:
    assert main([*(claim or CLAIM), *more, "--json"]) == 0
    out, err = capsys.readouterr()
    found: dict[str, Any] = json.loads(out)
    assert err == ""
    return found


def shown(capsys: pytest.CaptureFixture[str], *more: str) -> list[list[str]]:
    """The words of each line of the table, without what is below it."""
    assert main([*CLAIM, *more]) == 0
    return [line.replace("\u00a0", "_").split() for line in capsys.readouterr().out.splitlines()]


def test_the_answer_has_interest_days_and_segments(capsys: pytest.CaptureFixture[str]) -> None:
    found = printed(capsys)
    explain = found.pop("explain")

    assert found == {
        "interest_ore": 24973,
        "days": 75,
        "segments": [
            {
                "from": "2026-06-02",
                "to": "2026-06-30",
                "days": 29,
                "rate_percent": 12,
                "year_days": 365,
                "balance_ore": 1000000,
                "exact_ore": "696000/73",
            },
            {
                "from": "2026-07-01",
                "to": "2026-08-15",
                "days": 46,
                "rate_percent": 12.25,
                "year_days": 365,
                "balance_ore": 1000000,
                "exact_ore": "1127000/73",
            },
        ],
    }
    assert explain["facts"]["amount_ore"] == 24973


def test_a_rate_is_written_exactly_and_is_no_float(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*CLAIM, "--agreed-rate", "12.100003", "--json"]) == 0
    assert '"rate_percent":12.100003,' in capsys.readouterr().out


def test_the_segments_sum_to_the_interest(capsys: pytest.CaptureFixture[str]) -> None:
    found = printed(capsys, *WITH_ALL)
    segments = found["segments"]
    exact = sum(Fraction(one["exact_ore"]) for one in segments)

    assert [(one["from"], one["to"], one["balance_ore"]) for one in segments] == [
        ("2026-06-02", "2026-06-09", 950000),
        ("2026-06-15", "2026-06-30", 950000),
        ("2026-07-01", "2026-07-10", 950000),
        ("2026-07-11", "2026-08-01", 750000),
        ("2026-08-02", "2026-08-15", 649950),
    ]
    assert abs(exact - found["interest_ore"]) <= Fraction(1, 2)
    for one in segments:
        rate = Fraction(str(one["rate_percent"]))
        assert Fraction(one["exact_ore"]) == one["balance_ore"] * rate * one["days"] / (100 * one["year_days"])


def test_what_another_calculator_can_check(capsys: pytest.CaptureFixture[str]) -> None:
    leap = ["interest", "--principal", "1000", "--due", "2024-02-01", "--until", "2024-03-01"]

    assert printed(capsys, claim=leap)["interest_ore"] == 990
    assert printed(capsys, "--agreed-rate", "14")["interest_ore"] == 28767
    assert printed(capsys, "--agreed-rate", "14,5")["interest_ore"] == 29795


def test_an_agreed_rate_is_told_as_agreed(capsys: pytest.CaptureFixture[str]) -> None:
    (segment,) = printed(capsys, "--agreed-rate", "14.5")["explain"]["steps"]

    assert [below["code"] for below in segment["steps"]] == ["interest.agreed"]


def test_a_due_date_that_was_not_fixed_needs_a_demand(capsys: pytest.CaptureFixture[str]) -> None:
    found = printed(capsys, "--demanded-on", "2026-06-10")
    early = printed(capsys, "--demanded-on", "2026-01-10")

    assert [(one["from"], one["to"]) for one in found["segments"]] == [("2026-07-11", "2026-08-15")]
    assert early["interest_ore"] == 24973
    assert printed(capsys, "--demanded-on", "9999-12-31")["segments"] == []


def test_a_business_had_a_rate_of_its_own_before_1994(capsys: pytest.CaptureFixture[str]) -> None:
    old = ["interest", "--principal", "1000", "--due", "1989-12-31", "--until", "1990-12-31"]

    assert printed(capsys, claim=old)["interest_ore"] == 15000
    assert printed(capsys, "--business", claim=old)["interest_ore"] == 18000


def test_before_the_due_date_has_passed_there_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    claim = ["interest", "--principal", "1000", "--due", "2026-06-01", "--until", "2026-06-01"]
    found = printed(capsys, claim=claim)

    assert (found["interest_ore"], found["days"], found["segments"]) == (0, 0, [])


def test_the_table_has_a_row_for_each_segment(capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(capsys)

    assert ["2026-06-02", "2026-06-30", "29", "10_000,00", "12", "365", "95,3424"] in lines
    assert ["2026-07-01", "2026-08-15", "46", "10_000,00", "12.25", "365", "154,3835"] in lines
    assert lines[-1] == ["Interest,", "rounded", "once:", "kr", "249,73", "(days:", "75)"]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["Interest from the day after 2026-06-01", "12.25", "Interest, rounded once: kr 249,73 (days: 75)"]),
        ("nb", ["Rente fra dagen etter 2026-06-01", "12,25", "Rente, avrundet én gang: kr 249,73 (dager: 75)"]),
        ("nn", ["Rente frå dagen etter 2026-06-01", "12,25", "Rente, avrunda éin gong: kr 249,73 (dagar: 75)"]),
    ],
)
def test_people_are_spoken_to_in_their_language(
    language: str, expected: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KRAVBRO_LANGUAGE", language)
    lines = shown(capsys)

    title, percent, last = expected
    assert " ".join(lines[0]).startswith(title)
    assert percent in next(line for line in lines if "2026-07-01" in line)
    assert " ".join(lines[-1]) == last


def test_explain_prints_the_derivation_below_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*CLAIM, "--explain"]) == 0
    lines = capsys.readouterr().out.replace("\u00a0", " ").splitlines()

    assert "  2026-06-02 – 2026-06-30: 12 % a year of kr 10 000,00 for 29/365 of a year = 696000/73 øre" in lines
    assert any(line.startswith("    late_interest = 12.25, in force 2026-07-01 – 2026-12-31: ") for line in lines)


@pytest.mark.parametrize(
    ("until", "half_year"), [("2027-01-01", "2027 H1"), ("2027-09-01", "2027 H1"), ("9999-12-31", "2027 H1")]
)
def test_a_span_without_a_rate_is_refused_by_its_half_year(
    until: str, half_year: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*CLAIM[:-1], until, "--json"]) == 2
    out, err = capsys.readouterr()

    assert out == ""
    assert half_year in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "rate for 2027 H1"),
        ("nb", "ingen forsinkelsesrente for 2027 H1"),
        ("nn", "inga forseinkingsrente for 2027 H1"),
    ],
)
def test_the_half_year_is_named_in_every_language(
    language: str, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KRAVBRO_LANGUAGE", language)
    assert main([*CLAIM[:-1], "2027-03-01"]) == 2
    assert words in capsys.readouterr().err


def test_a_claim_that_was_paid_before_the_rates_end_needs_none(capsys: pytest.CaptureFixture[str]) -> None:
    later = [*CLAIM[:-1], "2027-03-01"]

    assert printed(capsys, "--payment", "2026-08-15=10000", claim=later)["interest_ore"] == 24973
    assert printed(capsys, "--agreed-rate", "12", claim=later)["days"] == 273


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--principal", "0"], "principal"),
        (["--principal", "-5"], "-5"),
        (["--principal", "ten"], "ten"),
        (["--principal", "10,123"], "10,123"),
        (["--due", "2026-02-30"], "2026-02-30"),
        (["--until", "soon"], "soon"),
        (["--credited", "-1"], "credited"),
        (["--agreed-rate", "fourteen"], "fourteen"),
        (["--agreed-rate", "1000"], "1000"),
        (["--agreed-rate", "12 %"], "12 %"),
        (["--agreed-rate", "١٢"], "١٢"),
        (["--agreed-rate=-1"], "-1"),
        (["--payment", "2026-07-01"], "2026-07-01"),
        (["--payment", "2026-02-30=5"], "2026-02-30"),
        (["--payment", "2026-07-01=-5"], "-5"),
        (["--pause", "2026-07-01"], "2026-07-01"),
        (["--pause", "2026-07-14..2026-07-01"], "2026-07-14"),
        (["--demanded-on", "1993-06-01", "--due", "1993-06-01"], "1993-06-01"),
        (["--days", "3"], "--days"),
    ],
)
def test_what_cannot_be_is_exit_code_2_in_one_line(
    arguments: list[str], word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    given = dict(zip(CLAIM[1::2], CLAIM[2::2], strict=True))
    rest = [one for name, value in given.items() if name not in arguments for one in (name, value)]
    assert main(["interest", *rest, *arguments]) == 2
    out, err = capsys.readouterr()

    assert out == ""
    assert word in err
    assert err.startswith("kravbro: ")
    assert err.count("\n") == 1
    assert "fault in Kravbro" not in err


@pytest.mark.parametrize("left_out", ["--principal", "--due", "--until"])
def test_a_fact_that_is_left_out_is_named(left_out: str, capsys: pytest.CaptureFixture[str]) -> None:
    place = CLAIM.index(left_out)
    assert main([*CLAIM[:place], *CLAIM[place + 2 :]]) == 2
    assert left_out in capsys.readouterr().err


def test_nobody_can_ask_for_more_than_fits(capsys: pytest.CaptureFixture[str]) -> None:
    most = ["interest", "--principal", "92233720368547758.07", "--due", "1994-01-01", "--until", "2026-12-31"]
    assert main(most) == 2
    assert "fault in Kravbro" not in capsys.readouterr().err
