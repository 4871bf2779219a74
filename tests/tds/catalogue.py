"""Which databases, tables and columns the server has: kept in the same SQLite file as the rows, to roll back with them.

A table `CustTr` of company 1 is one SQLite table, `F0001.dbo.CustTr`: one file for the whole server, one transaction
over all databases, as on SQL Server.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from tests.tds.faults import NO_TABLE, Fault
from tests.tds.functions import BINARY, IGNORES_CASE
from tests.tds.kinds import Kind, kind_of

BINARY_COLLATION = "Latin1_General_100_BIN2"
USUAL_COLLATION = "Danish_Norwegian_CI_AS"
_MAKE = """
CREATE TABLE server_database (
    name TEXT COLLATE NOCASE PRIMARY KEY, number INTEGER NOT NULL, snapshots INTEGER NOT NULL
);
CREATE TABLE server_column (
    "database" TEXT COLLATE NOCASE, "schema" TEXT COLLATE NOCASE, "table" TEXT COLLATE NOCASE, position INTEGER,
    "column" TEXT, kind TEXT, nullable INTEGER, collation TEXT, table_number INTEGER,
    PRIMARY KEY ("database", "schema", "table", position)
);
CREATE TABLE server_key (
    "database" TEXT COLLATE NOCASE, "schema" TEXT COLLATE NOCASE, "table" TEXT COLLATE NOCASE, number INTEGER,
    key_ordinal INTEGER, "column" TEXT COLLATE NOCASE
);
CREATE VIEW "sys.databases" AS SELECT name, number AS database_id, snapshots AS snapshot_isolation_state,
    snapshots AS is_read_committed_snapshot_on, '2026-01-01 00:00:00.0000000' AS create_date FROM server_database;
"""
_OF_DATABASE = """
CREATE VIEW "{0}.INFORMATION_SCHEMA.COLUMNS" AS SELECT "database" AS TABLE_CATALOG, "schema" AS TABLE_SCHEMA,
    "table" AS TABLE_NAME, "column" AS COLUMN_NAME, position AS ORDINAL_POSITION,
    CASE WHEN nullable THEN 'YES' ELSE 'NO' END AS IS_NULLABLE,
    lower(CASE WHEN instr(kind, '(') THEN substr(kind, 1, instr(kind, '(') - 1) ELSE kind END) AS DATA_TYPE,
    CASE WHEN collation IS NULL THEN NULL WHEN kind LIKE '%(MAX)' THEN -1
        ELSE CAST(substr(kind, instr(kind, '(') + 1) AS INTEGER) END AS CHARACTER_MAXIMUM_LENGTH,
    collation AS COLLATION_NAME FROM server_column WHERE "database" = '{0}';
CREATE VIEW "{0}.INFORMATION_SCHEMA.TABLES" AS SELECT DISTINCT "database" AS TABLE_CATALOG, "schema" AS TABLE_SCHEMA,
    "table" AS TABLE_NAME, 'BASE TABLE' AS TABLE_TYPE FROM server_column WHERE "database" = '{0}';
CREATE VIEW "{0}.INFORMATION_SCHEMA.SCHEMATA" AS SELECT '{0}' AS CATALOG_NAME, 'dbo' AS SCHEMA_NAME;
CREATE VIEW "{0}.sys.tables" AS SELECT DISTINCT "table" AS name, table_number AS object_id, 1 AS schema_id,
    'U' AS type, '2026-01-01 00:00:00.0000000' AS create_date FROM server_column WHERE "database" = '{0}';
CREATE VIEW "{0}.sys.objects" AS SELECT * FROM "{0}.sys.tables";
CREATE VIEW "{0}.sys.columns" AS SELECT table_number AS object_id, position AS column_id, "column" AS name
    FROM server_column WHERE "database" = '{0}';
CREATE VIEW "{0}.sys.index_columns" AS SELECT c.table_number AS object_id, k.number AS index_id, k.key_ordinal,
    c.position AS column_id FROM server_key AS k JOIN server_column AS c USING ("database", "schema", "table", "column")
    WHERE k."database" = '{0}';
CREATE VIEW "{0}.sys.schemas" AS SELECT 'dbo' AS name, 1 AS schema_id;
"""
_NAMES = Kind("NVARCHAR", length=128)
_OBJECTS = {
    "name": _NAMES,
    "object_id": Kind("INT"),
    "schema_id": Kind("INT"),
    "type": _NAMES,
    "create_date": Kind("DATETIME2", scale=7),
}
_VIEWS: dict[str, dict[str, Kind]] = {
    "information_schema.columns": {
        **dict.fromkeys(("TABLE_CATALOG", "TABLE_SCHEMA", "TABLE_NAME", "COLUMN_NAME"), _NAMES),
        "ORDINAL_POSITION": Kind("INT"),
        **dict.fromkeys(("IS_NULLABLE", "DATA_TYPE", "COLLATION_NAME"), _NAMES),
        "CHARACTER_MAXIMUM_LENGTH": Kind("INT"),
    },
    "information_schema.tables": dict.fromkeys(("TABLE_CATALOG", "TABLE_SCHEMA", "TABLE_NAME", "TABLE_TYPE"), _NAMES),
    "information_schema.schemata": dict.fromkeys(("CATALOG_NAME", "SCHEMA_NAME"), _NAMES),
    "sys.tables": _OBJECTS,
    "sys.objects": _OBJECTS,
    "sys.columns": {**dict.fromkeys(("object_id", "column_id"), Kind("INT")), "name": _NAMES},
    "sys.index_columns": dict.fromkeys(("object_id", "index_id", "key_ordinal", "column_id"), Kind("INT")),
    "sys.schemas": {"name": _NAMES, "schema_id": Kind("INT")},
    "sys.databases": {
        "name": _NAMES,
        "database_id": Kind("INT"),
        "snapshot_isolation_state": Kind("TINYINT"),
        "is_read_committed_snapshot_on": Kind("BIT"),
        "create_date": Kind("DATETIME2", scale=7),
    },
}


@dataclass(frozen=True)
class Table:
    """A table as SQLite knows it, and its columns by their names in small letters: name as given, and type."""

    sqlite_name: str
    columns: dict[str, tuple[str, Kind]]


def make(connection: sqlite3.Connection) -> None:
    """The catalogue of a new server."""
    connection.executescript(_MAKE)


def add_database(connection: sqlite3.Connection, name: str, *, snapshots: bool) -> None:
    """Add a database without tables; `snapshots`: it allows snapshot isolation."""
    connection.execute(
        "INSERT INTO server_database SELECT ?, coalesce(max(number), 4) + 1, ? FROM server_database", (name, snapshots)
    )
    connection.executescript(_OF_DATABASE.format(name))


def remove_database(connection: sqlite3.Connection, name: str) -> None:
    """Remove a database with everything in it."""
    inside = "SELECT type, name FROM sqlite_master WHERE type IN ('table', 'view') AND name LIKE ? ORDER BY type DESC"
    for kind, found in connection.execute(inside, (f"{name}.%",)).fetchall():
        connection.execute(f'DROP {kind} "{found}"')
    for forgotten in ("server_column", "server_key"):
        connection.execute(f'DELETE FROM {forgotten} WHERE "database" = ?', (name,))
    connection.execute("DELETE FROM server_database WHERE name = ?", (name,))


def add_column(
    connection: sqlite3.Connection,
    place: tuple[str, str, str],
    name: str,
    kind: Kind,
    *,
    nullable: bool,
    collation: str,
) -> None:
    """Remember a column of a table, which may be new."""
    last, number = connection.execute(
        'SELECT count(*), max(table_number) FROM server_column WHERE "database" = ? AND "schema" = ? AND "table" = ?',
        place,
    ).fetchone()
    if number is None:
        (highest,) = connection.execute("SELECT coalesce(max(table_number), 100) FROM server_column").fetchone()
        number = highest + 1
    row = (*place, last + 1, name, str(kind), nullable, collation if kind.is_text else None, number)
    connection.execute(f"INSERT INTO server_column VALUES ({', '.join('?' * len(row))})", row)


def add_key(connection: sqlite3.Connection, place: tuple[str, str, str], columns: Sequence[str]) -> None:
    """Remember the columns of a key or an index, in order."""
    (number,) = connection.execute("SELECT coalesce(max(number), 0) + 1 FROM server_key").fetchone()
    rows = [(*place, number, ordinal, column) for ordinal, column in enumerate(columns, 1)]
    connection.executemany("INSERT INTO server_key VALUES (?, ?, ?, ?, ?, ?)", rows)


def forget_table(connection: sqlite3.Connection, place: tuple[str, str, str]) -> None:
    """Take a table out of the catalogue."""
    for forgotten in ("server_column", "server_key"):
        connection.execute(f'DELETE FROM {forgotten} WHERE "database" = ? AND "schema" = ? AND "table" = ?', place)


def sqlite_collation(collation: str | None) -> str:
    """What stands for a collation of SQL Server."""
    return BINARY if collation and collation.upper().endswith(("_BIN", "_BIN2")) else IGNORES_CASE


class Catalogue:
    """The tables, as one connection sees them; read anew when a schema has changed."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._version = -1
        self._state = 0
        self._tables: dict[tuple[str, str, str], Table] = {}
        self._databases: dict[str, str] = {}

    def table(self, database: str, schema: str, name: str) -> Table:
        """A table or one of the server's own views. Raises Fault 208."""
        self._refresh()
        key = (database.lower(), schema.lower(), name.lower())
        if found := self._tables.get(key):
            return found
        view = f"{key[1]}.{key[2]}"
        if view in _VIEWS and key[0] in self._databases:
            columns = {one.lower(): (one, kind) for one, kind in _VIEWS[view].items()}
            inside = "" if view == "sys.databases" else f"{self._databases[key[0]]}."
            proper = view.upper() if view.startswith("information") else view
            return Table(inside + proper, columns)
        raise Fault(NO_TABLE, f"Invalid object name '{database}.{schema}.{name}'.")

    def database(self, name: str) -> str | None:
        """The database of this name, as it was given; None when there is none."""
        self._refresh()
        return self._databases.get(name.lower())

    @property
    def state(self) -> int:
        """A number that is the same for the same databases, tables and columns, on whichever server."""
        self._refresh()
        return self._state

    def _refresh(self) -> None:
        (version,) = self._connection.execute("PRAGMA schema_version").fetchone()
        if version == self._version:
            return
        self._version = version
        self._databases = {
            name.lower(): name for (name,) in self._connection.execute("SELECT name FROM server_database")
        }
        self._tables.clear()
        rows = self._connection.execute(
            'SELECT "database", "schema", "table", "column", kind FROM server_column ORDER BY 1, 2, 3, position'
        ).fetchall()
        self._state = hash((*self._databases, *rows))
        for database, schema, table, column, kind in rows:
            key = (database.lower(), schema.lower(), table.lower())
            known = self._tables.setdefault(key, Table(f"{database}.{schema}.{table}", {}))
            known.columns[column.lower()] = (column, kind_of(kind))
