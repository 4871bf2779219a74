"""TOML text to tables, with the line on which anything in them was said."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from typing import Any

import msgspec

from kravbro.core.errors import DataFault

LARGEST = 1_000_000
"""Bytes of a file at most."""
_LINE = re.compile(r"at line (\d+)")


class Document(msgspec.Struct, frozen=True):
    """A file's name, its text, and the tables that the text says."""

    name: str
    text: str
    tables: dict[str, Any]

    def line(self, path: tuple[str, ...]) -> int:
        """The line of the statement that said a thing, or the nearest that stands around it; 0 for the whole file.

        >>> Document("a.toml", "[a]\\n\\nb = { c = 1 }", {"a": {"b": {"c": 1}}}).line(("a", "b", "d"))
        3
        """
        while path and not _has(self.tables, path):
            path = path[:-1]
        return _first_line(self.text, path) if path else 0


def parse(data: bytes, name: str) -> Document:
    """Read a file. Raises DataFault `toml.too_large`, `toml.not_text`, `toml.syntax` (with its line) or `toml.deep`."""
    if len(data) > LARGEST:
        raise DataFault("toml.too_large", file=name, size=len(data), largest=LARGEST)
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise DataFault("toml.not_text", file=name, byte=error.start) from error
    try:
        return Document(name, text, tomllib.loads(text))
    except RecursionError as error:
        raise DataFault("toml.deep", file=name) from error
    except ValueError as error:
        found = _LINE.search(str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        raise DataFault("toml.syntax", file=name, line=line, problem=_LINE.split(str(error))[0].rstrip(" (")) from error


def _first_line(text: str, path: tuple[str, ...]) -> int:
    """The first line at which what stands above, it included, says a thing.

    A beginning of the text that ends within a statement says nothing: then the statement's end is looked at.
    """
    low, high = 1, text.count("\n") + 1
    while low < high:
        middle = (low + high) // 2
        if _says(text, middle, path):
            high = middle
        else:
            low = middle + 1
    return low


def _says(text: str, lines: int, path: tuple[str, ...]) -> bool:
    last = text.count("\n") + 1
    while lines <= last:
        tables = _beginning(text, lines)
        if tables is not None:
            return _has(tables, path)
        lines += 1
    return True


@lru_cache(maxsize=512)
def _beginning(text: str, lines: int) -> dict[str, Any] | None:
    try:
        return tomllib.loads("\n".join(text.split("\n")[:lines]))
    except ValueError:
        return None


def _has(tables: object, path: tuple[str, ...]) -> bool:
    for key in path:
        if not isinstance(tables, dict) or key not in tables:
            return False
        tables = tables[key]
    return True
