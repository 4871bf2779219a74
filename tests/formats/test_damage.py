"""Files as transport, editors and disks damage them: each format refuses by name, or reads what stands there, whole.

What is read of a damaged file is written again, and must read the same: then nothing of it was guessed or left out that
the format holds. Formats in XML have an independent reader beside this (their own tests).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kravbro.core.errors import DataFault
from kravbro.formats import (
    camt054,
    conversion_choices,
    earlier_claims,
    exchange_csv,
    gbat10,
    ledger_csv,
    ocr_giro,
    pain001,
    saft,
    visma_import,
)
from tests.formats.damage import damaged
from tests.formats.golden_files import FORMATS
from tests.formats.ocr_giro_files import gathered
from tests.formats.saft_files import Customer, Ledger, credit_note, invoice, payment, render
from tests.formats.wsinkasso_messages import CONTRACT


class Format(msgspec.Struct, frozen=True):
    """A format: what reads it, what writes it (None: nothing does), and its files."""

    name: str
    parse: Callable[[bytes, str], Any]
    render: Callable[[Any], bytes] | None
    files: tuple[bytes, ...]
    faults: tuple[str, ...]


def transmissions(file: ocr_giro.OcrGiroFile) -> bytes:
    return ocr_giro.render(gathered(file))


def small_saft() -> bytes:
    customers = (Customer("10001", opening_ore=250_00), Customer("K-7", "Birk & Co", "974760673"))
    vouchers = (
        invoice("501", "10001", 1_250_00, date(2026, 3, 2), date(2026, 3, 23), "005017"),
        payment("P1", "10001", 1_000_00, date(2026, 4, 1), kid="005017"),
        credit_note("601", "K-7", 50_00, date(2026, 4, 2), crossed="501"),
    )
    return render(Ledger(customers, vouchers))


def golden(of: str) -> tuple[bytes, ...]:
    return tuple(FORMATS[of].files().values())


def rendered_table(rows: tuple[Any, ...]) -> bytes:
    (table,) = [one for one in exchange_csv.TABLES if isinstance(rows[0], one.row)]
    return exchange_csv.render(table, rows)


def calls() -> tuple[bytes, ...]:
    return tuple(data for name, data in FORMATS["wsinkasso"].files().items() if name.endswith("_call"))


def called(data: bytes, _: str) -> Any:
    return CONTRACT.read_call(data).value


DAMAGED = (
    Format("ocr_giro", ocr_giro.parse, transmissions, golden("ocr_giro"), ("formats.ocr_giro.",)),
    Format("camt054", camt054.parse, None, golden("camt054"), ("formats.camt054.", "formats.xml.")),
    Format("pain001", pain001.parse, pain001.render, golden("pain001"), ("formats.pain001.", "formats.xml.")),
    Format("saft", saft.parse, None, (small_saft(),), ("formats.saft.", "formats.xml.")),
    Format("ledger_csv", ledger_csv.parse, ledger_csv.render, golden("ledger_csv"), ("formats.ledger_csv.",)),
    Format(
        "earlier_claims",
        earlier_claims.parse,
        earlier_claims.render,
        golden("earlier_claims"),
        ("formats.earlier_claims.",),
    ),
    Format(
        "conversion_choices",
        conversion_choices.parse,
        conversion_choices.render,
        golden("conversion_choices"),
        ("formats.conversion_choices.",),
    ),
    Format("exchange_csv", exchange_csv.parse, rendered_table, golden("exchange_csv"), ("formats.exchange_csv.",)),
    Format("gbat10", gbat10.parse, gbat10.render, golden("gbat10"), ("formats.gbat10.",)),
    Format("visma_import", visma_import.parse, visma_import.render, golden("visma_import"), ("formats.visma_import.",)),
    Format("wsinkasso", called, None, calls(), ("formats.wsinkasso.", "formats.xml.")),
)


def test_every_format_is_damaged() -> None:
    assert {one.name for one in DAMAGED} == set(FORMATS)


def is_read(one: Format, data: bytes) -> bool:
    """Whether the file is read; then what was written of it reads the same, to the last letter.

    Whatever is raised but a fault of the format is a fault of ours.
    """
    try:
        file = one.parse(data, "changed")
    except DataFault as fault:
        if not fault.code.startswith(one.faults):
            raise
        return False
    if one.render is not None:
        again = one.render(file)
        assert one.render(one.parse(again, "again")) == again
    return True


@pytest.mark.parametrize("one", DAMAGED, ids=lambda one: one.name)
def test_sound_files_are_read(one: Format) -> None:
    assert all(is_read(one, data) for data in one.files)


@pytest.mark.parametrize("one", DAMAGED, ids=lambda one: one.name)
@settings(max_examples=150, deadline=None)
@given(place=st.integers(0, 1000), seed=st.integers(0, 2**32))
def test_a_damaged_file_is_refused_by_name_or_read_as_it_stands(one: Format, place: int, seed: int) -> None:
    is_read(one, damaged(one.files[place % len(one.files)], seed))


@pytest.mark.soak
@pytest.mark.parametrize("one", DAMAGED, ids=lambda one: one.name)
@settings(max_examples=20_000, deadline=None)
@given(place=st.integers(0, 1000), seed=st.integers(0, 2**32))
def test_many_damaged_files(one: Format, place: int, seed: int) -> None:
    is_read(one, damaged(one.files[place % len(one.files)], seed))
