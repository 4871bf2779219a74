"""Identity number of a person in Norway: fødselsnummer and D-number, also synthetic ones and those issued from 2032.

Eleven digits: six that look like a date, three individual digits and two check digits. Nothing is ever derived from
the number, neither birth date nor gender nor century: from 1 January 2032 that is no longer possible, and the birth
date has a field of its own. Validation therefore asks only for a day and a month that exist, and for the check digits.

Numbers issued from 2032 may leave the remainder 0, 1, 2 or 3 in the first check, where older ones leave 0. The number
does not tell when it was issued, so all four are accepted. Sources: Skatteetaten, folkeregisteret-api-dokumentasjon,
`nyttfnr2032.md`; D-number: day + 40; synthetic: month + 80 (Tenor) or + 40 (NAV).

>>> validate("020132 99997"), is_valid("30108299939"), is_valid("30108299938")
('02013299997', True, False)
>>> masked("02013299997")
'020132*****'
"""

from __future__ import annotations

from kravbro.core.errors import DataFault
from kravbro.core.identifiers.digits import is_digits, weighted_sum, without_separators

LENGTH = 11
_FIRST_WEIGHTS = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
_SECOND_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_FIRST_REMAINDERS = frozenset({0, 1, 2, 3})
_D_NUMBER_DAY = 40
_SYNTHETIC_MONTHS = (0, 40, 80)
_DAYS_IN_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DATE_DIGITS = 6


def compact(number: str) -> str:
    """The identity number without the separators that people type."""
    return without_separators(number)


def validate(number: str) -> str:
    """The compact identity number. The faults carry the number masked.

    Raises DataFault `identifiers.identity_number.form`, `.date` (no such day or month) or `.check_digit`.
    """
    digits = compact(number)
    if not is_digits(digits, LENGTH):
        raise DataFault("identifiers.identity_number.form", length=LENGTH, found=len(digits))
    if not _has_a_day(digits):
        raise DataFault("identifiers.identity_number.date", number=masked(digits))
    first = weighted_sum(digits, _FIRST_WEIGHTS) % 11
    second = weighted_sum(digits, _SECOND_WEIGHTS) % 11
    if first not in _FIRST_REMAINDERS or second:
        raise DataFault("identifiers.identity_number.check_digit", number=masked(digits))
    return digits


def is_valid(number: str) -> bool:
    """Whether `validate` accepts the identity number."""
    try:
        validate(number)
    except DataFault:
        return False
    return True


def is_d_number(number: str) -> bool:
    """Whether an identity number is a D-number, which its holder had before, or has instead of, a fødselsnummer.

    >>> is_d_number("42013299979"), is_d_number("02013299997")
    (True, False)
    """
    digits = compact(number)
    return is_digits(digits, LENGTH) and int(digits[:2]) > _D_NUMBER_DAY


def format(number: str) -> str:  # noqa: A001 - the same verb in every module of this package
    """The identity number as people write it: `020132 99997`. What is no identity number comes back compact."""
    digits = compact(number)
    return f"{digits[:_DATE_DIGITS]} {digits[_DATE_DIGITS:]}" if is_digits(digits, LENGTH) else digits


def masked(number: str) -> str:
    """For lists, logs and messages: the last five characters as stars. What is no identity number is all stars."""
    digits = compact(number)
    shown = digits[:_DATE_DIGITS] if is_digits(digits, LENGTH) else ""
    return shown + "*" * (len(digits) - len(shown))


def _has_a_day(digits: str) -> bool:
    """Whether the first four digits are a day and month of some year, when the marks of D and test numbers are off."""
    day, month = int(digits[:2]), int(digits[2:4])
    if day > _D_NUMBER_DAY:
        day -= _D_NUMBER_DAY
    for mark in _SYNTHETIC_MONTHS:
        if 1 <= month - mark <= len(_DAYS_IN_MONTH):
            return 1 <= day <= _DAYS_IN_MONTH[month - mark - 1]
    return False
