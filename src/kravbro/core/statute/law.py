"""The statute: all dated law as one immutable value, which is passed into the rules as time is.

Where rows overlap, the one that begins latest counts, and of two that begin on one day the one that was added last:
so the rate of a new half-year ends an open row before it, and a row that an operator verified fills a gap.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple, Never

import msgspec

from kravbro.core.errors import DataFault
from kravbro.core.statute.rows import Day, Row, Rule, Scope

LATE_INTEREST = "late_interest"
BY_HALF_YEAR = frozenset({LATE_INTEREST, "standard_compensation"})
"""Rules whose figure is set for one half-year at a time (forsinkelsesrenteloven §§ 3 and 3 a)."""
ACT = "collection_act"
_DAY = timedelta(days=1)
_JULY = 7


class Span(NamedTuple):
    """Days on which one row counts, both included."""

    first: date
    last: date
    row: Row


class Figure(msgspec.Struct, frozen=True):
    """A value found, in its unit, and the rows that it was made of: the rule's own, then the one it multiplies."""

    value: Fraction
    rows: tuple[Row, ...]


class Statute:
    """All rules and rows, which cannot be changed. Two statutes with the same rows are the same.

    Every method that looks something up raises DataFault `statute.no_row` (nothing is in force on the day),
    `statute.not_confirmed` (there is law, and its figure is not known here), `statute.no_late_interest` and
    `statute.late_interest_not_confirmed` (the same of interest, which name the half-year), and `statute.not_in_act`
    (the act that governs has no such row).
    """

    rules: Mapping[str, Rule]
    rows: tuple[Row, ...]
    _timelines: dict[tuple[str, Scope], tuple[list[date], list[Row | None]]]
    _days: dict[tuple[str, date], int]

    def __init__(self, rules: Iterable[Rule], rows: Iterable[Row]) -> None:
        # Past the refusal of __setattr__, as the cached properties do: what is worked out once is no change.
        by_name = MappingProxyType({rule.name: rule for rule in rules})
        vars(self).update(rules=by_name, rows=tuple(rows), _timelines={}, _days={})

    def __setattr__(self, name: str, value: object) -> Never:
        raise AttributeError(f"a statute is never changed: {name}", name=name, obj=self)

    def __delattr__(self, name: str) -> Never:
        raise AttributeError(f"a statute is never changed: {name}", name=name, obj=self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Statute) and (self.rules, self.rows) == (other.rules, other.rows)

    __hash__ = None  # type: ignore[assignment] # equal by content, and holding a dictionary

    def with_rows(self, rows: Iterable[Row]) -> Statute:
        """The same statute with rows added after these."""
        return Statute(self.rules.values(), (*self.rows, *rows))

    def rule(self, name: str) -> Rule:
        """The rule of that name. Raises DataFault `statute.no_such_rule`."""
        if name not in self.rules:
            raise DataFault("statute.no_such_rule", rule=name, rules=", ".join(sorted(self.rules)))
        return self.rules[name]

    def row(
        self,
        rule: str,
        on: date,
        scope: Scope = Scope.ALL,
        *,
        size_ore: int | None = None,
        act_on: date | None = None,
    ) -> Row:
        """The row of a rule that counts on a day, for the band that a claim of `size_ore` is in.

        `act_on` is the day that decides which act of collection governs (`Rule.act_picked_by`); default: the same day.
        A day before that act entered into force picks the row of the act's first day: of what fell due under the one
        before, the new act can have no older row.
        """
        rows = [one for one in self._of_rule[self.rule(rule).name] if _suits(one, scope)]
        if self.rule(rule).act_picked_by is None:
            found = [one for one in rows if one.holds_on(on)]
        else:
            found = self._of_act(rule, rows, on, act_on or on)
        if not found:
            raise _nothing(rule, on)
        latest = max(one.valid_from for one in found if one.valid_from)
        newest = [one for one in found if one.valid_from == latest]
        row = newest[-1] if size_ore is None else _band(newest, size_ore)
        if row.value is None:
            raise _unconfirmed(row, on)
        return row

    def value(self, rule: str, on: date, *, scope: Scope = Scope.ALL, act_on: date | None = None) -> Fraction:
        """The value of a rule that is no multiple of another, in its unit."""
        return self.row(rule, on, scope, act_on=act_on).figure

    def figure(
        self, rule: str, days: Mapping[Day, date], scope: Scope = Scope.ALL, *, size_ore: int | None = None
    ) -> Figure:
        """The value of a rule by the days of a claim (KeyError for one not given); of a multiple, multiplied out."""
        head = self.rule(rule)
        act_on = days[head.act_picked_by] if head.act_picked_by else None
        row = self.row(rule, days[head.picked_by], scope, size_ore=size_ore, act_on=act_on)
        if head.of is None or head.of_picked_by is None:
            return Figure(row.figure, (row,))
        base = self.row(head.of, days[head.of_picked_by], scope)
        return Figure(row.figure * base.figure, (row, base))

    def days(self, rule: str, on: date) -> int:
        """The whole number of a rule in days, months, years or pieces. A rule of an act is asked of that day's act."""
        if (rule, on) not in self._days:
            value = self.value(rule, on)
            if value.denominator != 1:
                raise DataFault("statute.not_whole", rule=rule, value=str(value))
            self._days[rule, on] = value.numerator
        return self._days[rule, on]

    def limitation_years(self, due_date: date) -> int:
        """Years until an ordinary claim that fell due on `due_date` is barred (foreldelsesloven §§ 2 and 3)."""
        return self.days("limitation_years", due_date)

    def notice_days(self, sent_on: date) -> int:
        """Days that an inkassovarsel sent on `sent_on` must at least give (inkassoloven § 9)."""
        return self.days("notice_days", sent_on)

    def act(self, on: date) -> Row:
        """The act of collection in force on a day; its value is the year of the act."""
        return self.row(ACT, on)

    def spans(self, rule: str, first: date, last: date, scope: Scope = Scope.ALL) -> tuple[Span, ...]:
        """The rows that count from `first` to `last`, in order and without a gap. For rules without bands and acts."""
        starts, rows = self._timeline(rule, scope)
        place = bisect_right(starts, first) - 1
        found: list[Span] = []
        while first <= last:
            row = rows[place] if place >= 0 else None
            if row is None or row.value is None:
                raise _nothing(rule, first) if row is None else _unconfirmed(row, first)
            following = starts[place + 1] if place + 1 < len(starts) else None
            end = last if following is None or following > last else following - _DAY
            found.append(Span(first, end, row))
            first, place = end + _DAY, place + 1
        return tuple(found)

    def _timeline(self, rule: str, scope: Scope) -> tuple[list[date], list[Row | None]]:
        """Days on which another row begins to count, and that row (None: nothing is in force)."""
        key = (self.rule(rule).name, scope)
        if key not in self._timelines:
            rows = [one for one in self._of_rule[rule] if _suits(one, scope) and one.valid_from]
            starts = {one.valid_from for one in rows if one.valid_from}
            starts |= {one.valid_to + _DAY for one in rows if one.valid_to and one.valid_to < date.max}
            in_order = sorted(starts)
            self._timelines[key] = (in_order, [_counting(rows, day) for day in in_order])
        return self._timelines[key]

    @cached_property
    def _of_rule(self) -> Mapping[str, list[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows:
            found[row.rule].append(row)
        return found

    def _of_act(self, rule: str, rows: Iterable[Row], on: date, act_on: date) -> list[Row]:
        """The rows of the act that governs on `act_on`, in force on `on` or when that act began; no act, no rows."""
        starts, acts = self._timeline(ACT, Scope.ALL)
        place = bisect_right(starts, act_on) - 1
        governing = acts[place] if place >= 0 else None
        if governing is None:
            return []
        while place > 0 and (before := acts[place - 1]) is not None and before.figure == governing.figure:
            place -= 1
        day = max(on, starts[place])
        mine = [one for one in rows if one.holds_on(day) and (one.act is None or one.act == governing.figure)]
        if not mine:
            days = {"on": act_on.isoformat(), "day": day.isoformat()}
            raise DataFault("statute.not_in_act", rule=rule, act=governing.law, **days)
        return mine


def _counting(rows: list[Row], day: date) -> Row | None:
    """The row that counts on a day: of those in force, the last added of those that begin latest."""
    found = [one for one in rows if one.holds_on(day)]
    latest = max((one.valid_from for one in found if one.valid_from), default=None)
    return next((one for one in reversed(found) if one.valid_from == latest), None)


def _suits(row: Row, scope: Scope) -> bool:
    return row.scope in (Scope.ALL, scope)


def _band(rows: list[Row], size_ore: int) -> Row:
    """The narrowest band that holds the size; of the same band given twice, the later."""
    bands = {one.up_to_ore: one for one in rows}
    fitting = [up_to for up_to in bands if up_to is not None and size_ore <= up_to]
    return bands[min(fitting)] if fitting else bands[None]


def half_year(day: date) -> str:
    """The half-year of a day, as rates are published: `2026 H2`."""
    return f"{day.year} H{1 if day.month < _JULY else 2}"


def _nothing(rule: str, on: date) -> DataFault:
    if rule == LATE_INTEREST:
        return DataFault("statute.no_late_interest", half_year=half_year(on), on=on.isoformat())
    return DataFault("statute.no_row", rule=rule, on=on.isoformat())


def _unconfirmed(row: Row, on: date) -> DataFault:
    if row.rule == LATE_INTEREST:
        return DataFault("statute.late_interest_not_confirmed", half_year=half_year(on), on=on.isoformat())
    return DataFault("statute.not_confirmed", rule=row.rule, on=on.isoformat())
