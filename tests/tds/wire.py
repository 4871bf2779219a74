"""Messages of TDS, Microsoft's Tabular Data Stream: packets put together and taken apart ([MS-TDS] 2.2.3)."""

from __future__ import annotations

import socket
import struct
from enum import IntEnum

HEADER = struct.Struct(">BBHHBB")
PACKET = 4096
END_OF_MESSAGE = 0x01


class Message(IntEnum):
    """What a message is, by the first byte of its packets."""

    BATCH = 0x01
    CALL = 0x03
    ANSWER = 0x04
    ATTENTION = 0x06
    TRANSACTION = 0x0E
    LOGIN = 0x10
    BEFORE_LOGIN = 0x12


class Gone(Exception):  # noqa: N818 - it is no error of the server
    """The other side has closed the connection, or was killed."""


class Wire:
    """One connection, as messages."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected

    def receive(self) -> tuple[int, bytes]:
        """The next message, whole: its kind and its bytes. Raises Gone."""
        body = bytearray()
        while True:
            kind, status, length, *_ = HEADER.unpack(self._exactly(HEADER.size))
            body += self._exactly(length - HEADER.size)
            if status & END_OF_MESSAGE:
                return kind, bytes(body)

    def send(self, body: bytes) -> None:
        """Answer with one message. Raises Gone."""
        size = PACKET - HEADER.size
        parts = [body[at : at + size] for at in range(0, len(body), size)] or [b""]
        packets = bytearray()
        for number, part in enumerate(parts, 1):
            last = END_OF_MESSAGE if number == len(parts) else 0
            packets += HEADER.pack(Message.ANSWER, last, len(part) + HEADER.size, 0, number & 0xFF, 0) + part
        try:
            self._socket.sendall(packets)
        except OSError as error:
            raise Gone from error

    def cut(self) -> None:
        """Close the connection at once, as a server does that goes down or kills a session."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError as error:  # the other side went first
            _ = error
        self._socket.close()

    def _exactly(self, count: int) -> bytes:
        got = bytearray()
        while len(got) < count:
            try:
                part = self._socket.recv(count - len(got))
            except OSError as error:
                raise Gone from error
            if not part:
                raise Gone
            got += part
        return bytes(got)


class Reader:
    """The bytes of a message, read from the beginning; whole numbers are little-endian."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._at = 0

    @property
    def more(self) -> bool:
        """Whether anything is left."""
        return self._at < len(self._body)

    def take(self, count: int) -> bytes:
        """That many bytes."""
        part = self._body[self._at : self._at + count]
        if len(part) != count:
            raise ValueError(f"a message ends {count - len(part)} bytes too early")
        self._at += count
        return part

    def number(self, size: int, *, signed: bool = False) -> int:
        """A whole number of that many bytes."""
        return int.from_bytes(self.take(size), "little", signed=signed)

    def text(self, characters: int) -> str:
        """UTF-16 text of that many code units."""
        return self.take(2 * characters).decode("utf-16-le", "surrogatepass")

    def rest(self) -> bytes:
        """Everything that is left."""
        return self.take(len(self._body) - self._at)
