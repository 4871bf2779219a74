"""`kravbro db backup`, `restore` and `verify` at the command line."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from kravbro.cli.main import main
from tests.archives import members, rewritten
from tests.stories.sites import copy_of, finished


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished demo, and its archive beside it."""
    folder = tmp_path_factory.mktemp("backups")
    copy_of(finished("sqlite"), folder / "site")
    assert main(["db", "backup", "--dir", str(folder / "site"), "--to", str(folder / "monday.zip")]) == 0
    return folder


@pytest.fixture
def damaged(demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Path]:
    """A copy of the demo that a test damages past the program."""
    yield Path(shutil.copytree(demo / "site", tmp_path / "site"))
    capsys.readouterr()


def past_the_program(folder: Path, owner: str, *statements: str) -> None:
    with closing(sqlite3.connect(folder / f"{owner}.db")) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()


def found(folder: Path, capsys: pytest.CaptureFixture[str]) -> set[tuple[str, str]]:
    """What `verify` names of an installation: where, and the kind."""
    capsys.readouterr()
    code = main(["db", "verify", "--dir", str(folder), "--json"])
    faults = json.loads(capsys.readouterr().out)["faults"]
    assert code == bool(faults)
    return {(fault["where"], fault["kind"]) for fault in faults}


def test_a_backup_is_for_its_owner_alone_and_says_what_it_holds(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (demo / "monday.zip").stat().st_mode & 0o777 == 0o600
    capsys.readouterr()
    file = tmp_path / "tuesday.zip"
    assert main(["db", "backup", "--dir", str(demo / "site"), "--to", str(file), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["manifest"] == json.loads(members(file)["manifest.json"])
    assert main(["db", "verify", str(file)]) == 0
    assert told["fingerprint"] in capsys.readouterr().out
    before = file.read_bytes()
    assert main(["db", "backup", "--dir", str(demo / "site"), "--to", str(file)]) == 2
    assert file.read_bytes() == before


def test_a_restored_place_is_verified_read_and_adopted(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ("--dir", str(tmp_path / "site"))
    assert main(["db", "restore", str(demo / "monday.zip"), *place]) == 0
    assert main(["db", "restore", str(demo / "monday.zip"), *place]) == 2
    capsys.readouterr()
    assert main(["db", "verify", *place]) == 0
    assert capsys.readouterr().err.count("kravbro db adopt") == 1
    assert main(["claims", "transfer", *place]) == 1
    assert main(["db", "adopt", "--because", "a new machine", *place]) == 0
    assert main(["claims", "transfer", *place]) == 0


def test_every_part_of_an_archive_that_was_altered_is_named(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = Path(shutil.copy(demo / "monday.zip", tmp_path / "bad.zip"))
    for name in ("office/claim.jsonl", "F0001/entry.jsonl"):
        rewritten(bad, name, members(bad)[name] + b"\n")
    capsys.readouterr()
    assert main(["db", "verify", str(bad), "--json"]) == 1
    faults = json.loads(capsys.readouterr().out)["faults"]
    assert [(one["where"], one["kind"], one["thing"]) for one in faults] == [
        ("office", "archive.altered", "office/claim.jsonl"), ("F0001", "archive.altered", "F0001/entry.jsonl"),
    ]  # fmt: skip


def test_an_installation_without_faults_has_none(damaged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert found(damaged, capsys) == set()


def test_each_fault_of_an_installation_is_named(damaged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A position beyond its source, a trigger, a reference to nothing, a debt altered, a database put back."""
    past_the_program(
        damaged, "bridge", "UPDATE position SET number = number + 1000 WHERE stream = 'receipts' AND company = 1"
    )
    past_the_program(damaged, "F0002", "UPDATE letter SET entry = 9999 WHERE number = 1")
    past_the_program(
        damaged,
        "office",
        "CREATE TRIGGER meddle AFTER INSERT ON claim BEGIN DELETE FROM journal; END",
        "UPDATE claim SET principal_ore = principal_ore + 1 WHERE id = 1",
        "UPDATE known_age SET age = 1 WHERE owner = ''",
    )
    named = found(damaged, capsys)
    assert named >= {
        ("bridge", "bridge.head_below_position"), ("F0002", "reference"), ("office", "trigger"), ("office", "older"),
    }  # fmt: skip
    assert "collector" in {where for where, _ in named}


def test_each_fault_of_a_schema_is_named(damaged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An index gone, a column that no release made, an older version, a newer one."""
    past_the_program(damaged, "office", "DROP INDEX ix_claim_case")
    past_the_program(damaged, "F0001", "ALTER TABLE letter ADD COLUMN note TEXT")
    past_the_program(damaged, "bridge", "UPDATE alembic_version SET version_num = 'bridge_0001'")
    past_the_program(damaged, "system", "UPDATE alembic_version SET version_num = 'system_9999'")
    assert found(damaged, capsys) == {
        ("office", "schema"), ("F0001", "schema"), ("bridge", "site.not_upgraded"), ("system", "db.newer_than_program"),
    }  # fmt: skip


def test_a_file_that_is_damaged_or_gone_is_named(damaged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (damaged / "F0001.db").open("rb+") as file:
        file.seek(8_192)
        file.write(b"x" * 4_096)
    (damaged / "bridge.db").unlink()
    assert found(damaged, capsys) >= {("F0001", "db.damaged"), ("bridge", "site.database_missing")}


def test_a_company_whose_database_is_gone_is_named(damaged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (damaged / "F0002.db").unlink()
    assert found(damaged, capsys) == {("system", "site.database_missing")}
