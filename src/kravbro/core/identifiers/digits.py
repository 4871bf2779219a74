"""What the numbers share: ASCII digits, separators, and weighted sums."""

from __future__ import annotations

from collections.abc import Iterable
from operator import mul

_SEPARATORS = str.maketrans("", "", " \u00a0\u202f\t.")


def without_separators(text: str) -> str:
    """`text` without blanks (ordinary, no-break and narrow), tabs and full stops; nothing else is changed."""
    return text.translate(_SEPARATORS)


def is_digits(text: str, length: int | None = None) -> bool:
    """Whether `text` is one or more of 0-9 and nothing else, and of that length if one is given.

    >>> is_digits("123"), is_digits("12²"), is_digits("")
    (True, False, False)
    """
    return text.isascii() and text.isdigit() and (length is None or len(text) == length)


def weighted_sum(digits: str, weights: Iterable[int]) -> int:
    """Each digit times its weight, added up; what is longer of the two is cut."""
    return sum(map(mul, map(int, digits), weights))
