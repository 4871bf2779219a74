"""Conversion beside a ledger that is not ours, by commands: what was handed over, refused names, and older copies."""

from __future__ import annotations

import shutil
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kravbro.core.claims import TransactionKind
from tests.cli.test_foreign_ledger import Kravbro, connected, erp, kravbro, where
from tests.mirror.erp import TODAY, SmallErp

__all__ = ["connected", "erp", "kravbro", "where"]
CUT_OFF = TODAY - timedelta(days=10)
ON = ("--on", str(TODAY))
DIFFERENCES, FAULT = 1, 70
"""Exit codes: a reconciliation that finds something, and a fault of the program's own."""
WHY = ("--because", "list of the former supplier")
HEAD = "case_number,customer,invoice_no,invoice_date,due_date,principal,paid_principal\n"


def handed_over(erp: SmallErp, kravbro: Kravbro, folder: Path) -> int:
    """An invoice that a person says was handed over, with its older case."""
    entry = erp.invoice(1, 1_000_00)
    kravbro("items", "transferred", "1", f"S{entry}=K-1", *WHY, *ON)
    file = folder / "cases.csv"
    file.write_text(f"{HEAD}K-1,1,S{entry},2026-01-01,2026-01-15,1000.00,0\n", encoding="utf-8")
    kravbro("cases", "import", str(file), "--creditor", "1", *ON)
    return entry


def convert(kravbro: Kravbro, *more: str, exit_code: int = 0) -> Any:
    words = ("claims", "convert", "--creditor", "1", "--cut-off", str(CUT_OFF), *WHY, *ON, *more)
    return kravbro(*words, exit_code=exit_code)


def told(kravbro: Kravbro) -> int:
    """How many transactions were new."""
    streams = kravbro("transactions", "fetch", *ON)["streams"]
    return sum(one["new"] for one in streams if one["stream"] == "transactions")


def test_items_are_named_by_invoice_or_entry_and_marks_are_taken_off(connected: Kravbro, erp: SmallErp) -> None:
    one, two = erp.invoice(1, 1_000_00), erp.invoice(2, 1_000_00)
    marked = connected("items", "transferred", "1", f"S{one}=K-1", f"#{two}", *WHY, *ON)
    again = connected("items", "transferred", "1", f"S{one}=K-1", f"#{two}", *WHY, *ON)
    assert ((marked["items"], marked["new"]), (again["items"], again["new"])) == ((2, 2), (2, 0))
    assert connected("items", "not-transferred", "1", f"S{two}", *WHY, *ON) == {"company": 1, "entry": two}
    found = connected("claims", "match", "--creditor", "1", "--cut-off", str(CUT_OFF), *ON)
    assert [item["entry"] for item in found["missing_in_collector"]] == [one]
    assert "S77" in connected("items", "transferred", "1", f"S{one}", "S77", *WHY, *ON, exit_code=2)
    assert "#77" in connected("items", "transferred", "1", "#77", *WHY, *ON, exit_code=2)


@pytest.mark.parametrize("kind", ["sqlite"])
def test_case_numbers_alone_are_shown_on_what_matched(connected: Kravbro, erp: SmallErp, tmp_path: Path) -> None:
    entry = erp.invoice(1, 1_000_00)
    erp.run("UPDATE item SET mark = 'elsewhere'")
    file = tmp_path / "cases.csv"
    file.write_text(f"{HEAD}K-1,1,S{entry},2026-01-01,2026-01-15,1000.00,0\n", encoding="utf-8")
    connected("cases", "import", str(file), "--creditor", "1", *ON)
    words = ("claims", "match", "--creditor", "1", "--cut-off", str(CUT_OFF), "--write-numbers", *WHY, *ON)
    numbers = [connected(*words)["numbers"] for _ in range(2)]
    assert numbers == [{"new": 1, "known": 0}, {"new": 0, "known": 1}]
    with erp.work() as connection:
        assert connection.execute("SELECT mark FROM item").fetchone()["mark"] == "accepted K-1"


@pytest.mark.parametrize("kind", ["sqlite"])
def test_what_was_joined_is_carried_by_the_next_transfer(
    connected: Kravbro, erp: SmallErp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed_over(erp, connected, tmp_path)
    with monkeypatch.context() as broken:
        broken.setattr("kravbro.collectors.office.collector.adopt_cases", lambda *_: 1 / 0)
        convert(connected, exit_code=FAULT)
    assert connected("cases", "list")["cases"] == []
    streams = connected("claims", "transfer", *ON)["streams"]
    assert [(one["stream"], one["new"]) for one in streams if one["stream"] == "adoptions"] == [("adoptions", 1)]
    assert [one["number"] for one in connected("cases", "list")["cases"]] == ["K-1"]
    assert connected("reconcile", *ON)["differences"] == []


def kept(where: str, copy: Path) -> None:
    """The mirror as it is now."""
    copy.unlink(missing_ok=True)
    with sqlite3.connect(Path(where) / "mirror.db") as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))
    connection.close()


def put_back(where: str, copy: Path) -> None:
    """The mirror of that moment instead of what is there."""
    for file in Path(where).glob("mirror.db*"):
        file.unlink()
    shutil.copy(copy, Path(where) / "mirror.db")


@pytest.mark.parametrize("kind", ["sqlite"])  # a schema cannot be put back alone from a copy of a file
def test_a_mirror_put_back_from_before_payments_tells_each_once(
    connected: Kravbro, erp: SmallErp, tmp_path: Path, where: str
) -> None:
    """One payment is in the older case, and one of the same sum is not; both were seen, and forgotten."""
    entry = handed_over(erp, connected, tmp_path)
    convert(connected)
    kept(where, tmp_path / "older.db")
    erp.settle(entry, -70_00, TransactionKind.PAYMENT, CUT_OFF - timedelta(days=1))
    erp.settle(entry, -70_00, TransactionKind.PAYMENT, CUT_OFF)
    assert told(connected) == 1
    before = connected("reconcile", *ON, exit_code=DIFFERENCES)["differences"]
    assert [one["kind"] for one in before] == ["opening_differs"], "the case does not have what was booked late"
    put_back(where, tmp_path / "older.db")
    connected("db", "adopt", "--because", "the disk broke", *ON)
    assert told(connected) == 0
    assert connected("reconcile", *ON, exit_code=DIFFERENCES)["differences"] == before
    assert connected("db", "verify", *ON)["faults"] == []


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_mirror_put_back_from_before_the_conversion_makes_no_second_claim(
    connected: Kravbro, erp: SmallErp, tmp_path: Path, where: str
) -> None:
    handed_over(erp, connected, tmp_path)
    kept(where, tmp_path / "older.db")
    convert(connected)
    put_back(where, tmp_path / "older.db")
    connected("db", "adopt", "--because", "the disk broke", *ON)
    done = convert(connected, "--make-cases")
    connected("claims", "transfer", *ON)
    assert (done["joined"], done["offered"]) == (0, 1)
    assert [one["number"] for one in connected("cases", "list")["cases"]] == ["K-1"], "the office has the claim"
    found = connected("reconcile", *ON, exit_code=DIFFERENCES)["differences"]
    assert {one["kind"] for one in found} == {"claim_missing_in_ledger", "receipt_missing_in_ledger"}
