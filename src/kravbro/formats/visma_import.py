"""Visma Business's text import file, as far as batches and vouchers go: read, checked and written.

A file names a company (`@FIRM_BEGIN`), how rows are taken (`@IMPORT_METHOD(3)`: only new ones are added), and then for
each batch its row and its voucher lines, under headings that name the columns. Values stand between blanks, texts in
double quotation marks, amounts with a point, days as `yyyymmdd`. A line has a debit account, a credit account or both;
the lines of a voucher on one day sum to zero. Windows-1252, lines end in CR LF.

Sources: Visma Business, user documentation 15.10, "Importing batches", "Importing batches/vouchers" and "Import file
command descriptions"; docs/formats/visma_import.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

import msgspec

from kravbro.core.errors import DataFault
from kravbro.core.money import plain_kroner

ENCODING = "cp1252"
EXTERNAL_APPLICATION = 31
"""The origin (`SrcTp`) of batches that other programs make."""
ADD_ONLY = 3
INT32_MAX = 2**31 - 1
TEXT_MAX = 60
REFERENCE_MAX = 20
_NUMBERS = ("VoNo", "VoTp", "DbAcNo", "DbAcCl", "CrAcNo", "CrAcCl")
_TEXTS = {"AgRef": REFERENCE_MAX, "Ref": REFERENCE_MAX, "Txt": TEXT_MAX}
_LINE = ("VoNo", "VoDt", "VoTp", "DbAcNo", "DbAcCl", "CrAcNo", "CrAcCl", "Am", "AgRef", "Ref", "Txt")
_BATCH = ("ValDt", "SrcTp", "Descr")
_UNIT = re.compile("R(?:[1-9]|1[0-2])", re.ASCII)
_COMMAND = re.compile(r"@(\w+) ?\(([^()]*)\)", re.ASCII)
_VALUE = re.compile(r'"([^"\r\n]*)"|([^ "\r\n]+)')
_ROW = re.compile(r'(?:"[^"]*"|[^ "]+)(?: (?:"[^"]*"|[^ "]+))*')
_AMOUNT = re.compile("([0-9]{1,15})[.]([0-9]{2})", re.ASCII)
_SHOWN = 60


class Line(msgspec.Struct, frozen=True, gc=False):
    """One voucher line. An account of 0 stands on no side; `units` are the values of the file's unit columns."""

    voucher_no: int
    dated: date
    voucher_type: int
    amount_ore: int
    debit_account: int = 0
    debit_class: int = 0
    credit_account: int = 0
    credit_class: int = 0
    cross_reference: str = ""
    reference: str = ""
    text: str = ""
    units: tuple[int, ...] = ()


class Batch(msgspec.Struct, frozen=True, gc=False):
    """One batch: its value date, its text and its lines."""

    value_date: date
    text: str
    lines: tuple[Line, ...]
    origin: int = EXTERNAL_APPLICATION


class ImportFile(msgspec.Struct, frozen=True):
    """The batches for one company; `units` are the columns of organisational units that lines have (`R1`, ...)."""

    company: int
    batches: tuple[Batch, ...]
    units: tuple[str, ...] = ()


def render(file: ImportFile) -> bytes:
    """The bytes of a file. Letters that Windows-1252 lacks become `?`, and a text that is too long is cut.

    Raises DataFault as `parse` does, for what would not be read as it was meant.
    """
    lines = [f"@FIRM_BEGIN({file.company})", f"@IMPORT_METHOD({ADD_ONLY})"]
    for batch in file.batches:
        lines += [
            f"@WaBnd({','.join(_BATCH)})",
            f"{_day(batch.value_date)} {batch.origin} {_text(batch.text, TEXT_MAX)}",
        ]
        lines.append(f"@WaVo({','.join((*_LINE, *file.units))})")
        lines += [_written(line) for line in batch.lines]
    lines.append("@FIRM_END()")
    data = "".join(f"{line}\r\n" for line in lines).encode(ENCODING, errors="replace")
    parse(data, "")
    return data


def _written(line: Line) -> str:
    kroner, ore = divmod(line.amount_ore, 100)
    values = (
        line.voucher_no,
        _day(line.dated),
        line.voucher_type,
        line.debit_account,
        line.debit_class,
        line.credit_account,
        line.credit_class,
        f"{kroner}.{ore:02d}",
        _text(line.cross_reference, REFERENCE_MAX),
        _text(line.reference, REFERENCE_MAX),
        _text(line.text, TEXT_MAX),
        *line.units,
    )
    return " ".join(map(str, values))


def _day(day: date) -> str:
    return f"{day:%Y%m%d}"


def _text(text: str, width: int) -> str:
    """A text in quotation marks: in one line, without marks of its own, and no longer than its column."""
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return f'"{plain.replace(chr(34), chr(39))[:width]}"'


def validate(data: bytes, name: str) -> int:
    """Verify a file, and answer how many lines it has. Raises as `parse` does."""
    return sum(len(batch.lines) for batch in parse(data, name).batches)


def parse(data: bytes, name: str) -> ImportFile:
    """Read a whole file; `name` is for messages.

    Raises DataFault `formats.visma_import.encoding`, `.syntax` (an unknown command, column or form), `.value` and
    `.unbalanced`.
    """
    return _Reading(name).read(_lines(data, name))


def _lines(data: bytes, name: str) -> list[str]:
    try:
        text = data.decode(ENCODING)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _fault("encoding", name, line, "Windows-1252", data[error.start : error.start + 1].hex()) from error
    return text.removesuffix("\n").removesuffix("\r").replace("\r\n", "\n").split("\n")


def _fault(what: str, name: str, line: int, expected: str, found: str) -> DataFault:
    shown = found[:_SHOWN]
    if not shown.isprintable():
        shown = shown.encode("unicode_escape").decode("ascii")
    return DataFault(f"formats.visma_import.{what}", file=name, line=line, expected=expected, found=shown)


class _Reading:
    """How far a file has been read."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._line = 0
        self._units: tuple[str, ...] = ()

    def read(self, lines: Sequence[str]) -> ImportFile:
        """The whole file."""
        rows = iter(lines)
        company = self._number(self._command(rows, "FIRM_BEGIN"), "company")
        if self._command(rows, "IMPORT_METHOD") != str(ADD_ONLY):
            raise self._syntax(f"@IMPORT_METHOD({ADD_ONLY})", lines[self._line - 1])
        batches: list[Batch] = []
        row = self._next(rows)
        while row != "@FIRM_END()":
            if row != f"@WaBnd({','.join(_BATCH)})":
                raise self._syntax(f"@WaBnd({','.join(_BATCH)}), @FIRM_END()", row)
            batch, row = self._batch(rows, first=not batches)
            batches.append(batch)
        if not batches or (rest := next(rows, None)) is not None:
            raise self._syntax("@FIRM_END()", rest if batches and rest is not None else row)
        return ImportFile(company, tuple(batches), self._units)

    def _next(self, rows: Iterator[str]) -> str:
        self._line += 1
        row = next(rows, None)
        if row is None:
            raise self._syntax("@FIRM_END()", "")
        return row

    def _command(self, rows: Iterator[str], word: str) -> str:
        row = self._next(rows)
        match = _COMMAND.fullmatch(row)
        if match is None or match[1] != word:
            raise self._syntax(f"@{word}(...)", row)
        return match[2]

    def _batch(self, rows: Iterator[str], *, first: bool) -> tuple[Batch, str]:
        values = self._values(self._next(rows), len(_BATCH))
        head = self._command(rows, "WaVo").split(",")
        units = tuple(head[len(_LINE) :])
        if tuple(head[: len(_LINE)]) != _LINE or not all(map(_UNIT.fullmatch, units)):
            raise self._syntax(",".join(_LINE), ",".join(head))
        if len(set(units)) != len(units) or not (first or units == self._units):
            raise self._syntax(",".join(self._units), ",".join(units))
        self._units = units
        lines: list[Line] = []
        row = self._next(rows)
        while not row.startswith("@"):
            lines.append(self._voucher_line(row))
            row = self._next(rows)
        self._refuse_unbalanced(lines)
        origin = self._number(values[1][1], "SrcTp")
        text = self._quoted(values[2], "Descr", TEXT_MAX)
        return Batch(self._date(values[0][1], "ValDt"), text, tuple(lines), origin), row

    def _values(self, row: str, count: int) -> list[tuple[bool, str]]:
        """The values of a row, each with whether it stood in quotation marks."""
        if not _ROW.fullmatch(row):
            raise self._syntax('1 20261122 "..."', row)
        values = [(match[1] is not None, match[1] or match[2] or "") for match in _VALUE.finditer(row)]
        if len(values) != count:
            raise self._syntax(str(count), str(len(values)))
        return values

    def _voucher_line(self, row: str) -> Line:
        values = self._values(row, len(_LINE) + len(self._units))
        named = dict(zip(_LINE, values, strict=False))
        numbers = {name: self._number(named[name][1], name) for name in _NUMBERS}
        texts = {name: self._quoted(named[name], name, width) for name, width in _TEXTS.items()}
        if not numbers["DbAcNo"] and not numbers["CrAcNo"]:
            raise self._value("DbAcNo / CrAcNo", "0")
        return Line(
            voucher_no=numbers["VoNo"],
            dated=self._date(named["VoDt"][1], "VoDt"),
            voucher_type=numbers["VoTp"],
            amount_ore=self._amount_ore(named["Am"][1]),
            debit_account=numbers["DbAcNo"],
            debit_class=numbers["DbAcCl"],
            credit_account=numbers["CrAcNo"],
            credit_class=numbers["CrAcCl"],
            cross_reference=texts["AgRef"],
            reference=texts["Ref"],
            text=texts["Txt"],
            units=tuple(
                self._number(value, unit) for unit, (_, value) in zip(self._units, values[len(_LINE) :], strict=True)
            ),
        )

    def _number(self, text: str, column: str) -> int:
        if not (text.isascii() and text.isdigit()) or len(text) > 10 or int(text) > INT32_MAX or str(int(text)) != text:
            raise self._value(f"{column}: 0-{INT32_MAX}", text)
        return int(text)

    def _date(self, text: str, column: str) -> date:
        if len(text) == 8 and text.isascii() and text.isdigit() and "1900" <= text[:4] <= "2199":
            try:
                return date(int(text[:4]), int(text[4:6]), int(text[6:]))
            except ValueError as error:
                raise self._value(f"{column}: yyyymmdd", text) from error
        raise self._value(f"{column}: yyyymmdd", text)

    def _amount_ore(self, text: str) -> int:
        match = _AMOUNT.fullmatch(text)
        if match is None:
            raise self._value("Am: 1250.00", text)
        return int(match[1]) * 100 + int(match[2])

    def _quoted(self, value: tuple[bool, str], column: str, width: int) -> str:
        quoted, text = value
        if not quoted or len(text) > width or (text and not text.isprintable()) or text != " ".join(text.split()):
            raise self._value(f'{column}: "...", <= {width}', text)
        return text

    def _refuse_unbalanced(self, lines: Sequence[Line]) -> None:
        totals: dict[tuple[int, date], int] = {}
        for line in lines:
            sides = bool(line.debit_account) - bool(line.credit_account)
            voucher = (line.voucher_no, line.dated)
            totals[voucher] = totals.get(voucher, 0) + sides * line.amount_ore
        for (voucher_no, _), total_ore in totals.items():
            if total_ore:
                raise _fault("unbalanced", self._name, self._line - 1, str(voucher_no), plain_kroner(total_ore))

    def _syntax(self, expected: str, found: str) -> DataFault:
        return _fault("syntax", self._name, self._line, expected, found)

    def _value(self, expected: str, found: str) -> DataFault:
        return _fault("value", self._name, self._line, expected, found)
