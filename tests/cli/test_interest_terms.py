"""`kravbro cases pause`, `resume` and `terms` from outside: what they print, their JSON, and what they refuse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kravbro.cli.main import main
from kravbro.cli.options import user_name
from tests.stories.sites import copy_of, finished, reconciled

ON = ("--on", "2026-12-20")
WHY = ("--because", "innsigelse")


@pytest.fixture(scope="module")
def template() -> Path:
    return Path(finished("sqlite"))


class Program:
    """`kravbro cases` on one folder, and a case on which something is owed."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capsys = capsys
        cases = self.json("list")["cases"]
        self.case: str = max(cases, key=lambda one: one["owed_ore"])["number"]
        self.invoice: str = self.json("show", self.case)["claims"][0]["invoice_no"]

    def text(self, *arguments: str, exit_code: int = 0) -> str:
        assert main(["cases", *arguments, "--dir", str(self.folder)]) == exit_code, self.capsys.readouterr().err
        captured = self.capsys.readouterr()
        return captured.out if exit_code == 0 else captured.err

    def json(self, *arguments: str) -> Any:
        return json.loads(self.text(*arguments, "--json"))

    def interest_ore(self) -> int:
        """Late-payment interest on the case that no letter has charged."""
        totals = self.json("statement", self.case, *ON)["totals"]
        return int(totals["late_interest_ore"])


@pytest.fixture
def cases(template: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Program:
    return Program(copy_of(template, tmp_path / "site"), capsys)


def test_a_case_of_which_nothing_was_said_shows_nothing_of_it(cases: Program) -> None:
    assert cases.json("show", cases.case)["interest"] == []
    assert "Interest on claims" not in cases.text("show", cases.case)


def test_a_pause_is_set_shown_and_ended(cases: Program) -> None:
    whole_ore = cases.interest_ore()

    done = cases.json("pause", cases.case, "--from", "2026-12-01", *WHY, *ON)
    paused_ore = cases.interest_ore()
    assert done["case"] == cases.case
    assert {one["invoice_no"] for one in done["claims"]} >= {cases.invoice}
    assert [one["pauses"] for one in done["claims"]] == [[{"first": "2026-12-01", "last": None}]] * len(done["claims"])
    assert 0 < paused_ore < whole_ore

    ended = cases.json("resume", cases.case, "--from", "2026-12-11", "--because", "avklart", *ON)
    assert ended["claims"][0]["pauses"] == [{"first": "2026-12-01", "last": "2026-12-10"}]
    assert paused_ore < cases.interest_ore() < whole_ore

    shown = cases.json("show", cases.case)
    assert shown["interest"] == ended["claims"]
    assert [one["event"] for one in shown["events"]][-1] == "interest_resume"
    told = cases.text("show", cases.case)
    assert "2026-12-01 – 2026-12-10" in told
    assert "pause, 2026-12-01 – until further notice" in told
    assert "interest runs, 2026-12-11 – until further notice" in told
    assert user_name() in told
    assert reconciled(cases.folder).differences == ()


def test_terms_are_set_for_one_invoice_and_taken_back(cases: Program) -> None:
    whole_ore = cases.interest_ore()
    one = ("--claim", cases.invoice)

    told = cases.text("terms", cases.case, "--interest-free", *one, *WHY, *ON)
    assert "Changed claims: 1" in told
    assert "interest-free" in told
    assert cases.interest_ore() < whole_ore

    (claim,) = cases.json("terms", cases.case, "--late-interest", *one, *WHY, *ON)["claims"]
    assert (claim["bears_interest"], claim["agreed_percent"], len(claim["terms_said"])) == (True, "", 2)
    assert claim["terms_said"][0] == {
        "number": 1,
        "claim": claim["claim"],
        "bears_interest": False,
        "agreed_percent": "",
        "because": "innsigelse",
        "set_on": "2026-12-20",
        "set_by": user_name(),
    }
    assert cases.interest_ore() == whole_ore


def test_an_agreed_rate_is_for_businesses(cases: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {}
    for case in cases.json("list")["cases"]:
        number = case["number"]
        exit_code = main(["cases", "terms", number, "--agreed-rate", "8,5", *WHY, *ON, "--dir", str(cases.folder)])
        captured = cases.capsys.readouterr()
        answers[exit_code] = (number, captured.out or captured.err)

    assert set(answers) == {0, 2}
    assert "cannot be agreed with a consumer" in answers[2][1]
    assert "agreed, 8.5 % a year" in answers[0][1]
    assert "agreed between two businesses" in cases.text("statement", answers[0][0], "--explain", *ON)
    monkeypatch.setenv("KRAVBRO_LANGUAGE", "nb")
    assert "avtalt, 8,5 % per år" in cases.text("show", answers[0][0])


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("terms",), "one of --interest-free"),
        (("terms", "--interest-free", "--late-interest"), "one of --interest-free"),
        (("terms", "--agreed-rate", "-1"), '"-1" is no rate'),
        (("terms", "--late-interest"), "hold already"),
        (("pause", "--from", "2026-12-01", "--until", "2026-11-30"), "end before they begin"),
        (("pause", "--from", "2026-12-01", "--claim", "0"), "no claim on invoice 0"),
        (("resume", "--from", "2026-12-01"), "not paused on any of these days (2026-12-01 –)"),
    ],
)
def test_what_cannot_be_is_refused_with_exit_code_2(cases: Program, arguments: tuple[str, ...], expected: str) -> None:
    verb, *options = arguments

    assert expected in cases.text(verb, cases.case, *options, *WHY, *ON, exit_code=2)
    assert cases.json("show", cases.case)["interest"] == []


@pytest.mark.parametrize("verb", ["pause", "resume", "terms"])
def test_a_reason_must_be_given(cases: Program, verb: str) -> None:
    options = ("--interest-free",) if verb == "terms" else ("--from", "2026-12-01")

    assert "--because" in cases.text(verb, cases.case, *options, *ON, exit_code=2)
    assert "only with a reason" in cases.text(verb, cases.case, *options, "--because", " ", *ON, exit_code=2)
