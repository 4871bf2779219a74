"""What a person chose among claims that could be each other, as a table: docs/formats/conversion_choices.md.

One header row, then one row for each pair: the open item, the case, the difference as it was shown, and why. `parse`
reads a whole file or refuses it, `validate` only verifies, `render` writes one.
"""

from __future__ import annotations

import csv
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Any

import msgspec

from kravbro.core.errors import DataFault
from kravbro.core.money import format_kroner, parse_kroner
from kravbro.formats.table_text import NotTextError, table_text

COLUMNS = {
    "item": "post",
    "case_number": "saksnr",
    "case_invoice": "sakens_fakturanr",
    "difference": "differanse",
    "because": "fordi",
}
"""The columns in English, each with its Norwegian name; both are read, in any order."""
REQUIRED = ("item", "case_number", "because")
LONGEST = {"item": 20, "case_number": 30, "case_invoice": 20, "because": 200}
_SHOWN = 60
_NAMES = {norwegian: name for name, norwegian in COLUMNS.items()} | {name: name for name in COLUMNS}


class Row(msgspec.Struct, frozen=True, gc=False):
    """One choice: an invoice number (or an entry, `#12`), its case, which of the case's invoices if it has several, the
    difference (ledger less case, øre), and why. `line` is that of the file."""

    line: int
    item: str
    case_number: str
    case_invoice: str
    difference_ore: int
    because: str


def parse(data: bytes, name: str) -> tuple[Row, ...]:
    """Read a whole file; `name` is for messages.

    Raises DataFault `formats.conversion_choices.table` (no table in UTF-8), `.column` (unknown, twice or missing) and
    `.cell` (what stands there cannot be meant).
    """
    try:
        text = table_text(data)
    except NotTextError as error:
        raise _refused_choices(name, error.line, "table", "item", "UTF-8", error.found) from None
    head = text.partition("\n")[0]
    reader = csv.reader(StringIO(text, newline=""), delimiter=max(";,", key=head.count), strict=True)
    try:
        return tuple(_choices(reader, name))
    except csv.Error as error:
        raise _refused_choices(name, max(reader.line_num, 1), "table", "item", "CSV", str(error)) from None


def validate(data: bytes, name: str) -> int:
    """Verify a file, and answer how many rows it has. Raises as `parse` does."""
    return len(parse(data, name))


def render(choices: Iterable[Row]) -> bytes:
    """The file of these choices, with every column: UTF-8 with a byte order mark, and semicolons."""
    text = StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in choices:
        difference = format_kroner(one.difference_ore)
        writer.writerow((one.item, one.case_number, one.case_invoice, difference, one.because))
    return BOM_UTF8 + text.getvalue().encode()


def _choices(reader: Any, name: str) -> Iterator[Row]:
    columns: list[str] = []
    for cells in reader:
        line = reader.line_num
        if not any(cell.strip() for cell in cells):
            continue
        if not columns:
            columns = _head(name, line, cells)
            continue
        if len(cells) != len(columns):
            raise _refused_choices(name, line, "cell", columns[-1], str(len(columns)), str(len(cells)))
        values = dict.fromkeys(COLUMNS, "") | {
            column: " ".join(cell.split()) for column, cell in zip(columns, cells, strict=True)
        }
        yield _row(name, line, values)
    if not columns:
        raise _refused_choices(name, 1, "table", "item", ", ".join(COLUMNS), "")


def _head(name: str, line: int, cells: list[str]) -> list[str]:
    columns: list[str] = []
    for cell in cells:
        word = "_".join(cell.strip().lower().split())
        column = _NAMES.get(word)
        if column is None or column in columns:
            raise _refused_choices(name, line, "column", word, ", ".join(COLUMNS), ", ".join(cells))
        columns.append(column)
    for column in REQUIRED:
        if column not in columns:
            raise _refused_choices(name, line, "column", column, column, ", ".join(columns))
    return columns


def _row(name: str, line: int, values: dict[str, str]) -> Row:
    for column in REQUIRED:
        if not values[column]:
            raise _refused_choices(name, line, "cell", column, column, "")
    for column, longest in LONGEST.items():
        if len(values[column]) > longest:
            raise _refused_choices(name, line, "cell", column, f"<= {longest}", values[column])
    try:
        difference_ore = parse_kroner(values["difference"]) if values["difference"] else 0
    except DataFault:
        raise _refused_choices(name, line, "cell", "difference", "-50,00 / 1234.50", values["difference"]) from None
    said = (values["case_number"], values["case_invoice"], difference_ore, values["because"])
    return Row(line, values["item"], *said)


def _refused_choices(  # noqa: PLR0917 - where in the file, and what
    name: str, line: int, what: str, column: str, expected: str, found: str
) -> DataFault:
    shown = found[:_SHOWN]
    if not shown.isprintable():
        shown = shown.encode("unicode_escape").decode("ascii")
    return DataFault(
        f"formats.conversion_choices.{what}", file=name, line=line, column=column, expected=expected, found=shown
    )
