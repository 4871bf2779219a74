"""Damage to a file, as transport, editors and disks do it."""

from __future__ import annotations

import random


def damaged(data: bytes, seed: int) -> bytes:
    """The file with one to three places damaged."""
    chance = random.Random(seed)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        start = chance.randrange(len(data) + 1)
        end = min(len(data), start + chance.choice((0, 1, 1, 2, 9, 80, 81, 400)))
        match chance.choice(("lost", "twice", "cut", "byte", "put", "swapped", "line")):
            case "lost":
                data = data[:start] + data[end:]
            case "twice":
                data = data[:end] + data[start:]
            case "cut":
                data = data[:start]
            case "byte":
                data = data[:start] + bytes([chance.randrange(256)]) + data[start + 1 :]
            case "put":
                data = data[:start] + chance.choice(SCRAPS) + data[start:]
            case "swapped":
                data = data[:start] + data[end : 2 * end - start] + data[start:end] + data[2 * end - start :]
            case _:
                lines = data.splitlines(keepends=True)
                chance.shuffle(lines)
                data = b"".join(lines)
    return data


SCRAPS = (
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\n\n", b"\x1a", b'"', b";", b"-", b"9" * 30, b"1e5", b"NaN",
    b"\xc2\xa0", b"&#0;", b"<!--", b"]]>", "\u0661".encode(), b" " * 80, b"NY000010" + b"0" * 72,
)  # fmt: skip
