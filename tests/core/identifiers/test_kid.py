"""KID: the examples of the specification, an independent Luhn, and the fast check beside the slow one."""

from __future__ import annotations

from typing import Any, cast

import pytest
import stdnum.luhn
from hypothesis import given
from hypothesis import strategies as st

from kravbro.core.errors import DataFault
from kravbro.core.identifiers import kid

METHODS = st.sampled_from(kid.METHODS)
PAYLOADS = st.text("0123456789", min_size=3, max_size=24)


def mod11_by_the_book(payload: str) -> str:
    """Each digit times 2, 3, 4, 5, 6, 7, 2, 3 ... from the right; 11 less the remainder; 11 is 0 and 10 is `-`."""
    total = 0
    for place, digit in enumerate(reversed(payload)):
        total += int(digit) * (2 + place % 6)
    return {10: "-", 11: "0"}.get(11 - total % 11, str(11 - total % 11))


def fault_of(number: str, method: kid.Method = "mod10") -> str:
    with pytest.raises(DataFault) as refusal:
        kid.validate(number, method)
    return refusal.value.code


def test_the_example_of_the_specification() -> None:
    assert (kid.check_digit("12345678", "mod10"), kid.check_digit("12345678", "mod11")) == ("2", "5")


@given(PAYLOADS)
def test_mod10_is_luhn(payload: str) -> None:
    assert kid.check_digit(payload, "mod10") == stdnum.luhn.calc_check_digit(payload)


@given(PAYLOADS)
def test_mod11_is_what_the_specification_says(payload: str) -> None:
    assert kid.check_digit(payload, "mod11") == mod11_by_the_book(payload)


@given(PAYLOADS, METHODS)
def test_what_is_made_is_valid_and_never_ends_in_a_minus(payload: str, method: kid.Method) -> None:
    if not payload.strip("0"):
        with pytest.raises(DataFault, match="all_zeros"):
            kid.make(payload, method)
    elif kid.check_digit(payload, method) == "-":
        with pytest.raises(DataFault, match="unusable"):
            kid.make(payload, method)
    else:
        assert kid.is_valid(kid.make(payload, method), method)


@given(PAYLOADS, METHODS, st.data())
def test_one_changed_digit_is_always_found(payload: str, method: kid.Method, choice: st.DataObject) -> None:
    number = payload + kid.check_digit(payload, method)
    place = choice.draw(st.integers(0, len(payload) - 1))
    other = choice.draw(st.sampled_from([digit for digit in "0123456789" if digit != number[place]]))
    assert not kid.is_valid(number[:place] + other + number[place + 1 :], method)


def test_a_minus_is_valid_only_last_and_only_under_mod11() -> None:
    assert kid.is_valid("6-", "mod11")
    assert not kid.is_valid("6-", "mod10")
    assert fault_of("-6", "mod11") == "identifiers.kid.not_digits"
    assert fault_of("12-", "mod11") == "identifiers.kid.check_digit"


def test_lengths_on_reading_and_on_issuing() -> None:
    assert kid.is_valid("18", "mod10")
    assert fault_of("0") == fault_of("0" * 26) == "identifiers.kid.length"
    assert len(kid.make("0" * 23 + "1", "mod10")) == 25
    for payload in ("12", "0" * 25):
        with pytest.raises(DataFault, match=r"kid\.length"):
            kid.make(payload, "mod10")


@pytest.mark.parametrize("method", kid.METHODS)
def test_zeros_alone_are_no_kid(method: kid.Method) -> None:
    """Files write zeros where there is no KID, so such a one would never come back."""
    with pytest.raises(DataFault, match=r"kid\.all_zeros"):
        kid.make("00000", method)
    assert fault_of("000000", method) == "identifiers.kid.all_zeros"
    assert kid.wrong(["000000", "0" * 25, "00"], method) == [0, 1, 2]


def test_a_fault_names_the_whole_kid_and_spells_the_method_one_way() -> None:
    with pytest.raises(DataFault) as letters:
        kid.validate("abc", "mod10")
    with pytest.raises(DataFault) as digit:
        kid.validate("123456783", "mod10")
    with pytest.raises(DataFault) as no_method:
        kid.make("1234", cast(kid.Method, "mod97"))
    assert letters.value.facts == {"kid": "abc"}
    assert digit.value.facts["method"] == "MOD10"
    assert no_method.value.facts["methods"] == "MOD10, MOD11"


@pytest.mark.parametrize("number", ["12345678²", "²2", "१२३४५६७८२", "1234567８2", "12345A782", "+18"])
def test_only_ascii_digits_are_digits(number: str) -> None:
    assert fault_of(number) == "identifiers.kid.not_digits"
    assert kid.wrong([number], "mod10") == kid.wrong([number], "mod11") == [0]


def test_separators_that_people_type_are_taken_off() -> None:
    assert kid.validate(" 1234\u00a05678 2", "mod10") == kid.format("123 456 782") == "123456782"


def test_a_method_that_does_not_exist_is_no_answer_about_the_kid() -> None:
    method: Any = "mod97"
    for ask in (kid.is_valid, kid.validate, kid.make):
        with pytest.raises(DataFault, match=r"kid\.method"):
            ask("123456782", method)


@given(st.lists(st.text("0123456789", min_size=2, max_size=25) | st.text("0123456789-²A", max_size=27)), METHODS)
def test_many_at_once_gives_the_answer_of_one_at_a_time(kids: list[str], method: kid.Method) -> None:
    assert kid.wrong(kids, method) == [place for place, one in enumerate(kids) if not kid.is_valid(one, method)]


@given(st.lists(PAYLOADS.filter(lambda payload: payload.strip("0")), min_size=1), METHODS, st.data())
def test_many_at_once_finds_the_one_that_is_wrong(
    payloads: list[str], method: kid.Method, choice: st.DataObject
) -> None:
    kids = [payload + kid.check_digit(payload, method) for payload in payloads]
    assert kid.wrong(kids, method) == []
    place = choice.draw(st.integers(0, len(kids) - 1))
    kids[place] = str(9 - int(kids[place][0])) + kids[place][1:]
    assert kid.wrong(kids, method) == [place]


def test_the_largest_sum_does_not_spill_into_the_next_kid() -> None:
    kids = ["9" * 25, "0" * 23 + "18"] * 50
    assert kid.wrong(kids, "mod10") == [place for place in range(0, 100, 2) if not kid.is_valid("9" * 25, "mod10")]
