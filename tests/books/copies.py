"""A busy ledger for tests that tamper with it past the program: raw SQL, no foreign keys."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

import sqlalchemy as sa

from kravbro.books.queries.audit import audit
from kravbro.core.movements import Discrepancy
from kravbro.db.place import company_owner
from tests.books.world import COMPANY
from tests.places import Where, copy_place, on_server
from tests.raw import raw


class Copy:
    """A copy of the busy ledger; on a server the ledger itself, in a transaction that is taken back."""

    def __init__(self, busy: Where, folder: Path) -> None:
        where = busy if on_server(busy) else copy_place(busy, folder / "copy")
        self.raw = raw(where, company_owner(COMPANY), kept=False)

    def tamper(self, statement: str) -> None:
        """Run a statement that must change exactly one row."""
        assert self.raw.execute(statement) == 1

    def double(self, table: str, where: str, **changes: str) -> None:
        """Insert the one row again, with these columns changed."""
        values = ", ".join(changes.get(column, f'"{column}"') for column in self.columns(table))
        self.tamper(f"INSERT INTO {table} SELECT {values} FROM {table} WHERE {where}")

    def advance(self, name: str, by: int = 1) -> None:
        """Move a counter on, as whoever knows of counters would."""
        self.tamper(f"UPDATE counter SET last = last + {by} WHERE name = '{name}'")

    def columns(self, table: str) -> list[str]:
        """The columns of a table, in their order."""
        return self.raw.columns(table)

    def ask(self, question: str) -> list[tuple[object, ...]]:
        """The rows that a SELECT answers."""
        return self.raw.ask(question)

    def writing(self) -> AbstractContextManager[sa.Connection]:
        """A connection for commands of ours."""
        return self.raw.writing()

    def findings(self) -> list[Discrepancy]:
        """What the audit finds."""
        with self.raw.seen() as connection:
            return audit(connection)

    def named(self) -> list[tuple[str, int | None]]:
        """What the audit names: the thing, and the claim that it touches."""
        return [(one.thing, one.entry) for one in self.findings()]
