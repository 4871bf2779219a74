"""Customers as the screens and lists show them."""

from __future__ import annotations

from collections.abc import Collection

import msgspec
import sqlalchemy as sa

from kravbro.books.queries.customer_cards import PARTY_COLUMNS, party_of
from kravbro.books.sql import total
from kravbro.books.tables import customer, entry
from kravbro.core.identifiers import identity_number
from kravbro.core.parties import MARK, Party, Protection


class CustomerShown(msgspec.Struct, frozen=True):
    """A customer, what it is exempt from, and its balance in øre (positive: it owes)."""

    party: Party
    exempt_from_dunning: bool
    exempt_from_collection: bool
    balance_ore: int


def as_shown(one: CustomerShown, hidden_customers: Collection[int], hidden_numbers: Collection[str]) -> CustomerShown:
    """A customer as anybody may see it: the identity number masked, and a mark for an address that is protected.

    It is protected here, or elsewhere: by customer number, or by identity or organisation number.
    """
    party = one.party
    hides = party.protection is not Protection.NONE or party.customer_no in hidden_customers
    hides = hides or party.identity_number in hidden_numbers or party.organisation_number in hidden_numbers
    marks = dict.fromkeys(("address", "postcode", "place", "country"), MARK) if hides else {}
    masked = identity_number.masked(party.identity_number)
    return msgspec.structs.replace(one, party=msgspec.structs.replace(party, identity_number=masked, **marks))


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
