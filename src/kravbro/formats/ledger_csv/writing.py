"""Write the table: UTF-8 with a byte order mark, so that a spreadsheet shows the Norwegian letters, and semicolons."""

from __future__ import annotations

import csv
from codecs import BOM_UTF8
from collections.abc import Iterable
from io import StringIO

from kravbro.formats.ledger_csv.rows import COLUMNS, Row


def render(rows: Iterable[Row]) -> bytes:
    """The file of these rows, with every column."""
    text = StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([_cell(row, column) for column in COLUMNS] for row in rows)
    return BOM_UTF8 + text.getvalue().encode()


def _cell(row: Row, column: str) -> str:
    if column == "type":
        return row.kind.value
    if column == "date":
        return row.dated.isoformat()
    if column == "due_date":
        return row.due_date.isoformat() if row.due_date else ""
    if column == "amount":
        kroner, ore = divmod(abs(row.amount_ore), 100)
        return f"{'-' if row.amount_ore < 0 else ''}{kroner},{ore:02d}"
    return str(getattr(row, column))
