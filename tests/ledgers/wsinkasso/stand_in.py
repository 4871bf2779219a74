"""A service of the contract in this very process, over any ledger port. Shares nothing with the server that ships."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import httpx

from kravbro.core.errors import KravbroError
from kravbro.formats.wsinkasso import operations as ops
from kravbro.formats.wsinkasso.envelopes import Contract, answer, fault
from kravbro.formats.wsinkasso.operations import Operation
from kravbro.formats.wsinkasso.records import CompanyHeads, Head
from kravbro.ledgers.wsinkasso.ledger import WSinkassoLedger
from kravbro.ledgers.wsinkasso.opening import open_service
from kravbro.texts.sentences import explain

ADDRESS = "http://localhost:1/wsinkasso"


def _who(ledger: Any, _: object) -> ops.Who:
    identity = ledger.identify()
    companies = (CompanyHeads(one.company, tuple(Head(*its) for its in one.streams.items())) for one in identity.heads)
    return ops.Who(identity.kind, identity.installation, tuple(companies))


def _reads(name: str) -> Callable[[Any, Any], object]:
    return lambda ledger, asked: ops.Rows(tuple(getattr(ledger, name)(asked.company, asked.after, asked.limit)))


def _asks(name: str) -> Callable[[Any, Any], object]:
    return lambda ledger, asked: ops.Rows(tuple(getattr(ledger, name)(asked.company, asked.offers)))


def _writes(name: str, *, because: bool = False) -> Callable[[Any, Any], object]:
    def write(ledger: Any, sent: Any) -> ops.Taken:
        done = getattr(ledger, name)(sent.company, sent.rows, *((sent.because,) if because else ()))
        if isinstance(done, int):
            return ops.Taken(done, len(sent.rows) - done)
        return ops.Taken(done.new, done.known, done.waiting)

    return write


def _transferred(ledger: Any, asked: Any) -> object:
    return ops.Rows(tuple(ledger.transferred_claims(asked.company, asked.cut_off, asked.after, asked.limit)))


FUNCTIONS: dict[str, Callable[[Any, Any], object]] = {
    "Ping": lambda _, __: ops.Known(ops.CONTRACT, "stand-in"),
    "HentIdentitet": _who,
    "HentKravKlareForInkasso": _reads("ready_claims"),
    "RegistrerSaksnummer": _writes("record_receipts"),
    "HentRegistrerteSaksnummer": _reads("recorded_receipts"),
    "HentBesvarteKrav": _asks("answered_offers"),
    "HentBetalingerOgKorreksjoner": _reads("transactions"),
    "HentTilbaketrekkinger": _reads("withdrawals"),
    "LeverBilag": _writes("post_vouchers"),
    "HentBilagskvitteringer": _reads("voucher_receipts"),
    "OppdaterStatus": _writes("publish_statuses"),
    "HentRegistrerteStatuser": _reads("recorded_statuses"),
    "HentRestbelop": _asks("movements"),
    "KontrollerReskontro": lambda ledger, asked: ops.Rows(tuple(ledger.audit(asked.company))),
    "HentTidligereOverforteKrav": _transferred,
    "KobleKrav": _writes("join_claims"),
    "HentKobledeKrav": _reads("joined_claims"),
    "HentOvertakelser": _reads("adoptions"),
    "TilbyUkobledeKrav": _writes("offer_unjoined", because=True),
    "RegistrerTidligereSaksnummer": _writes("record_case_numbers", because=True),
}


class StandIn(httpx.BaseTransport):
    """The network and the service behind it.

    Each call opens the ledger anew, as a server does, unless that takes long and it is `kept`.
    """

    def __init__(self, open_ledger: Callable[[], Any], *, kept: bool = False) -> None:
        self._open = cache(open_ledger) if kept else open_ledger
        self._kept = kept
        self._contract = Contract()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        status, content = self.respond(request.read())
        return httpx.Response(
            status, stream=httpx.ByteStream(content), headers={"Content-Type": "text/xml; charset=utf-8"}
        )

    def respond(self, message: bytes) -> tuple[int, bytes]:
        """Status and message."""
        try:
            call = self._contract.read_call(message)
            return 200, answer(call.operation, self.done(call.operation, call.value))  # type: ignore[arg-type] # a struct
        except KravbroError as error:
            return 500, fault(error, explain(error, "nb"))

    def done(self, operation: Operation, value: object) -> object:
        """What the ledger says to a call."""
        ledger = self._open()
        try:
            return FUNCTIONS[operation.name](ledger, value)
        finally:
            if hasattr(ledger, "close") and not self._kept:
                ledger.close()


def met(_installation: str) -> None:
    """Nobody knows which installation it was before."""


def through(over: httpx.BaseTransport, settings: str = "", **given: Any) -> WSinkassoLedger:
    """The client, over this in place of the network."""
    service, page = open_service(ADDRESS, settings, {}, over)
    return WSinkassoLedger(service, given.pop("met", met), page=page, **given)
