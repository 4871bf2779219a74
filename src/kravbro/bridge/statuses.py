"""Statuses, collector -> ledger: where each claim stands, by version."""

from __future__ import annotations

from kravbro.bridge.cursor import Carried, OnPage, carry, ledger_claim, silently
from kravbro.bridge.joined import Joined

STREAM = "statuses"


def carry_statuses(joined: Joined, company: int, on_page: OnPage = silently) -> Carried:
    """Publish the claims' statuses in the ledger."""
    return carry(
        STREAM,
        company,
        head=lambda kept: joined.collector_head(company, STREAM, kept),
        read=lambda after, limit: joined.collector.statuses(company, after, limit),
        deliver=lambda rows: joined.ledger.publish_statuses(company, rows),
        positions=joined.positions,
        page=joined.page,
        on_page=on_page,
        about=lambda row: ledger_claim(row.entry),
    )
