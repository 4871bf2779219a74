"""Claims without a ledger as a case handler works with them at the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from kravbro.bootstrap.demo.people import synthetic_identity_number
from kravbro.cli.failure import REFUSED
from kravbro.cli.main import main
from tests.cli.test_manual_work import ON, WHY, Program
from tests.stories.sites import copy_of, finished_demo

REGISTER = (
    "claims", "register", "1 000,00", "--creditor", "1", "--type", "KOMAVG", "--due", "2026-08-01", "--invoice",
    "DOM-17", "--document", "17-042TVI", "--letter", "notice:2026-08-20:2026-09-10:35,00", *WHY, *ON,
)  # fmt: skip
NAMED = (
    "--name", "Per Hansen", "--identity-number", synthetic_identity_number(7), "--address", "Gata 2", "--postcode",
    "2040", "--town", "Kløfta",
)  # fmt: skip


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return finished_demo(tmp_path_factory.mktemp("cli") / "site")


@pytest.fixture
def kravbro(template: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Program:
    return Program(copy_of(template, tmp_path / "site"), capsys)


def test_one_is_registered_listed_credited_ended_and_reconciled(kravbro: Program) -> None:
    before = kravbro.json("reconcile", *ON)
    kravbro.json("creditors", "ledgerless", "1", "1590", "--because", "revisor")
    assert kravbro.json("creditors", "show", "1")["ledgerless_account"] == "1590"
    printed = kravbro.text(*REGISTER, *NAMED)
    assert ("DOM-17" in printed, "1590" in printed) == (True, True)
    done = kravbro.json(*REGISTER, *NAMED)
    assert (done["new"], done["principal_ore"], done["warnings"]) == (False, 1_000_00, [])
    assert "nothing was done now" in kravbro.text(*REGISTER, *NAMED)
    case = done["case"]
    (listed,) = kravbro.json("claims", "registered", "--creditor", "1")["claims"]
    assert (listed["document"], listed["case"], listed["left_ore"]) == ("17-042TVI", case, 1_000_00)
    assert "17-042TVI" in kravbro.text("claims", "registered")
    assert "credit note by hand" in kravbro.text("claims", "credit", case, "100", *WHY, *ON)
    ended = kravbro.json("claims", "end", case, *WHY, *ON)
    explained = kravbro.text("cases", "statement", case, "--explain", *ON)
    assert all(word in explained for word in ("Credited by hand", "Principal given up"))
    kravbro.text("cases", "undo", str(ended["act"]), "--because", "feil", *ON)
    assert "claim ended" in kravbro.text("cases", "adjustments", case)
    after = kravbro.json("reconcile", *ON)
    (told,) = after.pop("without_ledger")
    assert (told["company"], told["claim"]["left_ore"], told["claim"]["state"]) == (1, 900_00, "registered")
    assert after == {name: value for name, value in before.items() if name != "without_ledger"}
    assert "Claims without a ledger" in kravbro.text("reconcile", *ON)


def test_a_refusal_tells_every_reason_and_keeps_nothing(kravbro: Program) -> None:
    kravbro.json("creditors", "ledgerless", "1", "1590", "--because", "revisor")
    assert main([*REGISTER, "--name", "Per Hansen", "--dir", str(kravbro.folder)]) == REFUSED
    refused = kravbro.capsys.readouterr().out
    told = [word in refused for word in ("is not registered", "postcode", "identity number")]
    assert told == [True, True, True]
    assert kravbro.json("claims", "registered")["claims"] == []
