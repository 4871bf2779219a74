"""`kravbro claims convert`, on the worked example of docs/conversion.md."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kravbro.cli.main import main
from tests.places import NewPlace
from tests.stories.converting import CHOICES, CUT_OFF, TODAY, convert, installation

PAGE = Path(__file__).parents[2] / "docs" / "conversion.md"


def run(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(list(words)) == 0, capsys.readouterr().err
    return capsys.readouterr().out


def test_the_worked_example(tmp_path: Path, new_place: NewPlace, capsys: pytest.CaptureFixture[str]) -> None:
    assert CHOICES in PAGE.read_text(encoding="utf-8"), "the page shows this very file"
    place = new_place().name
    installation(place, tmp_path)
    at = ("--dir", place, "--on", TODAY)
    capsys.readouterr()
    before = run(capsys, "db", "dump", "--dir", place)
    preview = json.loads(run(capsys, *convert(place, tmp_path, "--preview", "--json")))
    assert preview["counts"] == {
        "matched": 3, "differing": 0, "ambiguous": 0, "missing_in_collector": 2, "missing_in_ledger": 1,
    }  # fmt: skip
    assert run(capsys, "db", "dump", "--dir", place) == before

    done = json.loads(run(capsys, *convert(place, tmp_path, "--json")))
    assert (done["counts"], done["joined"], done["offered"]) == (preview["counts"], 3, 2)
    again = json.loads(run(capsys, *convert(place, tmp_path, "--json")))
    assert (again["matched"], again["joined"], again["offered"]) == ([], 0, 0)
    assert [one["case_number"] for one in again["missing_in_ledger"]] == ["K-2075"]

    items = json.loads(run(capsys, "items", "list", "1", "--json", "--dir", place))["items"]
    cases = {one["invoice_no"]: one["case_number"] for one in items}
    assert cases == {"501": "K-2071", "502": "K-2072", "504": "K-2074", "503": "1-000003", "0504": "1-000004"}
    owed = json.loads(run(capsys, "cases", "statement", "K-2071", "--json", *at))
    assert owed["owed_ore"] == 1_511_42
    said = run(capsys, "cases", "statement", "K-2071", *at)
    assert all(f"{kroner},00" in said for kroner in ("850", "21", "35", "700", "100"))
    assert "5,42" in said
    result = json.loads(run(capsys, "reconcile", "--json", *at))
    assert result["differences"] == []
    assert [one["difference_ore"] for one in result["accepted"]] == [50_00]
    assert "50,00" in run(capsys, "reconcile", *at)
    assert "Claims joined with older cases: 0" in run(capsys, *convert(place, tmp_path))


def test_without_choices_only_what_matched_is_joined(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = str(tmp_path / "site")
    installation(place, tmp_path)
    capsys.readouterr()
    words = ("claims", "convert", "--creditor", "1", "--cut-off", CUT_OFF, "--dir", place, "--on", TODAY)
    done = json.loads(run(capsys, *words, "--because", "liste", "--json"))
    assert (done["joined"], done["offered"]) == (1, 0)
    assert (done["counts"]["differing"], done["counts"]["ambiguous"]) == (1, 1)
    assert main(list(words)) == 2
    assert "--because" in capsys.readouterr().err
