"""Read XML that strangers wrote: no entities, no network, no document type, and never more of it than is needed.

Shared by the formats that are XML. What a file is, is told by the namespace and the name of its root (`root`); what is
in it comes element by element (`elements`), and whoever asked clears each one before the next. So a file of any size
takes little memory, and a hostile one is refused before it has cost anything:

* an encoding that is neither UTF-8 nor ISO-8859-1, and anything but comments and instructions before the root;
* a DOCTYPE, and with it every entity, internal or external;
* elements nested deeper than 256, a text of more than ten million characters (both are libxml2's limits);
* more than `LARGEST_ELEMENT` bytes between two elements that are asked for.

Source: W3C, "Extensible Markup Language (XML) 1.0", fifth edition, sections 2.8 and 4.3.3.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any, BinaryIO, Literal, NamedTuple, TypeAlias

from lxml import etree

from kravbro.core.errors import DataFault

CHUNK = 2**16
"""Bytes read at a time; the prolog, with the start of the root, must stand within the first."""

LARGEST_ELEMENT = 2**24
"""Bytes between two elements that are asked for, at most: far above one payment or the head of an entry."""

ENCODINGS = ("utf-8", "iso-8859-1")
_UTF_8_MARK = b"\xef\xbb\xbf"
_DECLARATION = re.compile(rb"<\?xml(?:[ \t\r\n][^>]*)?\?>")
_ENCODING = re.compile(rb"""[ \t\r\n]encoding[ \t\r\n]*=[ \t\r\n]*["']([A-Za-z0-9._-]+)["']""")
_MISCELLANEOUS = re.compile(rb"(?:[ \t\r\n]+|<!--.*?-->|<\?.*?\?>)*", re.DOTALL)
_SHOWN = 80


Event: TypeAlias = Literal["start", "end"]


class Root(NamedTuple):
    """The root of a document; its namespace is empty if it has none."""

    namespace: str
    name: str


class Met(NamedTuple):
    """An element that was asked for. At its start only its name and attributes may be read."""

    event: Event
    element: etree._Element


def is_xml(data: bytes) -> bool:
    """Whether the first bytes of a file are those of an XML document, sound or not, also of one in UTF-16."""
    if data.removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").startswith((b"<\0", b"\0<")):
        return True
    return data.removeprefix(_UTF_8_MARK).lstrip(b" \t\r\n").startswith(b"<")


def root(data: bytes, name: str) -> Root:
    """What the document says it is; `data` are its first bytes, at most `CHUNK` of which are looked at.

    Raises DataFault `formats.xml.encoding`, `.doctype`, `.prolog`, `.malformed`.
    """
    start = data[:CHUNK]
    _refuse_prolog(start, name)
    parser = _parser(("start",), None)
    try:
        parser.feed(start)
        first = next(iter(parser.read_events()), None)
    except etree.XMLSyntaxError as error:
        raise malformed(name, error) from error
    if first is None:
        raise DataFault("formats.xml.prolog", file=name, line=1, found=shown(start[:_SHOWN].decode("iso-8859-1")))
    return _root_of(first[1])


def chunks(source: BinaryIO) -> Iterator[bytes]:
    """The bytes of a file, piece by piece."""
    while chunk := source.read(CHUNK):
        yield chunk


def elements(
    data: Iterable[bytes], name: str, tags: Collection[str], events: tuple[Event, ...] = ("start", "end")
) -> Iterator[Met]:
    """The elements with one of these tags (`{namespace}name`), each as it starts and ends, in the order of the file.

    Raises DataFault `formats.xml.encoding`, `.doctype`, `.prolog`, `.malformed`, `.too_large`: at the place of the
    fault, so what came before it has been seen. Keep nothing of a document that was not gone through to its end.
    """
    parser = _parser(events, tuple(tags))
    since_last = read = 0
    try:
        for chunk in data:
            if not read:
                _refuse_prolog(chunk, name)
            parser.feed(chunk)
            read += len(chunk)
            since_last += len(chunk)
            for event, element in parser.read_events():
                since_last = 0
                yield Met(event, element)  # type: ignore[arg-type] # no other events were asked for
            if since_last > LARGEST_ELEMENT:
                raise DataFault("formats.xml.too_large", file=name, limit_mib=LARGEST_ELEMENT // 2**20)
        if not read:
            _refuse_prolog(b"", name)
        parser.close()
    except etree.XMLSyntaxError as error:
        raise malformed(name, error) from error


def whole(data: bytes, name: str) -> etree._Element:
    """The root of a small document with everything in it. Raises what `elements` raises, but never `.too_large`."""
    _refuse_prolog(data[:CHUNK], name)
    try:
        tree: etree._Element = etree.fromstring(data, etree.XMLParser(**_SAFE))
    except etree.XMLSyntaxError as error:
        raise malformed(name, error) from error
    return tree


def local_name(element: etree._Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def shown(text: str) -> str:
    """A text of a file as a message may show it: short, and with nothing that a terminal would obey."""
    start = text[:_SHOWN]
    return start if start.isprintable() else start.encode("unicode_escape").decode("ascii")


def malformed(name: str, error: etree.XMLSyntaxError) -> DataFault:
    """The fault of a document that is not well-formed, or breaks off."""
    return DataFault("formats.xml.malformed", file=name, line=max(error.lineno or 0, 1), reason=shown(error.msg or ""))


def _refuse_prolog(start: bytes, name: str) -> None:
    """Raise DataFault unless the root is the next thing after declaration, comments and instructions."""
    unmarked = start.removeprefix(_UTF_8_MARK)
    if unmarked.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in unmarked[:4]:
        raise DataFault("formats.xml.encoding", file=name, line=1, found="UTF-16", expected=_encodings())
    declaration = _DECLARATION.match(unmarked)
    if declaration:
        encoding = _ENCODING.search(declaration[0])
        if encoding and encoding[1].decode("ascii").lower() not in ENCODINGS:
            found = encoding[1].decode("ascii")
            raise DataFault("formats.xml.encoding", file=name, line=1, found=shown(found), expected=_encodings())
    before = _MISCELLANEOUS.match(unmarked, declaration.end() if declaration else 0)
    place = before.end() if before else 0
    line = unmarked.count(b"\n", 0, place) + 1
    if unmarked.startswith(b"<!DOCTYPE", place):
        raise DataFault("formats.xml.doctype", file=name, line=line)
    following = unmarked[place : place + _SHOWN]
    if not re.match(rb"<[A-Za-z_\x80-\xff]", following):
        raise DataFault("formats.xml.prolog", file=name, line=line, found=shown(following.decode("iso-8859-1")))


def _encodings() -> str:
    return ", ".join(ENCODINGS).upper()


_SAFE: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "dtd_validation": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
    "collect_ids": False,
}


def _parser(events: tuple[Event, ...], tags: tuple[str, ...] | None) -> etree.XMLPullParser[etree._Element]:
    return etree.XMLPullParser(events=events, tag=tags, **_SAFE)


def _root_of(element: etree._Element) -> Root:
    namespace, _, name = str(element.tag).rpartition("}")
    return Root(namespace.removeprefix("{"), name)
