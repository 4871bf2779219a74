"""The bank's file of the demo in camt.054: sums of many payments, each with its own KID, and what went back.

The same payments may be written as another message in an older version: as a bank does that sends them again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta

from kravbro.bootstrap.demo.bank_file import PAID_DAYS, SETTLED_ON, Paid
from kravbro.bootstrap.demo.world import DEMO_DATE
from kravbro.formats import camt054
from kravbro.formats.camt054 import Camt054File, Entry, Notification, Transaction, Version

OF_A_LUMP = 60
"""How many payments a bank sums up to one amount on the statement."""


def camt054_file(paid_to: Mapping[str, Sequence[Paid]], version: Version, message_id: str) -> bytes:
    """The file: a notification for each account, with its payments in sums, and one sum of what went back."""
    notifications = tuple(
        Notification(
            id=f"{message_id}-{place}", account=account, has_summary=True, entries=tuple(_entries(account, paid))
        )
        for place, (account, paid) in enumerate(sorted(paid_to.items()), start=1)
    )
    created_at = datetime.combine(SETTLED_ON, time(18))
    return camt054.render(
        Camt054File(
            name=message_id,
            version=version,
            message_id=message_id,
            created_at=created_at,
            notifications=notifications,
        )
    )


def _entries(account: str, paid: Sequence[Paid]) -> Iterator[Entry]:
    numbered = [_transaction(account, number, one) for number, one in enumerate(paid, start=1)]
    received = [one for one in numbered if one.amount_ore > 0]
    for first in range(0, len(received), OF_A_LUMP):
        yield _entry(account, first // OF_A_LUMP + 1, received[first : first + OF_A_LUMP])
    went_back = [one for one in numbered if one.amount_ore < 0]
    if went_back:
        yield _entry(account, 9, went_back)


def _entry(account: str, number: int, transactions: Sequence[Transaction]) -> Entry:
    net_ore = sum(one.amount_ore for one in transactions)
    return Entry(
        direction="CRDT" if net_ore > 0 else "DBIT",
        amount_ore=net_ore,
        booked_on=SETTLED_ON,
        value_on=SETTLED_ON,
        is_reversal=net_ore < 0,
        bank_reference=f"{account[-5:]}-{number}",
        transactions=tuple(transactions),
    )


def _transaction(account: str, number: int, paid: Paid) -> Transaction:
    return Transaction(
        amount_ore=paid.amount_ore,
        kid=paid.kid,
        text=paid.free_text or "",
        bank_reference=f"{account[-5:]}{number:06d}",
        accepted_on=DEMO_DATE - timedelta(days=PAID_DAYS),
    )
