"""Files as transport, editors and disks damage them: each format refuses by name, or reads what stands there, whole.

What is read of a damaged file is written again, and must read the same: then nothing of it was guessed or left out that
the format holds. Formats in XML have an independent reader beside this (their own tests).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kravbro.core.errors import DataFault
from kravbro.formats import camt054, earlier_claims, ledger_csv, ocr_giro, pain001
from tests.formats.damage import damaged
from tests.formats.ocr_giro_files import gathered

GOLDEN = Path(__file__).parent / "golden"


class Format(msgspec.Struct, frozen=True):
    """A format: what reads it, what writes it (None: nothing does), and its files."""

    name: str
    parse: Callable[[bytes, str], Any]
    render: Callable[[Any], bytes] | None
    files: tuple[bytes, ...]
    faults: tuple[str, ...]


def transmissions(file: ocr_giro.OcrGiroFile) -> bytes:
    return ocr_giro.render(gathered(file))


def ledger_rows() -> bytes:
    head = "customer;name;type;number;date;due_date;amount;kid\n"
    rows = (f"10001;Ada Aasen;invoice;{number};2026-03-02;2026-03-23;1250,00;\n" for number in range(501, 504))
    return (head + "".join(rows)).encode()


def old_cases() -> bytes:
    head = "saksnr;kundenr;fakturanr;fakturadato;forfall;hovedstol;betalt_hovedstol\n"
    return (head + "K-2071;10001;501;2026-03-02;2026-03-23;1 250,00;400.00\n").encode()


def golden(folder: str, suffix: str) -> tuple[bytes, ...]:
    found = tuple(file.read_bytes() for file in sorted((GOLDEN / folder).glob(f"*{suffix}")))
    assert found
    return tuple(data for data in found if len(data) < 40_000)


FORMATS = (
    Format("ocr_giro", ocr_giro.parse, transmissions, golden("ocr_giro", ".ocr"), ("formats.ocr_giro.",)),
    Format("camt054", camt054.parse, None, golden("camt054", ".xml"), ("formats.camt054.", "formats.xml.")),
    Format("pain001", pain001.parse, pain001.render, golden("pain001", ".xml"), ("formats.pain001.", "formats.xml.")),
    Format("ledger_csv", ledger_csv.parse, ledger_csv.render, (ledger_rows(),), ("formats.ledger_csv.",)),
    Format("earlier_claims", earlier_claims.parse, earlier_claims.render, (old_cases(),), ("formats.earlier_claims.",)),
)


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


@pytest.mark.parametrize("one", FORMATS, ids=lambda one: one.name)
def test_sound_files_are_read(one: Format) -> None:
    assert all(is_read(one, data) for data in one.files)


@pytest.mark.parametrize("one", FORMATS, ids=lambda one: one.name)
@settings(max_examples=150, deadline=None)
@given(place=st.integers(0, 1000), seed=st.integers(0, 2**32))
def test_a_damaged_file_is_refused_by_name_or_read_as_it_stands(one: Format, place: int, seed: int) -> None:
    is_read(one, damaged(one.files[place % len(one.files)], seed))


@pytest.mark.soak
@pytest.mark.parametrize("one", FORMATS, ids=lambda one: one.name)
@settings(max_examples=20_000, deadline=None)
@given(place=st.integers(0, 1000), seed=st.integers(0, 2**32))
def test_many_damaged_files(one: Format, place: int, seed: int) -> None:
    is_read(one, damaged(one.files[place % len(one.files)], seed))
