"""Write the table: UTF-8 with a byte order mark, so that a spreadsheet shows the Norwegian letters, and semicolons."""

from __future__ import annotations

import csv
from codecs import BOM_UTF8
from collections.abc import Iterable
from io import StringIO

from kravbro.core.money import plain_kroner
from kravbro.formats.ledger_csv.rows import COLUMNS, CONNECTED, Row


def render(rows: Iterable[Row]) -> bytes:
    """The file of these rows, with every column; those of connected ledgers only where a row says something there."""
    text, all_rows = StringIO(), list(rows)
    columns = [one for one in COLUMNS if one not in CONNECTED or any(_cell(row, one) for row in all_rows)]
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_cell(row, column) for column in columns] for row in all_rows)
    return BOM_UTF8 + text.getvalue().encode()


def _cell(row: Row, column: str) -> str:
    if column == "type":
        return row.kind.value
    if column == "date":
        return row.dated.isoformat()
    if column == "due_date":
        return row.due_date.isoformat() if row.due_date else ""
    if column in {"amount", "remaining"}:
        amount_ore = row.amount_ore if column == "amount" else row.remaining_ore
        return "" if amount_ore is None else plain_kroner(amount_ore).replace(".", ",")
    return str(getattr(row, column))
