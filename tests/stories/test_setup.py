"""From an empty folder to a reconciled day by the commands of docs/setup.md, and a kill at any commit of a set-up."""

from __future__ import annotations

import contextlib
import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from kravbro.cli.main import main
from kravbro.db.places import place_at
from tests.bootstrap.setups import EXAMPLE, TEXT, changed
from tests.places import NewPlace
from tests.stories.killing import Moment, run_once
from tests.tidy.sources import ROOT

PLACE = "--dir nordvik"


def commands() -> list[list[str]]:
    """The words of every command in the page's first block."""
    page = (ROOT / "docs/setup.md").read_text(encoding="utf-8")
    block = page.split("```sh\n")[1].split("```")[0]
    return [shlex.split(line)[1:] for line in block.splitlines()]


def kravbro(capsys: pytest.CaptureFixture[str], *words: str, exit_code: int = 0) -> Any:
    with contextlib.chdir(ROOT):
        assert main([*words, "--json"]) == exit_code, words
    return json.loads(capsys.readouterr().out)


def test_the_page_goes_from_nothing_to_a_reconciled_day(
    new_place: NewPlace, capsys: pytest.CaptureFixture[str]
) -> None:
    address = new_place().name
    told: dict[str, Any] = {}
    for words in commands():
        told[" ".join(words[:2])] = kravbro(capsys, *[address if word == "nordvik" else word for word in words])

    assert (told["setup check"]["faults"], told["setup apply"]["dry_run"]) == ([], False)
    assert (told["ledger import"]["invoices"], told["proposals generate"]["lines"]) == (24, 21)
    assert len(told["setup apply"]["items"]) == told["setup check"]["changes"]
    reconciled = told["reconcile --dir"]
    assert (reconciled["claims"], reconciled["differences"], reconciled["in_transit_ore"]) == (20, [], 0)
    assert {one["because"] for one in told["setup history"]["changes"]} >= {"Innføring 2026", ""}
    again = kravbro(capsys, "setup", "apply", str(EXAMPLE), "--dir", address, "--because", "igjen")
    assert again == {"drafts": [], "dry_run": False, "items": []}


def test_what_a_month_of_work_rests_on_is_named_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = str(tmp_path / "site")
    for words in commands()[1:-1]:
        kravbro(capsys, *[site if word == "nordvik" else word for word in words])
    before = kravbro(capsys, "db", "dump", "--dir", site)
    file = tmp_path / "new.toml"
    file.write_text(
        changed(
            ("first_number = 800001", "first_number = 800002"), ('interim = "2990"', 'interim = "2980"'),
            ("starts_after_notice = false", "starts_after_notice = true"),
            ("company = 1\n", "company = 1\nproject = 7\n"),
        ),
        encoding="utf-8",
    )  # fmt: skip
    checked = kravbro(capsys, "setup", "check", str(file), "--dir", site, exit_code=2)
    applied = kravbro(capsys, "setup", "apply", str(file), "--dir", site, "--because", "x", exit_code=2)

    assert checked["faults"] == applied["faults"]
    assert {(one["code"], one["path"]) for one in checked["faults"]} == {
        ("setup.kind", "creditors.1.project"), ("books.setup_in_use", "number series INK"),
        ("office.setup_in_use", "workflow EGEN"), ("office.setup_money_open", "creditor 1"),
    }  # fmt: skip
    assert kravbro(capsys, "db", "dump", "--dir", site) == before
    file.write_text(changed(("starts_after_notice = false", "starts_after_notice = true")), encoding="utf-8")
    kravbro(capsys, "setup", "check", str(file), "--dir", site, exit_code=1)


def test_a_dry_run_writes_nothing_and_a_second_installation_is_another(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = str(tmp_path / "site")
    words = ("setup", "apply", str(EXAMPLE), "--dir", site, "--because", "x")
    tried = kravbro(capsys, *words, "--dry-run")
    assert not Path(site).exists()
    assert kravbro(capsys, *words)["items"] == tried["items"]
    shown = kravbro(capsys, "setup", "show", "--dir", site)
    assert (shown["format"], shown["creditors"]["1"]["company"]) == (1, 1)
    assert main(["setup", "show", "--dir", site]) == 0
    copy = tmp_path / "copy.toml"
    copy.write_text(capsys.readouterr().out, encoding="utf-8")
    assert kravbro(capsys, "setup", "apply", str(copy), "--dir", site, "--because", "x")["items"] == []


def apply_changes(where: Path | str) -> None:
    """Apply the example, and then a changed one that also removes."""
    for name in ("first", "second"):
        words = ("setup", "apply", str(Path(where).parent / f"{name}.toml"), "--dir", str(where), "--because", name)
        assert main([*words, *(("--remove",) if name == "second" else ()), "--json"]) == 0


PORTIONS = 4
"""One of them is tried in each run of the tests, and all of them by `make soak`."""


@pytest.mark.parametrize("portion", [0, *(pytest.param(one, marks=pytest.mark.soak) for one in range(1, PORTIONS))])
def test_a_kill_at_any_commit_of_it_is_gone_on_from(
    portion: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    second = changed(('7830 = "Tap på fordringer"\n', '1921 = "KLP"\n'), ("minimum_ore = 10000", "minimum_ore = 1"))

    def begin(name: str) -> Path:
        folder = tmp_path / name / "site"
        folder.parent.mkdir()
        (folder.parent / "first.toml").write_text(TEXT, encoding="utf-8")
        (folder.parent / "second.toml").write_text(second, encoding="utf-8")
        return folder

    def shown(folder: Path) -> Any:
        return kravbro(capsys, "setup", "show", "--dir", str(folder))

    undisturbed = begin("undisturbed")
    commits = run_once(undisturbed, work=apply_changes).commits
    expected = shown(undisturbed)
    assert commits > 10
    for kill_at in range(1 + portion, commits + 1, PORTIONS):
        folder = begin(str(kill_at))
        moment: Moment = "before" if kill_at % (2 * PORTIONS) == 1 + portion else "after"
        assert run_once(folder, kill_at=kill_at, moment=moment, work=apply_changes).was_killed
        assert run_once(folder, work=apply_changes).exitcode == 0
        assert shown(folder) == expected
        assert kravbro(capsys, "reconcile", "--dir", str(folder))["differences"] == []
    place_at(undisturbed).close()
