"""A service over TLS that nobody should trust."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.web.wsinkasso_api.authority import Authority, Pair


@contextmanager
def listening(pair: Pair, asks_for: Path | None = None) -> Iterator[str]:
    """Something that shows a certificate, and asks for one that this authority has signed; answers its address."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.certificate, pair.key)
    if asks_for is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(asks_for)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_greet, args=(listener, context))
        thread.start()
        try:
            yield f"https://localhost:{listener.getsockname()[1]}/wsinkasso"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def _greet(listener: socket.socket, context: ssl.SSLContext) -> None:
    with suppress(OSError):
        while True:
            caller, _ = listener.accept()
            with caller, suppress(OSError), context.wrap_socket(caller, server_side=True) as encrypted:
                encrypted.recv(2**16)
                encrypted.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                while encrypted.recv(2**16):  # what is left of the call; who has its answer goes away
                    pass


@contextmanager
def strangers_service(folder: Path) -> Iterator[str]:
    """A service whose authority nobody here knows."""
    with listening(Authority(folder).server("localhost")) as address:
        yield address
