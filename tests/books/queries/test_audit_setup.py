"""Every row and column of a company's set-up is held against its history: altered past the program, it is named."""

from __future__ import annotations

import pytest

from kravbro.books.setup_history import KEPT, Kept
from kravbro.core.movements import Discrepancy
from tests.books.copies import Copy

COLUMNS = [(kept, item) for kept in KEPT for item in kept.items]
DOUBLED = {
    "account": {"number": "9999"},
    "number_series": {"code": "X"},
    "voucher_type": {"code": "X"},
    "dunning_code": {"code": "X"},
    "sub_ledger_type": {"code": "X"},
    "dunning_routine": {"sub_ledger_type": "BHG"},
}


def other(kept: Kept, item: str) -> str:
    """Another value of the column's own type, and a code that is known."""
    kind = str(kept.table.c[item].type)
    if item == "meaning":
        return "'correction'"
    return (
        f"NOT {item}" if kind == "BOOLEAN" else f"{item} + 1" if kind == "INTEGER" else f"substr('1' || {item}, 1, 9)"
    )


@pytest.mark.parametrize(("kept", "item"), COLUMNS, ids=[f"{kept.table.name}.{item}" for kept, item in COLUMNS])
def test_an_altered_column_is_named_once(books: Copy, kept: Kept, item: str) -> None:
    row = books.raw.rows(kept.table.name)[-1]
    books.tamper(f"UPDATE {kept.table.name} SET {item} = {other(kept, item)} WHERE rowid = {row['rowid']}")

    assert books.findings() == [Discrepancy(f"ledger {kept.subject(row)}", "content", 0, 0)]


@pytest.mark.parametrize("kept", KEPT, ids=[kept.table.name for kept in KEPT])
def test_a_row_that_is_gone_is_named_once(books: Copy, kept: Kept) -> None:
    for row in books.raw.rows(kept.table.name):
        books.tamper(f"DELETE FROM {kept.table.name} WHERE rowid = {row['rowid']}")
        assert books.findings() == [Discrepancy(f"ledger {kept.subject(row)}", "missing", 0, 0)]
        books.raw.insert(kept.table.name, row)
    assert books.findings() == []


@pytest.mark.parametrize("table", DOUBLED)
def test_a_row_that_somebody_added_is_named_once(books: Copy, table: str) -> None:
    row = books.raw.rows(table)[0]
    del row["rowid"]
    books.raw.insert(table, row | DOUBLED[table])
    (found,) = books.findings()

    assert (found.kind, found.thing.startswith("ledger ")) == ("unknown", True)


def test_a_change_of_the_history_itself_is_named(books: Copy) -> None:
    books.tamper("UPDATE setup_change SET because = 'later' WHERE number = 3")
    assert books.findings() == [Discrepancy("ledger setup change 3", "content", 0, 0)]
