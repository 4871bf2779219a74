"""Claims that Visma Business had sent before become claims of older cases, by commands alone; killed, it comes to the
same."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from kravbro.cli.main import main
from tests.ledgers.visma_business.acting import COMPANY
from tests.places import Kind, NewPlace, Where, make_empty
from tests.postgresql import shared_server
from tests.stories.beside_visma import BesideVisma
from tests.stories.killing import dumped, run_once
from tests.stories.sites import copy_of

STRIDE = 11
"""How many commits lie between two kills."""


@pytest.fixture
def beside(new_place: NewPlace, kind: Kind, tmp_path: Path) -> BesideVisma:
    address = str(tmp_path / "visma") if kind == "sqlite" else shared_server().database()
    made = BesideVisma(str(make_empty(new_place.where())), address, tmp_path)
    made.make()
    made.hand_over()
    return made


@pytest.fixture
def run(beside: BesideVisma, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Run a command; its JSON."""

    def told(*words: str) -> Any:
        capsys.readouterr()
        at = () if "--dir" in words else ("--dir", beside.where)
        assert main([*words, *at, "--json"]) == 0, capsys.readouterr().err
        return json.loads(capsys.readouterr().out)

    return told


def shown(beside: BesideVisma) -> dict[str, tuple[int, str]]:
    """What the ERP shows of each invoice: its mark, and its case number."""
    with beside.people() as trial:
        items, entries = trial.erp.tables["open_items"].c, trial.erp.tables["entries"].c
        same = sa.and_(entries.journal == items.journal, entries.number == items.number, entries.amount > 0)
        chosen = sa.select(entries.invoice_no, items.exemption, items.case_number).where(same)
        with trial.erp.writing() as connection:
            return {row[0]: (row[1], row[2] or "") for row in connection.execute(chosen)}


def new_transactions(run: Callable[..., Any]) -> int:
    streams = run("transactions", "fetch")["streams"]
    return sum(one["new"] for one in streams if one["stream"] == "transactions")


def test_what_visma_business_sent_before_lives_on(beside: BesideVisma, run: Callable[..., Any]) -> None:
    cut_off = ("--cut-off", str(beside.cut_off))
    found = run("claims", "match", "--creditor", "1", *cut_off)
    assert found["counts"] == {
        "matched": 1, "differing": 1, "ambiguous": 0, "missing_in_collector": 1, "missing_in_ledger": 1,
    }  # fmt: skip
    (matched,) = found["matched"]
    ours = matched["transferred"]
    assert (ours["remaining_ore"], ours["later_ore"], ours["case_number"]) == (600_00, -100_00, "K-2071")
    preview = run(*beside.conversion("--preview"))
    assert preview["counts"]["matched"] == 2

    done = run(*beside.conversion())
    assert (done["joined"], done["offered"]) == (2, 1)
    again = run(*beside.conversion())
    assert (again["joined"], again["offered"], again["matched"]) == (0, 0, [])
    marks = shown(beside)
    assert {no: mark for no, mark in marks.items() if no != "503"} == {"501": (3, "K-2071"), "502": (3, "K-2072")}
    assert (marks["503"][0], marks["503"][1].startswith("1-")) == (3, True)
    owed = {one["number"]: one["owed_ore"] for one in run("cases", "list")["cases"]}
    assert 521_00 <= owed["K-2071"] < 560_00, "600,00 and interest of 21,00, less the 100,00 of after the cut-off"
    result = run("reconcile")
    assert (result["differences"], [one["difference_ore"] for one in result["accepted"]]) == ([], [50_00])

    beside.pay("501", 30_00, beside.cut_off)
    assert (new_transactions(run), new_transactions(run)) == (1, 0)
    beside.pay("502", 50_00, beside.cut_off.replace(day=1).replace(year=beside.cut_off.year - 1))
    assert new_transactions(run) == 0, "the case has that already"
    result = run("reconcile")
    assert (result["differences"], result["accepted"]) == ([], [])
    assert run("db", "verify")["faults"] == []

    run("claims", "withdraw", str(COMPANY), "501", "--because", "an agreement")
    run("transactions", "fetch")
    run("claims", "transfer")
    assert shown(beside)["501"] == (0, ""), "the mark of before is not put back"
    assert run("reconcile")["differences"] == []


def converting(where: Where, files: Path) -> None:
    """A conversion and the streams after it, as a process of its own gives them."""
    beside = BesideVisma(str(where), str(files / "visma"), files)
    assert main(beside.conversion()) == 0
    for words in (("claims", "transfer"), ("transactions", "fetch")):
        assert main([*words, "--dir", str(where)]) == 0


@pytest.mark.parametrize("kind", ["sqlite"])  # what is killed is the same on a server; files are put back faster
def test_a_kill_changes_nothing(beside: BesideVisma, tmp_path: Path) -> None:
    """What is killed may be the mirror, the office or what is written into the ERP."""
    erp, kept = Path(beside.address), tmp_path / "kept"
    shutil.copytree(erp, kept)
    work = partial(converting, files=beside.files)
    whole = copy_of(Path(beside.where), tmp_path / "whole")
    ended = run_once(whole, work=work)
    assert ended.exitcode == 0
    expected = dumped(whole)
    for kill_at in range(3, ended.commits + 1, STRIDE):
        shutil.rmtree(erp)
        shutil.copytree(kept, erp)
        where = copy_of(Path(beside.where), tmp_path / str(kill_at))
        assert run_once(where, work=work, kill_at=kill_at).was_killed, f"commit {kill_at} of {ended.commits}"
        assert run_once(where, work=work).exitcode == 0, f"the run after the kill before commit {kill_at}"
        assert dumped(where) == expected, f"killed before commit {kill_at}"
