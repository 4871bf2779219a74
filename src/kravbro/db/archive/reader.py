"""Read an archive: its manifest whole, its rows a portion at a time, each checked against the manifest."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from types import GenericAlias
from typing import IO, Annotated, Any
from zipfile import BadZipFile, ZipFile

import msgspec

from kravbro.core.errors import DataFault, Stop
from kravbro.db.archive.manifest import (
    FORMAT,
    FORMAT_VERSION,
    MANIFEST,
    ColumnOf,
    Kind,
    Label,
    Manifest,
    OwnerPart,
    Part,
    member,
)
from kravbro.db.place import known_owners

PORTION = 1 << 18
"""Bytes read at a time."""
LONGEST_ROW = 1 << 24
LARGEST_MANIFEST = 1 << 26
"""Bytes; what is longer was not written by us."""
_UNREADABLE = (BadZipFile, zlib.error, EOFError, KeyError, OSError, RuntimeError, ValueError)
"""What Python's zipfile raises on members that were altered or cut off."""
_INT64 = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
_TYPES: dict[Kind, Any] = {
    Kind.INTEGER: _INT64,
    Kind.BOOLEAN: bool,
    Kind.DATE: date,
    Kind.MOMENT: datetime,
    Kind.TEXT: str,
    Kind.BYTES: bytes,
}


def row_type(columns: tuple[ColumnOf, ...]) -> Any:
    """The type of a row: a tuple with a value for each column."""
    types = [_TYPES[column.kind] | None if column.nullable else _TYPES[column.kind] for column in columns]
    return GenericAlias(tuple, tuple(types))


class ArchiveReader:
    """One archive, open for reading."""

    def __init__(self, file: Path, stream: IO[bytes]) -> None:
        self.name = str(file)
        try:
            self._zip = ZipFile(stream)
            content = self._manifest()
        except _UNREADABLE as error:
            raise DataFault("archive.not_one", file=self.name) from error
        self.fingerprint = sha256(content).hexdigest()
        """The SHA-256 of the manifest: it stands for the whole archive."""
        self.manifest = self._understood(content)

    def _manifest(self) -> bytes:
        with self._zip.open(MANIFEST) as stream:
            content = stream.read(LARGEST_MANIFEST)
        label = msgspec.json.decode(content, type=Label)
        if label.format != FORMAT:
            raise DataFault("archive.not_one", file=self.name)
        if label.format_version > FORMAT_VERSION:
            raise Stop("archive.newer_format", file=self.name, version=label.format_version, known=FORMAT_VERSION)
        return content

    def _understood(self, content: bytes) -> Manifest:
        """The manifest, if it fits the members. Raises DataFault `archive.altered`."""
        try:
            manifest = msgspec.json.decode(content, type=Manifest)
        except msgspec.MsgspecError as error:
            raise DataFault("archive.altered", file=self.name, part=MANIFEST) from error
        owners = [one.owner for one in manifest.owners]
        if sorted(known_owners(owners)) != sorted(owners):
            raise DataFault("archive.altered", file=self.name, part=MANIFEST)
        found, expected = sorted(self._zip.namelist()), sorted(manifest.members())
        if found != expected:
            odd = sorted({*found} ^ {*expected}) or found
            raise DataFault("archive.altered", file=self.name, part=odd[0])
        return manifest

    def rows(self, owner: OwnerPart, part: Part) -> Iterator[list[tuple[Any, ...]]]:
        """The rows of a part, a portion at a time; after the last, the part is what was written.

        Raises DataFault `archive.altered`.
        """
        name = member(owner.owner, part.table)
        decoder = msgspec.json.Decoder(row_type(part.columns))
        digest, count = sha256(), 0
        portions = self._lines(name)
        while True:
            try:
                lines = next(portions, b"")
                rows = decoder.decode_lines(lines)
            except _UNREADABLE as error:
                raise DataFault("archive.altered", file=self.name, part=name) from error
            if not lines:
                break
            digest.update(lines)
            count += len(rows)
            yield rows
        if (digest.hexdigest(), count) != (part.sha256, part.rows):
            raise DataFault("archive.altered", file=self.name, part=name)

    def _lines(self, name: str) -> Iterator[bytes]:
        """Whole lines of a member. Raises ValueError where a line does not end."""
        begun = b""
        with self._zip.open(name) as stream:
            while portion := stream.read(PORTION):
                end = portion.rfind(b"\n") + 1
                if end:
                    yield begun + portion[:end]
                    begun = portion[end:]
                else:
                    begun += portion
                if len(begun) > LONGEST_ROW:
                    raise ValueError(name)
        if begun:
            raise ValueError(name)


@contextmanager
def open_archive(file: Path) -> Iterator[ArchiveReader]:
    """An archive, open for as long as the block lasts.

    Raises DataFault `archive.unreadable`, `archive.not_one`, `archive.altered`, and Stop `archive.newer_format`.
    """
    try:
        stream = file.open("rb")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise DataFault("archive.unreadable", file=str(file), reason=reason) from error
    with stream:
        yield ArchiveReader(file, stream)
