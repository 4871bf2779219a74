"""The inbox folders of payment agreements: what lies in them, and its import, each file in a transaction of its own.

Looking moves nothing. A file is known by its content, so one that stays in its folder after import is shown as known.
Where the agreement names a folder for imported files, a file is moved there after its import is committed; a stop in
between leaves a known file, which the next import moves.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from enum import StrEnum
from itertools import count
from pathlib import Path

import msgspec

from kravbro.core.acts import Act
from kravbro.core.errors import KravbroError, Skip
from kravbro.db.engines import Engine, reading, writing
from kravbro.office.bank_files import BankFile, digest, read_bank_file
from kravbro.office.incoming_camt054 import LeftOut
from kravbro.office.payment_import import ImportResult, Preview, import_payments, preview_payments
from kravbro.office.queries.inboxes import ImportedFile, imported_file, inboxes

Read = Callable[[Path], bytes]
"""Reads a file whole, or raises a KravbroError."""
LONGEST_NAME = 255
"""Letters of a file's name that are kept."""
_NO_LINKS = frozenset({errno.EXDEV, errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK})
"""What a file system says that has no second names for files, or not across its border."""


class State(StrEnum):
    """What a file in an inbox is, or became."""

    UNREAD = "unread"
    IMPORTED = "imported"
    KNOWN = "known"
    EMPTY = "empty"
    REFUSED = "refused"


class InboxFile(msgspec.Struct, frozen=True):
    """A file in an inbox: what it holds, and what the office knows of it (øre).

    `file` is its name as people can read it, `size` its bytes (0 if it cannot be read). `payments` and `net_ore` are
    the whole file's; of one whose very bytes were imported before, what was new in it then. `left_out` counts what is
    no incoming payment, or not booked yet. `fault` says why it is refused.
    """

    path: Path
    folder: str
    file: str
    size: int
    state: State
    format: str = ""
    sha256: str = ""
    accounts: tuple[str, ...] = ()
    payments: int = 0
    known: int = 0
    net_ore: int = 0
    left_out: int = 0
    first_day: date | None = None
    fault: KravbroError | None = None


class InboxFolder(msgspec.Struct, frozen=True):
    """An inbox folder, the accounts whose files come there, and why it cannot be read, if so."""

    folder: str
    accounts: tuple[str, ...]
    done_folder: str
    fault: KravbroError | None = None


class Listing(msgspec.Struct, frozen=True):
    """All inboxes: the folders, and the files in the order of their import."""

    folders: tuple[InboxFolder, ...]
    files: tuple[InboxFile, ...]


class Outcome(msgspec.Struct, frozen=True):
    """What became of a file: its state now, what its import did and left out, where it was moved, what went wrong."""

    file: InboxFile
    state: State
    result: ImportResult | None = None
    moved_to: str = ""
    fault: KravbroError | None = None
    left_out: Sequence[LeftOut] = ()


def list_inboxes(office: Engine, read: Read) -> Listing:
    """Everything in the inboxes, in order of import: by first day of settlement, then by name, then by folder.

    A reversal is settled after what it takes back, so the order of days is that of causes. Hidden files and folders are
    no bank files. Changes nothing.
    """
    with reading(office) as connection:
        known_folders = inboxes(connection)
    folders, files = [], []
    for inbox in known_folders:
        fault = None
        try:
            paths = _files_in(Path(inbox.folder))
        except OSError as error:
            reason = error.strerror or type(error).__name__
            fault, paths = Skip("inbox.folder_unreadable", folder=inbox.folder, reason=reason), []
        folders.append(InboxFolder(inbox.folder, inbox.accounts, inbox.done_folder, fault))
        files += [_looked_at(office, path, read) for path in paths]
    ordered = sorted(files, key=lambda one: (one.first_day or date.max, one.file, one.folder))
    return Listing(tuple(folders), tuple(ordered))


def import_listed(office: Engine, listing: Listing, read: Read, act: Act) -> Iterator[Outcome]:
    """Import every unread file of a listing in its order, and go on after one that is refused; each as it is done.

    What was known before is moved where imported files go, and otherwise left alone.
    """
    done_folders = {one.folder: one.done_folder for one in listing.folders}
    for file in listing.files:
        done = Outcome(file, file.state, fault=file.fault)
        if file.state is State.UNREAD:
            done = _import(office, file, read, act)
        if done.state in {State.IMPORTED, State.KNOWN} and done_folders[file.folder]:
            try:
                moved_to = str(_moved(file, Path(done_folders[file.folder]), read))
                done = msgspec.structs.replace(done, moved_to=moved_to)
            except KravbroError as error:
                done = msgspec.structs.replace(done, fault=error)
        yield done


def _files_in(folder: Path) -> list[Path]:
    with os.scandir(folder) as entries:
        return sorted(Path(one.path) for one in entries if not one.name.startswith(".") and one.is_file())


def _readable(name: str) -> str:
    """A file's name without what no database and no terminal takes: such characters are told by their numbers."""
    told = (one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in name)
    return "".join(told)[:LONGEST_NAME]


def _looked_at(office: Engine, path: Path, read: Read) -> InboxFile:
    """What a file holds. One whose very bytes were imported is not taken apart again."""
    seen = InboxFile(path, str(path.parent), _readable(path.name), 0, State.REFUSED)
    change = msgspec.structs.replace
    try:
        data = read(path)
        seen = change(seen, size=len(data))
        with reading(office) as connection:
            earlier = imported_file(connection, digest(data))
            if earlier is not None:
                return _as_imported(seen, earlier)
            content = read_bank_file(data, str(path))
            preview = preview_payments(connection, seen.file, content.payments)
    except KravbroError as fault:
        return change(seen, fault=fault)
    return _as_read(seen, content, preview)


def _as_imported(seen: InboxFile, earlier: ImportedFile) -> InboxFile:
    return msgspec.structs.replace(
        seen,
        state=State.KNOWN,
        format=earlier.format,
        sha256=earlier.sha256,
        accounts=earlier.accounts,
        payments=earlier.payment_count,
        known=earlier.payment_count,
        net_ore=earlier.net_ore,
        first_day=earlier.first_day,
    )


def _as_read(seen: InboxFile, content: BankFile, preview: Preview) -> InboxFile:
    state = State.UNREAD if preview.new else State.KNOWN if preview.known else State.EMPTY
    payments = content.payments
    return msgspec.structs.replace(
        seen,
        state=state,
        format=content.format,
        sha256=content.sha256,
        accounts=tuple(sorted({one.account_number for one in payments})),
        payments=len(payments),
        known=preview.known,
        net_ore=sum(one.amount_ore for one in payments),
        left_out=sum(one.transactions for one in content.left_out),
        first_day=min((one.settlement_date for one in payments), default=None),
    )


def _import(office: Engine, file: InboxFile, read: Read, act: Act) -> Outcome:
    """Import one file as it is now: another may have brought its payments since it was looked at."""
    try:
        content = read_bank_file(read(file.path), str(file.path))
        with writing(office) as connection:
            result = import_payments(connection, file.file, content.sha256, content.format, content.payments, act)
    except Skip as skipped:
        known = skipped.code == "office.file_repeated"
        return Outcome(file, State.KNOWN) if known else Outcome(file, State.REFUSED, fault=skipped)
    except KravbroError as fault:
        return Outcome(file, State.REFUSED, fault=fault)
    return Outcome(file, State.IMPORTED, result, left_out=content.left_out)


def _moved(file: InboxFile, folder: Path, read: Read) -> Path:
    """Give a file its place among the imported ones; never over another file, and never one that has changed since.

    Raises Skip `inbox.changed` or `inbox.not_moved`; the file is where it was then.
    """
    source = file.path
    if digest(read(source)) != file.sha256:
        raise Skip("inbox.changed", file=str(source))
    try:
        for target in _names_in(folder, source):
            if _took_name(source, target):
                source.unlink()
                return target
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Skip("inbox.not_moved", file=str(source), folder=str(folder), reason=reason) from error
    raise AssertionError("names do not end")


def _names_in(folder: Path, source: Path) -> Iterator[Path]:
    """The file's own name, and then numbered ones."""
    yield folder / source.name
    yield from (folder / f"{source.stem} ({number}){source.suffix}" for number in count(2))


def _took_name(source: Path, target: Path) -> bool:
    """Give the file a second name, unless the name is another file's. A stop before the first is gone leaves both."""
    try:
        os.link(source, target)
    except FileExistsError:
        return target.samefile(source)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        return _copied(source, target)
    return True


def _copied(source: Path, target: Path) -> bool:
    """The same across file systems: the copy has its name only when it is whole."""
    if target.exists():
        return False
    unfinished = target.with_name(f".{target.name}.part")
    with source.open("rb") as original, unfinished.open("wb") as copy:
        shutil.copyfileobj(original, copy)
        copy.flush()
        os.fsync(copy.fileno())
    unfinished.rename(target)
    return True
