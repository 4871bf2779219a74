"""`kravbro agreements` and `kravbro creditors`, as a user gives them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kravbro.bootstrap.site import make_site
from kravbro.cli.main import main
from kravbro.db.engines import writing
from kravbro.db.places import place_at
from kravbro.office import setup
from tests.office.builders import CREDITOR, STRUCTURES, act

ACCOUNT, OTHER = "86011117947", "99991042764"
Kravbro = Callable[..., Any]


@pytest.fixture
def kravbro(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Kravbro:
    """Run a command on an installation with one creditor and its agreement; its JSON, or what it says on an error."""
    folder = tmp_path / "site"
    place = place_at(folder)
    make_site(place, (1,))
    with writing(place.open("office")) as connection:
        setup.open_office(connection, "kontor", act())
        setup.add_creditor(connection, CREDITOR, act())
        setup.add_agreement(connection, ACCOUNT, 1, "Innbetaling", STRUCTURES, act())

    def run(*arguments: str, exit_code: int = 0) -> Any:
        answer = main([*arguments, "--dir", str(folder), "--json"])
        captured = capsys.readouterr()
        assert answer == exit_code, captured.err
        return captured.err if exit_code else json.loads(captured.out)

    return run


def test_an_agreement_is_added_changed_closed_and_shown(kravbro: Kravbro, tmp_path: Path) -> None:
    inbox = tmp_path / "inn"
    kravbro("creditors", "add-house", "900", "Byrået", "999000010")
    added = kravbro(
        "agreements", "add", "9999.10.42764", "Ny", "--holder", "1", "--serve", "1",
        "--structure", "10,mod11,invoice,5", "--inbox", str(inbox), "--because", "avtale", "--on", "2026-11-20",
    )  # fmt: skip
    assert added["agreement"]["account_number"] == OTHER
    assert len(added["warnings"]) == 1
    assert str(inbox) in added["warnings"][0]
    inbox.mkdir()
    changed = kravbro("agreements", "change", OTHER, "--name", "Nyere", "--bank-account", "1921", "--because", "navn")
    assert (changed["items"], changed["warnings"]) == (["name", "bank_account"], [])
    kravbro("agreements", "close", OTHER, "--because", "ny bank", "--on", "2026-11-20")

    assert kravbro("agreements", "list")["count"] == 2
    shown = kravbro("agreements", "show", OTHER)
    assert (shown["name"], shown["closed_on"], shown["structures"]) == ("Nyere", "2026-11-20", ["10,mod11,invoice,5"])
    assert [one["because"] for one in shown["history"] if one["item"] == "closed_on"] == ["ny bank"]
    kravbro("agreements", "reopen", OTHER, "--because", "likevel ikke")
    assert kravbro("agreements", "show", OTHER)["closed_on"] is None


def test_what_is_refused_is_said_with_the_next_command(kravbro: Kravbro) -> None:
    kravbro("creditors", "add-house", "900", "Byrået", "999000010")
    told = kravbro("agreements", "change", ACCOUNT, "--serve", "900", "--because", "prøve", exit_code=2)
    assert "--serve" in told
    told = kravbro("agreements", "change", ACCOUNT, "--name", "Innbetaling", "--because", "prøve", exit_code=1)
    assert f"agreement {ACCOUNT}" in told
    told = kravbro("agreements", "change", ACCOUNT, "--structure", "9,mod10", "--because", "prøve", exit_code=2)
    assert "9,mod10,invoice,55,2" in told


def test_settings_of_a_creditor_are_changed_and_shown(kravbro: Kravbro) -> None:
    principal_first = "principal,costs,fees,interest"
    kravbro("creditors", "allocation", "1", "--money", "voluntary", "--order", principal_first, "--because", "vedtak")
    kravbro("creditors", "intermediate", "1", "2981", "--because", "fellesnemnd")

    shown = kravbro("creditors", "show", "1")
    assert (shown["allocation"], shown["intermediate_account"]) == ({"voluntary": principal_first}, "2981")
    assert [one["because"] for one in shown["history"] if one["because"]] == ["vedtak", "fellesnemnd"]
    assert {"item": "name", "value_after": shown["name"], "because": ""}.items() <= shown["history"][0].items()
    assert [one["number"] for one in kravbro("creditors", "list")["creditors"]] == [1]
    assert "7" in kravbro("creditors", "show", "7", exit_code=2)


@pytest.mark.parametrize(
    "words",
    [("agreements", "list"), ("agreements", "show", ACCOUNT), ("creditors", "list"), ("creditors", "show", "1")],
)
def test_tables_are_printed_in_every_language(
    kravbro: Kravbro, words: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    kravbro(*words)
    told = set()
    for language in ("nb", "nn", "en"):
        monkeypatch.setenv("KRAVBRO_LANGUAGE", language)
        assert main([*words, "--dir", str(tmp_path / "site")]) == 0
        told.add(capsys.readouterr().out)

    assert len(told) == 3
