"""Any ledger's world, played through the web service."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from kravbro.ledgers.wsinkasso.ledger import WSinkassoLedger
from kravbro.ports.ledger import Ledger
from tests.ledgers.wsinkasso.stand_in import StandIn, through


def opened(open_ledger: Callable[[], Ledger], settings: str) -> WSinkassoLedger:
    """The client of a service before a ledger, as a process that has just begun opens it."""
    return through(StandIn(open_ledger), settings)


class ThroughService:
    """A world whose ledger is reached through the service; what happens in it, happens in the ledger itself."""

    def __init__(self, world: Any, settings: str = "") -> None:
        self._world = world
        self.open: Callable[[], Ledger] = partial(opened, world.open, settings)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._world, name)
