"""What a request says of itself before its body is read, and how the body is read: within a size and a time.

HTTP that can be read in two ways is refused: what stands before this server may have read it in the other.

Sources: RFC 9110 section 8.4, RFC 9112 section 6.3; SOAP 1.1 section 6; RFC 7617.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from email.message import Message as Headers
from typing import Any, TypeAlias

import msgspec

from kravbro.core.errors import DataFault, Retry

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]

CERTIFICATE = "kravbro.certificate"
"""The name in a scope under which the TLS connection's certificate stands: its fingerprint."""
ABORT = "kravbro.abort"
"""The name under which the connection can be ended at once."""
_ONCE = frozenset({
    "authorization", "content-encoding", "content-length", "content-type", "host", "soapaction", "transfer-encoding",
    "x-client-certificate", "x-client-verify", "x-forwarded-for",
})  # fmt: skip
_DECLARED = re.compile(rb"""^(?:\xef\xbb\xbf)?<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_DIGITS = re.compile("[0-9]{1,15}")


class Gone(Exception):  # noqa: N818 - what happened: nobody is left to be told of an error
    """The caller is gone."""


class Head(msgspec.Struct, frozen=True):
    """The head of a request: header names in lower case; `peer` is who is connected, `certificate` its TLS
    certificate's fingerprint or empty."""

    method: str
    path: bytes
    query: str
    headers: Mapping[str, str]
    peer: str
    certificate: str = ""

    @property
    def length(self) -> int | None:
        """How many bytes of body are announced; None where they come in pieces."""
        return None if "transfer-encoding" in self.headers else int(self.headers.get("content-length", 0))

    @property
    def waits(self) -> bool:
        """Whether the caller sends no body before it is asked to."""
        return "expect" in self.headers


def head_of(scope: Scope, most: int) -> Head:
    """The head of a request of at most so many bytes. Raises DataFault `wsinkasso.odd_request`."""
    if scope["http_version"] not in {"1.0", "1.1"}:
        raise DataFault("wsinkasso.odd_request", reason=f"HTTP/{scope['http_version']}")
    if sum(len(name) + len(value) for name, value in scope["headers"]) > most:
        raise DataFault("wsinkasso.odd_request", reason=f"> {most} B")
    names = Counter(name.decode("latin-1") for name, _ in scope["headers"])
    if twice := sorted(name for name, times in names.items() if times > 1 and name in _ONCE):
        raise DataFault("wsinkasso.odd_request", reason=f"{twice[0]}: 2")
    if {"content-length", "transfer-encoding"} <= names.keys():
        raise DataFault("wsinkasso.odd_request", reason="content-length + transfer-encoding")
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    if not _DIGITS.fullmatch(headers.get("content-length", "0")):
        raise DataFault("wsinkasso.odd_request", reason="content-length")
    return Head(
        scope["method"],
        scope["raw_path"],
        scope["query_string"].decode("latin-1"),
        headers,
        scope["client"][0] if scope.get("client") else "",
        scope.get("extensions", {}).get(CERTIFICATE, ""),
    )


def require_soap(head: Head, most: int) -> str:
    """The charset that a call's head announces, or empty.

    Raises DataFault `wsinkasso.content_type`, `wsinkasso.content_encoding`, `formats.wsinkasso.too_large`.
    """
    declared = Headers()
    declared["content-type"] = head.headers.get("content-type", "")
    if declared.get_content_type() != "text/xml" or "content-type" not in head.headers:
        raise DataFault("wsinkasso.content_type")
    if head.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise DataFault("wsinkasso.content_encoding")
    if head.length is not None and head.length > most:
        raise DataFault("formats.wsinkasso.too_large", limit_mib=most // 2**20)
    charset = declared.get_param("charset", "")
    return str(charset).lower()


def require_charset(announced: str, body: bytes) -> None:
    """Raise DataFault `wsinkasso.charset` where the head announces another encoding than the document declares."""
    found = _DECLARED.match(body[:300])
    declared = found[1].decode("ascii").lower() if found else "utf-8"
    if announced not in {"", declared}:
        raise DataFault("wsinkasso.charset", announced=announced[:40], declared=declared)


class Incoming:
    """The body of a request as it comes in; `ended` when all of it has come."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.ended = False

    async def read(self, most: int, seconds: float) -> bytes:
        """The whole body.

        Raises DataFault `formats.wsinkasso.too_large`, Retry `wsinkasso.too_slow`, and `Gone`.
        """
        parts = bytearray()
        try:
            async with asyncio.timeout(seconds):
                while not self.ended:
                    parts += await self._part()
                    if len(parts) > most:
                        raise DataFault("formats.wsinkasso.too_large", limit_mib=most // 2**20)
        except TimeoutError:
            raise Retry("wsinkasso.too_slow", seconds=int(seconds)) from None
        return bytes(parts)

    async def let_go(self, most: int, seconds: float) -> None:
        """Take what a refused caller still sends, and keep nothing of it: one who writes does not read an answer.

        Raises `Gone`.
        """
        taken = 0
        try:
            async with asyncio.timeout(seconds):
                while not self.ended and taken <= most:
                    taken += len(await self._part())
        except TimeoutError:
            return

    async def _part(self) -> bytes:
        event = await self._receive()
        if event["type"] == "http.disconnect":
            raise Gone
        self.ended = not event.get("more_body", False)
        part: bytes = event.get("body", b"")
        return part
