"""The last number of each stream that the ledger port sends, for all companies at once."""

from __future__ import annotations

import sqlalchemy as sa

from kravbro.mirror.tables import counter

STREAMS = {
    "claims": "offer",
    "transactions": "transaction",
    "withdrawals": "withdrawal",
    "voucher_receipts": "voucher_event",
}
"""Each stream, and the counter that numbers it."""


def heads(connection: sa.Connection) -> dict[int, dict[str, int]]:
    """The heads by company; one without any number is left out."""
    numbered = {name: stream for stream, name in STREAMS.items()}
    found: dict[int, dict[str, int]] = {}
    here = counter.c.name.in_(sorted(numbered))
    for scope, name, last in connection.execute(sa.select(counter.c.scope, counter.c.name, counter.c.last).where(here)):
        found.setdefault(int(scope), dict.fromkeys(STREAMS, 0))[numbered[name]] = last
    return found
