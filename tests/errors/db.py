"""Errors of the databases: where they lie, and who holds them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from kravbro.bootstrap.site import make_site
from kravbro.db.engines import reading, writing
from kravbro.db.places import place_at
from kravbro.db.postgresql import open_postgresql
from kravbro.office.setup import open_office
from tests.books.world import ACT
from tests.errors.gallery import command, provokes
from tests.postgresql import LOGIN_WITH_PASSWORD, shared_server


@provokes("db.no_such_folder")
def a_folder_that_is_not_there(_: Path) -> None:
    place_at("kravbro-demo").open("office")


@provokes("db.locked")
def another_process_writes_for_too_long(_: Path) -> None:
    folder = Path("kravbro-demo")
    folder.mkdir()
    first, second = place_at(folder).open("office"), place_at(folder).open("office")
    with reading(second) as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=1")
    try:
        with writing(first), writing(second):
            raise AssertionError("two writers at once")
    finally:
        first.dispose()
        second.dispose()


@provokes("db.damaged")
def a_file_that_is_no_database(_: Path) -> None:
    folder = Path("kravbro-demo")
    folder.mkdir()
    (folder / "office.db").write_text("this was a database once " * 100, encoding="utf-8")
    with reading(place_at(folder).open("office")) as connection:
        connection.exec_driver_sql("SELECT 1")


@provokes("db.unusable")
def a_folder_where_the_file_should_be(_: Path) -> None:
    folder = Path("kravbro-demo")
    (folder / "office.db").mkdir(parents=True)
    with reading(place_at(folder).open("office")) as connection:
        connection.exec_driver_sql("SELECT 1")


@provokes("db.folder_unusable")
def a_file_where_the_folder_should_be(_: Path) -> None:
    Path("kravbro-demo").write_text("not a folder", encoding="utf-8")
    command("demo", "--once", "--dir", "kravbro-demo")


@provokes("db.not_a_place")
def an_address_of_another_kind_of_database(_: Path) -> None:
    command("reconcile", "--dir", "oracle://kravbro:secret@db.example/kravbro")


@provokes("db.no_driver")
def a_program_without_the_driver(_: Path) -> None:
    installed = sys.modules.get("psycopg")
    sys.modules["psycopg"] = None  # type: ignore[assignment] # what Python itself takes for "cannot be imported"
    try:
        open_postgresql(sa.make_url("postgresql://kravbro:secret@db.example/kravbro"))
    finally:
        del sys.modules["psycopg"]
        if installed is not None:
            sys.modules["psycopg"] = installed


@provokes("db.unreachable")
def a_port_that_nobody_listens_on(_: Path) -> None:
    command("reconcile", "--dir", "postgresql://kravbro:secret@127.0.0.1:1/kravbro")


@provokes("db.login_refused")
def a_wrong_password(_: Path) -> None:
    server = shared_server()
    command("reconcile", "--dir", server.address("kravbro", f"{LOGIN_WITH_PASSWORD}:wrong"))


@provokes("db.no_such_database")
def a_database_that_nobody_made(_: Path) -> None:
    command("reconcile", "--dir", shared_server().address("kravbro"))


@provokes("db.wrong_encoding")
def a_database_for_the_letters_of_one_part_of_the_world(_: Path) -> None:
    with _database("TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'") as address:
        command("demo", "--once", "--dir", address)


@provokes("db.no_rights")
def a_login_that_may_not_make_schemas(_: Path) -> None:
    server = shared_server()
    with _database() as address, _login("may_not", address):
        command("demo", "--once", "--dir", server.address(address.rpartition("/")[2], "may_not"))


@provokes("db.connection_lost")
def a_server_that_throws_everybody_out(_: Path) -> None:
    with _database() as address, writing(place_at(address).open("office")) as connection:
        connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")


@provokes("db.disk_full")
def a_disk_without_room(_: Path) -> None:
    with _database() as address, writing(place_at(address).open("office")) as connection:
        connection.exec_driver_sql("COPY (SELECT repeat('x', 100000)) TO '/dev/full'")


@provokes("db.value_too_large")
def a_text_that_is_longer_than_its_column(_: Path) -> None:
    with _database() as address:
        make_site(place_at(address), ())
        with writing(place_at(address).open("office")) as connection:
            open_office(connection, "o" * 61, ACT)


@contextmanager
def _database(options: str = "") -> Iterator[str]:
    """The address of an empty database by the name that people give one, removed at the end."""
    server = shared_server()
    address = server.address(f"kravbro_{os.getpid()}")
    server.run(f'CREATE DATABASE "kravbro_{os.getpid()}" {options}')
    try:
        yield address
    finally:
        place_at(address).close()
        server.drop(address)


@contextmanager
def _login(user: str, address: str) -> Iterator[None]:
    """A login that may connect and nothing else."""
    server = shared_server()
    server.run(f'CREATE ROLE "{user}" LOGIN')
    try:
        yield
    finally:
        place_at(address.replace("postgres@", f"{user}@")).close()
        server.run(f'DROP ROLE "{user}"')
