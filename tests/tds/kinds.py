"""SQL Server's types, and what a value becomes when it is put into one: rounded, cut off with an error, or refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from tests.tds.faults import Fault

MAX = -1
"""The length of NVARCHAR(MAX) and its like."""
INTEGERS = {"TINYINT": (0, 2**8 - 1), "SMALLINT": (-(2**15), 2**15 - 1), "INT": (-(2**31), 2**31 - 1)}
INTEGERS["BIGINT"] = (-(2**63), 2**63 - 1)
INTEGER_SIZES = {"TINYINT": 1, "SMALLINT": 2, "INT": 4, "BIGINT": 8}
TEXTS = ("NVARCHAR", "NCHAR", "VARCHAR", "CHAR")
MOMENTS = ("DATETIME2", "DATETIME", "SMALLDATETIME")
_EXACT = Context(prec=60)
_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,7}))?)?)?")


@dataclass(frozen=True)
class Kind:
    """A type: its name, precision and scale of numbers, length of texts (`MAX`), scale of moments."""

    name: str
    precision: int = 0
    scale: int = 0
    length: int = 0

    def __str__(self) -> str:
        if self.name == "DECIMAL":
            return f"DECIMAL({self.precision},{self.scale})"
        if self.name in TEXTS or self.name == "VARBINARY":
            return f"{self.name}({'MAX' if self.length == MAX else self.length})"
        return f"DATETIME2({self.scale})" if self.name == "DATETIME2" else self.name

    @property
    def is_text(self) -> bool:
        """Whether values are texts."""
        return self.name in TEXTS

    @property
    def is_day_or_moment(self) -> bool:
        """Whether values are days or moments."""
        return self.name == "DATE" or self.name in MOMENTS


INT, BIGINT, BIT, DATE = Kind("INT"), Kind("BIGINT"), Kind("BIT"), Kind("DATE")
TEXT = Kind("NVARCHAR", length=4000)
LONG_TEXT = Kind("NVARCHAR", length=MAX)


@lru_cache(maxsize=1024)
def kind_of(written: str) -> Kind:
    """The type that is written so, as `NVARCHAR(20)`, `decimal(28, 6)`, `DATETIME2` or `INTEGER`."""
    match = re.fullmatch(r"\s*\[?(\w+)\]?\s*(?:\(\s*(\w+)\s*(?:,\s*(\d+)\s*)?\))?\s*", written)
    if match is None:
        raise Fault(243, f"Type {written} is not a defined system type.")
    name, first, second = match.groups()
    name = {"INTEGER": "INT", "NUMERIC": "DECIMAL", "NTEXT": "NVARCHAR", "SYSNAME": "NVARCHAR"}.get(
        name.upper(), name.upper()
    )
    if name in TEXTS or name == "VARBINARY":
        length = MAX if (first or "").upper() == "MAX" else int(first or (128 if "sysname" in written.lower() else 30))
        return Kind(name, length=length)
    if name == "DECIMAL":
        return Kind(name, precision=int(first or 18), scale=int(second or 0))
    if name == "DATETIME2":
        return Kind(name, scale=int(first) if first else 7)
    if name in INTEGERS or name in {"BIT", "DATE", "DATETIME", "SMALLDATETIME", "FLOAT"}:
        return Kind(name)
    raise Fault(243, f"Type {written} is not a defined system type.")


def stored(value: Any, written: str) -> Any:  # noqa: PLR0911 - one answer per type
    """A value as a column of that type keeps it in SQLite. Raises Fault with the number that SQL Server gives."""
    if value is None:
        return None
    kind = kind_of(written)
    if kind.name in INTEGERS:
        return _integer(value, kind)
    if kind.name == "BIT":
        return int(bool(_integer(value, BIGINT)))
    if kind.name == "DECIMAL":
        return _decimal(value, kind)
    if kind.is_text:
        return _text(value, kind)
    if kind.is_day_or_moment:
        return _day_or_moment(value, kind)
    return value


def _integer(value: Any, kind: Kind) -> int:
    try:
        number = int(Decimal(str(value)))
    except InvalidOperation:
        raise Fault(245, f"Conversion failed when converting '{value}' to data type {kind.name.lower()}.") from None
    low, high = INTEGERS[kind.name]
    if not low <= number <= high:
        raise Fault(8115, f"Arithmetic overflow error converting expression to data type {kind.name.lower()}.")
    return number


def _decimal(value: Any, kind: Kind) -> str:
    if isinstance(value, float):
        raise Fault(8114, "Error converting data type float to numeric: no amount is a float here.")
    try:
        number = Decimal(str(value)).quantize(Decimal(1).scaleb(-kind.scale), ROUND_HALF_UP, context=_EXACT)
    except InvalidOperation:
        raise Fault(8114, "Error converting data type nvarchar to numeric.") from None
    if number.copy_abs() >= Decimal(10) ** (kind.precision - kind.scale):
        raise Fault(8115, "Arithmetic overflow error converting numeric to data type numeric.")
    return f"{number + 0:f}"


def _text(value: Any, kind: Kind) -> str:
    text = str(value)
    if kind.name in {"VARCHAR", "CHAR"}:
        text = text.encode("cp1252", "replace").decode("cp1252")  # what that column cannot hold is lost in silence
    units = len(text.encode("utf-16-le", "surrogatepass")) // 2
    if kind.length != MAX and units > kind.length:
        raise Fault(2628, f"String or binary data would be truncated. Truncated value: '{text[: kind.length]}'.")
    return text


def _day_or_moment(value: Any, kind: Kind) -> str:
    match = _DAY.fullmatch(str(value).strip())
    try:
        if match is None:
            raise ValueError
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
        moment = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - SQL Server's have no zone
    except ValueError:
        raise Fault(241, "Conversion failed when converting date and/or time from character string.") from None
    if kind.name == "DATE":
        return moment.date().isoformat()
    ticks = int((match[7] or "").ljust(7, "0"))
    if kind.name == "DATETIME2":
        step = 10 ** (7 - kind.scale)
        ticks = (ticks + step // 2) // step * step
    elif kind.name == "DATETIME":
        ticks = round(round(ticks * 3 / 100_000) * 10 / 3) * 10_000  # a three-hundredth of a second, shown in ms
    else:
        ticks = 0
    moment += timedelta(seconds=ticks // 10**7)
    return f"{moment.isoformat(' ', 'seconds')}.{ticks % 10**7:07d}"


def plain(value: Any) -> Any:
    """A Python value as SQLite takes it, in the form that columns keep."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return f"{value.isoformat(' ', 'microseconds')}0"
    return value.isoformat() if isinstance(value, date) else value
