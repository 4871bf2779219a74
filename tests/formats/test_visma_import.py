"""Import files for Visma Business: what is written is read as it was meant, and what is wrong is refused by name."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kravbro.core.errors import DataFault
from kravbro.formats import visma_import
from kravbro.formats.visma_import import Batch, ImportFile, Line
from tests.errors.formats_visma_import import SOUND

DAY = date(2026, 11, 20)
NUMBERS = st.integers(0, visma_import.INT32_MAX)
ACCOUNTS = st.integers(1, visma_import.INT32_MAX)
LETTERS = st.characters(codec="cp1252", exclude_categories=("Cc", "Zs", "Cf", "Cs"), exclude_characters='"')


def texts(width: int) -> st.SearchStrategy[str]:
    """Texts as the format holds them: words with one blank between them."""
    words = st.lists(st.text(LETTERS, min_size=1, max_size=9), max_size=5)
    return words.map(lambda found: " ".join(found)[:width].rstrip())


@st.composite
def batches(draw: st.DrawFn, units: int) -> Batch:
    dated = draw(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
    lines = []
    for voucher_no in draw(st.lists(NUMBERS, max_size=4, unique=True)):
        amounts_ore = draw(st.lists(st.integers(0, 10**15), min_size=1, max_size=3))
        sides = [(sum(amounts_ore), {"debit_account": draw(ACCOUNTS), "debit_class": 3})]
        sides += [(amount_ore, {"credit_account": draw(ACCOUNTS), "credit_class": 1}) for amount_ore in amounts_ore]
        lines += [
            Line(
                voucher_no,
                dated,
                draw(NUMBERS),
                amount_ore,
                cross_reference=draw(texts(20)),
                reference=draw(texts(20)),
                text=draw(texts(60)),
                units=tuple(draw(NUMBERS) for _ in range(units)),
                **side,
            )
            for amount_ore, side in sides
        ]
    return Batch(dated, draw(texts(60)), tuple(lines), draw(NUMBERS))


@settings(max_examples=100, deadline=None)
@given(st.data(), NUMBERS, st.sampled_from([(), ("R1",), ("R2", "R12")]))
def test_what_is_written_is_read(data: st.DataObject, company: int, units: tuple[str, ...]) -> None:
    file = ImportFile(company, tuple(data.draw(st.lists(batches(len(units)), min_size=1, max_size=3))), units)

    assert visma_import.parse(visma_import.render(file), "file") == file


def test_a_text_is_written_as_near_as_it_goes() -> None:
    line = Line(1, DAY, 77, 100, 1920, 3, 1930, 3, text='«Ы» "x"\n' + "å" * 90)
    (batch,) = visma_import.parse(visma_import.render(ImportFile(1, (Batch(DAY, "b", (line,)),))), "f").batches

    assert batch.lines[0].text == "«?» 'x' " + "å" * 52


def test_lines_are_counted() -> None:
    assert visma_import.validate(SOUND.encode("cp1252"), "bilag.txt") == 2


@pytest.mark.parametrize(
    ("found", "instead", "code"),
    [
        ("@FIRM_BEGIN(1)", "@FIRM_BEGIN(x)", "value"),
        ("@IMPORT_METHOD(3)", "@IMPORT_METHOD(4)", "syntax"),
        ("@WaBnd(ValDt,SrcTp,Descr)", "@WaBnd(ValDt,Keep,Descr)", "syntax"),
        ("@FIRM_END()\r\n", "", "syntax"),
        ("@FIRM_END()\r\n", "@FIRM_END()\r\n@FIRM_END()\r\n", "syntax"),
        ("@FIRM_END()", "", "syntax"),
        ("300.00", "300", "value"),
        ("300.00", "300,00", "value"),
        ("1920 3", "0 3", "value"),
        ("900001 20261120 77 1920", "4294967296 20261120 77 1920", "value"),
        ("900001 20261120 77 1920", "900001 20261120  77 1920", "syntax"),
        ("900001 20261120 77 1920", "900002 20261120 77 1920", "unbalanced"),
        ('"Bank"', "Bank", "value"),
        ('"Bank"', '" Bank"', "value"),
        ("Ref,Txt)", "Ref,Txt,R13)", "syntax"),
    ],
)
def test_what_is_wrong_is_refused(found: str, instead: str, code: str) -> None:
    assert found in SOUND
    with pytest.raises(DataFault) as refused:
        visma_import.parse(SOUND.replace(found, instead, 1).encode("cp1252"), "bilag.txt")

    assert refused.value.code == f"formats.visma_import.{code}"
    assert refused.value.facts["file"] == "bilag.txt"


def test_what_would_not_be_read_is_not_written() -> None:
    line = Line(1, DAY, 77, 100, 1920, 3)
    with pytest.raises(DataFault, match="unbalanced"):
        visma_import.render(ImportFile(1, (Batch(DAY, "b", (line,)),)))
    too_large = msgspec.structs.replace(line, credit_account=2**31)
    with pytest.raises(DataFault, match="value"):
        visma_import.render(ImportFile(1, (Batch(DAY, "b", (too_large,)),)))
