"""Rows about parties: added under numbers of their own, and the one that counts among those about the same thing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.errors import DataFault
from kravbro.db.bulk import insert_rows
from kravbro.db.counters import take
from kravbro.office import contents
from kravbro.office import tables as t
from kravbro.office.parties import tables as p

COLUMNS: dict[str, tuple[str, ...]] = {
    p.party_number.name: contents.PARTY_NUMBER,
    p.party_member.name: contents.PARTY_MEMBER,
    p.party_fact.name: contents.PARTY_FACT,
    p.party_access.name: contents.PARTY_ACCESS,
    p.case_party.name: contents.CASE_PARTY,
}
"""What each row is fingerprinted over: its number first, who wrote it last."""
LONGEST_REASON = 200


def add_rows(connection: sa.Connection, table: sa.Table, said: Sequence[tuple[Any, ...]], act: Act) -> list[int]:
    """Add rows with what was `said` (the columns between number and actor); answers their numbers."""
    if not said:
        return []
    columns = COLUMNS[table.name]
    first = take(connection, t.counter, table.name, len(said))
    rows = [
        (number, *values, contents.of_row((number, *values, act.actor))) for number, values in enumerate(said, first)
    ]
    insert_rows(connection, table, (*columns[:-1], "fingerprint"), rows, act)
    return [row[0] for row in rows]


def counts(table: sa.Table, *about: str) -> sa.ColumnElement[bool]:
    """Whether a row is the last one about the same things."""
    later = table.alias("later")
    same = [later.c[name] == table.c[name] for name in about]
    return ~sa.exists().where(later.c.number > table.c.number, *same)


IS_MEMBER = counts(p.party_member, "debtor")
HOLDS = counts(p.party_fact, "party", "sort")


def reason(because: str) -> str:
    """The reason that a person gave. Raises DataFault `office.party_reason_missing`, `office.party_reason_too_long`."""
    because = because.strip()
    if not because:
        raise DataFault("office.party_reason_missing")
    if len(because) > LONGEST_REASON:
        raise DataFault("office.party_reason_too_long", longest=LONGEST_REASON)
    return because
