"""What a command says when all is well: canonical JSON for programs, tables for people, progress for the impatient."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated

import msgspec
from cyclopts import Parameter

from kravbro.texts.sentences import DEFAULT_LANGUAGE, LANGUAGES, sentence

LANGUAGE_VARIABLE = "KRAVBRO_LANGUAGE"

_PIPE_WIDTH = 1_000
"""Columns of a table that goes into a file or another program: no row is folded there."""

AsJson = Annotated[bool, Parameter(name="--json", negative="", help="Print JSON instead of a table.")]
"""The parameter `--json` of every command that prints."""


def language() -> str:
    """The language of messages and tables: KRAVBRO_LANGUAGE if it is one that is shipped, else English."""
    wanted = os.environ.get(LANGUAGE_VARIABLE, DEFAULT_LANGUAGE)
    return wanted if wanted in LANGUAGES else DEFAULT_LANGUAGE


def words(code: str, **facts: object) -> str:
    """A sentence of this package's catalogue, `cli.<code>`, in the user's language."""
    return sentence(f"cli.{code}", facts, language())


def print_json(value: object) -> None:
    """Print `value` (structs, dictionaries, lists, dates) as one line of UTF-8 JSON, the same bytes each time."""
    sys.stdout.write(msgspec.json.encode(value, order="deterministic").decode() + "\n")


def print_line(text: str) -> None:
    """Print one line."""
    sys.stdout.write(text + "\n")


def print_table(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> None:
    """Print a table; the columns whose places are in `right` are aligned to the right."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(title), title_justify="left", box=SIMPLE_HEAD)
    for place, heading in enumerate(headings):
        table.add_column(Text(heading), justify="right" if place in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    width = None if sys.stdout.isatty() else _PIPE_WIDTH
    Console(file=sys.stdout, highlight=False, width=width).print(table)


@contextmanager
def progress(label: str, total: int | None, *, as_json: bool = False) -> Iterator[Callable[[int], None]]:
    """A bar on standard error while long work goes on; call what it gives with the number of pieces just done.

    `total` is None where nobody knows it before the work is done.

    Silent with `as_json` and when standard error is no terminal.
    """
    if as_json or not sys.stderr.isatty():
        yield lambda _done: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=total)
        yield lambda done: bar.update(task, advance=done)
