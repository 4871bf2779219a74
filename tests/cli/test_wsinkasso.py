"""`kravbro wsinkasso`: what its commands print, and what they take."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from kravbro.access.logins import login_named
from kravbro.access.messages import Message, keep
from kravbro.access.passwords import fits
from kravbro.cli.main import main
from kravbro.core.acts import Act
from kravbro.db.engines import reading, writing
from kravbro.db.place import Place
from kravbro.ports.identity import Delivered
from tests.books.world import ACT
from tests.web.wsinkasso_api.authority import Authority
from tests.web.wsinkasso_api.served import ready

TYPED = "a password that was typed"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return ready(tmp_path / "place")


def kravbro(capsys: pytest.CaptureFixture[str], place: Place, *arguments: str, exit_code: int = 0) -> str:
    assert main(["wsinkasso", *arguments, "--dir", place.name]) == exit_code
    captured = capsys.readouterr()
    return captured.err if exit_code else captured.out


def as_json(capsys: pytest.CaptureFixture[str], place: Place, *arguments: str) -> Any:
    return json.loads(kravbro(capsys, place, *arguments, "--json"))


def secret_of(place: Place, name: str) -> str:
    with reading(place.open("access")) as connection:
        found = login_named(connection, name)
    assert found
    return found.secret


def test_a_login_is_made_listed_disabled_and_made_again(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert as_json(capsys, place, "login", "list") == {"logins": []}
    made = as_json(capsys, place, "login", "add", "kk2", "--companies", "2, 1,2")
    assert (made["name"], made["companies"]) == ("kk2", [1, 2])
    assert fits(made["password"], secret_of(place, "kk2"))
    assert "login_exists" not in kravbro(capsys, place, "login", "add", "kk2", "--companies", "1", exit_code=2)
    assert as_json(capsys, place, "login", "disable", "kk2", "--because", "an end")["enabled"] is False
    (listed,) = as_json(capsys, place, "login", "list")["logins"]
    assert (listed["name"], listed["enabled"], listed["because"]) == ("kk2", False, "an end")
    shown = kravbro(capsys, place, "login", "add", "kk2", "--companies", "1")
    password = shown.split()[-1]
    assert fits(password, secret_of(place, "kk2"))
    table = kravbro(capsys, place, "login", "list")
    assert "kk2" in table
    assert password not in table
    assert "argon2" not in table


def test_a_password_may_be_typed(
    place: Place, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(TYPED + "\n"))
    made = as_json(capsys, place, "login", "add", "kk2", "--companies", "1", "--password-from-stdin")
    assert "password" not in made
    assert fits(TYPED, secret_of(place, "kk2"))
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    refused = kravbro(capsys, place, "login", "add", "b", "--companies", "1", "--password-from-stdin", exit_code=2)
    assert "16 to 200" in refused


def test_a_certificate_takes_the_place_of_a_password(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pair = Authority(tmp_path).caller("agency")
    made = as_json(capsys, place, "login", "add", "agency", "--companies", "1", "--certificate", str(pair.certificate))
    assert "password" not in made
    assert len(secret_of(place, "agency")) == 64
    assert "BEGIN CERTIFICATE" in kravbro(
        capsys, place, "login", "add", "b", "--companies", "1", "--certificate", str(pair.key), exit_code=2
    )


def test_a_company_that_the_ledger_has_not_is_refused(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    kravbro(capsys, place, "login", "add", "kk2", "--companies", "1,7", exit_code=2)
    assert as_json(capsys, place, "login", "list") == {"logins": []}


def test_messages_are_listed_with_the_newest_last(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert as_json(capsys, place, "messages") == {"messages": []}
    kravbro(capsys, place, "login", "add", "kk2", "--companies", "1")
    with writing(place.open("access")) as connection:
        for number in range(1, 4):
            sent = Message("kk2", f"m-{number}", "LeverBilag", 1, "0" * 64)
            keep(connection, sent, Delivered(number, 0), Act("kk2", ACT.on, ACT.at))
    found = as_json(capsys, place, "messages", "--count", "2")["messages"]
    assert [(one["message"], one["login"], one["new"]) for one in found] == [("m-2", "kk2", 2), ("m-3", "kk2", 3)]
    assert "m-1" in kravbro(capsys, place, "messages")
