"""Tables exchanged with a ledger: what is written is read again, what people write is read, all else refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kravbro.core.errors import DataFault
from kravbro.formats import exchange_csv
from kravbro.formats.exchange_csv import APPROVALS, RECEIPTS, TABLES, ApprovalRow, Table
from kravbro.formats.exchange_csv.table import Cell

WORDS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P"]), min_size=1, max_size=20)
DAYS = st.dates(date(1990, 1, 1), date(2100, 1, 1))


@st.composite
def rows(draw: st.DrawFn, table: Table[Any]) -> list[Any]:
    found = []
    for line in range(2, draw(st.integers(3, 6))):
        values: dict[str, Any] = {}
        for name, column in table.columns.items():
            cells: dict[Cell, st.SearchStrategy[Any]] = {
                Cell.TEXT: WORDS,
                Cell.NUMBER: st.integers(0, 2**31 - 1),
                Cell.AMOUNT: st.integers(-(10**14), 10**14),
                Cell.DAY: DAYS,
                Cell.MOMENT: DAYS.map(str),
                Cell.WORD: st.sampled_from(sorted(column.words.values()) or [""]),
            }
            field = f"{name}_ore" if column.cell is Cell.AMOUNT else name
            values[field] = draw(cells[column.cell])
        if table is APPROVALS:
            values |= {"wanted_back": "", "fees_ore": abs(values["fees_ore"]), "interest_ore": 0}
            values["notice_deadline"] = max(values["notice_sent"], values["notice_deadline"])
        found.append(table.row(line, **values))
    return found


@settings(max_examples=25, deadline=None)
@pytest.mark.parametrize("table", TABLES, ids=lambda one: one.name)
@given(data=st.data())
def test_what_is_written_is_read_again(table: Table[Any], data: st.DataObject) -> None:
    written = data.draw(rows(table))

    assert exchange_csv.parse(exchange_csv.render(table, written), "table.csv") == tuple(written)


def test_a_table_as_people_make_it() -> None:
    text = "Godkjent,FAKTURANR,Trekkes fordi\n2026-11-20 14:30, 501 ,\n\n,502,feil faktura\n"
    assert exchange_csv.parse(text.encode(), "x.csv") == (
        ApprovalRow(2, "501", approved="2026-11-20 14:30"),
        ApprovalRow(4, "502", wanted_back="feil faktura"),
    )


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("fakturanr;godkjent\n501;", 2, "godkjent"),
        ("fakturanr;godkjent;trekkes_fordi\n501;2026-11-20;feil", 2, "godkjent"),
        ("fakturanr;godkjent;gebyr\n501;2026-11-20;35", 2, "gebyr"),
        ("fakturanr;godkjent;varsel_sendt\n501;2026-11-20;2026-10-01", 2, "varsel_frist"),
        (
            "fakturanr;godkjent;varsel_sendt;varsel_frist\n501;2026-11-20;2026-10-16;2026-10-01", 2, "varsel_frist",
        ),
        ("fakturanr;godkjent;varsel_sendt;varsel_frist;gebyr\n501;2026-11-20;2026-10-01;2026-10-16;-35", 2, "gebyr"),
        ("fakturanr;godkjent\n;2026-11-20", 2, "fakturanr"),
        ("fakturanr;godkjent\n501;2026-11-20 25:00", 2, "godkjent"),
        ("fakturanr;godkjent\n501;2026-11-20;x", 2, "godkjent"),
        ("godkjent\n2026-11-20", 1, "fakturanr"),
        ("fakturanr;godkjent;godkjent\n501;2026-11-20;", 1, "godkjent"),
        ("fil;utfall;dato\nbilag.txt;borte;2026-11-20", 2, "utfall"),
        ("fil;utfall;dato\nbilag.txt;lest;2026-02-30", 2, "dato"),
        ("fakturanr;kundenr\n501;10001", 1, ""),
        ("fakturanr;godkjent\n", 1, ""),
        ('fakturanr;godkjent\n"501;2026-11-20', 2, ""),
        ("", 1, ""),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_with_line_and_column(text: str, line: int, column: str) -> None:
    with pytest.raises(DataFault) as caught:
        exchange_csv.parse(text.encode(), "x.csv")
    assert (caught.value.facts["line"], caught.value.facts["column"]) == (line, column)


def test_it_says_how_many_rows_it_verified() -> None:
    assert exchange_csv.validate(b"fil;utfall;dato\na;lest;2026-11-20\nb;read;2026-11-20\n", "x.csv") == 2
    assert exchange_csv.columns_of(b"fil;utfall;dato\n", "x.csv") == ("fil", "utfall", "dato")
    assert RECEIPTS.mark == "file"
