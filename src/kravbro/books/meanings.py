"""What a voucher type means, and the lives that vouchers and proposals lead in the tables."""

from __future__ import annotations

from enum import StrEnum


class Meaning(StrEnum):
    """What the vouchers of a type do. The codes of the types are the company's own; the meanings are ours."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    PAYMENT = "payment"
    INTEREST_NOTE = "interest_note"
    TRANSFER = "transfer"
    CORRECTION = "correction"
    REVERSAL = "reversal"
    WRITE_OFF_BOOKS_ONLY = "write_off_books_only"
    WRITE_OFF_CLAIM_ENDED = "write_off_claim_ended"
    COLLECTOR_PAYMENT = "collector_payment"


CANNOT_SETTLE = frozenset({Meaning.INVOICE, Meaning.INTEREST_NOTE, Meaning.TRANSFER})
"""Vouchers that make debt or move none: none of their lines may settle an open item."""


class VoucherState(StrEnum):
    """The states of `core.transitions.LEDGER_VOUCHER`."""

    DRAFT = "draft"
    POSTED = "posted"
    DELETED = "deleted"
    REJECTED = "rejected"


class ProposalState(StrEnum):
    """The states of `core.transitions.PROPOSAL`."""

    DRAFT = "draft"
    APPROVED = "approved"
    CONVERTED = "converted"
    DELETED = "deleted"
