"""The set-up as it stands against its history, and the history against its fingerprints."""

from __future__ import annotations

import sqlalchemy as sa

from kravbro.books.queries.audit.faults import CONTENT, MISSING, UNKNOWN, Faults
from kravbro.books.setup_history import KEPT
from kravbro.db.setup_changes import NAME, altered, last_values


def check_setup_changes(connection: sa.Connection, faults: Faults) -> None:
    """Every row of the set-up says what its last changes say, and every one that was added and not removed is there.

    A row that is named already for what others say of it is left out; so is all while the history itself is not whole.
    """
    for number in altered(connection):
        if number not in faults.rows[NAME]:
            faults.rows[NAME].add(number)
            faults.add(f"ledger setup change {number}", CONTENT)
    if faults.rows[NAME]:
        return
    told = {subject: _said(values) for subject, values in last_values(connection).items()}
    gone = {subject for subject, values in told.items() if values}
    for kept in KEPT:
        columns = [kept.table.c[name] for name in (*kept.keys, *kept.items)]
        for row in map(dict, connection.execute(sa.select(*columns).order_by(*columns)).mappings()):
            subject, values = kept.subject(row), _said(kept.values(row))
            gone.discard(subject)
            if values != told.get(subject, {}) and not _named(faults, subject):
                faults.setup.update(str(row[key]) for key in kept.keys)
                faults.add(f"ledger {subject}", CONTENT if told.get(subject) else UNKNOWN)
    for subject in sorted(gone):
        if not _named(faults, subject):
            faults.add(f"ledger {subject}", MISSING)


def _said(values: dict[str, str]) -> dict[str, str]:
    return {item: value for item, value in values.items() if value}


def _named(faults: Faults, subject: str) -> bool:
    """Whether an earlier check named this row."""
    return any(one.thing == f"ledger {subject}" for one in faults.found)
