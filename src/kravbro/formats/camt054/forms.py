"""Read what is written like something that was read before, many times sooner.

A bank writes its payments in a handful of forms: the same elements in the same order, of which only the texts differ.
The first of a form is gone through element by element (`walking`). From it a regular expression is made that fits
everything of exactly that form, character by character but for the texts; the next one is read by that alone. What fits
no form known, and any text with a character that XML writes otherwise (`&amp;`), is gone through as the first was. So
a form only saves time: what is read, and what is refused, is the same without it, and a test says so.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from lxml import etree

from kravbro.formats.camt054.layout import Children
from kravbro.formats.camt054.walking import Place, Values, walk

MOST = 12
"""Forms that are kept, the one that fitted last first: trying more costs what a form saves."""

_TAG = re.compile(r"(<[^>]*>)")
_BETWEEN = r"\s*"
_TEXT = "([^<&]*)"
_UNREAD = "[^<]*"


class Form(NamedTuple):
    """What fits the form, the keys of the texts in it, and the values that are the same in all of the form."""

    pattern: re.Pattern[str]
    keys: tuple[str, ...]
    same: Values


class Forms:
    """The forms of one kind of element, learned while a file is read."""

    def __init__(self, children: Children, path: str = "") -> None:
        """The forms of elements that hold `children`; keys begin with `path`."""
        self._children, self._path = children, path
        self._known: list[Form] = []

    def read(self, element: etree._Element) -> Values:
        """The values of an element. Raises what `walking.walk` raises."""
        text = etree.tostring(element, encoding="unicode", with_tail=False)
        known = self._known
        for place, form in enumerate(known):
            match = form.pattern.fullmatch(text)
            if match:
                if place:
                    known.insert(0, known.pop(place))
                read = form.same.copy()
                read.update(zip(form.keys, match.groups(), strict=True))
                return read
        values, places = walk(element, self._children, self._path)
        known.insert(0, _form(text, element, values, places))
        del known[MOST:]
        return values


def _form(text: str, element: etree._Element, values: Values, places: list[Place]) -> Form:
    """The form of an element that was gone through, and that is written as `text`."""
    key_of = {place.element: place.key for place in places}
    keys: list[str] = []
    pattern: list[str] = []
    elements = element.iter()
    holding_text = None
    for piece in _TAG.split(text):
        if piece.startswith("<"):
            pattern.append(re.escape(piece))
            holding_text = None
            if not piece.startswith("</"):
                started = next(elements)
                holding_text = None if piece.endswith("/>") or len(started) else started
        elif holding_text is None:
            pattern.append(_BETWEEN)
        elif holding_text in key_of:
            pattern.append(_TEXT)
            keys.append(key_of[holding_text])
        else:
            pattern.append(_UNREAD)
    same = {key: value for key, value in values.items() if key not in keys}
    return Form(re.compile("".join(pattern)), tuple(keys), same)
