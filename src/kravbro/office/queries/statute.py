"""What a list of the law shows: every row with its unit, who added it, and who read it in the law last."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec

from kravbro.core.statute.rows import Row
from kravbro.office.statute import Kept
from kravbro.office.statute_effect import State, counting, states


class ListedRow(msgspec.Struct, frozen=True):
    """One row as people and programs read it; `value` is None where there is law and its figure is not known.

    `state` says whether it counts on any day (`kravbro.office.statute_effect.State`), also in the list of one day.
    """

    rule: str
    value: str | None
    unit: str
    valid_from: date | None
    valid_to: date | None
    scope: str
    up_to_ore: int | None
    act: int | None
    law: str
    source: str
    confidence: str
    note: str
    added_by: str | None
    added_on: date | None
    verified_by: str | None
    verified_on: date | None
    verified_in: str | None
    state: State


def listed(kept: Kept, *, rule: str | None = None, on: date | None = None) -> list[ListedRow]:
    """All rows, those of one rule, or just those that count on a day; by rule, then by first day, then by band.

    Bands that wait for the rest of their set stand among all rows, and count on no day. Raises DataFault
    `statute.no_such_rule`.
    """
    order = {name: place for place, name in enumerate(kept.statute.rules)}
    rows = (*kept.statute.rows, *kept.waiting) if on is None else counting(kept.statute, on)
    if rule is not None:
        rows = tuple(row for row in rows if row.rule == kept.statute.rule(rule).name)
    in_order = sorted(
        rows,
        key=lambda row: (
            order[row.rule],
            row.valid_from or date.max,
            row.scope,
            row.up_to_ore is None,
            row.up_to_ore or 0,
        ),
    )
    return shown(kept, in_order)


def shown(kept: Kept, rows: Iterable[Row]) -> list[ListedRow]:
    """Rows of the statute, or bands that wait, with what the office keeps about them."""
    found = states(kept.statute, kept.waiting)
    place = {row: row for row in (*kept.statute.rows, *kept.waiting)}
    return [_shown(kept, row, found[id(row) if id(row) in found else id(place[row])]) for row in rows]


def _shown(kept: Kept, row: Row, state: State) -> ListedRow:
    added = kept.added(row)
    number = added.number if added else None
    read = next((one for one in reversed(kept.verifications) if one.is_of(row, number)), None)
    return ListedRow(
        row.rule,
        row.value,
        kept.statute.rule(row.rule).unit.value,
        row.valid_from,
        row.valid_to,
        row.scope.value,
        row.up_to_ore,
        row.act,
        row.law,
        row.source,
        row.confidence,
        row.note,
        row.added_by or None,
        added.added_on if added else None,
        read.verified_by if read else None,
        read.verified_on if read else None,
        read.verified_in if read else None,
        state,
    )
