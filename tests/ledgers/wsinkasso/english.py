"""A service that says the same in English, nested otherwise, with days as 20260302, amounts in øre and J/N: its
description in two files, its settings, and a server that translates. Shares nothing with the mapping table."""

from __future__ import annotations

from copy import deepcopy
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
from lxml import etree

from kravbro.formats.wsinkasso.description import WSDL, XS, description
from kravbro.formats.wsinkasso.envelopes import ENVELOPE
from kravbro.formats.wsinkasso.fields import NAMESPACE, Record
from kravbro.formats.wsinkasso.operations import BY_NAME
from tests.ledgers.wsinkasso.english_names import ELEMENTS, FUNCTIONS, INVOICE, LACKING, WORDS
from tests.ledgers.wsinkasso.stand_in import StandIn

ENGLISH = "http://erp.example/collection/2"
FLAGS = ("J", "N")
SYSTEM = "KRAVBRO"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
OURS = {theirs: ours for ours, theirs in FUNCTIONS.items()}


def settings(folder: Path) -> str:
    """Write the description into a folder; answers the settings of a client."""
    file = folder / "collection.wsdl"
    if not file.exists():
        wsdl, schema = _description()
        file.write_bytes(wsdl)
        (folder / "collection.xsd").write_bytes(schema)
    extra = "".join(f'[extra.{one}]\nSystem = "{SYSTEM}"\n' for one in FUNCTIONS if BY_NAME[one].writes)
    return f"""
wsdl = "{file}"
service = "Collection"
[forms]
days = "compact"
amounts = "ore"
flags = ["J", "N"]
[functions]
{_lines(FUNCTIONS | {LACKING: ""})}
[elements]
{_lines(ELEMENTS)}
[types.Krav]
Krevd = "."
Brev = "Letters/Letter"
{_lines({ours: f"Invoice/{theirs}" for ours, theirs in INVOICE.items()})}
[types.OppdaterStatus]
MeldingId = ""
[constants.TidligereOverfort]
Valuta = "NOK"
{extra}
{"".join(f"[words.{kind}]{chr(10)}{_lines(words)}{chr(10)}" for kind, words in WORDS.items())}
"""


def _lines(pairs: dict[str, str]) -> str:
    return "\n".join(f'{ours} = "{theirs}"' for ours, theirs in pairs.items())


# The description: ours, with everything named otherwise.


def _description() -> tuple[bytes, bytes]:
    """The description, and the schema that it imports from a file beside it."""
    root = etree.fromstring(description("http://localhost/").replace(NAMESPACE.encode(), ENGLISH.encode()))
    schema = root.find(f".//{{{XS}}}schema")
    assert schema is not None
    for one in list(schema.iter(f"{{{XS}}}annotation")):
        one.getparent().remove(one)  # type: ignore[union-attr] # it stands in something
    _remove_function(root, schema)
    _nest_claims(schema)
    _rename(root, schema)
    lone = etree.tostring(schema)
    for child in list(schema):
        schema.remove(child)
    etree.SubElement(schema, f"{{{XS}}}include", schemaLocation="collection.xsd")
    return etree.tostring(root), lone


def _remove_function(root: Any, schema: Any) -> None:
    for found in [*root.iter(f"{{{WSDL}}}operation"), *root.iter(f"{{{WSDL}}}message"), *schema]:
        if found.get("name") in {LACKING, f"{LACKING}Svar"}:
            found.getparent().remove(found)


def _type(schema: Any, name: str) -> Any:
    (found,) = schema.xpath(f"xs:complexType[@name='{name}']/xs:sequence", namespaces={"xs": XS})
    return found


def _nest_claims(schema: Any) -> None:
    """Sums directly in the claim, invoice and letters in elements of their own; no id of statuses, no currency."""
    claim = _type(schema, "Krav")
    by_name = {one.get("name"): one for one in claim}
    for one in reversed(_type(schema, "Kravsum")):
        by_name["Krevd"].addnext(deepcopy(one))
    claim.remove(by_name["Krevd"])
    invoice = _sequence(claim, "Invoice")
    for ours, theirs in INVOICE.items():
        by_name[ours].set("name", theirs)
        invoice.append(by_name[ours])
    letters = _sequence(claim, "Letters", "0")
    letters.append(by_name["Brev"])
    (status,) = schema.xpath("xs:element[@name='OppdaterStatus']//xs:sequence", namespaces={"xs": XS})
    status.remove(status[0])
    transferred = _type(schema, "TidligereOverfort")
    transferred.remove(next(one for one in transferred if one.get("name") == "Valuta"))


def _sequence(parent: Any, name: str, least: str = "1") -> Any:
    made = etree.SubElement(parent, f"{{{XS}}}element", name=name, minOccurs=least)
    return etree.SubElement(etree.SubElement(made, f"{{{XS}}}complexType"), f"{{{XS}}}sequence")


def _rename(root: Any, schema: Any) -> None:
    texts = {"Dato": "xs:string", "Belop": "xs:long"}
    for one in schema.iter(f"{{{XS}}}element"):
        kind = one.get("type", "").removeprefix("t:")
        if kind in texts or kind == "xs:boolean":
            one.set("type", texts.get(kind, "xs:string"))
        one.set("name", _named(one.get("name"), top=one.getparent() is schema))
    for one in schema.iter(f"{{{XS}}}enumeration"):
        words = WORDS.get(one.getparent().getparent().get("name"), {})
        one.set("value", words.get(one.get("value"), one.get("value")))
    for name, ours in FUNCTIONS.items():
        if BY_NAME[name].writes:
            (asked,) = schema.xpath(f"xs:element[@name='{ours}']//xs:sequence", namespaces={"xs": XS})
            etree.SubElement(asked, f"{{{XS}}}element", name="System", type="xs:string")
    for one in root.iter(f"{{{WSDL}}}operation", f"{{{WSDL}}}part", f"{{{WSDL}}}service"):
        if one.tag.endswith("part"):
            one.set("element", f"t:{_named(one.get('element').removeprefix('t:'), top=True)}")
        else:
            one.set("name", FUNCTIONS.get(one.get("name"), "Collection"))


def _named(name: str, *, top: bool) -> str:
    if not top:
        return ELEMENTS.get(name, name)
    ours = name.removesuffix("Svar") if name.removesuffix("Svar") in FUNCTIONS else name
    return name if ours not in FUNCTIONS else FUNCTIONS[ours] + ("Response" if name.endswith("Svar") else "")


# The server: English in, English out, and ours between.


class EnglishService(StandIn):
    """Translates each call, asks the service of our contract, and translates its answer."""

    def respond(self, message: bytes) -> tuple[int, bytes]:
        envelope = etree.fromstring(message)
        (asked,) = envelope[-1]
        name = OURS[etree.QName(asked).localname]
        assert etree.QName(asked).namespace == ENGLISH
        operation = BY_NAME[name]
        if operation.writes:
            system = asked[-1]
            assert (etree.QName(system).localname, system.text) == ("System", SYSTEM)
            asked.remove(system)
        ours = _to_ours(asked, name, operation.takes)
        if name == "OppdaterStatus":
            ours.insert(0, etree.Element(f"{{{NAMESPACE}}}MeldingId"))
            ours[0].text = "not told"
        envelope[-1].replace(asked, ours)
        status, answered = super().respond(etree.tostring(envelope))
        back = etree.fromstring(answered)
        if status == httpx.codes.OK:
            found = back.find(f"{{{ENVELOPE}}}Body")[0]  # type: ignore[index] # an answer has a body
            found.getparent().replace(found, _to_english(found, f"{FUNCTIONS[name]}Response", operation.gives))  # type: ignore[union-attr] # in a body
        return status, etree.tostring(back)


def _to_ours(found: Any, name: str, record: Record[Any]) -> Any:
    """Requests have no place of their own for anything, so that names and values are all there is to translate."""
    made = etree.Element(f"{{{NAMESPACE}}}{name}")
    known = {ELEMENTS[one.element]: one for one in record.fields}
    for child in found:
        field = known[etree.QName(child).localname]
        if field.kind.inner is not None:
            made.append(_to_ours(child, field.element, field.kind.inner))
        else:
            text = child.text or ""
            if field.kind.type == "Dato":
                text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
            elif field.kind.type == "Belop":
                text = f"{Decimal(text) / 100:.2f}"
            elif field.kind.words:
                (text,) = (ours for ours, theirs in WORDS[field.kind.type].items() if theirs == text)
            etree.SubElement(made, f"{{{NAMESPACE}}}{field.element}").text = text
    return made


def _to_english(found: Any, name: str, record: Record[Any]) -> Any:
    made = etree.Element(f"{{{ENGLISH}}}{name}", nsmap={"c": ENGLISH})
    for child in found:
        field = record.by_element[etree.QName(child).localname]
        inner, theirs = field.kind.inner, ELEMENTS[field.element]
        if record.type_name == "Krav" and field.element == "Krevd" and inner is not None:
            made.extend(_to_english(child, theirs, inner))
        elif record.type_name == "Krav" and field.element in INVOICE:
            etree.SubElement(_beside(made, "Invoice"), f"{{{ENGLISH}}}{INVOICE[field.element]}").text = _said(
                child, field
            )
        elif record.type_name == "Krav" and field.element == "Brev" and inner is not None:
            _beside(made, "Letters").append(_to_english(child, theirs, inner))
        elif inner is not None:
            made.append(_to_english(child, theirs, inner))
        elif (record.type_name, field.element) != ("TidligereOverfort", "Valuta"):
            etree.SubElement(made, f"{{{ENGLISH}}}{theirs}").text = _said(child, field)
    for field in record.fields:
        if field.optional and not field.kind.many and found.find(f"{{{NAMESPACE}}}{field.element}") is None:
            nil = etree.SubElement(made, f"{{{ENGLISH}}}{ELEMENTS[field.element]}")
            nil.set(f"{{{_XSI}}}nil", "true")
    return made


def _beside(made: Any, name: str) -> Any:
    found = made.find(f"{{{ENGLISH}}}{name}")
    return etree.SubElement(made, f"{{{ENGLISH}}}{name}") if found is None else found


def _said(child: Any, field: Any) -> str:
    text = child.text or ""
    if field.kind.type == "Dato":
        return text.replace("-", "")
    if field.kind.type == "Belop":
        return f"{Decimal(text) * 100:.0f}"
    if field.kind.type == "xs:boolean":
        return FLAGS[0] if text == "true" else FLAGS[1]
    return WORDS[field.kind.type][text] if field.kind.words else text
