"""Marks of items that were handed over before the ledger was joined with a collector: every row against its seal."""

from __future__ import annotations

import sqlalchemy as sa

from kravbro.books.queries.audit.faults import CONTENT, Faults
from kravbro.books.seals import TRANSFERRED_ITEM, row_seal
from kravbro.books.tables import transferred_item
from kravbro.db.columns import with_plain_day


def check_transferred_items(connection: sa.Connection, faults: Faults) -> None:
    """Every mark says what it said when it was written."""
    columns = (with_plain_day(transferred_item.c[name]) for name in TRANSFERRED_ITEM)
    sealed = sa.select(transferred_item.c.seal, *columns).order_by(transferred_item.c.number)
    for seal, number, entry, *rest in connection.execute(sealed, execution_options={"yield_per": 1000}):
        if row_seal((number, entry, *rest)) != seal and number not in faults.rows["transferred_item"]:
            faults.rows["transferred_item"].add(number)
            faults.add(f"ledger transferred item {number}", CONTENT, entry=entry)
