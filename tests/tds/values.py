"""Types and values as they travel: read from a client's parameters, written into rows ([MS-TDS] 2.2.5.4 to 2.2.5.5)."""

from __future__ import annotations

import struct
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.tds.kinds import BIGINT, BIT, DATE, INT, INTEGER_SIZES, LONG_TEXT, MAX, TEXT, Kind
from tests.tds.wire import Reader

COLLATION = bytes([0x09, 0x04, 0xD0, 0x00, 0x34])
"""What the server says of its texts; the code page of VARCHAR, 1252, follows from it."""
_NULL, _INTN, _BITN, _FLTN, _DATETIMN, _DATEN, _TIMEN, _DATETIME2N = 0x1F, 0x26, 0x68, 0x6D, 0x6F, 0x28, 0x29, 0x2A
_DECIMALN, _NUMERICN, _BINARY, _VARBINARY, _VARCHAR, _CHAR, _NVARCHAR, _NCHAR = (
    *(0x6A, 0x6C, 0xAD, 0xA5),
    *(0xA7, 0xAF, 0xE7, 0xEF),
)
_TEXT, _NTEXT = 0x23, 0x63
_WIDE = (_NVARCHAR, _NCHAR, _NTEXT)
_LONG, _UNKNOWN_LENGTH, _LONG_NULL, _SHORT_NULL = 0xFFFF, 0xFFFFFFFFFFFFFFFE, 0xFFFFFFFFFFFFFFFF, 0xFFFF
_FIXED = {0x30: 1, 0x34: 2, 0x38: 4, 0x7F: 8, 0x32: 1}
_FIRST_DAY, _DATETIME_ZERO = date(1, 1, 1), datetime(1900, 1, 1)  # noqa: DTZ001 - SQL Server's have no zone


def read_parameter(message: Reader) -> Any:  # noqa: PLR0911 - one answer per type
    """The type and the value of one parameter."""
    kind = message.number(1)
    if kind == _NULL:
        return None
    if kind in _FIXED:
        return message.number(_FIXED[kind], signed=_FIXED[kind] > 1)
    if kind in {_INTN, _BITN, _FLTN, _DATETIMN}:
        message.number(1)
        return _read_short(message, kind, 0)
    if kind in {_DECIMALN, _NUMERICN}:
        message.take(2)
        return _read_short(message, kind, message.number(1))
    if kind == _DATEN:
        return _read_short(message, kind, 0)
    if kind in {_DATETIME2N, _TIMEN}:
        return _read_short(message, kind, message.number(1))
    if kind in {_VARCHAR, _CHAR, _NVARCHAR, _NCHAR, _VARBINARY, _BINARY}:
        return _read_long(message, kind)
    if kind in {_TEXT, _NTEXT}:
        return _read_old_long(message, kind)
    raise ValueError(f"a parameter has type 0x{kind:02X}, which this server does not read")


def _read_short(message: Reader, kind: int, scale: int) -> Any:  # noqa: PLR0911 - one answer per type
    length = message.number(1)
    if not length:
        return None
    part = message.take(length)
    number = int.from_bytes(part, "little", signed=length > 1)
    if kind == _INTN:
        return number
    if kind == _BITN:
        return bool(number)
    if kind == _FLTN:
        return float(struct.unpack("<d" if length == 8 else "<f", part)[0])
    if kind in {_DECIMALN, _NUMERICN}:
        whole = Decimal(int.from_bytes(part[1:], "little")).scaleb(-scale)
        return whole if part[0] else -whole
    if kind == _DATEN:
        return _FIRST_DAY + timedelta(days=int.from_bytes(part, "little"))
    if kind == _DATETIMN:
        days, ticks = struct.unpack("<iI" if length == 8 else "<HH", part)
        return _DATETIME_ZERO + timedelta(days=days, milliseconds=round(ticks * 10 / 3))
    days = int.from_bytes(part[-3:], "little")
    microseconds = int.from_bytes(part[:-3], "little") * 10 ** (6 - scale) if scale <= 6 else 0
    if scale == 7:
        microseconds = int.from_bytes(part[:-3], "little") // 10
    return datetime.combine(_FIRST_DAY, datetime.min.time()) + timedelta(days=days, microseconds=microseconds)


def _read_long(message: Reader, kind: int) -> Any:
    size = message.number(2)
    if kind not in {_VARBINARY, _BINARY}:
        message.take(len(COLLATION))
    if size == _LONG:
        if message.number(8) == _LONG_NULL:
            return None
        part = b""
        while chunk := message.number(4):
            part += message.take(chunk)
    else:
        length = message.number(2)
        if length == _SHORT_NULL:
            return None
        part = message.take(length)
    if kind in {_VARBINARY, _BINARY}:
        return part
    return part.decode("utf-16-le", "surrogatepass") if kind in _WIDE else part.decode("cp1252")


def _read_old_long(message: Reader, kind: int) -> str | None:
    """A long text in the type that VARCHAR(MAX) has replaced; Microsoft's own driver sends it still."""
    message.take(4 + len(COLLATION))
    length = message.number(4, signed=True)
    return None if length < 0 else message.take(length).decode("utf-16-le" if kind in _WIDE else "cp1252")


def kind_of_values(values: list[Any]) -> Kind:
    """The type of a column that no table has, by what stands in it."""
    found = [one for one in values if one is not None]
    if any(isinstance(one, str) for one in found):
        return TEXT if all(len(str(one)) <= TEXT.length // 2 for one in found) else LONG_TEXT
    if any(isinstance(one, float) for one in found):
        return Kind("FLOAT")
    if any(isinstance(one, bytes) for one in found):
        return Kind("VARBINARY", length=MAX)
    return INT if all(-(2**31) <= one < 2**31 for one in found) else BIGINT


def type_information(kind: Kind) -> bytes:  # noqa: PLR0911 - one answer per type
    """How a column of this type is announced."""
    if kind.name in INTEGER_SIZES:
        return bytes([_INTN, INTEGER_SIZES[kind.name]])
    if kind.name == BIT.name:
        return bytes([_BITN, 1])
    if kind.name == "FLOAT":
        return bytes([_FLTN, 8])
    if kind.name == "DECIMAL":
        return bytes([_NUMERICN, _decimal_size(kind) + 1, kind.precision, kind.scale])
    if kind.name == DATE.name:
        return bytes([_DATEN])
    if kind.name == "DATETIME2":
        return bytes([_DATETIME2N, kind.scale])
    if kind.name in {"DATETIME", "SMALLDATETIME"}:
        return bytes([_DATETIMN, 8])
    if kind.name == "VARBINARY":
        return bytes([_VARBINARY]) + struct.pack("<H", _LONG if kind.length == MAX else kind.length)
    wide = kind.name[0] == "N"
    size = _LONG if kind.length == MAX else kind.length * (2 if wide else 1)
    return bytes([_NVARCHAR if wide else _VARCHAR]) + struct.pack("<H", size) + COLLATION


def _decimal_size(kind: Kind) -> int:
    return next(size for size, digits in ((4, 9), (8, 19), (12, 28), (16, 38)) if kind.precision <= digits)


def row_value(kind: Kind, value: Any) -> bytes:  # noqa: PLR0911 - one answer per type
    """A value in a row, from the form that SQLite keeps it in."""
    if kind.is_text or kind.name == "VARBINARY":
        return _long_value(kind, value)
    if value is None:
        return b"\0"
    if kind.name in INTEGER_SIZES:
        size = INTEGER_SIZES[kind.name]
        return bytes([size]) + int(value).to_bytes(size, "little", signed=size > 1)
    if kind.name == BIT.name:
        return bytes([1, value])
    if kind.name == "FLOAT":
        return b"\x08" + struct.pack("<d", value)
    if kind.name == "DECIMAL":
        size, number = _decimal_size(kind), Decimal(str(value)).scaleb(kind.scale)
        whole = int(number)
        if whole != number:
            raise ValueError(f"{value} does not fit {kind}")
        return bytes([size + 1, whole >= 0]) + abs(whole).to_bytes(size, "little")
    day = date.fromisoformat(str(value)[:10])
    days = (day - _FIRST_DAY).days
    if kind.name == DATE.name:
        return b"\x03" + days.to_bytes(3, "little")
    clock, _, fraction = str(value)[11:].partition(".")
    hours, minutes, seconds = (int(part) for part in (clock or "0:0:0").split(":"))
    ticks = (hours * 3600 + minutes * 60 + seconds) * 10**7 + int(fraction.ljust(7, "0") or 0)
    if kind.name == "DATETIME2":
        size = 3 if kind.scale < 3 else 4 if kind.scale < 5 else 5
        clock_part = int(ticks // 10 ** (7 - kind.scale)).to_bytes(size, "little")
        return bytes([size + 3]) + clock_part + days.to_bytes(3, "little")
    since = (day - _DATETIME_ZERO.date()).days
    return b"\x08" + struct.pack("<iI", since, round(ticks * 3 / 100_000))


def _long_value(kind: Kind, value: Any) -> bytes:
    if value is None:
        return struct.pack("<Q", _LONG_NULL) if kind.length == MAX else struct.pack("<H", _SHORT_NULL)
    if kind.name == "VARBINARY":
        part = bytes(value)
    elif kind.name[0] == "N":
        part = str(value).encode("utf-16-le", "surrogatepass")
    else:
        part = str(value).encode("cp1252", "replace")
    if kind.length != MAX:
        return struct.pack("<H", len(part)) + part
    chunk = struct.pack("<I", len(part)) + part if part else b""
    return struct.pack("<Q", _UNKNOWN_LENGTH) + chunk + struct.pack("<I", 0)
