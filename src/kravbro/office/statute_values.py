"""What an operator may type as a value of law, and what must be said about it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType

import sqlalchemy as sa

from kravbro.core.errors import DataFault
from kravbro.core.statute.rows import Rule, Unit
from kravbro.office import tables as t

_DECIMAL = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,12})?", re.ASCII)
_FRACTION = re.compile(r"[0-9]{1,9}/[1-9][0-9]{0,8}", re.ASCII)
_WHOLE = frozenset({Unit.ORE, Unit.DAYS, Unit.MONTHS, Unit.YEARS, Unit.NUMBER, Unit.ACT})
_PERCENT = frozenset({Unit.PERCENT, Unit.PERCENT_A_YEAR})
MOST: Mapping[Unit, int] = MappingProxyType(
    {
        Unit.PERCENT_A_YEAR: 100,
        Unit.PERCENT: 100,
        Unit.KRONER: 1_000_000,
        Unit.TIMES: 100,
        Unit.ORE: 10_000,
        Unit.DAYS: 3_660,
        Unit.MONTHS: 600,
        Unit.YEARS: 100,
        Unit.NUMBER: 1_000,
        Unit.ACT: 2_100,
    }
)
"""The most that a value can be, far above what any law has: no figure that is worked out by it runs out of bounds."""
_ACTS = frozenset(range(1900, MOST[Unit.ACT] + 1))
"""Years that an act of collection can be of; anything else is a slip of the finger."""

_LONGEST = {column.name: column.type.length or 0 for column in t.statute_row.c if isinstance(column.type, sa.String)}


def exact_value(rule: Rule, text: str) -> str:
    """The value as it is kept: a positive decimal with a point ("12.25"), or a fraction ("1/20"); 0 for a multiple.

    A decimal comma is taken too. Raises DataFault `office.statute_value` (it is neither, or not positive),
    `office.statute_percent` (a percentage that is a fraction, or above 100), `office.statute_too_large`,
    `office.statute_kroner` (kroner with more than two decimals) and `statute.not_whole`.
    """
    value = text.strip().replace(",", ".")
    if not (_DECIMAL.fullmatch(value) or _FRACTION.fullmatch(value)):
        raise DataFault("office.statute_value", rule=rule.name, value=text)
    figure = Fraction(value)
    if (figure == 0 and rule.unit is not Unit.TIMES) or (rule.unit is Unit.ACT and figure not in _ACTS):
        raise DataFault("office.statute_value", rule=rule.name, value=text)
    most = MOST[rule.unit]
    if rule.unit in _PERCENT and ("/" in value or figure > most):
        raise DataFault("office.statute_percent", rule=rule.name, value=text, most=most)
    if figure > most:
        raise DataFault("office.statute_too_large", rule=rule.name, value=text, most=most)
    if rule.unit is Unit.KRONER and (figure * 100).denominator != 1:
        raise DataFault("office.statute_kroner", rule=rule.name, value=text)
    if rule.unit in _WHOLE and figure.denominator != 1:
        raise DataFault("statute.not_whole", rule=rule.name, value=text)
    return value


def refuse_texts(*, rule: str, note: str = "", **texts: str) -> None:
    """Refuse law, source and confidence that are empty, and any text that is longer than its column.

    Raises DataFault `office.statute_text_missing` and `office.statute_text_too_long`.
    """
    for name, text in texts.items():
        if not text:
            raise DataFault("office.statute_text_missing", rule=rule, text=name)
    for name, text in {**texts, "note": note}.items():
        longest = _LONGEST[name]
        if len(text) > longest:
            raise DataFault("office.statute_text_too_long", rule=rule, text=name, longest=longest)
