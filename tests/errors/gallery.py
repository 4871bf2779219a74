"""The gallery of errors: each code with a small function that provokes it for real.

One file per area beside this one (`formats.py`, `identifiers.py`, ...) holds the functions. The same run is the
regression test (`test_gallery.py`) and the page `docs/errors.md` (`make docs`), so the page shows what users see.

    @provokes("ocr_giro.bad_length")
    def a_line_is_too_short(folder: Path) -> None:
        (folder / "payments.txt").write_text("NY000010")
        parse(folder / "payments.txt")

A function runs in an empty folder of its own, which is also the current one. It may raise the error itself, or run
the command that raises it with `command("kid", "check", "123")`.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kravbro.core.errors import DataFault, KravbroError, Retry, Skip, Stop
from kravbro.texts.sentences import LANGUAGES, explain
from tests.tidy.codes import scan

Provocation = Callable[[Path], object]

NOT_PROVOKED: dict[str, str] = {}
"""Codes that no function can provoke here, each with the reason."""

KINDS: tuple[tuple[type[KravbroError], str, int, str], ...] = (
    (Retry, "Retry", 1, "The same may succeed later; nothing was changed. Jobs try again by themselves."),
    (Skip, "Skip", 1, "This item cannot be taken; a job goes on with the others and reports it."),
    (Stop, "Stop", 1, "Going on could do harm; the job stops until a person has looked."),
    (DataFault, "DataFault", 2, "The input contradicts itself, its format or the law; nothing of it is kept."),
)


@dataclass(frozen=True)
class Case:
    """One provocation: the code it must end in, and the area (file) that it stands in."""

    code: str
    area: str
    provoke: Provocation


@dataclass(frozen=True)
class Shown:
    """What a person is shown."""

    code: str
    area: str
    kind: str
    exit_code: int
    what_it_means: str
    sentences: dict[str, str]


CASES: dict[str, Case] = {}


def provokes(code: str) -> Callable[[Provocation], Provocation]:
    """Register the function that provokes `code`. A second one for the same code is refused."""

    def register(provoke: Provocation) -> Provocation:
        if code in CASES:
            raise ValueError(f"{code} is provoked twice")
        CASES[code] = Case(code, Path(inspect.getfile(provoke)).stem, provoke)
        return provoke

    return register


def load() -> dict[str, Case]:
    """All cases of all areas, by code."""
    folder = Path(__file__).parent
    for file in sorted(folder.glob("*.py")):
        if file.stem not in {"__init__", "gallery"} and not file.stem.startswith("test_"):
            importlib.import_module(f"tests.errors.{file.stem}")
    return dict(sorted(CASES.items()))


def command(*words: str) -> None:
    """Run a command of the program in this process, so that its error comes here before it is printed."""
    main = importlib.import_module("kravbro.cli.main")
    main.app(list(words))


def show(case: Case, folder: Path) -> Shown:
    """Provoke the error in `folder` and take down what it says. Raises AssertionError if no error comes."""
    with contextlib.chdir(folder):
        try:
            case.provoke(folder)
        except KravbroError as error:
            return _shown(case, error, folder)
    raise AssertionError(f"{case.code} was to be provoked by {case.provoke.__name__}, and nothing happened")


def _shown(case: Case, error: KravbroError, folder: Path) -> Shown:
    _, kind, exit_code, meaning = next(row for row in KINDS if isinstance(error, row[0]))
    sentences = {language: _without_place(explain(error, language), folder) for language in LANGUAGES}
    return Shown(error.code, case.area, kind, exit_code, meaning, sentences)


def _without_place(sentence: str, folder: Path) -> str:
    """The sentence with paths as they look from inside the folder, and a server of the tests as any server.

    So the page is the same on every machine.
    """
    sentence = re.sub(r"(mssql\S+@127\.0\.0\.1):\d+", r"\1", sentence)
    sentence = re.sub(r"(127\.0\.0\.1:)\d{2,}", r"\g<1>5432", re.sub(r"kravbro_\d+", "kravbro", sentence))
    return sentence.replace(f"{folder}{os.sep}", "").replace(str(folder), ".")


def unprovoked() -> list[str]:
    """Codes that the program raises and no case provokes, with the place that raises them."""
    sites, _ = scan()
    known = load().keys() | NOT_PROVOKED.keys()
    return sorted({f"{site.path}:{site.line}: {site.code}" for site in sites if site.code not in known})


def page(shown: list[Shown]) -> str:
    """`docs/errors.md`."""
    return "\n".join(_page_lines(shown)) + "\n"


def _title(area: str) -> str:
    """What an area's docstring says before its first colon: `Errors of files`."""
    return (inspect.getdoc(importlib.import_module(f"tests.errors.{area}")) or area).partition(":")[0]


def _page_lines(shown: list[Shown]) -> Iterator[str]:
    yield "# Errors"
    yield ""
    yield "Every error that Kravbro shows, as it is shown. Each line below was provoked for real while this page was"
    yield "written (`make docs`); a test provokes them all again, and fails when the page says something else."
    yield ""
    yield "An error has a kind, and the kind says what happens next:"
    yield ""
    yield "| Kind | Exit code of a command | What it means |"
    yield "|---|---|---|"
    for _, kind, exit_code, meaning in KINDS:
        yield f"| {kind} | {exit_code} | {meaning} |"
    for area in sorted({one.area for one in shown}):
        yield ""
        yield f"## {_title(area)}"
        for one in (one for one in shown if one.area == area):
            yield ""
            yield f"### `{one.code}`"
            yield ""
            yield f"{one.kind}, exit code {one.exit_code}."
            yield ""
            yield from (f"> {line}".rstrip() for line in one.sentences["en"].splitlines())
