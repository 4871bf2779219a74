"""Ways into an office database that ask nobody, for tests of what the audit finds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import sqlalchemy as sa

from kravbro.core.movements import Discrepancy
from kravbro.office.audit import audit
from tests.office.builders import TODAY, Desk
from tests.places import Where, copy_place, on_server
from tests.raw import Raw, Row, raw

__all__ = ["Row", "Tampering", "things"]


class _SpoiledDesk(Desk):
    """The desk of an office that sees what was done past it."""

    def __init__(self, database: Raw) -> None:
        self._raw = database
        self.on = TODAY

    def reading(self) -> AbstractContextManager[sa.Connection]:
        return self._raw.seen()

    def writing(self) -> AbstractContextManager[sa.Connection]:
        return self._raw.writing()


class Tampering:
    """An office that may be spoiled, and a way into it that asks nobody."""

    def __init__(self, made: Where, folder: Path) -> None:
        """Of a folder it is a copy; on a server the office itself, in a transaction that is taken back."""
        self._is_copy = not on_server(made)
        self.raw = raw(copy_place(made, folder / "tampered") if self._is_copy else made, "office", kept=False)
        self.desk = _SpoiledDesk(self.raw)

    def rows(self, table: str) -> list[Row]:
        return self.raw.rows(table)

    def some(self, table: str) -> list[Row]:
        """Every row of a table; on a server the first, the middle and the last, since the statements are the same."""
        rows = self.rows(table)
        if self._is_copy:
            return rows
        return [rows[place] for place in sorted({0, len(rows) // 2, len(rows) - 1}) if rows]

    def insert(self, table: str, row: Row) -> None:
        self.raw.insert(table, row)

    def change(self, statement: str, values: Sequence[object] = ()) -> int:
        return self.raw.execute(statement, values)

    def audit(self, creditor: int = 1) -> list[Discrepancy]:
        with self.raw.seen() as connection:
            return audit(connection, creditor)

    @contextmanager
    def undone(self, *tables: str) -> Iterator[None]:
        """What happens inside is taken back afterwards."""
        before = {table: self.rows(table) for table in tables}
        yield
        for table, rows in before.items():
            self.change(f'DELETE FROM "{table}"')
            for row in rows:
                self.insert(table, row)


def things(found: list[Discrepancy]) -> list[str]:
    return [one.thing for one in found]
