"""An owner's database into an archive, and out of one: tables at the version that they were read at, then upgraded."""

from __future__ import annotations

import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.errors import DataFault
from kravbro.db.archive.manifest import OwnerPart, member
from kravbro.db.archive.reader import ArchiveReader
from kravbro.db.archive.tables import (
    columns_of,
    continue_sequences,
    empty,
    fill,
    heads_of,
    rows_of,
    tables_of,
    unlike,
)
from kravbro.db.archive.writer import ArchiveWriter, OnRows
from kravbro.db.residence import OWN, remembered, settle_nowhere
from kravbro.migrations.upgrade import bring_up, make_at, version_of


def put_in(
    writer: ArchiveWriter, owner: str, history: str, connection: sa.Connection, *, database: str, on_rows: OnRows
) -> OwnerPart:
    """Write every table of an owner, as this transaction sees it.

    Raises Stop `db.newer_than_program` and DataFault `archive.wrong_value`.
    """
    version = version_of(connection, history, database)
    assert version is not None, f"{database} has no version"  # noqa: S101 - the caller has looked
    tables = tables_of(connection)
    parts = [
        writer.part(owner, str(table.name), columns_of(table), rows_of(connection, table, database), on_rows)
        for table in tables
    ]
    age = remembered(connection).ages.get(OWN, 0)
    return OwnerPart(owner, version, age, heads_of(connection, tables), tuple(parts))


def take_out(  # noqa: PLR0917 - of which archive what, whereto, and who does it why
    archive: ArchiveReader, owner: OwnerPart, history: str, connection: sa.Connection, because: str, act: Act
) -> None:
    """Make an owner's tables anew, fill and upgrade them, and let them know no place as their own.

    Raises DataFault `archive.altered`, `archive.unlike_schema` and `restore.row_refused`.
    """
    make_at(connection, history, owner.version)
    tables = tables_of(connection)
    empty(connection, tables)
    parts = {part.table: part for part in owner.parts}
    by_name = {table.name: table for table in tables}
    for name in sorted({*parts, *by_name}):
        if name not in parts or unlike(by_name.get(name), parts[name]):
            where = member(owner.owner, name)
            raise DataFault("archive.unlike_schema", file=archive.name, part=where, version=owner.version)
    for table in tables:
        for rows in archive.rows(owner, parts[table.name]):
            fill(connection, table, parts[table.name], rows)
    continue_sequences(connection, tables)
    bring_up(connection, history)
    settle_nowhere(connection, archive.fingerprint, because, act)
