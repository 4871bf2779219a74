"""Account, organisation and identity numbers, beside python-stdnum where that knows the rule."""

from __future__ import annotations

from datetime import date
from types import ModuleType

import pytest
import stdnum.no.fodselsnummer
import stdnum.no.kontonr
import stdnum.no.orgnr
from hypothesis import assume, given
from hypothesis import strategies as st

from kravbro.core.errors import DataFault
from kravbro.core.identifiers import bank_account, identity_number, organisation_number
from kravbro.texts.sentences import explain

ELEVEN_DIGITS = st.integers(1, 10**11 - 1).map("{:011d}".format)
NINE_DIGITS = st.integers(10, 10**9 - 1).map("{:09d}".format)


def fault_of(module: ModuleType, number: str) -> DataFault:
    with pytest.raises(DataFault) as refusal:
        module.validate(number)
    return refusal.value


@given(ELEVEN_DIGITS.filter(lambda number: not number.startswith("0000")))
def test_account_numbers_as_stdnum_judges_them(number: str) -> None:
    for last in range(10):
        account = number[:-1] + str(last)
        assert bank_account.is_valid(account) == stdnum.no.kontonr.is_valid(account)


@given(NINE_DIGITS)
def test_organisation_numbers_as_stdnum_judges_them(number: str) -> None:
    for last in range(10):
        assert organisation_number.is_valid(number[:-1] + str(last)) == stdnum.no.orgnr.is_valid(
            number[:-1] + str(last)
        )


def with_control_digits(first_nine: str, first_remainder: int) -> str | None:
    """The identity number of nine digits whose first check leaves that remainder, by trying; None if there is none."""
    for first in range(10):
        for second in range(10):
            number = f"{first_nine}{first}{second}"
            left = sum(int(d) * w for d, w in zip(number, (3, 7, 6, 1, 8, 9, 4, 5, 2, 1), strict=False)) % 11
            right = sum(int(d) * w for d, w in zip(number, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1), strict=True)) % 11
            if (left, right) == (first_remainder, 0):
                return number
    return None


TWENTIETH_CENTURY = st.dates(date(1900, 1, 1), date(1999, 12, 31)).map("{:%d%m%y}".format)


@given(TWENTIETH_CENTURY, st.integers(0, 499).map("{:03d}".format))
def test_older_identity_numbers_as_stdnum_judges_them(day: str, individual: str) -> None:
    number = with_control_digits(day + individual, first_remainder=0)
    assume(number)
    assert stdnum.no.fodselsnummer.is_valid(str(number))
    assert identity_number.is_valid(str(number))


@pytest.mark.parametrize("number", ["02013299997", "30108299920", "30108299939"])
def test_numbers_issued_from_2032(number: str) -> None:
    assert identity_number.validate(number) == number


@pytest.mark.parametrize("mark", [0, 40, 80], ids=["real", "NAV", "Tenor"])
@pytest.mark.parametrize("d_number", [0, 40])
@pytest.mark.parametrize("remainder", range(11))
def test_d_numbers_and_synthetic_numbers(mark: int, d_number: int, remainder: int) -> None:
    found = [
        number
        for individual in range(900, 950)
        if (number := with_control_digits(f"{17 + d_number:02d}{5 + mark:02d}32{individual}", remainder))
    ]
    assert found
    assert all(identity_number.is_valid(number) == (remainder <= 3) for number in found)


@pytest.mark.parametrize(
    "day", ["0005", "3205", "3102", "3002", "3104", "1700", "1713", "1753", "8105", "7305", "1793"]
)
def test_a_day_that_no_year_has_is_refused(day: str) -> None:
    number = next(
        number for individual in range(900, 999) if (number := with_control_digits(f"{day}32{individual}", 0))
    )
    assert fault_of(identity_number, number).code == "identifiers.identity_number.date"


def test_29_february_needs_no_leap_year_because_the_century_is_unknown() -> None:
    number = next(n for individual in range(100, 999) if (n := with_control_digits(f"290231{individual}", 0)))
    assert identity_number.is_valid(number)


@pytest.mark.parametrize("number", ["30108299938", "0201329999", "020132999970", "0201329999²", ""])
def test_no_fault_shows_an_identity_number(number: str) -> None:
    fault = fault_of(identity_number, number)
    assert not number or number not in explain(fault) + str(fault)
    assert "99938" not in explain(fault)


def test_nothing_is_derived_from_an_identity_number() -> None:
    public = {name for name in vars(identity_number) if not name.startswith("_")}
    assert public - {"annotations", "DataFault", "LENGTH", "is_digits", "weighted_sum", "without_separators"} == {
        "compact",
        "format",
        "is_d_number",
        "is_valid",
        "masked",
        "validate",
    }


@pytest.mark.parametrize(
    ("module", "number", "written"),
    [
        (bank_account, "86011117947", "8601 11 17947"),
        (organisation_number, "974760673", "974 760 673"),
        (identity_number, "02013299997", "020132 99997"),
    ],
)
def test_written_as_people_do_and_read_back(module: ModuleType, number: str, written: str) -> None:
    assert module.format(number) == written
    assert module.validate(written) == number
    assert module.format("12 3") == "123"


@pytest.mark.parametrize("module", [bank_account, organisation_number, identity_number])
@pytest.mark.parametrize("number", ["", "abc", "8601111794²", "97476067²", "٠٢٠١٣٢٩٩٩٩٧"])
def test_what_is_no_number_at_all_has_the_wrong_form(module: ModuleType, number: str) -> None:
    assert fault_of(module, number).code.endswith(".form")
    assert not module.is_valid(number)


def test_zeros_are_no_number() -> None:
    assert not bank_account.is_valid("0" * 11)
    assert not organisation_number.is_valid("0" * 9)


def test_masked() -> None:
    assert identity_number.masked("020132 99997") == "020132*****"
    assert identity_number.masked("0201329999") == "**********"
