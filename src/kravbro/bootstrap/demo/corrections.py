"""What a bookkeeper of the demo corrects on single claims, by the commands of `kravbro items`: one of each kind.

Each command is given under an id of its own, so that giving it again changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kravbro.books.commands.corrections import Correction, write_correction
from kravbro.books.commands.matching import book
from kravbro.books.commands.posting import post_vouchers
from kravbro.books.commands.reversals import Reversal, reverse_voucher
from kravbro.books.meanings import Meaning
from kravbro.books.queries.item_history import item_history
from kravbro.books.queries.open_items import OpenItemShown
from kravbro.bootstrap.demo import setting
from kravbro.core.acts import Act
from kravbro.db.engines import Connection

APART = 10
"""Every so many claims one is corrected here; `ledger_day.book_on_claims` leaves these alone."""


class _Kind(NamedTuple):
    """What is booked, against which account, and what of the claim: all, or the given øre."""

    meaning: Meaning
    against: str
    amount_ore: int | None = None


REVERSED = (
    _Kind(Meaning.PAYMENT, setting.BANK, 175_00),
    _Kind(Meaning.CREDIT_NOTE, setting.INCOME),
    _Kind(Meaning.WRITE_OFF_BOOKS_ONLY, setting.WRITTEN_OFF),
    _Kind(Meaning.WRITE_OFF_CLAIM_ENDED, setting.WRITTEN_OFF),
)
"""Booked by mistake, and reversed whole."""
MATCHED_ANEW = _Kind(Meaning.PAYMENT, setting.BANK, 150_00)
"""Booked, taken off the invoice again, and put back in part."""


def correct_in_ledger(connection: Connection, transferred: Sequence[OpenItemShown], act: Act) -> int:
    """Correct some of the claims that a collector has; answers how many."""
    items = transferred[::APART]
    for item, kind in zip(items, REVERSED, strict=False):
        reverse_voucher(connection, Reversal(_booked(connection, item, kind, act), act.on), act)
    for item in items[len(REVERSED) : len(REVERSED) + 1]:
        voucher = _booked(connection, item, MATCHED_ANEW, act)
        (payment,) = {one.credit for one in item_history(connection, item.entry) if one.voucher == voucher}
        for name, amount_ore in (("unmatched", -150_00), ("matched anew", 100_00)):
            book(connection, payment, item.entry, amount_ore, act, request_id=f"demo {name} {item.invoice_no}")
    return min(len(items), len(REVERSED) + 1)


def _booked(connection: Connection, item: OpenItemShown, kind: _Kind, act: Act) -> int:
    """The posted voucher of one booking on a claim."""
    correction = Correction(item.entry, kind.meaning, kind.against, act.on, kind.amount_ore)
    voucher = write_correction(connection, correction, act, f"demo {kind.meaning.value} {item.invoice_no}")
    post_vouchers(connection, [voucher], act)
    return voucher
