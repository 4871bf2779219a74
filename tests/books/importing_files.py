"""Short ways to import files into fresh books, and what the books hold afterwards, asked in plain SQL."""

from __future__ import annotations

import atexit
import shutil
import sqlite3
from datetime import UTC, date, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import sqlalchemy as sa

from kravbro.books.commands.ledger_import import Imported, import_ledger
from kravbro.books.importing.csv_source import from_csv
from kravbro.books.importing.saft_source import from_saft
from kravbro.books.queries.audit import audit
from kravbro.books.tables import company_books
from kravbro.core.acts import Act
from kravbro.core.movements import Discrepancy
from kravbro.db.engines import reading, writing
from kravbro.db.sqlite import open_sqlite
from kravbro.formats import ledger_csv, saft
from tests.formats.saft_files import Ledger, render

TODAY = date(2026, 11, 16)
ACT = Act("kari", TODAY, datetime(2026, 11, 16, 8, 0, tzinfo=UTC))


@cache
def _template() -> Path:
    """Empty books, made once and copied for every test."""
    folder = Path(mkdtemp())
    atexit.register(shutil.rmtree, folder)
    engine = open_sqlite(folder / "F0001.db")
    company_books.create_all(engine)
    engine.dispose()
    return folder / "F0001.db"


class Books:
    """One company's books in a file of their own."""

    def __init__(self, folder: Path) -> None:
        self.file = Path(shutil.copy(_template(), folder / "F0001.db"))
        self.engine: sa.Engine = open_sqlite(self.file)

    def take(self, ledger: Ledger, name: str = "saft.xml") -> Imported:
        data = render(ledger)
        return self.take_source(from_saft(saft.parse(data, name)), data)

    def take_table(self, *rows: str) -> Imported:
        data = "\n".join(rows).encode()
        return self.take_source(from_csv(ledger_csv.parse(data, "items.csv"), "items.csv"), data)

    def take_source(self, source, data: bytes) -> Imported:  # type: ignore[no-untyped-def] # whatever the readers answer
        with writing(self.engine) as connection:
            return import_ledger(connection, source, sha256(data).hexdigest(), ACT)

    def ask(self, statement: str) -> list[Any]:
        """The rows of a statement, by another road than the program's."""
        connection = sqlite3.connect(self.file)
        try:
            return connection.execute(statement).fetchall()
        finally:
            connection.close()

    def balances_ore(self) -> dict[str, object]:
        """What each customer owes, by the other ledger's id."""
        return dict(
            self.ask(
                "SELECT i.source_id, coalesce((SELECT sum(e.amount_ore) FROM entry e WHERE e.customer = i.customer), 0)"
                " FROM imported_customer i"
            )
        )

    def remaining_ore(self) -> dict[object, object]:
        """What remains of each invoice, by its number."""
        return dict(
            self.ask(
                "SELECT e.invoice_no, e.amount_ore + coalesce((SELECT sum(b.amount_ore) FROM booking b"
                " WHERE b.open_item = e.number), 0) FROM entry e WHERE e.invoice_no <> ''"
            )
        )

    def audit(self) -> list[Discrepancy]:
        with reading(self.engine) as connection:
            return audit(connection)
