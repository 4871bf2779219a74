"""Write an archive: a page of rows at a time, into a file that has its name only when it is whole."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile

import msgspec

from kravbro.core.errors import DataFault, Stop
from kravbro.db.archive.manifest import MANIFEST, ColumnOf, Manifest, Part, member

FASTEST = 1
"""The level of compression: the higher ones take several times as long for a tenth less."""
OnRows = Callable[[int], None]
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}


def silently(_rows: int) -> None:
    """Report progress to nobody."""


class ArchiveWriter:
    """Writes the members of one archive, one after the other."""

    def __init__(self, stream: BinaryIO) -> None:
        self._zip = ZipFile(stream, "w", ZIP_DEFLATED, compresslevel=FASTEST)
        self._encoder = msgspec.json.Encoder()

    def part(
        self,
        owner: str,
        table: str,
        columns: tuple[ColumnOf, ...],
        pages: Iterable[Sequence[Sequence[Any]]],
        on_rows: OnRows = silently,
    ) -> Part:
        """Write one table."""
        digest, rows = sha256(), 0
        with self._zip.open(member(owner, table), "w", force_zip64=True) as stream:
            for page in pages:
                lines = self._encoder.encode_lines(page)
                digest.update(lines)
                stream.write(lines)
                rows += len(page)
                on_rows(len(page))
        return Part(table, columns, rows, digest.hexdigest())

    def finish(self, manifest: Manifest) -> str:
        """Write the manifest. Answers its SHA-256, which stands for the whole archive."""
        content = msgspec.json.encode(manifest, order="deterministic")
        self._zip.writestr(MANIFEST, content)
        self._zip.close()
        return sha256(content).hexdigest()

    def abandon(self) -> None:
        """Let go of what was not finished."""
        with suppress(OSError, ValueError):
            self._zip.close()


@contextmanager
def new_archive(file: Path) -> Iterator[ArchiveWriter]:
    """An archive that is being written; `file` is there when the block has ended, whole, or not at all.

    Only its owner may read it. Raises DataFault `archive.exists`, for nothing is overwritten, and Stop
    `archive.unwritable`.
    """
    if file.exists():
        raise DataFault("archive.exists", file=str(file))
    with _told(file):
        number, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".part", dir=file.parent)
    unfinished = Path(name)
    try:
        with _told(file), os.fdopen(number, "wb") as stream:
            yield from _written(ArchiveWriter(stream))
            stream.flush()
            os.fsync(stream.fileno())
        with _told(file):
            _give_name(unfinished, file)
    finally:
        with suppress(FileNotFoundError):
            unfinished.unlink()


def _written(writer: ArchiveWriter) -> Iterator[ArchiveWriter]:
    try:
        yield writer
    except BaseException:
        writer.abandon()
        raise


def _give_name(unfinished: Path, file: Path) -> None:
    """Name the file, unless the name was taken meanwhile. Raises DataFault `archive.exists`."""
    try:
        os.link(unfinished, file)
    except FileExistsError:
        raise DataFault("archive.exists", file=str(file)) from None
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if file.exists():
            raise DataFault("archive.exists", file=str(file)) from None
        unfinished.rename(file)
    sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """Let the names in a folder survive a power cut, where the system can be asked for that."""
    if os.name == "nt":
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


@contextmanager
def _told(file: Path) -> Iterator[None]:
    """Raises Stop `archive.unwritable` for what the operating system does not allow."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Stop("archive.unwritable", file=str(file), reason=reason) from error
