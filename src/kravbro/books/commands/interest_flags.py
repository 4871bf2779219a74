"""Whether an open item bears interest in the ledger: a person's word, kept with its reason.

While a collector has the item the ledger charges no interest on it, whatever was said (`queries.open_items`). Nothing
is stored for that and nothing is overwritten, so that giving the claim back restores what was said before by itself.
"""

from __future__ import annotations

import sqlalchemy as sa

from kravbro.books.commands.withdrawals import checked_reason
from kravbro.books.references import find_open_items
from kravbro.books.seals import INTEREST_FLAG, row_seal
from kravbro.books.tables import counter, interest_flag
from kravbro.core.acts import Act
from kravbro.core.errors import DataFault
from kravbro.db.columns import written
from kravbro.db.counters import take


def set_interest(connection: sa.Connection, open_item: int, because: str, act: Act, *, no_interest: bool) -> bool:
    """Say whether an open item bears interest; answers whether that is new.

    Raises DataFault `books.unknown_open_item`, `books.item_reason_missing` and `books.item_reason_too_long`.
    """
    because = checked_reason(because, open_item)
    if open_item not in find_open_items(connection, [open_item]):
        raise DataFault("books.unknown_open_item", entry=open_item)
    of_item = (
        sa.select(interest_flag.c.no_interest)
        .where(interest_flag.c.entry == open_item)
        .order_by(interest_flag.c.number.desc())
        .limit(1)
    )
    if bool(connection.execute(of_item).scalar()) is no_interest:
        return False
    number = take(connection, counter, "interest_flag")
    row = {
        "number": number, "entry": open_item, "no_interest": no_interest, "because": because, "set_on": act.on,
        **written(act),
    }  # fmt: skip
    connection.execute(sa.insert(interest_flag).values(**row, seal=row_seal([row[name] for name in INTEREST_FLAG])))
    return True
