"""What a folder lacks, and which files in it are refused or wait: with what cures it."""

from __future__ import annotations

import os
from collections.abc import Iterator

from kravbro.core.acts import Act
from kravbro.core.errors import KravbroError
from kravbro.db.engines import reading
from kravbro.ledgers.files import kept
from kravbro.ledgers.files.folders import Folders
from kravbro.ledgers.files.incoming import look, waiting
from kravbro.ledgers.files.install import missing_databases, wanted_folders
from kravbro.mirror.source import Lack
from kravbro.texts.sentences import explain, sentence


def lacks(folders: Folders, act: Act) -> Iterator[Lack]:
    """Everything that is missing or waits for a person."""
    for folder in wanted_folders(folders):
        if not folder.is_dir():
            yield _lack(folders, str(folder), "folder")
        elif not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            yield _lack(folders, str(folder), "rights")
    missing = missing_databases(folders)
    for file in missing:
        yield _lack(folders, str(file), "state")
    if missing:
        return
    for company in folders.setup.numbers():
        try:
            yield from _of_company(folders, company, act)
        except KravbroError as error:
            told = explain(error, folders.setup.language)
            yield Lack(str(folders.incoming(company)), told, told)


def _of_company(folders: Folders, company: int, act: Act) -> Iterator[Lack]:
    listing = folders.listing(company)
    for one in look(folders, company, listing, act):
        purpose = sentence("files.lack.refused", {}, folders.setup.language)
        yield Lack(
            str(folders.incoming(company) / one.name), purpose, explain(one.error, folders.setup.language), False
        )
    for name in waiting(folders, listing, act):
        yield _lack(folders, str(folders.incoming(company) / name), "waiting", needed=False)
    with reading(folders.engine(company)) as connection:
        newest = kept.newest(connection)
    if not newest.change:
        yield _lack(folders, str(folders.incoming(company)), "snapshot", needed=False)
    elif newest.not_derived:
        yield _lack(folders, newest.name, "derived", needed=False, count=newest.not_derived)


def _lack(folders: Folders, thing: str, what: str, *, needed: bool = True, **facts: object) -> Lack:
    language = folders.setup.language
    purpose = sentence(f"files.lack.{what}", {}, language)
    return Lack(thing, purpose, sentence(f"files.cure.{what}", {"folder": folders.root, **facts}, language), needed)
