"""Customers as the screens and lists show them."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from kravbro.books.queries.standings import PARTY_COLUMNS, party_of
from kravbro.books.sql import total
from kravbro.books.tables import customer, entry
from kravbro.core.parties import Party


class CustomerShown(msgspec.Struct, frozen=True):
    """A customer, what it is exempt from, and its balance in øre (positive: it owes)."""

    party: Party
    exempt_from_dunning: bool
    exempt_from_collection: bool
    balance_ore: int


def customers(connection: sa.Connection, after: int = 0, limit: int = 1000) -> list[CustomerShown]:
    """Customers by number, after the given one."""
    columns = (*PARTY_COLUMNS, customer.c.exempt_from_dunning, customer.c.exempt_from_collection)
    page = sa.select(*columns).where(customer.c.number > after).order_by(customer.c.number).limit(limit)
    rows = connection.execute(page).all()
    if not rows:
        return []
    theirs = entry.c.customer.between(rows[0].number, rows[-1].number)
    owed = sa.select(entry.c.customer, total(entry.c.amount_ore).label("balance_ore")).where(theirs)
    balance = {row.customer: row.balance_ore for row in connection.execute(owed.group_by(entry.c.customer))}
    return [
        CustomerShown(
            party=party_of(row[: len(PARTY_COLUMNS)]),
            exempt_from_dunning=row.exempt_from_dunning,
            exempt_from_collection=row.exempt_from_collection,
            balance_ore=balance.get(row.number, 0),
        )
        for row in rows
    ]
