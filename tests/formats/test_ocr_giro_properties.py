"""What must hold of every OCR giro file: it reads as it was written, and no changed control gets past."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kravbro.core.errors import DataFault
from kravbro.formats import ocr_giro
from tests.formats.ocr_giro_files import DAY, digits, file_of, files, gathered, part_of, payment, transmission_of

CONTROLS = {
    "10": [(1, 8)],
    "20": [(1, 8)],
    "30": [(1, 15), (16, 21), (32, 49)],
    "31": [(1, 15)],
    "32": [(1, 15)],
    "88": [(1, 59)],
    "89": [(1, 47)],
}
"""Columns of the controls, by record: codes, transaction numbers, settlement dates, sign and amount, and end records.

Written down a second time on purpose: the program's own table is what is being tested.
"""

WIDTH = 81


def control_bytes(data: bytes) -> Iterator[int]:
    """The place of every byte that is a control."""
    for start in range(0, len(data), WIDTH):
        for first, last in CONTROLS[data[start + 6 : start + 8].decode()]:
            yield from range(start + first - 1, start + last)


def is_refused(data: bytes) -> bool:
    """Whether the first pass refuses the file, and with a fault of this format that names a line."""
    try:
        ocr_giro.validate(data, "changed")
    except DataFault as fault:
        return fault.code.startswith("formats.ocr_giro.") and "line" in fault.facts
    return False


def accepted_changes(data: bytes, place: int) -> list[int]:
    """The other values of one byte with which the file is still accepted."""
    return [
        value
        for value in range(256)
        if value != data[place] and not is_refused(data[:place] + bytes([value]) + data[place + 1 :])
    ]


@settings(max_examples=80, deadline=None)
@given(files())
def test_what_is_written_is_read(transmissions: list[ocr_giro.Transmission]) -> None:
    data = ocr_giro.render(transmissions)
    file = ocr_giro.parse(data, "again")
    assert gathered(file) == transmissions
    assert ocr_giro.render(file.transmissions) == data
    assert file.count == sum(len(part.transactions) for each in transmissions for part in each.assignments)


def test_every_changed_control_byte_is_refused() -> None:
    free_text = payment(type="20", amount_ore=-7_00, kid=None, card_issuer="04", free_text="Takk")
    nothing = payment(amount_ore=0)
    parts = part_of(payment(sign="-", amount_ore=-1), free_text, nothing), part_of(payment()), part_of(nothing)
    data = ocr_giro.render([transmission_of(*parts)])
    assert {place: found for place in control_bytes(data) if (found := accepted_changes(data, place))} == {}


@settings(max_examples=25, deadline=None)
@given(files(one_day=True), st.data())
def test_every_changed_control_byte_of_any_file_is_refused(
    transmissions: list[ocr_giro.Transmission], choice: st.DataObject
) -> None:
    data = ocr_giro.render(transmissions)
    place = choice.draw(st.sampled_from(list(control_bytes(data))))
    assert accepted_changes(data, place) == []


@settings(max_examples=60, deadline=None)
@given(files(), st.data())
def test_records_that_are_lost_doubled_or_out_of_order_are_refused(
    transmissions: list[ocr_giro.Transmission], choice: st.DataObject
) -> None:
    lines = ocr_giro.render(transmissions).splitlines(keepends=True)
    row = choice.draw(st.integers(0, len(lines) - 2))
    before, two, after = lines[:row], lines[row : row + 2], lines[row + 2 :]
    assert is_refused(b"".join([*before, two[1], *after]))
    assert is_refused(b"".join([*before, two[0], *two, *after]))
    assert is_refused(b"".join([*before, two[1], two[0], *after]))


@given(digits(6))
@settings(max_examples=300, deadline=None)
def test_a_settlement_date_within_the_range_must_be_a_day_of_the_calendar(ddmmyy: str) -> None:
    first, last = date(1972, 1, 1), date(2068, 12, 31)
    data = file_of(*[payment(settlement_date=day, bank_date=None) for day in (first, DAY, last)], nets_date=last)
    changed = data.replace(b"0000002201126", f"0000002{ddmmyy}".encode())
    try:
        year = int(ddmmyy[4:])
        found = date(year + (1900 if year >= 69 else 2000), int(ddmmyy[2:4]), int(ddmmyy[:2]))
    except ValueError:
        assert is_refused(changed)
    else:
        assert is_refused(changed) == (not first <= found <= last)


@pytest.mark.parametrize("place", range(41, 47))
def test_a_changed_bank_date_is_refused_unless_it_is_an_earlier_day_of_that_year(place: int) -> None:
    data = file_of(payment(bank_date=DAY))
    item_2 = 3 * WIDTH
    for value in accepted_changes(data, item_2 + place):
        changed = data[: item_2 + place] + bytes([value]) + data[item_2 + place + 1 :]
        ((_, _, read),) = ocr_giro.parse(changed, "earlier").payments()
        assert read.bank_date is not None
        assert DAY - timedelta(days=366) <= read.bank_date < DAY


@given(st.binary(max_size=400))
@settings(max_examples=300)
def test_garbage_is_refused(data: bytes) -> None:
    assert is_refused(data)
    assert is_refused(b"NY000010" + data)
