"""The law of an office in tests: rows to add to it, and short ways to add, verify and ask."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from kravbro.core.statute.law import Statute
from kravbro.core.statute.rows import Row
from kravbro.db.engines import reading, writing
from kravbro.office.queries.statute import ListedRow, listed
from kravbro.office.statute import Added, Kept, add_row, load_kept, load_statute, verify_row
from tests.office.builders import STATUTE, Desk, act

LAW, SOURCE = "FOR-2026-12-17-2999", "lovdata.no"
IN_2027 = date(2027, 1, 1)


def row(rule: str, value: str, first: date, last: date | None = None, **changes: Any) -> Row:
    base = Row(rule, value, first, last, LAW, SOURCE, "read by the operator")
    return msgspec.structs.replace(base, **changes)


def add(desk: Desk, one: Row, *, above: bool = False, replaces: bool = False, actor: str = "kari") -> Added:
    with writing(desk.engine) as connection:
        return add_row(connection, STATUTE, one, act(actor=actor), above=above, replaces=replaces)


def verify(desk: Desk, rule: str, first: date, value: str, **key: Any) -> None:
    with writing(desk.engine) as connection:
        verify_row(connection, STATUTE, rule, first, value, "LOV", act(date(2027, 1, 4), "ola"), **key)


def law(desk: Desk) -> Statute:
    with reading(desk.engine) as connection:
        return load_statute(connection, STATUTE)


def kept(desk: Desk) -> Kept:
    with reading(desk.engine) as connection:
        return load_kept(connection, STATUTE)


def next_rate(value: str = "12", **changes: Any) -> Row:
    return row("late_interest", value, IN_2027, date(2027, 6, 30), **changes)


def band(value: str, up_to_ore: int | None, first: date = IN_2027, **changes: Any) -> Row:
    return row("salaer_simple", value, first, up_to_ore=up_to_ore, act=1988, **changes)


def read_rows(desk: Desk) -> list[ListedRow]:
    return [one for one in listed(kept(desk)) if one.verified_by]
