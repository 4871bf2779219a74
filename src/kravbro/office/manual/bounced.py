"""Payments that a person took back because they bounced, before the bank's file told of it.

The bank's own word is then met, not followed once more: what the person's voucher took off the bank's account is put
back, and the bank's sum takes it off.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

import sqlalchemy as sa

from kravbro.db.bulk import portions
from kravbro.office import tables as t
from kravbro.office.journals import Account

Key = tuple[str, str, int]
"""Account, KID and amount (øre, positive) of what was taken back."""

REVERSED_BY_HAND = "office.reversed_by_hand"
"""Why a reversal in a bank file takes nothing off a case: a person has done that already."""


def reversed_by_hand(connection: sa.Connection, keys: Collection[Key]) -> Counter[Key]:
    """How many payments of each key a person has taken back that no bank file has told of yet."""
    payment, file = t.payment.c, t.payment.c.file
    told = (
        sa.exists()
        .where(t.journal.c.source == sa.literal("payment ") + sa.cast(payment.number, sa.String(20)))
        .where(t.journal_row.c.journal == t.journal.c.number, t.journal_row.c.account == Account.MET.value)
    )
    found: Counter[Key] = Counter()
    for portion in portions(sorted(keys), 500):
        kids, amounts_ore = {kid for _, kid, _ in portion}, {-amount_ore for _, _, amount_ore in portion}
        rows = connection.execute(
            sa.select(payment.account_number, payment.kid, payment.amount_ore, file).where(
                payment.kid.in_(kids),
                payment.amount_ore.in_(amounts_ore),
                payment.account_number.is_not(None),
                sa.or_(file.is_(None), told),
            )
        )
        for account, kid, amount_ore, of_file in rows:
            found[account, kid, -amount_ore] += 1 if of_file is None else -1
    return Counter({key: count for key, count in found.items() if count > 0 and key in keys})
