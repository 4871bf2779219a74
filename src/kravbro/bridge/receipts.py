"""Receipts, collector -> ledger: the answer to each offer, with case number or reasons for refusal."""

from __future__ import annotations

from kravbro.bridge.cursor import Carried, OnPage, carry, ledger_offer, silently
from kravbro.bridge.joined import Joined

STREAM = "receipts"


def carry_receipts(joined: Joined, company: int, on_page: OnPage = silently) -> Carried:
    """Write case numbers and refusals back to the ledger."""
    return carry(
        STREAM,
        company,
        head=lambda kept: joined.collector_head(company, STREAM, kept),
        read=lambda after, limit: joined.collector.receipts(company, after, limit),
        deliver=lambda rows: joined.ledger.record_receipts(company, rows),
        positions=joined.positions,
        page=joined.page,
        on_page=on_page,
        about=lambda row: ledger_offer(row.offer),
    )
