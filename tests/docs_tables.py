"""The worked tables of a page in docs/, read so that a test can recompute each row.

`tables("docs/algorithms/fees.md")` gives the tables in the order of the page, each as its rows, each row as heading ->
cell. A cell is the text as it is written, without the marks of emphasis and code around it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from tests.tidy.sources import ROOT

Table = list[dict[str, str]]


def tables(path: str) -> list[Table]:
    """All tables of a page that is named from the top of the repository. Raises AssertionError for a ragged one."""
    lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
    return [_table(path, list(block)) for is_table, block in groupby(lines, _is_row) if is_table]


def table_with(path: str, *headings: str) -> Table:
    """The rows of every table of a page that has exactly these headings. Raises AssertionError if there are none."""
    rows = [row for table in tables(path) for row in table if tuple(row) == headings]
    assert rows, f"{path} has no table with the headings {headings}"
    return rows


def cells(line: str) -> list[str]:
    """The cells of one line, `\\|` being a bar that divides nothing."""
    inner = line.strip().removeprefix("|").removesuffix("|").replace("\\|", "\0")
    return [cell.strip().strip("*`").strip().replace("\0", "|") for cell in inner.split("|")]


def _is_row(line: str) -> bool:
    return line.startswith("|")


def _table(path: str, lines: Sequence[str]) -> Table:
    headings, rule = cells(lines[0]), cells(lines[1]) if len(lines) > 1 else []
    assert rule, f"{path}: {lines[0]} is no table: its second line is missing"
    assert all(set(cell) <= set("-:") for cell in rule), f"{path}: {lines[1]} does not part headings from rows"
    return list(_rows(path, headings, lines[2:]))


def _rows(path: str, headings: list[str], lines: Sequence[str]) -> Iterator[dict[str, str]]:
    for line in lines:
        found = cells(line)
        assert len(found) == len(headings), f"{path}: {line} has {len(found)} cells, and {len(headings)} headings"
        yield dict(zip(headings, found, strict=True))
