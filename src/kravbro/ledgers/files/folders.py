"""Where everything lies: a folder for each company, with `in` and `out`, and the state beside them or elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import msgspec
import sqlalchemy as sa

from kravbro.core.errors import DataFault, Stop
from kravbro.db.place import company_owner
from kravbro.db.sqlite import open_attached
from kravbro.ledgers.files.names import is_finished
from kravbro.ledgers.files.setup import Setup

IN, OUT, STATE = "in", "out", "kravbro"
SYSTEM = "system"


class Found(msgspec.Struct, frozen=True, gc=False):
    """A file as its folder lists it: name, bytes, and when it was last written to."""

    name: str
    size: int
    changed_ns: int


class Folders(msgspec.Struct, frozen=True):
    """The shared folder, and the set-up of what is in it."""

    root: Path
    setup: Setup

    @property
    def state(self) -> Path:
        """The folder of the databases: on a local disk where the shared folder is none."""
        return self.root / (self.setup.state or STATE)

    def incoming(self, company: int) -> Path:
        """What the ledger writes for us."""
        return self.root / company_owner(company) / IN

    def outgoing(self, company: int) -> Path:
        """What we write for the ledger."""
        return self.root / company_owner(company) / OUT

    def engine(self, company: int | None) -> sa.Engine:
        """The database of a company (None: that which names the installation). Raises Stop `files.not_installed`."""
        file = self.state / f"{SYSTEM if company is None else company_owner(company)}.db"
        if not file.is_file():
            raise Stop("files.not_installed", folder=str(self.root), file=str(file))
        return open_attached(file, {})

    def listing(self, company: int) -> list[Found]:
        """The finished files of a company's `in`, by name. Raises Stop `files.folder`."""
        folder = self.incoming(company)
        with usable(folder), os.scandir(folder) as entries:
            found = []
            for entry in entries:
                if is_finished(entry.name) and entry.is_file(follow_symlinks=False):
                    stat = entry.stat(follow_symlinks=False)
                    found.append(Found(entry.name, stat.st_size, stat.st_mtime_ns))
        return sorted(found, key=lambda one: one.name)

    def content(self, company: int, one: Found) -> bytes | None:
        """The bytes of a file; None where it was written to, or taken away, since it was listed.

        Raises DataFault `files.too_large` and Stop `files.folder`.
        """
        file = self.incoming(company) / one.name
        if one.size > self.setup.largest_megabytes * 1_000_000:
            raise DataFault("files.too_large", file=one.name, megabytes=self.setup.largest_megabytes)
        with usable(file):
            try:
                with file.open("rb") as opened:
                    data = opened.read(one.size + 1)
                    stat = os.fstat(opened.fileno())
            except FileNotFoundError:
                return None
        return data if (len(data), stat.st_mtime_ns) == (one.size, one.changed_ns) else None


def signature(files: Sequence[Found]) -> str:
    """What a listing is known by: the same as long as no file came, went or was written to."""
    return sha256(msgspec.json.encode(files)).hexdigest()[:24]


@contextmanager
def usable(thing: Path) -> Iterator[None]:
    """Say what the system does not allow. Raises Stop `files.folder`."""
    try:
        yield
    except OSError as error:
        raise Stop("files.folder", folder=str(thing), reason=error.strerror or type(error).__name__) from error
