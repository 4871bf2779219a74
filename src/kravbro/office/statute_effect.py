"""What a row of law does to the others: which rows count on a day, and what changes when one is added. Pure.

A row may take the place of another for one scope alone, so what counts is compared place by place: for each scope and
each size of claim at which a band ends, the row that answers there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum

import msgspec

from kravbro.core.errors import DataFault
from kravbro.core.statute.law import ACT, Statute
from kravbro.core.statute.rows import Row, Rule, Scope

_DAY = timedelta(days=1)
_BEYOND_ALL_BANDS = 2**63 - 1

Place = tuple[Scope, int | None]
"""Whom and which size of claim is asked about; no size where the rule has no bands."""


class State(StrEnum):
    """Whether a row counts on any day: not if another took its place for all of its days, scopes and sizes."""

    COUNTS = "counts"
    REPLACED = "replaced"
    WAITS = "waits"
    NOT_IN_FORCE = "not_in_force"


class Effect(msgspec.Struct, frozen=True):
    """What a row did on the day from which it counts, and after it.

    `ends`: open rows that now end the day before. `replaces`: rows that had a value for these days. `narrows`: rows
    that had one, and count on for another scope. `fills`: rows without one. `resumes`: rows that count again when the
    new one has ended. `waits`: its set of bands is not whole. `waits_for_act`: another act of collection governs on
    its first day. `refused`: rules that have no row any more.
    """

    ends: tuple[Row, ...] = ()
    replaces: tuple[Row, ...] = ()
    narrows: tuple[Row, ...] = ()
    fills: tuple[Row, ...] = ()
    resumes: tuple[Row, ...] = ()
    waits: bool = False
    waits_for_act: bool = False
    refused: tuple[str, ...] = ()


def counting(statute: Statute, on: date) -> tuple[Row, ...]:
    """The rows that count on a day, those without a value too, in the order of the statute.

    A rule of an act of collection counts if its act governs on that day. Nothing is decided here: the statute itself
    is asked for every scope and band, with a value in place of those that are not known.
    """
    law, order = _with_values(statute.rules.values(), statute.rows)
    found = {
        order[id(row)] for rule in statute.rules for row in _places(law, rule, on, _sizes(statute.rows, rule)).values()
    }
    return tuple(statute.rows[number] for number in sorted(found))


def states(statute: Statute, waiting: Iterable[Row]) -> Mapping[int, State]:
    """The state of each row, under its `id`: those of the statute, and the bands that wait."""
    found = {id(row): State.WAITS for row in waiting}
    for rule in statute.rules:
        of_rule = [row for row in statute.rows if row.rule == rule]
        for act in {row.act for row in of_rule}:
            rows = [row for row in of_rule if row.act == act]
            days = {row.valid_from for row in rows if row.valid_from}
            days |= {row.valid_to + _DAY for row in rows if row.valid_to and row.valid_to < date.max}
            counted = {id(row) for day in days for row in _of_one_act(statute, rows, day, _sizes(rows, rule)).values()}
            for row in rows:
                left = State.COUNTS if id(row) in counted else State.REPLACED
                found[id(row)] = State.NOT_IN_FORCE if row.valid_from is None else left
    return found


def effect(before: Statute, after: Statute, row: Row, *, waits: bool) -> Effect:
    """What a row that was just added did, for every scope and size: what counted there and does not, what comes back.

    A row of an act is compared with the rows of that act, also where another one governs.
    """
    begins = row.valid_from
    if begins is None:
        return Effect()
    was, becomes, sizes = _rows_like(before, row), _rows_like(after, row), _sizes(after.rows, row.rule)
    counted, counts = _of_one_act(before, was, begins, sizes), _of_one_act(after, becomes, begins, sizes)
    left = {id(one) for one in counts.values()}
    taken = [place for place, one in counted.items() if counts.get(place) is not one]
    gone = _once(counted[place] for place in taken)
    ends = [
        one
        for one in gone
        if row.valid_to is None and one.valid_to is None and one.valid_from != begins and id(one) not in left
    ]
    known = [one for one in gone if one.value is not None and one not in ends]
    again = {} if row.valid_to is None else _of_one_act(after, becomes, row.valid_to + _DAY, sizes)
    return Effect(
        ends=tuple(one for one in ends if one.value is not None),
        replaces=tuple(one for one in known if id(one) not in left),
        narrows=tuple(one for one in known if id(one) in left),
        fills=tuple(one for one in gone if one.value is None),
        resumes=_once(
            counted[place] for place in taken if again.get(place) is counted[place] and counted[place].value is not None
        ),
        waits=waits,
        waits_for_act=row.act is not None and before.act(begins).figure != row.act,
        refused=_without_rows(counting(before, begins), counting(after, begins)) if row.rule == ACT else (),
    )


def _rows_like(statute: Statute, row: Row) -> list[Row]:
    return [one for one in statute.rows if (one.rule, one.act) == (row.rule, row.act)]


def _of_one_act(statute: Statute, rows: Sequence[Row], on: date, sizes: Sequence[int | None]) -> dict[Place, Row]:
    """What counts at each place on a day among rows of one rule and one act, whichever act governs."""
    if not rows:
        return {}
    rule = msgspec.structs.replace(statute.rule(rows[0].rule), act_picked_by=None)
    law, order = _with_values([rule], rows)
    return {place: rows[order[id(row)]] for place, row in _places(law, rule.name, on, sizes).items()}


def _with_values(rules: Iterable[Rule], rows: Sequence[Row]) -> tuple[Statute, dict[int, int]]:
    """A statute in which every row has a value, and the place of each of its rows among the rows given."""
    asked = [msgspec.structs.replace(row, value=row.value or "0") for row in rows]
    return Statute(rules, asked), {id(copy): number for number, copy in enumerate(asked)}


def _places(law: Statute, rule: str, on: date, sizes: Sequence[int | None]) -> dict[Place, Row]:
    found: dict[Place, Row] = {}
    for scope in Scope:
        for size_ore in sizes:
            try:
                found[scope, size_ore] = law.row(rule, on, scope, size_ore=size_ore)
            except DataFault:
                continue
    return found


def _sizes(rows: Iterable[Row], rule: str) -> list[int | None]:
    """A claim of every size that a band ends at, and one beyond; of no size where there are no bands."""
    ends = {row.up_to_ore for row in rows if row.rule == rule and row.up_to_ore is not None}
    return [*sorted(ends), _BEYOND_ALL_BANDS] if ends else [None]


def _once(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Each row once, in order."""
    return tuple({id(row): row for row in rows}.values())


def _without_rows(before: Sequence[Row], after: Sequence[Row]) -> tuple[str, ...]:
    """Rules that had a row and have none any more, in the order of the statute."""
    left = {one.rule for one in after}
    return tuple(dict.fromkeys(one.rule for one in before if one.rule not in left))
