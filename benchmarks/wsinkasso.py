"""A page of 1,000 claims over the web service: beside zeep parsing the same bytes, and beside the ledger itself.

Run with `python -m benchmarks wsinkasso`. The server that ships is a process of its own over TLS on this machine,
before the embedded ledger in a folder; the client is the adapter. Timed is the whole page from question to claims: the
ledger reads, the server writes the answer, and the client reads and checks it. zeep makes values of the very same
answer by the same description, in this process, without any network. They take turns; the fastest counts.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import zeep
from lxml import etree

from benchmarks import _bars
from benchmarks._transfer import ACT, TODAY, ready_site
from kravbro.bootstrap.demo.foreign.served_ledger import Certificate, ServedLedger
from kravbro.bootstrap.demo.world import MUNICIPALITY
from kravbro.bootstrap.process import prepare_process
from kravbro.bootstrap.service_logins import Wanted, add_login
from kravbro.bootstrap.site import Site
from kravbro.db.places import place_at
from kravbro.engine.clock import SystemClock
from kravbro.formats.wsinkasso import operations as ops
from kravbro.formats.wsinkasso.description import description
from kravbro.formats.wsinkasso.envelopes import answer
from kravbro.ledgers.embedded.ledger import EmbeddedLedger
from kravbro.ledgers.wsinkasso.address import PASSWORD
from kravbro.ledgers.wsinkasso.ledger import WSinkassoLedger
from kravbro.ledgers.wsinkasso.opening import open_service

CLAIMS, ROUNDS = 1_000, 5
BAR_OF_ZEEP, BAR_OF_LEDGER = 1.5, 20.0
LOGIN, SECRET = "benchmark", "a password for the benchmark"


def main(claims: int = CLAIMS, rounds: int = ROUNDS) -> None:
    """Measure, and print both ratios with their bars."""
    prepare_process()
    with tempfile.TemporaryDirectory() as folder:
        place = place_at(Path(folder) / "ledger")
        ready_site(place, claims)
        add_login(Site(place, ACT), Wanted(LOGIN, (MUNICIPALITY,), SECRET))
        certificate = Certificate(Path(folder) / "certificate", SystemClock())
        server = ServedLedger(Path(folder) / "ledger", certificate, TODAY)
        try:
            settings = f'user = "{LOGIN}"\nca_file = "{certificate.authority}"\n'
            service, page = open_service(server.address, settings, {PASSWORD: SECRET})
            _measure(WSinkassoLedger(service, _met, page=page), EmbeddedLedger(place, ACT), claims, rounds)
            service.close()
        finally:
            server.stop()


def _measure(served: WSinkassoLedger, direct: EmbeddedLedger, claims: int, rounds: int) -> None:
    told = direct.ready_claims(MUNICIPALITY, 0, claims)
    message = answer(ops.READY, ops.Rows(tuple(told)))
    parse = _zeep()
    works: dict[str, Callable[[], int]] = {
        "over the service": lambda: len(served.ready_claims(MUNICIPALITY, 0, claims)),
        "zeep, parsing": lambda: len(parse(message)),
        "the ledger itself": lambda: len(direct.ready_claims(MUNICIPALITY, 0, claims)),
    }
    seconds = dict.fromkeys(works, float("inf"))
    for _ in range(rounds):
        for name, work in works.items():
            start = time.perf_counter()
            counted = work()
            seconds[name] = min(seconds[name], time.perf_counter() - start)
            if counted != claims:
                raise SystemExit(f"{name}: {counted} claims of {claims}")
    print(f"{claims} claims, {len(message) / 2**20:.2f} MiB", flush=True)
    for name, spent in seconds.items():
        print(f"{name:20} {spent * 1000:9.1f} ms", flush=True)
    service = seconds["over the service"]
    _bars.at_most("page over the service, to zeep parsing it", service / seconds["zeep, parsing"], BAR_OF_ZEEP)
    _bars.at_most("page over the service, to the ledger itself", service / seconds["the ledger itself"], BAR_OF_LEDGER)


def _met(_installation: str) -> None:
    """Nobody needs to know whom."""


def _zeep() -> Callable[[bytes], list[object]]:
    """How zeep makes values of an answer."""
    (service,) = zeep.Client(BytesIO(description("http://localhost/"))).wsdl.services.values()
    (port,) = service.ports.values()
    operation = port.binding.get(ops.READY.name)
    return lambda message: operation.process_reply(etree.fromstring(message))
