"""Errors of XML files: what is no sound XML, or could harm whoever reads it."""

from __future__ import annotations

from pathlib import Path

from kravbro.formats import pain001, xml_reading
from tests.errors.gallery import provokes
from tests.formats.pain001_files import message, payment, transfer

NAME = "refunds.xml"
SOUND = pain001.render(message())


def read(data: bytes) -> None:
    """Read a file with these bytes."""
    pain001.validate(data, NAME)


@provokes("formats.xml.encoding")
def a_file_that_an_editor_saved_in_utf_16(_: Path) -> None:
    read(SOUND.decode("utf-8").encode("utf-16"))


@provokes("formats.xml.doctype")
def a_file_that_would_fetch_another(_: Path) -> None:
    read(b'<!DOCTYPE Document [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + SOUND.partition(b"\n")[2])


@provokes("formats.xml.prolog")
def a_page_of_the_bank_instead_of_the_file(_: Path) -> None:
    read(b"Please log in")


@provokes("formats.xml.malformed")
def a_file_that_breaks_off(_: Path) -> None:
    read(SOUND[:-40])


@provokes("formats.xml.too_large")
def an_element_that_never_ends(folder: Path) -> None:
    data = b"<r><b>" + b"<c/>" * (xml_reading.LARGEST_ELEMENT // 4 + 50_000) + b"</b></r>"
    (folder / NAME).write_bytes(data)
    with (folder / NAME).open("rb") as file:
        list(xml_reading.elements(xml_reading.chunks(file), NAME, ("a",)))


@provokes("formats.pain001.namespace")
def a_payment_file_where_an_order_was_meant(_: Path) -> None:
    read(b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.02"/>')


@provokes("formats.pain001.value")
def a_day_that_does_not_exist(_: Path) -> None:
    read(SOUND.replace(b"2026-11-24", b"2026-11-31"))


@provokes("formats.pain001.differs")
def an_amount_that_somebody_raised(_: Path) -> None:
    read(SOUND.replace(b'Ccy="NOK">250.00', b'Ccy="NOK">2500.00'))


@provokes("formats.pain001.unwritable")
def a_refund_of_nothing(_: Path) -> None:
    pain001.render(message(payment(transfer(amount_ore=0))))
