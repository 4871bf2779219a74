"""Backups and restores in processes of their own, that end when the test says so."""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kravbro.bootstrap.backup import back_up, restore
from kravbro.bootstrap.demo.run import run_demo
from kravbro.bootstrap.demo.world import DEMO_DATE, SMALL
from kravbro.cli.main import main
from kravbro.db.places import place_at
from kravbro.engine.clock import FixedClock
from tests.stories.sites import ACT

_context = multiprocessing.get_context("forkserver")


class Dying:
    """Kills its process, with nothing flushed and nothing closed, when it is called for the `at`-th time."""

    def __init__(self, at: int) -> None:
        self._left = at

    def __call__(self, *_: object) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def in_process(work: Callable[..., object], *arguments: object) -> int | None:
    """The exit code of a process that did this; negative: the signal that ended it."""
    process = started(work, *arguments)
    process.join()
    code: int | None = process.exitcode
    return code


def started(work: Callable[..., object], *arguments: object) -> Any:
    """A process that does this."""
    process = _context.Process(target=work, args=arguments)
    process.start()
    return process


def backup_that_dies(place: str, file: Path, at: int) -> None:
    """Back up, and die after so many pages of rows."""
    back_up(place_at(place), file, ACT, Dying(at))


def restore_that_dies(file: Path, place: str, at: int) -> None:
    """Restore, and die after so many databases."""
    restore(file, place_at(place), ACT, (), Dying(at))


def restore_that_dies_moving(file: Path, place: str, at: int) -> None:
    """Restore into a folder, and die after so many files were moved to their place."""
    rename, die = Path.rename, Dying(at)

    def dying(self: Path, target: Path) -> Path:
        moved = rename(self, target)
        die()
        return moved

    setattr(Path, "rename", dying)  # noqa: B010 - in this process alone
    restore(file, place_at(place), ACT)


def command_with_files_of_at_most(size: int, *words: str) -> None:
    """Run a command where no file may grow larger, as on a disk that is full."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    os._exit(main(list(words)))


def demo(place: str, inbox: Path) -> None:
    """Run the small demo."""
    run_demo(place_at(place), FixedClock(DEMO_DATE), size=SMALL, page=40, inbox=inbox)
