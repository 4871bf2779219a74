"""Transactions, ledger -> collector: what was booked there, not by us, on claims that have a case number."""

from __future__ import annotations

from kravbro.bridge.cursor import Carried, OnPage, carry, collector_claim, silently
from kravbro.bridge.joined import Joined

STREAM = "transactions"


def carry_transactions(joined: Joined, company: int, on_page: OnPage = silently) -> Carried:
    """Fetch what the ledger booked and apply it to the cases."""
    return carry(
        STREAM,
        company,
        head=lambda kept: joined.ledger_head(company, STREAM, kept),
        read=lambda after, limit: joined.ledger.transactions(company, after, limit),
        deliver=lambda rows: joined.collector.accept_transactions(company, rows),
        positions=joined.positions,
        page=joined.page,
        on_page=on_page,
        about=lambda row: collector_claim(row.entry, row.offer),
    )
