"""Which tables and columns a database has, and of which types, asked for in one statement, whoever made them."""

from __future__ import annotations

import re
from enum import StrEnum

import msgspec
import sqlalchemy as sa

from kravbro.db import postgresql, sqlserver

_SQLITE = sa.text(
    "SELECT t.name, c.name FROM pragma_table_list AS t JOIN pragma_table_info(t.name, t.schema) AS c"
    " WHERE t.schema = :schema ORDER BY t.name, c.cid"
)
_POSTGRESQL = sa.text(
    "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = :schema"
    " ORDER BY table_name, ordinal_position"
)


_SQLITE_TYPES = sa.text(
    "SELECT t.name, c.name, c.type, NULL FROM pragma_table_list AS t JOIN pragma_table_info(t.name, t.schema) AS c"
    " WHERE t.schema = :schema AND t.type = 'table' ORDER BY t.name, c.cid"
)
_POSTGRESQL_TYPES = sa.text(
    "SELECT table_name, column_name, data_type, character_maximum_length FROM information_schema.columns"
    " WHERE table_schema = :schema ORDER BY table_name, ordinal_position"
)


class Family(StrEnum):
    """Types that take each other's values, as far as their sizes allow."""

    WHOLE = "whole number"
    TEXT = "text"
    DAY = "date"
    MOMENT = "moment"
    OTHER = "other"


class Held(msgspec.Struct, frozen=True):
    """What a column holds: its type as the database writes it, the family, and the size: bits of a whole number,
    letters of a text; 0 where it has no bound."""

    written: str
    family: Family
    size: int = 0

    def __str__(self) -> str:
        size = f"({self.size})" if self.size and self.family is Family.TEXT and "(" not in self.written else ""
        return self.written.partition(" COLLATE")[0] + size

    def holds(self, wanted: Held) -> bool:
        """Whether everything fits in that is meant to stand there."""
        return self.family is wanted.family and (not self.size or 0 < wanted.size <= self.size)


_WHOLE = {"bigint": 64, "int8": 64, "integer": 32, "int": 32, "int4": 32, "smallint": 16, "tinyint": 8}
_LOSSY = {"varchar", "char", "text", "datetime", "smalldatetime"}
"""Types of SQL Server that lose letters, or parts of a second."""
_FAMILIES = (
    (Family.TEXT, ("nvarchar", "varchar", "character varying", "text", "nchar", "char", "character")),
    (Family.DAY, ("date",)),
    (Family.MOMENT, ("datetime2", "datetime", "timestamp without time zone", "timestamp")),
)


def held(dialect: str, written: str, letters: int | None = None) -> Held:
    """What a type holds that is written so: `NVARCHAR(20) COLLATE ...`, or `nvarchar` and its letters apart.

    SQLite keeps whole numbers in 64 bits and texts of any length, whatever the columns are called.
    """
    match = re.match(r"\s*([a-z][a-z0-9 ]*?)\s*(?:\((\w+)[^)]*\)|collate\b|$)", written.lower())
    name = match[1] if match else ""
    free = dialect == "sqlite"
    if name in _WHOLE:
        return Held(written, Family.WHOLE, 0 if free else _WHOLE[name])
    family = next((one for one, names in _FAMILIES if name in names), Family.OTHER)
    if dialect == sqlserver.DIALECT and name in _LOSSY:
        family = Family.OTHER
    said = match[2] if match and match[2] else ""
    size = letters or (int(said) if said.isdecimal() else 0)
    return Held(written, family, max(size, 0) if family is Family.TEXT and not free else 0)


def declared(column: sa.Column[object], dialect: sa.Dialect) -> Held:
    """What a column is declared to hold, in a kind of database."""
    return held(dialect.name, column.type.compile(dialect=dialect))


def types_of(connection: sa.Connection, schema: str) -> dict[str, dict[str, Held]]:
    """What the columns of every table in a schema hold; `schema` is as for `columns_of`."""
    statement, parameters = types_statement(connection.dialect.name, schema)
    found: dict[str, dict[str, Held]] = {}
    for table, column, written, letters in connection.execute(statement, parameters):
        found.setdefault(table, {})[column] = held(connection.dialect.name, written, letters)
    return found


def types_statement(dialect: str, schema: str) -> tuple[sa.Executable, dict[str, str]]:
    """The statement that `types_of` sends to a kind of database, and its parameters."""
    if dialect == sqlserver.DIALECT:
        return _of_sql_server(schema, "DATA_TYPE", "CHARACTER_MAXIMUM_LENGTH")
    return (_POSTGRESQL_TYPES if dialect == postgresql.DIALECT else _SQLITE_TYPES), {"schema": schema}


def columns_of(connection: sa.Connection, schema: str) -> dict[str, tuple[str, ...]]:
    """The columns of every table and view in a schema, as the database writes their names, in order.

    `schema` is an attached file on SQLite, and `database.schema` on SQL Server. Nothing is answered for one that is not
    there, and on a server nothing of what the login may not see.
    """
    statement, parameters = catalogue_statement(connection.dialect.name, schema)
    found: dict[str, list[str]] = {}
    for table, column in connection.execute(statement, parameters):
        found.setdefault(table, []).append(column)
    return {table: tuple(columns) for table, columns in found.items()}


def catalogue_statement(dialect: str, schema: str) -> tuple[sa.Executable, dict[str, str]]:
    """The statement that `columns_of` sends to a kind of database, and its parameters."""
    if dialect == sqlserver.DIALECT:
        return _of_sql_server(schema)
    return (_POSTGRESQL if dialect == postgresql.DIALECT else _SQLITE), {"schema": schema}


def _of_sql_server(schema: str, *also: str) -> tuple[sa.Select[tuple[object, ...]], dict[str, str]]:
    """Tables, columns and what else is asked of each, in order."""
    database, _, inner = schema.rpartition(".")
    columns = sa.table(
        "COLUMNS",
        *(sa.column(name) for name in ("TABLE_SCHEMA", "TABLE_NAME", "COLUMN_NAME", "ORDINAL_POSITION", *also)),
        schema=f"{database}.INFORMATION_SCHEMA" if database else "INFORMATION_SCHEMA",
    )
    chosen = sa.select(columns.c.TABLE_NAME, columns.c.COLUMN_NAME, *(columns.c[name] for name in also))
    here = chosen.where(sa.bindparam("schema") == columns.c.TABLE_SCHEMA)
    return here.order_by(columns.c.TABLE_NAME, columns.c.ORDINAL_POSITION), {"schema": inner}


def leads_an_index(connection: sa.Connection, schema: str, table: str, column: str) -> bool:
    """Whether an index or the primary key of a table begins with a column."""
    if connection.dialect.name == sqlserver.DIALECT:
        database, _, inner = schema.rpartition(".")
        asked = {"schema": inner, "table": table, "column": column}
        return bool(connection.execute(leading_columns(database), asked).scalar_one())
    inspector = sa.inspect(connection)
    leading = [list(inspector.get_pk_constraint(table, schema)["constrained_columns"][:1])]
    leading += [list(filter(None, index["column_names"][:1])) for index in inspector.get_indexes(table, schema)]
    return [column] in leading


def leading_columns(database: str) -> sa.Select[int]:
    """How many indexes and keys of a `table` in a `schema` begin with a `column`, on SQL Server.

    SQLAlchemy's own inspection goes over to the other database, and asks much more.
    """

    def of(name: str, *columns: str) -> sa.TableClause:
        return sa.table(name, *map(sa.column, columns), schema=f"{database}.sys" if database else "sys")

    keys = of("index_columns", "object_id", "column_id", "key_ordinal").alias("k")
    columns = of("columns", "object_id", "column_id", "name").alias("c")
    tables = of("tables", "object_id", "schema_id", "name").alias("t")
    schemas = of("schemas", "schema_id", "name").alias("s")
    joined = keys.join(tables, tables.c.object_id == keys.c.object_id)
    joined = joined.join(schemas, schemas.c.schema_id == tables.c.schema_id)
    joined = joined.join(
        columns, sa.and_(columns.c.object_id == keys.c.object_id, columns.c.column_id == keys.c.column_id)
    )
    named = (tables.c.name == sa.bindparam("table"), schemas.c.name == sa.bindparam("schema"))
    leads = (keys.c.key_ordinal == 1, columns.c.name == sa.bindparam("column"))
    return sa.select(sa.func.count()).select_from(joined).where(*named, *leads)
