"""A place that is a folder: one SQLite file per owner, `system.db`, `F0001.db`, `office.db` and `bridge.db`."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AbstractContextManager
from pathlib import Path

import msgspec
import sqlalchemy as sa

from kravbro.core.errors import DataFault, Stop
from kravbro.db.folder_building import RESTORING, all_or_nothing
from kravbro.db.folder_moment import one_moment
from kravbro.db.place import At, Building, known_owners
from kravbro.db.sqlite import open_sqlite


class FolderPlace(msgspec.Struct, frozen=True):
    """A folder that holds, or will hold, one installation."""

    folder: Path

    @property
    def name(self) -> str:
        """The folder's path."""
        return str(self.folder)

    def make(self) -> None:
        """Make the folder. Raises DataFault `db.folder_unusable`."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise DataFault("db.folder_unusable", folder=self.name, reason=reason) from error

    def owners(self) -> list[str]:
        """The owners that have a file. Raises Stop `db.being_restored`."""
        self._refuse_unfinished()
        return known_owners(file.stem for file in self.folder.glob("*.db") if file.is_file())

    def file(self, owner: str) -> Path:
        """The file of one owner."""
        return self.folder / f"{owner}.db"

    def exists(self, owner: str) -> bool:
        """Whether that owner's file is there. Raises Stop `db.being_restored`."""
        self._refuse_unfinished()
        return self.file(owner).is_file()

    def open(self, owner: str) -> sa.Engine:
        """An engine for that owner's file.

        Raises DataFault `db.no_such_folder` if the folder is missing, and Stop `db.being_restored`.
        """
        if not self.folder.is_dir():
            raise DataFault("db.no_such_folder", folder=self.name)
        self._refuse_unfinished()
        return open_sqlite(self.file(owner))

    def _refuse_unfinished(self) -> None:
        unfinished = self.folder / RESTORING
        if unfinished.exists():
            raise Stop("db.being_restored", place=self.name, folder=str(unfinished))

    def database(self, owner: str) -> str:
        """The file's path."""
        return str(self.file(owner))

    def one_moment(self) -> AbstractContextManager[tuple[list[str], At]]:
        """The owners and their connections at one moment; see `Place`."""
        return one_moment(self.owners, self.open)

    def all_or_nothing(self, owners: Collection[str]) -> AbstractContextManager[Building]:
        """These owners' files, made anew; see `Place`."""
        return all_or_nothing(self.folder, owners)

    def close(self) -> None:
        """Nothing is kept open here: who opens an engine disposes of it."""
