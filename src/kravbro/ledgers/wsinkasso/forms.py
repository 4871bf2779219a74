"""How single values are written where a site writes them otherwise than our contract. Pure.

What can be read in two ways is refused: nothing is guessed of a day or of an amount.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from kravbro.formats.wsinkasso.fields import Kind
from kravbro.ledgers.wsinkasso.settings import Amounts, Days, Forms

Write = Callable[[object], str]
Read = Callable[[str], object]


class Form(NamedTuple):
    """How a plain value becomes text, and how text is read; reading raises ValueError for what is something else."""

    write: Write
    read: Read


_DAYS = {
    Days.ISO: ("{0:%Y-%m-%d}", re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})", re.ASCII)),
    Days.COMPACT: ("{0:%Y%m%d}", re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})", re.ASCII)),
    Days.NORWEGIAN: ("{0:%d.%m.%Y}", re.compile(r"(?P<day>\d{2})\.(?P<month>\d{2})\.(?P<year>\d{4})", re.ASCII)),
    Days.MIDNIGHT: (
        "{0:%Y-%m-%d}T00:00:00",
        re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})T00:00:00(\.0+)?", re.ASCII),
    ),
}
_WHOLE = re.compile(r"[+-]?\d{1,19}", re.ASCII)
_KRONER = {
    Amounts.KRONER: re.compile(r"[+-]?\d{1,17}(\.\d+)?", re.ASCII),
    Amounts.COMMA: re.compile(r"[+-]?\d{1,17}(,\d+)?", re.ASCII),
}


def form_of(kind: Kind, forms: Forms, words: Mapping[str, str]) -> Form:
    """How values of a kind are written at a site. `words` are theirs by ours, for an enumeration."""
    if kind.type == "Dato":
        return _day(forms.days)
    if kind.type == "Belop":
        return _amount(forms.amounts)
    if kind.type == "xs:boolean":
        return _choice({True: forms.flags[0], False: forms.flags[1]})
    if kind.read is int:
        return Form(str, _whole)
    return _choice(words) if words else Form(str, str)


def _whole(text: str) -> int:
    return int(_matched(_WHOLE, text)[0])


def _matched(pattern: re.Pattern[str], text: str) -> re.Match[str]:
    found = pattern.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    return found


def _day(days: Days) -> Form:
    template, pattern = _DAYS[days]

    def read(text: str) -> date:
        found = _matched(pattern, text)
        return date(int(found["year"]), int(found["month"]), int(found["day"]))

    return Form(template.format, read)


def _amount(amounts: Amounts) -> Form:
    if amounts is Amounts.ORE:
        return Form(lambda kroner: f"{Decimal(str(kroner)).scaleb(2):f}", lambda text: Decimal(_whole(text)).scaleb(-2))
    point = "," if amounts is Amounts.COMMA else "."
    pattern = _KRONER[amounts]

    def read(text: str) -> Decimal:
        return Decimal(_matched(pattern, text)[0].replace(point, "."))

    return Form(lambda kroner: f"{kroner:f}".replace(".", point), read)


def _choice(theirs: Mapping[Any, str]) -> Form:
    ours = {word: member for member, word in theirs.items()}

    def read(text: str) -> object:
        if text.strip() not in ours:
            raise ValueError(text)
        return ours[text.strip()]

    return Form(theirs.__getitem__, read)
