"""Errors of the web service WSinkasso, as those who call it and those who run it are told."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx

from kravbro.bootstrap.site import make_site
from kravbro.core.errors import DataFault, Retry, Stop
from kravbro.db.places import place_at
from kravbro.formats.wsinkasso import operations as ops
from kravbro.web.wsinkasso_api.limits import Limits
from kravbro.web.wsinkasso_api.outside import outside
from kravbro.web.wsinkasso_api.request import Incoming
from kravbro.web.wsinkasso_api.server import listen
from tests.errors.gallery import command, provokes
from tests.formats.wsinkasso_messages import CALLS, VOUCHERS, call
from tests.web.wsinkasso_api.in_process import InProcess, in_process
from tests.web.wsinkasso_api.reading import fault_of
from tests.web.wsinkasso_api.served import XML
from tests.web.wsinkasso_api.test_application import Taking, opening

PING = call("Ping", ops.Nothing())
REFERENCE = "3f1c09a7be52"


def told(service: InProcess, body: bytes = PING, headers: dict[str, str] = XML, **more: Any) -> httpx.Response:
    """Raise what the service tells; answers where it tells no fault."""
    answer = service.post(body, headers, **more)
    if answer.status_code != 200:
        raise fault_of(answer)
    return answer


def refused(folder: Path, body: bytes = PING, headers: dict[str, str] = XML, limits: Limits | None = None) -> None:
    """What the service tells of the last of two calls."""
    with in_process(folder, opening(Taking()), limits) as service:
        for _ in range(2):
            told(service, body, headers)


def serve(folder: Path, *options: str) -> None:
    """The command that serves an installation without companies."""
    make_site(place_at(folder), ())
    command("wsinkasso", "serve", "--dir", str(folder), "--port", "0", *options)


@provokes("wsinkasso.not_signed_in")
def a_caller_whom_nobody_knows(folder: Path) -> None:
    with in_process(folder, opening(Taking())) as service:
        told(service, auth=None)


@provokes("wsinkasso.too_many_sign_ins")
def somebody_guesses(folder: Path) -> None:
    with in_process(folder, opening(Taking()), Limits(tries=1)) as service:
        service.post(PING, auth=("kk2", "a guess"))
        told(service, auth=("kk2", "another guess"))


@provokes("wsinkasso.too_many_calls")
def a_client_that_never_rests(folder: Path) -> None:
    with in_process(folder, opening(Taking()), Limits(calls_per_second=1)) as service:
        for _ in range(3):
            told(service)


@provokes("wsinkasso.busy")
def too_many_calls_at_once(folder: Path) -> None:
    with in_process(folder, opening(Taking())) as service:
        service.application._working = Limits().calls_at_once
        told(service)


@provokes("wsinkasso.too_slow")
def a_body_that_never_ends(_: Path) -> None:
    async def never() -> dict[str, Any]:
        await asyncio.Event().wait()
        return {}

    asyncio.run(Incoming(never).read(10, 0))


@provokes("wsinkasso.odd_request")
def a_proxy_that_adds_a_second_sign_in(folder: Path) -> None:
    with in_process(folder, opening(Taking())) as service:
        told(service, auth=None, headers=XML | {"Content-Length": "5", "Transfer-Encoding": "chunked"})


@provokes("wsinkasso.content_type")
def a_client_that_speaks_the_next_version(folder: Path) -> None:
    refused(folder, headers={"content-type": "application/soap+xml"})


@provokes("wsinkasso.content_encoding")
def a_client_that_packs(folder: Path) -> None:
    refused(folder, headers=XML | {"content-encoding": "gzip"})


@provokes("wsinkasso.charset")
def a_client_of_two_minds(folder: Path) -> None:
    refused(folder, headers={"content-type": "text/xml; charset=iso-8859-1"})


@provokes("wsinkasso.action_differs")
def a_client_that_says_one_thing_and_does_another(folder: Path) -> None:
    refused(folder, headers=XML | {"soapaction": '"urn:kravbro:wsinkasso:1:LeverBilag"'})


@provokes("wsinkasso.no_message_id")
def a_write_without_an_id(folder: Path) -> None:
    refused(folder, call("LeverBilag", ops.Write("", 1, VOUCHERS)))


@provokes("wsinkasso.message_differs")
def two_messages_with_one_id(folder: Path) -> None:
    with in_process(folder, opening(Taking())) as service:
        for company in (1, 2):
            told(service, call("LeverBilag", ops.Write("2026-03-02-1", company, VOUCHERS)))


@provokes("wsinkasso.no_such_company")
def a_company_that_the_login_may_not_see(folder: Path) -> None:
    refused(folder, call("LeverBilag", ops.Write("m", 3, VOUCHERS)))


@provokes("wsinkasso.no_such_function")
def older_cases_of_a_ledger_that_has_none(folder: Path) -> None:
    refused(folder, call("KobleKrav", CALLS["KobleKrav"]))


@provokes("wsinkasso.internal")
def something_that_nobody_foresaw(_: Path) -> None:
    raise outside(ZeroDivisionError(), REFERENCE)


@provokes("wsinkasso.ledger_away")
def the_ledgers_database_is_busy(_: Path) -> None:
    raise outside(Retry("db.locked", database="F0001"), REFERENCE)


@provokes("wsinkasso.ledger_stopped")
def the_ledger_is_a_copy(_: Path) -> None:
    raise outside(Stop("db.copied", database="F0001"), REFERENCE)


@provokes("wsinkasso.ledger_refused")
def the_ledger_was_never_opened(_: Path) -> None:
    raise outside(DataFault("books.no_installation", place="here"), REFERENCE)


@provokes("wsinkasso.cannot_listen")
def an_address_of_another_machine(_: Path) -> None:
    listen("192.0.2.1", 8443)


@provokes("wsinkasso.certificate_unusable")
def a_certificate_that_is_not_there(folder: Path) -> None:
    serve(folder, "--certificate", "chain.pem", "--key", "server.key")


@provokes("wsinkasso.tls_options")
def a_certificate_without_its_key(folder: Path) -> None:
    serve(folder, "--certificate", "chain.pem")


@provokes("wsinkasso.plain_http")
def passwords_in_the_open(folder: Path) -> None:
    serve(folder, "--host", "inkasso.kommune.example")


@provokes("wsinkasso.public_address")
def behind_a_proxy_and_nobody_knows_where(folder: Path) -> None:
    serve(folder, "--behind-proxy", "--public-address", "http://inkasso.kommune.example/ws")


@provokes("wsinkasso.proxy")
def a_proxy_by_its_name(folder: Path) -> None:
    serve(folder, "--behind-proxy", "--proxy", "dmz.kommune.example", "--public-address", "https://a.example/ws")
