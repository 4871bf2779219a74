"""Tables that a ledger and Kravbro exchange as files, where neither can call the other.

Two are read: what people in the ledger approved for collection or want back (`APPROVALS`), and what became of vouchers
(`RECEIPTS`). Three are written: the collector's answers, statuses, and vouchers. The columns are our own;
docs/formats/exchange_csv.md is their source. `parse` reads a whole file or refuses it, `render` writes one.

>>> from datetime import date
>>> row = StatusRow(2, 1, "501", "10001", "K-1", "registered", date(2026, 11, 20), 1)
>>> read(STATUSES, render(STATUSES, [row]), "status.csv") == (row,)
True
"""

from kravbro.formats.exchange_csv.reading import columns_of, parse, read, validate
from kravbro.formats.exchange_csv.rows import (
    ANSWERS,
    APPROVALS,
    RECEIPTS,
    STATUSES,
    TABLES,
    VOUCHERS,
    AnswerRow,
    ApprovalRow,
    ReceiptRow,
    StatusRow,
    VoucherRow,
)
from kravbro.formats.exchange_csv.table import Table
from kravbro.formats.exchange_csv.writing import render

__all__ = [
    "ANSWERS",
    "APPROVALS",
    "RECEIPTS",
    "STATUSES",
    "TABLES",
    "VOUCHERS",
    "AnswerRow",
    "ApprovalRow",
    "ReceiptRow",
    "StatusRow",
    "Table",
    "VoucherRow",
    "columns_of",
    "parse",
    "read",
    "render",
    "validate",
]
