"""The demo beside a ledger behind the web service, in processes that a test can kill: the office's, the server's, or
both. The server is a fork of the office's process, which has the program loaded, and ends with it."""

from __future__ import annotations

import multiprocessing
import os
import threading
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine.default import DefaultDialect

from kravbro.bootstrap.demo.foreign.day import ForeignDemo, run_foreign
from kravbro.bootstrap.demo.foreign.served_ledger import Certificate, ServedLedger
from kravbro.bootstrap.demo.foreign.wsinkasso import Serve, ServiceTrial
from kravbro.bootstrap.demo.run import Result
from kravbro.bootstrap.demo.world import DEMO_DATE
from kravbro.db.places import place_at
from kravbro.engine.clock import FixedClock, SystemClock
from kravbro.web.wsinkasso_api.limits import Limits
from kravbro.web.wsinkasso_api.server import Settings, serve
from kravbro.web.wsinkasso_api.tls import Tls
from tests.places import Where
from tests.stories.killing import Moment, counting

FEW, PAGE = 18, 5
_context = multiprocessing.get_context("fork")


class Standby:
    """A fork that waits until it is told what to serve; made before this process has opened any database.

    As a server it kills itself at one of its commits; how many it made is the size of a file.
    """

    def __init__(self, kill_at: int, moment: Moment) -> None:
        self._ours, theirs = _context.Pipe()
        self._process = _context.Process(target=_wait, args=(theirs, self._ours, kill_at, moment))
        self._process.start()
        theirs.close()
        self.address = ""

    def serve(self, place: Path, certificate: Certificate, on: date) -> Standby:
        """Begin to serve."""
        self._ours.send((place, certificate.file, certificate.key, on))
        self.address = str(self._ours.recv())
        return self

    def stop(self) -> None:
        """Kill it: whoever waited for an answer has one."""
        self._process.kill()
        self._process.join()
        self._ours.close()


def _wait(told: Connection, others_end: Connection, kill_at: int, moment: Moment) -> None:
    others_end.close()
    place, certificate, key, on = told.recv()
    threading.Thread(target=_end_with, args=(told,), daemon=True).start()
    dialect: Any = SQLiteDialect_pysqlite  # not as this process was forked: commits of the office are counted there
    dialect.do_commit = counting(DefaultDialect.do_commit, kill_at, moment, _Counted(place.parent / "commits"))
    limits = Limits(calls_per_second=10_000)
    settings = Settings(host="localhost", port=0, tls=Tls(certificate, key, None), limits=limits, on=on)
    with (place.parent / "service.log").open("a", encoding="utf-8") as log:
        serve(place_at(place), settings, SystemClock(), log, lambda address, _: told.send(address))


def _end_with(watched: Connection) -> None:
    try:
        watched.recv()
    except EOFError:
        os._exit(0)


class _Counted:
    """A number in a file, one byte for each."""

    def __init__(self, file: Path) -> None:
        self._file = file
        file.unlink(missing_ok=True)

    @property
    def value(self) -> int:
        """How many."""
        return self._file.stat().st_size if self._file.exists() else 0

    @value.setter
    def value(self, _: int) -> None:
        with self._file.open("ab") as file:
            file.write(b".")


def beside_service(where: Where, folder: Path, serve: Serve = ServedLedger) -> Result:
    """One run; everything of the ledger's is in a folder."""
    trial = ServiceTrial(folder, FixedClock(DEMO_DATE), serve)
    try:
        return run_foreign(ForeignDemo(place_at(where), FixedClock(DEMO_DATE), trial, count=FEW, page=PAGE))
    finally:
        trial.close()


def work_beside(where: Where, folder: Path, kill_server_at: int = 0, moment: Moment = "before") -> None:
    """The same as work for a process."""
    beside_service(where, folder, Standby(kill_server_at, moment).serve)
