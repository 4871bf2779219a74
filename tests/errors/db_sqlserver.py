"""Errors of SQL Server, where the databases of Visma Business live: from a server that speaks as it does."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from kravbro.db.engines import writing_anywhere
from kravbro.db.sqlserver import open_sqlserver
from tests.errors.gallery import provokes
from tests.tds.server import Server


@provokes("db.sqlserver_no_driver")
def a_program_without_the_driver(_: Path) -> None:
    installed = sys.modules.get("pymssql")
    sys.modules["pymssql"] = None  # type: ignore[assignment] # what Python itself takes for "cannot be imported"
    try:
        open_sqlserver(sa.make_url("mssql+pymssql://kravbro:secret@db.example/vbsys"))
    finally:
        del sys.modules["pymssql"]
        if installed is not None:
            sys.modules["pymssql"] = installed


@provokes("db.not_sqlserver")
def an_address_with_a_driver_that_is_not_known(_: Path) -> None:
    open_sqlserver(sa.make_url("mssql+pyodbc://kravbro:secret@db.example/vbsys"))


@provokes("db.sqlserver_login_refused")
def a_wrong_password(folder: Path) -> None:
    with _server(folder) as server:
        _write(server.url("pymssql", "F0001", password="wrong"))


@provokes("db.sqlserver_no_rights")
def a_login_that_may_only_read(folder: Path) -> None:
    with _server(folder) as server:
        server.fail_next(229, "The UPDATE permission was denied on the object 'CustTr', database 'F0001'.")
        _write(server.url("pymssql", "F0001"))


def _write(url: sa.URL) -> None:
    engine = open_sqlserver(url)
    try:
        with writing_anywhere(engine) as connection:
            connection.exec_driver_sql("UPDATE CustTr SET ExcRem = 3")
    finally:
        engine.dispose()


@contextmanager
def _server(folder: Path) -> Iterator[Server]:
    server = Server(folder)
    server.add_database("F0001")
    try:
        yield server
    finally:
        server.close()
