"""Which tables and columns a database has, asked for in one statement, whoever made them."""

from __future__ import annotations

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
        database, _, inner = schema.rpartition(".")
        columns = sa.table(
            "COLUMNS",
            *(sa.column(name) for name in ("TABLE_SCHEMA", "TABLE_NAME", "COLUMN_NAME", "ORDINAL_POSITION")),
            schema=f"{database}.INFORMATION_SCHEMA" if database else "INFORMATION_SCHEMA",
        )
        chosen = sa.select(columns.c.TABLE_NAME, columns.c.COLUMN_NAME)
        here = chosen.where(sa.bindparam("schema") == columns.c.TABLE_SCHEMA)
        return here.order_by(columns.c.TABLE_NAME, columns.c.ORDINAL_POSITION), {"schema": inner}
    return (_POSTGRESQL if dialect == postgresql.DIALECT else _SQLITE), {"schema": schema}


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
