"""Values written into a statement, taken out again as parameters, so that it is parsed once: SQL Server does the same.

One driver writes every value into the text. Rows of a VALUES clause become rows of parameters, however many there are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

_TAKES_VALUES = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE)\b", re.IGNORECASE)
_TEXT = re.compile(r"N?'((?:[^']|'')*)'", re.DOTALL)
_COMPARED = re.compile(r"(?<=[=<>])(\s?)(-?\d+(?:\.\d+)?)(?![\w.])")
_LIST = re.compile(r"(?<= IN \()-?\d+(?:\.\d+)?(?:, ?-?\d+(?:\.\d+)?)*(?=\))")
_ROWS = re.compile(r"(\s*INSERT INTO [^()]+\([^()]+\) VALUES )(\([^()]*\)(?:, ?\([^()]*\))*)\s*", re.IGNORECASE)
_VALUE = re.compile(r"@\w+|NULL|0x[0-9A-Fa-f]*|-?\d+(?:\.\d+)?", re.IGNORECASE)


@dataclass
class Plain:
    """A statement with parameters only, their values, and the rows of values where it inserts some."""

    text: str
    values: dict[str, Any] = field(default_factory=dict)
    rows: list[dict[str, Any]] = field(default_factory=list)

    def named(self, value: Any) -> str:
        """A parameter for a value."""
        name = f"literal_{len(self.values)}"
        self.values[name] = value
        return f"@{name}"


def without_literals(text: str, parameters: Mapping[str, Any]) -> Plain:
    """The statement with its values as parameters; one of another kind as it is."""
    plain = Plain(text, dict(parameters))
    if not _TAKES_VALUES.match(text):
        return plain
    plain.text = _TEXT.sub(lambda found: plain.named(found[1].replace("''", "'")), text)
    if rows := _ROWS.fullmatch(plain.text):
        _take_rows(plain, rows[1], rows[2])
        return plain
    plain.text = _COMPARED.sub(lambda found: found[1] + plain.named(_number(found[2])), plain.text)
    plain.text = _LIST.sub(
        lambda found: ", ".join(plain.named(_number(one)) for one in found[0].split(",")), plain.text
    )
    return plain


def _take_rows(plain: Plain, head: str, written: str) -> None:
    rows = [[one.strip() for one in row.split(",")] for row in written[1:-1].replace("), (", "),(").split("),(")]
    if not all(_VALUE.fullmatch(one) for row in rows for one in row) or len({len(row) for row in rows}) != 1:
        return
    names = [f"value_{place}" for place in range(len(rows[0]))]
    plain.text = f"{head}({', '.join(f'@{name}' for name in names)})"
    plain.rows = [{name: _value(one, plain.values) for name, one in zip(names, row, strict=True)} for row in rows]


def _value(written: str, known: Mapping[str, Any]) -> Any:
    if written[0] == "@":
        return known[written[1:]]
    if written.upper() == "NULL":
        return None
    return bytes.fromhex(written[2:]) if written[:2].lower() == "0x" else _number(written)


def _number(written: str) -> int | Decimal:
    return Decimal(written) if "." in written else int(written)
