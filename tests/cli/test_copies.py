"""Every command on a copy: what writes is refused, what reads answers, and nothing changes."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from cyclopts import App

from kravbro.cli.main import app, main
from tests.stories.sites import finished_demo

WRITES: dict[str, tuple[str, ...]] = {
    "claims transfer": (),
    "transactions fetch": (),
    "postings deliver": (),
    "postings propose": ("1",),
    "streams restart": ("--company", "1", "--because", "a test"),
    "proposals generate": ("1", "--type", "KOMAVG", "--code", "PWS"),
    "vouchers post": ("1", "1"),
    "demo": ("--once",),
}
"""Commands that write as they stand here; others need words that only their own tests know."""
READS = ("claims ready", "cases list", "creditors list", "agreements list", "postings list", "reconcile", "db dump")
EXEMPT = {
    "db adopt": "it is what makes a copy the installation",
    "db upgrade": "it changes the schema, and adopts nothing",
}


def commands(noun: App, words: tuple[str, ...] = ()) -> Iterator[str]:
    """Every command of the program, by its words."""
    names = [name for name in noun if not name.startswith("-")]
    for name in names:
        yield from commands(noun[name], (*words, name))
    if words and (noun.default_command or not names):
        yield " ".join(words)


ALL = sorted(set(commands(app)))


def content(folder: Path) -> dict[str, str]:
    found = {}
    for file in sorted(folder.glob("*.db")):
        with closing(sqlite3.connect(file)) as database:
            found[file.name] = "\n".join(database.iterdump())
    return found


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copies")
    return Path(shutil.copytree(finished_demo(folder / "site"), folder / "copy"))


def test_no_command_changes_a_copy(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = content(copy)
    for command in ALL:
        if command not in EXEMPT:
            main([*command.split(), *WRITES.get(command, ()), "--dir", str(copy)])
    capsys.readouterr()
    assert content(copy) == before


@pytest.mark.parametrize("command", sorted(WRITES))
def test_a_command_that_writes_is_refused_with_the_way_on(
    command: str, copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command.split(), *WRITES[command], "--dir", str(copy)]) == 1
    assert "kravbro db adopt --because" in capsys.readouterr().err


@pytest.mark.parametrize("command", READS)
def test_a_command_that_reads_answers_and_says_so_once(
    command: str, copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command.split(), "--dir", str(copy)]) == 0
    assert capsys.readouterr().err.count("kravbro db adopt") == 1


def test_only_who_makes_upgrades_or_adopts_a_database_may_write_anywhere() -> None:
    """The check stands where a write begins, and nothing else goes round it: what is made anew is no copy yet.

    The databases of Visma Business are the ERP's own, and what is known of a folder of files stands with the folder:
    both know no residence of ours.
    """
    source = Path(__file__).parents[2] / "src" / "kravbro"
    going_round = {
        str(file.relative_to(source))
        for file in source.rglob("*.py")
        if "writing_anywhere" in (text := file.read_text(encoding="utf-8")) or "engine.begin(" in text
    }
    ours = {name for name in going_round if not name.startswith(("ledgers/visma_business/", "ledgers/files/"))}
    assert ours == {
        "bootstrap/adoption.py",
        "bootstrap/notice.py",
        "db/engines.py",
        "db/folder_building.py",
        "db/postgresql_place.py",
        "migrations/upgrade.py",
    }
