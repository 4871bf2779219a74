"""What a company's set-up says, row by row, as its history keeps it and the audit reads it again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import sqlalchemy as sa

from kravbro.books import tables
from kravbro.core.acts import Act
from kravbro.db import setup_changes
from kravbro.db.setup_changes import Values, shown

COMPANY_WIDE = "collector set-up"
"""What the one row of `setup` is called."""


class Kept(msgspec.Struct, frozen=True):
    """A table of set-up: what a row of it is called, the columns that name it, and those that say something of it."""

    table: sa.Table
    name: str
    keys: tuple[str, ...]
    items: tuple[str, ...]

    def subject(self, row: Mapping[str, Any]) -> str:
        """What the changes of a row are about."""
        return " ".join([self.name, *(["/".join(str(row[key]) for key in self.keys)] if self.keys else ())])

    def values(self, row: Mapping[str, Any]) -> dict[str, str]:
        """What a row says, item by item."""
        return {item: shown(row[item]) for item in self.items}


KEPT = (
    Kept(tables.account, "account", ("number",), ("name",)),
    Kept(tables.number_series, "number series", ("code",), ("name", "first_number")),
    Kept(tables.voucher_type, "voucher type", ("code",), ("name", "meaning", "series")),
    Kept(tables.dunning_code, "dunning code", ("code",), ("name", "to_collector")),
    Kept(tables.sub_ledger_type, "sub-ledger type", ("code",), ("name", "receivable_account")),
    Kept(tables.dunning_routine, "dunning routine", ("sub_ledger_type", "dunning_code"), ("days_after_due",)),
    Kept(
        tables.setup,
        COMPANY_WIDE,
        (),
        ("collector_registrar", "collector_voucher_type", "post_collector_vouchers"),
    ),
)
"""In the order in which rows may be added: a row names rows of the tables before its own. Removed in reverse."""
KEPT_IN = {one.table.name: one for one in KEPT}


def record_new(connection: sa.Connection, kept: Kept, rows: Iterable[Mapping[str, Any]], act: Act) -> None:
    """Begin the history of rows that were added."""
    nothing: dict[str, str] = {}
    changes = [(kept.subject(row), nothing, kept.values(row)) for row in rows]
    setup_changes.record(connection, tables.counter, changes, act)


def record_changes(
    connection: sa.Connection, changes: Iterable[tuple[str, Values, Values]], act: Act, because: str
) -> None:
    """Go on with the history: subjects with what they said and what they say, for a reason."""
    setup_changes.record(connection, tables.counter, changes, act, because)
