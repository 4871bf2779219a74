"""Codes as the database holds them: turned into what they stand for, or refused by name.

A code that nobody knows was written past the program; whoever reads it says which table, row and column it stands in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from kravbro.core.claims import Reason
from kravbro.core.errors import DataFault

Known = TypeVar("Known")


def unknown_code(table: str, row: object, column: str, value: object) -> DataFault:
    """The fault that a row holds a code which nobody knows."""
    return DataFault("office.unknown_code", table=table, row=row, column=column, value=value)


def known(codes: Mapping[str, Known], value: str, table: str, row: object, column: str) -> Known:
    """What a code stands for. Raises DataFault `office.unknown_code`."""
    try:
        return codes[value]
    except KeyError as error:
        raise unknown_code(table, row, column, value) from error


def are_reasons(text: str) -> bool:
    """Whether a text can be read as reasons."""
    try:
        msgspec.json.decode(text, type=tuple[Reason, ...])
    except (msgspec.MsgspecError, UnicodeError, TypeError):
        return False
    return True


def reasons_of(text: str, table: str, row: object, column: str) -> tuple[Reason, ...]:
    """The reasons that a text tells. Raises DataFault `office.unknown_code` if it cannot be read."""
    if text == "[]":
        return ()
    if not are_reasons(text):
        raise unknown_code(table, row, column, text)
    return msgspec.json.decode(text, type=tuple[Reason, ...])
