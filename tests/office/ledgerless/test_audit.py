"""Whatever is changed, removed or added past the program around a claim without a ledger is named, and nothing else."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kravbro.office import contents
from kravbro.office.dump import dump_office
from kravbro.office.manual.acts import Why
from tests.office.builders import offer, open_desk, payment
from tests.office.ledgerless_acts import credit, end, registered, set_account
from tests.office.manual.acts import post
from tests.office.tampering import Tampering, things
from tests.raw import Refused

NAMES: dict[str, Any] = {
    "registered_claim": lambda row: f"office registered claim {row['number']}",
    "creditor_ledgerless": lambda row: f"office creditor {row['creditor']} settings",
    "adjustment": lambda row: f"office adjustment {row['number']}",
    "manual_act": lambda row: f"office manual act {row['number']}",
    "claim": lambda row: f"office claim {row['id']}",
    "receipt": lambda row: f"office receipt 1-{row['number']}",
    "journal": lambda row: f"office journal {row['number']}",
    "journal_row": lambda row: f"office journal {row['journal']} row {row['row_no']}",
}
CELLS = {
    "registered_claim": contents.REGISTERED_CLAIM[1:],
    "creditor_ledgerless": ("account",),
    "adjustment": tuple(name for name in contents.ADJUSTMENT[1:] if name != "undoes"),
    "manual_act": contents.MANUAL_ACT[1:],
    "claim": ("offer", "entry", "sequence", "principal_ore", "invoice_no", "invoice_date", "due_date", "fees_ore"),
}
COPIES = {
    "registered_claim": {"number": 99, "act": 99, "claim": 99},
    "creditor_ledgerless": {"creditor": 99},
    "claim": {"id": 99, "offer": -99},
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office with a claim of the ledger, and two without: one is credited and paid, the other ended."""
    folder = tmp_path_factory.mktemp("ledgerless")
    desk = open_desk(folder / "office")
    set_account(desk)
    desk.offer(offer(1, 1))
    first = registered(desk)
    second = registered(desk, debtor=1, invoice_no="DOM-18", why=Why("to"))
    credit(desk, first.case, 100_00)
    desk.pay(payment(1, 500_00, first.case_kid))
    end(desk, second.case, claim="DOM-18")
    post(desk)
    desk.engine.dispose()
    return folder / "office"


@pytest.fixture
def tampering(made: Path, tmp_path: Path) -> Tampering:
    return Tampering(made, tmp_path)


def test_it_is_clean_and_dumped(tampering: Tampering) -> None:
    assert tampering.audit() == []
    with tampering.desk.reading() as connection:
        whole = dump_office(connection)
    assert [(row["number"], row["claim"], row["account"]) for row in whole["registered_claims"]] == [
        (1, 2, "1599"),
        (2, 3, "1599"),
    ]
    assert [row["account"] for row in whole["creditors"][0]["ledgerless"]] == ["1599"]


@pytest.mark.parametrize("table", CELLS)
def test_every_changed_cell_is_named_once(tampering: Tampering, table: str) -> None:
    wrong, rows = {}, tampering.rows(table)
    for row in rows:
        for column in CELLS[table]:
            for value in others(row[column]):
                statement = f'UPDATE "{table}" SET "{column}" = ? WHERE rowid = ?'
                try:
                    tampering.change(statement, (value, row["rowid"]))
                except Refused:
                    continue
                found = things(tampering.audit())
                tampering.change(statement, (row[column], row["rowid"]))
                if found != [NAMES[table](row)]:
                    wrong[f"{NAMES[table](row)} {column} = {value}"] = found
    assert wrong == {}


def others(value: object) -> list[object]:
    if isinstance(value, int):
        return [value + 1, -value or 7, 999]
    return [date(2020, 2, 2)] if isinstance(value, date) else ["x"]


@pytest.mark.parametrize("table", ["registered_claim", "creditor_ledgerless", "adjustment", "claim", "journal"])
def test_a_row_that_is_gone_is_named(tampering: Tampering, table: str) -> None:
    wrong = {}
    for row in tampering.rows(table):
        tampering.change(f'DELETE FROM "{table}" WHERE rowid = ?', (row["rowid"],))
        found = things(tampering.audit())
        tampering.insert(table, row)
        if found != [NAMES[table](row)]:
            wrong[NAMES[table](row)] = found
    assert wrong == {}


@pytest.mark.parametrize("table", COPIES)
def test_a_row_that_was_added_is_named(tampering: Tampering, table: str) -> None:
    wrong = {}
    for row in tampering.rows(table):
        copy = {**row, **COPIES[table]}
        del copy["rowid"]
        with tampering.undone(table):
            tampering.insert(table, copy)
            found = things(tampering.audit())
        if found != [NAMES[table](copy)]:
            wrong[NAMES[table](row)] = found
    assert wrong == {}


def test_no_ledger_is_told_of_a_key_that_it_has_not(tampering: Tampering) -> None:
    tampering.change("UPDATE claim SET principal_ore = principal_ore + 1 WHERE id = 2")
    assert [(one.thing, one.entry) for one in tampering.audit()] == [("office claim 2", None)]
