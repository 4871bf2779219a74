"""Files of ours: decided and prepared in one transaction, and then given their own name, which each can get only once.

A file is written under a name that nobody reads, the row that knows it is committed, and then it is renamed. Whoever
comes later finds nothing to rename: so a file that was read and taken away is never written again.
"""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.db.bulk import insert_rows
from kravbro.db.engines import reading, writing_anywhere
from kravbro.ledgers.files import tables as t
from kravbro.ledgers.files.folders import Folders, usable
from kravbro.ledgers.files.names import PART, READ


def next_number(connection: sa.Connection) -> int:
    """The number of the next file of ours."""
    last = connection.execute(sa.select(sa.func.max(t.outgoing.c.number))).scalar()
    return int(last or 0) + 1


def prepare(  # noqa: PLR0917 - a file of a company
    connection: sa.Connection, folders: Folders, company: int, number: int, name: str, data: bytes, act: Act
) -> None:
    """Write a file under a name that nobody reads, and note it; `keep_names` is for whoever has prepared them all.

    Raises Stop `files.folder`.
    """
    file = folders.outgoing(company) / f"{name}{PART}"
    with usable(file), file.open("wb") as opened:
        opened.write(data)
        opened.flush()
        os.fsync(opened.fileno())
    columns = ("number", "name", "sha256", "is_published")
    insert_rows(connection, t.outgoing, columns, [(number, name, sha256(data).hexdigest(), False)], act)


def publish(folders: Folders, company: int) -> None:
    """Give every prepared file its own name. Raises Stop `files.folder`."""
    engine = folders.engine(company)
    waiting = sa.select(t.outgoing.c.name).where(sa.not_(t.outgoing.c.is_published)).order_by(t.outgoing.c.number)
    with reading(engine) as connection:
        names = list(connection.execute(waiting).scalars())
    if not names:
        return
    folder = folders.outgoing(company)
    for name in names:
        part = folder / f"{name}{PART}"
        with usable(part):
            try:
                part.rename(folder / name)
            except FileNotFoundError:
                continue
    keep_names(folder)
    with writing_anywhere(engine) as connection:
        for name in names:
            connection.execute(sa.update(t.outgoing).where(t.outgoing.c.name == name).values(is_published=True))


def keep_names(folder: Path) -> None:
    """Have the names in a folder survive a power cut. Windows does so by itself, and lets nobody ask for it."""
    if os.name == "nt":
        return
    with usable(folder):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def is_changed(folders: Folders, company: int, name: str, sha: str) -> bool:
    """Whether somebody has altered a file of ours that still lies there, under its own name or as read."""
    for known in (name, f"{READ}{name}"):
        file = folders.outgoing(company) / known
        with usable(file):
            try:
                return sha256(file.read_bytes()).hexdigest() != sha
            except FileNotFoundError:
                continue
    return False
