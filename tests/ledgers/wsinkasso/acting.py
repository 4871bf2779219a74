"""Any ledger's world, played through the web service."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from kravbro.ledgers.wsinkasso.address import PASSWORD
from kravbro.ledgers.wsinkasso.ledger import WSinkassoLedger
from kravbro.ledgers.wsinkasso.opening import open_service
from kravbro.ports.ledger import Ledger
from tests.ledgers.wsinkasso.english import EnglishService, settings
from tests.ledgers.wsinkasso.stand_in import StandIn, met, through

OpenLedger = Callable[[], Ledger]


def in_our_words(open_ledger: OpenLedger) -> WSinkassoLedger:
    """The client of a service before a ledger, as a process that has just begun opens it."""
    return through(StandIn(open_ledger, kept=True))


def in_english(open_ledger: OpenLedger, folder: Path) -> WSinkassoLedger:
    """The same of a service that calls everything otherwise."""
    return through(EnglishService(open_ledger), settings(folder))


class ThroughService:
    """A world whose ledger is reached through the service; what happens in it, happens in the ledger itself.

    `open_ledger` opens it. A world that is `kept` is not closed: the next check comes into the same company.
    """

    def __init__(self, world: Any, open_ledger: OpenLedger, *, kept: bool = False) -> None:
        self._world = world
        self._kept = kept
        self.open = open_ledger

    def close(self) -> None:
        if not self._kept:
            self._world.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._world, name)


def over_the_network(address: str, settings: str, password: str) -> WSinkassoLedger:
    """The client of a server that runs."""
    service, page = open_service(address, settings, {PASSWORD: password})
    return WSinkassoLedger(service, met, page=page)
