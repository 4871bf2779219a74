"""Codes as they stand in rows: a value that no program of ours wrote is named, and never taken for another."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

import msgspec

from kravbro.core.claims import Reason
from kravbro.core.errors import DataFault

Code = TypeVar("Code", bound=StrEnum)
_REASONS = msgspec.json.Decoder(tuple[Reason, ...])


def unknown_code(table: str, row: object, value: object) -> DataFault:
    """The fault of a row that holds a value which nothing here can have written."""
    return DataFault("books.unknown_code", table=table, row=row, value=str(value)[:60])


def known_code(kind: type[Code], value: str, table: str, row: object) -> Code:
    """The code that a row holds. Raises DataFault `books.unknown_code` naming the row."""
    try:
        return kind(value)
    except ValueError:
        raise unknown_code(table, row, value) from None


def reasons_of(text: str, row: object, table: str = "offer_receipt") -> tuple[Reason, ...]:
    """The reasons of a receipt, as they are stored. Raises DataFault `books.unknown_code` naming the offer."""
    try:
        return _REASONS.decode(text)
    except (msgspec.DecodeError, TypeError, ValueError):
        raise unknown_code(table, row, text) from None
