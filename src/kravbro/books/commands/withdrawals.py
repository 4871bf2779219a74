"""Claims that the creditor wants back from the collector: asked for once, and numbered for whoever carries it."""

from __future__ import annotations

import sqlalchemy as sa

from kravbro.books.seals import WITHDRAWAL, row_seal
from kravbro.books.sql import is_held
from kravbro.books.tables import counter, offer, withdrawal
from kravbro.core.acts import Act
from kravbro.core.errors import DataFault, Skip
from kravbro.db.columns import written
from kravbro.db.counters import take

LONGEST_REASON = 200


def withdraw(connection: sa.Connection, open_item: int, because: str, act: Act) -> int:
    """Ask for the claim on an open item back; answers the number of the withdrawal. Asked for already is done.

    The collector stops when it hears of it; mark and case number stay until its receipt gives the claim back.

    Raises DataFault `books.item_reason_missing` and `books.item_reason_too_long`; Skip `books.not_at_collector` for an
    item that no collector has.
    """
    because = checked_reason(because, open_item)
    here = sa.select(sa.func.max(offer.c.number)).where(offer.c.entry == open_item, is_held(offer.c.number))
    held = connection.execute(here).scalar()
    if held is None:
        raise Skip("books.not_at_collector", entry=open_item)
    known = connection.execute(sa.select(withdrawal.c.number).where(withdrawal.c.offer == held)).scalar()
    if known is not None:
        return int(known)
    number = take(connection, counter, "withdrawal")
    row = {
        "number": number, "offer": held, "entry": open_item, "because": because, "asked_on": act.on, **written(act),
    }  # fmt: skip
    connection.execute(sa.insert(withdrawal).values(**row, seal=row_seal([row[name] for name in WITHDRAWAL])))
    return number


def checked_reason(because: str, open_item: int) -> str:
    """The reason without blanks around it.

    Raises DataFault `books.item_reason_missing` or `books.item_reason_too_long`.
    """
    because = because.strip()
    if not because:
        raise DataFault("books.item_reason_missing", entry=open_item)
    if len(because) > LONGEST_REASON:
        raise DataFault("books.item_reason_too_long", entry=open_item, longest=LONGEST_REASON)
    return because
