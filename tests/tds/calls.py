"""Remote procedure calls: how both drivers send a statement with parameters ([MS-TDS] 2.2.6.6)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tests.tds.values import read_parameter
from tests.tds.wire import Reader

PROCEDURES = {
    10: "sp_executesql",
    11: "sp_prepare",
    12: "sp_execute",
    13: "sp_prepexec",
    15: "sp_unprepare",
}
"""Those that have a number; others are called by name."""
_BY_NUMBER = 0xFFFF
_NEXT_CALL = (0x80, 0xFF, 0xFE)


@dataclass(frozen=True)
class Call:
    """A procedure, and its parameters in order: name (or empty) and value."""

    procedure: str
    parameters: tuple[tuple[str, Any], ...]

    def values(self, start: int) -> list[Any]:
        """The values from that parameter on."""
        return [value for _, value in self.parameters[start:]]

    def named(self, start: int, declared: str | None) -> dict[str, Any]:
        """The parameters from that one on by name: their own, or in the order in which they are declared."""
        names = declared_names(declared)
        given = self.parameters[start:]
        return {name.lstrip("@") or names[place]: value for place, (name, value) in enumerate(given)}


def declared_names(declared: str | None) -> list[str]:
    """The names in `@P1 nvarchar(20),@P2 decimal(10,2)`."""
    return re.findall(r"(?:^|,)\s*@(\w+)\s", declared or "")


def read_call(body: bytes) -> Call:
    """The call that a client sends."""
    message = Reader(body)
    message.take(message.number(4) - 4)  # headers: the transaction, which this server knows
    length = message.number(2)
    procedure = (
        PROCEDURES.get(number := message.number(2), str(number)) if length == _BY_NUMBER else message.text(length)
    )
    message.number(2)
    parameters = []
    while message.more:
        length = message.number(1)
        if length in _NEXT_CALL:
            raise ValueError("several calls came in one message, which this server does not take")
        name = message.text(length)
        message.number(1)
        parameters.append((name, read_parameter(message)))
    return Call(procedure.rpartition(".")[2].lower(), tuple(parameters))


def read_batch(body: bytes) -> str:
    """The text that a client sends as it is."""
    message = Reader(body)
    message.take(message.number(4) - 4)
    return message.rest().decode("utf-16-le")
