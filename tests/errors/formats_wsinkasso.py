"""Errors of messages to and from the web service."""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from kravbro.formats.wsinkasso.envelopes import DEEPEST, LARGEST
from kravbro.formats.wsinkasso.faults import told
from kravbro.formats.wsinkasso.records import PARTY
from tests.errors.gallery import provokes
from tests.formats.wsinkasso_messages import CALLS, CONTRACT, PERSON, call

SOUND = call("LeverBilag", CALLS["LeverBilag"])


@provokes("formats.wsinkasso.missing")
def a_site_whose_customers_have_no_number(_: Path) -> None:
    PARTY.value({name: value for name, value in PARTY.content(PERSON).items() if name != "Kundenr"})


@provokes("formats.wsinkasso.value")
def a_site_that_calls_persons_otherwise(_: Path) -> None:
    PARTY.value(PARTY.content(PERSON) | {"Art": "PRIVAT"})


@provokes("formats.wsinkasso.unknown_operation")
def a_function_that_there_is_not(_: Path) -> None:
    CONTRACT.read_call(SOUND.replace(b"LeverBilag", b"SlettBilag"))


@provokes("formats.wsinkasso.too_large")
def a_message_without_end(_: Path) -> None:
    CONTRACT.read_call(SOUND + b"\n" * LARGEST)


@provokes("formats.wsinkasso.too_deep")
def elements_within_elements(_: Path) -> None:
    CONTRACT.read_call(SOUND.replace(b"Oppgj", b"<a>" * DEEPEST + b"</a>" * DEEPEST))


@provokes("formats.wsinkasso.no_envelope")
def a_client_that_speaks_another_version(_: Path) -> None:
    CONTRACT.read_call(
        SOUND.replace(b"http://schemas.xmlsoap.org/soap/envelope/", b"http://www.w3.org/2003/05/soap-envelope")
    )


@provokes("formats.wsinkasso.no_body")
def two_calls_at_once(_: Path) -> None:
    CONTRACT.read_call(SOUND.replace(b"</soap:Body>", b"<second/></soap:Body>"))


@provokes("formats.wsinkasso.header")
def a_header_that_nobody_understands(_: Path) -> None:
    header = b'<soap:Header><Transaction soap:mustUnderstand="1"/></soap:Header><soap:Body>'
    CONTRACT.read_call(SOUND.replace(b"<soap:Body>", header))


@provokes("formats.wsinkasso.schema")
def a_line_with_a_fraction_of_an_ore(_: Path) -> None:
    CONTRACT.read_call(SOUND.replace(b">100.50<", b">100.505<"))


@provokes("formats.wsinkasso.fault")
def a_proxy_that_answers_for_the_service(_: Path) -> None:
    told(etree.fromstring("<Feil/>"))
