"""Whether a site's description and the mapping table fit our contract: everything that does not, at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kravbro.formats.wsinkasso.fields import Record
from kravbro.formats.wsinkasso.operations import CONVERSION, OPERATIONS, Operation
from kravbro.ledgers.wsinkasso.mapping import HERE, Path, Place, Table
from kravbro.ledgers.wsinkasso.settings import Settings
from kravbro.ledgers.wsinkasso.table_problems import problems
from kravbro.ledgers.wsinkasso.wsdl import Described, Part, parts
from kravbro.mirror.source import Lack
from kravbro.texts.sentences import sentence

MAY_BE_UNSAID = frozenset({"MeldingId"})
"""What a site need not be told though our contract wants it: its rows have ids of their own."""


def lacks(described: Described, table: Table, settings: Settings) -> list[Lack]:
    """What does not fit; empty where all does. What only makes a part of the work better is not needed."""
    found = [_of_table(problem.thing, problem.known, settings) for problem in problems(settings)]
    if found:
        return found
    missing = {one.name for one in OPERATIONS if described.function(table.function(one)) is None}
    found = [_no_function(one, table, settings) for one in OPERATIONS if one.name in missing]
    for one in OPERATIONS:
        if one.name not in missing and (one not in CONVERSION or missing.isdisjoint(its.name for its in CONVERSION)):
            found += _Fitting(one, table, settings).lacks(described.function(table.function(one)))
    return list(dict.fromkeys(found))


def _of_table(thing: str, known: tuple[str, ...], settings: Settings) -> Lack:
    what = "names" if known else "path"
    cure = sentence(f"wsinkasso.cure.{what}", {"known": ", ".join(known)}, settings.language)
    return Lack(thing, sentence("wsinkasso.lack.table", {"thing": thing}, settings.language), cure)


def _no_function(one: Operation, table: Table, settings: Settings) -> Lack:
    facts: dict[str, object] = {"function": one.name, "theirs": table.function(one) or "\u2013"}
    what = "function" if one.needed else "more"
    return Lack(
        one.name,
        sentence(f"wsinkasso.lack.{what}", facts, settings.language),
        sentence("wsinkasso.cure.function", facts, settings.language),
        one.needed,
    )


class _Fitting:
    """One function, compared with what the site's description says of it."""

    def __init__(self, one: Operation, table: Table, settings: Settings) -> None:
        self._one = one
        self._table = table
        self._language = settings.language

    def lacks(self, theirs: Any) -> Iterator[Lack]:
        if theirs.style != "document" or getattr(theirs.input, "body", None) is None:
            yield self._lack(self._one.name, "style")
            return
        yield from self._asked(self._one.takes, theirs.input.body.type)
        yield from self._told(self._one.gives, theirs.output.body.type)

    def _asked(self, record: Record[Any], kind: Any) -> Iterator[Lack]:
        """What we say must have its place, and what they must be told must be said."""
        said: set[Path] = set()
        for place in self._table.places(record):
            if place.path is None:
                if not (place.field.optional or place.field.element in MAY_BE_UNSAID):
                    yield self._element(record, place, "unsaid", needed=True)
                continue
            found = _at(kind, place.path)
            if found is None:
                yield self._element(record, place, "element", needed=not place.field.optional)
                continue
            if place.field.kind.many and not found.many:
                yield self._element(record, place, "single", needed=True)
            said |= {place.path[:length] for length in range(1, len(place.path) + 1)}
            if place.field.kind.inner is not None and place.path != HERE:
                yield from self._asked(place.field.kind.inner, found.type)
        for path in self._table.told_beside(record):
            if _at(kind, path) is None:
                yield self._lack(f"{record.type_name}: {'/'.join(path)}", "element")
            said |= {path[:length] for length in range(1, len(path) + 1)}
        yield from self._unsaid(record, kind, HERE, said)

    def _unsaid(self, record: Record[Any], kind: Any, above: Path, said: set[Path]) -> Iterator[Lack]:
        """What their description demands and nobody says."""
        if any(place.path == HERE for place in self._table.places(record)):
            return
        leaves = {place.path for place in self._table.places(record)}
        for name, one in parts(kind).items():
            path = (*above, name)
            if path not in said:
                if one.required:
                    yield self._lack(f"{record.type_name}: {'/'.join(path)}", "demanded")
            elif path not in leaves:
                yield from self._unsaid(record, one.type, path, said)

    def _told(self, record: Record[Any], kind: Any) -> Iterator[Lack]:
        """What we must know must be told, or be the same always. An answer may have no rows, but a place for them."""
        for place in self._table.places(record):
            if place.constant is not None:
                continue
            found = None if place.path is None else _at(kind, place.path)
            needed = not place.field.optional or record is self._one.gives
            if found is None:
                yield self._element(record, place, "untold", needed=needed)
            elif place.field.kind.many and not found.many:
                yield self._element(record, place, "single", needed=needed)
            elif place.field.kind.inner is not None:
                yield from self._told(place.field.kind.inner, found.type)

    def _element(self, record: Record[Any], place: Place, what: str, *, needed: bool) -> Lack:
        path = "/".join(place.path or ())
        return self._lack(f"{record.type_name}: {place.field.element}", what, needed=needed, path=path or "\u2013")

    def _lack(self, thing: str, what: str, *, needed: bool = True, path: str = "") -> Lack:
        facts: dict[str, object] = {"thing": thing, "function": self._table.function(self._one), "path": path}
        purpose = sentence(f"wsinkasso.lack.{what}", facts, self._language)
        return Lack(
            thing, purpose, sentence(f"wsinkasso.cure.{what}", facts, self._language), needed and self._one.needed
        )


def _at(kind: Any, path: Path) -> Part | None:
    """The element at a path in a type; the type itself for what stands directly in it."""
    found: Part | None = Part("", kind, True, False)
    for name in path:
        found = parts(found.type).get(name) if found is not None else None
    return found
