"""Write a table: UTF-8 with a byte order mark, so that a spreadsheet shows the Norwegian letters, and semicolons."""

from __future__ import annotations

import csv
from codecs import BOM_UTF8
from collections.abc import Iterable
from io import StringIO
from typing import Any

from kravbro.core.money import plain_kroner
from kravbro.formats.exchange_csv.table import Cell, Column, RowT, Table


def render(table: Table[RowT], rows: Iterable[RowT]) -> bytes:
    """The file of these rows, with every column under its Norwegian name."""
    text = StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(column.norwegian for column in table.columns.values())
    writer.writerows([_cell(row, english, column) for english, column in table.columns.items()] for row in rows)
    return BOM_UTF8 + text.getvalue().encode()


def _cell(row: Any, english: str, column: Column) -> str:
    value = getattr(row, f"{english}_ore" if column.cell is Cell.AMOUNT else english)
    if column.cell is Cell.AMOUNT:
        return plain_kroner(value).replace(".", ",")
    if column.cell is Cell.WORD:
        return next(written for written, meant in column.words.items() if meant == value)
    return "" if value is None else " ".join(str(value).split())[: column.width]
