"""Read a table: the first thing that is wrong refuses the file, with line and column."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from datetime import date
from io import StringIO
from typing import Any

from kravbro.core.errors import DataFault
from kravbro.core.money import parse_kroner
from kravbro.formats.exchange_csv.rows import APPROVALS, TABLES
from kravbro.formats.exchange_csv.table import Cell, Column, RowT, Table
from kravbro.formats.table_text import NotTextError, table_text

FIRST_YEAR, LAST_YEAR = 1900, 2199
LARGEST = 2**31 - 1
_SHOWN = 60
_DELIMITERS = (";", ",")
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_TIME = re.compile(r"[ T]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?", re.ASCII)
_NUMBER = re.compile("0|[1-9][0-9]{0,9}", re.ASCII)


def columns_of(data: bytes, name: str) -> tuple[str, ...]:
    """What stands in the first row, as columns are named: small letters, one line below between words.

    Raises DataFault `formats.exchange_csv.syntax`.
    """
    for _, cells in _rows(_text(data, name).partition("\n")[0], name):
        return tuple(_word(cell) for cell in cells)
    return ()


def parse(data: bytes, name: str) -> tuple[Any, ...]:
    """Read a whole file, whichever of the tables it is: `read` it, after its first row has told."""
    there = set(columns_of(data, name))
    for table in TABLES:
        if {table.mark, table.columns[table.mark].norwegian} & there:
            return read(table, data, name)
    marks = ", ".join(table.columns[table.mark].norwegian for table in TABLES)
    raise _fault(name, 1, "column", "", expected=marks, found=", ".join(sorted(there)))


def read(table: Table[RowT], data: bytes, name: str) -> tuple[RowT, ...]:
    """Read a whole file as this table; `name` is for messages.

    Raises DataFault `formats.exchange_csv.syntax` (no table in UTF-8, or one without rows), `.column` (unknown, twice
    or missing) and `.cell` (what stands there cannot be meant).
    """
    columns: list[str] = []
    found: list[RowT] = []
    for line, cells in _rows(_text(data, name), name):
        if columns:
            found.append(_row(table, name, line, dict(_named(table, name, line, columns, cells))))
        else:
            columns = _head(table, name, line, cells)
    if not found:
        expected = ", ".join(column.norwegian for column in table.columns.values())
        raise _fault(name, 1, "syntax", "", expected=expected, found="")
    return tuple(found)


def validate(data: bytes, name: str) -> int:
    """Verify a file, and answer how many rows it has. Raises as `parse` does."""
    return len(parse(data, name))


def _fault(name: str, line: int, what: str, column: str, *, expected: str, found: str) -> DataFault:
    shown = found[:_SHOWN]
    if not shown.isprintable():
        shown = shown.encode("unicode_escape").decode("ascii")
    code = f"formats.exchange_csv.{what}"
    return DataFault(code, file=name, line=line, column=column, expected=expected, found=shown)


def _text(data: bytes, name: str) -> str:
    try:
        return table_text(data)
    except NotTextError as error:
        raise _fault(name, error.line, "syntax", "", expected="UTF-8", found=error.found) from None


def _rows(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not empty, each with its line."""
    delimiter = max(_DELIMITERS, key=text.partition("\n")[0].count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error as error:
        line = max(reader.line_num, 1)
        raise _fault(name, line, "syntax", "", expected="CSV", found=str(error)) from None


def _word(cell: str) -> str:
    return "_".join(cell.strip().lower().split())


def _head(table: Table[Any], name: str, line: int, cells: Sequence[str]) -> list[str]:
    known = {column.norwegian: english for english, column in table.columns.items()} | {
        one: one for one in table.columns
    }
    columns: list[str] = []
    for cell in cells:
        column = known.get(_word(cell))
        if column is None or column in columns:
            raise _fault(name, line, "column", _word(cell), expected=", ".join(known), found=", ".join(cells))
        columns.append(column)
    for english, column_ in table.columns.items():
        if (column_.required or english == table.mark) and english not in columns:
            raise _fault(name, line, "column", column_.norwegian, expected=column_.norwegian, found=", ".join(cells))
    return columns


def _named(
    table: Table[Any], name: str, line: int, columns: Sequence[str], cells: Sequence[str]
) -> Iterator[tuple[str, object]]:
    """The fields of a row that say something."""
    if len(cells) != len(columns):
        expected, found = str(len(columns)), str(len(cells))
        raise _fault(name, line, "cell", table.columns[columns[-1]].norwegian, expected=expected, found=found)
    for english, cell in zip(columns, cells, strict=True):
        column, text = table.columns[english], " ".join(cell.split())
        if text:
            field = f"{english}_ore" if column.cell is Cell.AMOUNT else english
            yield field, _value(column, text, name, line)
        elif column.required:
            raise _fault(name, line, "cell", column.norwegian, expected=column.norwegian, found="")


def _value(column: Column, text: str, name: str, line: int) -> object:
    expected = {
        Cell.TEXT: f"<= {column.width}",
        Cell.NUMBER: f"0-{LARGEST}",
        Cell.AMOUNT: "1234,50 / 1234.50",
        Cell.DAY: "YYYY-MM-DD",
        Cell.MOMENT: "YYYY-MM-DD, YYYY-MM-DD HH:MM",
        Cell.WORD: ", ".join(column.words),
    }[column.cell]
    value = _converted(column, text)
    if value is None:
        raise _fault(name, line, "cell", column.norwegian, expected=expected, found=text)
    return value


def _converted(column: Column, text: str) -> object | None:
    """What a cell says; None for what cannot be meant."""
    match column.cell:
        case Cell.TEXT:
            return text if len(text) <= column.width else None
        case Cell.NUMBER:
            return int(text) if _NUMBER.fullmatch(text) and int(text) <= LARGEST else None
        case Cell.AMOUNT:
            return _amount_ore(text)
        case Cell.DAY:
            return _day(text)
        case Cell.MOMENT:
            rest = text[10:]
            return text if _day(text[:10]) and (not rest or _TIME.fullmatch(rest)) else None
        case Cell.WORD:
            said = text.lower()
            return column.words.get(said, said if said in column.words.values() else None)


def _amount_ore(text: str) -> int | None:
    try:
        return parse_kroner(text)
    except DataFault:
        return None


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def _row(table: Table[RowT], name: str, line: int, values: dict[str, object]) -> RowT:
    row = table.made(line, values)
    if table.name == APPROVALS.name:
        _refuse_unclear(name, line, values)
    return row


def _refuse_unclear(name: str, line: int, values: dict[str, object]) -> None:
    """A row approves or wants back; a notice has both days, in order; what was charged was charged with it."""
    if ("approved" in values) == ("wanted_back" in values):
        expected = "godkjent / trekkes_fordi"
        raise _fault(name, line, "cell", "godkjent", expected=expected, found=str(values.get("approved", "")))
    sent, deadline = values.get("notice_sent"), values.get("notice_deadline")
    if (sent is None) != (deadline is None) or (
        isinstance(sent, date) and isinstance(deadline, date) and deadline < sent
    ):
        expected, found = f">= {sent}", str(deadline or "")
        raise _fault(name, line, "cell", "varsel_frist", expected=expected, found=found)
    for field in ("fees", "interest"):
        amount_ore = values.get(f"{field}_ore", 0)
        if isinstance(amount_ore, int) and amount_ore and (amount_ore < 0 or sent is None):
            norwegian, expected = APPROVALS.columns[field].norwegian, ">= 0, varsel_sendt"
            raise _fault(name, line, "cell", norwegian, expected=expected, found=str(amount_ore))
