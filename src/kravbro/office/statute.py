"""Law that the office keeps: rows that an operator added over the shipped ones, and who read which row in the law.

Append-only. A wrong row is cured by adding another one over it; nothing is ever changed or taken away, so that every
figure that was worked out can be worked out again. `kravbro.core.statute.law` says what counts where rows overlap.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.errors import DataFault, Stop
from kravbro.core.statute.law import Statute
from kravbro.core.statute.rows import Row, Scope
from kravbro.db.columns import with_plain_day, written
from kravbro.db.counters import take
from kravbro.office import contents
from kravbro.office import tables as t
from kravbro.office.statute_effect import Effect, effect
from kravbro.office.statute_rows import refuse_band, refuse_row, set_of
from kravbro.office.statute_values import exact_value, refuse_texts


class AddedRow(msgspec.Struct, frozen=True):
    """A row of the office's own: its number, the row itself, and the business date on which it was added."""

    number: int
    row: Row
    added_on: date


class Verification(msgspec.Struct, frozen=True):
    """Somebody read a row in the law: which row, who, on which business date, and where.

    `row_number` is the number of the office's row, None for a shipped one. A shipped row has no number, so it is known
    by all that it says: a release that ships another value or other days for it ships a row that nobody has read.
    """

    number: int
    row_number: int | None
    rule: str
    scope: Scope
    up_to_ore: int | None
    act: int | None
    valid_from: date
    valid_to: date | None
    value: str
    verified_by: str
    verified_on: date
    verified_in: str

    def is_of(self, row: Row, row_number: int | None) -> bool:
        """Whether it is this row that was read, kept under that number or shipped."""
        mine = (self.row_number, self.rule, self.scope, self.up_to_ore, self.act, self.valid_from, self.valid_to)
        its = (row_number, row.rule, row.scope, row.up_to_ore, row.act, row.valid_from, row.valid_to)
        return mine == its and row.value is not None and Fraction(row.value) == Fraction(self.value)


class Kept(msgspec.Struct, frozen=True):
    """The statute with what an office keeps about it.

    `statute` holds the shipped rows and those of the office that may count. `waiting` are bands of sets whose last
    band, the one above the others, is not there yet: no claim is judged by half a set.
    """

    statute: Statute
    rows: tuple[AddedRow, ...] = ()
    waiting: tuple[Row, ...] = ()
    verifications: tuple[Verification, ...] = ()

    def added(self, row: Row) -> AddedRow | None:
        """The office's own record of a row, None for a shipped one; of two that say the same, of the later."""
        same = [one for one in self.rows if one.row is row] or [one for one in self.rows if one.row == row]
        return same[-1] if same else None


class Added(msgspec.Struct, frozen=True):
    """What adding a row did: the row under its number, and its effect on the others."""

    added: AddedRow
    effect: Effect


def load_statute(connection: sa.Connection, shipped: Statute) -> Statute:
    """The shipped rows and the office's own, in order of number. Raises as `load_kept` does."""
    return _over(shipped, [one.row for one in _rows(connection)]).statute


def load_kept(connection: sa.Connection, shipped: Statute) -> Kept:
    """The statute, and who added and verified what.

    Raises DataFault `office.statute_altered` if a row was changed past the program: no money is worked out by it.
    """
    rows = _rows(connection)
    over = _over(shipped, [one.row for one in rows])
    return Kept(over.statute, tuple(rows), over.waiting, tuple(_verifications(connection)))


def add_row(
    connection: sa.Connection, shipped: Statute, row: Row, act: Act, *, above: bool = False, replaces: bool = False
) -> Added:
    """Add a row of law; answers its number and what it ends, replaces, fills or waits for.

    `above` says that the row is the band above the last of its set. `replaces` is needed to overlap a row that has a
    value, unless an open row is ended by a later one. Raises DataFault, and keeps nothing, for a row that is not law:
    `statute.no_such_rule`, `statute.not_whole`, and `office.statute_...` as `kravbro.office.statute_rows` and
    `kravbro.office.statute_values` say; and Stop for one that says something else than what is kept.
    """
    kept = load_kept(connection, shipped)
    rule = shipped.rule(row.rule)
    row = msgspec.structs.replace(
        row,
        value=exact_value(rule, row.value or ""),
        law=row.law.strip(),
        source=row.source.strip(),
        confidence=row.confidence.strip(),
        note=row.note.strip(),
        added_by=act.actor,
    )
    refuse_texts(rule=row.rule, law=row.law, source=row.source, confidence=row.confidence, note=row.note)
    own = [one.row for one in kept.rows]
    refuse_row(shipped, kept.statute, own, row, above=above, replaces=replaces)
    number = take(connection, t.counter, "statute_row")
    values = {
        "number": number,
        "rule": row.rule,
        "scope": row.scope.value,
        "up_to_ore": row.up_to_ore,
        "act": row.act,
        "value": row.value,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "law": row.law,
        "source": row.source,
        "confidence": row.confidence,
        "note": row.note,
        "added_on": act.on,
    }
    _insert(connection, t.statute_row, contents.STATUTE_ROW, values, act)
    after = _over(shipped, [*own, row])
    return Added(AddedRow(number, row, act.on), effect(kept.statute, after.statute, row, waits=row in after.waiting))


def verify_row(  # noqa: PLR0913, PLR0917 - what was read, where, and by whom
    connection: sa.Connection,
    shipped: Statute,
    rule: str,
    valid_from: date,
    value: str,
    source: str,
    act: Act,
    *,
    scope: Scope = Scope.ALL,
    up_to_ore: int | None = None,
    above: bool = False,
    of_act: int | None = None,
) -> Verification:
    """Keep that somebody read a row in the law: the value as they read it there, and where.

    Of rows with one key the one that was added last is meant; `of_act` is needed where rows of several acts begin on
    the day. Raises DataFault, and keeps nothing: `statute.no_such_rule`, `office.statute_no_such_row`,
    `office.statute_act_missing`, `office.statute_no_value` (there is no figure to compare with), and as `add_row`
    does; and Stop `office.statute_value_differs` (the row says something else than what was read).
    """
    kept = load_kept(connection, shipped)
    read = exact_value(shipped.rule(rule), value)
    source = source.strip()
    refuse_texts(rule=rule, source=source)
    refuse_band(shipped, rule, up_to_ore, above=above)
    row = _meant(kept, rule, (valid_from, scope, up_to_ore), of_act)
    if row.value is None:
        raise DataFault("office.statute_no_value", rule=rule, valid_from=valid_from.isoformat())
    if Fraction(row.value) != Fraction(read):
        from_day = valid_from.isoformat()
        raise Stop("office.statute_value_differs", rule=rule, valid_from=from_day, kept=row.value, read=read)
    own = kept.added(row)
    row_number = own.number if own else None
    number = take(connection, t.counter, "statute_verification")
    values = {
        "number": number,
        "row_number": row_number,
        "rule": rule,
        "scope": scope.value,
        "up_to_ore": up_to_ore,
        "act": row.act,
        "valid_from": valid_from,
        "valid_to": row.valid_to,
        "value": read,
        "source": source,
        "verified_on": act.on,
    }
    _insert(connection, t.statute_verification, contents.STATUTE_VERIFICATION, values, act)
    return Verification(
        number, row_number, rule, scope, up_to_ore, row.act, valid_from, row.valid_to, read, act.actor, act.on, source
    )


def _meant(kept: Kept, rule: str, key: tuple[date, Scope, int | None], of_act: int | None) -> Row:
    """The row that somebody read: of those with this first day, scope and band, and this act, the one added last."""
    of_rule = [row for row in (*kept.statute.rows, *kept.waiting) if row.rule == rule]
    if of_act is not None and kept.statute.rule(rule).act_picked_by is None:
        raise DataFault("office.statute_act_refused", rule=rule, act=of_act)
    found = [row for row in of_rule if (row.valid_from, row.scope, row.up_to_ore) == key]
    acts = sorted({row.act for row in found if row.act is not None})
    if of_act is None and len(acts) > 1:
        raise DataFault("office.statute_act_missing", rule=rule, acts=", ".join(map(str, acts)))
    found = [row for row in found if of_act in {None, row.act}]
    if not found:
        begin = sorted({row.valid_from.isoformat() for row in of_rule if row.valid_from})
        days = ", ".join(begin[-6:])
        raise DataFault("office.statute_no_such_row", rule=rule, valid_from=key[0].isoformat(), days=days)
    return found[-1]


def _insert(
    connection: sa.Connection, table: sa.Table, columns: Sequence[str], values: dict[str, Any], act: Act
) -> None:
    whole = {**values, **written(act)}
    whole["fingerprint"] = contents.of_row([whole[name] for name in columns])
    connection.execute(sa.insert(table).values(**whole))


def _over(shipped: Statute, rows: Sequence[Row]) -> Kept:
    """The statute with the office's rows over it, less the bands of sets that are not whole."""
    whole = {set_of(row) for row in (*shipped.rows, *rows) if row.up_to_ore is None}
    waiting = tuple(row for row in rows if set_of(row) not in whole)
    return Kept(shipped.with_rows(row for row in rows if set_of(row) in whole), waiting=waiting)


def _rows(connection: sa.Connection) -> list[AddedRow]:
    return [
        AddedRow(
            one["number"],
            Row(
                one["rule"],
                one["value"],
                date.fromisoformat(one["valid_from"]),
                date.fromisoformat(one["valid_to"]) if one["valid_to"] else None,
                one["law"],
                one["source"],
                one["confidence"],
                Scope(one["scope"]),
                one["up_to_ore"],
                one["act"],
                one["note"],
                one["actor"],
            ),
            date.fromisoformat(one["added_on"]),
        )
        for one in _unaltered(connection, t.statute_row, contents.STATUTE_ROW)
    ]


def _verifications(connection: sa.Connection) -> list[Verification]:
    return [
        Verification(
            one["number"],
            one["row_number"],
            one["rule"],
            Scope(one["scope"]),
            one["up_to_ore"],
            one["act"],
            date.fromisoformat(one["valid_from"]),
            date.fromisoformat(one["valid_to"]) if one["valid_to"] else None,
            one["value"],
            one["actor"],
            date.fromisoformat(one["verified_on"]),
            one["source"],
        )
        for one in _unaltered(connection, t.statute_verification, contents.STATUTE_VERIFICATION)
    ]


def _unaltered(connection: sa.Connection, table: sa.Table, columns: Sequence[str]) -> list[dict[str, Any]]:
    """The rows in order of number, dates as the text that the database holds."""
    as_text = [with_plain_day(table.c[name]) for name in columns]
    found = []
    for row in connection.execute(sa.select(*as_text, table.c.fingerprint).order_by(table.c.number)).all():
        *values, fingerprint = row
        if contents.of_row(values) != fingerprint:
            raise DataFault("office.statute_altered", table=table.name, number=values[0])
        found.append(dict(zip(columns, values, strict=True)))
    return found
