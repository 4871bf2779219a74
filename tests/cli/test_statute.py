"""`kravbro statute` from outside: a half-year without a rate, the row that an operator adds, and who verified it."""

from __future__ import annotations

import json
import sqlite3
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kravbro.bootstrap.site import open_site
from kravbro.cli.main import main
from kravbro.cli.options import acting, user_name
from kravbro.core.errors import DataFault
from kravbro.core.statute.shipped import shipped_statute
from kravbro.db.places import place_at
from tests.stories.sites import copy_of, finished

ON = ("--on", "2026-12-20")
HALF_YEAR = ("--from", "2027-01-01", "--to", "2027-06-30")
READ = ("--law", "FOR-2026-12-17-2999", "--source", "lovdata.no")
IN_2027 = date(2027, 3, 1)


@pytest.fixture(scope="module")
def template() -> Path:
    return Path(finished("sqlite"))


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    return copy_of(template, tmp_path / "site")


class Program:
    """`kravbro statute` on one folder."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capsys = capsys

    def text(self, *arguments: str, exit_code: int = 0) -> str:
        assert main(["statute", *arguments, "--dir", str(self.folder)]) == exit_code, self.capsys.readouterr().err
        captured = self.capsys.readouterr()
        return captured.out if exit_code == 0 else captured.err

    def json(self, *arguments: str) -> Any:
        return json.loads(self.text(*arguments, "--json"))

    def rates(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.json("list", "--rule", "late_interest", "--on", "2027-03-01")["rows"]
        return rows


@pytest.fixture
def statute(folder: Path, capsys: pytest.CaptureFixture[str]) -> Program:
    return Program(folder, capsys)


def test_a_half_year_without_a_rate_gets_one_that_is_verified(statute: Program) -> None:
    before = open_site(place_at(statute.folder), acting(IN_2027)).statute
    with pytest.raises(DataFault, match=r"statute\.no_late_interest") as fault:
        before.value("late_interest", IN_2027)
    assert fault.value.facts["half_year"] == "2027 H1"
    assert statute.rates() == []

    assert "late_interest is 12" in statute.text("add", "late_interest", "12", *HALF_YEAR, *READ, *ON)
    (rate,) = statute.rates()
    assert (rate["value"], rate["valid_to"], rate["law"]) == ("12", "2027-06-30", "FOR-2026-12-17-2999")
    assert (rate["added_by"], rate["added_on"], rate["verified_by"]) == (user_name(), "2026-12-20", None)
    assert open_site(place_at(statute.folder), acting(IN_2027)).statute.value("late_interest", IN_2027) == 12

    assert "already" in statute.text("add", "late_interest", "12", *HALF_YEAR, *READ, *ON, exit_code=1)
    assert len(statute.rates()) == 1

    differing = ("verify", "late_interest", "--from", "2027-01-01", "--value", "12.5", "--source", "paper", *ON)
    told = statute.text(*differing, exit_code=1)
    assert "12.5" in told
    assert "--from 2027-01-01 --law LAW --source SOURCE --replaces" in told
    assert "says 12." in told
    statute.text("verify", "late_interest", "--from", "2027-01-01", "--value", "12", "--source", "paper", *ON)
    (rate,) = statute.rates()
    assert (rate["verified_by"], rate["verified_on"], rate["verified_in"]) == (user_name(), "2026-12-20", "paper")
    shown = statute.text("list", "--rule", "late_interest", "--on", "2027-03-01")
    assert f"{user_name()} 2026-12-20: paper" in shown


def test_a_folder_without_an_installation_lists_what_is_shipped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = Program(tmp_path / "nothing", capsys).json("list")

    assert len(listed["rows"]) == len(shipped_statute().rows)
    assert {one["name"] for one in listed["rules"]} == set(shipped_statute().rules)
    assert {one["added_by"] for one in listed["rows"]} == {None}
    assert {one["verified_by"] for one in listed["rows"]} == {None}
    assert not (tmp_path / "nothing").exists(), "asking makes no folder"
    assert "no installation" in Program(tmp_path / "nothing", capsys).text("list", "--on", "2026-11-20")


def test_a_figure_that_is_not_known_is_null(statute: Program) -> None:
    (row,) = statute.json("list", "--rule", "inkassosats", "--on", "2011-03-01")["rows"]

    assert list(row) == [
        "rule", "value", "unit", "valid_from", "valid_to", "scope", "up_to_ore", "act", "law", "source", "confidence",
        "note", "added_by", "added_on", "verified_by", "verified_on", "verified_in", "state",
    ]  # fmt: skip
    assert (row["value"], row["unit"], row["confidence"]) == (None, "kroner", "not found")
    assert "not confirmed" in statute.text("list", "--rule", "inkassosats", "--on", "2011-03-01")


def test_what_the_list_shows_comes_in_the_language_of_the_user(
    statute: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KRAVBRO_LANGUAGE", "nn")
    shown = statute.text("list", "--rule", "salaer_simple", "--on", "2026-11-20")

    assert "Tryggleik" in shown
    assert "0,25" in shown
    assert "lova av 1988" in shown


def test_the_switch_of_the_act_says_what_ends(statute: Program) -> None:
    told = statute.text("add", "collection_act", "2026", "--from", "2027-01-01", *READ, *ON)

    assert "It ends 1988" in told
    assert "From 2027-01-01 the act of 2026 governs" in told
    assert "purring_fee" in told
    assert "late_interest" not in told
    rows = statute.json("list", "--on", "2027-01-01")["rows"]
    assert [one["value"] for one in rows if one["rule"] == "collection_act"] == ["2026"]
    assert [one["rule"] for one in rows if one["act"] == 1988] == []
    done = statute.json("add", "notice_days", "14", "--from", "2027-01-01", "--act", "2026", *READ, *ON)
    assert (done["number"], done["waits_for_act"], done["row"]["act"]) == (2, False, 2026)


def test_a_claim_in_flight_is_reckoned_when_the_rows_of_the_new_act_are_there(statute: Program) -> None:
    statute.text("add", "collection_act", "2026", "--from", "2027-01-01", *READ, *ON)
    claim = ("fees", "--principal", "12000", "--due", "2026-12-01", "--on", "2027-02-01", "--dir", str(statute.folder))
    assert main([*claim]) == 2
    assert "There is no letter_fee_days" in statute.capsys.readouterr().err
    of_2026 = ("--from", "2027-01-01", "--act", "2026", *READ, *ON)
    values = {
        "purring_fee": "1/25", "inkassovarsel_fee": "1/25", "own_betalingsoppfordring_fee": "0", "plan_salaer": "1",
        "letter_fee_rounding": "100", "letter_fee_days": "14", "letter_fee_deadline_days": "14",
        "small_letter_fees": "2", "own_demand_fees": "1", "letter_fee_restart_months": "6",
    }  # fmt: skip
    for rule, value in values.items():
        statute.text("add", rule, value, *of_2026)
    for rule, value in (("salaer_simple", "1"), ("salaer_heavy", "2")):
        statute.text("add", rule, value, "--up-to", "50000", *of_2026)
        statute.text("add", rule, value, "--above", *of_2026)
    found = _printed(statute, *claim, "--json")

    amounts = {name: value for name, value in found.items() if name != "explain"}
    assert amounts == {
        "purring_ore": 30_00,
        "inkassovarsel_ore": 30_00,
        "own_betalingsoppfordring_ore": 0,
        "salaer_simple_ore": 750_00,
        "salaer_heavy_ore": 1_500_00,
        "plan_salaer_ore": 750_00,
    }


@pytest.mark.parametrize(
    ("due", "until", "half_year"), [("1981-01-01", "1981-03-01", "1981 H1"), ("1970-06-01", "1970-08-01", "1970 H1")]
)
def test_interest_without_a_rate_is_refused_with_the_half_year(
    due: str, until: str, half_year: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["interest", "--principal", "10000", "--due", due, "--until", until]) == 2
    assert half_year in capsys.readouterr().err


def test_a_row_for_one_scope_says_whose_place_it_takes(statute: Program) -> None:
    half_year = ("--from", "2026-07-01", "--to", "2026-12-31", "--scope", "business", "--replaces")
    told = statute.text("add", "late_interest", "8", *half_year, *READ, *ON)

    assert "For businesses alone it takes the place of 12.25" in told


def test_a_band_between_two_others_is_refused(statute: Program) -> None:
    band = ("--from", "2020-10-01", "--up-to", "20000", "--act", "1988", "--replaces")
    told = statute.text("add", "salaer_simple", "0.9", *band, *READ, *ON, exit_code=1).replace("\u00a0", " ")

    assert "none of them ends at kr 20 000,00" in told


def test_the_table_shows_who_added_a_row_and_which_count_no_more(
    statute: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    statute.text("add", "late_interest", "21", *HALF_YEAR, *READ, *ON)
    statute.text("add", "late_interest", "12", "--replaces", *HALF_YEAR, *READ, *ON)
    lines = statute.text("list", "--rule", "late_interest").splitlines()
    replaced, counts = [line for line in lines if f"{user_name()} 2026-12-20" in line]

    assert (replaced.split()[-1], counts.split()[-1]) == ("replaced", "counts")
    assert [line.split()[-1] for line in lines if "1994-01-01" in line] == ["counts"]


def test_a_verification_says_which_act_it_is_of(statute: Program) -> None:
    read = ("--from", "1989-07-01", "--value", "14", "--source", "paper", *ON)
    statute.text("verify", "notice_days", "--act", "1988", *read)
    told = statute.text("verify", "notice_days", "--act", "2026", *read, exit_code=2)

    assert "no such row" in told


def test_bands_are_added_one_by_one_and_count_together(statute: Program) -> None:
    first = ("add", "salaer_simple", "0,3", "--from", "2027-01-01", "--up-to", "1000", "--act", "1988", *READ, *ON)
    assert "does not count yet" in statute.text(*first)
    assert "1 bands wait" in statute.text("list")
    last = ("add", "salaer_simple", "0,6", "--from", "2027-01-01", "--above", "--act", "1988", *READ, *ON)
    assert statute.text(*last).count("It ends") == 7
    rows = statute.json("list", "--rule", "salaer_simple", "--on", "2027-01-01")["rows"]
    assert [(one["up_to_ore"], one["value"]) for one in rows] == [(1000_00, "0.3"), (None, "0.6")]


def test_ledger_and_collector_judge_by_the_rows_that_were_added(statute: Program) -> None:
    """Claims are barred after one year, and a notice must give a thousand days: nothing may go."""
    old = ("--from", "1981-01-01", "--replaces", *READ, *ON)
    statute.text("add", "limitation_years", "1", *old)
    at_once = ("--from", "1989-07-01", "--act", "1988", "--replaces", *READ, *ON)
    statute.text("add", "notice_days", "1000", *at_once)
    on = ("--on", "2026-11-20", "--dir", str(statute.folder), "--json")

    made = _printed(statute, "proposals", "generate", "2", "--type", "KUNDE", "--code", "PWS", *on)
    lines = _printed(statute, "proposals", "show", "2", str(made["number"]), *on)["lines"]
    barred = [one for one in lines if "gate.limitation_passed" in {reason["code"] for reason in one["reasons"]}]
    assert barred
    assert all(one["due_date"] < "2025-11-21" for one in barred)

    _printed(statute, "proposals", "approve", "2", str(made["number"]), "--voucher-type", "OI", *on)
    with sqlite3.connect(statute.folder / "office.db") as office:
        (before,) = office.execute("SELECT max(number) FROM receipt WHERE creditor = 2").fetchone()
        _printed(statute, "claims", "transfer", *on)
        answers = office.execute(
            "SELECT outcome, reasons FROM receipt WHERE creditor = 2 AND number > ?", (before,)
        ).fetchall()
    assert len(answers) >= len(barred)
    assert {outcome for outcome, _ in answers} == {"refused"}
    assert all("gate.notice_missing" in reasons for _, reasons in answers)


def _printed(statute: Program, *arguments: str) -> Any:
    assert main(list(arguments)) == 0, statute.capsys.readouterr().err
    return json.loads(statute.capsys.readouterr().out)


def test_law_that_was_changed_past_the_program_is_named_by_the_reconciliation(statute: Program) -> None:
    statute.text("add", "late_interest", "12", *HALF_YEAR, *READ, *ON)
    with sqlite3.connect(statute.folder / "office.db") as office:
        office.execute("UPDATE statute_row SET value = '2'")

    assert "Row 1 of statute_row" in statute.text("list", exit_code=2)
    assert main(["reconcile", "--dir", str(statute.folder), "--json"]) == 1
    (difference,) = json.loads(statute.capsys.readouterr().out)["differences"]
    assert (difference["thing"], difference["kind"]) == ("office statute row 1", "content")


def test_adding_needs_an_installation(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program = Program(tmp_path / "nothing", capsys)

    assert "nothing" in program.text("add", "late_interest", "12", *HALF_YEAR, *READ, exit_code=2)


@pytest.mark.parametrize("lacking", ["--law", "--source"])
def test_a_row_without_law_or_source_is_refused(statute: Program, lacking: str) -> None:
    arguments = [*HALF_YEAR, *READ]
    place = arguments.index(lacking)
    del arguments[place : place + 2]

    assert lacking in statute.text("add", "late_interest", "12", *arguments, exit_code=2)
