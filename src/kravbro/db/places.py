"""Which kind of place an address names."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from kravbro.db.folder_place import FolderPlace
from kravbro.db.place import Place
from kravbro.db.postgresql_place import PostgresqlPlace, postgresql_url


def place_at(address: str | Path) -> Place:
    """The place with this address: a folder, or `postgresql://user@host/database`.

    A process has one place, and so one set of connections, for each URL. Raises DataFault `db.not_a_place`.
    """
    if isinstance(address, Path) or "://" not in address:
        return FolderPlace(Path(address))
    return _server_place(address)


@cache
def _server_place(address: str) -> PostgresqlPlace:
    return PostgresqlPlace(postgresql_url(address))
