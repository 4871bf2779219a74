"""What `reading`, `writing` and a place tell a driver of the transaction that begins: SQLAlchemy execution options."""

from __future__ import annotations

import sqlalchemy as sa

READS_ONLY = "kravbro_reads_only"
"""True for a transaction that only reads."""
SCHEMA = "kravbro_schema"
"""The owner's schema, where several owners share one database."""
DATABASES = "kravbro_databases"
"""The names of all databases that a transaction reads, where one server's statements reach into several."""
REFUSES_WRITING = "kravbro_refuses_writing"
"""The error that a transaction that would write raises instead, where an installation may only be read."""
NAME = "kravbro_name"
"""How people know the owner's database: a file, or a schema and its place. Never a password."""


def reads_only(connection: sa.Connection) -> bool:
    """Whether the transaction on this connection only reads."""
    return bool(connection.get_execution_options().get(READS_ONLY, False))


def database_name(engine: sa.Engine) -> str:
    """How people know the database of an engine."""
    return str(engine.get_execution_options().get(NAME) or engine.url.database)
