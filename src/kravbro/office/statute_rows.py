"""Which rows an office may add to the statute. Pure: rows in, refusals out. What one did: `office.statute_effect`.

A row must look as the shipped rows of its rule look, and must not overlap what is known without saying so. Bands come
as a set that begins on one day: the bands with an upper end first, the one above them last, and then the set counts.

What cannot be law is a DataFault. What could be, and contradicts what is kept, is a Stop: a person decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from fractions import Fraction

from kravbro.core.errors import DataFault, Stop
from kravbro.core.money import format_kroner
from kravbro.core.statute.law import ACT, BY_HALF_YEAR, Statute
from kravbro.core.statute.rows import Row, Scope

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2100, 12, 31)
"""Days that a row may begin and end on; what lies outside is a slip of the finger."""
_DAY = timedelta(days=1)
_JULY = 7


def set_of(row: Row) -> tuple[str, Scope, int | None, date | None]:
    """What the bands of one set have in common."""
    return row.rule, row.scope, row.act, row.valid_from


def has_bands(statute: Statute, rule: str) -> bool:
    """Whether a rule's value depends on the size of the claim."""
    return any(row.up_to_ore is not None for row in statute.rows if row.rule == rule)


def refuse_row(
    shipped: Statute, statute: Statute, own: Sequence[Row], row: Row, *, above: bool, replaces: bool
) -> None:
    """Refuse a row that cannot be law, or that says something else than what is known.

    `statute` is what counts now, `own` the office's rows, bands that wait among them. Raises DataFault
    `office.statute_days`, `.statute_day_out_of_reach`, `.statute_needs_end`, `.statute_half_year`, `.statute_scope`,
    `.statute_act_missing`, `.statute_act_refused`, `.statute_act_unknown`, `.statute_band_missing`,
    `.statute_band_refused`, `.statute_band_size`, `.statute_band_order` and `.statute_band_days`; and Stop
    `office.statute_known`, `.statute_band_new`, `.statute_later_row` and `.statute_overlaps`.
    """
    _refuse_days(shipped, row)
    _refuse_scope(shipped, row)
    _refuse_act(shipped, statute, row)
    refuse_band(shipped, row.rule, row.up_to_ore, above=above)
    everything = [one for one in (*shipped.rows, *own) if one.rule == row.rule]
    _refuse_known(everything, row)
    siblings = [one for one in everything if set_of(one) == set_of(row)] if has_bands(shipped, row.rule) else []
    _refuse_half_set(row, siblings, above=above)
    same_band = [one for one in siblings if one.up_to_ore == row.up_to_ore]
    counted = [one for one in statute.rows if one.rule == row.rule and one.act == row.act]
    shared = [one for one in (*counted, *same_band) if one.scope is row.scope or Scope.ALL in (one.scope, row.scope)]
    _refuse_overlap([one for one in shared if _overlap(one, row)], row, replaces=replaces)


def _refuse_days(shipped: Statute, row: Row) -> None:
    days = [day for day in (row.valid_from, row.valid_to) if day is not None]
    for day in days:
        if not FIRST_DAY <= day <= LAST_DAY:
            raise DataFault("office.statute_day_out_of_reach", day=day.isoformat(), rule=row.rule)
    if len(days) > 1 and days[1] < days[0]:
        first, last = days[0].isoformat(), days[1].isoformat()
        raise DataFault("office.statute_days", rule=row.rule, valid_from=first, valid_to=last)
    if row.rule in BY_HALF_YEAR and row.valid_from is not None:
        if row.valid_to is None:
            raise DataFault("office.statute_needs_end", rule=row.rule, valid_from=_from(row))
        _refuse_other_than_a_half_year(shipped, row, row.valid_from)


def _refuse_other_than_a_half_year(shipped: Statute, row: Row, begins: date) -> None:
    """One half-year, or the days of a shipped row: before 2004 the law changed on other days too."""
    year = begins.year
    second = begins.month >= _JULY
    first, last = (date(year, _JULY, 1), date(year, 12, 31)) if second else (date(year, 1, 1), date(year, 6, 30))
    days = (row.valid_from, row.valid_to)
    shipped_days = {(one.valid_from, one.valid_to) for one in shipped.rows if one.rule == row.rule}
    if days != (first, last) and days not in shipped_days:
        raise DataFault(
            "office.statute_half_year",
            rule=row.rule,
            valid_from=_from(row),
            valid_to=_to(row),
            first=first.isoformat(),
            last=last.isoformat(),
        )


def _refuse_scope(shipped: Statute, row: Row) -> None:
    scopes = {one.scope for one in shipped.rows if one.rule == row.rule} | {Scope.ALL}
    if row.scope not in scopes:
        known = ", ".join(sorted(scope.value for scope in scopes))
        raise DataFault("office.statute_scope", rule=row.rule, scope=row.scope.value, scopes=known)


def _refuse_act(shipped: Statute, statute: Statute, row: Row) -> None:
    """A row of a rule that lives in an act of collection says which one; no other row does."""
    acts = sorted({int(one.figure) for one in statute.rows if one.rule == ACT})
    if shipped.rule(row.rule).act_picked_by is None:
        if row.act is not None:
            raise DataFault("office.statute_act_refused", rule=row.rule, act=row.act)
    elif row.act is None:
        raise DataFault("office.statute_act_missing", rule=row.rule, acts=", ".join(map(str, acts)))
    elif row.act not in acts:
        known = ", ".join(map(str, acts))
        raise DataFault("office.statute_act_unknown", rule=row.rule, act=row.act, acts=known)


def refuse_band(shipped: Statute, rule: str, up_to_ore: int | None, *, above: bool) -> None:
    """A rule with bands is told which one, by its upper end or as the one above; another rule is told none.

    Raises DataFault `office.statute_band_missing`, `office.statute_band_refused` and `office.statute_band_size`.
    """
    told = (up_to_ore is not None) + above
    if has_bands(shipped, rule):
        if told != 1:
            raise DataFault("office.statute_band_missing", rule=rule)
        if up_to_ore is not None and up_to_ore <= 0:
            raise DataFault("office.statute_band_size", rule=rule, up_to_ore=up_to_ore)
    elif told:
        raise DataFault("office.statute_band_refused", rule=rule)


def _refuse_known(everything: Iterable[Row], row: Row) -> None:
    """The last of the rows with this key counts: the same again would say nothing."""
    key = (*set_of(row), row.up_to_ore)
    same = [one for one in everything if (*set_of(one), one.up_to_ore) == key]
    if not same or same[-1].value is None or row.value is None:
        return
    last = same[-1]
    if (Fraction(last.value or 0), last.valid_to) == (Fraction(row.value), row.valid_to):
        raise Stop(
            "office.statute_known",
            rule=row.rule,
            value=row.value,
            valid_from=_from(row),
            added_by=last.added_by or "Kravbro",
        )


def _refuse_half_set(row: Row, siblings: Sequence[Row], *, above: bool) -> None:
    """The bands of a set have the same days; the one above comes last, or it would be for claims of every size.

    Into a set that is whole no band is put between two others: it would change the figure of half a band.
    """
    if above and all(one.up_to_ore is None for one in siblings):
        raise DataFault("office.statute_band_order", rule=row.rule, valid_from=_from(row))
    for one in siblings:
        if one.valid_to != row.valid_to:
            first, last = _from(row), _to(one)
            raise DataFault("office.statute_band_days", rule=row.rule, valid_from=first, valid_to=last)
    ends = {one.up_to_ore for one in siblings}
    if row.up_to_ore is not None and None in ends and row.up_to_ore not in ends:
        told = ", ".join(format_kroner(end) for end in sorted(end for end in ends if end is not None))
        up_to = format_kroner(row.up_to_ore)
        raise Stop("office.statute_band_new", rule=row.rule, valid_from=_from(row), up_to=up_to, ends=told)


def _refuse_overlap(overlapped: Sequence[Row], row: Row, *, replaces: bool) -> None:
    """Refuse to overlap a row that begins later, or one of which the operator has not said that it is replaced."""
    begins = row.valid_from or date.max
    later = [one for one in overlapped if one.valid_from and one.valid_from > begins]
    if later:
        first = min(one.valid_from for one in later if one.valid_from)
        raise Stop(
            "office.statute_later_row",
            rule=row.rule,
            valid_from=_from(row),
            begins=first.isoformat(),
            last=(first - _DAY).isoformat(),
        )
    for one in reversed(overlapped):
        ended = one.valid_to is None and row.valid_to is None and one.valid_from != row.valid_from
        if not (replaces or ended or one.value is None):
            raise Stop(
                "office.statute_overlaps",
                rule=row.rule,
                value=row.value,
                valid_from=_from(row),
                other=one.value,
                begins=_from(one),
                ends=_to(one),
            )


def _overlap(one: Row, other: Row) -> bool:
    if one.valid_from is None or other.valid_from is None:
        return False
    return one.valid_from <= (other.valid_to or date.max) and other.valid_from <= (one.valid_to or date.max)


def _from(row: Row) -> str:
    return row.valid_from.isoformat() if row.valid_from else "\u2013"


def _to(row: Row) -> str:
    return row.valid_to.isoformat() if row.valid_to else "\u2013"
