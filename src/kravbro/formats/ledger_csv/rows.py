"""The columns of the table and the rows that are read from it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import msgspec


class Kind(StrEnum):
    """What a row is."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    PAYMENT = "payment"
    REVERSAL = "reversal"


KINDS = {
    "invoice": Kind.INVOICE,
    "faktura": Kind.INVOICE,
    "credit_note": Kind.CREDIT_NOTE,
    "kreditnota": Kind.CREDIT_NOTE,
    "payment": Kind.PAYMENT,
    "innbetaling": Kind.PAYMENT,
    "reversal": Kind.REVERSAL,
    "tilbakeføring": Kind.REVERSAL,
}
"""What stands in the column `type`, in English and in Norwegian."""
DEBITS = frozenset({Kind.INVOICE, Kind.REVERSAL})
"""Rows by which the customer owes more: their amounts are above zero, all others below."""

MEANINGS = {
    "correction": "correction",
    "korreksjon": "correction",
    "write_off_books_only": "write_off_books_only",
    "tap": "write_off_books_only",
    "write_off_claim_ended": "write_off_claim_ended",
    "frafalt": "write_off_claim_ended",
}
"""What a row that is no invoice means for a claim at the collector, where its type does not say it."""
EXEMPTIONS = {"dunning": "dunning", "purring": "dunning", "collection": "collection", "inkasso": "collection"}
"""What an invoice is exempt from."""

COLUMNS = {
    "customer": "kundenr",
    "name": "navn",
    "organisation_number": "orgnr",
    "identity_number": "fødselsnr",
    "address": "adresse",
    "postcode": "postnr",
    "place": "poststed",
    "country": "land",
    "type": "art",
    "number": "bilagsnr",
    "invoice_no": "fakturanr",
    "date": "dato",
    "due_date": "forfall",
    "amount": "beløp",
    "kid": "kid",
    "text": "tekst",
    "company": "firma",
    "currency": "valuta",
    "remaining": "rest",
    "exempt": "unntak",
    "meaning": "betydning",
}
"""The columns in English, each with its Norwegian name; both are read, in any order."""
CONNECTED = ("company", "currency", "remaining", "exempt", "meaning")
"""Columns that only a ledger which is connected by its files tells; an import into the books refuses them."""
REQUIRED = ("customer", "type", "number", "date", "amount")
CUSTOMER_COLUMNS = (
    "name", "organisation_number", "identity_number", "address", "postcode", "place", "country",
)  # fmt: skip
"""What says who the customer is: once is enough, and no two rows may contradict each other."""
WIDTHS = {
    "customer": 70, "name": 200, "organisation_number": 20, "identity_number": 20, "address": 200, "postcode": 20,
    "place": 100, "country": 2, "type": 20, "number": 20, "invoice_no": 20, "kid": 25, "text": 200,
    "company": 10, "currency": 3,
}  # fmt: skip


class Row(msgspec.Struct, frozen=True, gc=False):
    """One row: `line` is that of the file, `amount_ore` is positive where the customer owes more.

    `invoice_no` is the invoice's own number, or that of the invoice which a credit note, payment or reversal is for.
    `remaining_ore` is what remains of an invoice, None where the table does not tell it.
    """

    line: int
    customer: str
    kind: Kind
    number: str
    dated: date
    amount_ore: int
    name: str = ""
    organisation_number: str = ""
    identity_number: str = ""
    address: str = ""
    postcode: str = ""
    place: str = ""
    country: str = ""
    invoice_no: str = ""
    due_date: date | None = None
    kid: str = ""
    text: str = ""
    company: str = ""
    currency: str = ""
    remaining_ore: int | None = None
    exempt: str = ""
    meaning: str = ""
