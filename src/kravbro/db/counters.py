"""Numbers from counter rows, taken in the row's own transaction.

A kill burns no number, order of number is order of commit, and a gap means that a row was removed from outside: each
owner's audit compares its numbered tables with its counters.
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import count, islice, takewhile

import sqlalchemy as sa

from kravbro.db.columns import Ore


def counter_table(metadata: sa.MetaData) -> sa.Table:
    """The owner's table of counters: `scope` and `name` together name a series, `last` is the last number taken."""
    return sa.Table(
        "counter",
        metadata,
        sa.Column("scope", sa.String(60), primary_key=True),
        sa.Column("name", sa.String(60), primary_key=True),
        sa.Column("last", Ore, nullable=False),
    )


def take(connection: sa.Connection, counters: sa.Table, name: str, count: int = 1, scope: str = "") -> int:
    """Reserve `count` numbers of a series that begins at 1; answers the first of them."""
    here = sa.and_(counters.c.scope == scope, counters.c.name == name)
    advanced = connection.execute(sa.update(counters).where(here).values(last=counters.c.last + count))
    if advanced.rowcount == 0:
        connection.execute(sa.insert(counters).values(scope=scope, name=name, last=count))
        return 1
    last = connection.execute(sa.select(counters.c.last).where(here)).scalar_one()
    return int(last) - count + 1


def last_taken(connection: sa.Connection, counters: sa.Table, name: str, scope: str = "") -> int:
    """The last number taken, 0 if none was."""
    here = sa.and_(counters.c.scope == scope, counters.c.name == name)
    return int(connection.execute(sa.select(counters.c.last).where(here)).scalar() or 0)


MOST = 1000
LOST = 0
"""What `gaps` answers in place of a number when it is the counter that is gone."""


def gaps(
    connection: sa.Connection,
    counters: sa.Table,
    numbered: sa.Column[int],
    name: str,
    scope: str = "",
    *where: sa.ColumnElement[bool],
) -> list[int]:
    """Numbers of a series that have no row, and numbers that have a row but were never taken.

    `LOST` alone means that there are rows, but the counter's own row is gone. Costs one count when nothing is wrong.
    """
    last = last_taken(connection, counters, name, scope)
    rows, highest, lowest = connection.execute(
        sa.select(sa.func.count(), sa.func.max(numbered), sa.func.min(numbered)).where(*where)
    ).one()
    if rows == last and (not rows or (highest == last and lowest == 1)):
        return []
    if last == 0:
        return [LOST]
    return unlike(set(connection.execute(sa.select(numbered).where(*where)).scalars()), last)


def unlike(present: Collection[int], last: int) -> list[int]:
    """What tells a set of numbers from 1, 2 ... `last`: those that are missing and those that are too many, in order.

    At most `MOST` of each are named: a count that somebody set to a thousand million must not fill the memory.
    """
    numbers = set(present)
    beyond = sorted(number for number in numbers if not 1 <= number <= last)
    missing = islice((number for number in count(1) if number not in numbers), MOST)
    return sorted([*takewhile(lambda number: number <= last, missing), *beyond[:MOST]])
