"""How much a caller may ask for: sizes, times, and calls; and buckets that count what comes too often."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable

import msgspec

from kravbro.engine.clock import Clock
from kravbro.formats.wsinkasso.envelopes import LARGEST


class Limits(msgspec.Struct, frozen=True):
    """The limits of a service. Times are in seconds."""

    body_bytes: int = LARGEST
    head_bytes: int = 32 * 1024
    head_s: float = 10
    """From the first byte of a request, or from the connection, to the end of its headers."""
    body_s: float = 30
    refused_s: float = 5
    """How long what a refused caller still sends is taken: one who writes does not read an answer."""
    answer_s: float = 120
    """How long a caller may take to read an answer."""
    idle_s: int = 30
    """How long a connection is kept for the next call."""
    stop_s: int = 60
    """How long a stopping server waits for calls under way."""
    connections: int = 200
    calls_at_once: int = 8
    sign_ins_waiting: int = 16
    calls_per_second: int = 100
    """Of one login; twice as many may come at once."""
    tries: int = 5
    """Wrong passwords for one login from one address, before one every `try_again_s`; four times as many from one
    address."""
    try_again_s: int = 12
    proof_s: int = 300
    """How long a password that was verified is known again without the cost of verifying it."""


class Buckets:
    """A bucket for each key, which fills with time and from which each doing takes one. Holds no more than `MOST`."""

    MOST = 10_000

    def __init__(self, clock: Clock, per_second: float, capacity: int) -> None:
        self._clock = clock
        self._per_second = per_second
        self._capacity = capacity
        self._levels: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def take(self, key: Hashable) -> float:
        """Take one; answers 0, or how many seconds it is until there is one, and nothing is taken then."""
        level, now = self._level(key)
        if level < 1:
            return (1 - level) / self._per_second
        self._keep(key, level - 1, now)
        return 0

    def give_back(self, key: Hashable) -> None:
        """Give back what was taken."""
        level, now = self._level(key)
        self._keep(key, min(level + 1, self._capacity), now)

    def _level(self, key: Hashable) -> tuple[float, float]:
        now = self._clock.elapsed().total_seconds()
        level, since = self._levels.get(key, (float(self._capacity), now))
        return min(level + (now - since) * self._per_second, self._capacity), now

    def _keep(self, key: Hashable, level: float, now: float) -> None:
        self._levels[key] = (level, now)
        self._levels.move_to_end(key)
        if len(self._levels) > self.MOST:
            self._levels.popitem(last=False)
