"""Who stands behind a port, and how far its streams have come.

A head below a position that the bridge kept, or another installation, means a restored or copied database.
"""

from __future__ import annotations

import msgspec

from kravbro.core.claims import Waiting


class Heads(msgspec.Struct, frozen=True):
    """The last number of each stream that this side sends for one company (0: nothing yet)."""

    company: int
    streams: dict[str, int]


class Identity(msgspec.Struct, frozen=True):
    """The kind of system, the installation's own id, and its heads."""

    kind: str
    installation: str
    heads: tuple[Heads, ...]

    def head(self, company: int, stream: str) -> int:
        """The head of one stream of one company; 0 when the company has sent nothing."""
        for heads in self.heads:
            if heads.company == company:
                return heads.streams.get(stream, 0)
        return 0


class Delivered(msgspec.Struct, frozen=True):
    """A receiver's answer: how many rows were new, how many it had, and how many offers got no receipt yet.

    `waits` says what these wait for, where the collector tells it.
    """

    new: int
    known: int
    waiting: int = 0
    waits: tuple[Waiting, ...] = ()
