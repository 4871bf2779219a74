"""Money is whole øre in a signed 64-bit integer; what cannot fit is refused.

Kroner exist only where people read and write them. There is no float anywhere near money.
"""

from __future__ import annotations

import re
from fractions import Fraction

from kravbro.core.errors import DataFault

ORE_PER_KRONE = 100
ORE_MAX = 2**63 - 1
ORE_MIN = -(2**63)

_GROUPING = str.maketrans("", "", " \u00a0\u202f")
_KRONER = re.compile(
    r"(?P<sign>[-+\u2212]?)[ \u00a0\u202f]*"
    r"(?P<kroner>[0-9]{1,17}|[0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3}){1,5})(?:[.,](?P<ore>[0-9]{1,2}))?",
    re.ASCII,
)


def checked_ore(amount_ore: int) -> int:
    """The amount itself, if it fits in 64 bits. Raises DataFault `money.too_large` if it does not."""
    if not ORE_MIN <= amount_ore <= ORE_MAX:
        raise DataFault("money.too_large", amount=str(amount_ore))
    return amount_ore


def whole_ore(amount: Fraction) -> int:
    """An exact amount of øre rounded once to whole øre: half away from zero, on the absolute value.

    >>> whole_ore(Fraction(5, 2)), whole_ore(Fraction(-5, 2))
    (3, -3)
    """
    rounded = (2 * abs(amount.numerator) + amount.denominator) // (2 * amount.denominator)
    return checked_ore(-rounded if amount < 0 else rounded)


def parse_kroner(text: str) -> int:
    """Øre of an amount written in kroner: `1 234,50`, `1234.5`, `-12`. Raises DataFault `money.unreadable`.

    Blanks stand between thousands only: in `12 50` a digit or the comma is missing.

    >>> parse_kroner("1 234,50")
    123450
    """
    match = _KRONER.fullmatch(text.strip())
    if match is None:
        raise DataFault("money.unreadable", text=text)
    amount = int(match["kroner"].translate(_GROUPING)) * ORE_PER_KRONE + int((match["ore"] or "0").ljust(2, "0"))
    return checked_ore(-amount if match["sign"] in {"-", "\u2212"} else amount)


def format_kroner(amount_ore: int) -> str:
    """Kroner for people: no-break space between thousands, decimal comma, a true minus sign.

    >>> format_kroner(-123450).replace(chr(160), "_")
    '−1_234,50'
    """
    kroner, ore = divmod(abs(amount_ore), ORE_PER_KRONE)
    sign = "\u2212" if amount_ore < 0 else ""
    return f"{sign}{kroner:,}".replace(",", "\u00a0") + f",{ore:02d}"


def plain_kroner(amount_ore: int) -> str:
    """Kroner as programs exchange them: a full stop, two decimals, nothing between thousands, a hyphen for the sign.

    >>> plain_kroner(5), plain_kroner(123450), plain_kroner(-1)
    ('0.05', '1234.50', '-0.01')
    """
    kroner, ore = divmod(abs(amount_ore), ORE_PER_KRONE)
    return f"{'-' if amount_ore < 0 else ''}{kroner}.{ore:02d}"
