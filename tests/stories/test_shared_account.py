"""A municipality's account that serves its plumber too: from the bank's file to both ledgers, and back, to the øre."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kravbro.bootstrap.demo.setting import AT_AGENCY, BANK_ACCOUNTS
from kravbro.bootstrap.demo.world import MUNICIPALITY, PLUMBER
from kravbro.cli.main import main
from tests.bootstrap.inboxes import bank_file
from tests.stories.sites import copy_of, finished

MUNICIPAL = BANK_ACCOUNTS[MUNICIPALITY]
IN_FILES = b"99991042764"
"""The account of the files that the tests write."""


class Day:
    """A clerk's day on one installation."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capsys = capsys

    def does(self, *words: str, exit_code: int = 0) -> Any:
        answer = main([*words, "--dir", str(self.folder), "--json"])
        captured = self.capsys.readouterr()
        assert answer == exit_code, captured.err
        return json.loads(captured.out) if captured.out else captured.err

    def books(self, creditor: int) -> list[Any]:
        """Propose, approve and deliver; answers the vouchers."""
        number = self.does("postings", "propose", str(creditor))["posting"]
        self.does("postings", "approve", str(creditor), str(number))
        self.does("postings", "deliver")
        return list(self.does("postings", "show", str(creditor), str(number))["vouchers"])


@pytest.fixture
def clerk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Day:
    site = copy_of(finished("sqlite"), tmp_path / "site")
    capsys.readouterr()
    return Day(site, capsys)


def test_money_for_the_plumber_on_the_municipalitys_account_reaches_both_ledgers(clerk: Day, tmp_path: Path) -> None:
    inbox = tmp_path / "inn"
    inbox.mkdir()
    for creditor in (MUNICIPALITY, PLUMBER):
        clerk.does("creditors", "intermediate", str(creditor), AT_AGENCY, "--because", "felles konto")
    change = ("agreements", "change", MUNICIPAL, "--serve", str(PLUMBER), "--inbox", str(inbox))
    clerk.does(*change, "--because", "felles konto")
    cases = clerk.does("cases", "list", "--creditor", str(PLUMBER))["cases"]
    case = next(one for one in cases if one["owed_ore"] > 10_000)
    paid, back = date(2026, 11, 19), date(2026, 11, 20)
    (inbox / "1.txt").write_bytes(bank_file(10_000, kid=case["kid"], day=paid).replace(IN_FILES, MUNICIPAL.encode()))
    (inbox / "2.txt").write_bytes(
        bank_file(-10_000, serial=2, kid=case["kid"], day=back).replace(IN_FILES, MUNICIPAL.encode())
    )
    done = clerk.does("payments", "import", "--inbox", "--on", "2026-11-20")
    assert [one["result"]["handed_over"] for one in done["files"]] == [1, 1]

    ours, theirs = clerk.books(MUNICIPALITY), clerk.books(PLUMBER)
    for vouchers, bank_lines in ((ours, 1), (theirs, 0)):
        assert [sum(line["amount_ore"] for line in voucher["lines"]) for voucher in vouchers] == [0, 0]
        assert [sum(line["journal"] is None for line in voucher["lines"]) for voucher in vouchers] == [bank_lines] * 2
    between = [
        line["amount_ore"] for voucher in (*ours, *theirs) for line in voucher["lines"] if line["account"] == AT_AGENCY
    ]
    assert between == [-10_000, 10_000, 10_000, -10_000]
    assert {voucher["state"] for voucher in ours} == {"posted"}
    assert clerk.does("cases", "list", "--creditor", str(PLUMBER))["cases"] == cases
    assert clerk.does("reconcile")["differences"] == []
    assert [one["state"] for one in clerk.does("payments", "import", "--inbox")["files"]] == ["known", "known"]
