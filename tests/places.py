"""Places of either kind for tests: new ones, copies of a template, and what a test does to them past the program.

`where` is a folder, or the address of a database on the server of the test run.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from typing import Literal, TypeVar

import sqlalchemy as sa

from kravbro.db.place import Place
from kravbro.db.places import place_at
from tests.postgresql import shared_server

Kind = Literal["sqlite", "postgresql"]
KINDS: tuple[Kind, ...] = ("sqlite", "postgresql")
Where = Path | str
Address = TypeVar("Address", bound=Where)
_TEMPLATES = count(1)


def on_server(where: Where) -> bool:
    """Whether a place is a database on the server."""
    return "://" in str(where)


def kind_of(where: Where) -> Kind:
    """The kind of a place."""
    return "postgresql" if on_server(where) else "sqlite"


@cache
def _templates() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="kravbro_templates_"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def new_folder(name: str) -> Path:
    """A folder of this process by that name, gone at its end."""
    folder = _templates() / name
    folder.mkdir(exist_ok=True)  # two threads may ask at once
    return folder


def new_template(kind: Kind) -> Where:
    """A place that lasts as long as the test run, to be made once and copied often. Nothing is made yet."""
    if kind == "postgresql":
        return shared_server().new_address()
    return _templates() / str(next(_TEMPLATES))


def make_empty(where: Address) -> Address:
    """Make a place without anything in it; answers it."""
    if isinstance(where, Path):
        where.mkdir(parents=True, exist_ok=True)
    elif on_server(where):
        shared_server().create(str(where))
    return where


def copy_place(source: Where, where: Address) -> Address:
    """Make a place as a copy of another, which nobody may be using; answers it."""
    if on_server(where):
        place_at(source).close()
        shared_server().create(str(where), str(source))
    else:
        shutil.copytree(source, where, dirs_exist_ok=True)
    return where


class NewPlace:
    """Makes places; all are gone when the test is over."""

    def __init__(self, folder: Path, kind: Kind) -> None:
        self.kind = kind
        self._folder = folder
        self._numbers = count(1)
        self._addresses: list[str] = []

    def __call__(self) -> Place:
        """The next place, empty: a database, or a folder that is not there yet."""
        where = self.where()
        return place_at(make_empty(where) if on_server(where) else where)

    def engine(self, owner: str) -> sa.Engine:
        """An engine for an owner in the next place, with nothing in it."""
        place = self()
        place.make()
        return place.open(owner)

    def where(self) -> Where:
        """The address of the next place. Nothing is made."""
        if self.kind == "sqlite":
            return self._folder / f"site-{next(self._numbers)}"
        self._addresses.append(shared_server().new_address())
        return self._addresses[-1]

    def lose(self, place: Place, owner: str) -> None:
        """Remove an owner's database, as somebody might with a file manager or a client of the server."""
        place.close()
        if self.kind == "postgresql":
            shared_server().run(f'DROP SCHEMA "{owner.lower()}" CASCADE', database=place.name.rpartition("/")[2])
        else:
            for left in Path(place.name).glob(f"{owner}.db*"):
                left.unlink()

    def remove(self, place: Place) -> None:
        """Remove a place before the test is over, for one that makes many large ones."""
        place.close()
        if self.kind == "postgresql":
            self._addresses.remove(place.name)
            shared_server().drop(place.name)
        else:
            shutil.rmtree(place.name)

    def close(self) -> None:
        """Remove what was made so far."""
        for address in self._addresses:
            place_at(address).close()
            shared_server().drop(address)
        self._addresses.clear()
        for folder in self._folder.glob("site-*"):
            shutil.rmtree(folder)


@contextmanager
def new_places(folder: Path, kind: Kind) -> Iterator[NewPlace]:
    """Places for as long as the block lasts."""
    places = NewPlace(folder, kind)
    try:
        yield places
    finally:
        places.close()
