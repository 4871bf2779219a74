"""Files are written as they always were, and read as they always were."""

from __future__ import annotations

from pathlib import Path

import pytest

from kravbro import formats
from tests.formats.golden_files import FOLDER, FORMATS, expected, kept, shown

EVERY = [(of, name) for of, one in FORMATS.items() for name in one.files()]


@pytest.mark.parametrize(("of", "name"), EVERY)
def test_golden_files_are_written_and_read_as_they_were(of: str, name: str) -> None:
    assert FORMATS[of].files()[name] == kept(of, name)
    assert shown(of, name, kept(of, name)) == (FOLDER / of / f"{name}.json").read_bytes()


def test_nothing_else_is_kept() -> None:
    assert {file.relative_to(FOLDER).as_posix() for file in FOLDER.rglob("*.*")} == set(expected())


def test_every_format_has_golden_files() -> None:
    (folder,) = formats.__path__
    names = {file.stem for file in Path(folder).iterdir() if not file.name.startswith("_")}
    assert set(FORMATS) == names - {"table_text", "toml", "xml_reading"}, "these are what formats are written in"
