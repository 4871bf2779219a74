"""An installation beside a living Tryton, by commands alone: connected, set up, worked with, and reconciled."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kravbro.cli.main import main
from kravbro.core.claims import TransactionKind
from kravbro.ledgers.tryton import queries, trial_work
from tests.ledgers.tryton.acting import Clerk
from tests.ledgers.tryton.living import COMPANY, PASSWORD, Tryton, today

SETUP = """
format = 1
[workflows]
EGEN = { name = "Egeninkasso", starts_after_notice = false }
[creditors.1]
name = "Testvik kommune"
organisation_number = "310007013"
company = 1
minimum_ore = 10000
[creditors.1.accounts]
money = "1920"
interest = "8050"
fee = "8050"
cost = "3000"
interim = "2990"
refund = "2980"
[creditors.1.sub_ledgers]
1500 = { receivable_account = "1500", workflow = "EGEN" }
[agreements.15030012345]
name = "Innbetaling"
holder = 1
creditors = [1]
structures = ["11,mod10,case", "12,mod10,invoice"]
"""
Kravbro = Callable[..., Any]


@pytest.fixture
def kravbro(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Kravbro:
    """Run a command on one installation; its JSON."""
    monkeypatch.setenv("KRAVBRO_TRYTON_PASSWORD", PASSWORD)

    def run(*arguments: str, on: bool = True, exit_code: int = 0) -> Any:
        dated = ["--on", today().isoformat()] if on else []
        answer = main([*arguments, *dated, "--dir", str(tmp_path / "site"), "--json"])
        captured = capsys.readouterr()
        assert answer == exit_code, captured.err
        return json.loads(captured.out) if captured.out else captured.err

    return run


def test_a_day_beside_tryton(kravbro: Kravbro, tryton: Tryton, clerk: Clerk, tmp_path: Path) -> None:
    kravbro("ledger", "connect", "tryton", tryton.address)
    (tmp_path / "setup.toml").write_text(SETUP)
    kravbro("setup", "apply", str(tmp_path / "setup.toml"), "--because", "begins")
    paid, kept = clerk.invoice(1_000_00), clerk.invoice(2_000_00)
    for one in (paid, kept):
        clerk.offer(one.entry)

    kravbro("claims", "transfer")
    cases = {one["customer_no"]: one["number"] for one in kravbro("cases", "list", on=False)["cases"]}
    clerk.book(TransactionKind.PAYMENT, kept.entry, -250_00, today() - timedelta(3))
    kravbro("transactions", "fetch")
    case_number = cases[paid.customer_no]
    words = ["--creditor", "1", "--how", "cash", "--because", "in the office", "--case", case_number]
    kravbro("payments", "register", "1000,00", *words)
    proposal = kravbro("postings", "propose", "1")
    kravbro("postings", "approve", "1", str(proposal["posting"]))
    kravbro("postings", "deliver")
    kravbro("transactions", "fetch")

    assert kravbro("reconcile")["differences"] == []
    assert kravbro("db", "verify")["faults"] == []
    (invoice,) = clerk.client.rows("account.invoice", [["move.lines", "in", [paid.entry]]], ["state"], company=COMPANY)
    assert invoice["state"] == "paid"
    (dunning,) = queries.dunnings_of(clerk.client, COMPANY, [paid.entry])
    notes = clerk.client.rows("ir.note", [["resource", "=", f"account.dunning,{dunning['id']}"]], ["message"])
    assert case_number in notes[0]["message"]
    assert "betalt" in notes[-1]["message"]
    trial_work.unblock(clerk.client, clerk.chart, [kept.entry])
    kravbro("transactions", "fetch")
    assert kravbro("reconcile")["differences"] == []


def test_a_tryton_that_lacks_its_journal_is_not_connected(kravbro: Kravbro, tryton: Tryton) -> None:
    told = kravbro("ledger", "connect", "tryton", f"{tryton.address}&journal=MANGLER", exit_code=1)

    assert [one["thing"] for one in told["lacks"]] == ["MANGLER"]
    assert "MANGLER" in told["lacks"][0]["cure"]
