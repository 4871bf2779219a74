"""`kravbro fees` from outside: what it prints where, and its exit codes."""

from __future__ import annotations

import json
from typing import Any

import pytest

import kravbro.cli.fees
from kravbro.cli.main import main
from kravbro.core.statute.rows import Row
from tests.core.fees.law import SWITCHED, day

KEYS = [
    "purring_ore",
    "inkassovarsel_ore",
    "own_betalingsoppfordring_ore",
    "salaer_simple_ore",
    "salaer_heavy_ore",
    "plan_salaer_ore",
]
CLAIM = ["fees", "--principal", "12000.00", "--due", "2025-12-01", "--on", "2026-02-01"]


def printed(capsys: pytest.CaptureFixture[str], *more: str, claim: list[str] | None = None) -> dict[str, Any]:
    assert main([*(claim or CLAIM), *more, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def amounts(capsys: pytest.CaptureFixture[str], *more: str, claim: list[str] | None = None) -> list[int]:
    found = printed(capsys, *more, claim=claim)
    return [found[key] for key in KEYS]


def test_the_keys_come_first_and_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(printed(capsys)) == [*KEYS, "explain"]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ([], [3800, 3800, 11300, 120000, 240000, 112500]),
        (["--business"], [3800, 3800, 11300, 180000, 360000, 112500]),
        (["--vat-not-deductible"], [3800, 3800, 11300, 150000, 300000, 140625]),
        (["--business", "--vat-not-deductible"], [3800, 3800, 11300, 225000, 450000, 140625]),
        (["--paid-on", "2026-02-15"], [3800, 3800, 11300, 120000, 240000, 112500]),
        (["--credited", "2000"], [3800, 3800, 11300, 60000, 120000, 112500]),
        (["--credited", "2000", "--interest-before-due", "0,01"], [3800, 3800, 11300, 120000, 240000, 112500]),
        (["--credited", "11999.99"], [3800, 3800, 11300, 18750, 37500, 112500]),
        (["--credited", "12000"], [0, 0, 0, 0, 0, 0]),
    ],
)
def test_amounts(more: list[str], expected: list[int], capsys: pytest.CaptureFixture[str]) -> None:
    assert amounts(capsys, *more) == expected


def test_a_letter_sent_before_the_fourteenth_day_is_free(capsys: pytest.CaptureFixture[str]) -> None:
    early = ["fees", "--principal", "400", "--due", "2026-01-19", "--on", "2026-02-01"]
    on_time = ["fees", "--principal", "400", "--due", "2026-01-18", "--on", "2026-02-01"]

    assert amounts(capsys, claim=early) == [0, 0, 0, 18750, 37500, 112500]
    assert amounts(capsys, claim=on_time) == [3800, 3800, 11300, 18750, 37500, 112500]


@pytest.mark.parametrize(
    ("due", "salaer_ore"),
    [
        ("2026-01-31", [18750, 37500, 112500]),
        ("2026-02-01", [0, 0, 0]),
        ("2026-02-02", [0, 0, 0]),
        ("9999-12-31", [0, 0, 0]),
    ],
)
def test_there_is_no_salaer_before_the_claim_is_overdue(
    due: str, salaer_ore: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    claim = ["fees", "--principal", "400", "--due", due, "--on", "2026-02-01"]

    assert amounts(capsys, claim=claim) == [0, 0, 0, *salaer_ore]


def test_a_table_says_why_a_fee_is_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fees", "--principal", "400", "--due", "2026-02-02", "--on", "2026-02-01"]) == 0
    lines = capsys.readouterr().out.splitlines()

    why = "No salær: the due date, 2026-02-02, had not passed when the betalingsoppfordring was sent, 2026-02-01"
    assert lines.count(why) == 1
    assert len([line for line in lines if line.startswith("No fee for ")]) == 3
    assert main(CLAIM) == 0
    assert "No " not in capsys.readouterr().out


IN_2027 = ["fees", "--principal", "12000.00", "--due", "2026-12-01", "--on", "2027-02-01"]
NEW_ACT = [
    Row(rule, value, day("2020-01-01"), None, "LOV-2026-05-22-19", "source", "test", act=2026)
    for rule, value in (
        ("letter_fee_days", "14"),
        ("letter_fee_rounding", "100"),
        ("purring_fee", "1/25"),
        ("salaer_simple", "1"),
    )
]


def test_a_fee_that_the_new_act_does_not_have_is_left_open_and_the_others_are_answered(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(kravbro.cli.fees, "statute_at", lambda _: SWITCHED.with_rows(NEW_ACT))
    found = printed(capsys, claim=IN_2027)

    assert [found[key] for key in KEYS] == [3000, None, None, 75000, None, None]
    refusal = found["explain"]["own_betalingsoppfordring"]
    assert refusal["code"] == "statute.not_in_act"
    assert refusal["facts"]["rule"] == "own_betalingsoppfordring_fee"
    assert "own_betalingsoppfordring_fee" in refusal["text"]
    assert found["explain"]["purring"]["code"] == "fees.letter.allowed"
    assert main([*IN_2027, "--explain"]) == 0
    shown = capsys.readouterr().out
    assert len([line for line in shown.splitlines() if line.rstrip().endswith(" \u2013")]) == 4
    assert refusal["text"] in shown.splitlines()


def test_an_act_without_any_of_the_fees_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(kravbro.cli.fees, "statute_at", lambda _: SWITCHED)
    assert main([*IN_2027, "--json"]) == 2
    out, err = capsys.readouterr()

    assert out == ""
    assert "LOV-2026-05-22-19" in err
    assert err.count("\n") == 1


def test_letters_after_the_day_of_payment_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*CLAIM, "--paid-on", "2025-12-31", "--json"]) == 2
    out, err = capsys.readouterr()

    assert out == ""
    assert "2025-12-31" in err
    assert "2026-02-01" in err


def test_salaer_follows_the_sats_of_the_day_of_payment(capsys: pytest.CaptureFixture[str]) -> None:
    claim = ["fees", "--principal", "12000.00", "--due", "2025-12-01", "--on", "2025-12-20"]
    assert main([*claim, "--paid-on", "2026-01-05", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)

    assert [shown["purring_ore"], shown["salaer_simple_ore"], shown["salaer_heavy_ore"]] == [3500, 120000, 240000]


def test_every_figure_is_explained_down_to_its_rows(capsys: pytest.CaptureFixture[str]) -> None:
    explained = printed(capsys)["explain"]

    assert sorted(explained) == sorted(key.removesuffix("_ore") for key in KEYS)
    heavy = explained["salaer_heavy"]
    assert heavy["facts"]["amount_ore"] == 240000
    share = next(step for step in heavy["steps"] if step["code"] == "fees.of_sats")
    assert [row["facts"]["rule"] for row in share["steps"]] == ["salaer_heavy", "inkassosats"]
    assert all(row["facts"]["confidence"] for row in share["steps"])


def test_a_table_for_people_in_their_language(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KRAVBRO_LANGUAGE", "nn")
    assert main(CLAIM) == 0
    shown = capsys.readouterr().out.replace("\u00a0", " ")

    assert "eiga betalingsoppfordring" in shown
    assert "oppmoding" not in shown
    assert "2 400,00" in shown
    assert "Tungt salær, i staden for lett" not in shown


def test_explain_prints_the_derivations_as_indented_lines(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*CLAIM, "--explain"]) == 0
    lines = capsys.readouterr().out.replace("\u00a0", " ").splitlines()

    assert "Heavy salær, in place of the simple one: at most kr 2 400,00" in lines
    assert "  320 % of the inkassosats, kr 750,00" in lines
    assert any(line.startswith("    inkassosats = 750, in force 2026-01-01") for line in lines)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--principal", "0", "--due", "2025-12-01"], "0,00"),
        (["--principal", "-1200", "--due", "2025-12-01"], "1 200,00"),
        (["--principal", "twelve", "--due", "2025-12-01"], "twelve"),
        (["--principal", "1200", "--due", "2025-12-01", "--on", "2011-03-01"], "inkassosats for 2011-03-01"),
        (["--principal", "1200", "--due", "2025-12-01", "--on", "2026-02-01", "--paid-on", "0001-01-01"], "0001-01-01"),
        (["--principal", "1200", "--due", "2025-13-01"], "2025-13-01"),
        (["--principal", "1200"], "--due"),
        (["--due", "2025-12-01"], "--principal"),
    ],
)
def test_what_cannot_be_reckoned_is_exit_code_2_in_one_line(
    arguments: list[str], word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["fees", *arguments]) == 2
    out, err = capsys.readouterr()

    assert out == ""
    assert word in err.replace("\u00a0", " ")
    assert err.count("\n") == 1


@pytest.mark.parametrize(("due", "exit_code"), [("9999-12-31", 0), ("1989-10-01", 0), ("0001-01-01", 2)])
def test_no_due_date_is_a_fault_of_the_program(due: str, exit_code: int) -> None:
    assert main(["fees", "--principal", "1200", "--due", due, "--on", "2026-02-01"]) == exit_code
