"""Copies of a busy ledger for tests that tamper with it past the program: raw SQL, no foreign keys."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from kravbro.books.queries.audit import audit
from kravbro.core.movements import Discrepancy
from kravbro.db.engines import reading


class Copy:
    """A copy of the busy ledger; all copies follow each other in one place, so that statements are compiled once."""

    def __init__(self, busy: Path, engine: sa.Engine) -> None:
        self.engine = engine
        self.file = Path(shutil.copy(busy, str(engine.url.database)))

    def tamper(self, statement: str) -> None:
        """Run a statement that must change exactly one row."""
        with closing(sqlite3.connect(self.file)) as raw:
            raw.execute("PRAGMA foreign_keys=OFF")
            assert raw.execute(statement).rowcount == 1
            raw.commit()

    def double(self, table: str, where: str, **changes: str) -> None:
        """Insert the one row again, with these columns changed."""
        values = ", ".join(changes.get(column, f'"{column}"') for column in self.columns(table))
        self.tamper(f"INSERT INTO {table} SELECT {values} FROM {table} WHERE {where}")

    def advance(self, name: str, by: int = 1) -> None:
        """Move a counter on, as whoever knows of counters would."""
        self.tamper(f"UPDATE counter SET last = last + {by} WHERE name = '{name}'")

    def columns(self, table: str) -> list[str]:
        """The columns of a table, in their order."""
        with closing(sqlite3.connect(self.file)) as raw:
            return [row[1] for row in raw.execute(f"PRAGMA table_info({table})")]

    def ask(self, question: str) -> list[tuple[object, ...]]:
        """The rows that a SELECT answers."""
        with closing(sqlite3.connect(self.file)) as raw:
            return raw.execute(question).fetchall()

    def findings(self) -> list[Discrepancy]:
        """What the audit finds."""
        with reading(self.engine) as connection:
            return audit(connection)

    def named(self) -> list[tuple[str, int | None]]:
        """What the audit names: the thing, and the claim that it touches."""
        return [(one.thing, one.entry) for one in self.findings()]
