"""Faults of camt.054: made where something is found wrong, given their place where the file is known."""

from __future__ import annotations

from lxml import etree

from kravbro.core.errors import DataFault
from kravbro.formats.xml_reading import shown

TRANSACTION = "TxDtls"
NOWHERE = 0
"""The line of a fault that has no place yet."""


def unreadable(what: str, key: str, expected: str = "", found: str = "") -> DataFault:
    """The fault `formats.camt054.<what>` of what stands under a key: what may stand there, and what was found."""
    code = f"formats.camt054.{what}"
    return DataFault(code, file="", line=NOWHERE, element=key.rstrip("/"), expected=expected, found=shown(found))


def located(fault: DataFault, file: str, path: str, element: etree._Element, transaction: int = 0) -> DataFault:
    """A fault with its place: the file, the line, and the whole path of the element.

    `path` leads to `element`, below which the fault's key begins; `transaction` is the number of the one that was read.
    A fault that has its place keeps it.
    """
    if fault.facts["line"] != NOWHERE:
        return fault
    key = str(fault.facts["element"])
    whole = f"NtryDtls/TxDtls[{transaction}]{key[len(TRANSACTION) :]}" if key.startswith(TRANSACTION) else key
    place = {"file": file, "line": line_of(element, key), "element": shown(f"{path}{whole}".rstrip("/"))}
    fault.facts |= place
    return DataFault(fault.code, **fault.facts)


def line_of(element: etree._Element, key: str) -> int:
    """The line of what stands under a key in an element, or of the nearest element around it."""
    steps = key.partition("@")[0].split("/")
    if steps[0] == TRANSACTION:
        steps = steps[1:] if etree.QName(element).localname == TRANSACTION else ["NtryDtls", *steps]
    for step in steps:
        name, _, number = step.rstrip("]").partition("[")
        found = [child for child in element if etree.QName(child).localname == name]
        if len(found) < int(number or "1"):
            break
        element = found[int(number or "1") - 1]
    return element.sourceline or 1
