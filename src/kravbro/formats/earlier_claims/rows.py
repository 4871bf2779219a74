"""The columns of the table and the rows that are read from it."""

from __future__ import annotations

from datetime import date

import msgspec

COLUMNS = {
    "case_number": "saksnr",
    "case_kid": "kid",
    "customer": "kundenr",
    "invoice_no": "fakturanr",
    "invoice_date": "fakturadato",
    "due_date": "forfall",
    "principal": "hovedstol",
    "interest": "renter",
    "fees": "gebyr",
    "costs": "omkostninger",
    "paid_principal": "betalt_hovedstol",
    "paid_interest": "betalt_renter",
    "paid_fees": "betalt_gebyr",
    "paid_costs": "betalt_omkostninger",
}
"""The columns in English, each with its Norwegian name; both are read, in any order."""
REQUIRED = ("case_number", "customer", "invoice_no", "invoice_date", "due_date", "principal")
WIDTHS = {"case_number": 30, "case_kid": 25, "invoice_no": 20}
AMOUNTS = ("principal", "interest", "fees", "costs")


class Row(msgspec.Struct, frozen=True, gc=False):
    """One claim: `line` is that of the file, amounts are in øre, what was paid is at most what was claimed."""

    line: int
    case_number: str
    customer: int
    invoice_no: str
    invoice_date: date
    due_date: date
    principal_ore: int
    interest_ore: int = 0
    fees_ore: int = 0
    costs_ore: int = 0
    paid_principal_ore: int = 0
    paid_interest_ore: int = 0
    paid_fees_ore: int = 0
    paid_costs_ore: int = 0
    case_kid: str = ""
