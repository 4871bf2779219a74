"""How far customers' addresses are protected. What a source tells only ever protects; a person lifts, with a reason."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from kravbro.books.codes import known_code
from kravbro.books.seals import PROTECTION, row_seal
from kravbro.books.tables import counter, customer, customer_protection
from kravbro.core.acts import Act
from kravbro.core.errors import DataFault
from kravbro.core.parties import Party, Protection
from kravbro.db.bulk import insert_rows, portions
from kravbro.db.columns import written
from kravbro.db.counters import take

LONGEST_REASON = 200


def set_protection(connection: sa.Connection, number: int, level: Protection, act: Act, *, because: str) -> None:
    """Protect a customer's address, or lift the protection.

    Raises DataFault `books.unknown_customer`, `books.protection_holds`, and `books.reason_missing` for a reason that is
    empty or too long.
    """
    because = refuse_reason(because)
    now = connection.execute(sa.select(customer.c.protection).where(customer.c.number == number)).scalar()
    if now is None:
        raise DataFault("books.unknown_customer", customer=number)
    if now == level.value:
        raise DataFault("books.protection_holds", customer=number)
    _write(connection, [(number, level)], because, act)


def protect_as_told(connection: sa.Connection, parties: Sequence[Party], act: Act) -> None:
    """Protect the addresses that a source tells to be more protected than they are; the customers exist."""
    told: dict[int, Protection] = {}
    for party in parties:
        if party.protection is not Protection.NONE:
            told[party.customer_no] = party.protection
    stricter: list[tuple[int, Protection]] = []
    for some in portions(sorted(told)):
        rows = sa.select(customer.c.number, customer.c.protection).where(customer.c.number.in_(some))
        for number, now in connection.execute(rows.order_by(customer.c.number)):
            if told[number].rank > known_code(Protection, now, "customer", number).rank:
                stricter.append((number, told[number]))
    if stricter:
        _write(connection, stricter, "", act)


def _write(connection: sa.Connection, levels: Sequence[tuple[int, Protection]], because: str, act: Act) -> None:
    first = take(connection, counter, "customer_protection", len(levels))
    rows = [(number, of, level.value, because, act.on) for number, (of, level) in enumerate(levels, first)]
    sealed = [(*row, row_seal((*row, act.actor))) for row in rows]
    insert_rows(connection, customer_protection, (*PROTECTION[:-1], "seal"), sealed, act)
    for of, level in levels:
        here = sa.update(customer).where(customer.c.number == of)
        connection.execute(here.values(protection=level.value, **written(act)))


def refuse_reason(because: str) -> str:
    """A reason without blanks around it. Raises DataFault `books.reason_missing` if it is empty or too long."""
    because = because.strip()
    if not 0 < len(because) <= LONGEST_REASON:
        raise DataFault("books.reason_missing", longest=LONGEST_REASON)
    return because
