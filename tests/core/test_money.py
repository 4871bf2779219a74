"""Money: whole øre that fit in 64 bits, written and read as people write kroner."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kravbro.core.errors import DataFault
from kravbro.core.money import ORE_MAX, ORE_MIN, checked_ore, format_kroner, parse_kroner


@pytest.mark.parametrize(
    ("text", "amount_ore"),
    [
        ("0", 0),
        ("1", 100),
        ("1,5", 150),
        ("1.05", 105),
        ("1 234,50", 123_450),
        ("1\u00a0234,50", 123_450),
        ("1\u202f234", 123_400),
        ("-12", -1_200),
        ("- 1 234 567,8", -123_456_780),
        ("\u221212,01", -1_201),
        ("+3", 300),
        (" 7 ", 700),
        ("92233720368547758,07", ORE_MAX),
        ("-92233720368547758,08", ORE_MIN),
    ],
)
def test_kroner_are_read_as_people_write_them(text: str, amount_ore: int) -> None:
    assert parse_kroner(text) == amount_ore


@pytest.mark.parametrize(
    "text",
    ["", "-", "1,", "1,234", "1.234,50", "kr 1", "1e3", "--1", "١", "1,5,5", "0x1", "12 50", "1 2 5,0", "1234 567"],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(DataFault, match=r"money\.unreadable"):
        parse_kroner(text)


@pytest.mark.parametrize("text", ["92233720368547758,08", "-92233720368547758,09", "99999999999999999"])
def test_what_does_not_fit_is_refused(text: str) -> None:
    with pytest.raises(DataFault, match=r"money\.too_large"):
        parse_kroner(text)


@pytest.mark.parametrize("amount_ore", [ORE_MAX + 1, ORE_MIN - 1])
def test_an_amount_is_checked_at_both_ends(amount_ore: int) -> None:
    assert checked_ore(ORE_MAX) == ORE_MAX
    assert checked_ore(ORE_MIN) == ORE_MIN
    with pytest.raises(DataFault, match=r"money\.too_large"):
        checked_ore(amount_ore)


@pytest.mark.parametrize(
    ("amount_ore", "text"),
    [(0, "0,00"), (-1, "\u22120,01"), (123_456_789, "1\u00a0234\u00a0567,89"), (-100, "\u22121,00")],
)
def test_kroner_are_written_for_people(amount_ore: int, text: str) -> None:
    assert format_kroner(amount_ore) == text


@given(st.integers(ORE_MIN, ORE_MAX))
def test_what_is_written_is_read_back(amount_ore: int) -> None:
    assert parse_kroner(format_kroner(amount_ore)) == amount_ore
