"""The two kinds of transaction, alike on every database: one that writes, and one that only reads.

A writer is alone in its owner's database from its first statement to its commit, so that what it checks still holds
when it acts, and the order of numbers is the order of commits.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from kravbro.core.errors import KravbroError
from kravbro.db import postgresql, sqlite, sqlserver
from kravbro.db.options import READS_ONLY, REFUSES_WRITING, database_name
from kravbro.db.residence import begin_writing

Engine = sa.Engine
Connection = sa.Connection
"""A database and an open transaction on it, for those who pass them on and do not ask them anything."""


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One transaction that writes: committed as a whole when the block ends, rolled back if it raises.

    Raises Retry `db.locked` when another process writes for too long, `db.connection_lost` and `db.unreachable` when
    the server went or is not there, DataFault `db.damaged` when the database cannot be read as one, and Stop
    `db.unusable`, `db.disk_full`, `db.no_rights`, `db.login_refused` or `db.no_such_database` when a person must look.
    Raises Stop `db.copied` in a database that is a copy of another, and what `refusing` was told to raise.
    """
    require_writable(engine)
    with _named(engine), engine.begin() as connection:
        begin_writing(connection)
        yield connection


@contextmanager
def writing_anywhere(engine: sa.Engine) -> Iterator[sa.Connection]:
    """The same in any copy, and without growing older: for what makes, upgrades or adopts a database, and no other."""
    with _named(engine), engine.begin() as connection:
        yield connection


def require_writable(engine: sa.Engine) -> None:
    """Raise what `refusing` was told to raise, before anything is begun."""
    refusal = engine.get_execution_options().get(REFUSES_WRITING)
    if refusal is not None:
        raise refusal


def refusing(engine: sa.Engine, refusal: KravbroError) -> sa.Engine:
    """The same database, where every transaction that would write raises this instead."""
    return engine.execution_options(**{REFUSES_WRITING: refusal})


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One transaction that only reads and sees one moment throughout; it never waits for writers nor commits.

    Raises as `writing` does.
    """
    with _named(engine), engine.connect().execution_options(**{READS_ONLY: True}) as connection:
        yield connection


@contextmanager
def _named(engine: sa.Engine) -> Iterator[None]:
    """Say what the database does not allow, with its name."""
    try:
        yield
    except (DBAPIError, engine.dialect.loaded_dbapi.Error) as error:
        named = _fault(error, engine)
        if named is None:
            raise
        raise named from error


def _fault(error: Exception, engine: sa.Engine) -> KravbroError | None:
    cause = error.orig if isinstance(error, DBAPIError) else error
    if engine.dialect.name == postgresql.DIALECT:
        return postgresql.fault(cause, engine)
    if engine.dialect.name == sqlserver.DIALECT:
        return sqlserver.fault(cause, engine)
    return sqlite.fault(str(cause), database_name(engine))
