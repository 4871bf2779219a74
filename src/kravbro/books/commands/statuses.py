"""What the ledger shows of a claim at the collector: the newest version that was published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import sqlalchemy as sa

from kravbro.books.codes import known_code
from kravbro.books.tables import claim_status, entry
from kravbro.core import statuses as deciding
from kravbro.core.acts import Act
from kravbro.core.claims import ClaimState, Status
from kravbro.core.errors import DataFault
from kravbro.db.bulk import among, insert_rows
from kravbro.db.columns import written
from kravbro.ports.identity import Delivered

COLUMNS = ("entry", "version", "state", "case_number", "since")


def publish_statuses(connection: sa.Connection, statuses: Sequence[Status], act: Act) -> Delivered:
    """Show the newest status of each claim; a version that is not newer than the shown one is known.

    Raises DataFault `books.unknown_open_item`, and `port.status_differs` for a known version with other content.
    """
    entries = sorted({status.entry for status in statuses})
    _refuse_unknown(connection, entries)
    before = _shown(connection, entries)
    decided = deciding.decide(statuses, before)
    _write(connection, decided.changed, before, act)
    return Delivered(new=decided.new, known=decided.known)


def _refuse_unknown(connection: sa.Connection, entries: Sequence[int]) -> None:
    missing = set(entries)
    for these in among(entry.c.number, entries):
        missing -= set(connection.execute(sa.select(entry.c.number).where(these)).scalars())
    if missing:
        raise DataFault("books.unknown_open_item", entry=min(missing))


def _shown(connection: sa.Connection, entries: Sequence[int]) -> dict[int, Status]:
    """What is shown of these claims. Raises DataFault `books.unknown_code`."""
    columns = sa.select(*(claim_status.c[name] for name in COLUMNS))
    found = {}
    for these in among(claim_status.c.entry, entries):
        for number, version, state, case_number, since in connection.execute(columns.where(these)).all():
            found[number] = Status(
                0, number, version, known_code(ClaimState, state, "claim_status", number), case_number, since
            )
    return found


def _write(connection: sa.Connection, changed: Mapping[int, Status], before: Mapping[int, Status], act: Act) -> None:
    """Update the statuses that are shown already, insert the others."""
    first, newer = [], []
    for number, status in changed.items():
        content = _content(status)
        if number in before:
            newer.append({"of_entry": number, **dict(zip(COLUMNS[1:], content, strict=True)), **written(act)})
        else:
            first.append((number, *content))
    if newer:
        connection.execute(sa.update(claim_status).where(claim_status.c.entry == sa.bindparam("of_entry")), newer)
    insert_rows(connection, claim_status, COLUMNS, first, act)


def _content(status: Status) -> tuple[int, str, str, date]:
    return status.version, status.state.value, status.case_number, status.on
