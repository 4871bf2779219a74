"""How a record of ours is written in the web service's words, and read again.

A `Record` names the elements of one type in the schema, in its order, and the attribute that each is of. Between the
two stands *content*: plain values by element name, as SOAP libraries take and give them (text, whole numbers, decimals,
dates, booleans, and content or lists of it). `element` and `content_of` turn content into XML and back.

Empty text, and what is not there, are elements left out. A character that XML cannot hold becomes U+FFFD.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

from lxml import etree

from kravbro.core.errors import DataFault

NAMESPACE = "urn:kravbro:wsinkasso:1"
"""The target namespace of the schema; a change that a client must know of makes another."""
Content: TypeAlias = Mapping[str, object]
T = TypeVar("T")
Word = TypeVar("Word", bound=Enum)

_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Kind(NamedTuple):
    """What an element holds: `plain` makes content of a value, `value` a value of content, and `read` content of text.

    `type` is the type that the schema names, `nothing` the value where the element is left out. A kind of elements has
    no `read`; `many` may come any number of times. `words` are those of an enumeration.
    """

    type: str
    plain: Callable[[Any], object]
    value: Callable[[Any], object]
    read: Callable[[str], object] | None = None
    inner: Record[Any] | None = None
    many: bool = False
    nothing: object = None
    words: tuple[str, ...] = ()


class Field(NamedTuple):
    """An element and the attribute that it is of; an optional one that is left out leaves the attribute's default."""

    element: str
    attribute: str
    kind: Kind
    optional: bool = False


class Record(Generic[T]):
    """The elements of one type of the schema, in order, and the class that they are of."""

    def __init__(self, made: Callable[..., T], type_name: str, *fields: Field) -> None:
        self.made = made
        self.type_name = type_name
        self.fields = fields
        self.by_element = {one.element: one for one in fields}

    def content(self, value: T) -> dict[str, object]:
        """The content of a value: what is empty or missing and may be left out is."""
        plain = {one.element: getattr(value, one.attribute) for one in self.fields}
        return {
            element: self.by_element[element].kind.plain(its)
            for element, its in plain.items()
            if not (self.by_element[element].optional and _is_nothing(its))
        }

    def value(self, content: Content) -> T:
        """The value that content stands for. Raises DataFault `formats.wsinkasso.missing`, `.value`."""
        attributes: dict[str, object] = {}
        for one in self.fields:
            found = content.get(one.element)
            if found is None or found == []:
                if not one.optional:
                    raise DataFault("formats.wsinkasso.missing", type=self.type_name, element=one.element)
                attributes[one.attribute] = one.kind.nothing
            else:
                attributes[one.attribute] = self._read(one, found)
        return self.made(**attributes)

    def _read(self, one: Field, found: object) -> object:
        try:
            return one.kind.value(found)
        except (ValueError, TypeError, ArithmeticError, KeyError) as error:
            shown = str(found)[:_SHOWN]
            raise DataFault("formats.wsinkasso.value", type=self.type_name, element=one.element, found=shown) from error


_SHOWN = 40


def _is_nothing(value: object) -> bool:
    return value is None or value in ("", (), {})


# Kinds of values.


def as_text(value: str) -> str:
    """A text as XML can hold it."""
    return _UNFIT.sub("\ufffd", value)


def as_name(value: str) -> str:
    """A short text on one line, as the schema wants it: what breaks a line, or tabs it, becomes a blank."""
    return as_text(value).translate(_ON_ONE_LINE)


_ON_ONE_LINE = str.maketrans("\t\n\r", "   ")


def _number(value: object) -> int:
    """A whole number that a database can hold."""
    if not isinstance(value, int) or isinstance(value, bool) or not -(2**63) <= value < 2**63:
        raise ValueError
    return value


def _kroner(ore: int) -> Decimal:
    return Decimal(ore).scaleb(-2)


def _ore(kroner: Decimal) -> int:
    """Whole øre, or ValueError: nothing is rounded."""
    ore = Decimal(kroner).scaleb(2)
    if ore != ore.to_integral_value():
        raise ValueError
    return _number(int(ore))


def _day(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _flag(text: str) -> bool:
    return {"true": True, "1": True, "false": False, "0": False}[text]


def _itself(value: object) -> object:
    return value


TEXT = Kind("Tekst", as_text, str, str, nothing="")
NAME = Kind("Navn", as_name, str, str, nothing="")
NUMBER = Kind("Nummer", _number, _number, int)
COUNT = Kind("Antall", _number, _number, int)
COMPANY = Kind("Firmanr", _number, _number, int)
ORE = Kind("Belop", _kroner, _ore, Decimal)
DAY = Kind("Dato", _itself, _day, date.fromisoformat)
FLAG = Kind("xs:boolean", bool, bool, _flag)


def choice(type_name: str, words: Mapping[Word, str]) -> Kind:
    """One of a few words, each of which stands for a member of an enumeration."""
    members = {word: member for member, word in words.items()}
    return Kind(type_name, words.__getitem__, members.__getitem__, str, words=tuple(members))


def nested(record: Record[Any]) -> Kind:
    """One element with elements in it."""
    return Kind(record.type_name, record.content, record.value, inner=record)


def listed(record: Record[Any]) -> Kind:
    """Any number of elements with elements in them, in order."""
    return Kind(
        record.type_name,
        lambda values: [record.content(its) for its in values],
        lambda contents: tuple(record.value(its) for its in contents),
        inner=record,
        many=True,
        nothing=(),
    )


def listed_numbers() -> Kind:
    """Any number of whole numbers, in order."""
    return Kind(
        "Nummer",
        lambda values: [_number(its) for its in values],
        lambda contents: tuple(_number(its) for its in contents),
        int,
        many=True,
        nothing=(),
    )


# Content and XML.


def element(name: str, content: Content, record: Record[Any]) -> etree._Element:
    """Content as an element of our namespace, its elements in the schema's order."""
    made = etree.Element(f"{{{NAMESPACE}}}{name}", nsmap={None: NAMESPACE})
    _fill(made, content, record)
    return made


def _fill(made: etree._Element, content: Content, record: Record[Any]) -> None:
    for its in record.fields:
        found = content.get(its.element)
        if found is None:
            continue
        for single in found if its.kind.many and isinstance(found, list) else (found,):
            child = etree.SubElement(made, f"{{{NAMESPACE}}}{its.element}")
            if its.kind.inner is not None and isinstance(single, Mapping):
                _fill(child, single, its.kind.inner)
            else:
                child.text = _written(single)


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def content_of(found: etree._Element, record: Record[Any]) -> dict[str, object]:
    """The content of an element that the schema has found valid."""
    content: dict[str, object] = {}
    for child in found:
        name = str(child.tag).rpartition("}")[2]
        kind = record.by_element[name].kind
        value = content_of(child, kind.inner) if kind.inner is not None else _plain(record, kind, child)
        if kind.many:
            _listed(content, name).append(value)
        else:
            content[name] = value
    return content


def _listed(content: dict[str, object], name: str) -> list[object]:
    found = content.setdefault(name, [])
    return found if isinstance(found, list) else [found]


def _plain(record: Record[Any], kind: Kind, found: etree._Element) -> object:
    """The value of an element's text. Raises DataFault `formats.wsinkasso.value` for a day that there never was."""
    text = found.text or ""
    if kind.read in (None, str):
        return text
    try:
        return kind.read(text.strip())
    except (ValueError, ArithmeticError, KeyError) as error:
        name = str(found.tag).rpartition("}")[2]
        raise DataFault("formats.wsinkasso.value", type=record.type_name, element=name, found=text[:_SHOWN]) from error
