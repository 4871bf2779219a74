"""PostgreSQL: one database for a whole place, one schema per owner.

Every transaction names its schema first (SET LOCAL, so that a connection may serve one company now and another next).
A writer then waits for its schema's advisory lock, which the server lets go at the end of the transaction: READ
COMMITTED, because each statement must see what the writer before it committed. A reader has a snapshot of its own
(REPEATABLE READ). See the PostgreSQL manual, "Transaction Isolation" and "Advisory Locks".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from hashlib import sha256
from importlib import import_module
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from kravbro.core.errors import DataFault, KravbroError, Retry, Stop
from kravbro.db.options import SCHEMA, database_name, reads_only

DIALECT = "postgresql"
DRIVER = "postgresql+psycopg"
LOCK_TIMEOUT_MS = 10_000
CONNECT_TIMEOUT_S = 10


def open_postgresql(url: sa.URL, *, decimals: bool = False) -> sa.Engine:
    """An engine for one database; `execution_options(kravbro_schema=...)` says whose schema its transactions are in.

    `decimals` is for tables that Kravbro did not make: in ours a NUMERIC is a sum of whole numbers, and read as one.
    Parameters never appear in messages: they hold names, addresses and identity numbers. Raises Stop `db.no_driver`
    where the driver is not installed or cannot be loaded.
    """
    try:
        import_module("psycopg")
    except ImportError as error:
        raise Stop("db.no_driver", database=public_name(url)) from error
    defaults = {"connect_timeout": CONNECT_TIMEOUT_S, "application_name": "kravbro", "client_encoding": "utf8"}
    engine = sa.create_engine(
        url.set(drivername=DRIVER),
        hide_parameters=True,
        pool_pre_ping=True,
        connect_args={name: value for name, value in defaults.items() if name not in url.query},
    )
    # A number goes as it is, not as INTEGER: one that is too large finds nothing, instead of failing the statement.
    engine.dialect.colspecs = {**engine.dialect.colspecs, sa.Integer: sa.Integer}
    if not decimals:
        event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def public_name(url: sa.URL) -> str:
    """The URL for people: without any password, and as `--dir` takes it."""
    query = {name: value for name, value in url.query.items() if "password" not in name}
    shown = url.set(drivername=DIALECT, query=query)._replace(password=None)
    return shown.render_as_string(hide_password=False)


def schema_of(connection: sa.Connection) -> str | None:
    """The schema that transactions on this connection are in; None where none was named."""
    schema = connection.get_execution_options().get(SCHEMA)
    return None if schema is None else str(schema)


def _prepare(connection: Any, _record: object) -> None:
    """Read a sum of whole numbers as one: PostgreSQL sums BIGINT to NUMERIC, and no column of ours is that."""
    from psycopg.types.numeric import IntLoader

    connection.adapters.register_loader("numeric", IntLoader)


_READS = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"
_WRITES = (
    "SET TRANSACTION ISOLATION LEVEL READ COMMITTED READ WRITE",
    "SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'",
)
"""Said each time, since a server, a database or a login may have other defaults: a commit that returned is on disk."""
_ISO_DAYS = "SET LOCAL datestyle TO ISO"
"""Seals hold days as text."""


def _begin(connection: sa.Connection) -> None:
    schema = schema_of(connection)
    if schema is None:
        return
    here = f"SET LOCAL search_path TO {connection.dialect.identifier_preparer.quote_identifier(schema)}"
    if reads_only(connection):
        statements = [_READS, here, _ISO_DAYS]
    else:
        lock = f"SELECT pg_advisory_xact_lock({_key(schema)})"
        statements = [*_WRITES, here, _ISO_DAYS, f"SET LOCAL lock_timeout TO {LOCK_TIMEOUT_MS}", lock]
    begun = connection.exec_driver_sql("; ".join(statements))  # tidy: built-sql - SET takes no parameters
    begun.close()


def enter_schema(connection: sa.Connection, schema: str) -> None:
    """Let the rest of the transaction be in another schema."""
    quoted = connection.dialect.identifier_preparer.quote_identifier(schema)
    connection.exec_driver_sql(f"SET LOCAL search_path TO {quoted}")  # tidy: built-sql - SET takes no parameters


def take_schema(connection: sa.Connection, schema: str) -> None:
    """Be alone in another schema as well, until the transaction ends."""
    connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _key(schema)})


def _key(schema: str) -> int:
    """The 64-bit number that stands for a schema among the database's advisory locks."""
    return int.from_bytes(sha256(f"kravbro {schema}".encode()).digest()[:8], "big", signed=True)


def copy_rows(
    connection: sa.Connection, table: sa.Table, names: Sequence[str], portions: Iterable[Iterable[Sequence[Any]]]
) -> None:
    """Send rows by COPY, in PostgreSQL's own form of each value, within the transaction that is open."""
    kinds = [_kind(table.c[name].type, connection.dialect) for name in names]
    preparer = connection.dialect.identifier_preparer
    columns, into = ", ".join(preparer.quote(name) for name in names), preparer.format_table(table)
    cursor: Any = connection.connection.cursor()
    try:
        with cursor.copy(f"COPY {into} ({columns}) FROM STDIN WITH (FORMAT BINARY)") as copy:
            copy.set_types(kinds)
            for rows in portions:
                for row in rows:
                    copy.write_row(row)
    finally:
        if cursor.connection.broken:
            connection.invalidate()  # SQLAlchemy has not seen that it went
        cursor.close()


def _kind(column: sa.types.TypeEngine[Any], dialect: sa.Dialect) -> str:
    """What PostgreSQL calls the type of a column, without its length and collation: COPY needs to be told."""
    return column.compile(dialect=dialect).partition(" COLLATE ")[0].partition("(")[0].strip().lower()


def fault(error: BaseException | None, engine: sa.Engine) -> KravbroError | None:
    """The error that PostgreSQL's code or, where it gives none, its words stand for; None for a fault of the program.

    Codes: the PostgreSQL manual, appendix A. A refused connection has no code, only words.
    """
    state = getattr(error, "sqlstate", None)
    words = str(error)
    reason = _reason(words)
    if state is None:
        return _without_code(type(error).__name__, words, reason, public_name(engine.url))
    database = database_name(engine)
    named: tuple[tuple[KravbroError, tuple[str, ...]], ...] = (
        (Retry("db.locked", database=database), ("55P03", "40001", "40P01")),
        (Retry("db.connection_lost", database=database, reason=reason), ("08", "57P", "25P03")),
        (Stop("db.disk_full", database=database, reason=reason), ("53100",)),
        (Stop("db.no_rights", database=database, reason=reason), ("42501",)),
        (DataFault("db.damaged", database=database, reason=reason), ("XX001", "XX002")),
        (DataFault("db.value_too_large", database=database, reason=reason), ("22001", "22003")),
        (Stop("db.unusable", database=database, reason=reason), ("53", "54", "57014", "58", "25006")),
    )
    return next((one for one, states in named if state.startswith(states)), None)


_CONNECTING = ("connection failed", "connection is bad", "connection timeout", "failed to resolve")
_NOT_LET_IN = ("password", "role ", "pg_hba", "authentication", "certificate", "not permitted to log in")
_NOT_NOW = ("starting up", "shutting down", "too many", "connection slots", "recovery")


def _without_code(kind: str, words: str, reason: str, database: str) -> KravbroError | None:
    """A connection that was refused, or went: the driver knows no code for either."""
    if kind not in {"OperationalError", "ConnectionTimeout"}:
        return None
    if not words.startswith(_CONNECTING):
        return Retry("db.connection_lost", database=database, reason=reason)
    answered = "FATAL" in words or "no password supplied" in words
    if not answered or any(part in words for part in _NOT_NOW):
        return Retry("db.unreachable", database=database, reason=reason)
    if any(part in words for part in _NOT_LET_IN):
        return Stop("db.login_refused", database=database, reason=reason)
    if "does not exist" in words:
        return Stop("db.no_such_database", database=database, reason=reason)
    return Stop("db.unusable", database=database, reason=reason)


def _reason(words: str) -> str:
    """The first line of what the server or the driver said, without where it was said: the sentence names that."""
    lines = words.strip().splitlines()
    return re.sub(r"^.* failed: |^connection is bad: |\b(FATAL|ERROR): +", "", lines[0]).strip(" .") if lines else ""
