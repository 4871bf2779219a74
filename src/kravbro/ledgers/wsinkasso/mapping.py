"""The mapping table: our content in a site's names, and a site's answers as our content. Pure.

Our contract names every element; a site may name it otherwise, put it deeper or directly into what stands around it,
lack it, or want to be told more. Namespaces are the description's affair (`wsdl.py`): here names are without them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeAlias

from lxml import etree

from kravbro.core.errors import DataFault
from kravbro.formats.wsinkasso.fields import Content, Field, Record
from kravbro.formats.wsinkasso.operations import Operation
from kravbro.formats.xml_reading import local_name, shown
from kravbro.ledgers.wsinkasso.forms import Form, form_of
from kravbro.ledgers.wsinkasso.settings import Settings

Path: TypeAlias = tuple[str, ...]
HERE: Path = ()
"""The path of what stands directly in the element around it."""
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


class Place(NamedTuple):
    """Where a site has one of our elements, and how it is written there.

    `path` None: nowhere; then `constant` is what it always is, if that is known.
    """

    field: Field
    path: Path | None
    form: Form | None
    constant: str | None


class Table:
    """A site's names for what is in our contract; the table of empty settings leaves all as it is."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.is_ours = not settings.maps
        self._places: dict[str, tuple[Place, ...]] = {}

    def function(self, one: Operation) -> str:
        """What the site calls a function; empty if its people say that it has none."""
        return self._settings.functions.get(one.name, one.name)

    def places(self, record: Record[Any]) -> tuple[Place, ...]:
        """Where the site has each element of a type."""
        if record.type_name not in self._places:
            self._places[record.type_name] = tuple(self._place(record, one) for one in record.fields)
        return self._places[record.type_name]

    def told_beside(self, record: Record[Any]) -> dict[Path, str]:
        """What the site wants to be told beside, in a type."""
        return {_path(path): text for path, text in self._settings.extra.get(record.type_name, {}).items()}

    def _place(self, record: Record[Any], one: Field) -> Place:
        general = self._settings.elements.get(one.element, one.element)
        named = self._settings.types.get(record.type_name, {}).get(one.element, general)
        constant = self._settings.constants.get(record.type_name, {}).get(one.element)
        words = {word: word for word in one.kind.words} | dict(self._settings.words.get(one.kind.type, {}))
        form = None if one.kind.inner is not None else form_of(one.kind, self._settings.forms, words)
        if constant is not None or not named:
            return Place(one, None, form, constant)
        return Place(one, _path(named), form, None)

    def outgoing(self, record: Record[Any], content: Content) -> dict[str, object]:
        """Our content in the site's names and forms: what a SOAP library takes."""
        if self.is_ours:
            return dict(content)
        made: dict[str, object] = {}
        for place in self.places(record):
            value = content.get(place.field.element)
            if place.path is not None and value is not None:
                _put(made, place.path, self._written(place, value))
        for path, text in self.told_beside(record).items():
            _put(made, path, text)
        return made

    def _written(self, place: Place, value: object) -> object:
        if isinstance(value, list):
            return [self._written(place, single) for single in value]
        if place.field.kind.inner is not None and isinstance(value, Mapping):
            return self.outgoing(place.field.kind.inner, value)
        return value if place.form is None else place.form.write(value)

    def incoming(self, record: Record[Any], found: etree._Element) -> dict[str, object]:
        """A site's element as our content. Raises DataFault `formats.wsinkasso.value` for what cannot be read."""
        content: dict[str, object] = {}
        children = _children(found)
        for place in self.places(record):
            values = self._values(record, place, found, children)
            if place.field.kind.many:
                content[place.field.element] = values
            elif len(values) > 1:
                raise _unreadable(record, place.field, f"{len(values)} x {shown(local_name(found))}/*")
            elif values:
                content[place.field.element] = values[0]
        return content

    def _values(
        self, record: Record[Any], place: Place, found: etree._Element, children: Mapping[str, list[etree._Element]]
    ) -> list[object]:
        if place.path is None:
            return [] if place.constant is None else [self._read(record, place, place.constant)]
        elements = [found] if place.path == HERE else _at(children, place.path)
        if place.field.kind.inner is not None:
            return [self.incoming(place.field.kind.inner, one) for one in elements]
        is_text = place.field.kind.read is str and not place.field.kind.words
        return [self._read(record, place, one.text or "") for one in elements if is_text or (one.text or "").strip()]

    def _read(self, record: Record[Any], place: Place, text: str) -> object:
        if place.form is None:
            return text
        try:
            return place.form.read(text)
        except (ValueError, ArithmeticError) as error:
            raise _unreadable(record, place.field, text) from error


_SHOWN = 40


def _unreadable(record: Record[Any], one: Field, text: str) -> DataFault:
    return DataFault("formats.wsinkasso.value", type=record.type_name, element=one.element, found=shown(text)[:_SHOWN])


def _path(named: str) -> Path:
    return HERE if named == "." else tuple(named.split("/"))


def _put(made: dict[str, object], path: Path, value: object) -> None:
    """Set a value at a path, beside what is there."""
    if path == HERE:
        if isinstance(value, Mapping):
            made.update(value)
        return
    first, *rest = path
    if not rest:
        made[first] = value
        return
    deeper = made.setdefault(first, {})
    if isinstance(deeper, dict):
        _put(deeper, tuple(rest), value)


def _children(found: etree._Element) -> dict[str, list[etree._Element]]:
    """What stands in an element, by name; what is said to be nothing is left out."""
    children: dict[str, list[etree._Element]] = {}
    for one in found:
        if one.get(_NIL) not in {"true", "1"}:
            children.setdefault(local_name(one), []).append(one)
    return children


def _at(children: Mapping[str, list[etree._Element]], path: Path) -> list[etree._Element]:
    found = children.get(path[0], [])
    for name in path[1:]:
        found = [deeper for one in found for deeper in _children(one).get(name, [])]
    return found
