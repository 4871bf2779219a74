"""Errors of backups: archives that are not whole, and places that take none."""

from __future__ import annotations

import atexit
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from kravbro.bootstrap.backup import back_up
from kravbro.bootstrap.demo.world import DEMO_DATE
from kravbro.bootstrap.site import make_site
from kravbro.core.acts import Act
from kravbro.db.folder_building import RESTORING
from kravbro.db.folder_place import FolderPlace
from tests.archives import rewritten
from tests.errors.gallery import command, provokes
from tests.places import new_places

ACT = Act("kari", DEMO_DATE, datetime(2026, 11, 16, 8, tzinfo=UTC))


def backed_up() -> Path:
    """An installation without content, and its archive, in the current folder."""
    shutil.copytree(_made(), ".", dirs_exist_ok=True)
    return Path("monday.zip")


@cache
def _made() -> str:
    folder = mkdtemp()
    atexit.register(shutil.rmtree, folder)
    place = FolderPlace(Path(folder) / "kravbro-demo")
    make_site(place, ())
    back_up(place, Path(folder) / "monday.zip", ACT)
    return folder


def past_the_program(owner: str, statement: str) -> None:
    with closing(sqlite3.connect(f"kravbro-demo/{owner}.db")) as database:
        database.execute(statement)
        database.commit()


@provokes("archive.exists")
def a_backup_over_another_file(_: Path) -> None:
    backed_up()
    command("db", "backup", "--to", "monday.zip", "--dir", "kravbro-demo")


@provokes("archive.unwritable")
def a_backup_into_a_folder_that_is_not_there(_: Path) -> None:
    backed_up()
    command("db", "backup", "--to", "nowhere/monday.zip", "--dir", "kravbro-demo")


@provokes("archive.unreadable")
def a_backup_that_is_not_there(_: Path) -> None:
    command("db", "verify", "monday.zip")


@provokes("archive.not_one")
def a_backup_that_was_cut_off(_: Path) -> None:
    archive = backed_up()
    archive.write_bytes(archive.read_bytes()[:-100])
    command("db", "restore", "monday.zip", "--dir", "kravbro-new")


@provokes("archive.newer_format")
def a_backup_of_a_later_format(_: Path) -> None:
    rewritten(backed_up(), manifest={"format_version": 2})
    command("db", "restore", "monday.zip", "--dir", "kravbro-new")


@provokes("archive.altered")
def a_backup_with_an_amount_that_somebody_changed(_: Path) -> None:
    rewritten(backed_up(), "system/known_age.jsonl", b'["",7]\n')
    command("db", "restore", "monday.zip", "--dir", "kravbro-new")


@provokes("archive.unlike_schema")
def a_backup_of_a_database_that_was_altered(_: Path) -> None:
    backed_up().unlink()
    past_the_program("office", "CREATE TABLE note (text TEXT)")
    back_up(FolderPlace(Path("kravbro-demo")), Path("monday.zip"), ACT)
    command("db", "restore", "monday.zip", "--dir", "kravbro-new")


@provokes("archive.wrong_value")
def a_backup_of_a_number_that_is_none(_: Path) -> None:
    backed_up().unlink()
    past_the_program("bridge", "UPDATE known_age SET age = 'many'")
    command("db", "backup", "--to", "monday.zip", "--dir", "kravbro-demo")


@provokes("restore.not_empty")
def a_restore_over_data(_: Path) -> None:
    backed_up()
    command("db", "restore", "monday.zip", "--dir", "kravbro-demo")


@provokes("restore.no_such_owner")
def a_restore_of_a_company_that_the_archive_lacks(_: Path) -> None:
    backed_up()
    command("db", "restore", "monday.zip", "--only", "F0007", "--dir", "kravbro-new")


@provokes("restore.row_refused")
def a_restore_of_a_text_that_is_too_long_for_postgresql(folder: Path) -> None:
    backed_up().unlink()
    past_the_program("bridge", "UPDATE residence SET actor = printf('%.*c', 101, 'x')")
    back_up(FolderPlace(Path("kravbro-demo")), Path("monday.zip"), ACT)
    with new_places(folder, "postgresql") as places:
        command("db", "restore", "monday.zip", "--dir", places().name)


@provokes("db.being_restored")
def a_restore_that_was_stopped(_: Path) -> None:
    backed_up()
    shutil.copytree("kravbro-demo", "kravbro-new")
    (Path("kravbro-new") / RESTORING).mkdir()
    command("reconcile", "--dir", "kravbro-new")
