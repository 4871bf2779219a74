"""KID, the customer identification of a Norwegian giro payment: make one, check one, check a hundred thousand.

The last character checks the others by MOD10 (Luhn) or MOD11; which of the two is agreed per payment agreement and
cannot be seen from the KID. Source: Nets, "System specification OCR giro", section 4 (12345678 gives 2 and 5); lengths:
Mastercard Payment Services, OCR giro (4 to 25). See docs/algorithms/kid.md.

>>> make("12345678", "mod10"), make("12345678", "mod11")
('123456782', '123456785')
>>> is_valid("123456782", "mod10"), is_valid("123456782", "mod11")
(True, False)
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from typing import Literal, TypeAlias, get_args

from kravbro.core.errors import DataFault
from kravbro.core.identifiers.digits import is_digits, weighted_sum, without_separators

Method: TypeAlias = Literal["mod10", "mod11"]
METHODS: tuple[Method, ...] = get_args(Method)

SHORTEST_READ = 2
SHORTEST_ISSUED = 4
LONGEST = 25
NO_DIGIT = "-"
"""What MOD11 writes where the check digit would be 10. Read, but not issued: a bank is said to refuse it."""

_MOD11_WEIGHTS = (2, 3, 4, 5, 6, 7)
_CHARACTERS = b"0123456789-"
_PLAIN = bytes.maketrans(_CHARACTERS, bytes(range(11)))
_DOUBLED = bytes.maketrans(_CHARACTERS[:10], bytes((0, 2, 4, 6, 8, 1, 3, 5, 7, 9)))
_WEIGHTED = [bytes.maketrans(_CHARACTERS[:10], bytes(d * weight % 11 for d in range(10))) for weight in _MOD11_WEIGHTS]
_MODULUS: dict[Method, int] = {"mod10": 10, "mod11": 11}
_COLUMNS: dict[Method, list[bytes]] = {"mod10": [_DOUBLED, _PLAIN], "mod11": _WEIGHTED}
"""What each digit of the payload counts for, from the right: one table per column, over and over again."""


def check_digit(payload: str, method: Method) -> str:
    """The character that makes `payload` a KID: a digit, or `-` where MOD11 has none.

    Raises DataFault `identifiers.kid.not_digits` or `identifiers.kid.method`.

    >>> check_digit("12345678", "mod10"), check_digit("12345678", "mod11"), check_digit("6", "mod11")
    ('2', '5', '-')
    """
    if not is_digits(payload):
        raise DataFault("identifiers.kid.not_digits", kid=payload)
    if method == "mod10":
        from_right = payload.encode("ascii")[::-1]
        return str(-sum(from_right[::2].translate(_DOUBLED) + from_right[1::2].translate(_PLAIN)) % 10)
    if method == "mod11":
        remainder = -weighted_sum(payload[::-1], cycle(_MOD11_WEIGHTS)) % 11
        return NO_DIGIT if remainder == 10 else str(remainder)
    raise DataFault("identifiers.kid.method", method=method, methods=", ".join(METHODS).upper())


def make(payload: str, method: Method) -> str:
    """The KID of `payload`: 4 to 25 digits, the check digit last.

    Raises DataFault: `identifiers.kid.not_digits`, `.method`, `.length` (counted with the check digit), `.all_zeros`,
    or `.unusable` if MOD11 gives no digit for this payload (take the next number then).

    >>> make("0010", "mod11")
    '00108'
    """
    kid = payload + check_digit(payload, method)
    if not SHORTEST_ISSUED <= len(kid) <= LONGEST:
        raise DataFault("identifiers.kid.length", kid=kid, length=len(kid), shortest=SHORTEST_ISSUED, longest=LONGEST)
    if kid.endswith(NO_DIGIT):
        raise DataFault("identifiers.kid.unusable", payload=payload)
    if _is_nothing(kid):
        raise DataFault("identifiers.kid.all_zeros", kid=kid)
    return kid


def compact(kid: str) -> str:
    """The KID without the separators that people type."""
    return without_separators(kid)


def validate(kid: str, method: Method) -> str:
    """The compact KID, 2 to 25 characters long, if its last character is right; `-` is right only under MOD11.

    Raises DataFault: `identifiers.kid.length`, `.not_digits`, `.method`, `.check_digit` (with the right one), or
    `.all_zeros`, which is how files write that there is no KID.

    >>> validate("0012 345", "mod10")
    Traceback (most recent call last):
    kravbro.core.errors.DataFault: identifiers.kid.check_digit {'kid': '0012345', 'method': 'MOD10', 'expected': '4'}
    """
    number = compact(kid)
    if not SHORTEST_READ <= len(number) <= LONGEST:
        raise DataFault("identifiers.kid.length", kid=kid, length=len(number), shortest=SHORTEST_READ, longest=LONGEST)
    payload, last = number[:-1], number[-1]
    if not is_digits(payload) or not (is_digits(last) or last == NO_DIGIT):
        raise DataFault("identifiers.kid.not_digits", kid=kid)
    expected = check_digit(payload, method)
    if last != expected:
        raise DataFault("identifiers.kid.check_digit", kid=number, method=method.upper(), expected=expected)
    if _is_nothing(number):
        raise DataFault("identifiers.kid.all_zeros", kid=number)
    return number


def is_valid(kid: str, method: Method) -> bool:
    """Whether `validate` accepts the KID. Raises DataFault `identifiers.kid.method` if there is no such method."""
    try:
        validate(kid, method)
    except DataFault as fault:
        if fault.code == "identifiers.kid.method":
            raise
        return False
    return True


def format(kid: str) -> str:  # noqa: A001 - the same verb in every module of this package
    """The KID as it is printed on a giro: without separators."""
    return compact(kid)


def wrong(kids: Sequence[str], method: Method) -> list[int]:
    """The places in `kids` of those that are not valid: the answer of `is_valid` for each, many times sooner.

    All KIDs are added up at once. Each has one byte of a very long number, and the columns of digits are added as such
    numbers. No byte can overflow into its neighbour: 25 columns of at most 10 are 250. Only zeros count for nothing, so
    a sum of 0 is a KID of zeros. The KIDs must be compact.

    >>> wrong(["123456782", "123456783", "18", "1-"], "mod10"), wrong(["123456785", "6-"], "mod11")
    ([1, 3], [])
    """
    lengths = set(map(len, kids))
    if not _written_right(kids, method) or min(lengths) < SHORTEST_READ or max(lengths) > LONGEST:
        return [place for place, kid in enumerate(kids) if not is_valid(kid, method)]
    width = max(lengths)
    grid = "".join([kid.rjust(width, "0") for kid in kids]).encode("ascii")
    sums = int.from_bytes(grid[width - 1 :: width].translate(_PLAIN), "big")
    for column, counts_for in zip(reversed(range(width - 1)), cycle(_COLUMNS[method]), strict=False):
        sums += int.from_bytes(grid[column::width].translate(counts_for), "big")
    modulus = _MODULUS[method]
    return [place for place, total in enumerate(sums.to_bytes(len(kids), "big")) if total % modulus or not total]


def _is_nothing(kid: str) -> bool:
    """Whether a KID is zeros alone: files write that where there is none, so nobody could tell it from none."""
    return not kid.strip("0")


def _written_right(kids: Sequence[str], method: Method) -> bool:
    """Whether there are KIDs and all are digits, of which the last may be `-` under MOD11."""
    if method == "mod11" and any("-" in kid for kid in kids):
        kids = [kid[:-1] + kid[-1:].replace(NO_DIGIT, "0") for kid in kids]
    return is_digits("".join(kids))
