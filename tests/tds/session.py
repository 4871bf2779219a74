"""One client's session: its database, its transaction, and what it may say.

A transaction is SQLite's, over all databases of the server. READ COMMITTED: each statement sees what is committed, and
the first that writes waits for other writers and keeps them out. SNAPSHOT: one moment from the first statement on.
SERIALIZABLE and REPEATABLE READ: nobody writes meanwhile, which is harder than SQL Server, where it is rows.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from tests.tds.catalogue import Catalogue
from tests.tds.definitions import Definition
from tests.tds.faults import CANNOT_OPEN, NO_TRANSACTION, Fault, fault_of
from tests.tds.functions import install
from tests.tds.kinds import INT, plain
from tests.tds.listing import Listing
from tests.tds.literals import without_literals
from tests.tds.locks import ApplicationLocks
from tests.tds.refusals import require_accepted
from tests.tds.tokens import Result
from tests.tds.translation import Translated, parsed, translated
from tests.tds.values import kind_of_values

_FOREVER = 2**31 - 1
_HOLDING = ("SERIALIZABLE", "REPEATABLE READ")
_ISOLATION = re.compile(
    r"SET TRANSACTION ISOLATION LEVEL (READ COMMITTED|SNAPSHOT|SERIALIZABLE|REPEATABLE READ)", re.IGNORECASE
)
_SETTING = re.compile(r"SET (\w+) (ON|OFF|-?\d+|\w+|N?'[^']*')", re.IGNORECASE)
_BEGIN = re.compile(r"(IF @@TRANCOUNT = 0 )?BEGIN TRAN(SACTION)?", re.IGNORECASE)
_END = re.compile(r"(IF @@TRANCOUNT > 0 )?(COMMIT|ROLLBACK)( TRAN(SACTION)?)?( \[?(\w+)\]?)?", re.IGNORECASE)
_SAVE = re.compile(r"SAVE TRAN(?:SACTION)? \[?(\w+)\]?", re.IGNORECASE)
_USE = re.compile(r"USE \[?(\w+)\]?", re.IGNORECASE)
_LOCK = re.compile(
    r"DECLARE @got INT; EXEC @got = sp_getapplock @Resource = (N?'[^']*'|@\w+), @LockMode = '(\w+)',"
    r" @LockOwner = 'Transaction', @LockTimeout = (\S+); SELECT @got",
    re.IGNORECASE,
)
_SNAPSHOT_REFUSED = 3952
_TRANSLATED: dict[tuple[str, str, int], list[Translated | Definition]] = {}
"""Statements as they were translated, for every server of the process that has the same tables."""


class Session:
    """What one connection is in the middle of."""

    def __init__(self, number: int, file: Path, database: str, listing: Listing, locks: ApplicationLocks) -> None:
        self.number = number
        self.database = database
        self.depth = 0
        self._listing = listing
        self._locks = locks
        self._fault: Fault | None = None
        self._isolation = "READ COMMITTED"
        self._abort_on_error = False
        self._implicit = False
        self._timeout_ms = _FOREVER
        self._connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA foreign_keys=ON")
        self._connection.execute("PRAGMA synchronous=OFF")
        install(self._connection, self._hear)
        self._catalogue = Catalogue(self._connection)
        for name, count, function in self._functions():
            self._connection.create_function(name, count, function)
        if self._catalogue.database(database) is None:
            self.close()
            raise Fault(CANNOT_OPEN, f'Cannot open database "{database}" requested by the login. The login failed.', 11)

    def close(self) -> None:
        """End the session, also in the middle of a transaction: nothing of it stays."""
        self._connection.interrupt()
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        self._connection.close()
        self._locks.let_go(self.number)

    def run(self, text: str, parameters: Mapping[str, Any]) -> Iterable[Result]:
        """The results of a batch. Raises Fault, after which a transaction that must not go on is rolled back."""
        try:
            yield from self._run(text, parameters)
        except sqlite3.Error as error:
            fault = self._fault or fault_of(error)
            self._fault = None
            self._after_fault()
            raise fault from error
        except Fault:
            self._after_fault()
            raise

    def fail(self, fault: Fault) -> None:
        """Fail as if a statement had done so."""
        self._after_fault()
        raise fault

    def _after_fault(self) -> None:
        if self._abort_on_error and self.depth:
            self._end("ROLLBACK")

    def _run(self, text: str, parameters: Mapping[str, Any]) -> Iterable[Result]:
        self._listing.require(text)
        if match := _LOCK.fullmatch(" ".join(text.split()).rstrip(";")):
            yield self._take_lock(match, parameters)
            return
        if (known := self._listing.answer(text)) is not None:
            name, value = known
            yield Result([(name, kind_of_values([value]))], [(value,)])
            return
        said = [self._said(one) for one in _statements(text)]
        if all(said):
            for act in said:
                assert act is not None
                yield act()
            return
        asked = without_literals(text, parameters)
        rows = [{name: plain(value) for name, value in row.items()} for row in asked.rows or [asked.values]]
        for statement in self._translated(asked.text, len(parameters)):
            yield self._execute(statement, rows)

    def _said(self, text: str) -> Callable[[], Result] | None:  # noqa: PLR0911 - one answer per statement
        """What a statement about the session itself does; None for any other."""
        if match := _ISOLATION.fullmatch(text):
            return partial(self._isolate, match[1].upper())
        if match := _SETTING.fullmatch(text):
            return partial(self._set, match[1].upper(), match[2].upper())
        if match := _BEGIN.fullmatch(text):
            return partial(self._begin, only_if_none=bool(match[1]))
        if match := _SAVE.fullmatch(text):
            return partial(self._savepoint, f'SAVEPOINT "{match[1]}"')
        if match := _END.fullmatch(text):
            if match[6] and match[2].upper() == "ROLLBACK":
                return partial(self._savepoint, f'ROLLBACK TO "{match[6]}"')
            return partial(self._end, match[2].upper(), only_if_begun=bool(match[1]))
        if match := _USE.fullmatch(text):
            return partial(self._use, match[1])
        return None

    def _isolate(self, level: str) -> Result:
        if self._connection.in_transaction:
            raise Fault(3951, "You cannot change the isolation level of the transaction after it has started.")
        self._isolation = level
        return Result()

    def _set(self, name: str, value: str) -> Result:
        if name == "XACT_ABORT":
            self._abort_on_error = value == "ON"
        elif name == "LOCK_TIMEOUT":
            self._timeout_ms = _FOREVER if int(value) < 0 else int(value)
        elif name == "IMPLICIT_TRANSACTIONS":
            self._implicit = value == "ON"
        return Result()

    def _use(self, name: str) -> Result:
        found = self._catalogue.database(name)
        if found is None:
            raise Fault(911, f"Database '{name}' does not exist. Make sure that the name is entered correctly.")
        self.database = found
        return Result()

    def begin(self) -> None:
        """Begin a transaction, or one more within it."""
        self.depth += 1

    def _begin(self, *, only_if_none: bool) -> Result:
        if not (only_if_none and self.depth):
            self.begin()
        return Result()

    def end(self, how: str) -> None:
        """Commit or roll back; a commit of an inner one only counts. Raises Fault 3902 where none is open."""
        if not self.depth:
            raise Fault(NO_TRANSACTION, f"The {how} TRANSACTION request has no corresponding BEGIN TRANSACTION.")
        self.depth = self.depth - 1 if how == "COMMIT" else 0
        if self.depth:
            return
        if self._connection.in_transaction:
            self._connection.execute(how)
        self._locks.let_go(self.number)

    def _end(self, how: str, *, only_if_begun: bool = False) -> Result:
        if self.depth or not only_if_begun:
            self.end(how)
        return Result()

    def _savepoint(self, statement: str) -> Result:
        self._enter(writes=True)
        self._connection.execute(statement)
        return Result()

    def _enter(self, *, writes: bool) -> None:
        """Let SQLite's transaction begin where SQL Server would take its first lock, or its snapshot."""
        if self._implicit and not self.depth:
            self.depth = 1
        if not self.depth or self._connection.in_transaction:
            return
        if self._isolation == "SNAPSHOT":
            self._connection.execute("BEGIN DEFERRED")
            self._connection.execute("SELECT count(*) FROM server_database").fetchone()
        elif writes or self._isolation in _HOLDING:
            self._wait_at_most()
            self._connection.execute("BEGIN IMMEDIATE")

    def _require_snapshots(self, databases: Iterable[str]) -> None:
        """Raises Fault 3952 for a database that a snapshot may not be taken of."""
        if self._isolation != "SNAPSHOT" or not self.depth:
            return
        refusing = self._connection.execute("SELECT name FROM server_database WHERE NOT snapshots")
        for name in sorted({name for (name,) in refusing} & {*databases}):
            raise Fault(_SNAPSHOT_REFUSED, f"Snapshot isolation transaction failed accessing database '{name}'.")

    def _wait_at_most(self) -> None:
        self._connection.execute(f"PRAGMA busy_timeout={self._timeout_ms}")

    def _take_lock(self, match: re.Match[str], parameters: Mapping[str, Any]) -> Result:
        if not self.depth:
            raise Fault(
                1227, "You attempted to acquire a transactional application lock without an active transaction."
            )
        resource, timeout = (
            parameters.get(one.lstrip("@"), one.removeprefix("N").strip("'")) for one in (match[1], match[3])
        )
        shared = match[2].upper() == "SHARED"
        got = self._locks.take(f"{self.database}/{resource}", self.number, shared=shared, timeout_ms=int(timeout))
        return Result([("got", INT)], [(got,)])

    def _translated(self, text: str, parameters: int) -> list[Translated | Definition]:
        key = (text, self.database, self._catalogue.state)
        if key not in _TRANSLATED:
            statements = parsed(text)
            require_accepted(text, statements, parameters)
            _TRANSLATED[key] = [translated(one, self._catalogue, self.database) for one in statements]
        return _TRANSLATED[key]

    def _execute(self, statement: Translated | Definition, values: Sequence[Mapping[str, Any]]) -> Result:
        if isinstance(statement, Definition):
            self._enter(writes=True)
            statement.run(self._connection)
            return Result()
        self._require_snapshots(statement.databases)
        self._enter(writes=statement.writes)
        self._wait_at_most()
        if len(values) > 1:
            return self._insert(statement, values)
        cursor = self._connection.execute(statement.sql, values[0])
        rows = cursor.fetchall() if statement.columns else []
        columns = [
            (name, kind or kind_of_values([row[place] for row in rows]))
            for place, (name, kind) in enumerate(statement.columns)
        ]
        return Result(columns, rows, cursor.rowcount if statement.counts else len(rows), statement.command)

    def _insert(self, statement: Translated, rows: Sequence[Mapping[str, Any]]) -> Result:
        """All of the rows, or none."""
        self._connection.execute("SAVEPOINT rows")
        try:
            self._connection.executemany(statement.sql, rows)
        except sqlite3.Error:
            self._connection.execute("ROLLBACK TO rows")
            raise
        finally:
            self._connection.execute("RELEASE rows")
        return Result(changed=len(rows), command=statement.command)

    def _hear(self, fault: Fault) -> None:
        self._fault = fault

    def _functions(self) -> tuple[tuple[str, int, Callable[..., Any]], ...]:
        def number_of_database() -> int:
            found = self._connection.execute("SELECT number FROM server_database WHERE name = ?", (self.database,))
            return int(found.fetchone()[0])

        def number_of_object(name: str) -> int | None:
            parts = [part.strip("[]") for part in name.split(".")]
            found = self._connection.execute(
                'SELECT max(table_number) FROM server_column WHERE "database" = ? AND "table" = ?',
                (parts[0] if len(parts) == 3 and parts[0] else self.database, parts[-1]),
            )
            number = found.fetchone()[0]
            return None if number is None else int(number)

        return (
            ("DB_NAME", 0, lambda: self.database),
            ("DB_ID", 0, number_of_database),
            ("OBJECT_ID", 1, number_of_object),
            ("SERVERPROPERTY", 1, lambda name: "TESTS" if name == "ServerName" else None),
        )


def _statements(text: str) -> list[str]:
    """The statements of a batch that is about the session: they are divided by semicolons, lines or nothing but SET."""
    plain_text = " ".join(text.split())
    divided = re.sub(r"(?<!^)(?<!; )\b(?=SET (?!TRANSACTION)\w+ (?:ON|OFF|-?\d)\b)", "; ", plain_text)
    return [part.strip() for part in divided.split(";") if part.strip()]
