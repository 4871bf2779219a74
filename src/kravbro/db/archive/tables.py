"""The tables of a database as the database itself tells them, so that every version of a schema is read and filled.

Rows hold plain values: whole numbers, booleans, dates, moments (UTC), text, bytes and nothing. What a database calls
them is its driver's business, so rows of one kind of database fill the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from types import GenericAlias
from typing import Any

import msgspec
import sqlalchemy as sa

from kravbro.core.errors import DataFault
from kravbro.db.archive.manifest import ColumnOf, Head, Kind, Part
from kravbro.db.archive.reader import row_type
from kravbro.db.bulk import insert_rows
from kravbro.db.postgresql import DIALECT as POSTGRESQL
from kravbro.db.postgresql_place import VERSION_TABLE

PAGE = 1_000
"""Rows read at a time."""
_KINDS: tuple[tuple[type[sa.types.TypeEngine[Any]], Kind], ...] = (
    (sa.Boolean, Kind.BOOLEAN),
    (sa.Integer, Kind.INTEGER),
    (sa.DateTime, Kind.MOMENT),
    (sa.Date, Kind.DATE),
    (sa.String, Kind.TEXT),
    (sa.LargeBinary, Kind.BYTES),
)


def tables_of(connection: sa.Connection) -> list[sa.Table]:
    """Every table but the one with the version of the schema; whom a foreign key names comes first."""
    found = sa.MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != VERSION_TABLE]


def columns_of(table: sa.Table) -> tuple[ColumnOf, ...]:
    """The columns of a table, in their order. Raises TypeError for a type that no archive holds."""
    return tuple(ColumnOf(str(column.name), kind_of(column), bool(column.nullable)) for column in table.columns)


def kind_of(column: sa.Column[Any]) -> Kind:
    """What a column holds. Raises TypeError for a type that no archive holds."""
    for type_, kind in _KINDS:
        if isinstance(column.type, type_):
            return kind
    raise TypeError(f"{column}: {column.type!r}")


def heads_of(connection: sa.Connection, tables: Iterable[sa.Table]) -> tuple[Head, ...]:
    """How far every series of the database has come."""
    counter = next((table for table in tables if table.name == "counter"), None)
    if counter is None:
        return ()
    column = counter.c
    heads = sa.select(column.scope, column.name, column.last).order_by(column.scope, column.name)
    return tuple(Head(*row) for row in connection.execute(heads))


def rows_of(connection: sa.Connection, table: sa.Table, database: str) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of a table in the order of their keys, a page at a time.

    Raises DataFault `archive.wrong_value` where SQLite holds what is not of its column's type: nobody wrote it but past
    the program, and no archive can say it.
    """
    wanted = GenericAlias(list, row_type(columns_of(table)))
    rows = sa.select(*table.columns).order_by(*table.primary_key.columns)
    result = connection.execute(rows, execution_options={"yield_per": PAGE})
    while True:
        try:
            page = msgspec.convert([tuple(row) for row in result.fetchmany(PAGE)], wanted, strict=True)
        except (ValueError, TypeError, sa.exc.DBAPIError) as error:
            if isinstance(error, sa.exc.DBAPIError) and "decode" not in str(error.orig):
                raise
            raise DataFault("archive.wrong_value", database=database, table=table.name) from error
        if not page:
            return
        yield page


def fill(connection: sa.Connection, table: sa.Table, part: Part, rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows of an archive.

    Raises DataFault `restore.row_refused` where the database does not take one: SQLite holds longer text, larger
    numbers and references to nothing, which PostgreSQL refuses.
    """
    names, drivers = [column.name for column in part.columns], connection.dialect.loaded_dbapi
    try:
        insert_rows(connection, table, names, rows, None)
    except (sa.exc.IntegrityError, sa.exc.DataError, drivers.IntegrityError, drivers.DataError, OverflowError) as error:
        lines = str(getattr(error, "orig", error)).splitlines() or [type(error).__name__]
        raise DataFault("restore.row_refused", table=table.name, reason=lines[0]) from error


def empty(connection: sa.Connection, tables: Sequence[sa.Table]) -> None:
    """Remove every row, who names others first."""
    for table in reversed(tables):
        connection.execute(sa.delete(table))


def continue_sequences(connection: sa.Connection, tables: Iterable[sa.Table]) -> None:
    """Let what the server numbers by itself go on after the highest number; SQLite does so by itself."""
    if connection.dialect.name != POSTGRESQL:
        return
    for table in tables:
        for column in table.primary_key.columns:
            name = {"table": table.name, "column": column.name}
            found = connection.execute(sa.text("SELECT pg_get_serial_sequence(quote_ident(:table), :column)"), name)
            sequence = found.scalar()
            highest = connection.execute(sa.select(sa.func.max(column))).scalar() if sequence else None
            if highest is not None:
                connection.execute(sa.text("SELECT setval(:sequence, :last)"), {"sequence": sequence, "last": highest})


def unlike(table: sa.Table | None, part: Part) -> bool:
    """Whether a part of an archive does not fit the table that it belongs in."""
    if table is None:
        return True
    return {(one.name, one.kind) for one in columns_of(table)} != {(one.name, one.kind) for one in part.columns}
