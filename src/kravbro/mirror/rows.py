"""Rows of the mirror and what they say: values from rows, and the seals that show a row to be as it was written."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, TypeAlias, TypeVar

import msgspec
import sqlalchemy as sa

from kravbro.core.claims import Letter, Outcome, Reason, Receipt, TransactionKind
from kravbro.core.errors import DataFault
from kravbro.core.fingerprints import fingerprint
from kravbro.mirror.forgetting import Seen

AnyRow: TypeAlias = "sa.Row[*tuple[Any, ...]]"
"""A row of columns that only the query knows."""
Code = TypeVar("Code", bound=StrEnum)
_REASONS = msgspec.json.Decoder(tuple[Reason, ...])
_LETTERS = msgspec.json.Decoder(tuple[Letter, ...])

SEEN_COLUMNS = ("settlement", "amount_ore", "kind", "value_on", "voucher_no", "text", "voucher_key", "line_no")
"""What a booking says of what was seen, in the order of `Seen`."""
RECEIPT_COLUMNS = ("number", "outcome", "received_on", "case_number", "case_kid", "reasons", "fingerprint")
SEALED = {
    "item": ("company", "entry", "customer_no", "amount_ore"),
    "booking": ("company", "number", "entry", "booked_on", *SEEN_COLUMNS),
    "offer": (
        *("company", "number", "entry", "sequence", "principal_ore", "interest_before_due_ore", "fees_ore"),
        *("interest_charged_ore", "letters", "invoice_no", "kid", "invoice_date", "due_date", "currency"),
        "sub_ledger_type",
    ),
    "withdrawal": ("company", "number", "offer", "entry", "because", "asked_on"),
    "transferred_item": ("company", "number", "entry", "transferred", "case_number", "because", "marked_on"),
    "conversion": (
        *("company", "number", "offer", "entry", "joined", "sequence", "earlier", "case_number", "cut_off"),
        *("collector_ore", "because", "converted_on"),
    ),
    "voucher_event": ("company", "number", "voucher_key", "fate", "happened_on", "voucher_no", "because"),
}
"""What a seal is over, by table, in the order in which the rows are written."""


def sealed(table: str, *values: object) -> tuple[object, ...]:
    """A row's values with the seal over them behind; they come in the order of `SEALED`."""
    return (*values, fingerprint(table, *values))


def known_code(kind: type[Code], value: str, table: str, row: object) -> Code:
    """The code that a row holds. Raises DataFault `mirror.unknown_code`, which names the row."""
    try:
        return kind(value)
    except ValueError:
        raise DataFault("mirror.unknown_code", table=table, row=row, value=str(value)[:60]) from None


def seen(row: AnyRow) -> Seen:
    """What a booking's row says was seen."""
    kind = known_code(TransactionKind, row.kind, "booking", row.number)
    return Seen(
        *(row.settlement, row.amount_ore, kind, row.value_on, row.voucher_no, row.text, row.voucher_key, row.line_no)
    )


def letters(text: str, offer: int) -> tuple[Letter, ...]:
    """The letters of an offer, as they were frozen. Raises DataFault `mirror.unknown_code`."""
    try:
        return _LETTERS.decode(text)
    except (msgspec.DecodeError, TypeError):
        raise DataFault("mirror.unknown_code", table="offer", row=offer, value=text[:60]) from None


def receipt(row: AnyRow, table: str) -> Receipt:
    """A receipt from a row of one of the tables of receipts, joined with its offer's entry."""
    try:
        reasons = _REASONS.decode(row.reasons)
    except (msgspec.DecodeError, TypeError):
        raise DataFault("mirror.unknown_code", table=table, row=row.offer, value=row.reasons[:60]) from None
    outcome = known_code(Outcome, row.outcome, table, row.offer)
    told = (row.number, row.offer, row.entry, outcome, row.received_on, row.case_number, row.case_kid)
    return Receipt(*told, reasons)
