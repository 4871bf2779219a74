"""What the ledger shows of claims at the collector: the newest version that was published, kept here first."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa

from kravbro.core import statuses as deciding
from kravbro.core.acts import Act
from kravbro.core.claims import ClaimState, Status
from kravbro.core.errors import DataFault
from kravbro.db.bulk import among, insert_rows
from kravbro.db.columns import written
from kravbro.mirror.rows import AnyRow, known_code
from kravbro.mirror.tables import claim_status, item, to_show
from kravbro.ports.identity import Delivered

COLUMNS = ("entry", "version", "state", "case_number", "since")


def keep_statuses(connection: sa.Connection, company: int, statuses: Sequence[Status], act: Act) -> Delivered:
    """Keep the newest status of each claim, to be shown; a version that is not newer than the kept one is known.

    Raises DataFault `port.unknown_claim`, and `port.status_differs` for a known version with other content.
    """
    entries = {one.entry for one in statuses}
    _refuse_unknown(connection, company, entries)
    before = _kept(connection, company, entries)
    decided = deciding.decide(statuses, before)
    _write(connection, company, decided.changed, before, act)
    return Delivered(decided.new, decided.known)


def _refuse_unknown(connection: sa.Connection, company: int, entries: Collection[int]) -> None:
    missing = set(entries)
    for these in among(item.c.entry, entries):
        missing -= set(connection.execute(sa.select(item.c.entry).where(item.c.company == company, these)).scalars())
    if missing:
        raise DataFault("port.unknown_claim", entry=min(missing))


def status(row: AnyRow) -> Status:
    """The status that a row holds; its stream number is not kept."""
    state = known_code(ClaimState, row.state, "claim_status", row.entry)
    return Status(0, row.entry, row.version, state, row.case_number, row.since)


def _kept(connection: sa.Connection, company: int, entries: Collection[int]) -> dict[int, Status]:
    columns = sa.select(*(claim_status.c[name] for name in COLUMNS)).where(claim_status.c.company == company)
    return {
        row.entry: status(row)
        for these in among(claim_status.c.entry, entries)
        for row in connection.execute(columns.where(these)).all()
    }


def _write(
    connection: sa.Connection, company: int, changed: Mapping[int, Status], before: Mapping[int, Status], act: Act
) -> None:
    """Update the statuses that are kept already, insert the others, and note all of them as not shown."""
    here = (claim_status.c.company == company, claim_status.c.entry == sa.bindparam("of_entry"))
    newer = [
        {"of_entry": entry, **dict(zip(COLUMNS[1:], _content(one), strict=True)), **written(act)}
        for entry, one in changed.items()
        if entry in before
    ]
    if newer:
        connection.execute(sa.update(claim_status).where(*here), newer)
    first = [(company, entry, *_content(one)) for entry, one in changed.items() if entry not in before]
    insert_rows(connection, claim_status, ("company", *COLUMNS), first, act)
    if changed:
        waiting = (to_show.c.company == company, to_show.c.entry == sa.bindparam("of_entry"))
        connection.execute(sa.delete(to_show).where(*waiting), [{"of_entry": entry} for entry in changed])
    rows = [(company, entry, one.version) for entry, one in changed.items()]
    insert_rows(connection, to_show, ("company", "entry", "version"), rows, None)


def _content(one: Status) -> tuple[object, ...]:
    return one.version, one.state.value, one.case_number, one.on


def statuses_due(connection: sa.Connection, company: int, limit: int) -> list[Status]:
    """The statuses that the ledger does not show yet."""
    here = sa.and_(claim_status.c.company == to_show.c.company, claim_status.c.entry == to_show.c.entry)
    rows = connection.execute(
        sa.select(*(claim_status.c[name] for name in COLUMNS))
        .join(to_show, here)
        .where(to_show.c.company == company)
        .order_by(to_show.c.entry)
        .limit(limit)
    )
    return [status(row) for row in rows]


def note_shown(connection: sa.Connection, company: int, statuses: Sequence[Status]) -> None:
    """Note that the ledger shows these; one that was replaced meanwhile is still to be shown."""
    here = (
        to_show.c.company == company,
        to_show.c.entry == sa.bindparam("of_entry"),
        to_show.c.version == sa.bindparam("of_version"),
    )
    if statuses:
        rows = [{"of_entry": one.entry, "of_version": one.version} for one in statuses]
        connection.execute(sa.delete(to_show).where(*here), rows)
