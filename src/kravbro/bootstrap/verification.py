"""Verify an archive, or a living place: name each fault, and change nothing.

A place is looked at from below: files, schema, references, where each database is and how old, then positions, and what
each side finds in itself. What needs a database that is not whole is left out, for the fault is named already.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from kravbro.access.audit import audit as audit_access
from kravbro.bootstrap.backup import history_of
from kravbro.bootstrap.notice import Older, noticed
from kravbro.bootstrap.site import Site, databases, holds_installation, open_site
from kravbro.bridge.heads import forgotten
from kravbro.bridge.joined import Joined
from kravbro.bridge.missing import Side
from kravbro.core.acts import Act
from kravbro.core.errors import DataFault, KravbroError
from kravbro.db.archive.manifest import Manifest, member
from kravbro.db.archive.reader import open_archive
from kravbro.db.archive.tables import tables_of
from kravbro.db.archive.writer import OnRows, silently
from kravbro.db.engines import Connection, reading
from kravbro.db.integrity import faults_of_engine, strangers
from kravbro.db.place import Place
from kravbro.db.references import broken_references
from kravbro.migrations.upgrade import differences, newest, require_known, version_of

_READABLE = {"reference", "trigger"}
"""Kinds of faults that do not keep each side from being asked about itself."""


class Fault(msgspec.Struct, frozen=True):
    """One fault: where it is (an owner, or the place), its kind, and what it is about."""

    where: str
    kind: str
    thing: str


class Verified(msgspec.Struct, frozen=True):
    """What was looked at, and every fault that was found; for an archive its fingerprint and manifest too."""

    what: str
    faults: tuple[Fault, ...]
    copied: tuple[str, ...] = ()
    """Databases that are not where they were last adopted: they are read, and that is no fault."""
    fingerprint: str = ""
    manifest: Manifest | None = None


def verify_archive(file: Path, on_rows: OnRows = silently) -> Verified:
    """Read an archive whole. Raises as `open_archive`: what has no manifest that fits has no parts to name."""
    faults: list[Fault] = []
    with open_archive(file) as archive:
        for one in archive.manifest.owners:
            try:
                require_known(one.version, history_of(one.owner), f"{file}: {one.owner}")
            except KravbroError as error:
                faults.append(Fault(one.owner, error.code, one.version))
            for part in one.parts:
                try:
                    for rows in archive.rows(one, part):
                        on_rows(len(rows))
                except DataFault as error:
                    faults.append(Fault(one.owner, error.code, member(one.owner, part.table)))
        return Verified(str(file), tuple(faults), (), archive.fingerprint, archive.manifest)


def verify_place(place: Place, act: Act) -> Verified:
    """Verify an installation. Raises DataFault `site.not_made` where there is none."""
    if not holds_installation(place):
        raise DataFault("site.not_made", place=place.name)
    faults, copied = [*_missing(place)], tuple[str, ...]()
    for owner in place.owners():
        faults += _of_database(place, owner)
    if all(fault.kind in _READABLE for fault in faults):
        found = noticed(place)
        copied = found.copied
        faults += map(_older, found.older)
        try:
            faults += _of_sides(open_site(place, act))
        except DataFault as error:
            faults.append(Fault("system", error.code, str(error.facts.get("database") or "")))
    return Verified(place.name, tuple(dict.fromkeys(faults)), copied)


def _missing(place: Place) -> Iterator[Fault]:
    there = set(place.owners())
    for owner, _ in databases(place):
        if owner not in there:
            yield Fault(owner, "site.database_missing", place.database(owner))


def _of_database(place: Place, owner: str) -> list[Fault]:
    """What is wrong with one database in itself."""
    try:
        with reading(place.open(owner)) as connection:
            return [Fault(owner, kind, thing) for kind, thing in _within(connection, place, owner)]
    except KravbroError as error:
        return [Fault(owner, error.code, str(error.facts.get("reason") or error.facts.get("version") or ""))]


def _within(connection: Connection, place: Place, owner: str) -> Iterator[tuple[str, str]]:
    history = history_of(owner)
    damaged = [("db.damaged", line) for line in faults_of_engine(connection)]
    yield from damaged
    if damaged:
        return
    found = version_of(connection, history, place.database(owner))
    if found != newest(history):
        yield "site.not_upgraded", str(found)
        return
    yield from (("schema", line) for line in differences(connection, history))
    yield from (("trigger", name) for name in strangers(connection))
    for table, columns, rows in broken_references(connection, tables_of(connection)):
        yield "reference", f"{table} ({columns}): {rows}"


def _older(one: Older) -> Fault:
    return Fault(one.database, "older", f"{one.age} < {one.seen_age} ({one.seen_by})")


def _of_sides(site: Site) -> Iterator[Fault]:
    """What each side finds in itself, and positions that lie beyond what it has."""
    if site.place.exists("access"):
        with reading(site.place.open("access")) as connection:
            yield from (Fault("access", kind, thing) for kind, thing in audit_access(connection))
    if not site.is_opened():
        return
    ledger, collector = site.ledger, site.collector
    joined = Joined(ledger, collector, site.positions, ledger.identify(), collector.identify(), site.page)
    served = set(collector.companies(joined.ledger_identity.installation))
    for company in sorted(served & set(ledger.companies())):
        for one in forgotten(joined, company):
            yield Fault("bridge", "bridge.head_below_position", f"{company} {one.stream}: {one.head} < {one.position}")
        for fault in ledger.audit(company):
            yield Fault(Side.LEDGER, fault.kind, f"{company} {fault.thing}")
        for fault in collector.audit(company):
            yield Fault(Side.COLLECTOR, fault.kind, fault.thing)
