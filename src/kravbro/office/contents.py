"""What a row was written with, and its fingerprint: stored beside the row, and made again by the audit.

A row whose fingerprint no longer fits was changed past the program. One whose fingerprint fits is what it was, so
whatever disagrees with it is wrong itself. What may change in the course of business (states, versions, `posting`) is
not part of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kravbro.core.fingerprints import fingerprint

DEBTOR = (
    "id", "creditor", "customer_no", "kind", "name", "identity_number", "organisation_number", "address", "postcode",
    "place", "country", "protection", "language",
)  # fmt: skip
UNTOLD = ("none", "")
"""Protection and language of a debtor of whom the ledger told neither: such a row is fingerprinted without them."""
PARTY_NUMBER = ("number", "digits", "party", "actor")
PARTY_MEMBER = ("number", "debtor", "party", "how", "because", "set_on", "actor")
PARTY_FACT = ("number", "party", "sort", "value", "told_by", "because", "set_on", "actor")
PARTY_ACCESS = ("number", "party", "because", "seen_on", "actor")
CASE_PARTY = (
    "number", "case", "debtor", "role", "stands_for", "first_day", "last_day", "told_by", "because", "set_on", "actor",
)  # fmt: skip
CASE = ("id", "creditor", "number", "kid", "debtor", "workflow", "opened_on")
PAYMENT = (
    "number", "file", "identity", "account_number", "creditor", "type", "amount_ore", "kid", "bank_date",
    "settlement_date", "lump", "reference", "debit_account", "free_text", "reverses", "placed_ore",
)  # fmt: skip
PAYMENT_DETAIL = ("payment", "payer_name", "payer_account", "text", "end_to_end_id")
PAYMENT_FILE_OVERRIDE = ("number", "file", "kind", "payment_count", "because", "made_on", "actor")
STATUTE_ROW = (
    "number", "rule", "scope", "up_to_ore", "act", "value", "valid_from", "valid_to", "law", "source", "confidence",
    "note", "added_on", "actor",
)  # fmt: skip
STATUTE_VERIFICATION = (
    "number", "row_number", "rule", "scope", "up_to_ore", "act", "valid_from", "valid_to", "value", "source",
    "verified_on", "actor",
)  # fmt: skip
INTEREST_TERMS = ("number", "claim", "bears_interest", "agreed_percent", "because", "set_on", "actor")
INTEREST_PAUSE = ("number", "claim", "first_day", "last_day", "pauses", "because", "set_on", "actor")
MANUAL_ACT = (
    "number", "creditor", "kind", "request_id", "content", "payment", "amount_ore", "how", "account", "about",
    "because", "done_on", "actor",
)  # fmt: skip
POSTING_CHOICE = (
    "number", "creditor", "journal", "row_no", "field", "value", "was", "because", "made_on", "actor",
)  # fmt: skip
REFUND_FILE = (
    "number", "creditor", "message_id", "version", "debtor_name", "debtor_account", "debtor_bic", "initiator_id",
    "requested_on", "created_at", "refund_count", "sum_ore", "sha256", "actor",
)  # fmt: skip
REFUND = (
    "number", "creditor", "act", "payment", "case", "amount_ore", "account_number", "name", "text", "end_to_end_id",
)  # fmt: skip
EARLIER_CLAIM = (
    "number", "creditor", "case_number", "case_kid", "customer_no", "invoice_no", "invoice_date", "due_date",
    "principal_ore", "interest_ore", "fees_ore", "costs_ore", "paid_principal_ore", "paid_interest_ore",
    "paid_fees_ore", "paid_costs_ore", "file_name", "imported_on", "actor",
)  # fmt: skip
ADJUSTMENT = (
    "number", "act", "claim", "kind", "part", "amount_ore", "dated", "deadline", "with_vat", "document", "account",
    "undoes", "actor",
)  # fmt: skip
ADOPTED_CLAIM = (
    "number", "claim", "earlier_claim", "cut_off", "ledger_ore", "because", "told", "adopted_on", "actor",
)  # fmt: skip
REGISTERED_CLAIM = ("number", "act", "claim", "account", "document", "warnings", "frozen", "actor")
WITHDRAWAL = ("creditor", "number", "claim", "asked_on", "because")
CLAIM_RETURN = ("number", "claim", "outcome", "reason", "because", "asked_on", "withdrawal", "actor")
CLAIM_LETTER = ("claim", "letter_no", "kind", "sent_on", "deadline", "fee_ore", "interest_ore")
JOURNAL = ("number", "creditor", "case", "kind", "dated", "source")
JOURNAL_ROW = ("journal", "row_no", "account", "claim", "amount_ore", "reason", "counts_from")


def of_row(values: Sequence[Any]) -> str:
    """The fingerprint of a row that stands alone: its values in the order above."""
    return fingerprint(*values)


def of_debtor(values: Sequence[Any]) -> str:
    """The fingerprint of a debtor: values in the order of `DEBTOR`, without the last two where nothing was told."""
    told = tuple(values)
    return fingerprint(*(told[: -len(UNTOLD)] if told[-len(UNTOLD) :] == UNTOLD else told))


def of_journal(head: Sequence[Any], rows: Sequence[Sequence[Any]]) -> str:
    """The fingerprint of a journal with its rows, values in the order above."""
    return fingerprint(*head, rows)
