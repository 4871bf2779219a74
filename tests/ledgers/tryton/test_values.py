"""Tryton's values are read and written without loss, or refused."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kravbro.core.errors import DataFault
from kravbro.ledgers.tryton.values import LARGEST_ORE, dumped, kroner, loaded, ore

ORE = st.integers(-LARGEST_ORE, LARGEST_ORE)


@given(ORE)
def test_an_amount_goes_there_and_back(amount_ore: int) -> None:
    assert ore(loaded(dumped(kroner(amount_ore))), "line") == amount_ore


@pytest.mark.parametrize("amount", ["0.001", "1E-3", "NaN", "Infinity", "92233720368547758.08"])
def test_what_is_no_whole_ore_is_refused(amount: str) -> None:
    with pytest.raises(DataFault, match=r"tryton\.not_whole_ore"):
        ore(Decimal(amount), "line")


def test_amounts_are_whole_ore_however_many_zeros_they_have() -> None:
    assert [ore(Decimal(text), "line") for text in ("1", "1.0", "1.0000", "1E+2", "-0.00")] == [100, 100, 100, 10000, 0]


@given(st.one_of(st.dates(), st.datetimes(), st.text(), st.binary(), st.integers(), st.none(), st.booleans()))
def test_values_go_there_and_back(value: object) -> None:
    told = loaded(dumped([value]))[0]
    if isinstance(value, bytes):
        assert told["__class__"] == "bytes"
    else:
        assert (type(told), told) == (type(value), value)


def test_delays_are_read() -> None:
    assert loaded(dumped(timedelta(days=14))) == timedelta(days=14)
    assert loaded(b'{"__class__":"timedelta","seconds":1209600.0}') == timedelta(days=14)


def test_the_form_is_trytons() -> None:
    assert json.loads(dumped(date(2026, 3, 2))) == {"__class__": "date", "year": 2026, "month": 3, "day": 2}
    moment = json.loads(dumped(datetime(2026, 3, 2, 1, 2, 3, 4)))  # noqa: DTZ001 - as Tryton has them
    assert moment["microsecond"] == 4
    assert json.loads(dumped(Decimal("1.10"))) == {"__class__": "Decimal", "decimal": "1.10"}


def test_a_float_is_never_written_and_never_read() -> None:
    assert isinstance(loaded(b"[1.10]")[0], Decimal)
    with pytest.raises(TypeError):
        dumped(object())


@pytest.mark.parametrize("content", [b"", b"<html>", b'{"__class__":"Decimal"}', b'{"__class__":"date","year":"x"}'])
def test_what_is_no_value_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        loaded(content)
