"""Versions of claims' statuses that a ledger has seen and the office forgot, when it was put back from an older copy.

The ledger shows the highest version that it heard of. So the versions of the lost history are burnt, and the present
state is published anew above them; a claim that is not here yet begins above them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.fingerprints import fingerprint
from kravbro.db.bulk import among, insert_rows
from kravbro.db.columns import written
from kravbro.db.counters import BURNT_COLUMNS, burnt_series, last_taken, take
from kravbro.office import tables as t
from kravbro.office.caseload import STATUS_COLUMNS
from kravbro.office.creditors import scope

SERIES = "status_version "
"""What the name of a claim's burnt versions begins with, before its entry in the ledger."""
COUNTER = "burnt_status_versions"
"""The counter of those rows, per creditor: one that is removed or added from outside is noticed."""


class Standing(msgspec.Struct, frozen=True, gc=False):
    """How the newest claim on an entry stands: its present state was published on a day, as that version."""

    claim: int
    version: int
    state: str
    since: date


class Overtaken(msgspec.Struct, frozen=True, gc=False):
    """Versions of an entry that are burnt, and the claim that is published anew above them (None: none is here)."""

    entry: int
    first: int
    last: int
    standing: Standing | None


def decide(shown: Mapping[int, int], here: Mapping[int, Standing], burnt_to: Mapping[int, int]) -> list[Overtaken]:
    """What the ledger shows in a version that was not given out here, in order of entry.

    >>> standing = Standing(claim=1, version=3, state="paid", since=date(2026, 11, 16))
    >>> decide({7: 3}, {7: standing}, {})
    []
    >>> [(one.first, one.last) for one in decide({7: 5, 8: 2}, {7: standing}, {8: 1})]
    [(4, 5), (2, 2)]
    """
    found = []
    for entry, version in sorted(shown.items()):
        standing = here.get(entry)
        last = max(standing.version if standing else 0, burnt_to.get(entry, 0))
        if version > last:
            found.append(Overtaken(entry, last + 1, version, standing))
    return found


def overtake(connection: sa.Connection, creditor: int, shown: Mapping[int, int], because: str, act: Act) -> int:
    """Burn the versions that a ledger shows and that were not given out here, and publish the claims' states anew.

    `shown` is by entry. A state is published as of the day since when it stands. Safe to repeat; answers how many
    versions were burnt.
    """
    burnt = burnt_versions(connection, creditor)
    here = _standings(connection, creditor, shown)
    overtaken = decide(shown, here, {entry: max(versions) for entry, versions in burnt.items()})
    if not overtaken:
        return 0
    take(connection, t.counter, COUNTER, len(overtaken), scope(creditor))
    rows = []
    for one in overtaken:
        content = (scope(creditor), f"{SERIES}{one.entry}", one.first, one.last, because)
        rows.append((*content, fingerprint(*content, act.actor)))
    insert_rows(connection, t.burnt_number, BURNT_COLUMNS, rows, act)
    _publish(connection, creditor, [(one.standing, one.last + 1) for one in overtaken if one.standing], act)
    return sum(one.last - one.first + 1 for one in overtaken)


def _publish(connection: sa.Connection, creditor: int, anew: Collection[tuple[Standing, int]], act: Act) -> None:
    if not anew:
        return
    first = take(connection, t.counter, "status", len(anew), scope(creditor))
    rows = [
        (creditor, number, standing.claim, version, standing.state, standing.since)
        for number, (standing, version) in enumerate(anew, first)
    ]
    insert_rows(connection, t.status_event, STATUS_COLUMNS, rows, act)
    update = sa.update(t.claim).where(t.claim.c.id == sa.bindparam("of"))
    connection.execute(
        update.values(version=sa.bindparam("as_version"), **written(act)),
        [{"of": standing.claim, "as_version": version} for standing, version in anew],
    )


def _standings(connection: sa.Connection, creditor: int, entries: Iterable[int]) -> dict[int, Standing]:
    """The newest claim on each of these entries."""
    claim, status = t.claim.c, t.status_event.c
    present = sa.and_(status.claim == claim.id, status.version == claim.version)
    found: dict[int, Standing] = {}
    for these in among(claim.entry, list(entries)):
        chosen = (
            sa.select(claim.entry, claim.id, claim.version, claim.state, status.happened_on)
            .join(t.status_event, present)
            .where(claim.creditor == creditor, these)
            .order_by(claim.id)
        )
        found |= {entry: Standing(*rest) for entry, *rest in connection.execute(chosen)}
    return found


def burnt_versions(connection: sa.Connection, creditor: int) -> dict[int, set[int]]:
    """The burnt versions of each entry that has any."""
    found: dict[int, set[int]] = {}
    for name, numbers in burnt_series(connection, SERIES, scope(creditor)).items():
        entry = name.removeprefix(SERIES)
        if entry.isascii() and entry.isdecimal():
            found[int(entry)] = numbers
    return found


def last_versions(connection: sa.Connection, creditor: int, entries: Collection[int]) -> dict[int, int]:
    """The last version of each of these entries that was given out or burnt; those that have none are left out."""
    claim = t.claim.c
    found: dict[int, int] = {}
    for these in among(claim.entry, entries):
        last = sa.select(claim.entry, sa.func.max(claim.version)).where(claim.creditor == creditor, these)
        found |= {entry: int(version) for entry, version in connection.execute(last.group_by(claim.entry))}
    if last_taken(connection, t.counter, COUNTER, scope(creditor)):
        for entry, versions in burnt_versions(connection, creditor).items():
            found[entry] = max(found.get(entry, 0), *versions)
    return found
