"""Answers as HTTP: a SOAP message, a fault with its status, or a short text.

SOAP 1.1 answers a fault with 500 (section 6.2). What HTTP has a word for itself bears that word, and the same fault.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from http import HTTPStatus

import msgspec

from kravbro.core.errors import KravbroError
from kravbro.formats.wsinkasso.envelopes import fault
from kravbro.texts.sentences import explain

XML = "text/xml; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
_STATUS = {
    "wsinkasso.odd_request": HTTPStatus.BAD_REQUEST,
    "wsinkasso.not_signed_in": HTTPStatus.UNAUTHORIZED,
    "wsinkasso.too_slow": HTTPStatus.REQUEST_TIMEOUT,
    "formats.wsinkasso.too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "wsinkasso.content_type": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "wsinkasso.content_encoding": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "wsinkasso.charset": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "wsinkasso.too_many_calls": HTTPStatus.TOO_MANY_REQUESTS,
    "wsinkasso.too_many_sign_ins": HTTPStatus.TOO_MANY_REQUESTS,
    "wsinkasso.busy": HTTPStatus.SERVICE_UNAVAILABLE,
}
_REALM = 'Basic realm="wsinkasso", charset="UTF-8"'


class Reply(msgspec.Struct, frozen=True):
    """An answer: its status, its body, and headers of its own."""

    status: int
    body: bytes
    content_type: str = XML
    headers: Mapping[str, str] = msgspec.field(default_factory=dict)
    closes: bool = False
    """The connection ends with it: something of the request may not have been read."""

    def head(self) -> list[tuple[bytes, bytes]]:
        """The headers to be sent."""
        own = {
            "content-type": self.content_type,
            "content-length": str(len(self.body)),
            "cache-control": "no-store",
            "x-content-type-options": "nosniff",
            **self.headers,
            **({"connection": "close"} if self.closes else {}),
        }
        return [(name.encode("ascii"), value.encode("ascii")) for name, value in own.items()]


def refusal(error: KravbroError, language: str, *, closes: bool = False) -> Reply:
    """The answer that an error is."""
    status = _STATUS.get(error.code, HTTPStatus.INTERNAL_SERVER_ERROR)
    headers = {}
    if status is HTTPStatus.UNAUTHORIZED:
        headers["www-authenticate"] = _REALM
    if status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
        headers["retry-after"] = str(error.facts.get("seconds", 1))
    return Reply(status, fault(error, explain(error, language)), XML, headers, closes)


def short(status: HTTPStatus, *, closes: bool = False, **headers: str) -> Reply:
    """A status and its name, where nobody called the service."""
    return Reply(status, f"{status.value} {status.phrase}\n".encode("ascii"), TEXT, headers, closes)


def whole_seconds(wait: float) -> int:
    """How long to wait, as a caller is told."""
    return max(1, math.ceil(wait))
