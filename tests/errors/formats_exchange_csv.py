"""Errors of the tables that are exchanged with a ledger: one sound table, spoilt in one place each."""

from __future__ import annotations

from pathlib import Path

from kravbro.formats import exchange_csv
from tests.errors.gallery import provokes

SOUND = "fakturanr;kundenr;godkjent\n501;10001;2026-11-20\n"


def read_spoilt(found: str, instead: str, encoding: str = "utf-8") -> None:
    """Read the sound table with one text of it replaced."""
    assert found in SOUND
    exchange_csv.parse(SOUND.replace(found, instead).encode(encoding), "godkjent.csv")


@provokes("formats.exchange_csv.syntax")
def a_table_in_the_letters_of_windows(_: Path) -> None:
    read_spoilt("10001", "Å-1", "windows-1252")


@provokes("formats.exchange_csv.column")
def a_column_with_a_slip_in_it(_: Path) -> None:
    read_spoilt("kundenr", "kundnr")


@provokes("formats.exchange_csv.cell")
def a_day_in_the_other_order(_: Path) -> None:
    read_spoilt("2026-11-20", "20.11.2026")
