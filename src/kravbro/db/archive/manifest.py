"""What an archive says of itself: `manifest.json`, its last member, which every other member's digest stands in."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

FORMAT = "kravbro archive"
FORMAT_VERSION = 1
MANIFEST = "manifest.json"


class Kind(StrEnum):
    """What a column holds, whatever database it comes from or goes to."""

    INTEGER = "integer"
    BOOLEAN = "boolean"
    DATE = "date"
    MOMENT = "moment"
    TEXT = "text"
    BYTES = "bytes"


class ColumnOf(msgspec.Struct, frozen=True):
    """A column of a part: its place in the list is its place in each row."""

    name: str
    kind: Kind
    nullable: bool


class Part(msgspec.Struct, frozen=True):
    """One table: the member `OWNER/TABLE.jsonl`, one row a line, and the SHA-256 of these lines."""

    table: str
    columns: tuple[ColumnOf, ...]
    rows: int
    sha256: str


class Head(msgspec.Struct, frozen=True):
    """How far a numbered series had come."""

    scope: str
    name: str
    last: int


class OwnerPart(msgspec.Struct, frozen=True):
    """One owner's database: the version of its schema, how many transactions had written in it, and its tables."""

    owner: str
    version: str
    age: int
    heads: tuple[Head, ...]
    parts: tuple[Part, ...]

    @property
    def rows(self) -> int:
        """The rows of all its tables."""
        return sum(part.rows for part in self.parts)


class Manifest(msgspec.Struct, frozen=True):
    """What the archive holds, whose it is, and who made it when, from which place and with which release."""

    format: str
    format_version: int
    made_at: datetime
    made_by: str
    place: str
    program: str
    ledger: str
    """The ledger's installation id; empty if it has none yet. `collector` is the office's."""
    collector: str
    owners: tuple[OwnerPart, ...]

    def members(self) -> list[str]:
        """The names of all members."""
        parts = [member(one.owner, part.table) for one in self.owners for part in one.parts]
        return [*parts, MANIFEST]


class Label(msgspec.Struct, frozen=True):
    """The first words of a manifest, which every version of the format has."""

    format: str
    format_version: int


def member(owner: str, table: str) -> str:
    """The name of the member that holds a table."""
    return f"{owner}/{table}.jsonl"
