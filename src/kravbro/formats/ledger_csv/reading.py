"""Read the table: the first thing that is wrong refuses the file, with line and column."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date
from io import StringIO

from kravbro.core.errors import DataFault
from kravbro.core.identifiers import identity_number
from kravbro.core.money import parse_kroner
from kravbro.formats.ledger_csv.rows import (
    COLUMNS,
    CUSTOMER_COLUMNS,
    DEBITS,
    EXEMPTIONS,
    KINDS,
    MEANINGS,
    REQUIRED,
    WIDTHS,
    Kind,
    Row,
)
from kravbro.formats.table_text import NotTextError, table_text

FIRST_YEAR, LAST_YEAR = 1900, 2199
_SHOWN = 60
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_DELIMITERS = (";", ",")
_NAMES = {norwegian: name for name, norwegian in COLUMNS.items()} | {name: name for name in COLUMNS} | {
    "fodselsnr": "identity_number",
    "belop": "amount",
}  # fmt: skip


def parse(data: bytes, name: str) -> tuple[Row, ...]:
    """Read a whole file; `name` is for messages.

    Raises DataFault `formats.ledger_csv.*`: `empty`, `encoding`, `not_csv`, `column_unknown`, `column_twice`,
    `column_missing`, `cells`, `missing`, `too_long`, `kind`, `amount`, `sign`, `date`, `word`, `customer_differs` and
    `line_twice`.
    """
    table = _Table(name)
    rows = tuple(table.rows(_text(data, name)))
    if not rows:
        raise csv_fault(name, 1, "empty", "customer", expected=", ".join(COLUMNS), found="")
    return rows


def validate(data: bytes, name: str) -> int:
    """Verify a file, and answer how many rows it has. Raises as `parse` does."""
    return len(parse(data, name))


def csv_fault(name: str, line: int, what: str, column: str, *, expected: str, found: str) -> DataFault:
    """The fault `formats.ledger_csv.<what>`, with file, line, column, and what was expected and found there."""
    shown = found[:_SHOWN]
    if not shown.isprintable():
        shown = shown.encode("unicode_escape").decode("ascii")
    code = f"formats.ledger_csv.{what}"
    return DataFault(code, file=name, line=line, column=column, expected=expected, found=shown)


def _text(data: bytes, name: str) -> str:
    try:
        return table_text(data)
    except NotTextError as error:
        raise csv_fault(name, error.line, "encoding", "customer", expected="UTF-8", found=error.found) from None


class _Table:
    """The rows of one file, and what they have said of each customer so far."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._columns: list[str] = []
        self._customers: dict[str, dict[str, str]] = {}
        self._seen: set[tuple[str, ...]] = set()

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
            raise csv_fault(self._name, line, "not_csv", "customer", expected="CSV", found=str(error)) from None

    def _head(self, line: int, cells: list[str]) -> list[str]:
        columns: list[str] = []
        for cell in cells:
            word = "_".join(cell.strip().lower().split())
            column = _NAMES.get(word)
            if column is None:
                raise self._row_fault(line, "column_unknown", word, expected=", ".join(COLUMNS), found=cell)
            if column in columns:
                raise self._row_fault(line, "column_twice", column, expected="1", found="2")
            columns.append(column)
        for column in REQUIRED:
            if column not in columns:
                raise self._row_fault(line, "column_missing", column, expected=column, found=", ".join(columns))
        return columns

    def _row(self, line: int, cells: list[str]) -> Row:
        if len(cells) != len(self._columns):
            expected, found = str(len(self._columns)), str(len(cells))
            raise self._row_fault(line, "cells", self._columns[-1], expected=expected, found=found)
        values = dict.fromkeys(COLUMNS, "") | {
            column: " ".join(cell.split()) for column, cell in zip(self._columns, cells, strict=True)
        }
        for column in REQUIRED:
            if not values[column]:
                raise self._row_fault(line, "missing", column, expected=column, found="")
        for column, width in WIDTHS.items():
            if len(values[column]) > width:
                raise self._row_fault(line, "too_long", column, expected=str(width), found=values[column])
        kind = KINDS.get(values["type"].lower())
        if kind is None:
            raise self._row_fault(line, "kind", "type", expected=", ".join(KINDS), found=values["type"])
        self._refuse_other_customer(line, values)
        self._refuse_repeated(line, values, kind)
        dated = self._day(line, "date", values["date"])
        return Row(
            line=line,
            customer=values["customer"],
            kind=kind,
            number=values["number"],
            dated=dated,
            amount_ore=self._amount_ore(line, values["amount"], kind),
            invoice_no=values["invoice_no"],
            due_date=self._day(line, "due_date", values["due_date"]) if values["due_date"] else None,
            kid=values["kid"],
            text=values["text"],
            company=values["company"],
            currency=values["currency"].upper(),
            remaining_ore=self._remaining_ore(line, values["remaining"], kind),
            exempt=self._meant(line, "exempt", values, kind),
            meaning=self._meant(line, "meaning", values, kind),
            **{column: values[column] for column in CUSTOMER_COLUMNS},
        )

    def _remaining_ore(self, line: int, text: str, kind: Kind) -> int | None:
        if text and kind is not Kind.INVOICE:
            raise self._row_fault(line, "word", "remaining", expected=Kind.INVOICE, found=text)
        return self._ore(line, "remaining", text) if text else None

    def _meant(self, line: int, column: str, values: dict[str, str], kind: Kind) -> str:
        """What a word means; an invoice is exempt from something, and every other row has a meaning."""
        known, is_here = (
            (EXEMPTIONS, kind is Kind.INVOICE) if column == "exempt" else (MEANINGS, kind is not Kind.INVOICE)
        )
        word = values[column]
        if word and (not is_here or word.lower() not in known):
            expected = (
                ", ".join(known)
                if is_here
                else ", ".join(one for one in Kind if (one is Kind.INVOICE) != (kind is Kind.INVOICE))
            )
            raise self._row_fault(line, "word", column, expected=expected, found=word)
        return known[word.lower()] if word else ""

    def _ore(self, line: int, column: str, text: str) -> int:
        try:
            return parse_kroner(text)
        except DataFault:
            raise self._row_fault(line, "amount", column, expected="1234,50 / 1234.50", found=text) from None

    def _amount_ore(self, line: int, text: str, kind: Kind) -> int:
        amount_ore = self._ore(line, "amount", text)
        if not amount_ore or (amount_ore > 0) != (kind in DEBITS):
            expected = "> 0" if kind in DEBITS else "< 0"
            raise self._row_fault(line, "sign", "amount", expected=expected, found=text)
        return amount_ore

    def _day(self, line: int, column: str, text: str) -> date:
        try:
            day = date.fromisoformat(text if _DAY.fullmatch(text) else "")
        except ValueError:
            raise self._row_fault(line, "date", column, expected="YYYY-MM-DD", found=text) from None
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise self._row_fault(line, "date", column, expected=f"{FIRST_YEAR}-{LAST_YEAR}", found=text)
        return day

    def _refuse_other_customer(self, line: int, values: dict[str, str]) -> None:
        known = self._customers.setdefault(values["customer"], {})
        for column in CUSTOMER_COLUMNS:
            said = values[column]
            if said and known.setdefault(column, said) != said:
                shown = identity_number.masked(said) if column == "identity_number" else said
                expected = identity_number.masked(known[column]) if column == "identity_number" else known[column]
                raise self._row_fault(line, "customer_differs", column, expected=expected, found=shown)

    def _refuse_repeated(self, line: int, values: dict[str, str], kind: Kind) -> None:
        key = (kind.value, values["number"], values["invoice_no"], values["customer"])
        if key in self._seen:
            raise self._row_fault(line, "line_twice", "number", expected="1", found=values["number"])
        self._seen.add(key)

    def _row_fault(self, line: int, what: str, column: str, *, expected: str, found: str) -> DataFault:
        return csv_fault(self._name, line, what, column, expected=expected, found=found)
