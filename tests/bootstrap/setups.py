"""Set-ups for tests: the example that is shipped, changed in one place at a time."""

from __future__ import annotations

from pathlib import Path

from kravbro.bootstrap.setup.checking import faults_of
from kravbro.bootstrap.setup.description import Setup, merged
from kravbro.bootstrap.setup.reading import Read, read_setup
from kravbro.bootstrap.setup.writing import setup_text
from tests.tidy.sources import ROOT

EXAMPLE = ROOT / "examples/municipality/setup.toml"
TEXT = EXAMPLE.read_text(encoding="utf-8")
ACCOUNT = "15030012345"


def changed(*changes: tuple[str, str]) -> str:
    """The example with these texts replaced; each must be there."""
    text = TEXT
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def read(text: str) -> Read:
    """A text as a file in a folder."""
    return read_setup(text.encode(), "setup.toml", Path("/etc/kravbro"))


def whole(text: str = TEXT) -> Setup:
    """What a text without faults says, as it would stand in an empty place."""
    one = read(text)
    assert one.faults == ()
    return merged(Setup(), one.setup, remove=False)


def faults(text: str) -> list[tuple[int, str, str]]:
    """Line, path and code of everything that is wrong with a text."""
    one = read(text)
    found = (*one.faults, *faults_of(merged(Setup(), one.setup, remove=False)))
    return sorted((one.document.line(fault.path), ".".join(fault.path), fault.error.code) for fault in found)


def shown(setup: Setup) -> str:
    """A set-up as a file."""
    return setup_text(setup, lambda section: f"about {section}")
