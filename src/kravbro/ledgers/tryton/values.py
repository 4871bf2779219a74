"""Tryton's JSON and ours: decimals, dates and moments without loss. Pure.

Tryton writes what JSON has no word for as an object with `__class__` (trytond/protocols/jsonrpc.py of 8.2).
"""

from __future__ import annotations

import base64
import json
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from kravbro.core.errors import DataFault

ORE = Decimal(100)
LARGEST_ORE = 2**63 - 1


def dumped(value: object) -> bytes:
    """A request as Tryton reads it. Raises TypeError for what has no form there; a float has none with us."""
    return json.dumps(value, default=_object, allow_nan=False).encode()


def loaded(content: bytes) -> Any:
    """An answer of Tryton. Raises ValueError for what is no JSON or no value."""
    try:
        return json.loads(content, object_hook=_value, parse_float=Decimal)
    except (KeyError, TypeError, InvalidOperation, OverflowError) as fault:
        raise ValueError("a value of a class that is not as its name says") from fault


def _object(value: object) -> dict[str, Any]:
    if isinstance(value, datetime):
        day = {"year": value.year, "month": value.month, "day": value.day}
        moment = {"hour": value.hour, "minute": value.minute, "second": value.second, "microsecond": value.microsecond}
        return {"__class__": "datetime", **day, **moment}
    if isinstance(value, date):
        return {"__class__": "date", "year": value.year, "month": value.month, "day": value.day}
    if isinstance(value, timedelta):
        return {"__class__": "timedelta", "seconds": int(value.total_seconds())}
    if isinstance(value, bytes):
        return {"__class__": "bytes", "base64": base64.b64encode(value).decode()}
    if isinstance(value, Decimal):
        return {"__class__": "Decimal", "decimal": str(value)}
    raise TypeError(value)


def _value(found: dict[str, Any]) -> Any:
    match found.get("__class__"):
        case "Decimal":
            return Decimal(found["decimal"])
        case "date":
            return date(found["year"], found["month"], found["day"])
        case "datetime":
            day = found["year"], found["month"], found["day"]
            return datetime(*day, found["hour"], found["minute"], found["second"], found["microsecond"])  # noqa: DTZ001 - Tryton's are UTC without saying so
        case "timedelta":
            return timedelta(seconds=float(found["seconds"]))
        case _:
            return found


def ore(amount: Decimal, thing: str) -> int:
    """An amount in whole øre. Raises DataFault `tryton.not_whole_ore` for a part of an øre, or what no ledger holds."""
    cents = amount * ORE if amount.is_finite() else None
    if cents is None or cents != cents.to_integral_value() or abs(cents) > LARGEST_ORE:
        raise DataFault("tryton.not_whole_ore", amount=str(amount), thing=thing)
    return int(cents)


def kroner(amount_ore: int) -> Decimal:
    """Øre as the decimal that Tryton keeps: always two digits.

    >>> kroner(-5), kroner(123456)
    (Decimal('-0.05'), Decimal('1234.56'))
    """
    return Decimal(amount_ore).scaleb(-2)
