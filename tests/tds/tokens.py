"""What a server answers with: the tokens of an answer ([MS-TDS] 2.2.7)."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from tests.tds.faults import Fault
from tests.tds.kinds import Kind
from tests.tds.values import COLLATION, row_value, type_information

NAME = "Kravbro's test server"
VERSION = bytes([16, 0, 16, 4])
"""As SQL Server 2022 says it."""
_RETURN_STATUS, _COLUMNS, _RETURN_VALUE, _ERROR, _LOGGED_IN, _ROW, _ENVIRONMENT = (
    0x79,
    0x81,
    0xAC,
    0xAA,
    0xAD,
    0xD1,
    0xE3,
)
_NULLABLE_AND_WRITABLE = 0x09


class Ending(IntEnum):
    """Which of the three tokens ends a result, and what it says."""

    DONE = 0xFD
    PROCEDURE = 0xFE
    IN_PROCEDURE = 0xFF


class Command(IntEnum):
    """What was done, as a driver that counts rows wants to know."""

    SELECT = 0xC1
    INSERT = 0xC3
    DELETE = 0xC4
    UPDATE = 0xC5


MORE, FAILED, COUNTED, ATTENDED = 0x01, 0x02, 0x10, 0x20


@dataclass
class Result:
    """What one statement gave: columns and rows, or how many rows it changed."""

    columns: Sequence[tuple[str, Kind]] = ()
    rows: Sequence[Sequence[Any]] = field(default_factory=list)
    changed: int | None = None
    command: Command = Command.SELECT


def _short_text(text: str) -> bytes:
    wide = text.encode("utf-16-le")
    return bytes([len(wide) // 2]) + wide


def _text(text: str) -> bytes:
    wide = text.encode("utf-16-le")
    return struct.pack("<H", len(wide) // 2) + wide


def _token(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + struct.pack("<H", len(body)) + body


def result_set(result: Result) -> bytes:
    """The columns and rows of a result."""
    out = bytearray([_COLUMNS]) + struct.pack("<H", len(result.columns))
    for name, kind in result.columns:
        out += struct.pack("<IH", 0, _NULLABLE_AND_WRITABLE) + type_information(kind) + _short_text(name)
    kinds = [kind for _, kind in result.columns]
    for row in result.rows:
        out.append(_ROW)
        for kind, value in zip(kinds, row, strict=True):
            out += row_value(kind, value)
    return bytes(out)


def ending(kind: Ending, status: int = 0, result: Result | None = None) -> bytes:
    """The end of a result; with how many rows it gave or changed."""
    count = None if result is None else result.changed
    counted = COUNTED if count is not None else 0
    command = Command.SELECT if result is None else result.command
    return bytes([kind]) + struct.pack("<HHQ", status | counted, command, count or 0)


def error(fault: Fault) -> bytes:
    """An error, as the client shows it."""
    body = struct.pack("<IBB", fault.number, fault.state, fault.severity) + _text(fault.message[:2000])
    return _token(_ERROR, body + _short_text(NAME) + _short_text("") + struct.pack("<I", 1))


def return_status() -> bytes:
    """That a procedure ended well."""
    return bytes([_RETURN_STATUS]) + struct.pack("<i", 0)


def return_number(number: int) -> bytes:
    """The value of an output parameter."""
    head = struct.pack("<H", 0) + _short_text("") + bytes([1]) + struct.pack("<IH", 0, 0)
    return bytes([_RETURN_VALUE]) + head + bytes([0x26, 4, 4]) + struct.pack("<i", number)


def logged_in(database: str) -> bytes:
    """What a client is told when it is let in: its database, its collation, the size of packets, and who answers."""
    collation = _token(_ENVIRONMENT, bytes([7, len(COLLATION)]) + COLLATION + b"\0")
    program = b"\x01" + struct.pack(">I", 0x74000004) + _short_text(NAME) + VERSION
    return now_in(database, "master") + packet_size() + collation + _token(_LOGGED_IN, program)


def now_in(database: str, before: str) -> bytes:
    """That the session is in another database."""
    return _token(_ENVIRONMENT, bytes([1]) + _short_text(database) + _short_text(before))


def packet_size() -> bytes:
    """How large packets are."""
    return _token(_ENVIRONMENT, bytes([4]) + _short_text("4096") + _short_text("4096"))


def transaction(begun: int, ended: int) -> bytes:
    """That a transaction was begun, or committed (by their numbers, 0 for none)."""
    new, old = (struct.pack("<Q", one) if one else b"" for one in (begun, ended))
    return _token(_ENVIRONMENT, bytes([8 if begun else 9, len(new)]) + new + bytes([len(old)]) + old)
