"""What a mapping table says that our own contract does not have, or that could be read in two ways. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from kravbro.formats.wsinkasso.fields import Record
from kravbro.formats.wsinkasso.operations import BY_NAME, OPERATIONS
from kravbro.ledgers.wsinkasso.mapping import HERE, Place, Table
from kravbro.ledgers.wsinkasso.settings import Settings


class Problem(NamedTuple):
    """Something in a table that does not fit our own contract: where it stands, and what our contract has there."""

    thing: str
    known: tuple[str, ...]


def records() -> dict[str, Record[Any]]:
    """Every type of our contract by its name."""
    found: dict[str, Record[Any]] = {}
    for one in OPERATIONS:
        for top in (one.takes, one.gives):
            found |= {inner.type_name: inner for inner in _within(top)}
    return found


def _within(record: Record[Any]) -> Iterator[Record[Any]]:
    yield record
    for one in record.fields:
        if one.kind.inner is not None:
            yield from _within(one.kind.inner)


def problems(settings: Settings) -> list[Problem]:
    """Everything in a table that our contract does not have, or that could be read in two ways."""
    known = records()
    kinds = {one.kind.type: one.kind.words for record in known.values() for one in record.fields if one.kind.words}
    elements = {one.element for record in known.values() for one in record.fields}
    found = list(_unknown("functions", settings.functions, BY_NAME))
    found += _unknown("elements", settings.elements, elements)
    found += _unknown("words", settings.words, kinds)
    for name, words in settings.words.items():
        found += _unknown(f"words.{name}", words, kinds.get(name, words))
        all_words = {word: word for word in kinds.get(name, ())} | words
        found += [
            Problem(f"words.{name}: {theirs}", tuple(one for one in all_words if all_words[one] == theirs))
            for theirs in sorted({one for one in all_words.values() if list(all_words.values()).count(one) > 1})
        ]
    for section, types in (("types", settings.types), ("constants", settings.constants), ("extra", settings.extra)):
        found += _unknown(section, types, known)
        if section != "extra":
            for name in types.keys() & known.keys():
                has = {one.element for one in known[name].fields}
                found += _unknown(f"{section}.{name}", types[name], has)
    return found + _unplaced(settings, known)


def _unknown(where: str, given: Mapping[str, object], known: Collection[str]) -> list[Problem]:
    names = tuple(sorted(known))
    return [Problem(f"{where}.{one}", names) for one in sorted(given) if one not in names]


def _unplaced(settings: Settings, known: Mapping[str, Record[Any]]) -> list[Problem]:
    """Paths that lead nowhere, and constants that cannot be read or stand for more than one value."""
    table, found = Table(settings), []
    for record in known.values():
        for place in table.places(record):
            thing = f"types.{record.type_name}.{place.field.element}"
            single = place.field.kind.inner is not None and not place.field.kind.many and not place.field.optional
            if (place.path == HERE and not single) or (place.path and not all(place.path)):
                found.append(Problem(thing, ()))
            if place.constant is not None and not _is_readable(place):
                found.append(Problem(f"constants.{record.type_name}.{place.field.element}", place.field.kind.words))
    return found


def _is_readable(place: Place) -> bool:
    if place.form is None or place.constant is None or place.field.kind.many:
        return False
    try:
        place.form.read(place.constant)
    except (ValueError, ArithmeticError):
        return False
    return True
