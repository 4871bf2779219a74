"""Deadlines that the law sets, by date: limitation, and the least time that a statutory notice must give.

The rows lie beside this module (`deadlines.json`). They are an immutable value that is passed into the rules, as time
is; a date without a row is refused by name, never guessed.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib import resources

import msgspec

from kravbro.core.errors import DataFault


class DeadlineRow(msgspec.Struct, frozen=True):
    """One dated row of law: `value` in `unit`, in force from `valid_from` to `valid_to` (both days included)."""

    name: str
    value: int
    unit: str
    valid_from: date
    valid_to: date | None
    law: str
    source: str
    confidence: str


class Deadlines(msgspec.Struct, frozen=True):
    """The deadlines in force, as one immutable value."""

    rows: tuple[DeadlineRow, ...]

    def limitation_years(self, due_date: date) -> int:
        """Years until an ordinary claim that fell due on `due_date` is barred (foreldelsesloven §§ 2 and 3)."""
        return self._value("limitation_years", due_date)

    def notice_days(self, sent_on: date) -> int:
        """Days that an inkassovarsel sent on `sent_on` must at least give (inkassoloven § 9)."""
        return self._value("notice_days", sent_on)

    def _value(self, name: str, on: date) -> int:
        for row in self.rows:
            if row.name == name and row.valid_from <= on and (row.valid_to is None or on <= row.valid_to):
                return row.value
        raise DataFault("statute.no_deadline", name=name, on=on.isoformat())


@cache
def shipped_deadlines() -> Deadlines:
    """The deadlines that come with this release."""
    text = (resources.files("kravbro.core.statute") / "deadlines.json").read_bytes()
    return Deadlines(tuple(msgspec.json.decode(text, type=list[DeadlineRow])))
