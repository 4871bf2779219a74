"""Read the table: the first thing that is wrong refuses the file, with line and column."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date
from io import StringIO

from kravbro.core.errors import DataFault
from kravbro.core.money import parse_kroner
from kravbro.formats.earlier_claims.rows import AMOUNTS, COLUMNS, REQUIRED, WIDTHS, Row
from kravbro.formats.table_text import NotTextError, table_text

FIRST_YEAR, LAST_YEAR = 1900, 2199
LARGEST_CUSTOMER = 2**31 - 1
_SHOWN = 60
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_NUMBER = re.compile("[0-9]{1,10}", re.ASCII)
_DELIMITERS = (";", ",")
_NAMES = {norwegian: name for name, norwegian in COLUMNS.items()} | {name: name for name in COLUMNS}


def parse(data: bytes, name: str) -> tuple[Row, ...]:
    """Read a whole file; `name` is for messages.

    Raises DataFault `formats.earlier_claims.table` (no table in UTF-8, or one without rows), `.column` (unknown, twice
    or missing), `.cell` (what stands there cannot be meant), `.overpaid` and `.line_twice`.
    """
    table = _Table(name)
    rows = tuple(table.rows(_text(data, name)))
    if not rows:
        raise _fault(name, 1, "table", "case_number", expected=", ".join(COLUMNS), found="")
    return rows


def validate(data: bytes, name: str) -> int:
    """Verify a file, and answer how many rows it has. Raises as `parse` does."""
    return len(parse(data, name))


def _fault(name: str, line: int, what: str, column: str, *, expected: str, found: str) -> DataFault:
    shown = found[:_SHOWN]
    if not shown.isprintable():
        shown = shown.encode("unicode_escape").decode("ascii")
    code = f"formats.earlier_claims.{what}"
    return DataFault(code, file=name, line=line, column=column, expected=expected, found=shown)


def _text(data: bytes, name: str) -> str:
    try:
        return table_text(data)
    except NotTextError as error:
        raise _fault(name, error.line, "table", "case_number", expected="UTF-8", found=error.found) from None


class _Table:
    """The rows of one file, and which claims it has told of so far."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._columns: list[str] = []
        self._seen: dict[tuple[str, int, str], int] = {}

    def rows(self, text: str) -> Iterator[Row]:
        """Every row in order."""
        head = text.partition("\n")[0]
        delimiter = max(_DELIMITERS, key=head.count)
        reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
        try:
            for cells in reader:
                if not any(cell.strip() for cell in cells):
                    continue
                if self._columns:
                    yield self._row(reader.line_num, cells)
                else:
                    self._columns = self._head(reader.line_num, cells)
        except csv.Error as error:
            line = max(reader.line_num, 1)
            raise _fault(self._name, line, "table", "case_number", expected="CSV", found=str(error)) from None

    def _head(self, line: int, cells: list[str]) -> list[str]:
        columns: list[str] = []
        for cell in cells:
            word = "_".join(cell.strip().lower().split())
            column = _NAMES.get(word)
            if column is None or column in columns:
                raise _fault(self._name, line, "column", word, expected=", ".join(COLUMNS), found=", ".join(cells))
            columns.append(column)
        for column in REQUIRED:
            if column not in columns:
                raise _fault(self._name, line, "column", column, expected=column, found=", ".join(columns))
        return columns

    def _row(self, line: int, cells: list[str]) -> Row:
        if len(cells) != len(self._columns):
            raise self._cell(line, self._columns[-1], str(len(self._columns)), str(len(cells)))
        values = dict.fromkeys(COLUMNS, "") | {
            column: " ".join(cell.split()) for column, cell in zip(self._columns, cells, strict=True)
        }
        for column in REQUIRED:
            if not values[column]:
                raise self._cell(line, column, column, "")
        for column, width in WIDTHS.items():
            if len(values[column]) > width:
                raise self._cell(line, column, f"<= {width}", values[column])
        ore = {
            column: self._amount_ore(line, column, values[column])
            for part in AMOUNTS
            for column in (part, f"paid_{part}")
        }
        for part in AMOUNTS:
            if ore[f"paid_{part}"] > ore[part]:
                expected, found = f"<= {values[part] or '0'}", values[f"paid_{part}"]
                raise _fault(self._name, line, "overpaid", f"paid_{part}", expected=expected, found=found)
        row = Row(
            line=line,
            case_number=values["case_number"],
            customer=self._customer(line, values["customer"]),
            invoice_no=values["invoice_no"],
            invoice_date=self._day(line, "invoice_date", values["invoice_date"]),
            due_date=self._day(line, "due_date", values["due_date"]),
            case_kid=self._kid(line, values["case_kid"]),
            **{f"{column}_ore": amount_ore for column, amount_ore in ore.items()},
        )
        self._refuse_repeated(row)
        return row

    def _amount_ore(self, line: int, column: str, text: str) -> int:
        try:
            amount_ore = parse_kroner(text) if text else 0
        except DataFault:
            amount_ore = -1
        if amount_ore < 0 or (column == "principal" and not amount_ore):
            expected = "> 0, 1234,50 / 1234.50" if column == "principal" else ">= 0, 1234,50 / 1234.50"
            raise self._cell(line, column, expected, text)
        return amount_ore

    def _customer(self, line: int, text: str) -> int:
        if not _NUMBER.fullmatch(text) or not 0 < int(text) <= LARGEST_CUSTOMER:
            raise self._cell(line, "customer", f"1-{LARGEST_CUSTOMER}", text)
        return int(text)

    def _kid(self, line: int, text: str) -> str:
        if text and not all(each in "0123456789-" for each in text):
            raise self._cell(line, "case_kid", "0-9 -", text)
        return text

    def _day(self, line: int, column: str, text: str) -> date:
        try:
            day = date.fromisoformat(text if _DAY.fullmatch(text) else "")
        except ValueError:
            raise self._cell(line, column, "YYYY-MM-DD", text) from None
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise self._cell(line, column, f"{FIRST_YEAR}-{LAST_YEAR}", text)
        return day

    def _refuse_repeated(self, row: Row) -> None:
        first = self._seen.setdefault((row.case_number, row.customer, row.invoice_no), row.line)
        if first != row.line:
            expected, found = str(first), f"{row.case_number} {row.customer} {row.invoice_no}"
            raise _fault(self._name, row.line, "line_twice", "invoice_no", expected=expected, found=found)

    def _cell(self, line: int, column: str, expected: str, found: str) -> DataFault:
        return _fault(self._name, line, "cell", column, expected=expected, found=found)
