"""Make the folders and the state of an installation. What is there stays as it is, so it may be run again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.errors import Stop
from kravbro.db.columns import written
from kravbro.db.engines import reading, writing_anywhere
from kravbro.db.place import company_owner
from kravbro.db.sqlite import open_attached
from kravbro.ledgers.files import tables as t
from kravbro.ledgers.files.folders import SYSTEM, Folders, usable


def install(folders: Folders, installation_id: str, act: Act) -> list[str]:
    """Make what is missing; answers the paths of what was made. An id that was given before stays.

    Raises Stop `files.folder`.
    """
    made = []
    for folder in wanted_folders(folders):
        with usable(folder):
            if not folder.is_dir():
                folder.mkdir(parents=True)
                made.append(str(folder))
    for file, metadata in _databases(folders):
        if not file.is_file():
            made.append(str(file))
        with writing_anywhere(open_attached(file, {})) as connection:
            metadata.create_all(connection)
            if metadata is t.system and connection.execute(sa.select(t.installation.c.id)).scalar() is None:
                connection.execute(sa.insert(t.installation).values(id=installation_id, **written(act)))
    return made


def wanted_folders(folders: Folders) -> Iterator[Path]:
    """The folders that are worked in."""
    yield folders.state
    for company in folders.setup.numbers():
        yield folders.incoming(company)
        yield folders.outgoing(company)


def _databases(folders: Folders) -> Iterator[tuple[Path, sa.MetaData]]:
    yield folders.state / f"{SYSTEM}.db", t.system
    for company in folders.setup.numbers():
        yield folders.state / f"{company_owner(company)}.db", t.company


def missing_databases(folders: Folders) -> list[Path]:
    """The databases that are not there."""
    return [file for file, _ in _databases(folders) if not file.is_file()]


def installation_of(folders: Folders) -> str:
    """The id of the installation. Raises Stop `files.not_installed`."""
    with reading(folders.engine(None)) as connection:
        known = connection.execute(sa.select(t.installation.c.id)).scalar()
    if known is None:
        raise Stop("files.not_installed", folder=str(folders.root), file=SYSTEM)
    return str(known)
