"""The ledger of an installation as a server uses it: for one act after another, from many threads."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from threading import Lock

from kravbro.bootstrap.site import Site
from kravbro.core.acts import Act
from kravbro.db.engines import Engine
from kravbro.db.place import At, Building, Place
from kravbro.ports.ledger import Ledger


class KeptPlace:
    """A place whose databases stay open from one call to the next."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._engines: dict[str, Engine] = {}
        self._opening = Lock()

    @property
    def name(self) -> str:
        """The place's address."""
        return self._place.name

    def make(self) -> None:
        """Make the place ready to take databases."""
        self._place.make()

    def owners(self) -> list[str]:
        """The owners that are there."""
        return self._place.owners()

    def exists(self, owner: str) -> bool:
        """Whether that owner's database is there; one that is open is."""
        return owner in self._engines or self._place.exists(owner)

    def open(self, owner: str) -> Engine:
        """The engine of that owner, the same each time."""
        with self._opening:
            if owner not in self._engines:
                self._engines[owner] = self._place.open(owner)
            return self._engines[owner]

    def database(self, owner: str) -> str:
        """How people know that owner's database."""
        return self._place.database(owner)

    def one_moment(self) -> AbstractContextManager[tuple[list[str], At]]:
        """The owners and their connections at one moment."""
        return self._place.one_moment()

    def all_or_nothing(self, owners: Collection[str]) -> AbstractContextManager[Building]:
        """These owners' databases, made anew."""
        return self._place.all_or_nothing(owners)

    def close(self) -> None:
        """Close every database. The place can be used again afterwards."""
        with self._opening:
            for engine in self._engines.values():
                engine.dispose()
            self._engines.clear()
        self._place.close()


class ServedLedger:
    """The ledger of an installation, ours or a foreign one behind its mirror."""

    def __init__(self, place: Place) -> None:
        self._place = KeptPlace(place)

    @contextmanager
    def for_act(self, act: Act) -> Iterator[Ledger]:
        """The ledger for one act. The connection to a foreign one lasts as long as the act."""
        site = Site(self._place, act)
        ledger = site.ledger
        try:
            yield ledger
        finally:
            if site.is_foreign:
                ledger.close()

    def close(self) -> None:
        """Close every database."""
        self._place.close()
