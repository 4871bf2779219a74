"""Errors of the databases: where they lie, and who holds them."""

from __future__ import annotations

from pathlib import Path

from kravbro.db.engines import reading, writing
from kravbro.db.place import Place
from tests.errors.gallery import provokes


@provokes("db.no_such_folder")
def a_folder_that_is_not_there(_: Path) -> None:
    Place(Path("kravbro-demo")).open("office")


@provokes("db.locked")
def another_process_writes_for_too_long(_: Path) -> None:
    folder = Path("kravbro-demo")
    folder.mkdir()
    first, second = Place(folder).open("office"), Place(folder).open("office")
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
    with reading(Place(folder).open("office")) as connection:
        connection.exec_driver_sql("SELECT 1")


@provokes("db.unusable")
def a_folder_where_the_file_should_be(_: Path) -> None:
    folder = Path("kravbro-demo")
    (folder / "office.db").mkdir(parents=True)
    with reading(Place(folder).open("office")) as connection:
        connection.exec_driver_sql("SELECT 1")
