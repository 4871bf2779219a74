"""Run the demo, or other work, in a process of its own, and kill that process for real, at a commit or at an instant.

The processes come from a fork server that has the program loaded, so that hundreds of runs cost little; each is still
a process that the operating system ends with SIGKILL, with nothing flushed and nothing closed.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

import pytest
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from kravbro.bootstrap.adoption import adopt, look
from kravbro.bootstrap.demo.run import run_demo
from kravbro.bootstrap.demo.world import DEMO_DATE, SMALL, Size
from kravbro.bootstrap.dump import dump_site
from kravbro.bootstrap.site import open_site
from kravbro.cli.options import acting
from kravbro.db.places import place_at
from kravbro.engine.clock import FixedClock
from tests.places import Where, on_server
from tests.stories.canonical import canonical
from tests.stories.sites import inbox_of

Moment = Literal["before", "after"]
Work = Callable[[Where], object]
PAGE = 40
"""Small enough that every stream takes several pages in the small demo."""

_context = multiprocessing.get_context("forkserver")


@dataclass(frozen=True)
class Ended:
    """How a run ended: its exit code (negative: the signal that killed it) and the commits that it made."""

    exitcode: int | None
    commits: int

    @property
    def was_killed(self) -> bool:
        """Whether SIGKILL ended it."""
        return self.exitcode == -signal.SIGKILL


def dealt_out(portions: int) -> list[Any]:
    """Kinds of database and portions of the kills: all on SQLite; on PostgreSQL one, and the others by `make soak`."""
    first, *others = range(portions)
    return [
        *(pytest.param("sqlite", portion) for portion in range(portions)),
        pytest.param("postgresql", first),
        *(pytest.param("postgresql", portion, marks=pytest.mark.soak) for portion in others),
    ]


def run_once(
    where: Where,
    *,
    kill_at: int = 0,
    moment: Moment = "before",
    kill_after_s: float | None = None,
    size: Size = SMALL,
    work: Work | None = None,
) -> Ended:
    """Run the demo on `where`; SIGKILL it at commit number `kill_at` (1 is the first) or after so many seconds.

    `work` is what is done instead of the demo: a function of a module, given the place.
    """
    commits = _context.Value("i", 0)
    work = work or partial(_demo, inbox=inbox_of(where), size=size)
    process = _context.Process(target=_run, args=(where, kill_at, moment, work, commits))
    process.start()
    process.join(kill_after_s)
    if process.is_alive():
        process.kill()
        process.join()
    ended = Ended(process.exitcode, commits.value)
    process.close()
    return ended


def adopt_once(where: Where, *, kill_at: int, moment: Moment) -> Ended:
    """Adopt the installation in a place; SIGKILL at a commit, as `run_once` does."""
    return run_once(where, kill_at=kill_at, moment=moment, work=_adopt)


def dumped(where: Where) -> str:
    """The canonical dump of an installation, as text."""
    return canonical(dump_site(open_site(place_at(where), acting(None))))


def _demo(where: Where, inbox: Path, size: Size) -> None:
    """A file for the bank tells when it was made, so the clock stands still."""
    run_demo(place_at(where), FixedClock(DEMO_DATE), size=size, page=PAGE, inbox=inbox)


def _adopt(where: Where) -> None:
    place, act = place_at(where), acting(None)
    adopt(place, look(place, act), "the disk broke", act)


def _run(where: Where, kill_at: int, moment: Moment, work: Work, commits: Any) -> None:
    dialect: Any = PGDialect_psycopg if on_server(where) else SQLiteDialect_pysqlite
    dialect.do_commit = counting(dialect.do_commit, kill_at, moment, commits)  # in this process alone
    work(where)


def counting(
    commit: Callable[[Any, Any], None], kill_at: int, moment: Moment, commits: Any
) -> Callable[[Any, Any], None]:
    def do_commit(self: Any, connection: Any) -> None:
        commits.value += 1
        if commits.value == kill_at and moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        commit(self, connection)
        if commits.value == kill_at and moment == "after":
            os.kill(os.getpid(), signal.SIGKILL)

    return do_commit
