"""A caller that sends bytes as it likes, over TLS, and reads what comes back."""

from __future__ import annotations

import base64
import http.client
import io
import socket
import ssl
from typing import NamedTuple, Self

from tests.web.wsinkasso_api.served import PASSWORD, Municipality, Running

PATIENCE_S = 60
SIGNED_IN = b"Authorization: Basic " + base64.b64encode(f"kk2:{PASSWORD}".encode()) + b"\r\n"
HEAD = b"POST /wsinkasso HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml; charset=utf-8\r\n" + SIGNED_IN


class Answer(NamedTuple):
    """A response; status 0 where the connection ended without one."""

    status: int
    body: bytes
    headers: dict[str, str]


class Raw:
    """One connection."""

    def __init__(self, town: Municipality, running: Running) -> None:
        context = ssl.create_default_context(cafile=str(town.authority.file))
        plain = socket.create_connection(("127.0.0.1", running.port), PATIENCE_S)
        self.socket = context.wrap_socket(plain, server_hostname="localhost")
        self._received = b""
        self._bodiless = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        """Send bytes; a server that has closed takes none, which its answer or its end will tell."""
        self._bodiless = data.startswith(b"HEAD ")
        try:
            self.socket.sendall(data)
        except (ConnectionError, ssl.SSLError):
            return

    def end(self) -> None:
        """Say that nothing more comes, in the middle of whatever it is."""
        self.socket.shutdown(socket.SHUT_WR)

    def answer(self) -> Answer:
        """The next response."""
        while True:
            found = self._parsed()
            if found is not None:
                return found
            more = self._more()
            if not more:
                return Answer(0, self._received, {})
            self._received += more

    def trickle(self, data: bytes, pause_s: float = 0.2) -> Answer:
        """Send byte for byte with pauses, until an answer comes or the connection ends."""
        self.socket.settimeout(pause_s)
        for place in range(len(data)):
            try:
                self.socket.sendall(data[place : place + 1])
                more = self.socket.recv(65536)
            except TimeoutError:
                continue
            except (ConnectionError, ssl.SSLError):
                break
            self._received += more
            break
        self.socket.settimeout(PATIENCE_S)
        return self.answer()

    def _more(self) -> bytes:
        try:
            return self.socket.recv(65536)
        except (ConnectionError, ssl.SSLError):
            return b""

    def _parsed(self) -> Answer | None:
        """The first whole response of what has come; what is behind it is kept."""
        head, end, rest = self._received.partition(b"\r\n\r\n")
        if not end:
            return None
        line, _, fields = head.partition(b"\r\n")
        headers = {
            name.lower(): value for name, value in http.client.parse_headers(io.BytesIO(fields + b"\r\n\r\n")).items()
        }
        status = int(line.split()[1])
        length = 0 if self._bodiless else int(headers.get("content-length", 0))
        if status != 100 and "content-length" not in headers:  # uvicorn's own 400 ends with the connection
            while more := self._more():
                rest += more
            length = len(rest)
        if len(rest) < length:
            return None
        self._received = rest[length:]
        return Answer(status, rest[:length], headers)


def request(body: bytes, *more: bytes) -> bytes:
    """A whole request that is signed in, with these headers more."""
    head = HEAD + b"".join(line + b"\r\n" for line in more)
    return head + b"Content-Length: %d\r\n\r\n" % len(body) + body
