"""A server that speaks TDS 7.4 as SQL Server does, on SQLite: for tests that drive the drivers themselves.

What it proves and what it does not stands in docs/testing.md. It has no encryption, one result at a time, and no
optimizer; locks are the whole server's where SQL Server's are rows.
"""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from threading import Lock, Thread

import sqlalchemy as sa

from tests.tds import catalogue
from tests.tds.administration import administer
from tests.tds.calls import Call, read_batch, read_call
from tests.tds.faults import LOGIN_FAILED, Fault
from tests.tds.listing import Listing
from tests.tds.locks import ApplicationLocks
from tests.tds.login import before_login, read_login
from tests.tds.session import Session
from tests.tds.tokens import (
    ATTENDED,
    FAILED,
    MORE,
    Ending,
    Result,
    ending,
    error,
    logged_in,
    now_in,
    result_set,
    return_number,
    return_status,
    transaction,
)
from tests.tds.wire import Gone, Message, Wire

USER, ADMINISTRATOR, PASSWORD = "kravbro", "sa", "open sesame"
"""The list is closed to the first; the second may say anything that is understood."""
DRIVERS = ("pymssql", "mssqlpython")
_BEGIN, _COMMIT, _ROLLBACK = 5, 7, 8


class Server:
    """A server that runs until it is closed."""

    def __init__(self, folder: Path, statements: Iterable[str] | None = None, template: Server | None = None) -> None:
        self.listing = Listing(statements)
        self.locks = ApplicationLocks()
        self.faults: list[Fault] = []
        self.file = folder / "server.db"
        with self.inside() as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            if template is None:
                catalogue.make(connection)
                catalogue.add_database(connection, "master", snapshots=True)
            else:
                with template.inside() as source:
                    source.backup(connection)
        self._numbers = count(51)
        self._clients: dict[int, Client] = {}
        self._lock = Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        Thread(target=self._accept, daemon=True).start()

    @contextmanager
    def inside(self) -> Iterator[sqlite3.Connection]:
        """The server's own file, past everything: what a database administrator could do."""
        connection = sqlite3.connect(self.file, isolation_level=None)
        try:
            yield connection
        finally:
            connection.close()

    def add_database(self, name: str, *, snapshots: bool = True) -> None:
        """Make a database; `snapshots`: it allows snapshot isolation."""
        with self.inside() as connection:
            catalogue.add_database(connection, name, snapshots=snapshots)

    def url(self, driver: str, database: str, user: str = USER, password: str = PASSWORD) -> sa.URL:
        """Where a driver finds a database of this server."""
        query = {"Encrypt": "no"} if driver == "mssqlpython" else {"tds_version": "7.4"}
        return sa.URL.create(f"mssql+{driver}", user, password, "127.0.0.1", self.port, database, query)

    def fail_next(self, number: int, message: str, severity: int = 16) -> None:
        """Let the next statement of a program fail so: for what a disk or a network does, and SQLite cannot."""
        self.faults.append(Fault(number, message, severity))

    def administered(self, text: str) -> bool:
        """Do what a statement says of whole databases, if it does; answers whether it did."""
        with self.inside() as connection:
            return administer(text, connection, self.kill_all)

    def kill_all(self, database: str = "") -> None:
        """Throw everybody out, or who is in a database, in the middle of whatever they do."""
        with self._lock:
            clients = [one for one in self._clients.values() if not database or one.is_in(database)]
        for one in clients:
            one.cut()

    def close(self) -> None:
        """Throw everybody out and take nobody more."""
        self._listener.shutdown(socket.SHUT_RDWR)  # whoever waits in accept() wakes up
        self._listener.close()
        self.kill_all()

    def _accept(self) -> None:
        while True:
            try:
                connected, _ = self._listener.accept()
            except OSError:
                return
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client = Client(self, next(self._numbers), Wire(connected))
            with self._lock:
                self._clients[client.number] = client
            Thread(target=client.serve, daemon=True).start()

    def forget(self, number: int) -> None:
        """A client has gone."""
        with self._lock:
            self._clients.pop(number, None)


class Client:
    """One connection: messages in, answers out."""

    def __init__(self, server: Server, number: int, wire: Wire) -> None:
        self.number = number
        self._server = server
        self._wire = wire
        self._session: Session | None = None
        self._administers = False
        self._prepared: dict[int, tuple[str, str | None]] = {}
        self._transactions = count(1)
        self._begun = 0

    def is_in(self, database: str) -> bool:
        """Whether its session is in that database."""
        return self._session is not None and self._session.database.lower() == database.lower()

    def cut(self) -> None:
        """Cut the line."""
        self._wire.cut()

    def serve(self) -> None:
        """Answer until the client has gone; what it had not committed is not there."""
        try:
            while True:
                kind, body = self._wire.receive()
                self._wire.send(self._answer(kind, body))
        except Gone:
            self._begun = 0
        finally:
            self._wire.cut()
            if self._session is not None:
                self._session.close()
            self._server.forget(self.number)

    def _answer(self, kind: int, body: bytes) -> bytes:
        if kind == Message.BEFORE_LOGIN:
            return before_login()
        if kind == Message.LOGIN:
            return self._log_in(body)
        if kind == Message.ATTENTION:
            return ending(Ending.DONE, ATTENDED)
        if self._session is None:
            raise Gone
        if kind == Message.BATCH:
            return self._results(self._session, read_batch(body), {}, Ending.DONE)
        if kind == Message.TRANSACTION:
            return self._transact(self._session, body)
        if kind == Message.CALL:
            return self._call(self._session, read_call(body))
        raise Gone

    def _log_in(self, body: bytes) -> bytes:
        login = read_login(body)
        if login.user not in {USER, ADMINISTRATOR} or login.password != PASSWORD:
            fault = Fault(LOGIN_FAILED, f"Login failed for user '{login.user}'.", 14)
            return error(fault) + ending(Ending.DONE, FAILED)
        try:
            self._administers = login.user == ADMINISTRATOR
            listing = Listing(None) if self._administers else self._server.listing
            database = login.database or "master"
            self._session = Session(self.number, self._server.file, database, listing, self._server.locks)
        except Fault as fault:
            refused = Fault(LOGIN_FAILED, f"Login failed for user '{login.user}'.", 14)
            return error(fault) + error(refused) + ending(Ending.DONE, FAILED)
        return logged_in(self._session.database) + ending(Ending.DONE)

    def _results(self, session: Session, text: str, parameters: dict[str, object], end: Ending) -> bytes:
        """Run a batch: every result, or what came before the error, and the error."""
        before, depth = session.database, session.depth
        answered: list[Result] = []
        fault: Fault | None = None
        try:
            if self._server.faults and self._server.listing.is_programs(text):
                session.fail(self._server.faults.pop(0))
            if not (self._administers and self._server.administered(text)):
                answered.extend(session.run(text, parameters))
        except Fault as raised:
            fault = raised
        out = b""
        if session.database != before:
            out += now_in(session.database, before)
        out += self._transaction_told(depth, session.depth)
        for number, one in enumerate(answered, 1):
            status = MORE if number < len(answered) or fault else 0
            out += (result_set(one) if one.columns else b"") + ending(end, status, one)
        if fault is not None:
            out += error(fault) + ending(end, FAILED)
        return out or ending(end)

    def _transaction_told(self, before: int, after: int) -> bytes:
        if not before and after:
            self._begun = next(self._transactions)
            return transaction(self._begun, 0)
        return transaction(0, self._begun) if before and not after else b""

    def _transact(self, session: Session, body: bytes) -> bytes:
        """A request of the driver itself to begin, commit or roll back."""
        head = int.from_bytes(body[:4], "little")
        asked = int.from_bytes(body[head : head + 2], "little")
        depth = session.depth
        try:
            if asked == _BEGIN:
                session.begin()
            else:
                session.end("COMMIT" if asked == _COMMIT else "ROLLBACK")
        except Fault as fault:
            return error(fault) + ending(Ending.DONE, FAILED)
        return self._transaction_told(depth, session.depth) + ending(Ending.DONE)

    def _call(self, session: Session, call: Call) -> bytes:
        end = return_status() + ending(Ending.PROCEDURE)
        values = call.values(0)
        match call.procedure:
            case "sp_executesql":
                named = call.named(2, values[1] if len(values) > 1 else None)
                return self._results(session, values[0], named, Ending.IN_PROCEDURE) + end
            case "sp_prepare" | "sp_prepexec":
                handle = len(self._prepared) + 1
                self._prepared[handle] = (values[2], values[1])
                done = b""
                if call.procedure == "sp_prepexec":
                    done = self._results(session, values[2], call.named(3, values[1]), Ending.IN_PROCEDURE)
                return done + return_status() + return_number(handle) + ending(Ending.PROCEDURE)
            case "sp_execute":
                text, declared = self._prepared[values[0]]
                return self._results(session, text, call.named(1, declared), Ending.IN_PROCEDURE) + end
            case "sp_unprepare":
                return end
        fault = Fault(2812, f"Could not find stored procedure '{call.procedure}'.")
        return error(fault) + ending(Ending.PROCEDURE, FAILED)
