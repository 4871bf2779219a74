"""`kravbro kid` from outside: what it prints where, and its exit codes."""

from __future__ import annotations

import json

import pytest

from kravbro.cli.main import main


def test_make_prints_the_kid(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["kid", "make", "12345678", "--method", "mod10"]) == 0
    assert main(["kid", "make", "12345678", "--method", "mod11"]) == 0
    assert capsys.readouterr() == ("123456782\n123456785\n", "")


def test_make_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["kid", "make", "00001234", "--method", "mod10", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"payload": "00001234", "method": "mod10", "kid": "000012344"}


@pytest.mark.parametrize("payload", ["12", "1" * 25, "12A4", "-123", "1234²"])
def test_make_refuses_a_payload_that_cannot_be_issued(payload: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["kid", "make", payload, "--method", "mod10"]) == 2
    printed, told = capsys.readouterr()
    assert printed == ""
    assert payload in told


def test_check_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["kid", "check", "1234 5678 2", "--method", "mod10"]) == 0
    assert capsys.readouterr() == ("123456782 is valid under MOD10.\n", "")


def test_check_says_why_not_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["kid", "check", "123456783", "--method", "mod10"]) == 1
    printed, told = capsys.readouterr()
    assert printed == ""
    assert told.startswith("kravbro: 123456783 is not valid under MOD10: its last character must be 2.")


@pytest.mark.parametrize(
    ("kid", "method", "exit_code", "fault"),
    [
        ("6-", "mod11", 0, None),
        ("6-", "mod10", 1, "identifiers.kid.check_digit"),
        ("66", "mod11", 1, "identifiers.kid.check_digit"),
        ("1", "mod10", 1, "identifiers.kid.length"),
        ("12X", "mod10", 1, "identifiers.kid.not_digits"),
    ],
)
def test_check_as_json(
    kid: str, method: str, exit_code: int, fault: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["kid", "check", kid, "--method", method, "--json"]) == exit_code
    printed, told = capsys.readouterr()
    assert json.loads(printed) == {"kid": kid, "method": method, "valid": exit_code == 0, "fault": fault}
    assert (told == "") == (exit_code == 0)


@pytest.mark.parametrize(
    "arguments",
    [
        ["kid", "make", "1234"],
        ["kid", "make", "1234", "--method", "mod97"],
        ["kid", "mint"],
        ["kid", "check"],
        ["nothing"],
    ],
)
def test_bad_usage_is_exit_code_2_in_one_line(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    printed, told = capsys.readouterr()
    assert printed == ""
    assert told.startswith("kravbro: ")
    assert told.count("\n") == 1


def test_zeros_are_never_issued(capsys: pytest.CaptureFixture[str]) -> None:
    for method in ("mod10", "mod11"):
        assert main(["kid", "make", "00000", "--method", method]) == 2
        printed, told = capsys.readouterr()
        assert printed == ""
        assert told.startswith("kravbro: 000000 is zeros alone")


def test_a_kid_is_named_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["kid", "check", "abc", "--method", "mod10"]) == 1
    assert '"abc"' in capsys.readouterr().err


def test_messages_come_in_the_language_of_the_user(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KRAVBRO_LANGUAGE", "nn")
    assert main(["kid", "check", "123456783", "--method", "mod10"]) == 1
    assert "er ikkje gyldig" in capsys.readouterr().err
