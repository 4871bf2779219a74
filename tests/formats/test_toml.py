"""TOML: what is written is read again, every key is found on its line, and what is no TOML is refused with its line."""

from __future__ import annotations

import tomllib
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kravbro.core.errors import DataFault
from kravbro.formats.toml import LARGEST, Block, parse, render

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
KEYS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
PLAIN = st.one_of(TEXTS, st.integers(-(2**63), 2**63 - 1), st.booleans(), st.dates())
VALUES = st.one_of(PLAIN, st.lists(PLAIN, max_size=3), st.dictionaries(KEYS, PLAIN, max_size=3))
TABLES = st.dictionaries(KEYS, st.dictionaries(KEYS, VALUES, max_size=4), max_size=4)


@settings(max_examples=100)
@given(TABLES)
def test_what_is_written_is_read_again_by_another_reader(tables: dict[str, dict[str, object]]) -> None:
    text = render([Block((name,), values, "one\ntwo") for name, values in tables.items()])

    assert tomllib.loads(text) == tables
    assert parse(text.encode(), "a.toml").tables == tables


@settings(max_examples=50)
@given(TABLES, st.lists(st.sampled_from(["", "# note", "\t"]), max_size=3))
def test_every_key_is_found_on_its_line(tables: dict[str, dict[str, object]], between: list[str]) -> None:
    lines: list[str] = []
    expected: dict[tuple[str, ...], int] = {}
    for name, values in tables.items():
        lines += between
        lines.append(render([Block((name,), {})]).strip("\n"))
        expected[name,] = len(lines)
        for key, value in values.items():
            lines += [*between, render([Block((), {key: value})]).strip("\n")]
            expected[name, key] = len(lines)
    document = parse("\n".join(lines).encode(), "a.toml")

    assert {path: document.line(path) for path in expected} == expected
    assert all(document.line((*path, "\0missing")) == line for path, line in expected.items())


def test_a_statement_of_several_lines_is_found_where_it_begins() -> None:
    document = parse(b'[a]\nx = [\n  "1",\n  # note\n  "2",\n]\ny = """\n[b]\n"""\n[b]\nz.u.v = 1\n', "a.toml")

    paths = (("a",), ("a", "x"), ("a", "y"), ("b",), ("b", "z", "u", "v"), ("c",))
    assert [document.line(path) for path in paths] == [1, 2, 7, 10, 11, 0]


@pytest.mark.parametrize(
    ("data", "code", "line"),
    [
        (b"a = 1\nb = \n", "toml.syntax", 2),
        (b"a = 1\na = 2\n", "toml.syntax", 2),
        (b"\n\nday = 2026-02-30\n", "toml.syntax", 3),
        (b"a = " + b"9" * 5000 + b"\n", "toml.syntax", None),
        (b"a = " + b"[" * 100_000, "toml.deep", None),
        (b"a = '\xff'", "toml.not_text", None),
        (b"#" * (LARGEST + 1), "toml.too_large", None),
    ],
)
def test_what_is_no_toml_is_refused(data: bytes, code: str, line: int | None) -> None:
    with pytest.raises(DataFault) as caught:
        parse(data, "a.toml")

    assert caught.value.code == code
    assert line is None or caught.value.facts["line"] == line


def test_files_of_windows_are_read() -> None:
    document = parse(b"\xef\xbb\xbf[a]\r\nb = 2026-10-01\r\n", "a.toml")

    assert (document.tables, document.line(("a", "b"))) == ({"a": {"b": date(2026, 10, 1)}}, 2)


def test_a_fraction_is_never_written() -> None:
    with pytest.raises(TypeError):
        render([Block((), {"a": 1.5})])
