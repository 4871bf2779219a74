"""The tables, with their columns and rows. Each row begins with the line of the file that it was read from."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from kravbro.formats.exchange_csv.table import Cell, Column, Table


class ApprovalRow(msgspec.Struct, frozen=True, gc=False):
    """An invoice that people approved for collection at a moment, or why they want it back: one of both.

    `fees_ore` and `interest_ore` were charged with letters already sent; a notice of collection has both its days.
    """

    line: int
    invoice_no: str
    customer: str = ""
    approved: str = ""
    wanted_back: str = ""
    notice_sent: date | None = None
    notice_deadline: date | None = None
    fees_ore: int = 0
    interest_ore: int = 0


class ReceiptRow(msgspec.Struct, frozen=True, gc=False):
    """What became of a voucher, named by the file that it came in, or by its number there."""

    line: int
    file: str
    outcome: str
    dated: date
    voucher_no: str = ""
    because: str = ""


class AnswerRow(msgspec.Struct, frozen=True, gc=False):
    """The collector's answer about one invoice; a case number, or the reasons in words."""

    line: int
    company: int
    invoice_no: str
    customer: str
    outcome: str
    dated: date
    case_number: str = ""
    reasons: str = ""


class StatusRow(msgspec.Struct, frozen=True, gc=False):
    """Where an invoice stands at the collector; the highest version counts."""

    line: int
    company: int
    invoice_no: str
    customer: str
    case_number: str
    state: str
    dated: date
    version: int


class VoucherRow(msgspec.Struct, frozen=True, gc=False):
    """One line of a voucher (øre, debit positive): on an account, or on a customer and an invoice."""

    line: int
    company: int
    voucher_no: int
    dated: date
    account: str
    amount_ore: int
    reference: str
    customer: str = ""
    invoice_no: str = ""
    department: str = ""
    project: str = ""
    text: str = ""


OUTCOMES = {"lest": "read", "bokført": "posted", "avvist": "rejected", "slettet": "deleted"}
ANSWERED = {"godtatt": "accepted", "avvist": "refused", "trukket": "withdrawn", "returnert": "returned"}
STATES = {
    "registrert": "registered", "betalt": "paid", "avsluttet": "ended", "på vei tilbake": "leaving",
    "trukket": "withdrawn", "returnert": "returned",
}  # fmt: skip
_COMPANY = Column("firma", Cell.NUMBER, required=True)
_INVOICE, _CUSTOMER = Column("fakturanr", required=True, width=40), Column("kundenr", width=70)
_DAY, _CASE = Column("dato", Cell.DAY, required=True), Column("saksnr", width=40)

APPROVALS = Table(
    "approvals",
    ApprovalRow,
    "approved",
    {
        "invoice_no": _INVOICE,
        "customer": _CUSTOMER,
        "approved": Column("godkjent", Cell.MOMENT),
        "wanted_back": Column("trekkes_fordi"),
        "notice_sent": Column("varsel_sendt", Cell.DAY),
        "notice_deadline": Column("varsel_frist", Cell.DAY),
        "fees": Column("gebyr", Cell.AMOUNT),
        "interest": Column("renter", Cell.AMOUNT),
    },
)
RECEIPTS = Table(
    "receipts",
    ReceiptRow,
    "file",
    {
        "file": Column("fil", required=True),
        "outcome": Column("utfall", Cell.WORD, required=True, words=OUTCOMES),
        "dated": _DAY,
        "voucher_no": Column("bilagsnr", width=40),
        "because": Column("årsak"),
    },
)
ANSWERS = Table(
    "answers",
    AnswerRow,
    "reasons",
    {
        "company": _COMPANY,
        "invoice_no": _INVOICE,
        "customer": _CUSTOMER,
        "outcome": Column("utfall", Cell.WORD, required=True, words=ANSWERED),
        "dated": _DAY,
        "case_number": _CASE,
        "reasons": Column("grunner", width=2_000),
    },
)
STATUSES = Table(
    "statuses",
    StatusRow,
    "state",
    {
        "company": _COMPANY,
        "invoice_no": _INVOICE,
        "customer": _CUSTOMER,
        "case_number": _CASE,
        "state": Column("status", Cell.WORD, required=True, words=STATES),
        "dated": _DAY,
        "version": Column("versjon", Cell.NUMBER, required=True),
    },
)
VOUCHERS = Table(
    "vouchers",
    VoucherRow,
    "reference",
    {
        "company": _COMPANY,
        "voucher_no": Column("bilagsnr", Cell.NUMBER, required=True),
        "dated": _DAY,
        "account": Column("konto", required=True, width=20),
        "customer": _CUSTOMER,
        "invoice_no": Column("fakturanr", width=40),
        "amount": Column("beløp", Cell.AMOUNT, required=True),
        "department": Column("avdeling", width=20),
        "project": Column("prosjekt", width=20),
        "text": Column("tekst"),
        "reference": Column("referanse", required=True, width=40),
    },
)
TABLES: tuple[Table[Any], ...] = (APPROVALS, RECEIPTS, ANSWERS, STATUSES, VOUCHERS)
