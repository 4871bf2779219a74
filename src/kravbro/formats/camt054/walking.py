"""Go through one element by the layout, and take out what it says: the exact reader, which knows every fault.

What is read comes as values: key -> text. A key is the path below the entry (`BookgDt/Dt`), or below the transaction
(`TxDtls/Refs/TxId`); `Amt@Ccy` is an attribute, `Strd[2]` the second of several, and `Strd#` how many there are.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from lxml import etree

from kravbro.formats.camt054.faults import TRANSACTION, unreadable
from kravbro.formats.camt054.layout import Children, Reading

Values: TypeAlias = dict[str, str]
_NAMED = 5
"""How many elements that may come are named in a message."""


class Place(NamedTuple):
    """A text that was read, and the key it was read under."""

    element: etree._Element
    key: str


def walk(element: etree._Element, children: Children, path: str = "", until: str = "") -> tuple[Values, list[Place]]:
    """The values of an element, and where each stands, up to its first child with the tag `until`.

    Raises DataFault: `element`, `text`.
    """
    values: Values = {}
    places: list[Place] = []
    _walk(element, children, path, values, places, until)
    return values, places


def _walk(  # noqa: PLR0917 - it calls itself, and what it gathers goes along
    element: etree._Element, children: Children, path: str, values: Values, places: list[Place], until: str = ""
) -> None:
    _refuse_text(element.text, path)
    last, times = -1, 0
    for child in element:
        if child.tag == until:
            return
        node = children.get(str(child.tag))
        if node is None or node.position < last or (node.position == last and not node.many):
            raise unreadable("element", path + etree.QName(child).localname, _names(children, last), "")
        times = times + 1 if node.position == last else 1
        last = node.position
        key = path + node.name + (f"[{times}]" if times > 1 else "")
        if node.many and node.reading is not Reading.NONE:
            values[f"{path}{node.name}#"] = str(times)
        if node.children is not None:
            below = f"{TRANSACTION}/" if node.name == TRANSACTION else f"{key}/"
            _walk(child, node.children, below, values, places)
        elif node.reading is Reading.TEXT:
            _read(child, key, values)
            places.append(Place(child, key))
        elif node.reading is Reading.PRESENCE:
            values[key] = ""
        _refuse_text(child.tail, key)


def _read(element: etree._Element, key: str, values: Values) -> None:
    if len(element):
        raise unreadable("element", f"{key}/{etree.QName(element[0]).localname}", "-", "")
    values[key] = element.text or ""
    for name, value in element.attrib.items():
        values[f"{key}@{name}"] = str(value)


def _refuse_text(text: str | None, key: str) -> None:
    if text and not text.isspace():
        raise unreadable("text", key.rstrip("/"), "", text.strip())


def forget(element: etree._Element) -> None:
    """Let go of what an element holds, and of the one like it before: its own memory goes with the next of its kind.

    The element itself stays until then, for libxml2 may still be at work on the text behind it. Raises DataFault.
    """
    element.clear(keep_tail=True)
    before, above = element.getprevious(), element.getparent()
    if before is not None and above is not None and before.tag == element.tag:
        _refuse_text(before.tail, "")
        above.remove(before)


def _names(children: Children, last: int) -> str:
    """The names of what may come after the element at position `last`."""
    names = [node.name for node in children.values() if node.position > last or node.many]
    return ", ".join([*names[:_NAMED], *(["..."] if len(names) > _NAMED else [])]) or "-"
