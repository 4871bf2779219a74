"""`kravbro secret`: set from standard input, listed by where it comes from, removed; never shown."""

from __future__ import annotations

import io
import json
import sys

import pytest

from kravbro.cli.main import main
from tests.keyrings import KeyringInMemory, keyring_of

NAME = "KRAVBRO_TRYTON_PASSWORD"


def place_of(capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["secret", "list", "--json"]) == 0
    (place,) = [one["place"] for one in json.loads(capsys.readouterr().out)["secrets"] if one["name"] == NAME]
    return str(place)


def test_a_password_is_set_listed_and_removed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(NAME, raising=False)
    monkeypatch.setattr(sys, "stdin", io.StringIO("hemmelig-1\n"))
    with keyring_of(KeyringInMemory) as ring:
        assert main(["secret", "set", NAME]) == 0
        assert ring.get_password("kravbro", NAME) == "hemmelig-1"
        assert "hemmelig-1" not in capsys.readouterr().out
        assert place_of(capsys) == "keyring"
        assert main(["secret", "list"]) == 0
        assert "hemmelig-1" not in capsys.readouterr().out
        assert [main(["secret", "remove", NAME]) for _ in range(2)] == [0, 0]
        capsys.readouterr()
        assert place_of(capsys) == ""


def test_a_password_is_no_argument(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["secret", "set", NAME, "hemmelig-1"]) == 2
    assert "hemmelig-1" not in capsys.readouterr().out
