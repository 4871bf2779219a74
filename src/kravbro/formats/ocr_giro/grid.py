"""The text of a file as a grid: every record exactly 80 columns and a line feed, so that row n begins at 81 * n."""

from __future__ import annotations

import codecs
import re

from kravbro.core.errors import DataFault
from kravbro.formats.ocr_giro.layout import LINE, TRANSMISSION_START, WIDTH, Field

ENCODING = "iso-8859-1"
_BYTE_ORDER_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SHOWN = 80
_EACH_LINE = re.compile(r"([^\n]*)\n")


class Grid:
    """The records of one file. Rows are counted from 0, the lines in faults from 1; they are the lines of the file."""

    __slots__ = ("name", "rows", "text")

    def __init__(self, data: bytes, name: str) -> None:
        """Lay `data` out. Raises DataFault `formats.ocr_giro.*`: `empty`, `byte_order_mark`, `not_ocr_giro`, `length`.

        Lines end with LF or CRLF, also both in one file. Blanks beyond column 80 and blank lines at the end are
        dropped; nothing else is.
        """
        self.name = name
        if not data.strip():
            raise self.fault("empty", 0, expected=TRANSMISSION_START.code, found="")
        if data.startswith(_BYTE_ORDER_MARKS):
            raise self.fault("byte_order_mark", 0, expected=TRANSMISSION_START.code, found=data[:3].hex(" "))
        if not data.startswith(b"NY"):
            raise self.fault("not_ocr_giro", 0, expected=TRANSMISSION_START.code, found=data[:8].decode(ENCODING))
        text = data.decode(ENCODING).replace("\r\n", "\n")
        end = text.find("\n", len(text.rstrip(" \n")))
        text = text + "\n" if end < 0 else text[: end + 1]
        self.text = text if _is_grid(text) else self._laid_out(text)
        self.rows = len(self.text) // LINE

    def record(self, row: int) -> str:
        """The 80 columns of a record; nothing beyond the last row."""
        return self.text[row * LINE : row * LINE + WIDTH]

    def code(self, row: int) -> str:
        """Columns 1 to 8 of a record; nothing beyond the last row."""
        return self.text[row * LINE : row * LINE + 8]

    def fault(self, what: str, row: int, field: str = "record", *, expected: str, found: str) -> DataFault:
        """The fault `formats.ocr_giro.<what>`, with file, line, field, and what was expected and found there."""
        shown = found[:_SHOWN]
        if not shown.isprintable():
            shown = shown.encode("unicode_escape").decode("ascii")
        code = f"formats.ocr_giro.{what}"
        return DataFault(code, file=self.name, line=row + 1, field=field, expected=expected, found=shown)

    def field_fault(self, what: str, row: int, field: Field, expected: str = "") -> DataFault:
        """The fault of one field; `expected` is the notation of its kind unless something more exact is known."""
        found = field.of(self.record(row))
        return self.fault(what, row, field.where, expected=expected or field.kind.value, found=found)

    def _laid_out(self, text: str) -> str:
        """The grid of a text that is not one yet, line by line, and no line after the first that is wrong."""
        records: list[str] = []
        for row, match in enumerate(_EACH_LINE.finditer(text)):
            line = match[1]
            length = len(line) if len(line) <= WIDTH else WIDTH + len(line[WIDTH:].rstrip(" "))
            if length != WIDTH:
                raise self.fault("length", row, expected=str(WIDTH), found=str(length))
            records.append(line[:WIDTH])
        return "\n".join([*records, ""])


def _is_grid(text: str) -> bool:
    """Whether each 81st character is a line feed and no other one is."""
    rows, rest = divmod(len(text), LINE)
    return rest == 0 and text.count("\n") == rows == text[WIDTH::LINE].count("\n")
