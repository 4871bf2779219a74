"""Norwegian bank account number (BBAN): 4 digits of register, 2 of account group, 4 of customer, 1 check digit.

The check digit is MOD11 with the weights 5 4 3 2 7 6 5 4 3 2; a number whose check digit would be 10 does not exist,
nor does 00000000000, which files write for "unknown". Source: Bits, "Kontonummer og IBAN"; norwegian_rules.md, 4.

>>> validate("8601.11.17947")
'86011117947'
>>> format("86011117947")
'8601 11 17947'
"""

from __future__ import annotations

from kravbro.core.errors import DataFault
from kravbro.core.identifiers.digits import is_digits, weighted_sum, without_separators

LENGTH = 11
_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)


def compact(account: str) -> str:
    """The account number without the separators that people type."""
    return without_separators(account)


def validate(account: str) -> str:
    """The compact account number. Raises DataFault `identifiers.bank_account.form` or `.check_digit`."""
    number = compact(account)
    if not is_digits(number, LENGTH):
        raise DataFault("identifiers.bank_account.form", account=account, length=LENGTH)
    if weighted_sum(number, _WEIGHTS) % 11 or int(number) == 0:
        raise DataFault("identifiers.bank_account.check_digit", account=number)
    return number


def is_valid(account: str) -> bool:
    """Whether `validate` accepts the account number."""
    try:
        validate(account)
    except DataFault:
        return False
    return True


def format(account: str) -> str:  # noqa: A001 - the same verb in every module of this package
    """The account number as people write it: `1234 56 78903`. What is no account number comes back compact."""
    number = compact(account)
    return f"{number[:4]} {number[4:6]} {number[6:]}" if is_digits(number, LENGTH) else number
