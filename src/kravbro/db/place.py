"""Where data live: on SQLite one folder with one file per owner.

`system.db` (installation and companies of the embedded ledger), `F0001.db` (one per company), `office.db`, `bridge.db`.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
import sqlalchemy as sa

from kravbro.core.errors import DataFault
from kravbro.db.engines import open_sqlite


class Place(msgspec.Struct, frozen=True):
    """A folder that holds, or will hold, one installation."""

    folder: Path

    def file(self, owner: str) -> Path:
        """The file of one owner: `system`, `office`, `bridge`, or `F0001` for company 1."""
        return self.folder / f"{owner}.db"

    def exists(self, owner: str) -> bool:
        """Whether that owner's database has been made."""
        return self.file(owner).is_file()

    def open(self, owner: str) -> sa.Engine:
        """An engine for that owner's database. Raises DataFault `db.no_such_folder` if the folder is missing."""
        if not self.folder.is_dir():
            raise DataFault("db.no_such_folder", folder=str(self.folder))
        return open_sqlite(self.file(owner))


def company_owner(company: int) -> str:
    """The name of a company's database: `F` and at least four digits, as Visma Business names them."""
    return f"F{company:04d}"
