"""Ways into an office database that ask nobody, for tests of what the audit finds."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kravbro.core.movements import Discrepancy
from kravbro.db.engines import reading
from kravbro.db.places import place_at
from kravbro.office.audit import audit

Row = dict[str, Any]


class Tampering:
    """A copy of an office, and a way into it that asks nobody."""

    def __init__(self, busy: Path, folder: Path) -> None:
        shutil.copy(busy / "office.db", folder / "office.db")
        self.engine = place_at(folder).open("office")
        self.raw = sqlite3.connect(folder / "office.db", isolation_level=None)
        self.raw.row_factory = sqlite3.Row
        self.raw.execute("PRAGMA foreign_keys=OFF")
        self.raw.execute("PRAGMA synchronous=OFF")

    def rows(self, table: str) -> list[Row]:
        select = f'SELECT rowid AS "rowid", * FROM "{table}"'
        return [dict(row) for row in self.raw.execute(select)]

    def insert(self, table: str, row: Row) -> None:
        columns = ", ".join(f'"{name}"' for name in row)
        places = ", ".join("?" * len(row))
        self.raw.execute(f'INSERT INTO "{table}" ({columns}) VALUES ({places})', tuple(row.values()))

    def audit(self, creditor: int = 1) -> list[Discrepancy]:
        with reading(self.engine) as connection:
            return audit(connection, creditor)

    @contextmanager
    def undone(self, *tables: str) -> Iterator[None]:
        """What happens inside is taken back afterwards."""
        before = {table: self.rows(table) for table in tables}
        yield
        for table, rows in before.items():
            self.raw.execute(f'DELETE FROM "{table}"')
            for row in rows:
                self.insert(table, row)


def things(found: list[Discrepancy]) -> list[str]:
    return [one.thing for one in found]
