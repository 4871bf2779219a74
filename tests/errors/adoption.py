"""Errors of copies: places and databases that nobody adopted."""

from __future__ import annotations

import shutil
from pathlib import Path

from kravbro.bootstrap.site import make_site
from kravbro.db.engines import writing
from kravbro.db.folder_place import FolderPlace
from tests.errors.gallery import command, provokes


def copied_site() -> None:
    make_site(FolderPlace(Path("kravbro-demo")), ())
    shutil.copytree("kravbro-demo", "kravbro-copy")


@provokes("db.copied")
def a_database_that_was_copied(_: Path) -> None:
    copied_site()
    with writing(FolderPlace(Path("kravbro-copy")).open("office")):
        raise AssertionError("a copy was written")


@provokes("site.not_adopted")
def an_installation_that_was_copied(_: Path) -> None:
    copied_site()
    command("demo", "--once", "--dir", "kravbro-copy")


@provokes("site.adoption_reason")
def an_adoption_without_a_reason(_: Path) -> None:
    copied_site()
    command("db", "adopt", "--dir", "kravbro-copy")


@provokes("site.last_case")
def a_case_number_that_nobody_has(_: Path) -> None:
    copied_site()
    command("db", "adopt", "--because", "x", "--last-case", "1-000412", "--dir", "kravbro-copy")
