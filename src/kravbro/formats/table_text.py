"""The text of a table that came as CSV, shared by the formats that are tables."""

from __future__ import annotations

from codecs import BOM_UTF8


class NotTextError(ValueError):
    """Bytes that are no text in UTF-8: the line, and the first of them in hexadecimal."""

    def __init__(self, line: int, found: str) -> None:
        super().__init__(f"line {line}: {found}")
        self.line = line
        self.found = found


def table_text(data: bytes) -> str:
    """The text of a file in UTF-8, with or without a byte order mark.

    Raises NotTextError, also for a NUL: no table has one, PostgreSQL keeps none, and UTF-16 is full of them.
    """
    try:
        text = data.decode("utf-8")
        place = data.find(b"\0")
    except UnicodeDecodeError as error:
        text, place = "", error.start
    if place >= 0:
        raise NotTextError(data.count(b"\n", 0, place) + 1, data[place : place + 4].hex(" "))
    return text.removeprefix(BOM_UTF8.decode())
