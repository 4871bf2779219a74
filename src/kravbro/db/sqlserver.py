"""SQL Server: where the databases of Visma Business live, and what Kravbro keeps beside them.

A writer waits for an application lock of its owner, which the server lets go at the end of the transaction (READ
COMMITTED: each statement sees what the writer before it committed). A reader sees one moment: by a snapshot where every
database that it reads allows that, and else by keeping writers away from what it has read (SERIALIZABLE), which holds
up the people who work there; `without_snapshots` tells which databases those are. When two wait for each other, the
server lets Kravbro be the one that gives way. See the SQL Server manual, "Transaction locking and row versioning guide"
and "sp_getapplock".
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from importlib import import_module
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from kravbro.core.errors import DataFault, KravbroError, Retry, Stop
from kravbro.db.options import DATABASES, SCHEMA, database_name, reads_only

DIALECT = "mssql"
DRIVERS = {"pymssql": "pymssql", "mssqlpython": "mssql_python"}
"""By the name in a URL: the module that must be installed."""
MARKS = {"pymssql": "%s", "mssqlpython": "?"}
"""What stands for a parameter in a statement whose parameters go in order."""
LOCK_TIMEOUT_MS = 10_000
CONNECT_TIMEOUT_S = 15
MOST_PARAMETERS = 2_000
"""SQL Server takes 2,100 in one statement, and drivers add some of their own."""
MOST_ROWS = 1_000
"""How many rows one VALUES clause holds."""
EXAMPLE = "mssql+pymssql://user@host/F0001"


def open_sqlserver(url: sa.URL, *, keeps: bool = True) -> sa.Engine:
    """An engine for one database; its statements may name tables of others on the same server. Its connections are
    kept for the next transaction, or closed after each.

    `execution_options(kravbro_databases=(...))` says which databases its transactions read, and `kravbro_schema` whose
    lock its writers take, where several owners share a database. Parameters never appear in messages. Raises DataFault
    `db.not_sqlserver` for a driver that is not known, and Stop `db.sqlserver_no_driver` where one is not installed.
    """
    driver = url.get_driver_name()
    if url.get_backend_name() != DIALECT or driver not in DRIVERS:
        raise DataFault("db.not_sqlserver", scheme=url.drivername, example=EXAMPLE)
    try:
        import_module(DRIVERS[driver])
    except ImportError as error:
        raise Stop("db.sqlserver_no_driver", database=public_name(url), driver=driver, reason=str(error)) from error
    from kravbro.db.sqlserver_dialect import registered  # no other database needs what this loads

    engine = sa.create_engine(
        url.set(drivername=registered(driver)),
        hide_parameters=True,
        pool_pre_ping=True,
        connect_args=_connect_arguments(driver, url),
        **({} if keeps else {"poolclass": sa.NullPool}),
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _connect_arguments(driver: str, url: sa.URL) -> dict[str, Any]:
    """What the drivers are told beside the URL. The transaction is ours to begin and end."""
    arguments: dict[str, Any] = {"autocommit": True}
    if driver == "pymssql":
        arguments |= {"login_timeout": CONNECT_TIMEOUT_S, "appname": "kravbro", "charset": "UTF-8"}
    return {name: value for name, value in arguments.items() if name not in url.query}


def public_name(url: sa.URL) -> str:
    """The URL for people: without any password, and with the driver's own name."""
    query = {name: value for name, value in url.query.items() if name.lower() not in {"pwd", "password"}}
    driver = url.get_driver_name().removeprefix("kravbro_")
    shown = url.set(drivername=f"{DIALECT}+{driver}", query=query)._replace(password=None)
    return shown.render_as_string(hide_password=False)


_SESSION = (
    "SET XACT_ABORT ON",  # an error ends the whole transaction, and not one statement of it
    "SET DEADLOCK_PRIORITY LOW",
    "SET LANGUAGE us_english",  # one driver tells what was wrong in words only
)


def _prepare(dbapi_connection: Any, _record: object) -> None:
    cursor = dbapi_connection.cursor()
    try:
        for statement in (*_SESSION, f"SET LOCK_TIMEOUT {LOCK_TIMEOUT_MS}"):
            cursor.execute(statement)
    finally:
        cursor.close()


_READS = {
    True: "SET TRANSACTION ISOLATION LEVEL SNAPSHOT",
    False: "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
}
_WRITES = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED"
_BEGIN = "BEGIN TRANSACTION"
TAKE_LOCK = (
    "DECLARE @got INT; EXEC @got = sp_getapplock @Resource = :owner, @LockMode = 'Exclusive',"
    " @LockOwner = 'Transaction', @LockTimeout = :timeout; SELECT @got"
)
"""The transaction's own lock; the answer is below zero when it was not granted."""
_DATABASE = sa.table("databases", sa.column("name"), sa.column("snapshot_isolation_state"), schema="sys")


def _begin(connection: sa.Connection) -> None:
    if reads_only(connection):
        names = connection.get_execution_options().get(DATABASES)
        _say(connection, _READS[not without_snapshots(connection, names)])
        _say(connection, _BEGIN)
        return
    _say(connection, _WRITES)
    _say(connection, _BEGIN)
    owner = f"kravbro {connection.get_execution_options().get(SCHEMA, '')}".rstrip()
    lock = sa.text(TAKE_LOCK).bindparams(owner=owner, timeout=LOCK_TIMEOUT_MS)
    if int(connection.execute(lock).scalar_one()) < 0:
        raise Retry("db.locked", database=database_name(connection.engine))


def _say(connection: sa.Connection, statement: str) -> None:
    connection.exec_driver_sql(statement).close()


def without_snapshots(connection: sa.Connection, databases: Collection[str] | None = None) -> list[str]:
    """Those of the databases, or the connection's own, that do not allow snapshots, or are not there to be seen."""
    wanted = sorted(databases) if databases else [str(connection.execute(sa.select(sa.func.db_name())).scalar_one())]
    allowed = {name.casefold() for name in connection.execute(allowing_snapshots(wanted)).scalars()}
    return [name for name in wanted if name.casefold() not in allowed]


def allowing_snapshots(databases: Collection[str]) -> sa.Select[str]:
    """Which of the databases allow snapshots."""
    allowed = _DATABASE.c.snapshot_isolation_state == 1
    return sa.select(_DATABASE.c.name).where(_DATABASE.c.name.in_(databases), allowed)


def insert_statements(
    table: str, names: Sequence[str], rows: Sequence[Sequence[Any]], mark: str
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Statements that insert rows with as many in each as SQL Server takes, and the parameters of each in order.

    `table` and `names` are quoted already; `mark` is the driver's mark of a parameter.
    """
    size = max(1, min(MOST_ROWS, MOST_PARAMETERS // len(names)))
    row = f"({', '.join([mark] * len(names))})"
    for start in range(0, len(rows), size):
        some = rows[start : start + size]
        values = ", ".join([row] * len(some))
        text = f"INSERT INTO {table} ({', '.join(names)}) VALUES {values}"  # noqa: S608 - names and marks, no values
        yield text, tuple(value for one in some for value in one)


def fault(error: BaseException | None, engine: sa.Engine) -> KravbroError | None:
    """The error that SQL Server's number or, where the driver gives none, its words stand for; None for any other.

    Numbers: the SQL Server manual, "Database engine events and errors"; from 20000 on those of pymssql's DB-Library.
    """
    number, said = _told(error)
    database, server, reason = database_name(engine), public_name(engine.url), _reason(said, number)
    driver = engine.dialect.driver
    named: tuple[tuple[KravbroError, frozenset[int]], ...] = (
        (Stop("db.sqlserver_no_driver", database=server, driver=driver, reason=reason), frozenset({_NOT_LOADED})),
        (Retry("db.locked", database=database), frozenset({1205, 1222, 3960, 3961})),
        (Retry("db.connection_lost", database=database, reason=reason), _LOST),
        (Retry("db.unreachable", database=server, reason=reason), _AWAY),
        (Stop("db.sqlserver_login_refused", database=server, reason=reason), _LOGIN),
        (Stop("db.sqlserver_no_rights", database=server, reason=reason), frozenset({229, 230, 262, 297, 300, 916})),
        (Stop("db.disk_full", database=database, reason=reason), frozenset({1101, 1105, 5149, 9002})),
        (DataFault("db.damaged", database=database, reason=reason), frozenset({605, 823, 824})),
        (DataFault("db.value_too_large", database=database, reason=reason), frozenset({220, 2628, 8115, 8152})),
        (Stop("db.unusable", database=database, reason=reason), frozenset({701, 802, 942, 945, 3906, 3908, 3952})),
    )
    return next((one for one, meant in named if number in meant), None)


def told(error: BaseException | None) -> str:
    """What a server said, in one line that repeats no value of a row; of any kind of database."""
    number, said = _told(error)
    return _reason(said, number)


_NOT_LOADED = -1
_LOGIN = frozenset({911, 4060, 18452, 18456, 18470, 18486, 18487, 18488})
_LOST = frozenset({596, 6005, 10053, 10054, 20003, 20004, 20006, 20017, 20047})
_AWAY = frozenset({921, 922, 927, 983, 17142, 20009, 20012, 40197, 40501, 40613})
_OF_DB_LIBRARY = re.compile(r"DB-Lib error message (\d+)")
_SAYS_NOTHING = {20002, 20018}
"""DB-Library's words for "the server said something", and for "so there is no connection"."""
_WORDS: tuple[tuple[str, int], ...] = (
    ("Failed to load the driver", _NOT_LOADED),
    ("ODBC driver binaries are missing", _NOT_LOADED),
    ("Communication link failure", 10054),
    ("kill state", 596),
    ("SHUTDOWN is in progress", 6005),
    ("Client unable to establish connection", 20009),
    ("Connection timeout expired", 20009),
    ("Cannot open database", 4060),
    ("Login failed", 18456),
    ("Lock request time out period exceeded", 1222),
    ("deadlock", 1205),
    ("aborted due to update conflict", 3960),
    ("Snapshot isolation transaction failed", 3952),
    ("permission was denied", 229),
    ("permission denied", 262),
    ("is not able to access the database", 916),
    ("Could not allocate", 1105),
    ("The transaction log for database", 9002),
    ("consistency-based I/O error", 824),
    ("The operating system returned", 823),
    ("String or binary data would be truncated", 2628),
    ("Arithmetic overflow", 8115),
    ("because the database is read-only", 3906),
)
"""What mssql-python says, which passes on no number: its own words, and the server's in English (`_SESSION`)."""


_VALUE_TOLD = re.compile(r"Truncated value:|The duplicate key value is")
"""Where the server begins to repeat what was to be written: a name, or an identity number."""


def _told(error: BaseException | None) -> tuple[int, str]:
    """The number of an error, 0 where there is none, and what was said.

    pymssql repeats an older number where DB-Library itself failed, so that what DB-Library says comes first.
    """
    given: Sequence[Any] = error.args if error is not None else ()
    if len(given) == 1 and isinstance(given[0], tuple):
        given = given[0]
    last = given[-1] if given else ""
    said = last.decode("utf-8", "replace") if isinstance(last, bytes) else str(last)
    of_library = [int(one) for one in _OF_DB_LIBRARY.findall(said)]
    if telling := [one for one in of_library if one not in _SAYS_NOTHING]:
        return telling[0], said
    if given and isinstance(given[0], int):
        return given[0], said
    return next((number for words, number in _WORDS if words in said), 0), said


def _reason(said: str, number: int) -> str:
    """The first line that tells something, without where, which the sentence names, and without any value of a row."""
    told = said.partition("DDBC Error: ")[2] or said
    told = _VALUE_TOLD.split(re.sub(r"^(\[[^\]]*\])+", "", told), maxsplit=1)[0]
    of_server, *of_library = re.split(r"DB-Lib error message (?=\d)", told)
    telling = [one.partition("\n")[2] for one in of_library if int(one.partition(",")[0]) not in _SAYS_NOTHING]
    lines = [line.strip(" .") for part in (of_server, *telling) for line in part.splitlines() if line.strip(" .")]
    return lines[0] if lines else f"error {number}"
