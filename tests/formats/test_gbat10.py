"""GBAT10: what is written is read as it was meant, others can read it too, and what is wrong is refused by name."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kravbro.core.errors import DataFault
from kravbro.formats import gbat10
from kravbro.formats.gbat10 import Line
from tests.errors.formats_gbat10 import SOUND

LETTERS = st.characters(codec="iso-8859-1", exclude_categories=("Cc", "Zs", "Cf"), exclude_characters=';"')
COLUMNS = Path(__file__).with_name("gbat10_columns.json")
"""Name and width of each column, as the vendor's page has them: what the writer is held against."""


def numbers(width: int) -> st.SearchStrategy[str]:
    return st.integers(0, 10**width - 1).map(str)


def texts(width: int) -> st.SearchStrategy[str]:
    words = st.lists(st.text(LETTERS, min_size=1, max_size=9), max_size=5)
    return words.map(lambda found: " ".join(found)[:width].rstrip())


@st.composite
def vouchers(draw: st.DrawFn) -> list[Line]:
    lines: list[Line] = []
    for voucher_no in draw(st.lists(numbers(8), min_size=1, max_size=3, unique=True)):
        dated = draw(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
        amounts_ore = draw(st.lists(st.integers(-(10**11), 10**11), max_size=4))
        for amount_ore in [*amounts_ore, -sum(amounts_ore)]:
            values = {"customer": draw(numbers(9) | st.just("")), "invoice_no": draw(texts(25))}
            values |= {"text": draw(texts(100)), "project": draw(numbers(6) | st.just(""))}
            kind, account, vat = draw(numbers(3)), draw(numbers(4)), draw(numbers(5))
            lines.append(Line(voucher_no, dated, kind, account, vat, amount_ore, **values))
    return lines


@settings(max_examples=60, deadline=None)
@given(vouchers())
def test_what_is_written_is_read(lines: list[Line]) -> None:
    assert list(gbat10.parse(gbat10.render(lines), "file")) == lines


@settings(max_examples=60, deadline=None)
@given(vouchers())
def test_somebody_else_reads_the_same(lines: list[Line]) -> None:
    """A plain reader of CSV, with the widths of the vendor's page, and sums in decimals."""
    columns = json.loads(COLUMNS.read_text())
    rows = list(csv.reader(io.StringIO(gbat10.render(lines).decode("iso-8859-1"), newline=""), delimiter=";"))
    totals: dict[str, Decimal] = {}
    for row, line in zip(rows, lines, strict=True):
        assert len(row) == len(columns)
        assert all(len(cell) <= column["max_len"] for cell, column in zip(row, columns, strict=True))
        named = dict(zip((column["name"] for column in columns), row, strict=True))
        assert (named["IDENT"], named["account"], named["customer no"]) == ("GBAT10", line.account, line.customer)
        assert Decimal(named["balance"]) * 100 == line.amount_ore == Decimal(named["gross sum"]) * 100
        totals[named["voucher no"]] = totals.get(named["voucher no"], Decimal()) + Decimal(named["balance"])
    assert not any(totals.values())


def test_a_text_stays_in_its_cell_and_loses_only_what_the_encoding_lacks() -> None:
    bank = Line("1", date(2026, 11, 20), "9", "1920", "0", 5, text=' a;b\r\n"c" \u0141\u20ac ' + "x" * 200)
    other = msgspec.structs.replace(bank, account="2990", amount_ore=-5)
    (first, _) = gbat10.parse(gbat10.render([bank, other]), "file")
    assert first.text == "a,b 'c' ?? " + "x" * 89
    (first, _) = gbat10.parse(gbat10.render([bank, other], "utf-8"), "file", "utf-8")
    assert first.text == "a,b 'c' \u0141\u20ac " + "x" * 89


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("account", "19200"), ("account", ""), ("voucher_no", "123456789"), ("voucher_no", "K-1"), ("vat_code", ""),
        ("voucher_type", "1000"), ("customer", "K-7"), ("customer", "1234567890"), ("project", "P"),
        ("invoice_no", "F" * 26), ("amount_ore", 10**14),
    ],
)  # fmt: skip
def test_what_has_no_place_in_the_format_is_not_written(field: str, value: object) -> None:
    line = Line("1", date(2026, 11, 20), "9", "1920", "0", 5)
    lines = [msgspec.structs.replace(line, **{field: value}), msgspec.structs.replace(line, amount_ore=-5)]
    with pytest.raises(DataFault, match=r"formats\.gbat10\.value|formats\.gbat10\.unbalanced"):
        gbat10.render(lines)


@pytest.mark.parametrize(
    ("found", "instead", "code"),
    [
        ("GBAT10;900001", "GBAT11;900001", "syntax"), ("1920;0;300.00;;", "1920;0;300.00;", "syntax"),
        ("\r\n", "\n", "syntax"), ("20261120", "20261131", "value"), (";11;2026", ";12;2026", "value"),
        ("300.00", "300,00", "value"), ("300.00", "0300.00", "value"), (";T;", ";F;", "value"),
        ("-300.00", "-299.99", "unbalanced"), ("Bank", "Bank\u0085", "value"),
    ],
)  # fmt: skip
def test_another_form_is_refused_with_its_line(found: str, instead: str, code: str) -> None:
    assert found in SOUND
    with pytest.raises(DataFault) as caught:
        gbat10.parse(SOUND.replace(found, instead).encode("iso-8859-1"), "bilag.txt")
    assert caught.value.code == f"formats.gbat10.{code}"
    assert caught.value.facts["line"] in {1, 2, 3}


def test_it_says_how_many_lines_it_verified() -> None:
    assert gbat10.validate(SOUND.encode("iso-8859-1"), "bilag.txt") == 2
