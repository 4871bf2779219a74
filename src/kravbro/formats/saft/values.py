"""Elements to values: text, whole øre and dates, each refused with its line when it is not what it should be."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from typing import Any

from kravbro.core.errors import DataFault
from kravbro.formats import xml_reading

LONGEST_TEXT = 256
"""The longest text that the schema knows (SAFlongtextType)."""
FIRST_YEAR, LAST_YEAR = 1900, 2199
"""The years that a date may lie in: beyond them is only a slip of the finger."""
_AMOUNT = re.compile(r"(?P<sign>[-+]?)(?P<kroner>[0-9]{0,16})(?:\.(?P<ore>[0-9]{0,2})0*)?", re.ASCII)
_DAY = re.compile(r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})(?:Z|[-+][0-9]{2}:[0-9]{2})?", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)


class Values:
    """The children of one element, by name; those of another namespace are none. `name` is the file's, for faults."""

    def __init__(self, name: str, element: Any, repeated: Collection[str] = ()) -> None:
        """Take the children in. Raises DataFault `formats.saft.twice` for one that may only come once."""
        self.name = name
        self.element = element
        self.line = int(element.sourceline or 0)
        self._children: dict[str, Any] = {}
        self._repeated: dict[str, list[Any]] = {one: [] for one in repeated}
        namespace = element.tag[: -len(local_name(element.tag))]
        for child in element:
            local = local_name(child.tag)
            if child.tag != namespace + local:
                continue
            if local in self._repeated:
                self._repeated[local].append(child)
            elif local in self._children:
                raise self.value_fault("twice", local, expected="1", found="2")
            else:
                self._children[local] = child

    def __contains__(self, field: str) -> bool:
        return field in self._children

    def value_fault(self, what: str, field: str, *, expected: str, found: str) -> DataFault:
        """The fault `formats.saft.<what>` at a field, with file, line, element, and what was expected and found."""
        child = self._children.get(field)
        line = int(child.sourceline or 0) if child is not None else self.line
        element = f"{local_name(self.element.tag)}/{field}"
        code = f"formats.saft.{what}"
        return DataFault(
            code, file=self.name, line=line, element=element, expected=expected, found=xml_reading.shown(found)
        )

    def below(self, field: str, repeated: Collection[str] = ()) -> Values | None:
        """A child that has children itself, None if it is not there."""
        child = self._children.get(field)
        return None if child is None else Values(self.name, child, repeated)

    def each(self, field: str, repeated: Collection[str] = ()) -> list[Values]:
        """Every child of a name that may come several times."""
        return [Values(self.name, child, repeated) for child in self._repeated[field]]

    def text(self, field: str, width: int = LONGEST_TEXT) -> str:
        """A child's text without blanks around it, empty if there is none. Raises `formats.saft.too_long`."""
        child = self._children.get(field)
        if child is None:
            return ""
        if len(child):
            raise self.value_fault("field", field, expected="text", found=f"<{local_name(child[0].tag)}>")
        found = " ".join((child.text or "").split())
        if len(found) > width:
            raise self.value_fault("too_long", field, expected=str(width), found=found)
        return found

    def required(self, field: str, width: int = LONGEST_TEXT) -> str:
        """A child's text. Raises DataFault `formats.saft.missing` if there is none."""
        found = self.text(field, width)
        if not found:
            raise self.value_fault("missing", field, expected=field, found="")
        return found

    def ore(self, field: str) -> int | None:
        """A child's amount in øre, None if it is not there. Raises DataFault `formats.saft.amount`."""
        if field not in self._children:
            return None
        found = self.text(field)
        match = _AMOUNT.fullmatch(found)
        if match is None or not (match["kroner"] or match["ore"]):
            raise self.value_fault("amount", field, expected="0-9 . 0-9", found=found)
        amount_ore = int(match["kroner"] or "0") * 100 + int((match["ore"] or "").ljust(2, "0"))
        return -amount_ore if match["sign"] == "-" else amount_ore

    def day(self, field: str) -> date | None:
        """A child's date, None if it is not there or empty. Raises DataFault `formats.saft.date`."""
        found = self.text(field)
        if not found:
            return None
        match = _DAY.fullmatch(found)
        try:
            read = date.fromisoformat(match["day"] if match else "")
        except ValueError:
            raise self.value_fault("date", field, expected="YYYY-MM-DD", found=found) from None
        if not FIRST_YEAR <= read.year <= LAST_YEAR:
            raise self.value_fault("date", field, expected=f"{FIRST_YEAR}-{LAST_YEAR}", found=found)
        return read

    def required_day(self, field: str) -> date:
        """A child's date. Raises DataFault `formats.saft.missing` and `formats.saft.date`."""
        found = self.day(field)
        if found is None:
            raise self.value_fault("missing", field, expected=field, found="")
        return found

    def number(self, field: str) -> int | None:
        """A child's whole number, None if it is not there. Raises DataFault `formats.saft.number`."""
        found = self.text(field)
        if not found:
            return None
        if not _NUMBER.fullmatch(found):
            raise self.value_fault("number", field, expected="0-9", found=found)
        return int(found)


def local_name(tag: str) -> str:
    """The name of an element without its namespace."""
    return tag.rpartition("}")[2]
