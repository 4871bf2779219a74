"""What went wrong with a call, as a SOAP Fault: a stable code, one of four kinds, and where in the message it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from enum import StrEnum

import msgspec
from lxml import etree

from kravbro.core.errors import DataFault, KravbroError, Retry, Skip, Stop
from kravbro.formats.wsinkasso.fields import NAMESPACE, as_text

Explain = Callable[[KravbroError], str]
"""The sentence of an error, in the language of the service."""


class Blame(StrEnum):
    """Who is at fault, in SOAP's words (SOAP 1.1, section 4.4.1)."""

    CLIENT = "Client"
    SERVER = "Server"
    VERSION = "VersionMismatch"
    HEADER = "MustUnderstand"


_KINDS: dict[type[KravbroError], str] = {
    Retry: "PROV_IGJEN",
    Skip: "HOPP_OVER",
    Stop: "STOPP",
    DataFault: "DATAFEIL",
}
_ERRORS = {word: kind for kind, word in _KINDS.items()}
_BLAME = {Retry: Blame.SERVER, Skip: Blame.CLIENT, Stop: Blame.SERVER, DataFault: Blame.CLIENT}


_AT_FAULT = {
    "formats.wsinkasso.no_envelope": Blame.VERSION,
    "formats.wsinkasso.header": Blame.HEADER,
}


def blame(error: KravbroError) -> Blame:
    """Whose fault an error is: the message's, unless trying again, or a person at the ledger, would help."""
    return _AT_FAULT.get(error.code, _BLAME[type(error)])


def detail(error: KravbroError, sentence: str) -> etree._Element:
    """The element `Feil` of an error. A fact `place` is the path of the element that it is about."""
    made = etree.Element(f"{{{NAMESPACE}}}Feil", nsmap={None: NAMESPACE})
    _add(made, "Slag", _KINDS[type(error)])
    _add(made, "Kode", error.code)
    _add(made, "Tekst", sentence)
    if place := error.facts.get("place"):
        _add(made, "Sted", str(place))
    for name, value in error.facts.items():
        fact = _add(made, "Opplysning", str(value))
        fact.set("navn", name)
        if isinstance(value, date):
            fact.set("art", "DATO")
        elif isinstance(value, int):
            fact.set("art", "HELTALL")
    return made


def _add(parent: etree._Element, name: str, text: str) -> etree._Element:
    made = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    made.text = as_text(text)[:_LONGEST]
    return made


_LONGEST = 4_000


class Told(msgspec.Struct, frozen=True):
    """What a fault said: the error as it was raised there, and its sentence."""

    error: KravbroError
    sentence: str


def told(found: etree._Element) -> Told:
    """The error that an element `Feil` stands for. Raises DataFault `formats.wsinkasso.fault` if it says none."""
    kind = _ERRORS.get(found.findtext(f"{{{NAMESPACE}}}Slag", ""))
    code = found.findtext(f"{{{NAMESPACE}}}Kode", "")
    if kind is None or not code:
        raise DataFault("formats.wsinkasso.fault")
    facts = {fact.get("navn", ""): _fact(fact) for fact in found.iterfind(f"{{{NAMESPACE}}}Opplysning")}
    return Told(kind(code, **facts), found.findtext(f"{{{NAMESPACE}}}Tekst", ""))


def _fact(found: etree._Element) -> object:
    text = found.text or ""
    try:
        if found.get("art") == "HELTALL":
            return int(text)
        return date.fromisoformat(text) if found.get("art") == "DATO" else text
    except ValueError as error:
        raise DataFault("formats.wsinkasso.fault") from error
