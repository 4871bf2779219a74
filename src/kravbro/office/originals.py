"""The payment that a reversal takes back, where the bank names it by its reference and not by a KID."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from msgspec.structs import replace

from kravbro.db.bulk import portions
from kravbro.office import tables as t
from kravbro.office.incoming import IncomingPayment


def with_kids_of_originals(connection: sa.Connection, payments: Sequence[IncomingPayment]) -> Sequence[IncomingPayment]:
    """The payments, in which each reversal without a KID has that of the payment it refers to.

    That is a payment on the same account, with the same amount and the bank's same reference: one that is here, or one
    that stands before it in the file. So the reversal finds it by account, KID and amount as every other does.
    """
    nameless = {one.original for one in payments if one.original and not one.kid}
    if not nameless:
        return payments
    kids: dict[tuple[str, str, int], str] = {}
    column = t.payment.c
    for portion in portions(nameless):
        chosen = sa.select(column.account_number, column.reference, column.amount_ore, column.kid)
        rows = connection.execute(
            chosen.where(column.reference.in_(portion), column.amount_ore > 0).order_by(column.number)
        )
        kids |= {(row.account_number, row.reference, row.amount_ore): row.kid for row in rows}
    found = []
    for one in payments:
        if one.amount_ore > 0 and one.reference in nameless:
            kids[one.account_number, one.reference, one.amount_ore] = one.kid
        kid = kids.get((one.account_number, one.original, -one.amount_ore), "") if one.original and not one.kid else ""
        found.append(replace(one, kid=kid) if kid else one)
    return found
