"""References to nothing: rows whose foreign key names a row that is not there, found alike on every database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import sqlalchemy as sa


def broken_references(connection: sa.Connection, tables: Iterable[sa.Table]) -> Iterator[tuple[str, str, int]]:
    """Table, columns, and how many of its rows name nothing. A key with an empty column names nobody, and may."""
    for table in tables:
        for key in sorted(table.foreign_key_constraints, key=lambda one: tuple(one.column_keys)):
            other = key.referred_table.alias()
            pairs = [(element.parent, other.c[element.column.name]) for element in key.elements]
            there = sa.select(sa.literal(1)).where(*(theirs == ours for ours, theirs in pairs))
            lost = sa.select(sa.func.count()).select_from(table)
            lost = lost.where(*(ours.is_not(None) for ours, _ in pairs), ~there.correlate(table).exists())
            if count := connection.execute(lost).scalar_one():
                yield table.name, ", ".join(key.column_keys), int(count)
