"""Receipts as the ledger recorded them."""

from __future__ import annotations

from kravbro.books.codes import known_code, reasons_of
from kravbro.books.sql import AnyRow
from kravbro.core.claims import Outcome, Receipt

RECEIPT_COLUMNS = ("offer", "number", "outcome", "received_on", "case_number", "case_kid", "reasons", "fingerprint")
"""What `offer_receipt` and `offer_return` both say of a receipt."""


def receipt_of(row: AnyRow, table: str = "offer_receipt") -> Receipt:
    """A receipt from a row of one of the tables of receipts, joined with its offer's entry.

    Raises DataFault `books.unknown_code` for an outcome or reasons that nothing here can have written.
    """
    return Receipt(
        number=row.number,
        offer=row.offer,
        entry=row.entry,
        outcome=known_code(Outcome, row.outcome, table, row.offer),
        on=row.received_on,
        case_number=row.case_number,
        case_kid=row.case_kid,
        reasons=reasons_of(row.reasons, row.offer, table),
    )
