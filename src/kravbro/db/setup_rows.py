"""Rows of set-up by their keys: what differs between two set-ups, and writing just that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.db.columns import written
from kravbro.db.setup_changes import Values

Key = tuple[Any, ...]
Row = Mapping[str, Any]
Rows = Mapping[Key, Row]
"""The rows of one table by their primary key, each with all columns but who wrote it and when."""


def stored_rows(connection: sa.Connection, table: sa.Table) -> dict[Key, dict[str, Any]]:
    """All rows of a table of set-up."""
    names = [str(column.name) for column in table.columns if column.name not in {"actor", "written_at"}]
    keys = [column.name for column in table.primary_key]
    chosen = sa.select(*(table.c[name] for name in names)).order_by(*table.primary_key)
    rows = (dict(zip(names, row, strict=True)) for row in connection.execute(chosen))
    return {tuple(row[key] for key in keys): row for row in rows}


def write_rows(connection: sa.Connection, table: sa.Table, after: Rows, act: Act) -> None:
    """Add the rows that are missing, and change those that differ. Others stay."""
    before = stored_rows(connection, table)
    new = [{**row, **written(act)} for key, row in after.items() if key not in before]
    if new:
        connection.execute(sa.insert(table), new)
    for key, row in after.items():
        if key in before and before[key] != row:
            connection.execute(sa.update(table).where(*_at(table, key)).values(**row, **written(act)))


def remove_rows(connection: sa.Connection, table: sa.Table, after: Rows) -> None:
    """Remove the rows that are not among these."""
    for key in stored_rows(connection, table):
        if key not in after:
            connection.execute(sa.delete(table).where(*_at(table, key)))


def _at(table: sa.Table, key: Key) -> list[sa.ColumnElement[bool]]:
    return [column == value for column, value in zip(table.primary_key, key, strict=True)]


def differences(
    before: Mapping[str, Values], after: Mapping[str, Values]
) -> list[tuple[str, dict[str, str], dict[str, str]]]:
    """Each subject that differs, with the items that do: what they said, and what they say. Empty: not there.

    >>> differences({"a": {"x": "1", "y": "2"}, "b": {"x": "1"}}, {"a": {"x": "1", "y": "3"}})
    [('a', {'y': '2'}, {'y': '3'}), ('b', {'x': '1'}, {'x': ''})]
    """
    found = []
    for subject in [*after, *(one for one in before if one not in after)]:
        then, now = before.get(subject, {}), after.get(subject, {})
        items = [item for item in {**now, **then} if then.get(item, "") != now.get(item, "")]
        if items:
            found.append((subject, {one: then.get(one, "") for one in items}, {one: now.get(one, "") for one in items}))
    return found
