"""Rows that a statement joins with and that are kept nowhere, such as a table of days that was worked out just now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from kravbro.db import postgresql
from kravbro.db.bulk import insert_rows


def scratch_rows(connection: sa.Connection, table: sa.Table, rows: Sequence[Sequence[Any]]) -> sa.FromClause:
    """What to join with in place of `table`, which is in no database: its columns, and these rows.

    On PostgreSQL they travel in the statement itself, for a transaction that only reads may make no table there.
    Elsewhere they become a temporary table of the connection, made anew at each call; `table` says that it is one
    (`prefixes=["TEMPORARY"]`).
    """
    if connection.dialect.name == postgresql.DIALECT:
        columns = list(zip(*rows, strict=True))
        arrays = [sa.literal(list(values), ARRAY(column.type)) for column, values in zip(table.c, columns, strict=True)]
        parts = [sa.column(column.name, column.type) for column in table.c]
        return sa.func.unnest(*arrays).table_valued(*parts, name=table.name).render_derived()
    connection.execute(sa.schema.DropTable(table, if_exists=True))
    connection.execute(sa.schema.CreateTable(table))
    insert_rows(connection, table, [column.name for column in table.c], rows, None)
    return table
