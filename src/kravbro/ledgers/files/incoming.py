"""What lies in a company's `in`: each file is read once, taken in whole, or refused and left where it is.

Snapshots go first, in the order of the moments in their names; then approvals, then receipts, which both speak of what
snapshots have told. A refusal stands until the file changes, or until something else is known than when it was refused.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Any

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.errors import DataFault, KravbroError, Stop
from kravbro.db.bulk import insert_rows
from kravbro.db.engines import reading, writing_anywhere
from kravbro.formats import exchange_csv, ledger_csv, xml_reading
from kravbro.formats.exchange_csv import APPROVALS, RECEIPTS
from kravbro.ledgers.files import kept
from kravbro.ledgers.files import tables as t
from kravbro.ledgers.files.approvals import take_approvals
from kravbro.ledgers.files.folders import Folders, Found, usable
from kravbro.ledgers.files.names import ACCEPTED, Moment, moment_of
from kravbro.ledgers.files.receipts import take_receipts
from kravbro.ledgers.files.snapshots import made_at, read_snapshot
from kravbro.ledgers.files.taking_in import Which, take_in

_SECOND = 1_000_000_000
_TABLE_MARK = {"type", ledger_csv.COLUMNS["type"]}
_BECAUSE = 400
_PASSES = 2
"""What was refused before is looked at once more when a snapshot has told something new."""
SHRUNK, UNUSABLE = "files.shrunk", "files.folder"
_OF_FILES = ("books.import.", "files.", "formats.", "money.")
"""What is wrong with a file; all else is wrong with the machine, and no fault of the file's."""


class Kind(StrEnum):
    """What a file is, in the order in which files are read; one that is nothing is refused last."""

    SNAPSHOT = "snapshot"
    APPROVALS = "approvals"
    RECEIPTS = "receipts"
    UNKNOWN = "unknown"


class Refused(msgspec.Struct, frozen=True):
    """A file that is left where it is, what it seems to be, and why."""

    name: str
    kind: str
    error: KravbroError


class Read(msgspec.Struct, frozen=True):
    """A file, what it is, and its content, as long as it is needed."""

    found: Found
    kind: Kind
    data: bytes = b""
    sha: str = ""


_ERRORS: Mapping[str, Callable[..., KravbroError]] = {"DataFault": DataFault, "Stop": Stop}


def look(folders: Folders, company: int, listing: Sequence[Found], act: Act) -> list[Refused]:
    """Take in what is new in a listing; answers what is refused, before and now.

    Raises Stop `files.not_installed` and `files.folder`. Where a file is still being written, it is left for later.
    """
    engine = folders.engine(company)
    names = {one.name for one in listing}
    settled = [one for one in listing if _is_settled(one, folders, act)]
    for _ in range(_PASSES):
        with reading(engine) as connection:
            fresh = _unknown(folders, company, connection, settled)
        for one in _in_order(folders, company, engine, fresh, act):
            data = folders.content(company, one.found)
            if data is not None:
                read = Read(one.found, one.kind, data, sha256(data).hexdigest())
                _take(folders, company, engine, read, act)
        if not fresh:
            break
    with reading(engine) as connection:
        return _refused(connection, names)


def _is_settled(one: Found, folders: Folders, act: Act) -> bool:
    """Whether nobody has written to a file for a while, by the clock of the run; always, where no while is set up."""
    settle = folders.setup.settle_seconds
    return not settle or one.changed_ns + settle * _SECOND <= int(act.at.timestamp()) * _SECOND


def waiting(folders: Folders, listing: Sequence[Found], act: Act) -> list[str]:
    """The files of a listing that somebody may still be writing."""
    return [one.name for one in listing if not _is_settled(one, folders, act)]


def _unknown(folders: Folders, company: int, connection: sa.Connection, listing: Sequence[Found]) -> list[Found]:
    """Those that were not read as they are now, or were refused when less was known or accepted."""
    change = kept.newest(connection).change
    columns = (t.file.c.name, t.file.c.size, t.file.c.changed_ns, t.file.c.outcome, t.file.c.at_change, t.file.c.code)
    known = {row.name: row for row in connection.execute(sa.select(*columns))}
    found = []
    for one in listing:
        row = known.get(one.name)
        same = row is not None and (row.size, row.changed_ns) == (one.size, one.changed_ns)
        if row is not None and same and row.outcome == "refused":
            same = row.at_change == change and not (row.code == SHRUNK and _accepted(folders, company, one.name))
        if not same:
            found.append(one)
    return found


def _in_order(folders: Folders, company: int, engine: sa.Engine, fresh: Sequence[Found], act: Act) -> list[Read]:
    """The files in the order in which they are read. One that cannot be told what it is, is refused here."""
    found = []
    for one in fresh:
        try:
            data = folders.content(company, one)
        except DataFault as error:
            _note(engine, one, Kind.UNKNOWN, "", act, error)
            continue
        if data is None:
            continue
        try:
            found.append(Read(one, kind_of(data, one.name, last_line_ends=folders.setup.last_line_ends)))
        except DataFault as error:
            _note(engine, one, Kind.UNKNOWN, sha256(data).hexdigest(), act, error)
    order = list(Kind)
    made = {one.found.name: moment_of(one.found.name) or Moment(date.min) for one in found}
    return sorted(found, key=lambda one: (order.index(one.kind), made[one.found.name], one.found.name))


def kind_of(data: bytes, name: str, *, last_line_ends: bool = True) -> Kind:
    """What a file is, by its first bytes or its first row.

    Raises DataFault `files.unfinished` and `files.unknown_table`, and as tables do.
    """
    if xml_reading.is_xml(data):
        return Kind.SNAPSHOT
    columns = set(exchange_csv.columns_of(data, name))
    if last_line_ends and not data.endswith((b"\n", b"\r")):
        raise DataFault("files.unfinished", file=name)
    for kind, table in ((Kind.APPROVALS, APPROVALS), (Kind.RECEIPTS, RECEIPTS)):
        if columns & {table.mark, table.columns[table.mark].norwegian}:
            return kind
    if columns & _TABLE_MARK:
        return Kind.SNAPSHOT
    marks = [table.columns[table.mark].norwegian for table in (APPROVALS, RECEIPTS)]
    raise DataFault("files.unknown_table", file=name, marks=", ".join([ledger_csv.COLUMNS["type"], *marks]))


def _take(folders: Folders, company: int, engine: sa.Engine, read: Read, act: Act) -> None:
    """Take one file in, with a note that it was read; refused, it leaves the note alone."""
    name = read.found.name
    try:
        if read.kind is Kind.SNAPSHOT:
            _take_snapshot(folders, company, engine, read, act)
            return
        table = APPROVALS if read.kind is Kind.APPROVALS else RECEIPTS
        rows: Sequence[Any] = exchange_csv.read(table, read.data, name)
        with writing_anywhere(engine) as connection:
            if _unknown(folders, company, connection, [read.found]):
                take = take_approvals if read.kind is Kind.APPROVALS else take_receipts
                take(connection, rows, name, act)
                _write_note(connection, read.found, read.kind, read.sha, "read", act)
    except (DataFault, Stop) as error:
        if not error.code.startswith(_OF_FILES) or error.code == UNUSABLE:
            raise
        _note(engine, read.found, read.kind, read.sha, act, error)


def _take_snapshot(folders: Folders, company: int, engine: sa.Engine, read: Read, act: Act) -> None:
    """One with the content of the newest says that nothing has changed; one that was read before says nothing."""
    name = read.found.name
    made = made_at(name)
    with reading(engine) as connection:
        before = _was_read(connection, read.sha, made)
    snapshot = None if before else read_snapshot(read.data, name)
    because = "" if before else _accepted(folders, company, name)
    with writing_anywhere(engine) as connection:
        if not _unknown(folders, company, connection, [read.found]):
            return
        known = kept.newest(connection)
        if snapshot is None or _was_read(connection, read.sha, made):
            if made > known.made:
                told = {"name": name, "made": made, "changed_ns": read.found.changed_ns}
                now = msgspec.structs.replace(known, change=known.change + 1, **told)
                kept.write_newest(connection, now, "", act)
            _write_note(connection, read.found, read.kind, read.sha, "known", act)
            return
        which = Which(read.sha, read.found.changed_ns, because)
        take_in(connection, snapshot, company, folders.setup, which, act)
        _write_note(connection, read.found, read.kind, read.sha, "read", act)


def _was_read(connection: sa.Connection, sha: str, made: Moment) -> bool:
    """Whether this content is what is known now, or was read before and is no newer."""
    known = kept.newest(connection)
    if known.sha256 == sha:
        return True
    earlier = sa.select(t.newest.c.change).where(t.newest.c.sha256 == sha)
    return made <= known.made and connection.execute(earlier.limit(1)).scalar() is not None


def _accepted(folders: Folders, company: int, name: str) -> str:
    """Why a person wants a snapshot read though it lacks most of what was known: a file beside it says so."""
    file = folders.incoming(company) / f"{name}{ACCEPTED}"
    with usable(file):
        if not file.is_file():
            return ""
        return " ".join(file.read_bytes()[:_BECAUSE].decode("utf-8", errors="replace").split())


def _note(  # noqa: PLR0917 - a file, and why it is refused
    engine: sa.Engine, one: Found, kind: Kind, sha: str, act: Act, error: KravbroError
) -> None:
    with writing_anywhere(engine) as connection:
        _write_note(connection, one, kind, sha, "refused", act, error)


def _write_note(  # noqa: PLR0917 - a file, and what was made of it
    connection: sa.Connection,
    one: Found,
    kind: Kind,
    sha: str,
    outcome: str,
    act: Act,
    error: KravbroError | None = None,
) -> None:
    kept.remove(connection, t.file.c.name, [one.name])
    columns = ("name", "size", "changed_ns", "sha256", "kind", "outcome", "error", "code", "facts", "at_change")
    told = (type(error).__name__, error.code, msgspec.json.encode(error.facts).decode()) if error else ("", "", "{}")
    change = kept.newest(connection).change
    row = (one.name, one.size, one.changed_ns, sha, kind.value, outcome, *told, change)
    insert_rows(connection, t.file, columns, [row], act)


def _refused(connection: sa.Connection, names: Collection[str]) -> list[Refused]:
    chosen = sa.select(t.file).where(t.file.c.outcome == "refused").order_by(t.file.c.name)
    return [
        Refused(row.name, row.kind, _ERRORS[row.error](row.code, **msgspec.json.decode(row.facts)))
        for row in connection.execute(chosen)
        if row.name in names
    ]
