"""What a table is: its name, its columns, and the rows that are read from it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Generic, TypeVar

import msgspec

RowT = TypeVar("RowT", bound=msgspec.Struct)


class Cell(StrEnum):
    """What stands in a column. A moment is a day, or a day and a time of day; an amount is in kroner."""

    TEXT = "text"
    NUMBER = "number"
    AMOUNT = "amount"
    DAY = "day"
    MOMENT = "moment"
    WORD = "word"


class Column(msgspec.Struct, frozen=True):
    """A column: its Norwegian name, what stands in it, and how long a text may be. A row's field has its English name.

    `words` are what may stand in a column of words, by what is meant: the first is what we write.
    """

    norwegian: str
    cell: Cell = Cell.TEXT
    required: bool = False
    width: int = 200
    words: Mapping[str, str] = {}


class Table(msgspec.Struct, Generic[RowT], frozen=True):
    """A table. `mark` is a column that no other table has, so that a file is known by its first row."""

    name: str
    row: type[RowT]
    mark: str
    columns: Mapping[str, Column]

    def made(self, line: int, values: Mapping[str, Any]) -> RowT:
        """The row of these values."""
        return msgspec.convert({"line": line, **values}, self.row)
