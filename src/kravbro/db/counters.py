"""Numbers from counter rows, taken in the row's own transaction.

A kill burns no number, order of number is order of commit, and a gap means that a row was removed from outside: each
owner's audit compares its numbered tables with its counters.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import count, islice, takewhile

import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.fingerprints import fingerprint
from kravbro.db.columns import Ore, written, written_columns


def counter_table(metadata: sa.MetaData) -> sa.Table:
    """The owner's table of counters: `scope` and `name` together name a series, `last` is the last number taken."""
    return sa.Table(
        "counter",
        metadata,
        sa.Column("scope", sa.String(60), primary_key=True),
        sa.Column("name", sa.String(60), primary_key=True),
        sa.Column("last", Ore, nullable=False),
    )


def burnt_table(metadata: sa.MetaData) -> sa.Table:
    """The owner's table of numbers that were given out in a history that a restore lost: never to be taken again."""
    return sa.Table(
        "burnt_number",
        metadata,
        sa.Column("scope", sa.String(60), primary_key=True),
        sa.Column("name", sa.String(60), primary_key=True),
        sa.Column("first", Ore, primary_key=True, autoincrement=False),
        sa.Column("last", Ore, nullable=False),
        sa.Column("because", sa.String(200), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False, comment="of the row's content as it was written"),
        *written_columns(),
    )


burnt_number = burnt_table(sa.MetaData())
"""The same table for statements: every owner that has it has it alike."""
BURNT_COLUMNS = ("scope", "name", "first", "last", "because", "fingerprint")
"""What a row of it says. The fingerprint is of all before it and of the actor."""


def burn(  # noqa: PLR0917 - which series, how far, and who says so why
    connection: sa.Connection,
    counters: sa.Table,
    name: str,
    scope: str,
    up_to: int,
    because: str,
    act: Act,
    used: Collection[int] = (),
) -> int:
    """Move a series on so that no number up to `up_to` is taken again; answers how many numbers were burnt.

    Those that are `used` here are not burnt; their rows are there.
    """
    last = last_taken(connection, counters, name, scope)
    if up_to <= last:
        return 0
    take(connection, counters, name, up_to - last, scope)
    return _write_burnt(connection, name, scope, sorted({*range(last + 1, up_to + 1)} - {*used}), because, act)


def use_burnt(  # noqa: PLR0917 - as burn
    connection: sa.Connection, name: str, scope: str, numbers: Collection[int], because: str, act: Act
) -> None:
    """Take these numbers out of what was burnt: they are used after all, by the rows that they were first given to."""
    if not numbers:
        return
    column = burnt_number.c
    here = (column.scope == scope, column.name == name)
    for first, last in connection.execute(sa.select(column.first, column.last).where(*here)).all():
        burnt_now = set(range(first, last + 1))
        if burnt_now & {*numbers}:
            connection.execute(sa.delete(burnt_number).where(*here, column.first == first))
            _write_burnt(connection, name, scope, sorted(burnt_now - {*numbers}), because, act)


def _write_burnt(  # noqa: PLR0917 - as burn
    connection: sa.Connection, name: str, scope: str, numbers: Sequence[int], because: str, act: Act
) -> int:
    """A row for each range of these numbers, which are in order; answers how many they are."""
    firsts = sorted(set(numbers) - {number + 1 for number in numbers})
    lasts = sorted(set(numbers) - {number - 1 for number in numbers})
    for first, last in zip(firsts, lasts, strict=True):
        content = (scope, name, first, last, because)
        row = dict(zip(BURNT_COLUMNS, (*content, fingerprint(*content, act.actor)), strict=True))
        connection.execute(sa.insert(burnt_number).values(**row, **written(act)))
    return len(numbers)


def burnt(connection: sa.Connection, name: str, scope: str = "") -> set[int]:
    """The numbers of a series that were burnt; a row that was altered past the program says nothing."""
    return _burnt(connection, burnt_number.c.name == name, scope).get(name, set())


def burnt_series(connection: sa.Connection, begin: str, scope: str = "") -> dict[str, set[int]]:
    """The burnt numbers of each series whose name begins so, and that has any."""
    return _burnt(connection, burnt_number.c.name.startswith(begin, autoescape=True), scope)


def _burnt(connection: sa.Connection, here: sa.ColumnElement[bool], scope: str) -> dict[str, set[int]]:
    column = burnt_number.c
    rows = connection.execute(
        sa.select(column.name, column.first, column.last, column.because, column.fingerprint, column.actor)
        .where(column.scope == scope, here)
        .order_by(column.name, column.first)
    )
    found: dict[str, set[int]] = {}
    for row in rows:
        if row.fingerprint == fingerprint(scope, *row[:4], row.actor):
            found.setdefault(row.name, set()).update(range(row.first, row.last + 1))
    return found


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

    `LOST` alone means that there are rows, but the counter's own row is gone. Numbers that were burnt need no row, and
    may have none. Costs one count when nothing is wrong and nothing was burnt.
    """
    last = last_taken(connection, counters, name, scope)
    rows, highest, lowest = connection.execute(
        sa.select(sa.func.count(), sa.func.max(numbered), sa.func.min(numbered)).where(*where)
    ).one()
    if rows == last and (not rows or (highest == last and lowest == 1)):
        return []
    if last == 0:
        return [LOST]
    present, without = (
        set(connection.execute(sa.select(numbered).where(*where)).scalars()),
        burnt(connection, name, scope),
    )
    return sorted({*unlike(present | without, last), *(present & without)})


def unlike(present: Collection[int], last: int) -> list[int]:
    """What tells a set of numbers from 1, 2 ... `last`: those that are missing and those that are too many, in order.

    At most `MOST` of each are named: a count that somebody set to a thousand million must not fill the memory.
    """
    numbers = set(present)
    beyond = sorted(number for number in numbers if not 1 <= number <= last)
    missing = islice((number for number in count(1) if number not in numbers), MOST)
    return sorted([*takewhile(lambda number: number <= last, missing), *beyond[:MOST]])
