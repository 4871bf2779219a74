"""Who stands beside a customer: co-debtors, guardians, estates, representatives and contacts, who are customers too."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from kravbro.books.commands.protections import refuse_reason
from kravbro.books.seals import RELATION, row_seal
from kravbro.books.tables import counter, customer, customer_relation
from kravbro.core.acts import Act
from kravbro.core.errors import DataFault
from kravbro.core.parties import Role
from kravbro.db.bulk import insert_rows
from kravbro.db.counters import take


def relate(  # noqa: PLR0917 - who, what, whom, when
    connection: sa.Connection,
    number: int,
    role: Role,
    other: int,
    first: date,
    act: Act,
    *,
    last: date | None = None,
    because: str,
) -> int:
    """Say what a customer is beside another, from one day to another (None: until further notice).

    What was said of the same two and role before counts no more, so this ends a relation as well. Answers the row's
    number. Raises DataFault `books.unknown_customer`, `books.relation_to_itself`, `books.relation_days` and
    `books.reason_missing`.
    """
    because = refuse_reason(because)
    if number == other:
        raise DataFault("books.relation_to_itself", customer=number)
    if last is not None and last < first:
        raise DataFault("books.relation_days", first=first.isoformat(), last=last.isoformat())
    known = set(
        connection.execute(sa.select(customer.c.number).where(customer.c.number.in_([number, other]))).scalars()
    )
    for one in (number, other):
        if one not in known:
            raise DataFault("books.unknown_customer", customer=one)
    row = (take(connection, counter, "customer_relation"), number, role.value, other, first, last, because)
    sealed = (*row, row_seal((*row, act.actor)))
    insert_rows(connection, customer_relation, (*RELATION[:-1], "seal"), [sealed], act)
    return row[0]
