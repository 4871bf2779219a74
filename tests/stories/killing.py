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

from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from kravbro.bootstrap.adoption import adopt, look
from kravbro.bootstrap.demo.run import run_demo
from kravbro.bootstrap.demo.world import SMALL, Size
from kravbro.bootstrap.dump import dump_site
from kravbro.bootstrap.site import open_site
from kravbro.cli.options import acting
from kravbro.db.places import place_at
from kravbro.engine.clock import SystemClock
from tests.stories.canonical import canonical

Moment = Literal["before", "after"]
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


Work = Callable[[Path], object]


def run_once(
    folder: Path,
    *,
    kill_at: int = 0,
    moment: Moment = "before",
    kill_after_s: float | None = None,
    size: Size = SMALL,
    work: Work | None = None,
) -> Ended:
    """Run the demo on `folder`; SIGKILL it at commit number `kill_at` (1 is the first) or after so many seconds.

    `work` is what is done instead of the demo: a function of a module, given the folder.
    """
    commits = _context.Value("i", 0)
    process = _context.Process(target=_run, args=(folder, kill_at, moment, work or partial(_demo, size=size), commits))
    process.start()
    process.join(kill_after_s)
    if process.is_alive():
        process.kill()
        process.join()
    ended = Ended(process.exitcode, commits.value)
    process.close()
    return ended


def adopt_once(folder: Path, *, kill_at: int, moment: Moment) -> Ended:
    """Adopt the installation in `folder`; SIGKILL at a commit, as `run_once` does."""
    commits = _context.Value("i", 0)
    process = _context.Process(target=_adopt, args=(folder, kill_at, moment, commits))
    process.start()
    process.join()
    ended = Ended(process.exitcode, commits.value)
    process.close()
    return ended


def dumped(folder: Path) -> str:
    """The canonical dump of an installation, as text."""
    return canonical(dump_site(open_site(place_at(folder), acting(None))))


def _demo(folder: Path, size: Size) -> None:
    run_demo(place_at(folder), SystemClock(), size=size, page=PAGE)


def _run(folder: Path, kill_at: int, moment: Moment, work: Work, commits: Any) -> None:
    counting = _counting(SQLiteDialect_pysqlite.do_commit, kill_at, moment, commits)
    setattr(SQLiteDialect_pysqlite, "do_commit", counting)  # noqa: B010 - in this process alone
    work(folder)


def _adopt(folder: Path, kill_at: int, moment: Moment, commits: Any) -> None:
    counting = _counting(SQLiteDialect_pysqlite.do_commit, kill_at, moment, commits)
    setattr(SQLiteDialect_pysqlite, "do_commit", counting)  # noqa: B010 - in this process alone
    place, act = place_at(folder), acting(None)
    adopt(place, look(place, act), "the disk broke", act)


def _counting(
    commit: Callable[..., None], kill_at: int, moment: Moment, commits: Any
) -> Callable[[SQLiteDialect_pysqlite, Any], None]:
    def do_commit(self: SQLiteDialect_pysqlite, connection: Any) -> None:
        commits.value += 1
        if commits.value == kill_at and moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        commit(self, connection)
        if commits.value == kill_at and moment == "after":
            os.kill(os.getpid(), signal.SIGKILL)

    return do_commit
