"""What SQLite lacks of SQL Server's arithmetic, comparison and texts: functions and collations of one connection."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact
from typing import Any

from tests.tds.faults import Fault
from tests.tds.kinds import stored

EXACT = Context(prec=38, traps=[Inexact])
"""DECIMAL has 38 digits; whatever would need more is an error here, and not rounded."""
DECIMAL, IGNORES_CASE, BINARY = "exact", "ci", "bin2"


class Sum:
    """SUM over exact decimals."""

    def __init__(self) -> None:
        self._total: Decimal | None = None

    def step(self, value: Any) -> None:
        if value is not None:
            self._total = EXACT.add(self._total or Decimal(0), _decimal(value))

    def finalize(self) -> str | None:
        return None if self._total is None else f"{self._total:f}"


class Highest:
    """MAX over exact decimals."""

    chosen = staticmethod(max)

    def __init__(self) -> None:
        self._found: Decimal | None = None

    def step(self, value: Any) -> None:
        if value is not None:
            self._found = _decimal(value) if self._found is None else self.chosen(self._found, _decimal(value))

    def finalize(self) -> str | None:
        return None if self._found is None else f"{self._found:f}"


class Lowest(Highest):
    """MIN over exact decimals."""

    chosen = staticmethod(min)


def _decimal(value: Any) -> Decimal:
    return Decimal(str(value))


def _arithmetic(operation: Callable[[Decimal, Decimal], Decimal]) -> Callable[[Any, Any], str | None]:
    def function(left: Any, right: Any) -> str | None:
        if left is None or right is None:
            return None
        return f"{operation(_decimal(left), _decimal(right)):f}"

    return function


def _single(operation: Callable[[Decimal], Decimal]) -> Callable[[Any], str | None]:
    def function(value: Any) -> str | None:
        return None if value is None else f"{operation(_decimal(value)):f}"

    return function


def _rounded(value: Any, digits: int) -> str | None:
    """Half away from zero, with the scale kept."""
    if value is None:
        return None
    number = _decimal(value)
    return f"{number.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP):f}"


def _compared(left: Decimal | str | bytes, right: Any) -> int:
    return int(left > right) - int(left < right)


def _folded(text: str) -> str:
    return text.rstrip(" ").casefold()


def _code_units(text: str) -> bytes:
    return text.rstrip(" ").encode("utf-16-be")


def install(connection: sqlite3.Connection, told: Callable[[Fault], None]) -> None:
    """Give a connection these functions; a fault in one is told, since SQLite says only that there was one."""

    def convert(value: Any, written: str) -> Any:
        try:
            return stored(value, written)
        except Fault as fault:
            told(fault)
            raise

    pure: dict[str, tuple[int, Callable[..., Any]]] = {
        "stored": (2, convert),
        "dec_add": (2, _arithmetic(EXACT.add)),
        "dec_sub": (2, _arithmetic(EXACT.subtract)),
        "dec_mul": (2, _arithmetic(EXACT.multiply)),
        "dec_neg": (1, _single(EXACT.minus)),
        "dec_abs": (1, _single(EXACT.abs)),
        "dec_round": (2, _rounded),
        "len_of": (1, lambda text: None if text is None else len(_code_units(str(text))) // 2),
    }
    for name, (count, function) in pure.items():
        connection.create_function(name, count, function, deterministic=True)
    aggregates: tuple[tuple[str, type[Any]], ...] = (("dec_sum", Sum), ("dec_max", Highest), ("dec_min", Lowest))
    for name, aggregate in aggregates:
        connection.create_aggregate(name, 1, aggregate)
    connection.create_collation(DECIMAL, lambda left, right: _compared(Decimal(left), Decimal(right)))
    connection.create_collation(IGNORES_CASE, lambda left, right: _compared(_folded(left), _folded(right)))
    connection.create_collation(BINARY, lambda left, right: _compared(_code_units(left), _code_units(right)))
