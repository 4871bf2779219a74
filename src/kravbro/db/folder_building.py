"""Several SQLite files at once or not at all: they are made in a folder of their own, and moved when all are whole.

As long as that folder is there, no database beside it is opened. So a stop in the middle, even between two moves,
leaves a place that says what it is.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from sqlite3 import Connection as SqliteConnection

import sqlalchemy as sa
from sqlalchemy import event

from kravbro.core.errors import DataFault, Stop
from kravbro.db.archive.writer import sync_folder
from kravbro.db.engines import writing_anywhere
from kravbro.db.place import Building
from kravbro.db.sqlite import open_sqlite

RESTORING = ".restoring"


@contextmanager
def all_or_nothing(folder: Path, owners: Collection[str]) -> Iterator[Building]:
    """Make these owners' files.

    Raises DataFault `restore.not_empty` where one of them, or its write-ahead log, is there already,
    `db.folder_unusable`, and Stop `db.being_restored`.
    """
    unfinished, was_there = folder / RESTORING, folder.exists()
    _make(folder, unfinished)
    moved: list[Path] = []
    try:
        _refuse_any(folder, owners)

        @contextmanager
        def building(owner: str) -> Iterator[sa.Connection]:
            engine = _unchecked(unfinished / f"{owner}.db")
            try:
                with writing_anywhere(engine) as connection:
                    yield connection
            finally:
                engine.dispose()

        yield building
        with _told(folder):
            for file in [unfinished / f"{owner}.db" for owner in owners]:
                _sync(file)
                moved.append(file.rename(folder / file.name))
            sync_folder(folder)
    except BaseException:
        for file in moved:
            file.unlink()
        shutil.rmtree(unfinished)
        if not was_there:
            with suppress(OSError):
                folder.rmdir()
        raise
    shutil.rmtree(unfinished)
    sync_folder(folder)


def _make(folder: Path, unfinished: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        unfinished.mkdir(mode=0o700)
    except FileExistsError as error:
        if unfinished.exists():
            raise Stop("db.being_restored", place=str(folder), folder=str(unfinished)) from error
        raise DataFault("db.folder_unusable", folder=str(folder), reason=error.strerror or "") from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise DataFault("db.folder_unusable", folder=str(folder), reason=reason) from error


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """Raises Stop `db.unusable` for what the operating system does not allow."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Stop("db.unusable", database=str(folder), reason=reason) from error


def _refuse_any(folder: Path, owners: Collection[str]) -> None:
    """A write-ahead log without its file counts as well: SQLite would take it for that of the new one."""
    there = sorted(file.name for owner in owners for file in folder.glob(f"{owner}.db*"))
    if there:
        raise DataFault("restore.not_empty", place=str(folder), databases=", ".join(there))


def _unchecked(file: Path) -> sa.Engine:
    """An engine that takes references to nothing: what is restored is what was, and `db verify` names it.

    It writes no write-ahead log: one that could not be emptied, on a full disk, would stay behind with the rows in it
    when the file is moved.
    """
    engine = open_sqlite(file)

    def prepare(connection: SqliteConnection, _record: object) -> None:
        for pragma in ("foreign_keys=OFF", "journal_mode=DELETE"):
            connection.execute(f"PRAGMA {pragma}")

    event.listen(engine, "connect", prepare)
    return engine


def _sync(file: Path) -> None:
    with file.open("rb+") as stream:
        os.fsync(stream.fileno())
