"""The table of an older system's cases: what is read, what is refused, and that writing and reading agree."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kravbro.core.errors import DataFault
from kravbro.formats.earlier_claims import COLUMNS, Row, parse, render, validate
from kravbro.formats.earlier_claims.rows import AMOUNTS

HEAD = "saksnr;kundenr;fakturanr;fakturadato;forfall;hovedstol;betalt_hovedstol\n"
LINE = "K-2071;10001; 501 ;2026-03-02;2026-03-23;1 250,00;400.00\n"
WORDS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P"]), min_size=1, max_size=20)
DAYS = st.dates(date(1990, 1, 1), date(2100, 1, 1))


@st.composite
def rows(draw: st.DrawFn) -> tuple[Row, ...]:
    found = []
    for number in range(draw(st.integers(1, 4))):
        amounts = [draw(st.integers(1 if part == 0 else 0, 10**9)) for part in range(4)]
        paid = [draw(st.integers(0, amount)) for amount in amounts]
        names = (*AMOUNTS, *(f"paid_{part}" for part in AMOUNTS))
        parts = {f"{name}_ore": amount_ore for name, amount_ore in zip(names, amounts + paid, strict=True)}
        row = Row(2 + number, f"{number}{draw(WORDS)}", 1 + number, draw(WORDS), draw(DAYS), draw(DAYS), 1)
        found.append(msgspec.structs.replace(row, **parts))
    return tuple(found)


@given(rows())
def test_what_is_written_is_read_again(written: tuple[Row, ...]) -> None:
    assert parse(render(written), "saker.csv") == written


def test_a_table_as_people_make_it() -> None:
    (row,) = parse((HEAD + "\n" + LINE).encode("utf-8-sig"), "saker.csv")
    assert row == Row(
        3, "K-2071", 10001, "501", date(2026, 3, 2), date(2026, 3, 23), 125_000, paid_principal_ore=40_000
    )
    assert validate((HEAD + LINE).encode(), "saker.csv") == 1


@pytest.mark.parametrize(
    ("old", "new", "code", "column"),
    [
        ("K-2071", "", "cell", "case_number"),
        ("10001", "K-7", "cell", "customer"),
        ("10001", "0", "cell", "customer"),
        ("10001", "99999999999", "cell", "customer"),
        ("1 250,00", "0", "cell", "principal"),
        ("1 250,00", "-5", "cell", "principal"),
        ("1 250,00", "1.250,00", "cell", "principal"),
        ("400.00", "1250,01", "overpaid", "paid_principal"),
        ("2026-03-23", "2026-02-30", "cell", "due_date"),
        ("2026-03-02", "0001-01-01", "cell", "invoice_date"),
        (" 501 ", "5" * 21, "cell", "invoice_no"),
        (";400.00", "", "cell", "paid_principal"),
        ("saksnr", "saksnummer", "column", "saksnummer"),
        ("saksnr", "kundenr", "column", "kundenr"),
        ("betalt_hovedstol", "betalt_gebyr", "overpaid", "paid_fees"),
        ("hovedstol;", "renter;", "column", "principal"),
        ("K-2071", "K-2071\xe9", "table", "case_number"),
        ("K-2071", '"K', "table", "case_number"),
        ("K-2071", "K-\0", "table", "case_number"),
    ],
)
def test_the_first_thing_that_is_wrong_refuses_the_file(old: str, new: str, code: str, column: str) -> None:
    data = (HEAD + LINE).replace(old, new, 1).encode("latin-1")
    with pytest.raises(DataFault) as refused:
        parse(data, "saker.csv")
    assert (refused.value.code, refused.value.facts["column"]) == (f"formats.earlier_claims.{code}", column)


def test_every_column_has_both_names() -> None:
    assert len({*COLUMNS, *COLUMNS.values()}) == 2 * len(COLUMNS)
