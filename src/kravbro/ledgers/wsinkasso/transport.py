"""HTTP under zeep: our own calls over httpx, so that what is sent, trusted and read is said in one place.

Certificates are always verified, no redirect is followed, no proxy or secret is taken from the environment, and an
answer is read only as far as a message may be large and a call may last.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx
from lxml import etree
from zeep.transports import Transport

from kravbro.core.errors import DataFault, KravbroError, Retry, Stop
from kravbro.engine.clock import Clock, SystemClock
from kravbro.formats.wsinkasso.envelopes import LARGEST
from kravbro.ledgers.wsinkasso.address import KEY_PASSWORD, Address, password
from kravbro.ledgers.wsinkasso.settings import Settings

CONNECT_S = 10.0
_REASON = 200
_BROKEN_OFF = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)
"""What a line that breaks does to the encryption."""


class Reply(NamedTuple):
    """What came back: status, media type, where a redirect points, how long to wait (seconds), and the body."""

    status: int
    media_type: str
    location: str
    retry_after: int
    content: bytes


class HttpTransport(Transport):
    """What zeep sends through, to one service. zeep gets the reply as it came, and does nothing with it."""

    def __init__(
        self, address: Address, connect: Callable[[], httpx.Client], folder: Path | None, timeout: timedelta
    ) -> None:
        # Not the base's own constructor, which opens a session of another library.
        self._http: httpx.Client | None = None
        self.cache = None
        self._address = address
        self._connect = connect
        self._http = connect()
        self._folder = folder
        self._timeout = timeout
        self._clock: Clock = SystemClock()

    def load(self, url: str) -> bytes:
        """A file that the description refers to, from its own folder. Raises Stop `wsinkasso.bad_description`."""
        path = Path(url.removeprefix("file://")).resolve()
        if self._folder is None or "://" in url.removeprefix("file://") or self._folder not in path.parents:
            raise Stop("wsinkasso.bad_description", file=path.name, reason=f"{url} is outside its folder")
        return path.read_bytes()

    def post_xml(self, address: str, envelope: etree._Element, headers: Mapping[str, str]) -> Reply:
        """Send a message. Raises Retry `wsinkasso.unreachable`, Stop `wsinkasso.tls`, DataFault
        `wsinkasso.answer_too_large`."""
        message = etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")
        started = self._clock.elapsed()
        try:
            self._http = self._http or self._connect()
            with self._http.stream("POST", self._address.url, content=message, headers=dict(headers)) as answer:
                return self._read(answer, started)
        except httpx.TransportError as fault:
            raise self._failure(fault) from fault

    def _read(self, answer: httpx.Response, started: timedelta) -> Reply:
        """Raises Retry for an answer that comes too slowly as a whole, however steadily it drips."""
        content = bytearray()
        for chunk in answer.iter_raw():
            content += chunk
            if len(content) > LARGEST:
                raise DataFault("wsinkasso.answer_too_large", server=self._address.host, limit_mib=LARGEST // 2**20)
            if self._clock.elapsed() - started > self._timeout:
                raise Retry("wsinkasso.unreachable", server=self._address.host, cause="ReadTimeout")
        media_type = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if encoding := answer.headers.get("Content-Encoding", "").strip().lower().replace("identity", ""):
            media_type = f"{media_type} ({encoding})"
        wait = answer.headers.get("Retry-After", "")
        seconds = int(wait) if wait.isascii() and wait.isdecimal() and len(wait) < len("100000") else 0
        return Reply(answer.status_code, media_type, answer.headers.get("Location", ""), seconds, bytes(content))

    def _failure(self, fault: httpx.TransportError) -> KravbroError:
        """A fault of the encryption needs a person; every other passes by itself, or does not."""
        cause: BaseException | None = fault
        while cause is not None:
            if isinstance(cause, ssl.SSLError) and not isinstance(cause, _BROKEN_OFF):
                reason = getattr(cause, "verify_message", "") or cause.reason or type(cause).__name__
                return Stop("wsinkasso.tls", server=self._address.host, reason=str(reason)[:_REASON])
            cause = cause.__cause__ or cause.__context__
        return Retry("wsinkasso.unreachable", server=self._address.host, cause=type(fault).__name__)

    def close(self) -> None:
        """Close the connections; the next call opens new ones."""
        if self._http is not None:
            self._http.close()
        self._http = None

    def __del__(self) -> None:
        """A command ends without closing its ledger: what it held open is closed with it."""
        self.close()


def http_client(
    address: Address,
    settings: Settings,
    environment: Mapping[str, str],
    transport: httpx.BaseTransport | None = None,
) -> httpx.Client:
    """The connections to a service, with everything that proves who is there and who calls.

    `transport` takes the place of the network.

    Raises Stop `wsinkasso.certificate_file`, `wsinkasso.no_password`, `wsinkasso.password_file`, DataFault
    `wsinkasso.settings`.
    """
    given: dict[str, Any] = {}
    if settings.user:
        given["auth"] = httpx.BasicAuth(settings.user, password(environment, address.host))
    if settings.proxy:
        proxy = urlsplit(settings.proxy)
        if proxy.scheme not in {"http", "https"} or not proxy.hostname or proxy.username is not None:
            raise DataFault("wsinkasso.settings", problem="proxy is a URL without user and password")
        given["proxy"] = settings.proxy
    return httpx.Client(
        transport=transport,
        verify=_context(settings, environment),
        timeout=httpx.Timeout(float(settings.timeout_s), connect=min(CONNECT_S, float(settings.timeout_s))),
        headers={"Accept-Encoding": "identity", "Accept": "text/xml", "User-Agent": "kravbro"},
        follow_redirects=False,
        trust_env=False,
        **given,
    )


def _context(settings: Settings, environment: Mapping[str, str]) -> ssl.SSLContext:
    """Whom we trust: the system's authorities, or the one of the settings; and our own certificate, if there is one."""
    path = settings.ca_file
    try:
        context = ssl.create_default_context(cafile=path or None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if settings.certificate:
            path = settings.certificate
            secret = environment.get(KEY_PASSWORD, "")
            context.load_cert_chain(settings.certificate, settings.key or None, lambda: secret)
    except OSError as fault:  # a fault of the encryption is one too
        cause = fault.reason if isinstance(fault, ssl.SSLError) else fault.strerror
        raise Stop("wsinkasso.certificate_file", path=path, cause=cause or type(fault).__name__) from None
    return context
