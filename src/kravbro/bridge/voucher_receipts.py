"""Voucher receipts, ledger -> collector: what became of each voucher. Delivered is not posted."""

from __future__ import annotations

from kravbro.bridge.cursor import Carried, OnPage, carry, collector_voucher, silently
from kravbro.bridge.joined import Joined

STREAM = "voucher_receipts"


def carry_voucher_receipts(joined: Joined, company: int, on_page: OnPage = silently) -> Carried:
    """Fetch the fate of delivered vouchers."""
    return carry(
        STREAM,
        company,
        head=lambda kept: joined.ledger_head(company, STREAM, kept),
        read=lambda after, limit: joined.ledger.voucher_receipts(company, after, limit),
        deliver=lambda rows: joined.collector.accept_voucher_receipts(company, rows),
        positions=joined.positions,
        page=joined.page,
        on_page=on_page,
        about=lambda row: collector_voucher(row.voucher_key),
    )
