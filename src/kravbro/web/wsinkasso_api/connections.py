"""A connection: its time for a head, and the certificate that its caller has shown.

uvicorn tells an application nothing of a certificate, and gives a caller any time for the head of a request: both are
added here, and nothing else is changed.
"""

from __future__ import annotations

import asyncio
import ssl
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from kravbro.access.certificates import fingerprint_of
from kravbro.web.wsinkasso_api.request import ABORT, CERTIFICATE, Receive, Scope, Send


def connections_with(head_s: float) -> type[asyncio.Protocol]:
    """The kind of connection that gives a caller so many seconds for a head."""

    class Connection(H11Protocol):
        """HTTP/1.1 on one connection."""

        _too_late: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn does
            """Begin: a head must come."""
            super().connection_made(transport)
            self.app = _Told(self.app, transport)
            self._watch()

        def data_received(self, data: bytes) -> None:
            """Take bytes; between two requests those of a head must not take long."""
            super().data_received(data)
            self._watch()

        def connection_lost(self, exc: Exception | None) -> None:
            """End."""
            self._unwatch()
            super().connection_lost(exc)

        def timeout_keep_alive_handler(self) -> None:
            """End a connection on which nothing came, also where the last answer was never taken."""
            if self.transport.get_write_buffer_size():
                self.transport.abort()
            else:
                super().timeout_keep_alive_handler()

        def _watch(self) -> None:
            cycle: RequestResponseCycle | None = self.cycle  # None before the first request
            in_request = cycle is not None and not cycle.response_complete
            if in_request or self.timeout_keep_alive_task is not None:
                self._unwatch()
            elif self._too_late is None:
                self._too_late = self.loop.call_later(head_s, self.transport.abort)

        def _unwatch(self) -> None:
            if self._too_late is not None:
                self._too_late.cancel()
                self._too_late = None

    return Connection


class _Told:
    """An application that is told of the connection's certificate, and how to end it."""

    def __init__(self, application: Any, transport: asyncio.Transport) -> None:
        self._application = application
        found: ssl.SSLObject | None = transport.get_extra_info("ssl_object")
        der = found.getpeercert(binary_form=True) if found else None
        self._known = {CERTIFICATE: fingerprint_of(der) if der else "", ABORT: transport.abort}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["extensions"] = {**scope.get("extensions", {}), **self._known}
        await self._application(scope, receive, send)
