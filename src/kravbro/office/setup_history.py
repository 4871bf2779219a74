"""The history of set-up: who changed what, when, from what to what, and why. Append-only.

The last change of an item tells what stands in the set-up; the audit compares both.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.errors import DataFault, Skip
from kravbro.db.bulk import insert_rows, portions
from kravbro.db.counters import take
from kravbro.office import contents
from kravbro.office import tables as t

LONGEST_REASON = 200


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


def agreement_subject(account_number: str) -> str:
    """What the changes of a payment agreement are about."""
    return f"agreement {account_number}"


def creditor_subject(creditor: int) -> str:
    """What the changes of a creditor are about."""
    return f"creditor {creditor}"


def reason_given(because: str, subject: str) -> str:
    """The reason as it is kept. Raises DataFault `office.setup_reason_missing` or `office.setup_reason_too_long`."""
    because = because.strip()
    if not because:
        raise DataFault("office.setup_reason_missing", subject=subject)
    if len(because) > LONGEST_REASON:
        raise DataFault("office.setup_reason_too_long", subject=subject, longest=LONGEST_REASON)
    return because


def record(  # noqa: PLR0917 - what changed, and who says so why
    connection: sa.Connection,
    subject: str,
    before: Mapping[str, str],
    after: Mapping[str, str],
    act: Act,
    because: str = "",
) -> list[str]:
    """Write one change for each item that differs; answers their names. An item that is not there is empty text."""
    items = [item for item in after if before.get(item, "") != after[item]]
    first = take(connection, t.counter, "setup_change", len(items)) if items else 0
    rows = []
    for number, item in enumerate(items, first):
        row = (number, subject, item, before.get(item, ""), after[item], because, act.on)
        rows.append((*row, contents.of_row((*row, act.actor))))
    insert_rows(connection, t.setup_change, (*contents.SETUP_CHANGE[:-1], "fingerprint"), rows, act)
    return items


def changed(  # noqa: PLR0917 - what changed, and who says so why
    connection: sa.Connection,
    subject: str,
    before: Mapping[str, str],
    after: Mapping[str, str],
    act: Act,
    because: str,
) -> list[str]:
    """The same for a change that somebody asked for. Raises Skip `office.setup_unchanged` if nothing differs."""
    items = record(connection, subject, before, after, act, because)
    if not items:
        raise Skip("office.setup_unchanged", subject=subject)
    return items


def history(connection: sa.Connection, subject: str) -> list[Change]:
    """Every change of a subject, in order."""
    columns = [t.setup_change.c[name] for name in Change.__struct_fields__]
    chosen = sa.select(*columns).where(t.setup_change.c.subject == subject).order_by(t.setup_change.c.number)
    return [Change(*row) for row in connection.execute(chosen)]


def last_values(connection: sa.Connection, subjects: Collection[str]) -> dict[str, dict[str, str]]:
    """What the last change of each item says, by subject and item."""
    change = t.setup_change.c
    told: dict[str, dict[str, str]] = {subject: {} for subject in subjects}
    for portion in portions(sorted(subjects)):
        chosen = sa.select(change.subject, change.item, change.value_after).where(change.subject.in_(portion))
        for subject, item, value in connection.execute(chosen.order_by(change.number)):
            told[subject][item] = value
    return told
