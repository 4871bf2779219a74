"""Vouchers, collector -> ledger: approved vouchers, each known by the key that it got at approval."""

from __future__ import annotations

from kravbro.bridge.cursor import Carried, OnPage, carry, silently
from kravbro.bridge.joined import Joined

STREAM = "vouchers"


def carry_vouchers(joined: Joined, company: int, on_page: OnPage = silently) -> Carried:
    """Deliver approved vouchers; the ledger takes each key once."""
    return carry(
        STREAM,
        company,
        head=lambda kept: joined.collector_head(company, STREAM, kept),
        read=lambda after, limit: joined.collector.vouchers(company, after, limit),
        deliver=lambda rows: joined.ledger.post_vouchers(company, rows),
        positions=joined.positions,
        page=joined.page,
        on_page=on_page,
    )
