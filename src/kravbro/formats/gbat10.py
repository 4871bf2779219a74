"""GBAT10, the voucher file that Mamut made and many ledgers in Norway read: written, read and checked.

One row for each voucher line: thirty columns between semicolons, no header. Lines with one voucher number are one
voucher, and sum to zero. Amounts have a point and two decimals, debit positive; days are `yyyymmdd`. What a voucher
type and a VAT code mean is each ledger's own, so nobody but its set-up says them.

Sources: Mamut help, "Journal: GBAT10" (columns, widths, what must be there); Tripletex help, "Bilagsimport (GBAT10)"
(net and gross both balance, and a row that is not gross is passed over where the ledger makes the VAT lines);
docs/formats/gbat10.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

import msgspec

from kravbro.core.errors import DataFault
from kravbro.core.money import plain_kroner

IDENTITY = "GBAT10"
ENCODINGS = ("iso-8859-1", "utf-8")
WIDTHS = (6, 8, 8, 3, 2, 4, 4, 5, 15, 9, 9, 30, 200, 30, 30, 25, 30, 8, 0, 20, 100, 100, 1, 6, 4, 4, 1, 20, 50, 50)
"""The longest value of each column."""
COLUMNS = len(WIDTHS)
TEXT_MAX = WIDTHS[20]
_NAMES = {
    "voucher_no": 1, "dated": 2, "voucher_type": 3, "period": 4, "year": 5, "account": 6, "vat_code": 7, "amount": 8,
    "customer": 9, "invoice_no": 15, "text": 20, "customer_text": 21, "project": 23, "department": 24, "is_gross": 26,
    "gross": 27,
}  # fmt: skip
_DIGITS = ("voucher_no", "voucher_type", "account", "vat_code", "customer", "project", "department")
_REQUIRED = ("voucher_no", "voucher_type", "account", "vat_code")
_EMPTY = [place for place in range(1, COLUMNS) if place not in _NAMES.values()]
_AMOUNT = re.compile("(-?)([0-9]{1,11})[.]([0-9]{2})", re.ASCII)
_SHOWN = 60


class Line(msgspec.Struct, frozen=True, gc=False):
    """One voucher line (øre, debit positive). `customer` is the ledger's own number, empty on a general ledger line.

    Numbers are text, as the ledger writes them: digits only.
    """

    voucher_no: str
    dated: date
    voucher_type: str
    account: str
    vat_code: str
    amount_ore: int
    customer: str = ""
    invoice_no: str = ""
    text: str = ""
    project: str = ""
    department: str = ""


def render(lines: Sequence[Line], encoding: str = ENCODINGS[0]) -> bytes:
    """The bytes of a file. Letters that the encoding lacks become `?`, and a text that is too long is cut.

    Raises DataFault as `parse` does, for what would not be read as it was meant.
    """
    rows = [";".join(_cells(line)) for line in lines]
    data = "".join(f"{row}\r\n" for row in rows).encode(encoding, errors="replace")
    parse(data, "", encoding)
    return data


def _cells(line: Line) -> list[str]:
    amount = plain_kroner(line.amount_ore)
    text = _plain(line.text)[:TEXT_MAX]
    values = {
        "voucher_no": line.voucher_no,
        "dated": f"{line.dated:%Y%m%d}",
        "voucher_type": line.voucher_type,
        "period": str(line.dated.month),
        "year": str(line.dated.year),
        "account": line.account,
        "vat_code": line.vat_code,
        "amount": amount,
        "customer": line.customer,
        "invoice_no": _plain(line.invoice_no),
        "text": text,
        "customer_text": text if line.customer else "",
        "project": line.project,
        "department": line.department,
        "is_gross": "T",
        "gross": amount,
    }
    cells = [IDENTITY, *([""] * (COLUMNS - 1))]
    for name, value in values.items():
        cells[_NAMES[name]] = value
    return cells


def _plain(text: str) -> str:
    """A text in one cell: in one line, without the sign between cells, and none that a spreadsheet takes for quotes."""
    known = text.replace(";", ",").replace('"', "'")
    return " ".join("".join(letter if letter.isprintable() else " " for letter in known).split())


def validate(data: bytes, name: str, encoding: str = ENCODINGS[0]) -> int:
    """Verify a file, and answer how many lines it has. Raises as `parse` does."""
    return len(parse(data, name, encoding))


def parse(data: bytes, name: str, encoding: str = ENCODINGS[0]) -> tuple[Line, ...]:
    """Read a whole file as we write them; `name` is for messages.

    Raises DataFault `formats.gbat10.encoding`, `.syntax` (another form of row), `.value` and `.unbalanced`.
    """
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found = data[error.start : error.start + 1].hex()
        raise gbat10_fault("encoding", name, line, expected=encoding, found=found) from error
    if not text.endswith("\r\n"):
        raise gbat10_fault("syntax", name, text.count("\n") + 1, expected="CR LF", found=text[-1:])
    lines = tuple(_line(row, name, number) for number, row in enumerate(text[:-2].split("\r\n"), 1))
    _refuse_unbalanced(lines, name)
    return lines


def gbat10_fault(what: str, name: str, line: int, *, expected: str, found: str) -> DataFault:
    """The fault `formats.gbat10.<what>`, with file, line, and what was expected and found there."""
    shown = found[:_SHOWN]
    if not shown.isprintable():
        shown = shown.encode("unicode_escape").decode("ascii")
    return DataFault(f"formats.gbat10.{what}", file=name, line=line, expected=expected, found=shown)


def _line(row: str, name: str, number: int) -> Line:
    cells = row.split(";")
    if len(cells) != COLUMNS or cells[0] != IDENTITY:
        raise gbat10_fault("syntax", name, number, expected=f"{IDENTITY}, {COLUMNS} columns", found=row)
    for place, (cell, width) in enumerate(zip(cells, WIDTHS, strict=True)):
        if len(cell) > width or (place in _EMPTY and cell) or (cell and not cell.isprintable()) or '"' in cell:
            raise gbat10_fault("value", name, number, expected=f"column {place}: <= {width}", found=cell)
    values = {column: cells[place] for column, place in _NAMES.items()}
    for column in _DIGITS:
        digits = values[column]
        if (digits and not (digits.isascii() and digits.isdigit())) or (not digits and column in _REQUIRED):
            raise gbat10_fault("value", name, number, expected=f"{column}: 0-9", found=digits)
    dated = _day(values, name, number)
    amount_ore = _amount_ore(values["amount"], name, number)
    if values["is_gross"] != "T" or values["gross"] != values["amount"]:
        found = f"{values['is_gross']} {values['gross']}"
        raise gbat10_fault("value", name, number, expected=f"T {values['amount']}", found=found)
    text = values["text"]
    for column in ("text", "invoice_no"):
        if values[column] != _plain(values[column]):
            raise gbat10_fault("value", name, number, expected=_plain(values[column]), found=values[column])
    if values["customer_text"] != (text if values["customer"] else ""):
        raise gbat10_fault("value", name, number, expected=text, found=values["customer_text"])
    known = {column: values[column] for column in (*_DIGITS, "invoice_no", "text")}
    return Line(dated=dated, amount_ore=amount_ore, **known)


def _day(values: dict[str, str], name: str, number: int) -> date:
    text = values["dated"]
    try:
        if len(text) != 8 or not (text.isascii() and text.isdigit()) or not "1900" <= text[:4] <= "2199":
            raise ValueError(text)
        dated = date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError as error:
        raise gbat10_fault("value", name, number, expected="yyyymmdd", found=text) from error
    if (values["period"], values["year"]) != (str(dated.month), str(dated.year)):
        found = f"{values['period']} {values['year']}"
        raise gbat10_fault("value", name, number, expected=f"{dated.month} {dated.year}", found=found)
    return dated


def _amount_ore(text: str, name: str, number: int) -> int:
    match = _AMOUNT.fullmatch(text)
    amount_ore = int(match[2]) * 100 + int(match[3]) if match else 0
    if match is None or plain_kroner(-amount_ore if match[1] else amount_ore) != text:
        raise gbat10_fault("value", name, number, expected="1250.00", found=text)
    return -amount_ore if match[1] else amount_ore


def _refuse_unbalanced(lines: Sequence[Line], name: str) -> None:
    totals: dict[tuple[str, date], int] = {}
    for line in lines:
        voucher = (line.voucher_no, line.dated)
        totals[voucher] = totals.get(voucher, 0) + line.amount_ore
    for (voucher_no, _), total_ore in totals.items():
        if total_ore:
            found = plain_kroner(total_ore)
            raise gbat10_fault("unbalanced", name, len(lines), expected=voucher_no, found=found)
