"""A place that is a PostgreSQL database: one schema per owner, `system`, `f0001`, `office` and `bridge`."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from kravbro.core.errors import DataFault, Stop
from kravbro.db.engines import reading, writing_anywhere
from kravbro.db.options import NAME, SCHEMA
from kravbro.db.place import At, Building, is_company, known_owners
from kravbro.db.postgresql import DIALECT, enter_schema, open_postgresql, public_name, schema_of, take_schema

VERSION_TABLE = "alembic_version"
"""A schema holds an owner's database when it has this table: an administrator may have made the schema itself."""
SCHEMES = ("postgresql", "postgres")
EXAMPLE = "postgresql://user@host/database"


class PostgresqlPlace:
    """A database that holds, or will hold, one installation.

    Companies share one pool of connections, for their tables are alike; each fixed owner has a pool of its own, so that
    a statement that the server has prepared never meets another owner's table of the same name.
    """

    def __init__(self, url: sa.URL) -> None:
        self._url = url
        self._pools: dict[str, sa.Engine] = {}

    @property
    def name(self) -> str:
        """The URL without any password."""
        return public_name(self._url)

    def make(self) -> None:
        """See that the database is there and takes every letter. Raises Stop `db.wrong_encoding`, and as `reading`."""
        with reading(self.open("system")) as connection:
            encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
        if encoding != "UTF8":
            raise Stop("db.wrong_encoding", database=self.name, encoding=encoding)

    def owners(self) -> list[str]:
        """The owners that have a schema with tables."""
        with reading(self.open("system")) as connection:
            return _owners(connection)

    def exists(self, owner: str) -> bool:
        """Whether that owner's schema is there, with tables."""
        return owner in self.owners()

    def open(self, owner: str) -> sa.Engine:
        """An engine whose transactions are in that owner's schema."""
        kind = "companies" if is_company(owner) else owner
        if kind not in self._pools:
            self._pools[kind] = open_postgresql(self._url)
        return self._pools[kind].execution_options(**{SCHEMA: owner.lower(), NAME: self.database(owner)})

    def database(self, owner: str) -> str:
        """The schema, and the URL without any password."""
        return f"{self.name}, schema {owner.lower()}"

    @contextmanager
    def one_moment(self) -> Iterator[tuple[list[str], At]]:
        """The owners and one connection that goes from schema to schema; see `Place`. The server gives the moment."""
        with reading(self.open("system")) as connection, _unprepared(connection):

            def at(owner: str) -> sa.Connection:
                return self._in_schema(connection, owner)

            yield _owners(connection), at

    @contextmanager
    def all_or_nothing(self, owners: Collection[str]) -> Iterator[Building]:
        """These owners' schemas, made in one transaction; see `Place`."""
        self.make()
        with writing_anywhere(self.open("system")) as connection, _unprepared(connection):
            for owner in sorted(owners):
                take_schema(connection, owner.lower())
            if there := sorted({*owners} & {*self.owners()}):
                raise DataFault("restore.not_empty", place=self.name, databases=", ".join(there))

            @contextmanager
            def building(owner: str) -> Iterator[sa.Connection]:
                make_schema(self._in_schema(connection, owner))
                yield connection

            yield building

    def _in_schema(self, connection: sa.Connection, owner: str) -> sa.Connection:
        """The connection, its transaction gone over to that owner's schema."""
        schema = owner.lower()
        connection.execution_options(**{SCHEMA: schema, NAME: self.database(owner)})
        enter_schema(connection, schema)
        return connection

    def close(self) -> None:
        """Close every connection, and forget what was prepared for this database."""
        for pool in self._pools.values():
            pool.dispose()
        self._pools.clear()


def _owners(connection: sa.Connection) -> list[str]:
    found = sa.text(
        "SELECT n.nspname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relname = :table AND c.relkind = 'r'"
    )
    schemas = connection.execute(found, {"table": VERSION_TABLE}).scalars().all()
    return known_owners(schema.upper() if is_company(schema.upper()) else schema for schema in schemas)


@contextmanager
def _unprepared(connection: sa.Connection) -> Iterator[None]:
    """Let the driver prepare no statement: one that goes from schema to schema meets tables of one name that differ."""
    driver: Any = connection.connection.driver_connection
    usual, driver.prepare_threshold = driver.prepare_threshold, None
    try:
        yield
    finally:
        driver.prepare_threshold = usual


def postgresql_url(address: str) -> sa.URL:
    """The URL that an address is. Raises DataFault `db.not_a_place`, which shows nothing of what may be a password."""
    scheme = address.partition("://")[0]
    try:
        url = sa.make_url(address)
    except (sa.exc.ArgumentError, ValueError):
        raise DataFault("db.not_a_place", scheme=scheme, example=EXAMPLE) from None
    if scheme not in SCHEMES or not url.database:
        raise DataFault("db.not_a_place", scheme=scheme, example=EXAMPLE)
    return url


def make_schema(connection: sa.Connection) -> None:
    """Make the schema of the transaction's owner, if its database has schemas and this one is not there yet."""
    schema = schema_of(connection)
    if schema is None:
        return
    there = sa.text("SELECT count(*) FROM pg_catalog.pg_namespace WHERE nspname = :schema")
    if not connection.execute(there, {"schema": schema}).scalar_one():
        connection.execute(sa.schema.CreateSchema(schema))


def sort_by_bytes(connection: sa.Connection) -> None:
    """Give every text column of the schema the collation "C": the same order on every server, and the same as SQLite's.

    A database made for Norwegian sorts and compares as people do, and no two versions of its libraries quite alike.
    """
    if connection.dialect.name != DIALECT:
        return
    columns = connection.exec_driver_sql(
        "SELECT c.relname, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod) FROM pg_catalog.pg_attribute a"
        " JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
        " JOIN pg_catalog.pg_collation o ON o.oid = a.attcollation"
        " WHERE n.nspname = current_schema() AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped"
        " AND o.collname <> 'C' ORDER BY c.relname, a.attnum"
    ).all()
    quoted = connection.dialect.identifier_preparer.quote_identifier
    by_table: dict[str, list[str]] = {}
    for table, column, kind in columns:
        by_table.setdefault(table, []).append(f'ALTER COLUMN {quoted(column)} TYPE {kind} COLLATE "C"')
    for table, changes in by_table.items():
        connection.exec_driver_sql(  # tidy: built-sql - a change of columns takes no parameters
            f"ALTER TABLE {quoted(table)} {', '.join(changes)}"
        )
