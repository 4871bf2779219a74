"""Back an installation up into one archive, and restore it: into a place of either kind, as a whole or not at all.

Every database is read at one moment, for no order would do: both sides send and receive, so whichever was read last
might hold the answer to what the other had not yet said.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import msgspec

from kravbro import __version__
from kravbro.books.queries import companies
from kravbro.bootstrap.site import holds_installation
from kravbro.core.acts import Act
from kravbro.core.errors import DataFault
from kravbro.db.archive.manifest import FORMAT, FORMAT_VERSION, Manifest, OwnerPart
from kravbro.db.archive.reader import open_archive
from kravbro.db.archive.writer import OnRows, new_archive, silently
from kravbro.db.place import Place, is_company
from kravbro.migrations.archive import put_in, take_out
from kravbro.migrations.upgrade import require_known, version_of
from kravbro.office import creditors


class BackedUp(msgspec.Struct, frozen=True):
    """An archive that was written: what it holds, and its fingerprint, the SHA-256 of its manifest."""

    fingerprint: str
    manifest: Manifest


class Restored(msgspec.Struct, frozen=True):
    """What was restored from an archive; `owners` are the databases that were made."""

    fingerprint: str
    manifest: Manifest
    owners: tuple[str, ...]


def back_up(place: Place, file: Path, act: Act, on_rows: OnRows = silently) -> BackedUp:
    """Write an archive of an installation while others work. Changes nothing in it.

    Raises DataFault `site.not_made`, `site.not_upgraded` for a database without tables, `archive.exists`,
    `archive.wrong_value`, Stop `archive.unwritable`,
    `db.newer_than_program`, and as `Place.one_moment`.
    """
    if not holds_installation(place):
        raise DataFault("site.not_made", place=place.name)
    with new_archive(file) as writer, place.one_moment() as (owners, at):
        if empty := [one for one in owners if version_of(at(one), history_of(one), place.database(one)) is None]:
            raise DataFault("site.not_upgraded", place=place.name, databases=", ".join(empty))
        parts = [
            put_in(writer, one, history_of(one), at(one), database=place.database(one), on_rows=on_rows)
            for one in owners
        ]
        manifest = Manifest(
            format=FORMAT,
            format_version=FORMAT_VERSION,
            made_at=act.at,
            made_by=act.actor,
            place=place.name,
            program=__version__,
            ledger=companies.identity(at("system")) if "system" in owners else "",
            collector=creditors.identity(at("office")) if "office" in owners else "",
            owners=tuple(parts),
        )
        return BackedUp(writer.finish(manifest), manifest)


def restore(file: Path, place: Place, act: Act, only: Collection[str] = (), on_rows: OnRows = silently) -> Restored:
    """Make the databases of an archive in a place that has none, or only those that were named and are missing there.

    They know no place as their own until they are adopted. Raises DataFault and Stop as `open_archive`,
    `Place.all_or_nothing` and `take_out`, and DataFault `restore.no_such_owner`.
    """
    with open_archive(file) as archive:
        chosen = _chosen(archive.manifest, file, only)
        for one in chosen:
            require_known(one.version, history_of(one.owner), f"{file}: {one.owner}")
        if not only and (there := place.owners()):
            raise DataFault("restore.not_empty", place=place.name, databases=", ".join(there))
        owners = tuple(one.owner for one in chosen)
        because = f"restored from an archive of {archive.manifest.made_at:%Y-%m-%d %H:%M} UTC"
        with place.all_or_nothing(owners) as building:
            for one in chosen:
                with building(one.owner) as connection:
                    take_out(archive, one, history_of(one.owner), connection, because, act)
                on_rows(one.rows)
        return Restored(archive.fingerprint, archive.manifest, owners)


def history_of(owner: str) -> str:
    """The history of changes that an owner's schema follows."""
    return "books" if is_company(owner) else owner


def _chosen(manifest: Manifest, file: Path, only: Collection[str]) -> list[OwnerPart]:
    held = [one.owner for one in manifest.owners]
    if unknown := sorted({*only} - {*held}):
        raise DataFault("restore.no_such_owner", file=str(file), owner=unknown[0], owners=", ".join(held))
    return [one for one in manifest.owners if not only or one.owner in only]
