"""The history of an owner's set-up: who changed what, when, from what to what, and why. Append-only.

Values are text, as people read them. The last change of each item is what stands in the set-up, and the owner's audit
compares both; an item that is empty is not there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.fingerprints import fingerprint
from kravbro.db.bulk import insert_rows, portions
from kravbro.db.columns import written_columns
from kravbro.db.counters import take

NAME = "setup_change"
"""The table, and the series that numbers its rows."""
CONTENT = ("number", "subject", "item", "value_before", "value_after", "because", "changed_on", "actor")
"""What a row's fingerprint is made of."""
LONGEST_REASON = 200

Values = Mapping[str, str]
"""What a subject says, item by item."""


class Change(msgspec.Struct, frozen=True):
    """One change of one item, as people read it."""

    number: int
    subject: str
    item: str
    value_before: str
    value_after: str
    because: str
    changed_on: date
    actor: str
    written_at: datetime


def setup_change_table(metadata: sa.MetaData, subject_width: int) -> sa.Table:
    """The owner's table of changes in its set-up."""
    return sa.Table(
        NAME,
        metadata,
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("subject", sa.String(subject_width), nullable=False, index=True, comment="what was changed"),
        sa.Column("item", sa.String(40), nullable=False),
        sa.Column("value_before", sa.Text, nullable=False),
        sa.Column("value_after", sa.Text, nullable=False, comment="of the last change: what stands in the set-up"),
        sa.Column("because", sa.String(LONGEST_REASON), nullable=False),
        sa.Column("changed_on", sa.Date, nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False, comment="of the row's content as it was written"),
        *written_columns(),
    )


setup_change = setup_change_table(sa.MetaData(), 60)
"""The same table for statements: every owner that has it has it alike."""


def record(
    connection: sa.Connection,
    counters: sa.Table,
    changes: Iterable[tuple[str, Values, Values]],
    act: Act,
    because: str = "",
) -> list[tuple[str, str]]:
    """Write one change for each item that differs in a subject, before and after; answers subject and item of each."""
    differing = [
        (subject, item, before.get(item, ""), after[item])
        for subject, before, after in changes
        for item in after
        if before.get(item, "") != after[item]
    ]
    if not differing:
        return []
    first = take(connection, counters, NAME, len(differing))
    rows = []
    for number, one in enumerate(differing, first):
        row = (number, *one, because, act.on)
        rows.append((*row, fingerprint(*row, act.actor)))
    insert_rows(connection, setup_change, (*CONTENT[:-1], "fingerprint"), rows, act)
    return [(subject, item) for subject, item, *_ in differing]


def changes_of(connection: sa.Connection, subject: str | None = None) -> list[Change]:
    """Every change of a subject, or of all, in order."""
    columns = [setup_change.c[name] for name in Change.__struct_fields__]
    chosen = sa.select(*columns).order_by(setup_change.c.number)
    if subject is not None:
        chosen = chosen.where(setup_change.c.subject == subject)
    return [Change(*row) for row in connection.execute(chosen)]


def last_values(connection: sa.Connection, subjects: Collection[str] | None = None) -> dict[str, dict[str, str]]:
    """What the last change of each item says, by subject and item: of these subjects, or of all."""
    change = setup_change.c
    columns = sa.select(change.subject, change.item, change.value_after).order_by(change.number)
    told: dict[str, dict[str, str]] = {subject: {} for subject in subjects or ()}
    wanted = [columns] if subjects is None else [columns.where(change.subject.in_(some)) for some in portions(subjects)]
    for chosen in wanted:
        for subject, item, value in connection.execute(chosen):
            told.setdefault(subject, {})[item] = value
    return told


def altered(connection: sa.Connection) -> list[int]:
    """The numbers of changes that do not say what they said when they were written."""
    columns = [setup_change.c[name] for name in CONTENT]
    plain = [sa.type_coerce(one, sa.String) if isinstance(one.type, sa.Date) else one for one in columns]
    rows = connection.execute(sa.select(*plain, setup_change.c.fingerprint).order_by(setup_change.c.number))
    return [values[0] for *values, mark in rows if fingerprint(*values) != mark]


def shown(value: object) -> str:
    """A value of a set-up row as its history keeps it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
