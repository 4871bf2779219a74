"""Every column of a row that the ledger wrote is held against something: altered past the program, it is named once."""

from __future__ import annotations

import pytest

from kravbro.books import tables
from tests.books.copies import Copy

THINGS = {
    "voucher": "ledger voucher {id}",
    "voucher_line": "ledger voucher {voucher}",
    "entry": "ledger entry {number}",
    "booking": "ledger booking {number}",
    "letter": "ledger entry {entry} letter {letter_no}",
    "offer_receipt": "ledger offer {offer} receipt",
    "claim_transaction": "ledger transaction {number}",
    "voucher_event": "ledger voucher event {number}",
}
NOT_HELD = {
    "entry": {"exempt_from_dunning", "exempt_from_collection", "actor"},
    "offer_receipt": {"actor"},
    "claim_transaction": {"actor"},
    "voucher_event": {"happened_on", "actor"},
}
"""What people may change, what only the other side knows, and who wrote a row that has no seal."""
ONLY_BY_HAND = {"request_id", "actor"}
"""Of bookings only those made by hand have these under seal."""
COLUMNS = [
    (table, column.name)
    for table in THINGS
    for column in tables.company_books.tables[table].columns
    if column.name not in {"written_at", *NOT_HELD.get(table, ())}
    and (table, column.name) != ("voucher_line", "line_no")
    and not (column.primary_key and table != "letter")
]


def samples(books: Copy, table: str, column: str) -> list[dict[str, object]]:
    """The first, the middle and the last row."""
    rows = books.raw.rows(table, "seal IS NOT NULL" if table == "booking" and column in ONLY_BY_HAND else "1 = 1")
    return [rows[place] for place in sorted({0, len(rows) // 2, len(rows) - 1})]


def altered(table: str, column: str) -> str:
    """Another value for a column, of its own type."""
    kind = str(tables.company_books.tables[table].c[column].type)
    if kind == "DATE":
        return "'2020-02-02'"
    if kind == "BOOLEAN":
        return f"NOT {column}"
    if kind.startswith(("VARCHAR", "TEXT")):
        longest = getattr(tables.company_books.tables[table].c[column].type, "length", None) or 1_000
        return f"substr('1' || coalesce({column}, ''), 1, {longest})"
    return f"coalesce({column}, 0) + 40"


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_an_altered_column_is_named_once(books: Copy, table: str, column: str) -> None:
    for row in samples(books, table, column):
        before = "NULL" if row[column] is None else f"'{str(row[column]).replace(chr(39), chr(39) * 2)}'"
        change = f"UPDATE {table} SET {column} = {{}} WHERE rowid = {row['rowid']}"
        books.tamper(change.format(altered(table, column)))

        (found,) = books.findings()

        if column not in {"entry", "letter_no"} or table != "letter":
            assert found.thing.startswith(THINGS[table].format(**row))
        books.tamper(change.format(before))
    assert books.findings() == []


@pytest.mark.parametrize("table", [*THINGS, "offer", "proposal"])
def test_every_row_that_goes_is_named_once(books: Copy, table: str) -> None:
    refusals = "outcome != 'refused'" if table == "offer_receipt" else "1 = 1"
    for row in books.raw.rows(table, refusals):
        books.tamper(f"DELETE FROM {table} WHERE rowid = {row['rowid']}")
        assert len(books.findings()) == 1, row
        books.raw.insert(table, row)
    assert books.findings() == []
