"""Receipts as the ledger recorded them."""

from __future__ import annotations

import msgspec

from kravbro.books.sql import AnyRow
from kravbro.core.claims import Outcome, Reason, Receipt

_REASONS = msgspec.json.Decoder(tuple[Reason, ...])


def receipt_of(row: AnyRow) -> Receipt:
    """A receipt from a row of the table of receipts, joined with its offer's entry."""
    return Receipt(
        number=row.number,
        offer=row.offer,
        entry=row.entry,
        outcome=Outcome(row.outcome),
        on=row.received_on,
        case_number=row.case_number,
        case_kid=row.case_kid,
        reasons=reasons_of(row.reasons),
    )


def reasons_of(text: str) -> tuple[Reason, ...]:
    """The reasons of a refusal, as they are stored."""
    return _REASONS.decode(text)
