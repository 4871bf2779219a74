"""Notice that an installation is not where it was, or that a part of it was put back from an older copy.

Each database says where it was last adopted and how far its history has come, and remembers how far it saw the others
come (`db/residence.py`). What does not fit may be read, but nothing is written until a person adopts it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import AbstractContextManager

import msgspec

from kravbro.core.acts import Act
from kravbro.core.errors import Stop
from kravbro.db.engines import Engine, reading, refusing, writing_anywhere
from kravbro.db.place import At, Building, Place, is_company
from kravbro.db.residence import OWN, Remembered, remember, remembered, settle

MADE = "made or upgraded here"


class Older(msgspec.Struct, frozen=True):
    """A database that is younger than another saw it: ages in transactions that wrote."""

    database: str
    age: int
    seen_age: int
    seen_by: str


class Noticed(msgspec.Struct, frozen=True):
    """What does not fit: databases that are not where they were adopted, and those put back from an older copy."""

    copied: tuple[str, ...] = ()
    older: tuple[Older, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.copied or self.older)


def noticed(place: Place) -> Noticed:
    """Look at every database of a place. Changes nothing."""
    known = {owner: _remembered(place, owner) for owner in place.owners()}
    copied = tuple(owner for owner, one in known.items() if not one.at_home)
    return Noticed(copied, tuple(_older(place, known)))


def _older(place: Place, known: dict[str, Remembered]) -> Iterable[Older]:
    """Each database that seems younger than others saw it is read again: it may have been written since.

    One that never was settled, but was seen, comes from a copy that is older than this memory.
    """
    for owner, one in known.items():
        seen_age, witness = _seen(owner, known)
        if seen_age > one.ages.get(OWN, 0):
            age = _remembered(place, owner).ages.get(OWN, 0)
            if seen_age > age:
                yield Older(owner, age, seen_age, witness)


def _seen(owner: str, known: dict[str, Remembered]) -> tuple[int, str]:
    """The highest age at which others saw a database, and who did; 0 if nobody saw it."""
    seen = [
        (other.ages[owner], witness) for witness, other in known.items() if witness != owner and owner in other.ages
    ]
    return max(seen, default=(0, ""))


def _remembered(place: Place, owner: str) -> Remembered:
    with reading(place.open(owner)) as connection:
        return remembered(connection)


def refusal(place: Place, found: Noticed) -> Stop:
    """Why nothing is written in a place."""
    none = "\u2013"
    copied, older = ", ".join(found.copied) or none, ", ".join(one.database for one in found.older) or none
    return Stop("site.not_adopted", place=place.name, copied=copied, older=older)


def refuse_copies(place: Place) -> None:
    """Raise Stop `site.not_adopted` if nothing may be written in a place."""
    if found := noticed(place):
        raise refusal(place, found)


class ReadOnlyPlace:
    """A place whose databases may only be read."""

    def __init__(self, place: Place, why: Stop) -> None:
        self._place = place
        self._why = why

    @property
    def name(self) -> str:
        """The place's address."""
        return self._place.name

    def make(self) -> None:
        """Raises why nothing may be made here."""
        raise self._why

    def owners(self) -> list[str]:
        """The owners that are there."""
        return self._place.owners()

    def exists(self, owner: str) -> bool:
        """Whether that owner's database is there."""
        return self._place.exists(owner)

    def open(self, owner: str) -> Engine:
        """An engine that refuses every transaction that would write."""
        return refusing(self._place.open(owner), self._why)

    def database(self, owner: str) -> str:
        """How people know that owner's database."""
        return self._place.database(owner)

    def one_moment(self) -> AbstractContextManager[tuple[list[str], At]]:
        """The owners and their connections at one moment."""
        return self._place.one_moment()

    def all_or_nothing(self, owners: Collection[str]) -> AbstractContextManager[Building]:
        """Raises why nothing may be made here."""
        raise self._why

    def close(self) -> None:
        """Give back what the place keeps open."""
        self._place.close()


def settle_new(place: Place, act: Act) -> None:
    """Let every new database take this place as its own.

    One that others saw is not new, and waits to be adopted; but for the bridge, which holds only savings.
    """
    known = {owner: _remembered(place, owner) for owner in place.owners()}
    for owner, one in known.items():
        age, _ = _seen(owner, known)
        if not one.settled and (age == 0 or owner == "bridge"):
            with writing_anywhere(place.open(owner)) as connection:
                if not remembered(connection).settled:
                    settle(connection, MADE, act)
                    remember(connection, {OWN: age + 1})


def remember_ages(place: Place, companies: Iterable[str]) -> None:
    """Let office, bridge and these companies remember how far each other's history has come."""
    chosen = [owner for owner in place.owners() if not is_company(owner) or owner in set(companies)]
    known = {owner: _remembered(place, owner) for owner in chosen}
    ages = {owner: one.ages[OWN] for owner, one in known.items() if one.settled}
    for owner, one in known.items():
        witnessed = _witnessed(owner, ages)
        if one.settled and any(one.ages.get(other, 0) < age for other, age in witnessed.items()):
            with writing_anywhere(place.open(owner)) as connection:
                latest = remembered(connection).ages
                remember(connection, {other: max(age, latest.get(other, 0)) for other, age in witnessed.items()})


def _witnessed(owner: str, ages: dict[str, int]) -> dict[str, int]:
    """Whom an owner remembers: office and bridge everybody, all others only the office."""
    if owner in {"office", "bridge"}:
        return {other: age for other, age in ages.items() if other != owner}
    return (
        {"office": ages["office"]} if (is_company(owner) or owner in {"mirror", "access"}) and "office" in ages else {}
    )
