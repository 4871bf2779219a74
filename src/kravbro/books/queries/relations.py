"""Who stands beside the customers of a page of claims, and from when to when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
import sqlalchemy as sa

from kravbro.books.codes import known_code
from kravbro.books.queries.customer_cards import PARTY_COLUMNS, party_of
from kravbro.books.sql import AnyRow
from kravbro.books.tables import customer, customer_relation
from kravbro.core.parties import Party, Related, Role


class Relation(msgspec.Struct, frozen=True, gc=False):
    """Somebody who stands beside a customer, with the first and the last day (None: until further notice)."""

    related: Related
    first_day: date
    last_day: date | None

    def holds(self, on: date) -> bool:
        """Whether it holds on a day."""
        return self.first_day <= on and (self.last_day is None or on <= self.last_day)


def relations_on(relations: Sequence[Relation], invoice_date: date, on: date) -> tuple[Related, ...]:
    """Who stands beside the debtor of one claim.

    Co-debtors owe what was invoiced while they stood there, and nothing else; the others count on the day of reading.
    Who stands for a co-debtor that does not owe this claim is left out.
    """
    owing = {0} | {
        one.related.party.customer_no
        for one in relations
        if one.related.role is Role.CO_DEBTOR and one.holds(invoice_date)
    }
    return tuple(
        one.related
        for one in relations
        if one.related.stands_for in owing and one.holds(invoice_date if one.related.role is Role.CO_DEBTOR else on)
    )


def relations_of(connection: sa.Connection, numbers: sa.Select[Any]) -> dict[int, tuple[Relation, ...]]:
    """The relations of these customers, and those of their co-debtors; by customer number.

    Raises DataFault `books.unknown_code`.
    """
    own = _rows(connection, customer_relation.c.customer.in_(numbers))
    if not own:
        return {}
    co_debtors = sa.select(customer_relation.c.other).where(
        customer_relation.c.customer.in_(numbers), customer_relation.c.role == Role.CO_DEBTOR.value
    )
    beside = defaultdict(list)
    for row in _rows(connection, customer_relation.c.customer.in_(co_debtors)):
        if row.role != Role.CO_DEBTOR:
            beside[row.customer].append(row)
    found: defaultdict[int, list[Relation]] = defaultdict(list)
    for row in own:
        found[row.customer].append(_relation(row, 0))
        if row.role == Role.CO_DEBTOR:
            found[row.customer] += [_relation(one, row.other) for one in beside[row.other]]
    return {number: tuple(theirs) for number, theirs in found.items()}


def _rows(connection: sa.Connection, where: sa.ColumnElement[bool]) -> Sequence[AnyRow]:
    row, later = customer_relation.c, customer_relation.alias("later")
    again = sa.exists().where(
        later.c.number > row.number,
        later.c.customer == row.customer,
        later.c.role == row.role,
        later.c.other == row.other,
    )
    chosen = (
        sa.select(
            row.number.label("row"), row.customer, row.role, row.other, row.first_day, row.last_day, *PARTY_COLUMNS
        )
        .join(customer, customer.c.number == row.other)
        .where(where, ~again)
        .order_by(row.number)
    )
    return connection.execute(chosen).all()


def _relation(row: AnyRow, stands_for: int) -> Relation:
    role = known_code(Role, row.role, "customer_relation", row.row)
    party: Party = party_of(tuple(row)[-len(PARTY_COLUMNS) :])
    return Relation(Related(role, party, stands_for), row.first_day, row.last_day)
