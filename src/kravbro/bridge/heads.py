"""Positions that lie beyond what their source still has: it forgot rows that were delivered."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from kravbro.bridge import receipts, statuses, transactions, voucher_receipts, vouchers, withdrawals
from kravbro.bridge.joined import Joined

FROM_LEDGER = (transactions.STREAM, withdrawals.STREAM, voucher_receipts.STREAM)
FROM_COLLECTOR = (receipts.STREAM, vouchers.STREAM, statuses.STREAM)
"""Every stream that has a position; claims are a queue, and have none."""


class Forgotten(msgspec.Struct, frozen=True):
    """A stream of a company whose last number lies below the position that was kept."""

    company: int
    stream: str
    head: int
    position: int


def forgotten(joined: Joined, company: int) -> Iterator[Forgotten]:
    """The streams of a company that no run would carry (`bridge.head_below_position`)."""
    for streams, head_of in ((FROM_LEDGER, joined.ledger_head), (FROM_COLLECTOR, joined.collector_head)):
        for stream in streams:
            kept = joined.positions.of(company, stream)
            head = head_of(company, stream, kept)
            if head < kept:
                yield Forgotten(company, stream, head, kept)
