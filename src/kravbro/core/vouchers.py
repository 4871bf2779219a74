"""Vouchers that a collector delivers to a ledger, and what becomes of them."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import msgspec

from kravbro.core.errors import DataFault


class VoucherLine(msgspec.Struct, frozen=True, gc=False):
    """One line: debit positive, credit negative, in øre.

    A line with `customer_no` goes through the sub-ledger; with `claim_entry` it settles exactly that open item, with
    invoice number and matching reference beside it so that any ledger can close the item.
    """

    line_no: int
    account: str
    amount_ore: int
    customer_no: int | None = None
    claim_entry: int | None = None
    invoice_no: str = ""
    reference: str = ""
    department: str = ""
    project: str = ""
    text: str = ""


class Voucher(msgspec.Struct, frozen=True, gc=False):
    """An approved voucher. `number` is the approval number (order of the stream); `key` was given at approval.

    `key` is stored before the voucher is sent, and is what the ledger knows it by. The lines sum to zero.
    """

    number: int
    key: str
    dated: date
    text: str
    lines: tuple[VoucherLine, ...]


def refuse_unbalanced(voucher: Voucher) -> None:
    """Raise DataFault `voucher.unbalanced` unless the lines sum to zero, `voucher.empty` if there are none."""
    if not voucher.lines:
        raise DataFault("voucher.empty", voucher=voucher.key)
    total = sum(line.amount_ore for line in voucher.lines)
    if total:
        raise DataFault("voucher.unbalanced", voucher=voucher.key, difference=total)


class Fate(StrEnum):
    """What the ledger did with a voucher: delivered is not posted, only posted moves balances."""

    DELIVERED = "delivered"
    POSTED = "posted"
    REJECTED = "rejected"
    DELETED = "deleted"


class VoucherReceipt(msgspec.Struct, frozen=True, gc=False):
    """One event in the life of a delivered voucher, by event number. `voucher_no` is the ledger's own number."""

    number: int
    voucher_key: str
    fate: Fate
    on: date
    voucher_no: str = ""
