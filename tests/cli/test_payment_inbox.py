"""`kravbro payments inbox` and `payments import --inbox`, as a user gives them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kravbro.bootstrap.site import make_site
from kravbro.cli.main import main
from kravbro.db.engines import writing
from kravbro.db.places import place_at
from kravbro.office import agreements, setup
from kravbro.office.creditors import Agreement
from tests.bootstrap.inboxes import bank_file
from tests.office.builders import CREDITOR, STRUCTURES, act


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """An installation whose agreement has an inbox with one file of two payments and one that is no bank file."""
    folder, inbox = tmp_path / "site", tmp_path / "inn"
    place = place_at(folder)
    make_site(place, (1,))
    with writing(place.open("office")) as connection:
        setup.open_office(connection, "kontor", act())
        setup.add_creditor(connection, CREDITOR, act())
        agreement = Agreement("99991042764", 1, "Innbetaling", STRUCTURES, (1,), inbox=str(inbox))
        agreements.add(connection, agreement, act())
    inbox.mkdir()
    (inbox / "OCR.D201126").write_bytes(bank_file(500, times=2))
    (inbox / "notes.txt").write_text("call the bank")
    return folder


def test_the_inbox_is_listed_and_imported_and_known_afterwards(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at = ("--dir", str(site), "--json")
    assert main(["payments", "inbox", *at]) == 0
    before = json.loads(capsys.readouterr().out)
    assert (before["count"], before["unread"]) == (2, 1)
    assert main(["payments", "import", "--inbox", "--on", "2026-11-23", *at]) == 1
    done = json.loads(capsys.readouterr().out)
    assert (done["imported"], done["refused"]) == (1, 1)
    assert main(["payments", "inbox", *at]) == 0
    after = json.loads(capsys.readouterr().out)

    assert [(one["file"], one["state"]) for one in before["files"]] == [
        ("OCR.D201126", "unread"),
        ("notes.txt", "refused"),
    ]
    first, second = done["files"]
    assert (first["state"], first["result"]["new"], first["net_ore"], first["accounts"]) == (
        "imported",
        2,
        1_000,
        ["99991042764"],
    )
    assert second["fault"]["code"].startswith("formats.")
    assert "notes.txt" in second["fault"]["sentence"]
    assert (after["unread"], after["files"][0]["state"]) == (0, "known")


def test_the_exit_code_is_0_when_nothing_is_refused(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (site.parent / "inn" / "notes.txt").unlink()

    assert main(["payments", "import", "--inbox", "--dir", str(site)]) == 0
    assert "OCR.D201126" in capsys.readouterr().out
    assert main(["payments", "import", "--inbox", "--dir", str(site)]) == 0


@pytest.mark.parametrize("words", [("import",), ("import", "file.txt", "--inbox")])
def test_a_file_or_the_inbox_is_imported_and_not_both(
    site: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    assert main(["payments", *words, "--dir", str(site)]) == 2
    assert "--inbox" in capsys.readouterr().err


def test_the_tables_are_printed_in_every_language(
    site: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = set()
    for language in ("nb", "nn", "en"):
        monkeypatch.setenv("KRAVBRO_LANGUAGE", language)
        assert main(["payments", "inbox", "--dir", str(site)]) == 0
        told.add(capsys.readouterr().out)

    assert len(told) == 3
