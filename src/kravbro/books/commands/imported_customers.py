"""Customers of another ledger under numbers of ours: an id that is a number keeps it, any other gets one, for good."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from kravbro.books.commands.customers import add_customers
from kravbro.books.importing.source import SourceCustomer
from kravbro.books.seals import IMPORTED_CUSTOMER, row_seal
from kravbro.books.tables import counter, customer, imported_customer
from kravbro.core.acts import Act
from kravbro.db.bulk import insert_rows, portions
from kravbro.db.columns import written
from kravbro.db.counters import take

FIRST_GIVEN = 1_900_000_001
"""Numbers given to ids that are none begin here; an id from here on is taken for text, so the two never meet."""
_KEPT = ("kind", "name", "organisation_number", "identity_number", "address", "postcode", "place", "country")
"""What a later file may tell anew of a customer."""


def numbers_of(connection: sa.Connection, ids: Sequence[str]) -> dict[str, int]:
    """The customers that were imported under these ids."""
    found: dict[str, int] = {}
    columns = sa.select(imported_customer.c.source_id, imported_customer.c.customer)
    for some in portions(ids):
        rows = connection.execute(columns.where(imported_customer.c.source_id.in_(some)))
        found.update((one, number) for one, number in rows)
    return found


def add_imported_customers(
    connection: sa.Connection, new: Sequence[SourceCustomer], batch: int, act: Act
) -> dict[str, int]:
    """Add customers that no file brought before; answers the number of each id.

    Raises DataFault `books.customer_differs` when a number is taken by a customer that did not come from a file.
    """
    if not new:
        return {}
    numbers = _give_numbers(connection, [one.id for one in new])
    add_customers(connection, [msgspec.structs.replace(one.party, customer_no=numbers[one.id]) for one in new], act)
    first = take(connection, counter, "imported_customer", len(new))
    rows = [(number, numbers[one.id], one.id, batch) for number, one in enumerate(new, first)]
    sealed = [(*row, row_seal((*row, act.actor))) for row in rows]
    insert_rows(connection, imported_customer, (*IMPORTED_CUSTOMER[:-1], "seal"), sealed, act)
    return numbers


def changed_customers(
    connection: sa.Connection, sources: Sequence[SourceCustomer], numbers: dict[str, int]
) -> list[dict[str, Any]]:
    """What a file tells anew of customers that are there. What it leaves out stays as it is."""
    told = {numbers[one.id]: _content(one) for one in sources if one.id in numbers}
    changed = []
    columns = sa.select(customer.c.number, *(customer.c[name] for name in _KEPT))
    for some in portions(sorted(told)):
        for number, *values in connection.execute(columns.where(customer.c.number.in_(some))).all():
            before = dict(zip(_KEPT, values, strict=True))
            now = before | {name: value for name, value in told[number].items() if value}
            if now != before:
                changed.append({"of_customer": number, **now})
    return changed


def tell_anew(connection: sa.Connection, changed: Sequence[dict[str, Any]], act: Act) -> None:
    """Write down what `changed_customers` found."""
    if changed:
        rows = [{**one, **written(act)} for one in changed]
        connection.execute(sa.update(customer).where(customer.c.number == sa.bindparam("of_customer")), rows)


def _give_numbers(connection: sa.Connection, ids: Sequence[str]) -> dict[str, int]:
    numbers = {one: int(one) for one in ids if is_number(one)}
    others = [one for one in ids if one not in numbers]
    if others:
        first = take(connection, counter, "given_customer", len(others)) + FIRST_GIVEN - 1
        numbers |= {one: number for number, one in enumerate(others, first)}
    return numbers


def is_number(source_id: str) -> bool:
    """Whether an id can be a customer number as it is.

    >>> is_number("10001"), is_number("0123"), is_number("K-17"), is_number("1900000001")
    (True, False, False, False)
    """
    is_written_so = source_id.isascii() and source_id.isdecimal() and source_id[0] != "0"
    return is_written_so and len(source_id) <= len(str(FIRST_GIVEN)) and int(source_id) < FIRST_GIVEN


def _content(source: SourceCustomer) -> dict[str, str]:
    return {name: str(getattr(source.party, name)) for name in _KEPT}
