"""The documentation says what is true: generated pages have not drifted, and links lead somewhere."""

import doctest
import importlib
import re

import pytest

from tests.tidy.sources import ROOT, program_sources, repository
from tools.generate_docs import PAGES

LINK = re.compile(r"\]\((?!https?:|mailto:|#)(?P<target>[^)#\s]+)")
DECISION = re.compile(
    r"# (?P<number>[0-9]{4}): .+\n\n"
    r"Date: [0-9]{4}-[0-9]{2}-[0-9]{2}\. Status: (proposed|accepted|replaced by [0-9]{4})\.\n"
)


@pytest.mark.parametrize("path", PAGES)
def test_a_generated_page_has_not_drifted(path: str) -> None:
    text = PAGES[path]()
    if text is not None:
        assert (ROOT / path).read_text(encoding="utf-8") == text, f"{path} has drifted, run: make docs"


def test_every_link_between_pages_leads_somewhere() -> None:
    broken = [
        f"{source.path}:{number}: {match['target']}"
        for source in repository()
        if source.path.endswith(".md")
        for number, line in enumerate(source.lines, 1)
        for match in LINK.finditer(line)
        if not (ROOT / source.path).parent.joinpath(match["target"]).exists()
    ]

    assert not broken, "\n".join(["", *broken])


def test_decisions_are_numbered_without_gaps_and_say_how_they_stand() -> None:
    files = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))

    assert [file.name[:4] for file in files] == [f"{number:04d}" for number in range(1, len(files) + 1)]
    for file in files:
        head = DECISION.match(file.read_text(encoding="utf-8"))
        assert head, f"{file.name} does not begin as docs/decisions/template.md does"
        assert head["number"] == file.name[:4]


def test_every_make_target_has_its_help_line() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    helped = set(re.findall(r"^([a-z]+):.*## .+$", makefile, re.MULTILINE))

    assert phony
    assert set(phony[1].split()) == helped


@pytest.mark.parametrize("path", [source.path for source in program_sources() if ">>> " in source.text])
def test_the_examples_in_docstrings_are_true(path: str) -> None:
    name = path.removeprefix("src/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    results = doctest.testmod(importlib.import_module(name))

    assert results.attempted
    assert not results.failed
