"""`kravbro payments` with camt.054 files, as a user gives the commands: looked at, imported, refused, gone past."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kravbro.bootstrap.site import make_site
from kravbro.cli.main import main
from kravbro.db.engines import reading, writing
from kravbro.db.places import place_at
from kravbro.formats import camt054
from kravbro.office import agreements, setup
from kravbro.office.creditors import Agreement
from kravbro.office.dump import dump_office
from tests.formats import ocr_giro_files
from tests.formats.camt054_files import ACCOUNT, file_of, lump, notification, payment, reversal
from tests.office.builders import CREDITOR, STRUCTURES, act

MIXED = camt054.render(
    file_of(
        notification(
            lump(payment(debtor_name="Ola\u202eNordmann"), payment(kid="123456783", amount_ore=1, bank_reference="2")),
            reversal(payment(amount_ore=-125_00)),
            lump(payment(amount_ore=-75_00), bank_reference="OWN-1"),
        )
    )
)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no installation is, whatever `make demo` has left in the folder of the tests."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def camt(tmp_path: Path) -> Path:
    path = tmp_path / "camt.xml"
    path.write_bytes(MIXED)
    return path


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """An installation with an agreement for the account of the files, whose inbox is the folder `inn`."""
    folder, inbox = tmp_path / "site", tmp_path / "inn"
    place = place_at(folder)
    make_site(place, (1,))
    with writing(place.open("office")) as connection:
        setup.open_office(connection, "kontor", act())
        setup.add_creditor(connection, CREDITOR, act())
        agreements.add(connection, Agreement(ACCOUNT, 1, "Innbetaling", STRUCTURES, (1,), inbox=str(inbox)), act())
    inbox.mkdir()
    return folder


def told(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    """The JSON that a command prints when all is well."""
    assert main([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_file_is_listed_with_every_check_and_transaction(camt: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["payments", "inspect", str(camt)]) == 0
    printed, error = capsys.readouterr()
    assert error == ""
    for wanted in (
        "camt.054.001.02, message M-1; every check holds",
        "Notification N-1, account 9999 10 42764",
        "123456782   MOD10",
        "123456783   neither",
        "reversal",
        "own payment",
        "86011117947",
        "4 transactions; 1 of them are not imported. To be imported, net: kr 0,01.",
    ):
        assert wanted in printed
    assert "\u202e" not in printed


def test_json_tells_what_an_import_would_take_and_leave(camt: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, "payments", "inspect", str(camt))
    assert {name: found[name] for name in ("format", "version", "message_id", "count", "net_ore", "compared")} == {
        "format": "camt054",
        "version": "001.02",
        "message_id": "M-1",
        "count": 4,
        "net_ore": 1,
        "compared": None,
    }
    (one,) = found["notifications"]
    assert (one["account"], one["has_summary"], [entry["amount_ore"] for entry in one["entries"]]) == (
        ACCOUNT,
        True,
        [125_01, -125_00, -75_00],
    )
    kinds = [transaction["kind"] for entry in one["entries"] for transaction in entry["transactions"]]
    assert kinds == ["payment", "payment", "reversal", "own_payment"]
    assert [(left["why"], left["amount_ore"]) for left in found["left_out"]] == [("own_payment", -75_00)]


def test_import_tells_what_it_left_out_and_a_repetition_is_refused(
    camt: Path, site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = told(capsys, "payments", "inspect", str(camt), "--dir", str(site))
    done = told(capsys, "payments", "import", str(camt), "--dir", str(site))
    after = told(capsys, "payments", "inspect", str(camt), "--dir", str(site))
    assert before["compared"] == {"new": 3, "known": 0, "lookalikes": []}
    assert (done["new"], done["reversed"], done["net_ore"], len(done["left_out"])) == (3, 1, 1, 1)
    assert after["compared"] == {"new": 0, "known": 3, "lookalikes": []}
    assert main(["payments", "import", str(camt), "--dir", str(site)]) == 1
    assert "camt.xml" in capsys.readouterr().err


def test_what_looks_like_a_payment_of_the_other_format_needs_a_reason(
    camt: Path, site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ocr = tmp_path / "OCR.D201126"
    ocr.write_bytes(ocr_giro_files.file_of(ocr_giro_files.payment()))
    told(capsys, "payments", "import", str(ocr), "--dir", str(site))

    found = told(capsys, "payments", "inspect", str(camt), "--dir", str(site))
    (alike,) = found["compared"]["lookalikes"]
    assert (alike["kid"], alike["amount_ore"], alike["file_name"], alike["format"]) == (
        "123456782",
        125_00,
        "OCR.D201126",
        "ocr_giro",
    )
    assert main(["payments", "inspect", str(camt), "--dir", str(site)]) == 0
    assert "OCR.D201126 (1)" in capsys.readouterr().out
    assert main(["payments", "import", str(camt), "--dir", str(site)]) == 1
    assert "--despite-lookalikes" in capsys.readouterr().err
    reason = ("--despite-lookalikes", "betalt to ganger")
    assert main(["payments", "import", "--inbox", *reason, "--dir", str(site)]) == 2
    capsys.readouterr()
    assert told(capsys, "payments", "import", str(camt), *reason, "--dir", str(site))["new"] == 3
    with reading(place_at(site).open("office")) as connection:
        dumped = dump_office(connection)
    (override,) = dumped["payment_files"][1]["overrides"]
    assert (override["because"], override["payment_count"]) == ("betalt to ganger", 1)
    assert [len(one["details"]) for one in dumped["payments"]] == [0, 1, 1, 1]


def test_an_inbox_may_hold_both_formats(camt: Path, site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inbox = site.parent / "inn"
    camt.rename(inbox / "camt.xml")
    (inbox / "OCR.D201126").write_bytes(ocr_giro_files.file_of(ocr_giro_files.payment(amount_ore=7)))
    listed = told(capsys, "payments", "inbox", "--dir", str(site))
    assert [(one["file"], one["format"], one["state"]) for one in listed["files"]] == [
        ("OCR.D201126", "ocr_giro", "unread"),
        ("camt.xml", "camt054", "unread"),
    ]
    assert [one["left_out"] for one in listed["files"]] == [0, 1]
    ocr, done = told(capsys, "payments", "import", "--inbox", "--dir", str(site))["files"]
    assert (ocr["left_out"], [(one["why"], one["amount_ore"]) for one in done["left_out"]]) == (
        [],
        [("own_payment", -75_00)],
    )


def test_the_inbox_says_what_it_left_out(camt: Path, site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    camt.rename(site.parent / "inn" / "camt.xml")
    assert main(["payments", "import", "--inbox", "--dir", str(site)]) == 0
    printed = capsys.readouterr().out
    assert "own payment" in printed
    assert "OWN-1" in printed


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_tables_are_printed_in_every_language(
    camt: Path, capsys: pytest.CaptureFixture[str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KRAVBRO_LANGUAGE", language)
    assert main(["payments", "inspect", str(camt)]) == 0
    assert {"nb": "egen utbetaling", "nn": "eiga utbetaling", "en": "own payment"}[language] in capsys.readouterr().out
