"""The table of choices: read as people write it, and refused with the place of the first thing that is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kravbro.core.errors import DataFault
from kravbro.formats.conversion_choices import Row, parse, render, validate

TEXT = st.text(st.characters(codec="utf-8", categories=("L", "N")), min_size=1, max_size=20)
ROWS = st.lists(st.builds(Row, st.just(0), TEXT, TEXT, TEXT, st.integers(-(10**9), 10**9), TEXT), max_size=4)


@given(ROWS)
def test_what_was_written_is_read(rows: list[Row]) -> None:
    data = render(rows)
    assert validate(data, "valg.csv") == len(rows)
    assert [(row.item, row.case_number, row.case_invoice, row.difference_ore, row.because) for row in rows] == [
        (row.item, row.case_number, row.case_invoice, row.difference_ore, row.because)
        for row in parse(data, "valg.csv")
    ]


def test_it_is_read_as_people_write_it() -> None:
    text = "Fordi,Saksnr,post,DIFFERANSE\n\navtalt,K-1, 502 ,-1 250.50\n"
    assert parse(text.encode(), "valg.csv") == (Row(3, "502", "K-1", "", -1_250_50, "avtalt"),)


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("", "table", 1),
        ("post;saksnr\n", "column", 1),
        ("post;saksnr;fordi;hvem\n", "column", 1),
        ("post;saksnr;fordi\n502;K-1;\n", "cell", 2),
        ("post;saksnr;fordi\n502;K-1\n", "cell", 2),
        ("post;saksnr;fordi;differanse\n502;K-1;avtalt;mye\n", "cell", 2),
        ("post;saksnr;fordi\n502;" + "K" * 31 + ";avtalt\n", "cell", 2),
        ('post;saksnr;fordi\n"502;K-1;avtalt\n', "table", 2),
    ],
)
def test_the_first_fault_refuses_the_file(text: str, code: str, line: int) -> None:
    with pytest.raises(DataFault) as refused:
        parse(text.encode(), "valg.csv")
    assert (refused.value.code, refused.value.facts["line"]) == (f"formats.conversion_choices.{code}", line)


def test_other_characters_than_utf_8_are_refused() -> None:
    with pytest.raises(DataFault, match=r"conversion_choices\.table"):
        parse("post;saksnr;fordi\nkjøp".encode("latin-1"), "valg.csv")
    with pytest.raises(DataFault, match=r"conversion_choices\.table"):
        parse(b"post;saksnr;fordi\n501;1;f\0rdi", "valg.csv")
