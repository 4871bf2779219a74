"""Any ledger's world, played through the web service."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from kravbro.ledgers.wsinkasso.ledger import WSinkassoLedger
from kravbro.ports.ledger import Ledger
from tests.ledgers.wsinkasso.english import EnglishService, settings
from tests.ledgers.wsinkasso.stand_in import StandIn, through

OpenLedger = Callable[[], Ledger]


def in_our_words(open_ledger: OpenLedger) -> WSinkassoLedger:
    """The client of a service before a ledger, as a process that has just begun opens it."""
    return through(StandIn(open_ledger))


def in_english(open_ledger: OpenLedger, folder: Path) -> WSinkassoLedger:
    """The same of a service that calls everything otherwise."""
    return through(EnglishService(open_ledger), settings(folder))


class ThroughService:
    """A world whose ledger is reached through the service; what happens in it, happens in the ledger itself.

    With a folder, which its description is written into, the service is the English one.
    """

    def __init__(self, world: Any, folder: Path | None = None) -> None:
        self._world = world
        self.open: OpenLedger = (
            partial(in_our_words, world.open) if folder is None else partial(in_english, world.open, folder)
        )

    def __getattr__(self, name: str) -> Any:
        return getattr(self._world, name)
