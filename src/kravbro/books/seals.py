"""Seals: a hash over what a row says, so that whoever changes it past the program contradicts it.

A voucher is sealed when it is written, over its header and all its lines. When it is posted it is sealed again, over
that seal, its place in the order of posting, its number, its day, and the seal of the voucher posted before it. So a
voucher that was altered does not fit its own seal, and one that was put in does not continue the chain.

Letters, bookings made by hand, withdrawals, interest flags, and what was imported of another ledger's file have no
voucher behind them and are sealed one by one with their numbers.
A seal proves nothing about who runs the program: see `docs/decisions/0007-vouchers-are-sealed.md`. Dates may be given
as dates or as ISO text: both are sealed alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from kravbro.books.drafts import DraftLine
from kravbro.core.fingerprints import fingerprint

HEADER = (
    "id",
    "type",
    "series",
    "dated",
    "text",
    "registrar",
    "line_count",
    "debit_ore",
    "collector_key",
    "fingerprint",
    "rejected_because",
    "request_id",
    "actor",
)
"""What is sealed of a voucher when it is written; posting adds its number and its day, and seals them too."""
LINE = DraftLine.__struct_fields__
"""What is sealed of each line: everything."""
BOOKING = (
    "number",
    "entry",
    "open_item",
    "amount_ore",
    "remaining_ore",
    "by_collector",
    "booked_on",
    "request_id",
    "actor",
)
"""What is sealed of a booking made by hand."""
LETTER = ("number", "entry", "letter_no", "kind", "sent_on", "deadline", "fee_ore", "interest_ore", "actor")
"""What is sealed of a letter."""
LEDGER_IMPORT = (
    "number", "format", "file_name", "sha256", "period_start", "period_end", "imported_on", "customers", "lines",
    "actor",
)  # fmt: skip
"""What is sealed of another ledger's file that was taken in."""
IMPORTED_CUSTOMER = ("number", "customer", "source_id", "ledger_import", "actor")
"""What is sealed of a customer that came in such a file."""
IMPORTED_LINE = (
    "number", "ledger_import", "source_key", "content", "kind", "customer", "account", "dated", "amount_ore", "voucher",
    "actor",
)  # fmt: skip
"""What is sealed of each line of such a file."""
PROTECTION = ("number", "customer", "level", "because", "set_on", "actor")
"""What is sealed of a change in the protection of a customer's address."""
RELATION = ("number", "customer", "role", "other", "first_day", "last_day", "because", "actor")
"""What is sealed of a relation between two customers."""
TRANSFERRED_ITEM = ("number", "entry", "transferred", "case_number", "because", "marked_on", "actor")
"""What is sealed of a mark that an open item was handed over before the ledger was joined with a collector."""
CONVERSION = (
    "number", "offer", "entry", "joined", "sequence", "earlier", "case_number", "cut_off", "collector_ore", "because",
    "converted_on", "actor",
)  # fmt: skip
"""What is sealed of the conversion of such an item."""
WITHDRAWAL = ("number", "offer", "entry", "because", "asked_on", "actor")
"""What is sealed of a withdrawal."""
INTEREST_FLAG = ("number", "entry", "no_interest", "because", "set_on", "actor")
"""What is sealed of a person's word on whether an open item bears interest."""
FIRST = ""
"""Stands for the seal before that of the first posted voucher."""


def voucher_seal(header: Sequence[object], lines: Iterable[Sequence[object]]) -> str:
    """The seal of a voucher as it is written: values of `HEADER`, and of `LINE` for each line by number."""
    return fingerprint(header, [*lines])


def posted_seal(before: str, sequence: int, number: int | None, posted_on: date | str | None, seal: str) -> str:
    """The seal of a posted voucher: what it was sealed with when it was written, and its place in the chain."""
    return fingerprint(before, sequence, number, posted_on, seal)


def deleted_seal(seal: str) -> str:
    """The seal of a draft that was deleted, from what it was sealed with when it was written."""
    return fingerprint("deleted", seal)


def row_seal(values: Sequence[object]) -> str:
    """The seal of a row that stands alone: values of `BOOKING`, `LETTER`, or of their like."""
    return fingerprint(values)
