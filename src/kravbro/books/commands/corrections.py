"""What a bookkeeper books on one open item: a payment to the creditor, a credit note, or a write-off of either kind.

Each is one voucher: a line against the item, and one on it. What follows on a claim at the collector follows from its
posting (`commands.posting`).
"""

from __future__ import annotations

from datetime import date

import msgspec
import sqlalchemy as sa

from kravbro.books.commands.vouchers import write_vouchers
from kravbro.books.drafts import Draft, DraftLine
from kravbro.books.meanings import Meaning
from kravbro.books.references import find_open_items
from kravbro.books.sql import booked_from, booked_on
from kravbro.books.tables import entry, sub_ledger_type, voucher, voucher_line, voucher_type
from kravbro.core.acts import Act
from kravbro.core.errors import DataFault, Skip
from kravbro.core.money import format_kroner

WRITE_OFFS = frozenset({Meaning.WRITE_OFF_BOOKS_ONLY, Meaning.WRITE_OFF_CLAIM_ENDED})
ON_ITEM = 2
"""The number of the line on the open item; line 1 stands against it."""


class Correction(msgspec.Struct, frozen=True):
    """A booking that lowers one open item by `amount_ore` (None: by all that remains), against an account.

    An empty `voucher_type` means the company's only type with that meaning.
    """

    open_item: int
    meaning: Meaning
    against: str
    dated: date
    amount_ore: int | None = None
    text: str = ""
    voucher_type: str = ""


def write_correction(connection: sa.Connection, correction: Correction, act: Act, request_id: str | None = None) -> int:
    """Write the voucher of a correction as a draft; answers it. A known `request_id` answers its voucher.

    More may be paid or credited than remains: the item then stands below zero, and that is owed back. Raises DataFault
    `books.unknown_open_item`, `books.correction_amount` (not above zero), `books.write_off_too_large`, those of
    `type_with_meaning`, `books.request_differs` and what `write_vouchers` raises; Skip `books.nothing_remains` where
    all that remains is to be booked and nothing does.
    """
    item = find_open_items(connection, [correction.open_item]).get(correction.open_item)
    if item is None:
        raise DataFault("books.unknown_open_item", entry=correction.open_item)
    amount_ore = _amount(connection, correction, request_id)
    code = type_with_meaning(connection, correction.meaning, correction.voucher_type)
    here = sa.select(entry.c.invoice_no).where(entry.c.number == correction.open_item)
    invoice_no = connection.execute(here).scalar_one()
    receivable = sa.select(sub_ledger_type.c.receivable_account).where(sub_ledger_type.c.code == item.sub_ledger_type)
    on_item = DraftLine(
        ON_ITEM,
        connection.execute(receivable).scalar_one(),
        -amount_ore,
        customer=item.customer,
        sub_ledger_type=item.sub_ledger_type,
        settles=correction.open_item,
        reference=invoice_no,
    )
    text = correction.text or f"{code} {invoice_no}".strip()
    lines = (DraftLine(1, correction.against, amount_ore), on_item)
    draft = Draft(code, correction.dated, text, lines, request_id=request_id)
    (number,) = write_vouchers(connection, [draft], act)
    return number


def _amount(connection: sa.Connection, correction: Correction, request_id: str | None) -> int:
    """How much is booked (øre): what was asked for, what the same request booked before, or all that remains."""
    wanted_ore = correction.amount_ore
    if wanted_ore is not None and wanted_ore <= 0:
        raise DataFault("books.correction_amount", entry=correction.open_item, wanted=format_kroner(wanted_ore))
    before = (
        sa.select(-voucher_line.c.amount_ore)
        .join(voucher, voucher.c.id == voucher_line.c.voucher)
        .where(voucher.c.request_id == request_id, voucher_line.c.line_no == ON_ITEM)
    )
    booked_ore = None if request_id is None else connection.execute(before).scalar()
    if booked_ore is not None:
        return int(booked_ore) if wanted_ore is None else wanted_ore
    rest = entry.c.amount_ore + booked_on(entry.c.number) - booked_from(entry.c.number)
    remaining_ore = int(connection.execute(sa.select(rest).where(entry.c.number == correction.open_item)).scalar_one())
    if wanted_ore is None and remaining_ore <= 0:
        raise Skip("books.nothing_remains", entry=correction.open_item, remaining=format_kroner(remaining_ore))
    amount_ore = remaining_ore if wanted_ore is None else wanted_ore
    if correction.meaning in WRITE_OFFS and amount_ore > remaining_ore:
        remaining, wanted = format_kroner(remaining_ore), format_kroner(amount_ore)
        raise DataFault("books.write_off_too_large", entry=correction.open_item, remaining=remaining, wanted=wanted)
    return amount_ore


def type_with_meaning(connection: sa.Connection, meaning: Meaning, wanted: str = "") -> str:
    """The voucher type that is wanted, or the company's only one with a meaning.

    Raises DataFault `books.no_type_with_meaning`, `books.several_types` and `books.type_means_other`.
    """
    here = sa.select(voucher_type.c.code).where(voucher_type.c.meaning == meaning.value).order_by(voucher_type.c.code)
    codes = [str(code) for code in connection.execute(here).scalars()]
    if wanted:
        if wanted not in codes:
            raise DataFault("books.type_means_other", type=wanted[:40], meaning=meaning.value)
        return wanted
    if not codes:
        raise DataFault("books.no_type_with_meaning", meaning=meaning.value)
    if len(codes) > 1:
        raise DataFault("books.several_types", meaning=meaning.value, types=", ".join(codes))
    return codes[0]
