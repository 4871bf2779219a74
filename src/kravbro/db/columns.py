"""Column types and the columns that every written row has."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from kravbro.core.acts import Act

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Ore = sa.BigInteger
"""Money in whole øre."""

LedgerKey = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A ledger's own key of an open item or a booking: 64 bits, which SQLite gives every whole number anyway."""


class Moment(sa.TypeDecorator[datetime]):
    """A moment in UTC. Naive datetimes are refused by Python itself when they are converted."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Store UTC without zone."""
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Read back as UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


def written_columns() -> list[sa.Column[Any]]:
    """Who wrote the row and when: `actor` (a person or a job), `written_at` (UTC; no result depends on it)."""
    return [
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("written_at", Moment, nullable=False),
    ]


def written(act: Act) -> dict[str, Any]:
    """The values of `written_columns` for one act."""
    return {"actor": act.actor, "written_at": act.at}


def with_plain_day(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """A column as it is stored: days as ISO text, whatever else somebody wrote there, and all others as they are.

    JSON has no dates, so that a fingerprint is the same over both.
    """
    return sa.cast(column, sa.String).label(column.name) if isinstance(column.type, sa.Date) else column
