"""What a command says when all is well: canonical JSON for programs, tables for people, progress for the impatient.

People are spoken to in the language of KRAVBRO_LANGUAGE: nb, nn or en, also written nb_NO, NN or en_GB.UTF-8; `no` is
nb. In any other language the program speaks English, and says so once on standard error.

Tables and lines are written in the encoding of standard output, and plainer where it lacks a character (`-` for the
minus sign, never nothing). JSON is UTF-8 whatever that encoding is.
"""

from __future__ import annotations

import codecs
import errno
import io
import os
import re
import sys
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Annotated, Any, NoReturn, TextIO, cast

import msgspec
from cyclopts import Parameter

from kravbro.core.derivation import Step
from kravbro.core.errors import Stop
from kravbro.texts.derivations import told
from kravbro.texts.sentences import DEFAULT_LANGUAGE, LANGUAGES, sentence

LANGUAGE_VARIABLE = "KRAVBRO_LANGUAGE"

_SPOKEN_AS = {"no": "nb", "c": "en", "posix": "en", "": "en"}
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What a terminal obeys instead of showing it: control characters, line ends, turns of direction, half characters."""

_PLAINER = "kravbro.plainer"
_PLAIN = {
    "\u2212": "-", "\u2013": "-", "\u2014": "-", "\u00a0": " ", "\u202f": " ", "\u00ab": '"', "\u00bb": '"',
    "\u2026": "...", "\u2192": "->", "\u00e6": "ae", "\u00c6": "AE", "\u00f8": "o", "\u00d8": "O",
}  # fmt: skip

_PIPE_WIDTH = 1_000
"""Columns of a table that goes into a file or another program: no row is folded there."""

AsJson = Annotated[bool, Parameter(name="--json", negative="", help="Print JSON instead of a table.")]
"""The parameter `--json` of every command that prints."""


def language() -> str:
    """The language of messages and tables: that of KRAVBRO_LANGUAGE if it is one that is shipped, else English."""
    return _shipped_language() or DEFAULT_LANGUAGE


def _shipped_language() -> str | None:
    wanted = re.split(r"[-_.@]", os.environ.get(LANGUAGE_VARIABLE, DEFAULT_LANGUAGE).strip().lower())[0]
    spoken = _SPOKEN_AS.get(wanted, wanted)
    return spoken if spoken in LANGUAGES else None


def tell_of_unknown_language() -> None:
    """One line on standard error if KRAVBRO_LANGUAGE names a language that is not shipped."""
    if _shipped_language() is None:
        wanted = os.environ[LANGUAGE_VARIABLE]
        sys.stderr.write(f"kravbro: {words('language_unknown', wanted=wanted, languages=', '.join(LANGUAGES))}\n")


def words(code: str, **facts: object) -> str:
    """A sentence of this package's catalogue, `cli.<code>`, in the user's language, with its facts made printable."""
    return words_in(language(), code, **facts)


def words_in(spoken: str, code: str, **facts: object) -> str:
    """The same in a language that somebody else is written to in."""
    return sentence(f"cli.{code}", {name: printable(fact) for name, fact in facts.items()}, spoken)


def printable(fact: object) -> object:
    """A text or path with what a terminal would obey written as an escape, `\\x1b`; any other value as it is."""
    if not isinstance(fact, str | Path):
        return fact
    return _UNPRINTABLE.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), str(fact))


def print_json(value: object) -> None:
    """Print `value` (structs, dictionaries, lists, dates) as one line of UTF-8 JSON, the same bytes each time."""
    line = msgspec.json.encode(value, order="deterministic") + b"\n"
    sys.stdout.flush()
    if hasattr(sys.stdout, "buffer"):
        sys.stdout.buffer.write(line)
    else:
        sys.stdout.write(line.decode())


def print_line(text: str) -> None:
    """Print one line."""
    sys.stdout.write(text + "\n")


def warn(text: str) -> None:
    """Say one line on standard error, beside what the command answers."""
    sys.stderr.write(f"kravbro: {text}\n")


def print_derivation(derivation: Step, spoken: str | None = None) -> None:
    """Print where a figure comes from, a line a step, each indented below what rests on it."""
    for line in told(derivation, spoken or language()):
        print_line(str(printable(line)))


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
        table.add_row(*(Text(str(printable(cell))) for cell in row))
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


class ReaderLeft(BaseException):
    """Whoever read standard output stopped reading. As with Ctrl-C, nothing on the way up may keep it."""


class _Closed:
    """Stands for a standard stream that was closed before the program began (`>&-`)."""

    encoding = "utf-8"

    @property
    def buffer(self) -> _Closed:
        return self

    def write(self, _: object) -> int:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))

    def fileno(self) -> int:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))

    def flush(self) -> None:
        """There is nothing to write."""

    def isatty(self) -> bool:
        return False


class StandardOutput:
    """A standard output that says in a sentence why it cannot be written, whoever writes: we, rich or cyclopts.

    Raises Stop `cli.output_unwritable` if it is closed or its disk is full, and ReaderLeft if nobody reads any more.
    """

    def __init__(self, stream: IO[Any] | None) -> None:
        self._stream: Any = _Closed() if stream is None else stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    @property
    def buffer(self) -> StandardOutput:
        """The same for bytes. Raises AttributeError for a stream of text alone."""
        return StandardOutput(self._stream.buffer)

    def write(self, content: Any) -> int:
        """Write text or bytes."""
        try:
            return int(self._stream.write(content))
        except OSError as error:
            self._failed(error)
            return 0

    def flush(self) -> None:
        """Write what waits to be written."""
        try:
            self._stream.flush()
        except OSError as error:
            self._failed(error)

    def _failed(self, error: OSError) -> None:
        """What still waits goes nowhere, for Python would try it again at its end and complain; then tell."""
        with suppress(OSError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)
        _tell(error)


class StandardError(StandardOutput):
    """A standard error whose own failure is nobody's to tell."""

    def _failed(self, error: OSError) -> None:
        """Go on: the exit code is left to say it."""


def _tell(error: OSError) -> NoReturn:
    if isinstance(error, BrokenPipeError) or (os.name == "nt" and error.errno == errno.EINVAL):
        raise ReaderLeft from error
    raise Stop("cli.output_unwritable", reason=error.strerror or type(error).__name__) from error


def _plainer(error: UnicodeError) -> tuple[str, int]:
    """What is written for characters that an encoding lacks: the nearest of ASCII, else a question mark."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    bare = [unicodedata.normalize("NFKD", each).encode("ascii", "ignore").decode("ascii") for each in lacking]
    return "".join(_PLAIN.get(each) or base or "?" for each, base in zip(lacking, bare, strict=True)), error.end


codecs.register_error(_PLAINER, _plainer)


@contextmanager
def standard_streams() -> Iterator[None]:
    """Standard output and standard error, such that no character and no full disk becomes a fault of the program."""
    out, err = sys.stdout, sys.stderr
    for stream in (out, err):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_PLAINER)
    sys.stdout, sys.stderr = cast(TextIO, StandardOutput(out)), cast(TextIO, StandardError(err))
    try:
        yield
    finally:
        sys.stdout, sys.stderr = out, err
