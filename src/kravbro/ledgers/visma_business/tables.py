"""The tables for statements: Visma's as a database has them, under our names, and our own beside them.

The schemas `system`, `company` and `ours` are tokens: each engine translates them to where the tables stand
(`databases.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec
import sqlalchemy as sa

from kravbro.db.columns import NAMING, Moment, Ore, written_columns
from kravbro.db.kroner import Kroner
from kravbro.ledgers.visma_business.layout import LAYOUT, Found, Kind

OURS = "ours"
INVOICE_NO = 40
"""How many letters of an invoice's number the windows show."""
_TYPES: dict[Kind, sa.types.TypeEngine[Any]] = {
    Kind.NUMBER: sa.Integer(),
    Kind.DAY: sa.Integer(),
    Kind.AMOUNT: Kroner(),
    Kind.TEXT: sa.String(),
}
_KINDS = {f"{table.name}.{one.name}": one.kind for table in LAYOUT for one in table.columns}
_PLACES = {table.name: table.database for table in LAYOUT}


class Tables(msgspec.Struct, frozen=True):
    """What is there of the tables that are relied on, by our name; the keys of their columns are our names too."""

    there: dict[str, sa.Table]

    def __getitem__(self, name: str) -> sa.Table:
        """A table that is known to be there."""
        return self.there[name]

    def has(self, name: str) -> bool:
        """Whether a `table` or a `table.column` is there."""
        table, _, column = name.partition(".")
        return table in self.there and (not column or column in self.there[table].c)

    def has_all(self, table: str, *columns: str) -> bool:
        """Whether a table is there with all of these columns."""
        return all(self.has(f"{table}.{column}") for column in columns)


def tables_of(found: Mapping[str, Found], schema: str | None = None) -> Tables:
    """The tables of a database that has this of the layout; the same object for the same, to compile once.

    `schema` is another token than the usual one, for statements that name several companies.
    """
    return _tables(tuple((name, one.sql, tuple(one.columns.items())) for name, one in found.items()), schema)


@cache
def _tables(found: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...], schema: str | None) -> Tables:
    metadata = sa.MetaData()
    return Tables(
        {
            name: sa.Table(
                sql,
                metadata,
                *(sa.Column(actual, _TYPES[_KINDS[f"{name}.{key}"]], key=key) for key, actual in columns),
                schema=schema or _PLACES[name].value,
            )
            for name, sql, columns in found
        }
    )


ours = sa.MetaData(schema=OURS, naming_convention=NAMING)
"""Our own tables, beside those of one company. Rows are added and never changed.

A column that a later version brings has a server default, or may be NULL: `install` adds it to the rows that are there.
"""

installation = sa.Table(
    "kravbro_installation",
    ours,
    sa.Column("system", sa.String(100), primary_key=True, comment="each system database is an installation of its own"),
    sa.Column("id", sa.String(50), nullable=False),
    *written_columns(),
)
voucher = sa.Table(
    "kravbro_voucher",
    ours,
    sa.Column("company", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("voucher_key", sa.String(100), primary_key=True),
    sa.Column("voucher_no", sa.Integer, nullable=False, comment="of our own series, never used again"),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("way", sa.String(10), nullable=False, comment="file or tables"),
    sa.Column(
        "folder",
        sa.String(400),
        nullable=False,
        server_default="",
        comment="where its file was prepared; empty: no file",
    ),
    sa.Column("after_journal", sa.Integer, nullable=False, comment="the last journal when it was delivered"),
    sa.Column("delivered_on", sa.Date, nullable=False),
    *written_columns(),
    sa.UniqueConstraint("company", "voucher_no"),
)
voucher_line = sa.Table(
    "kravbro_voucher_line",
    ours,
    sa.Column("company", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("voucher_no", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("line_no", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("voucher_key", sa.String(100), nullable=False),
    sa.Column("customer", sa.Integer, nullable=False, comment="0: a line on an account"),
    sa.Column("entry", Ore, nullable=False, comment="the open item that it settles; 0: none"),
    sa.Column("amount_ore", Ore, nullable=False),
    *written_columns(),
    sa.Index(None, "company", "customer"),
)
voucher_seen = sa.Table(
    "kravbro_voucher_seen",
    ours,
    sa.Column("company", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("voucher_key", sa.String(100), primary_key=True),
    *written_columns(),
    comment="vouchers of a file that were seen among the batches",
)
mark = sa.Table(
    "kravbro_mark",
    ours,
    sa.Column("company", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("entry", Ore, primary_key=True, autoincrement=False),
    sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("offer", Ore, nullable=False),
    sa.Column("outcome", sa.String(20), nullable=False),
    sa.Column("case_number", sa.String(30), nullable=False),
    sa.Column("reasons", sa.Text, nullable=False, comment="JSON: code and detail of each"),
    sa.Column("told", sa.Text, nullable=False, comment="the reasons in words, as the window shows them"),
    sa.Column("customer", sa.Integer, nullable=False, server_default=sa.text("0")),
    sa.Column("invoice_no", sa.String(INVOICE_NO), nullable=False, server_default=""),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("exemption_before", sa.Integer, nullable=False),
    sa.Column("no_interest_before", sa.String(50), nullable=False),
    sa.Column("marked_on", sa.Date, nullable=False),
    *written_columns(),
    comment="the collector's answers as they were marked; the highest sequence of an item counts",
)
waiting = sa.Table(
    "kravbro_waiting",
    ours,
    sa.Column("company", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("entry", Ore, primary_key=True, autoincrement=False),
    sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("offer", Ore, nullable=False),
    sa.Column("customer", sa.Integer, nullable=False),
    sa.Column("invoice_no", sa.String(INVOICE_NO), nullable=False),
    sa.Column("reasons", sa.Text, nullable=False, comment="JSON: code and detail of each"),
    sa.Column("told", sa.Text, nullable=False, comment="the reasons in words, as the window shows them"),
    sa.Column("ready_on", sa.Date, comment="when the time that it waits for has passed; NULL: it waits for no day"),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("told_on", sa.Date, nullable=False),
    *written_columns(),
    comment="what offers wait for; the highest sequence of an item counts until its offer is marked",
)
shown_status = sa.Table(
    "kravbro_status",
    ours,
    sa.Column("company", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("entry", Ore, primary_key=True, autoincrement=False),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("told", sa.String(100), nullable=False, server_default="", comment="the state in words"),
    sa.Column("case_number", sa.String(30), nullable=False),
    sa.Column("since", sa.Date, nullable=False),
    *written_columns(),
    comment="the statuses that were shown; the highest version of an item counts",
)
run = sa.Table(
    "kravbro_run",
    ours,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("ran_at", Moment, nullable=False),
    sa.Column("next_at", Moment, comment="when the next one is meant to be; NULL: nobody has said"),
    sa.Column(
        "shown_ran_at", sa.String(16), nullable=False, server_default="", comment="the same by a clock in Norway"
    ),
    sa.Column("shown_next_at", sa.String(16), nullable=False, server_default=""),
    *written_columns(),
    comment="runs, for the window that shows the last and the next",
)


def lacking(there: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Our tables, and columns of those that are there, that a database lacks: an older version has made them."""
    found = []
    for table in ours.sorted_tables:
        columns = {name.casefold() for name in there.get(table.name, ())}
        if not columns:
            found.append(table.name)
        else:
            found += [f"{table.name}.{column.name}" for column in table.c if column.name not in columns]
    return found
