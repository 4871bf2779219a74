"""Write the pages of `docs/` that are drawn from the code: `python -m tools.generate_docs`, or `make docs`.

`tests/tidy/test_docs.py` compares the pages with what this module would write. A page whose source is not built yet
is left out.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]


def errors_page() -> str | None:
    """Every error as a user sees it, from the gallery in `tests/errors`."""
    gallery = importlib.import_module("tests.errors.gallery")
    shown = []
    for case in gallery.load().values():
        with tempfile.TemporaryDirectory() as folder:
            shown.append(gallery.show(case, Path(folder).resolve()))
    return str(gallery.page(shown))


def commands_page() -> str | None:
    """Every command with its parameters, from the program itself."""
    if not _exists("kravbro.cli.main"):
        return None
    app = importlib.import_module("kravbro.cli.main").app
    with _started_as("kravbro"):
        reference = app.generate_docs(output_format="markdown", recursive=True, heading_level=2)
    head = (
        "# Commands\n\n"
        "What `kravbro --help` says, for every command. Written by `make docs`; a test fails when it has drifted.\n\n"
        "Exit code 0: done (refused rows are data). 1: the command as a whole was refused, or differences were found.\n"
        "2: bad input, bad usage or missing law. 70: a fault of the program itself, named in one line.\n"
    )
    return head + "\n" + "\n".join(line.rstrip() for line in str(reference).strip().splitlines()) + "\n"


@contextmanager
def _started_as(name: str) -> Iterator[None]:
    """As if the program had been started by this name: cyclopts puts the name of whatever runs into usage lines."""
    arguments, sys.argv = sys.argv, [name]
    try:
        yield
    finally:
        sys.argv = arguments


def states_page() -> str | None:
    """Every thing that has a life, from `kravbro.core.transitions`."""
    if not _exists("kravbro.core.transitions"):
        return None
    return "\n".join(_states_lines()) + "\n"


def _states_lines() -> Iterator[str]:
    machines = importlib.import_module("kravbro.core.transitions").MACHINES
    yield "# States"
    yield ""
    yield "The life of each thing that has one, drawn from `kravbro/core/transitions.py` by `make docs`."
    yield "A step that is not drawn here is refused; a test fails when this page has drifted."
    for machine in machines.values():
        yield from ("", f"## {machine.name.capitalize()}", "", machine.note, "", "```mermaid", "stateDiagram-v2")
        yield f"    [*] --> {machine.initial}"
        yield from (f"    {step.source} --> {step.target}: {step.event}" for step in machine.steps)
        yield from ("```", "", "| In state | event | leads to |", "|---|---|---|")
        yield from (f"| {step.source} | {step.event} | {step.target} |" for step in machine.steps)


def conformance_page() -> str | None:
    """Every rule of the conformance suites, from the checks and the faults that test them."""
    return str(importlib.import_module("tools.conformance_page").conformance_page())


PAGES: dict[str, Callable[[], str | None]] = {
    "docs/states.md": states_page,
    "docs/commands.md": commands_page,
    "docs/errors.md": errors_page,
    "docs/contributing/conformance.md": conformance_page,
}


def _exists(module: str) -> bool:
    """Whether a module is there, without importing it: one that is there and broken must say so itself."""
    return importlib.util.find_spec(module.rpartition(".")[0]) is not None and bool(importlib.util.find_spec(module))


def main() -> int:
    """Write every page that changed, and say which."""
    for path, page in PAGES.items():
        text = page()
        file = ROOT / path
        if text is not None and (not file.exists() or file.read_text(encoding="utf-8") != text):
            file.write_text(text, encoding="utf-8")
            print(f"wrote {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
