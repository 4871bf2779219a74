"""Servers for tests of SQL Server: the one that comes with the tests (`tests/tds`), or a living one by its address.

The living one is asked for by the marker `sqlserver` and the variable `KRAVBRO_TEST_SQLSERVER`, an address such as
`mssql+pymssql://sa:password@127.0.0.1/master`, whose login may make databases. Databases that are there already are
never touched: a test that wants one of the same name fails.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, Protocol

import sqlalchemy as sa

from tests.tds.server import DRIVERS, Server

VARIABLE = "KRAVBRO_TEST_SQLSERVER"
Kind = Literal["stand-in", "living"]
__all__ = ["DRIVERS", "VARIABLE", "Kind", "SqlServer", "sql_servers"]


class SqlServer(Protocol):
    """What a test asks of a server."""

    def add_database(self, name: str, *, snapshots: bool = True) -> None:
        """Make a database; `snapshots`: it allows snapshot isolation."""
        ...

    def url(self, driver: str, database: str) -> sa.URL:
        """Where a driver finds a database."""
        ...

    def kill_all(self) -> None:
        """Throw everybody out, in the middle of whatever they do."""
        ...

    def close(self) -> None:
        """Remove what was made."""
        ...


class Living:
    """A SQL Server that somebody runs."""

    def __init__(self, address: str) -> None:
        self._url = sa.make_url(address)
        self._made: list[str] = []

    def url(self, driver: str, database: str) -> sa.URL:
        """The same address, with another driver and database."""
        given = self._url.set(drivername=f"mssql+{driver}", database=database)
        if driver == self._url.get_driver_name():
            return given
        return given.set(query={"TrustServerCertificate": "yes"} if driver == "mssqlpython" else {})

    def add_database(self, name: str, *, snapshots: bool = True) -> None:
        """Fails where there is one of this name, whoever made it."""
        self._run(f"CREATE DATABASE [{name}] COLLATE Danish_Norwegian_CI_AS")
        self._made.append(name)
        self._run(f"ALTER DATABASE [{name}] SET ALLOW_SNAPSHOT_ISOLATION {'ON' if snapshots else 'OFF'}")

    def kill_all(self) -> None:
        """Throw out those who are in the databases that were made here."""
        for name in self._made:
            self._run(f"ALTER DATABASE [{name}] SET SINGLE_USER WITH ROLLBACK IMMEDIATE")
            self._run(f"ALTER DATABASE [{name}] SET MULTI_USER")

    def close(self) -> None:
        """Remove the databases that were made here, and no other."""
        self.kill_all()
        for name in self._made:
            self._run(f"DROP DATABASE [{name}]")

    def _run(self, statement: str) -> None:
        engine = sa.create_engine(
            self.url(self._url.get_driver_name(), "master"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool
        )
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)


def living() -> Living:
    """The living server. Raises RuntimeError where no address is given."""
    if VARIABLE not in os.environ:
        raise RuntimeError(f"give the address of a SQL Server in {VARIABLE}, or leave out `-m sqlserver`")
    return Living(os.environ[VARIABLE])


@contextmanager
def sql_servers(folder: Path, kind: Kind) -> Iterator[SqlServer]:
    """A server for as long as the block lasts."""
    server: SqlServer = living() if kind == "living" else Server(folder)
    try:
        yield server
    finally:
        server.close()
