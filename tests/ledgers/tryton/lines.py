"""Receivable lines for tests of what is pure: everything that does not matter is the same in each."""

from __future__ import annotations

from datetime import date

from kravbro.ledgers.tryton.mapping import Line

DAY = date(2026, 3, 2)


def line(
    number: int, change_ore: int, *, origin: int = 0, of_invoice: int = 0, pays: int = 0, kind: str = "cash"
) -> Line:
    """A posted line, due and dated on one day."""
    return Line(
        id=number,
        change_ore=change_ore,
        due=DAY,
        origin=origin,
        of_invoice=of_invoice,
        pays=pays,
        posted=True,
        dated=DAY,
        posted_on=DAY,
        number=str(number),
        text="",
        journal="BANK",
        journal_type=kind,
    )
