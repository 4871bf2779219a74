"""How a session begins: what both sides can do, and who the client is ([MS-TDS] 2.2.6.4 and 2.2.6.5)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from tests.tds.tokens import VERSION
from tests.tds.wire import Reader

_VERSION, _ENCRYPTION, _INSTANCE, _THREAD, _SEVERAL_RESULTS, _END = 0, 1, 2, 3, 4, 0xFF
_CANNOT_ENCRYPT = b"\x02"
_TEXTS_AT = 36


@dataclass(frozen=True)
class Login:
    """Who wants in, and where."""

    user: str
    password: str
    program: str
    database: str


def before_login() -> bytes:
    """What this server can do: no encryption, one result at a time."""
    options = (
        (_VERSION, VERSION + b"\0\0"),
        (_ENCRYPTION, _CANNOT_ENCRYPT),
        (_INSTANCE, b"\0"),
        (_THREAD, b""),
        (_SEVERAL_RESULTS, b"\0"),
    )
    heads, bodies = b"", b""
    start = 5 * len(options) + 1
    for option, body in options:
        heads += struct.pack(">BHH", option, start + len(bodies), len(body))
        bodies += body
    return heads + bytes([_END]) + bodies


def read_login(body: bytes) -> Login:
    """The login that a client sends."""

    def text(number: int) -> bytes:
        head = Reader(body[_TEXTS_AT + 4 * number :])
        at, length = head.number(2), head.number(2)
        return body[at : at + 2 * length]

    scrambled = text(2)
    password = bytes(((byte ^ 0xA5) << 4 & 0xF0) | ((byte ^ 0xA5) >> 4) for byte in scrambled)
    user, program, database = (text(number).decode("utf-16-le") for number in (1, 3, 8))
    return Login(user, password.decode("utf-16-le"), program, database)
