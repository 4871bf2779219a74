"""Write the table: UTF-8 with a byte order mark, so that a spreadsheet shows the Norwegian letters, and semicolons."""

from __future__ import annotations

import csv
from codecs import BOM_UTF8
from collections.abc import Iterable
from io import StringIO

from kravbro.formats.earlier_claims.rows import COLUMNS, Row


def render(rows: Iterable[Row]) -> bytes:
    """The file of these rows, with every column."""
    text = StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([_cell(row, column) for column in COLUMNS] for row in rows)
    return BOM_UTF8 + text.getvalue().encode()


def _cell(row: Row, column: str) -> str:
    amount_ore = getattr(row, f"{column}_ore", None)
    if amount_ore is None:
        return str(getattr(row, column))
    kroner, ore = divmod(amount_ore, 100)
    return f"{kroner},{ore:02d}"
