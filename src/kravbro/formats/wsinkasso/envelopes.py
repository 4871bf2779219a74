"""SOAP 1.1 around the service's messages: read what strangers send, and write answers and faults.

A call is refused before anything is done with it: what is not XML that is safe to read (`formats.xml_reading`), is no
SOAP 1.1, has a header that must be understood, names no function of ours, or does not fit the schema.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec
from lxml import etree

from kravbro.core.errors import DataFault, KravbroError
from kravbro.formats.wsinkasso.description import schema_bytes
from kravbro.formats.wsinkasso.faults import blame, detail
from kravbro.formats.wsinkasso.fields import NAMESPACE, as_text, content_of, element
from kravbro.formats.wsinkasso.operations import BY_NAME, Operation
from kravbro.formats.xml_reading import local_name, shown, whole

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
LARGEST = 16 * 2**20
"""Bytes of a message, at most: a thousand vouchers with long texts are below it."""
DEEPEST = 16
"""How deep elements may stand; the deepest of ours is at nine."""
_NAME = "SOAP"


class Call(NamedTuple):
    """A call that fits the contract: the function, and the value of what it takes."""

    operation: Operation
    value: object


class Contract:
    """The schema, ready to judge messages. One for each thread: its log of faults must be no other thread's."""

    def __init__(self) -> None:
        self._schema = etree.XMLSchema(etree.fromstring(schema_bytes()))

    def read_call(self, message: bytes) -> Call:
        """The call in a message. Raises DataFault `formats.xml.*`, `formats.wsinkasso.*`."""
        body = body_of(message)
        name = local_name(body)
        operation = BY_NAME.get(name)
        if operation is None or body.tag != f"{{{NAMESPACE}}}{name}":
            raise DataFault("formats.wsinkasso.unknown_operation", found=shown(name))
        self.require_valid(body)
        return Call(operation, operation.takes.value(content_of(body, operation.takes)))

    def require_valid(self, body: etree._Element) -> None:
        """Raise DataFault `formats.wsinkasso.schema` with the path of the first fault unless the schema allows it.

        The values at fault are not told: they may be somebody's.
        """
        alone = etree.ElementTree(body)
        if self._schema.validate(alone):
            return
        fault = self._schema.error_log[0]
        place = _path(alone, fault.path or "") or local_name(body)
        rule = fault.type_name.removeprefix("SCHEMAV_").lower()
        raise DataFault("formats.wsinkasso.schema", place=place, rule=rule)


def body_of(message: bytes) -> etree._Element:
    """The one element in the body of a message, of a call or of an answer.

    Raises DataFault `formats.xml.*`, `formats.wsinkasso.too_large`, `.too_deep`, `.no_envelope`, `.no_body`, `.header`.
    """
    if len(message) > LARGEST:
        raise DataFault("formats.wsinkasso.too_large", limit_mib=LARGEST // 2**20)
    root = whole(message, _NAME)
    _refuse_depth(root)
    if local_name(root) != "Envelope" or root.tag != f"{{{ENVELOPE}}}Envelope":
        raise DataFault("formats.wsinkasso.no_envelope", found=shown(str(root.tag)))
    parts = [str(part.tag).removeprefix(f"{{{ENVELOPE}}}") for part in root]
    if parts not in (["Body"], ["Header", "Body"]):
        raise DataFault("formats.wsinkasso.no_body", found=shown(", ".join(parts)))
    for header in root[0] if parts[0] == "Header" else ():
        if header.get(f"{{{ENVELOPE}}}mustUnderstand") not in (None, "0"):
            raise DataFault("formats.wsinkasso.header", header=shown(local_name(header)))
    if len(root[-1]) != 1:
        raise DataFault("formats.wsinkasso.no_body", found=f"{len(root[-1])} x Body/*")
    return root[-1][0]


def _refuse_depth(root: etree._Element) -> None:
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > DEEPEST:
            raise DataFault("formats.wsinkasso.too_deep", limit=DEEPEST)


def _path(tree: etree._ElementTree[etree._Element], path: str) -> str:
    """A path by names without prefixes, such as `LeverBilag/Bilag[2]/Linje/Belop`, of one that libxml2 gives."""
    prefixes = {name: uri for name, uri in tree.getroot().nsmap.items() if name}
    try:
        found = tree.xpath(path, namespaces=prefixes)
    except etree.XPathEvalError:  # a prefix that is declared further in
        return ""
    one = found[0] if isinstance(found, list) and found and etree.iselement(found[0]) else None
    steps = []
    while one is not None:
        steps.append(_step(one))
        one = one.getparent() if one is not tree.getroot() else None
    return "/".join(reversed(steps))


def _step(one: etree._Element) -> str:
    parent = one.getparent()
    alike = [] if parent is None else [other for other in parent if other.tag == one.tag]
    return local_name(one) + (f"[{alike.index(one) + 1}]" if len(alike) > 1 else "")


def answer(operation: Operation, value: msgspec.Struct) -> bytes:
    """The message that answers a call."""
    return enveloped(element(operation.answer, operation.gives.content(value), operation.gives))


def fault(error: KravbroError, sentence: str) -> bytes:
    """The message that refuses a call, with the sentence of the error."""
    made = etree.Element(f"{{{ENVELOPE}}}Fault", nsmap={"soap": ENVELOPE})
    etree.SubElement(made, "faultcode").text = f"soap:{blame(error)}"
    etree.SubElement(made, "faultstring").text = as_text(sentence)
    etree.SubElement(made, "detail").append(detail(error, sentence))
    return enveloped(made)


def enveloped(content: etree._Element) -> bytes:
    """An element in an envelope, as UTF-8."""
    root = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"soap": ENVELOPE})
    etree.SubElement(root, f"{{{ENVELOPE}}}Body").append(content)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
