"""Everything that a mirror remembers of a company, as values that compare: what two runs must agree on.

Left out are moments of writing, who wrote, and the ledger's own cursor.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from kravbro.db.columns import with_plain_day
from kravbro.mirror import conversion_tables, tables

DUMPED = (
    tables.item,
    tables.booking,
    tables.offer,
    tables.waiting_offer,
    tables.offer_receipt,
    tables.offer_return,
    tables.claim_transaction,
    tables.withdrawal,
    conversion_tables.transferred_item,
    conversion_tables.conversion,
    conversion_tables.opening_booking,
    tables.delivery,
    tables.to_deliver,
    tables.voucher_event,
    tables.claim_status,
    tables.to_mark,
    tables.to_show,
)
_LEFT_OUT = frozenset({"company", "actor", "written_at"})


def dump(connection: sa.Connection, company: int) -> dict[str, list[dict[str, Any]]]:
    """The rows of each table, by their keys."""
    return {table.name: _rows(connection, table, company) for table in DUMPED}


def _rows(connection: sa.Connection, table: sa.Table, company: int) -> list[dict[str, Any]]:
    columns = [with_plain_day(column) for column in table.c if column.name not in _LEFT_OUT]
    order = [column for column in table.primary_key if column.name != "company"]
    rows = connection.execute(sa.select(*columns).where(table.c.company == company).order_by(*order))
    return [dict(row) for row in rows.mappings()]


def companies_seen(connection: sa.Connection) -> list[int]:
    """The companies of which anything was seen, or said."""
    tables_of_companies = (tables.item, conversion_tables.transferred_item)
    named = sa.union(*(sa.select(one.c.company) for one in tables_of_companies)).subquery()
    return list(connection.execute(sa.select(named.c.company).order_by(named.c.company)).scalars())
