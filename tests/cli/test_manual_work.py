"""Manual work as a case handler does it at the command line: what is printed, the JSON, and once more to be sure."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kravbro.bootstrap.demo import setting
from kravbro.cli.main import main
from kravbro.formats import pain001
from tests.stories.sites import copy_of, finished

ON = ("--on", "2026-11-20")
WHY = ("--because", "kunden ringte")


@pytest.fixture(scope="module")
def template() -> Path:
    return Path(finished("sqlite"))


class Program:
    """The program on one installation."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capsys = capsys

    def text(self, *words: str, exit_code: int = 0) -> str:
        assert main([*words, "--dir", str(self.folder)]) == exit_code, self.capsys.readouterr().err
        captured = self.capsys.readouterr()
        return captured.out if exit_code == 0 else captured.err

    def json(self, *words: str) -> Any:
        return json.loads(self.text(*words, "--json"))


@pytest.fixture
def kravbro(template: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Program:
    return Program(copy_of(template, tmp_path / "site"), capsys)


@pytest.fixture
def cases(kravbro: Program) -> tuple[str, str]:
    """Two cases of the first creditor that owe something."""
    owing = kravbro.json("cases", "list", "--creditor", "1", "--state", "registered")["cases"]
    first, second = [one["number"] for one in owing if one["owed_ore"] > 20_000][:2]
    return first, second


def test_cash_is_registered_once_and_booked(kravbro: Program, cases: tuple[str, str]) -> None:
    register = ("payments", "register", "150,50", "--creditor", "1", "--how", "cash", "--case", cases[0], *WHY, *ON)
    printed = kravbro.text(*register)
    assert ("150,50" in printed, "What the money covered" in printed) == (True, True)
    again = kravbro.json(*register)
    assert (again["new"], again["amount_ore"]) == (False, 15_050)
    assert "nothing was done now" in kravbro.text(*register)
    number = kravbro.json("postings", "regenerate", "1", *ON)["posting"]
    vouchers = kravbro.json("postings", "show", "1", str(number))["vouchers"]
    (mine,) = [one for one in vouchers if one["text"] == f"Manuell innbetaling {again['payment']}"]
    assert mine["lines"][0]["amount_ore"] == 15_050
    newest = kravbro.json("payments", "list", "--creditor", "1", "--after", str(again["payment"] - 1))["payments"]
    assert [(one["number"], one["file"], one["amount_ore"]) for one in newest] == [(again["payment"], "", 15_050)]


def test_an_account_that_the_ledger_would_reject_is_refused_where_it_is_typed(
    kravbro: Program, cases: tuple[str, str]
) -> None:
    register = ("payments", "register", "100", "--creditor", "1", "--how", "cash", "--case", cases[0], *WHY, *ON)
    before = kravbro.text("db", "dump")
    for account, because in (("9999", "not in the books"), (setting.RECEIVABLES, "needs a customer")):
        assert because in kravbro.text(*register, "--account", account, exit_code=2)
        for setting_of in ("ledgerless", "costs", "intermediate"):
            assert because in kravbro.text("creditors", setting_of, "1", account, *WHY, *ON, exit_code=2)
    assert kravbro.text("db", "dump") == before
    assert kravbro.json(*register, "--account", setting.REFUNDS)["new"]


def test_money_that_covers_nothing_is_said_to_belong_to_the_debtor(kravbro: Program) -> None:
    (closed, *_) = kravbro.json("cases", "list", "--creditor", "1", "--state", "closed")["cases"]
    register = ("payments", "register", "10,50", "--creditor", "1", "--how", "cash", "--case", closed["number"])
    assert "belongs to the debtor: 10,50 kr" in kravbro.text(*register, *WHY, *ON)


def test_what_the_ledger_books_itself_is_listed_until_it_tells(kravbro: Program, cases: tuple[str, str]) -> None:
    register = ("payments", "register", "100", "--creditor", "1", "--how", "direct", "--case", cases[0], "--not-posted")
    done = kravbro.json(*register, *WHY, *ON)
    (awaited,) = kravbro.json("payments", "outside")["outside"]
    assert (awaited["case"], awaited["amount_ore"]) == (cases[0], sum(one["amount_ore"] for one in done["shares"]))
    assert cases[0] in kravbro.text("payments", "outside")
    result = kravbro.json("reconcile")
    assert (result["differences"], result["in_transit_ore"]) == ([], awaited["amount_ore"])
    set_off = [word.replace("direct", "set_off") for word in register]
    assert "cannot be told from" in kravbro.text(*set_off, *WHY, *ON, exit_code=2)


def test_a_payment_is_moved_and_taken_back(kravbro: Program, cases: tuple[str, str]) -> None:
    register = ("payments", "register", "200", "--creditor", "1", "--how", "cash", "--case", cases[0], *WHY, *ON)
    payment = str(kravbro.json(*register)["payment"])
    moved = kravbro.json("payments", "move", payment, cases[1], "--amount", "50", *WHY, *ON)
    assert (moved["source"], moved["target"], moved["amount_ore"]) == (*cases, 5_000)
    assert "was done on 2026-11-20" in kravbro.text("payments", "move", payment, cases[1], "--amount", "50", *WHY, *ON)
    printed = kravbro.text("payments", "reverse", payment, "--why", "mistaken", *WHY, *ON)
    assert f"Payment {payment} of 200,00 kr is taken back" in printed
    lines = kravbro.json("cases", "statement", cases[1], *ON)["lines"]
    assert sum(one["amount_ore"] for one in lines if one["kind"] in {"move", "taken_back"}) == 0
    assert kravbro.json("reconcile")["differences"] == []


def test_unplaced_money_is_paid_back_by_a_file_that_is_written_twice(kravbro: Program, tmp_path: Path) -> None:
    unplaced = kravbro.json("payments", "unplaced", "--creditor", "1")["unplaced"]
    payment = next(one for one in unplaced if one["amount_ore"] > 0)
    add = ("refunds", "add", str(payment["payment"]), "--to", "8601.11.17947", "--name", "Kari Nordmann", *WHY, *ON)
    before = kravbro.text("db", "dump")
    assert "not in the books" in kravbro.text(*add, "--account", "9999", exit_code=2)
    assert kravbro.text("db", "dump") == before
    assert "goes out in the next file" in kravbro.text(*add)
    assert kravbro.json(*add)["new"] is False
    out, again = tmp_path / "refunds.xml", tmp_path / "again.xml"
    bank = ("--creditor", "1", "--from", setting.BANK_ACCOUNTS[1], "--bic", "DNBANOKK", *ON)
    written = kravbro.json("refunds", "write", str(out), *bank)
    assert (written["refunds"], written["sum_ore"]) == (1, payment["amount_ore"])
    assert "no refunds that are in no file" in kravbro.text("refunds", "write", str(again), *bank, exit_code=1)
    kravbro.text("refunds", "rewrite", str(written["file"]), str(again))
    assert again.read_bytes() == out.read_bytes()
    assert pain001.parse(out.read_bytes(), "refunds.xml").total_ore == payment["amount_ore"]
    (listed,) = kravbro.json("refunds", "list")["refunds"]
    assert (listed["account"], listed["file"], listed["cancelled"]) == ("*17947", written["file"], False)
    assert "in file" in kravbro.text("refunds", "list")
    assert "is in file" in kravbro.text("refunds", "cancel", str(listed["number"]), *WHY, *ON, exit_code=1)


def test_a_proposal_is_corrected_and_says_so(kravbro: Program, cases: tuple[str, str]) -> None:
    register = ("payments", "register", "60", "--creditor", "1", "--how", "cash", "--case", cases[0], *WHY, *ON)
    payment = kravbro.json(*register)["payment"]
    number = str(kravbro.json("postings", "propose", "1", *ON)["posting"])
    mine = f"Manuell innbetaling {payment}"
    shown = kravbro.json("postings", "show", "1", number)["vouchers"]
    voucher = str(next(one["ordinal"] for one in shown if one["text"] == mine))
    done = kravbro.json("postings", "change", "1", number, voucher, "2", "--text", "rettet tekst", *WHY, *ON)
    assert [one["value"] for one in done["kept"]] == ["rettet tekst"]
    assert "is made anew" in kravbro.text("postings", "date", "1", number, voucher, "2026-11-30", *WHY, *ON)
    printed = kravbro.text("postings", "show", "1", number)
    assert ("rettet tekst" in printed, "kunden ringte" in printed, "2026-11-30" in printed) == (True, True, True)
    assert [one["field"] for one in kravbro.json("postings", "regenerate", "1", *ON)["kept"]] == ["text", "dated"]
    assert "--as-coded" in kravbro.text("postings", "change", "1", number, voucher, "2", *WHY, *ON, exit_code=2)
    kravbro.text("postings", "change", "1", number, voucher, "2", "--as-coded", *WHY, *ON)
    assert [one["field"] for one in kravbro.json("postings", "regenerate", "1", *ON)["kept"]] == ["dated"]


def test_a_voucher_that_was_deleted_is_listed_and_delivered_again(kravbro: Program, cases: tuple[str, str]) -> None:
    case = kravbro.json("cases", "list", "--creditor", "2", "--state", "registered")["cases"][0]["number"]
    kravbro.text("payments", "register", "60", "--creditor", "2", "--how", "cash", "--case", case, *WHY, *ON)
    number = str(kravbro.json("postings", "propose", "2", *ON)["posting"])
    kravbro.text("postings", "approve", "2", number, *ON)
    (key,) = [one["key"] for one in kravbro.json("postings", "show", "2", number)["vouchers"]]
    again = ("vouchers", "redeliver", key, *WHY, *ON)
    assert "has not been sent yet" in kravbro.text(*again, "--missing", exit_code=1)
    kravbro.text("postings", "deliver", *ON)
    assert "The ledger has voucher" in kravbro.text(*again, "--missing", exit_code=1)
    (draft,) = kravbro.json("vouchers", "list", "2", "--registrar", "WS-Inf", "--state", "draft")["vouchers"]
    kravbro.text("vouchers", "delete", "2", str(draft["id"]), *ON)
    kravbro.text("postings", "deliver", *ON)
    (waits,) = kravbro.json("vouchers", "waiting", *ON)["vouchers"]
    assert (waits["key"], waits["state"]) == (key, "deleted")
    assert key in kravbro.text("vouchers", "waiting", *ON)
    done = kravbro.json(*again)
    assert (done["new"], done["replaces"]) == (True, key)
    assert "nothing was done now" in kravbro.text(*again)
    kravbro.text("postings", "deliver", *ON)
    (draft,) = kravbro.json("vouchers", "list", "2", "--registrar", "WS-Inf", "--state", "draft")["vouchers"]
    kravbro.text("vouchers", "post", "2", str(draft["id"]), *ON)
    kravbro.text("postings", "deliver", *ON)
    assert kravbro.json("reconcile")["differences"] == []
    assert cases
