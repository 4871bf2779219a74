"""Errors of a ledger behind the web service: its address and settings, the connection, and what it answers."""

from __future__ import annotations

import ssl
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
import pytest
from msgspec import structs

from kravbro.bootstrap.demo.foreign import served_ledger
from kravbro.bootstrap.demo.foreign.served_ledger import Certificate, ServedLedger
from kravbro.core.claims import Outcome, Reason, Receipt
from kravbro.db.engines import writing
from kravbro.db.place import Place
from kravbro.db.places import place_at
from kravbro.engine.clock import FixedClock
from kravbro.formats.wsinkasso import operations as ops
from kravbro.formats.wsinkasso.envelopes import LARGEST
from kravbro.ledgers.wsinkasso.opening import open_service
from kravbro.migrations.upgrade import upgrade
from kravbro.mirror.connections import Connection, connect
from tests.books.world import ACT
from tests.errors.gallery import command, provokes
from tests.formats.wsinkasso_messages import ANSWERS, OFFER, RECEIPTS
from tests.ledgers.wsinkasso.canned import XML, Canned, other_fault, response, told
from tests.ledgers.wsinkasso.english import settings
from tests.ledgers.wsinkasso.stand_in import through
from tests.ledgers.wsinkasso.tls import strangers_service

HTTPS = "https://erp.example.no/wsinkasso"
READY = "HentKravKlareForInkasso"


def _ask(answer: httpx.Response | Exception) -> None:
    through(Canned(answer)).ready_claims(1, 0, 2)


@provokes("wsinkasso.bad_address")
def the_address_is_a_path(_: Path) -> None:
    open_service("erp.example.no/wsinkasso", "", {})


@provokes("wsinkasso.password_in_address")
def the_password_stands_in_the_address(_: Path) -> None:
    open_service("https://kk2:hemmelig@erp.example.no/wsinkasso", "", {})


@provokes("wsinkasso.not_encrypted")
def the_service_is_elsewhere_without_encryption(_: Path) -> None:
    open_service("http://erp.example.no/wsinkasso", "", {})


@provokes("wsinkasso.settings")
def names_are_given_without_a_description(_: Path) -> None:
    open_service(HTTPS, '[functions]\nPing = "Echo"', {})


@provokes("wsinkasso.no_password")
def there_is_no_password(_: Path) -> None:
    open_service(HTTPS, 'user = "kk2"', {})


@provokes("wsinkasso.password_file")
def the_password_file_is_not_there(_: Path) -> None:
    open_service(HTTPS, 'user = "kk2"', {"KRAVBRO_WSINKASSO_PASSWORD_FILE": "password.txt"})


@provokes("wsinkasso.certificate_file")
def the_certificate_is_no_certificate(folder: Path) -> None:
    (folder / "kk2.pem").write_text("a certificate")
    open_service(HTTPS, 'certificate = "kk2.pem"', {})


@provokes("wsinkasso.bad_description")
def the_description_is_a_page(folder: Path) -> None:
    (folder / "site.wsdl").write_text("<html/>")
    open_service(HTTPS, f'wsdl = "{folder / "site.wsdl"}"', {})


@provokes("wsinkasso.unreachable")
def nothing_listens_there(_: Path) -> None:
    service, _page = open_service("http://127.0.0.1:1/wsinkasso", "", {})
    service.call(ops.PING, ops.Nothing())


@provokes("wsinkasso.tls")
def the_certificate_is_that_of_a_stranger(folder: Path) -> None:
    """The port of what listens here is another at each run, so the refusal is met again at the tests' own address."""
    with strangers_service(folder) as address, pytest.raises(httpx.ConnectError) as met:
        httpx.post(address, verify=ssl.create_default_context(), trust_env=False)
    _ask(met.value)


@provokes("wsinkasso.sign_in_refused")
def the_password_is_wrong(_: Path) -> None:
    _ask(response(401))


@provokes("wsinkasso.nothing_there")
def the_path_is_wrong(_: Path) -> None:
    _ask(response(404))


@provokes("wsinkasso.redirected")
def the_service_has_moved(_: Path) -> None:
    _ask(response(301, Location="https://new.example.no/wsinkasso"))


@provokes("wsinkasso.busy_now")
def the_service_is_busy(_: Path) -> None:
    _ask(response(503, Retry_After="5"))


@provokes("wsinkasso.no_soap")
def a_page_is_answered(_: Path) -> None:
    _ask(response(200, b"<html>Velkommen</html>", Content_Type="text/html"))


@provokes("wsinkasso.message_refused")
def what_stands_before_the_service_takes_small_messages_only(_: Path) -> None:
    _ask(response(413))


@provokes("wsinkasso.answer_too_large")
def an_answer_without_end(_: Path) -> None:
    _ask(response(200, [b" " * 2**20] * (LARGEST // 2**20 + 1), **XML))


@provokes("wsinkasso.refused")
def the_service_says_no_in_its_own_words(_: Path) -> None:
    _ask(other_fault("soap:Client", "Firmaet er sperret for uttrekk"))


@provokes("wsinkasso.unsuited")
def the_site_wants_a_case_number_of_what_was_refused(folder: Path) -> None:
    description = settings(folder)
    schema = folder / "collection.xsd"
    optional = b'name="CaseNumber" type="t:Navn" minOccurs="0"'
    schema.write_bytes(schema.read_bytes().replace(optional, optional.replace(b'"0"', b'"1"')))
    refusal = Receipt(1, 7, 501, Outcome.REFUSED, date(2026, 3, 2), reasons=(Reason("gate.too_small"),))
    through(Canned(response(500)), description).record_receipts(1, [refusal])


@provokes("wsinkasso.no_function")
def the_site_has_no_such_function(folder: Path) -> None:
    description = settings(folder).replace('KobleKrav = "JoinClaims"', 'KobleKrav = ""')
    through(Canned(response(500)), description).join_claims(1, ANSWERS["HentKobledeKrav"].rows)  # type: ignore[attr-defined] # an answer with rows


def _claims(*numbers: int, company: int = 1) -> httpx.Response:
    return told(READY, ops.Rows(tuple(structs.replace(OFFER, number=one, company=company) for one in numbers)))


@provokes("wsinkasso.out_of_order")
def the_page_goes_back(_: Path) -> None:
    _ask(_claims(8, 7))


@provokes("wsinkasso.too_many_rows")
def the_page_is_longer_than_was_asked_for(_: Path) -> None:
    _ask(_claims(7, 8, 9))


@provokes("wsinkasso.other_company")
def the_page_is_of_another_company(_: Path) -> None:
    _ask(_claims(7, company=2))


@provokes("wsinkasso.not_asked")
def movements_of_a_claim_that_nobody_asked_about(_: Path) -> None:
    through(Canned(told("HentRestbelop", ANSWERS["HentRestbelop"]))).movements(1, [8])


@provokes("wsinkasso.no_head")
def the_service_does_not_say_how_far_it_has_come(_: Path) -> None:
    who: Any = ANSWERS["HentIdentitet"]
    short = structs.replace(who, companies=(structs.replace(who.companies[0], heads=()),))
    through(Canned(told("HentIdentitet", short))).identify()


@provokes("wsinkasso.miscounted")
def a_row_is_gone(_: Path) -> None:
    through(Canned(told("RegistrerSaksnummer", ops.Taken(1, 0)))).record_receipts(1, RECEIPTS)


def _handed_over() -> Canned:
    rows: Any = ANSWERS["HentTidligereOverforteKrav"]
    two = tuple(structs.replace(rows.rows[0], entry=entry, invoice_no="F-7") for entry in (7, 8))
    return Canned(told("HentTidligereOverforteKrav", ops.Rows(two)))


@provokes("wsinkasso.no_such_item")
def a_choice_of_an_invoice_that_nobody_handed_over(_: Path) -> None:
    through(_handed_over()).named_items(1, ["#7", "F-9"])


@provokes("wsinkasso.several_items")
def a_choice_that_could_mean_two(_: Path) -> None:
    through(_handed_over()).named_items(1, ["F-7"])


@provokes("demo.no_service")
def the_demo_has_no_ledger_to_serve(folder: Path) -> None:
    clock = FixedClock(date(2026, 11, 16))
    with patch.object(served_ledger, "_last_line", lambda _: "kravbro: no installation"):
        ServedLedger(folder / "ledger", Certificate(folder / "certificate", clock), clock.today())


def _connected(place: Place) -> None:
    for owner in ("office", "bridge", "mirror"):
        upgrade(place.open(owner), owner)
    with writing(place.open("mirror")) as connection:
        connect(connection, Connection("wsinkasso", "http://localhost:1/wsinkasso"), ACT)


@provokes("ledger.remembers_itself")
def a_service_has_nothing_to_compare_with(folder: Path) -> None:
    place = place_at(folder / "site")
    place.make()
    _connected(place)
    command("ledger", "compare", "--company", "1", "--because", "nysgjerrig", "--dir", "site")
