"""Errors of import files for Visma Business: one sound file, spoilt in one place each."""

from __future__ import annotations

from pathlib import Path

from kravbro.formats import visma_import
from tests.errors.gallery import provokes

LINES = (
    "@FIRM_BEGIN(1)",
    "@IMPORT_METHOD(3)",
    "@WaBnd(ValDt,SrcTp,Descr)",
    '20261120 31 "Kravbro 17"',
    "@WaVo(VoNo,VoDt,VoTp,DbAcNo,DbAcCl,CrAcNo,CrAcCl,Am,AgRef,Ref,Txt)",
    '900001 20261120 77 1920 3 0 0 300.00 "" "900001/1" "Bank"',
    '900001 20261120 77 0 0 10001 1 300.00 "501" "900001/2" "Innbetaling"',
    "@FIRM_END()",
)
SOUND = "\r\n".join((*LINES, ""))


def read_spoilt(found: str, instead: str) -> None:
    """Read the sound file with one text of it replaced."""
    assert found in SOUND
    visma_import.parse(SOUND.replace(found, instead).encode("latin-1"), "bilag.txt")


@provokes("formats.visma_import.encoding")
def a_character_that_windows_does_not_have(_: Path) -> None:
    read_spoilt("Bank", "Ban\x81")


@provokes("formats.visma_import.syntax")
def a_heading_that_is_cut_off(_: Path) -> None:
    read_spoilt(",Ref,Txt)", ",Ref)")


@provokes("formats.visma_import.value")
def a_day_that_does_not_exist(_: Path) -> None:
    read_spoilt("20261120 77 1920", "20261131 77 1920")


@provokes("formats.visma_import.unbalanced")
def an_ore_too_little_on_the_customer(_: Path) -> None:
    read_spoilt("10001 1 300.00", "10001 1 299.99")
