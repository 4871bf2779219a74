"""Errors of numbers that carry check digits: KID, account, organisation number, identity number."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kravbro.core.identifiers import bank_account, identity_number, kid, organisation_number
from tests.errors.gallery import provokes


@provokes("identifiers.kid.not_digits")
def a_kid_with_a_letter(_: Path) -> None:
    kid.validate("12345A", "mod10")


@provokes("identifiers.kid.method")
def a_method_that_no_kid_has(_: Path) -> None:
    method: Any = "mod97"
    kid.validate("2345676", method)


@provokes("identifiers.kid.length")
def a_kid_of_26_digits(_: Path) -> None:
    kid.validate("1" * 26, "mod10")


@provokes("identifiers.kid.unusable")
def a_payload_that_mod11_has_no_digit_for(_: Path) -> None:
    for payload in range(1000, 1100):
        kid.make(str(payload), "mod11")


@provokes("identifiers.kid.all_zeros")
def a_payload_of_zeros(_: Path) -> None:
    kid.make("00000", "mod10")


@provokes("identifiers.kid.check_digit")
def two_digits_swapped_in_a_kid(_: Path) -> None:
    kid.validate("2345667", "mod10")


@provokes("identifiers.bank_account.form")
def an_account_that_lacks_a_digit(_: Path) -> None:
    bank_account.validate("8601.11.1794")


@provokes("identifiers.bank_account.check_digit")
def an_account_with_a_wrong_last_digit(_: Path) -> None:
    bank_account.validate("8601.11.17948")


@provokes("identifiers.organisation_number.form")
def an_organisation_number_that_lacks_a_digit(_: Path) -> None:
    organisation_number.validate("99999999")


@provokes("identifiers.organisation_number.check_digit")
def an_organisation_number_with_a_wrong_digit(_: Path) -> None:
    organisation_number.validate("999 999 998")


@provokes("identifiers.identity_number.form")
def an_identity_number_that_lacks_a_digit(_: Path) -> None:
    identity_number.validate("0183901234")


@provokes("identifiers.identity_number.date")
def an_identity_number_of_a_thirty_second_day(_: Path) -> None:
    identity_number.validate("32839012345")


@provokes("identifiers.identity_number.check_digit")
def an_identity_number_with_a_wrong_check_digit(_: Path) -> None:
    identity_number.validate("01839012300")
