"""A ledger and a collector joined by the bridge, checked before anything is carried."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from kravbro.bridge.positions import Positions
from kravbro.core.errors import Stop
from kravbro.ports.collector import Collector
from kravbro.ports.identity import Identity
from kravbro.ports.ledger import Ledger

PAGE = 2500
"""Rows carried at a time: large enough for sets, small enough that a kill repeats little.

Measured on 20,000 claims: pages of 1,000 take a fifth longer, pages of 5,000 are no faster."""


Remember = Callable[[int], None]


def remembering_nothing(_company: int) -> None:
    """Where nothing but the positions is remembered of a company's run."""


class Joined(msgspec.Struct, frozen=True):
    """Both ports, their identities as they were when the run began, and the bridge's memory.

    `remember` is called when a company's streams have run: the databases may then remember how old each other is.
    """

    ledger: Ledger
    collector: Collector
    positions: Positions
    ledger_identity: Identity
    collector_identity: Identity
    page: int = PAGE
    remember: Remember = remembering_nothing

    def ledger_head(self, company: int, stream: str, kept: int) -> int:
        """The ledger's last number of a stream, asked for again if it was below `kept` when the run began.

        Another process may have delivered rows in the meantime that did not exist then.
        """
        head = self.ledger_identity.head(company, stream)
        return head if head >= kept else self.ledger.identify().head(company, stream)

    def collector_head(self, company: int, stream: str, kept: int) -> int:
        """The collector's last number of a stream; as `ledger_head`."""
        head = self.collector_identity.head(company, stream)
        return head if head >= kept else self.collector.identify().head(company, stream)

    def companies(self) -> list[int]:
        """The companies to carry for: those of the ledger that the collector serves.

        Raises Stop `bridge.companies_missing` when the ledger's full listing lacks a company that was carried for
        before: a listing that suddenly shrinks is a fault until a person says otherwise.
        """
        listed = set(self.ledger.companies())
        missing = [company for company in self.positions.companies() if company not in listed]
        if missing:
            raise Stop("bridge.companies_missing", companies=", ".join(map(str, missing)))
        return sorted(listed & set(self.collector.companies(self.ledger_identity.installation)))


def join(
    ledger: Ledger,
    collector: Collector,
    positions: Positions,
    page: int = PAGE,
    remember: Remember = remembering_nothing,
) -> Joined:
    """Join two ports. Raises Stop `bridge.other_installation` if they are not the pair that was joined before."""
    ledger_identity = ledger.identify()
    collector_identity = collector.identify()
    positions.pair(ledger_identity.installation, collector_identity.installation)
    return Joined(ledger, collector, positions, ledger_identity, collector_identity, page, remember)
