"""`kravbro ledger`: what it prints, and what it makes where there is nothing."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kravbro.cli.main import main
from tests.formats.saft_files import Customer, Ledger, invoice, payment, render

LEDGER = Ledger(
    (Customer("10001", "Ada Aasen"), Customer("K-7", "Birk Lien")),
    (
        invoice("501", "10001", 1_250_00, date(2026, 3, 2), date(2026, 3, 23), "005017"),
        invoice("502", "K-7", 99_99, date(2026, 3, 2), None),
        payment("P1", "10001", 250_00, date(2026, 4, 1), kid="005017"),
    ),
)


def kravbro(capsys: pytest.CaptureFixture[str], *arguments: str, exit_code: int = 0) -> str:
    assert main(list(arguments)) == exit_code
    captured = capsys.readouterr()
    return captured.err if exit_code else captured.out


def import_json(capsys: pytest.CaptureFixture[str], file: Path, folder: Path, company: str = "1") -> Any:
    return json.loads(
        kravbro(capsys, "ledger", "import", str(file), "--dir", str(folder), "--company", company, "--json")
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "ledger.xml"
    path.write_bytes(render(LEDGER))
    return path


def test_an_installation_is_made_and_the_rest_of_the_job_works_on_it(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = tmp_path / "site"
    done = import_json(capsys, file, site)

    assert {name: done[name] for name in ("company", "customers", "invoices", "credit_notes", "payments")} == {
        "company": 1, "customers": 2, "invoices": 2, "credit_notes": 0, "payments": 1,
    }  # fmt: skip
    (unresolved,) = done["unresolved"]
    assert (unresolved["code"], unresolved["customer"], unresolved["record"]) == (
        "import.no_due_date", "K-7", "S 2026 F502/1",
    )  # fmt: skip
    assert "due date" in unresolved["text"]
    assert render(LEDGER).decode().splitlines()[unresolved["line"] - 1].strip() == "<Line>"
    where = ("--dir", str(site), "--on", "2026-11-16", "--json")
    made = json.loads(kravbro(capsys, "proposals", "generate", "1", "--type", "1500", "--code", "PWS", *where))
    assert (made["lines"], made["remaining_ore"]) == (1, 1_000_00)
    kravbro(capsys, "proposals", "approve", "1", "1", "--voucher-type", "OI", *where)
    assert json.loads(kravbro(capsys, "reconcile", *where))["differences"] == []


def test_what_to_do_next_is_told_until_the_office_collects_for_the_company(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ("--dir", str(tmp_path / "site"), "--on", "2026-11-16")
    told = kravbro(capsys, "ledger", "import", str(file), "--company", "1", *where)
    assert "kravbro proposals generate 1 --type TYPE --code CODE. TYPE is one of 1500" in told
    assert "no creditor for company 1" in told
    assert "no creditor" not in kravbro(capsys, "claims", "ready", *where)
    kravbro(capsys, "proposals", "generate", "1", "--type", "1500", "--code", "PWS", *where)
    kravbro(capsys, "proposals", "approve", "1", "1", "--voucher-type", "OI", *where)

    assert json.loads(kravbro(capsys, "claims", "ready", *where, "--json"))["companies_without_creditor"] == [1]
    for verb in ("ready", "transfer"):
        assert "Company 1 has approved claims, but the office has no creditor" in kravbro(
            capsys, "claims", verb, *where
        )


def test_again_is_nothing_and_another_company_is_another(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = tmp_path / "site"
    import_json(capsys, file, site)
    before = kravbro(capsys, "db", "dump", "--dir", str(site))
    again = import_json(capsys, file, site)
    assert (again["customers"], again["invoices"], again["payments"], again["known"]) == (0, 0, 0, 3)
    assert kravbro(capsys, "db", "dump", "--dir", str(site)) == before
    second = import_json(capsys, file, site, "2")
    assert second["invoices"] == 2
    dumped = json.loads(kravbro(capsys, "db", "dump", "--dir", str(site)))["ledger"]["companies"]
    assert dumped["1"]["imported_line"] == dumped["2"]["imported_line"]


def test_customers_are_listed_under_both_numbers(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = tmp_path / "site"
    person = "30108299939"
    file.write_bytes(render(replace(LEDGER, customers=(*LEDGER.customers, Customer(person)))))
    import_json(capsys, file, site)
    where = ("ledger", "customers", "--company", "1", "--dir", str(site))
    listed = json.loads(kravbro(capsys, *where, "--json"))

    assert [(one["number"], one["source_id"], one["balance_ore"]) for one in listed["customers"]] == [
        (10_001, "10001", 1_000_00),
        (1_900_000_001, "K-7", 99_99),
        (1_900_000_002, "301082*****", 0),
    ]
    assert person not in kravbro(capsys, *where)


def test_what_is_refused_makes_nothing(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site = tmp_path / "site"
    file.write_bytes(render(LEDGER)[:-200])
    said = kravbro(capsys, "ledger", "import", str(file), "--dir", str(site), "--company", "1", exit_code=2)

    assert "line" in said
    assert not site.exists()


def test_a_company_of_a_table_gets_the_name_that_it_is_given(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "items.csv"
    file.write_text("customer,type,number,date,amount,due_date\n1,invoice,501,2026-03-02,100.00,2026-03-23\n", "utf-8")
    shown = kravbro(
        capsys, "ledger", "import", str(file), "--dir", str(tmp_path / "site"), "--company", "7", "--name", "Testvik"
    )

    assert "items.csv" in shown


def test_an_import_that_was_killed_before_the_company_was_listed_goes_on(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = tmp_path / "site"
    import_json(capsys, file, site)
    before = kravbro(capsys, "db", "dump", "--dir", str(site))
    with sqlite3.connect(site / "system.db") as system:
        assert system.execute("DELETE FROM company").rowcount == 1
    again = import_json(capsys, file, site)

    assert (again["known"], again["invoices"]) == (3, 0)
    assert kravbro(capsys, "db", "dump", "--dir", str(site)) == before
