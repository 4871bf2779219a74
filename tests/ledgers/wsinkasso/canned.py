"""A service that answers what it is told to: for what an honest one cannot be made to say when a test wants it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import httpx

from kravbro.core.errors import KravbroError
from kravbro.formats.wsinkasso.envelopes import answer, fault
from kravbro.formats.wsinkasso.operations import BY_NAME
from kravbro.texts.sentences import explain

XML = {"Content-Type": "text/xml; charset=utf-8"}


class Canned(httpx.BaseTransport):
    """Answers in turn; the last is given again and again. What is an exception is raised, as the network does."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self._answers = list(answers)
        self.asked: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.asked.append(request)
        found = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(found, Exception):
            raise found
        return found

    @property
    def bodies(self) -> list[bytes]:
        """What was sent."""
        return [one.content for one in self.asked]


def response(status: int, content: bytes | Iterable[bytes] = b"", **headers: str) -> httpx.Response:
    """An answer as it comes from the network, not read yet."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, headers=named, stream=_Stream([content] if isinstance(content, bytes) else content))


class _Stream(httpx.SyncByteStream):
    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = list(chunks)

    def __iter__(self) -> Any:
        return iter(self._chunks)


def told(function: str, value: Any) -> httpx.Response:
    """An answer of the contract."""
    return response(200, answer(BY_NAME[function], value), **XML)


def soap(content: bytes, status: int = 200) -> httpx.Response:
    """A message as it is."""
    return response(status, content, **XML)


def refused(error: KravbroError, sentence: str = "") -> httpx.Response:
    """A fault of the contract."""
    return soap(fault(error, sentence or explain(error, "nb")), 500)


def other_fault(code: str, text: str) -> httpx.Response:
    """A fault of somebody who does not know the contract."""
    start = '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault>'
    end = "</e:Fault></e:Body></e:Envelope>"
    return soap(f"{start}<faultcode>{code}</faultcode><faultstring>{text}</faultstring>{end}".encode(), 500)
