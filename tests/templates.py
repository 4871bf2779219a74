"""Places that are made once and copied for each test, on either kind of database."""

from __future__ import annotations

import atexit
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from kravbro.db.place import Place
from kravbro.db.places import place_at
from tests.places import copy_place
from tests.postgresql import shared_server

Make = Callable[[Place], None]


def copy_of(make: Make, kind: str, folder: Path) -> str:
    """The address of a new copy of the place that `make` makes: in this folder, or a database on the tests' server."""
    return str(copy_place(_template(make, kind), shared_server().new_address() if kind == "postgresql" else folder))


def remove(address: str) -> None:
    """Close a copy's connections; one on the server is removed, a folder is its test's."""
    place_at(address).close()
    if "://" in address:
        shared_server().drop(address)


@cache
def _template(make: Make, kind: str) -> str:
    """The address of the original. Nobody may be connected to it when it is copied."""
    if kind == "postgresql":
        address = shared_server().database()
    else:
        address = mkdtemp()
        atexit.register(shutil.rmtree, address)
    place = place_at(address)
    place.make()
    make(place)
    place.close()
    return address
