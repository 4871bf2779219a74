"""Definitions and rights that SQLAlchemy does not write by itself, and any statement as a person would run it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler

from kravbro.db import postgresql, sqlserver


class AddColumn(sa.schema.ExecutableDDLElement):
    """Add a column to its table, which is there: rows that are there get its server default, or NULL."""

    inherit_cache = False

    def __init__(self, column: sa.Column[Any]) -> None:
        self.column = column


@compiles(AddColumn)
def _add_column(element: AddColumn, compiler: DDLCompiler, **_: Any) -> str:
    table = compiler.preparer.format_table(element.column.table)
    word = "ADD" if compiler.dialect.name == sqlserver.DIALECT else "ADD COLUMN"
    return f"ALTER TABLE {table} {word} {compiler.get_column_specification(element.column)}"


def script(statement: sa.Executable, engine: sa.Engine) -> str:
    """A statement as it is sent, with its values in it and on one line: for those who run it themselves."""
    tokens = engine.get_execution_options().get("schema_translate_map")
    compiled = statement.compile(  # type: ignore[attr-defined] # every statement has it
        dialect=engine.dialect,
        schema_translate_map=tokens,
        render_schema_translate=bool(tokens),
        compile_kwargs={} if isinstance(statement, sa.schema.ExecutableDDLElement) else {"literal_binds": True},
    )
    return " ".join(str(compiled).split())


class Right(msgspec.Struct, frozen=True):
    """What somebody may do with a table or view: a verb, and the columns (none: all of them)."""

    verb: str
    table: str
    columns: tuple[str, ...] = ()


def grants(engine: sa.Engine, schema: str, rights: Iterable[Right], login: str) -> Iterator[str]:
    """The statements that give a login these rights in a schema, in the words of the engine's database; `schema` is
    `database.schema` on SQL Server, where rows are added to whole tables only, and where a login needs a name in each
    database. SQLite has no rights."""
    quote = engine.dialect.identifier_preparer.quote_identifier
    who = quote(login)
    database, _, inner = schema.rpartition(".")
    if engine.dialect.name == sqlserver.DIALECT:
        text = login.replace("'", "''")
        yield f"USE {quote(database)}"
        yield f"IF USER_ID(N'{text}') IS NULL CREATE USER {who} FOR LOGIN {who}"
    elif engine.dialect.name == postgresql.DIALECT:
        yield f"GRANT USAGE ON SCHEMA {quote(inner)} TO {who}"
    else:
        return
    for right in rights:
        whole = right.verb == "INSERT" and engine.dialect.name == sqlserver.DIALECT
        columns = "" if whole or not right.columns else f" ({', '.join(map(quote, right.columns))})"
        yield f"GRANT {right.verb}{columns} ON {quote(inner)}.{quote(right.table)} TO {who}"
