"""Norwegian organisation number: 9 digits, the last one MOD11 with the weights 3 2 7 6 5 4 3 2.

A number whose check digit would be 10 does not exist, nor does 000000000, which files write for "unknown". The prefix
`NO` and the suffix `MVA` (registered for VAT) are taken off. Source: Brønnøysundregistrene, "Organisasjonsnummeret";
norwegian_rules.md section 4.

>>> validate("NO 974 760 673 MVA")
'974760673'
>>> format("974760673")
'974 760 673'
"""

from __future__ import annotations

from kravbro.core.errors import DataFault
from kravbro.core.identifiers.digits import is_digits, weighted_sum, without_separators

LENGTH = 9
_WEIGHTS = (3, 2, 7, 6, 5, 4, 3, 2, 1)


def compact(number: str) -> str:
    """The organisation number without separators, country and VAT mark."""
    return without_separators(number).upper().removeprefix("NO").removesuffix("MVA")


def validate(number: str) -> str:
    """The compact organisation number. Raises DataFault `identifiers.organisation_number.form` or `.check_digit`."""
    digits = compact(number)
    if not is_digits(digits, LENGTH):
        raise DataFault("identifiers.organisation_number.form", number=number, length=LENGTH)
    if weighted_sum(digits, _WEIGHTS) % 11 or int(digits) == 0:
        raise DataFault("identifiers.organisation_number.check_digit", number=digits)
    return digits


def is_valid(number: str) -> bool:
    """Whether `validate` accepts the organisation number."""
    try:
        validate(number)
    except DataFault:
        return False
    return True


def format(number: str) -> str:  # noqa: A001 - the same verb in every module of this package
    """The organisation number in threes: `974 760 673`. What is no organisation number comes back compact."""
    digits = compact(number)
    return f"{digits[:3]} {digits[3:6]} {digits[6:]}" if is_digits(digits, LENGTH) else digits
