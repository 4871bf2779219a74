"""Customers, and who or what is exempt from dunning and collection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from kravbro.books.sql import chunks
from kravbro.books.tables import customer, entry
from kravbro.core.acts import Act
from kravbro.core.errors import DataFault
from kravbro.core.parties import Party
from kravbro.db.columns import written

_CONTENT = ("kind", "name", "identity_number", "organisation_number", "address", "postcode", "place", "country")


def _content(party: Party) -> dict[str, Any]:
    return {name: str(getattr(party, name)) for name in _CONTENT}


def add_customers(connection: sa.Connection, parties: Sequence[Party], act: Act) -> int:
    """Add the customers that are missing, and answer how many those were.

    Raises DataFault `books.customer_differs` when a number is taken by a customer with other content.
    """
    known: dict[int, dict[str, Any]] = {}
    for some in chunks([party.customer_no for party in parties]):
        for row in connection.execute(sa.select(customer).where(customer.c.number.in_(some))).mappings():
            known[row["number"]] = {name: row[name] for name in _CONTENT}
    new = []
    for party in parties:
        content = _content(party)
        if party.customer_no not in known:
            known[party.customer_no] = content
            new.append({"number": party.customer_no, **content, **written(act)})
        elif known[party.customer_no] != content:
            raise DataFault("books.customer_differs", customer=party.customer_no)
    if new:
        connection.execute(sa.insert(customer), new)
    return len(new)


def change_customer(connection: sa.Connection, party: Party, act: Act) -> None:
    """Write what is now known of a customer. Raises DataFault `books.unknown_customer`."""
    here = sa.update(customer).where(customer.c.number == party.customer_no)
    if not connection.execute(here.values(**_content(party), **written(act))).rowcount:
        raise DataFault("books.unknown_customer", customer=party.customer_no)


def exempt_customer(
    connection: sa.Connection, number: int, *, from_dunning: bool, from_collection: bool, act: Act
) -> None:
    """Say what a customer is exempt from. Raises DataFault `books.unknown_customer`."""
    values = {"exempt_from_dunning": from_dunning, "exempt_from_collection": from_collection, **written(act)}
    if not connection.execute(sa.update(customer).where(customer.c.number == number).values(values)).rowcount:
        raise DataFault("books.unknown_customer", customer=number)


def exempt_open_item(
    connection: sa.Connection, number: int, *, from_dunning: bool, from_collection: bool, act: Act
) -> None:
    """Say what one open item is exempt from. Raises DataFault `books.unknown_open_item`."""
    values = {"exempt_from_dunning": from_dunning, "exempt_from_collection": from_collection, **written(act)}
    if not connection.execute(sa.update(entry).where(entry.c.number == number).values(values)).rowcount:
        raise DataFault("books.unknown_open_item", entry=number)
