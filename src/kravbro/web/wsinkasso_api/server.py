"""The service as a process: an address to listen on, a clean end, and a log.

SIGTERM and SIGINT end it: no new call is taken, and calls under way finish within `Limits.stop_s`.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from ipaddress import ip_address
from typing import IO
from urllib.parse import urlsplit

import msgspec
import uvicorn
from uvicorn.server import HANDLED_SIGNALS

from kravbro.bootstrap.service_logins import access_of
from kravbro.bootstrap.serving import ServedLedger
from kravbro.bootstrap.site import open_site
from kravbro.core.acts import Act
from kravbro.core.errors import DataFault, Stop
from kravbro.db.place import Place
from kravbro.engine.clock import Clock
from kravbro.web.wsinkasso_api.application import PATH, Application, Speaking
from kravbro.web.wsinkasso_api.call_log import start_log
from kravbro.web.wsinkasso_api.connections import connections_with
from kravbro.web.wsinkasso_api.limits import Limits
from kravbro.web.wsinkasso_api.service import OpenLedger, Service
from kravbro.web.wsinkasso_api.signing_in import Gate, Proxies, plain_address
from kravbro.web.wsinkasso_api.tls import Tls, context_of

_LOOPBACK = frozenset({"127.0.0.1", "::1"})
_BACKLOG = 128


class Settings(msgspec.Struct, frozen=True):
    """Where the service listens, how it is protected, and how its callers know it.

    `proxies` are the addresses of reverse proxies whose headers are believed; loopback is among them where
    `behind_proxy`.
    """

    host: str
    port: int
    tls: Tls | None = None
    public_address: str = ""
    behind_proxy: bool = False
    proxies: tuple[str, ...] = ()
    language: str = "nb"
    on: date | None = None
    limits: Limits = Limits()


def serve(
    place: Place, settings: Settings, clock: Clock, log: IO[str], on_listening: Callable[[str, int], None]
) -> None:
    """Serve the ledger of an installation until the process is told to stop; `on_listening` is told the address.

    Raises as `open_site`, `listen`, `context_of` and `public_address`, and Stop `site.not_adopted`.
    """
    act = Act("kravbro", settings.on or clock.today(), clock.now())
    open_site(place, act)
    ledger = ServedLedger(access_of(place, act))
    try:
        serve_ledger(ledger.for_act, place, settings, clock, log, on_listening)
    finally:
        ledger.close()


def serve_ledger(  # noqa: PLR0917 - what is served to whom, and how
    open_ledger: OpenLedger,
    place: Place,
    settings: Settings,
    clock: Clock,
    log: IO[str],
    on_listening: Callable[[str, int], None],
) -> None:
    """Serve any ledger, with the logins of a place that has access; raises as `serve`."""
    tls = _tls_of(settings)
    proxies = _proxies_of(settings)
    listening = listen(settings.host, settings.port)
    with listening:
        port = listening.getsockname()[1]
        address = public_address(settings, port)
        engine = place.open("access")
        gate = Gate(engine, clock, settings.limits, Proxies(proxies))
        speaking = Speaking(address, settings.language, settings.on)
        application = Application(Service(open_ledger, engine), gate, clock, settings.limits, speaking)
        start_log(log, clock)
        server = _Server(_config(application, settings, tls), lambda: on_listening(address, port))
        try:
            asyncio.run(server.serve([listening]))
        finally:
            application.close()
            engine.dispose()


def listen(host: str, port: int) -> socket.socket:
    """A socket on an address. Raises Stop `wsinkasso.cannot_listen`."""
    listening = None
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        family, kind, protocol, _, where = found
        # The protocol must be named: asyncio sends small pieces at once only on sockets that are known to be TCP.
        listening = socket.socket(family, kind, protocol)
        if os.name == "posix":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(where)
        listening.listen(_BACKLOG)
    except (OSError, OverflowError, UnicodeError) as error:
        if listening is not None:
            listening.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise Stop("wsinkasso.cannot_listen", host=host, port=port, reason=reason) from error
    return listening


def public_address(settings: Settings, port: int) -> str:
    """The address that the description gives; it never comes from a request.

    Raises DataFault `wsinkasso.public_address` for one that is no URL of HTTPS, and where it must be told: behind a
    proxy, or on an address that no certificate names.
    """
    given = settings.public_address
    if not given and settings.tls and not settings.behind_proxy and not _is_number(settings.host):
        return f"https://{settings.host}:{port}{PATH}"
    found = urlsplit(given)
    if found.scheme != "https" or not found.hostname or not found.path.strip("/") or found.query or found.fragment:
        raise DataFault("wsinkasso.public_address", address=given, example="https://inkasso.kommune.no/wsinkasso")
    return given


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return not host
    return True


def _tls_of(settings: Settings) -> ssl.SSLContext | None:
    """Raises Stop `wsinkasso.plain_http` where passwords would go over a network as they are."""
    if settings.tls is not None:
        return context_of(settings.tls)
    if not settings.behind_proxy or (plain_address(settings.host) or settings.host) not in {*_LOOPBACK, "localhost"}:
        raise Stop("wsinkasso.plain_http", host=settings.host)
    return None


def _proxies_of(settings: Settings) -> frozenset[str]:
    """Raises DataFault `wsinkasso.proxy`."""
    if not settings.behind_proxy:
        return frozenset()
    for one in settings.proxies:
        if not plain_address(one):
            raise DataFault("wsinkasso.proxy", address=one)
    return frozenset({*_LOOPBACK, *map(plain_address, settings.proxies)})


def _config(application: Application, settings: Settings, tls: ssl.SSLContext | None) -> uvicorn.Config:
    limits = settings.limits
    config = uvicorn.Config(
        application,
        http=connections_with(limits.head_s),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=limits.connections,
        timeout_keep_alive=limits.idle_s,
        timeout_graceful_shutdown=limits.stop_s,
        h11_max_incomplete_event_size=limits.head_bytes,
    )
    config.load()
    config.ssl = tls
    return config


class _Server(uvicorn.Server):
    """uvicorn's server, which tells when it listens, and ends by itself when it is asked to."""

    def __init__(self, config: uvicorn.Config, on_listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_listening = on_listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, and say so."""
        await super().startup(sockets)
        self._on_listening()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """A signal ends the server and nothing else: the process goes on to its own end."""
        before = {one: signal.signal(one, self.handle_exit) for one in HANDLED_SIGNALS}
        try:
            yield
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)
