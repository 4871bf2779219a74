"""Costs, interest and waivers as a case handler works with them at the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.test_manual_work import ON, WHY, Program
from tests.stories.sites import copy_of, finished_demo


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return finished_demo(tmp_path_factory.mktemp("cli") / "site")


@pytest.fixture
def kravbro(template: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Program:
    return Program(copy_of(template, tmp_path / "site"), capsys)


def test_what_is_charged_is_listed_shown_and_taken_back(kravbro: Program) -> None:
    case = kravbro.json("cases", "list", "--creditor", "1", "--state", "registered")["cases"][0]["number"]
    before = kravbro.json("cases", "statement", case, *ON)["owed_ore"]
    kravbro.json("creditors", "costs", "1", "1590", "--because", "revisor")
    cost = ("cases", "cost", case, "928", "--kind", "attachment_fee", "--document", "U-1", *WHY, *ON)
    printed = kravbro.text(*cost)
    assert ("928,00" in printed, "fee for attachment" in printed) == (True, True)
    again = kravbro.json(*cost)
    assert (again["new"], again["changes"][0]["account"]) == (False, "1590")
    assert "nothing was done now" in kravbro.text(*cost)
    charged = kravbro.json("cases", "charge", case, *WHY, *ON)
    late = kravbro.json("cases", "waive", case, "--part", "costs", "--amount", "10", *WHY, *ON)
    shown = kravbro.json("cases", "statement", case, *ON)
    assert shown["owed_ore"] == before + 928_00 - 10_00
    assert shown["totals"]["late_interest_ore"] == 0
    explained = kravbro.text("cases", "statement", case, "--explain", *ON)
    assert all(word in explained for word in ("Waived from", "charged by hand", "document U-1"))
    for act in (late["act"], charged["act"], again["act"]):
        kravbro.text("cases", "undo", str(act), "--because", "feil", *ON)
    assert kravbro.json("cases", "statement", case, *ON)["owed_ore"] == before
    listed = kravbro.json("cases", "adjustments", case)["adjustments"]
    assert [(one["undone_by"] > 0, one["undoes"] > 0) for one in listed[:1] + listed[-1:]] == [
        (True, False),
        (False, True),
    ]
    assert "takes back act" in kravbro.text("cases", "adjustments", case)
    assert kravbro.json("reconcile", *ON)["differences"] == []


def test_closed_cases_with_uncharged_interest_are_listed_and_waived(kravbro: Program) -> None:
    left = kravbro.json("cases", "uncharged", *ON)["uncharged"]
    assert left
    assert left[0]["case"] in kravbro.text("cases", "uncharged", *ON)
    waived = ("cases", "waive", left[0]["case"], "--part", "late_interest", "--claim", left[0]["invoice_no"])
    kravbro.text(*waived, *WHY, *ON)

    assert left[0] not in kravbro.json("cases", "uncharged", *ON)["uncharged"]
    assert "more than" in kravbro.text(
        "cases", "cost", left[0]["case"], "9999", "--kind", "attachment_fee", *WHY, *ON, exit_code=2
    )
