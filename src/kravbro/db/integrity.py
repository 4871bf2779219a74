"""Whether a database is whole in itself: what its own engine says, and what stands in it beside tables."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from kravbro.db.postgresql import DIALECT as POSTGRESQL

_OWN_TRIGGERS = (
    "SELECT c.relname || '.' || t.tgname FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid"
    " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname = current_schema() AND NOT t.tgisinternal ORDER BY 1"
)
_OFF_TRIGGERS = (
    "SELECT c.relname || '.' || t.tgname FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid"
    " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname = current_schema() AND t.tgisinternal AND t.tgenabled = 'D' ORDER BY 1"
)


def faults_of_engine(connection: sa.Connection) -> Iterator[str]:
    """What SQLite finds damaged in its file. PostgreSQL checks a page when it reads it, and every row is read here."""
    if connection.dialect.name != POSTGRESQL:
        found = connection.exec_driver_sql("PRAGMA integrity_check").scalars()
        yield from (str(line) for line in found if line != "ok")


def strangers(connection: sa.Connection) -> Iterator[str]:
    """Triggers, which no release makes, and PostgreSQL's own that check references, where somebody turned them off."""
    if connection.dialect.name == POSTGRESQL:
        yield from (str(name) for name in connection.exec_driver_sql(_OWN_TRIGGERS).scalars())
        yield from (f"{name} is off" for name in connection.exec_driver_sql(_OFF_TRIGGERS).scalars())
        return
    found = "SELECT tbl_name || '.' || name FROM sqlite_master WHERE type = 'trigger' ORDER BY 1"
    yield from (str(name) for name in connection.exec_driver_sql(found).scalars())
