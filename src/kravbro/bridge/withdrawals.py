"""Withdrawals, ledger -> collector: claims that their creditor wants back."""

from __future__ import annotations

from kravbro.bridge.cursor import Carried, OnPage, carry, collector_claim, silently
from kravbro.bridge.joined import Joined

STREAM = "withdrawals"


def carry_withdrawals(joined: Joined, company: int, on_page: OnPage = silently) -> Carried:
    """Tell the collector which claims are wanted back; its receipts answer."""
    return carry(
        STREAM,
        company,
        head=lambda kept: joined.ledger_head(company, STREAM, kept),
        read=lambda after, limit: joined.ledger.withdrawals(company, after, limit),
        deliver=lambda rows: joined.collector.accept_withdrawals(company, rows),
        positions=joined.positions,
        page=joined.page,
        on_page=on_page,
        about=lambda row: collector_claim(row.entry, row.offer),
    )
