"""New places of either kind for a test, and what a test does to them past the program."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from kravbro.db.place import Place
from kravbro.db.places import place_at
from tests.postgresql import Server

KINDS = ("sqlite", "postgresql")


class NewPlace:
    """Makes places that do not exist yet; all are gone when the test is over."""

    def __init__(self, folder: Path, server: Server | None) -> None:
        self._folder = self.folder = folder
        self._server = server
        self._numbers = count(1)
        self._databases: list[str] = []

    def __call__(self) -> Place:
        """The next place: an empty database, or a folder that is not there."""
        return place_at(self.address())

    def address(self) -> str:
        """The address of the next place."""
        if self._server is None:
            return str(self._folder / f"site-{next(self._numbers)}")
        self._databases.append(self._server.database())
        return self._databases[-1]

    def copy(self, place: Place) -> Place:
        """A copy of a place, as a file manager or the server makes one."""
        place.close()
        if self._server is None:
            return place_at(shutil.copytree(place.name, self.address()))
        self._databases.append(self._server.database(place.name))
        return place_at(self._databases[-1])

    def lose(self, place: Place, owner: str) -> None:
        """Remove an owner's database, as somebody might with a file manager or a client of the server."""
        if self._server is None:
            for left in Path(place.name).glob(f"{owner}.db*"):
                left.unlink()
        else:
            self._server.run(f'DROP SCHEMA "{owner.lower()}" CASCADE', database=place.name.rpartition("/")[2])

    def close(self) -> None:
        """Remove what was made on the server."""
        for address in self._databases:
            place_at(address).close()
            if self._server is not None:
                self._server.drop(address)


@contextmanager
def new_places(folder: Path, server: Server | None) -> Iterator[NewPlace]:
    """Places for as long as the block lasts."""
    places = NewPlace(folder, server)
    try:
        yield places
    finally:
        places.close()
