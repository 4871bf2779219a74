"""Read a pain.001 message that `render` wrote, and refuse every other.

The values are taken out, and the message is written anew from them: whatever the file says differently, or has besides,
is found at the first element that is not the same. So nothing of a message can be read and the rest overlooked.
"""

from __future__ import annotations

from datetime import date, datetime
from itertools import zip_longest

from lxml import etree

from kravbro.core.errors import DataFault
from kravbro.core.money import parse_kroner
from kravbro.formats import xml_reading
from kravbro.formats.pain001.records import Message, Payment, Transfer, Version
from kravbro.formats.pain001.rules import refuse_unwritable
from kravbro.formats.pain001.writing import NAMESPACES, ROOT, document

_PREFIX = "p"


def parse(data: bytes, name: str) -> Message:
    """The message; `name` is what faults call the file.

    Raises DataFault `formats.xml.*` for what is no sound XML, `formats.pain001.namespace` for another kind of document,
    `formats.pain001.value` for a value that cannot be read, `formats.pain001.differs` for the first element that is not
    as this program would have written it, and `formats.pain001.unwritable` for a value that breaks a rule.
    """
    root = xml_reading.root(data, name)
    versions = {namespace: version for version, namespace in NAMESPACES.items()}
    version = versions.get(root.namespace)
    if version is None or root.name != ROOT:
        found = xml_reading.shown(f"{root.name} {root.namespace}".strip())
        raise DataFault("formats.pain001.namespace", file=name, found=found, expected=", ".join(versions))
    tree = xml_reading.whole(data, name)
    message = _Reader(name, NAMESPACES[version]).message(tree, version)
    _compare(tree, document(message), name)
    refuse_unwritable(message)
    return message


def validate(data: bytes, name: str) -> None:
    """Raise what `parse` raises."""
    parse(data, name)


class _Reader:
    """Takes values out of a tree by their paths."""

    def __init__(self, name: str, namespace: str) -> None:
        self._name = name
        self._names = {_PREFIX: namespace}

    def message(self, tree: etree._Element, version: Version) -> Message:
        """The message that a tree holds."""
        header = "CstmrCdtTrfInitn/GrpHdr"
        created = self._text(tree, f"{header}/CreDtTm")
        try:
            created_at = datetime.fromisoformat(created)
        except ValueError as error:
            raise self._unreadable(tree, "CreDtTm", created) from error
        return Message(
            id=self._text(tree, f"{header}/MsgId"),
            created_at=created_at,
            initiator_name=self._text(tree, f"{header}/InitgPty/Nm"),
            initiator_id=self._text(tree, f"{header}/InitgPty/Id/OrgId/Othr/Id"),
            payments=tuple(self._payment(part, version) for part in self._all(tree, "CstmrCdtTrfInitn/PmtInf")),
            version=version,
        )

    def _payment(self, part: etree._Element, version: Version) -> Payment:
        day = self._text(part, "ReqdExctnDt" if version == "001.03" else "ReqdExctnDt/Dt")
        bic = "BIC" if version == "001.03" else "BICFI"
        try:
            requested_on = date.fromisoformat(day)
        except ValueError as error:
            raise self._unreadable(part, "ReqdExctnDt", day) from error
        return Payment(
            id=self._text(part, "PmtInfId"),
            debtor_name=self._text(part, "Dbtr/Nm"),
            debtor_account=self._text(part, "DbtrAcct/Id/Othr/Id"),
            debtor_bic=self._text(part, f"DbtrAgt/FinInstnId/{bic}"),
            requested_on=requested_on,
            transfers=tuple(self._transfer(one) for one in self._all(part, "CdtTrfTxInf")),
        )

    def _transfer(self, part: etree._Element) -> Transfer:
        amount = self._text(part, "Amt/InstdAmt")
        try:
            amount_ore = parse_kroner(amount)
        except DataFault as error:
            raise self._unreadable(part, "InstdAmt", amount) from error
        return Transfer(
            end_to_end_id=self._text(part, "PmtId/EndToEndId"),
            creditor_name=self._text(part, "Cdtr/Nm"),
            creditor_account=self._text(part, "CdtrAcct/Id/Othr/Id"),
            amount_ore=amount_ore,
            kid=self._text(part, "RmtInf/Strd/CdtrRefInf/Ref") or None,
            text=self._text(part, "RmtInf/Ustrd") or None,
        )

    def _all(self, part: etree._Element, path: str) -> list[etree._Element]:
        return part.findall("/".join(f"{_PREFIX}:{step}" for step in path.split("/")), self._names)

    def _text(self, part: etree._Element, path: str) -> str:
        """The text at a path; nothing if there is no such element, which the comparison then finds."""
        found = self._all(part, path)
        return (found[0].text or "") if found else ""

    def _unreadable(self, part: etree._Element, field: str, found: str) -> DataFault:
        """The fault of a value that is missing or means nothing."""
        line = part.sourceline or 1
        return DataFault(
            "formats.pain001.value", file=self._name, line=line, field=field, found=xml_reading.shown(found)
        )


def _compare(given: etree._Element, written: etree._Element, name: str) -> None:
    """Raise DataFault for the first element of the file that is not the same in the message written anew."""
    for found, expected in zip_longest(given.iter(), written.iter()):
        if found is None:
            raise _differs(name, given, "", xml_reading.local_name(expected))
        same_parent = expected is not None and _depth(found) == _depth(expected)
        if not same_parent or found.tag != expected.tag:
            raise _differs(name, found, "", "" if expected is None else xml_reading.local_name(expected))
        if found.attrib != expected.attrib or _stripped(found) != _stripped(expected) or (found.tail or "").strip():
            raise _differs(name, found, _told(found), _told(expected))


def _depth(element: etree._Element) -> int:
    return sum(1 for _ in element.iterancestors())


def _stripped(element: etree._Element) -> str:
    """The text of an element; whitespace around elements within it means nothing."""
    text = element.text or ""
    return text.strip() if len(element) else text


def _told(element: etree._Element) -> str:
    attributes = " ".join(f"{key}={value}" for key, value in element.attrib.items())
    return xml_reading.shown(f"{attributes} {element.text or ''}".strip())


def _differs(name: str, element: etree._Element, found: str, expected: str) -> DataFault:
    """The fault of an element that is not as it was written, or that is not where another one must be."""
    field = xml_reading.local_name(element)
    line = element.sourceline or 1
    return DataFault("formats.pain001.differs", file=name, line=line, field=field, found=found, expected=expected)
