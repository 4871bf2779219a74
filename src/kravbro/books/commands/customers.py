"""Customers, and who or what is exempt from dunning and collection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from kravbro.books.commands.protections import protect_as_told
from kravbro.books.tables import customer, entry
from kravbro.core.acts import Act
from kravbro.core.errors import DataFault
from kravbro.core.parties import Party
from kravbro.db.bulk import portions
from kravbro.db.columns import written

_CONTENT = (
    "kind", "name", "identity_number", "organisation_number", "address", "postcode", "place", "country", "language",
)  # fmt: skip
_OPTIONAL = ("language",)
"""What many sources do not tell: nothing then says that the customer is another one."""


def _content(party: Party) -> dict[str, Any]:
    return {name: str(getattr(party, name)) for name in _CONTENT}


def add_customers(connection: sa.Connection, parties: Sequence[Party], act: Act) -> int:
    """Add the customers that are missing, and answer how many those were.

    Raises DataFault `books.customer_differs` when a number is taken by a customer with other content. An address that
    is told to be more protected than it was becomes so; none becomes less (`protections.set_protection`).
    """
    known: dict[int, dict[str, Any]] = {}
    for some in portions([party.customer_no for party in parties]):
        for row in connection.execute(sa.select(customer).where(customer.c.number.in_(some))).mappings():
            known[row["number"]] = {name: row[name] for name in _CONTENT}
    new = []
    for party in parties:
        content = _content(party)
        if party.customer_no not in known:
            known[party.customer_no] = content
            new.append({"number": party.customer_no, **content, **written(act)})
        elif not _same(known[party.customer_no], content):
            raise DataFault("books.customer_differs", customer=party.customer_no)
    if new:
        connection.execute(sa.insert(customer), new)
    protect_as_told(connection, parties, act)
    return len(new)


def _same(known: dict[str, Any], told: dict[str, Any]) -> bool:
    return all(known[name] == value or (name in _OPTIONAL and not value) for name, value in told.items())


def change_customer(connection: sa.Connection, party: Party, act: Act) -> None:
    """Write what is now known of a customer; its address becomes no less protected by that.

    Raises DataFault `books.unknown_customer`.
    """
    here = sa.update(customer).where(customer.c.number == party.customer_no)
    if not connection.execute(here.values(**_content(party), **written(act))).rowcount:
        raise DataFault("books.unknown_customer", customer=party.customer_no)
    protect_as_told(connection, [party], act)


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
