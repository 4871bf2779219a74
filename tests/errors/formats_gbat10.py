"""Errors of voucher files in GBAT10: one sound file, spoilt in one place each."""

from __future__ import annotations

from pathlib import Path

from kravbro.formats import gbat10
from tests.errors.gallery import provokes

SOUND = (
    "GBAT10;900001;20261120;9;11;2026;1920;0;300.00;;;;;;;;;;;;Bank;;;;;;T;300.00;;\r\n"
    "GBAT10;900001;20261120;9;11;2026;1500;0;-300.00;10001;;;;;;501;;;;;Betalt;Betalt;;;;;T;-300.00;;\r\n"
)


def read_spoilt(found: str, instead: str, encoding: str = "iso-8859-1") -> None:
    """Read the sound file with one text of it replaced."""
    assert found in SOUND
    gbat10.parse(SOUND.replace(found, instead).encode("iso-8859-1"), "bilag.txt", encoding)


@provokes("formats.gbat10.encoding")
def a_norwegian_letter_of_another_encoding(_: Path) -> None:
    read_spoilt("Bank", "Ban\xf8", "utf-8")


@provokes("formats.gbat10.syntax")
def a_row_that_is_cut_off(_: Path) -> None:
    read_spoilt(";T;-300.00;;", ";T")


@provokes("formats.gbat10.value")
def an_account_of_five_digits(_: Path) -> None:
    read_spoilt(";1920;", ";19200;")


@provokes("formats.gbat10.unbalanced")
def an_ore_too_little_on_the_customer(_: Path) -> None:
    read_spoilt("-300.00", "-299.99")
