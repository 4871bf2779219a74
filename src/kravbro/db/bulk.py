"""Many rows at once, by the fastest way that each driver has, and values that it takes as they are.

SQLAlchemy's own insert of many rows handles each value of each row for itself. Here the same column types prepare the
values, a column at a time and each distinct value once: dates and moments repeat, numbers and most text need nothing.
They go in by one prepared statement; on PostgreSQL by COPY, which takes a twentieth of the time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.db import postgresql, sqlserver

Value = TypeVar("Value")

KEYS_PER_QUERY = 1_000
"""SQL Server takes at most 2,100 parameters in one statement."""
DENSE = 4
"""How many numbers a range may span for each that is wanted."""
ROWS_PER_STATEMENT = 1_000
"""Prepared rows do not stay longer than their statement, so that a big file does not double its memory."""


def insert_rows(
    connection: sa.Connection, table: sa.Table, columns: Sequence[str], rows: Sequence[Sequence[Any]], act: Act | None
) -> None:
    """Insert rows that give the named columns in order; `act` fills `actor` and `written_at` (None: no such columns).

    Column defaults are not applied: name every column. Does nothing when there are no rows.
    """
    if not rows:
        return
    table = _translated(table, connection)
    names = (*columns, "actor", "written_at") if act else tuple(columns)
    by_column = _by_column(connection, table, columns, rows, act)
    if connection.dialect.name == postgresql.DIALECT:
        postgresql.copy_rows(connection, table, names, (zip(*values, strict=True) for values in by_column))
        return
    if connection.dialect.name == sqlserver.DIALECT:
        for values in by_column:
            _insert_in_few(connection, table, names, list(zip(*values, strict=True)))
        return
    text, order = _statement(table, names, connection.dialect)
    for prepared in by_column:
        if order is None:
            keyed = [dict(zip(names, row, strict=True)) for row in zip(*prepared, strict=True)]
            connection.exec_driver_sql(text, keyed)
        else:
            connection.exec_driver_sql(text, list(zip(*[prepared[place] for place in order], strict=True)))


def _translated(table: sa.Table, connection: sa.Connection) -> sa.Table:
    """The table under the name of the schema that it stands in here, where the connection has another for it."""
    schemas = connection.get_execution_options().get("schema_translate_map") or {}
    if table.schema not in schemas:
        return table
    return _in_schema(table, schemas[table.schema])


@lru_cache(maxsize=256)
def _in_schema(table: sa.Table, schema: str) -> sa.Table:
    return table.to_metadata(sa.MetaData(), schema=schema)


def _insert_in_few(
    connection: sa.Connection, table: sa.Table, names: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """As many rows in each statement as SQL Server takes: its drivers send rows of `executemany` one at a time."""
    preparer = connection.dialect.identifier_preparer
    mark = sqlserver.MARKS[connection.dialect.driver]
    quoted = [preparer.quote(name) for name in names]
    for text, values in sqlserver.insert_statements(preparer.format_table(table), quoted, rows, mark):
        connection.exec_driver_sql(text, values)


def _by_column(
    connection: sa.Connection, table: sa.Table, columns: Sequence[str], rows: Sequence[Sequence[Any]], act: Act | None
) -> Iterator[list[Sequence[Any]]]:
    """The rows a portion at a time, as the values of each column, ready for the driver."""
    for portion in portions(rows, ROWS_PER_STATEMENT):
        prepared = [
            _prepared(table.c[name].type, values, connection.dialect)
            for name, values in zip(columns, zip(*portion, strict=True), strict=True)
        ]
        if act:
            prepared += [
                list(_prepared(table.c[name].type, (value,), connection.dialect)) * len(portion)
                for name, value in (("actor", act.actor), ("written_at", act.at))
            ]
        yield prepared


@lru_cache(maxsize=256)
def _statement(table: sa.Table, names: tuple[str, ...], dialect: sa.Dialect) -> tuple[str, tuple[int, ...] | None]:
    """The INSERT as the driver takes it, and the order of its parameters (None: they go by name)."""
    compiled = sa.insert(table).compile(dialect=dialect, column_keys=list(names))
    if not compiled.positional:
        return str(compiled), None
    return str(compiled), tuple(names.index(key) for key in compiled.positiontup or ())


def _prepared(kind: sa.types.TypeEngine[Any], values: tuple[Any, ...], dialect: sa.Dialect) -> Sequence[Any]:
    """The values as the driver wants them."""
    process = kind.dialect_impl(dialect).bind_processor(dialect)
    if process is None:
        return values
    known = {value: process(value) for value in set(values)}
    return [known[value] for value in values]


def portions(values: Collection[Value], size: int = KEYS_PER_QUERY) -> Iterator[list[Value]]:
    """The values in lists of at most `size`, for `IN` conditions that every database takes."""
    remaining = iter(values)
    while portion := list(islice(remaining, size)):
        yield portion


def among(column: sa.ColumnElement[int], values: Collection[int]) -> Iterator[sa.ColumnElement[bool]]:
    """Conditions that together find every row with one of these numbers, and may find a few that lie between them.

    Numbers that stand close together are asked for as a range, which costs nothing per number.
    """
    ordered = sorted(set(values))
    if ordered and ordered[-1] - ordered[0] < DENSE * len(ordered):
        yield column.between(ordered[0], ordered[-1])
        return
    for portion in portions(ordered):
        yield column.in_(portion)


@contextmanager
def plain_rows(
    connection: sa.Connection, statement: sa.Select[Any], size: int
) -> Iterator[Iterator[Sequence[tuple[int, ...]]]]:
    """The rows of a statement that answers whole numbers only, at most `size` at a time, never all at once.

    They are the driver's own: whole numbers need nothing made of them, and with a million rows that is worth it.
    """
    streamed = connection.dialect.name == postgresql.DIALECT
    result = connection.execute(statement, execution_options={"stream_results": streamed})
    try:
        if connection.dialect.name == sqlserver.DIALECT:  # where a result is read whole, and SQLAlchemy has it
            yield map(tuple, result.partitions(size))
            return
        yield _driver_rows(result, size, looked_ahead=streamed)
    finally:
        result.close()


def _driver_rows(result: sa.CursorResult[Any], size: int, *, looked_ahead: bool) -> Iterator[Sequence[tuple[int, ...]]]:
    """The driver's rows; where the server keeps them, SQLAlchemy has looked at the first already, and has it."""
    if looked_ahead:
        first = result.fetchone()
        if first is None:
            return
        yield [tuple(first)]
    while page := result.cursor.fetchmany(size):
        yield page
