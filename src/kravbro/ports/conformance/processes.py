"""Adapters in processes of their own: two that deliver at once, and one that is killed in the middle of a call.

A kill is a kill: the process ends itself with SIGKILL (on Windows it is terminated), nothing is flushed or closed. The
moment is chosen by counting what the adapter's call does to the world outside Python (statements, commits, writes,
sends), so the first run tells where the later ones may be killed, whatever the adapter is made of.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from multiprocessing.connection import Connection
from types import FrameType
from typing import Any

import msgspec

from kravbro.core.errors import Retry
from kravbro.ports.conformance import expect
from kravbro.ports.conformance.checks import Nonconformity
from kravbro.ports.identity import Delivered

KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
LEAVING = frozenset({
    "commit", "execute", "executemany", "executescript", "exec_", "flush", "fdatasync", "fsync", "link", "mkdir",
    "open", "pwrite", "remove", "rename", "replace", "rollback", "send", "sendall", "sendmsg", "send_query",
    "send_query_params", "send_query_prepared", "truncate", "unlink", "write", "writelines", "writev",
})  # fmt: skip
"""Calls that change something outside the process, in Python's own library and in database drivers, by their names."""
FEW = 3
"""With fewer than this seen (a driver in another language), every step of the call is counted instead."""
KILLS = 5
COMMITS = 3
"""Kills that are spread over the whole call, and kills right after a commit: there a half-done adapter is caught."""
PATIENCE_S = 120
TRIES = 50


class Call(msgspec.Struct, frozen=True):
    """A call to an adapter's receiver: how the adapter is opened there, its method, and what is delivered."""

    open: Callable[[], Any]
    method: str
    company: int
    rows: Sequence[Any]


def _context() -> multiprocessing.context.BaseContext:
    """Never plain fork: a database's connection must not come along."""
    methods = multiprocessing.get_all_start_methods()
    return multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")


class Counted(StrEnum):
    """What moments of a call are counted by."""

    LEAVING = "calls that leave the process"
    COMMITTED = "commits that returned"
    STEP = "steps of Python"


class Moment(msgspec.Struct, frozen=True):
    """The so-many-th of what is counted: there the process is killed."""

    counted: Counted
    number: int


def rehearse(call: Call) -> list[Moment]:
    """Make the call in a process of its own, undisturbed; answers moments at which a later one may be killed."""
    seen: dict[Counted, int] = _in_process(_rehearse, call)
    if seen[Counted.LEAVING] < FEW:
        return _moments(Counted.STEP, seen, KILLS + COMMITS)
    return [*_moments(Counted.LEAVING, seen, KILLS), *_moments(Counted.COMMITTED, seen, COMMITS)]


def _moments(counted: Counted, seen: Mapping[Counted, int], most: int) -> list[Moment]:
    return [Moment(counted, number) for number in _spread(range(1, seen[counted] + 1), most)]


def _spread(moments: Sequence[int], count: int) -> list[int]:
    """At most so many of the moments, evenly spread, with the first and the last."""
    if len(moments) <= count:
        return list(moments)
    return [moments[(len(moments) - 1) * place // (count - 1)] for place in range(count)]


def kill_at(call: Call, moment: Moment) -> bool:
    """Make the call in a process of its own, and kill that at the moment (see `rehearse`); answers whether it came."""
    return _in_process(_die, call, moment) is None


def killed_and_repeated(
    open_: Callable[[], Any], method: str, company: int, batch: Callable[[], list[Any]], when: str
) -> list[Any]:
    """Kill deliveries at every moment that a rehearsal found, each of a batch of its own, and repeat them afterwards.

    Answers every row that was delivered. Raises Nonconformity unless each batch is whole when it was repeated, and
    known when it was repeated once more.
    """
    delivered = batch()
    moments = rehearse(Call(open_, method, company, delivered))
    kills = 0
    for moment in moments:
        rows = batch()
        kills += kill_at(Call(open_, method, company, rows), moment)
        adapter = open_()
        receive = getattr(adapter, method)
        again = receive(company, rows)
        expect.same(again.new + again.known, len(rows), f"{when}, and repeated: new and known together")
        expect.same(receive(company, rows), Delivered(0, len(rows)), f"{when}, and repeated twice")
        if callable(close := getattr(adapter, "close", None)):
            close()
        delivered += rows
    expect.true(kills > len(moments) // 2, f"it was to be killed at {len(moments)} moments", "most of them met", kills)
    return delivered


def at_once(calls: Sequence[Call], meanwhile: Callable[[], None]) -> None:
    """Make calls in a process each, row by row and all at the same time; `meanwhile` is done until they have ended.

    A `Retry` is tried again, as the bridge would. Raises Nonconformity with what else was raised there.
    """
    context = _context()
    start = context.Barrier(len(calls))
    ends, processes = [], []
    for call in calls:
        here, there = context.Pipe(duplex=False)
        process = context.Process(target=_row_by_row, args=(there, start, call))  # type: ignore[attr-defined] # every context has it
        process.start()
        there.close()
        ends.append(here)
        processes.append(process)
    while any(process.is_alive() for process in processes):
        meanwhile()
    for process, end in zip(processes, ends, strict=True):
        process.join()
        _heard(end, process.exitcode)
        process.close()


def _heard(end: Connection, exitcode: int | None) -> Any:
    """What a process told at its end; None if it was killed before."""
    try:
        fault, answer = end.recv()
    except EOFError:
        if exitcode is not None and exitcode < 0:
            return None
        raise Nonconformity("an adapter worked in a process of its own", "an answer", f"exit {exitcode}") from None
    finally:
        end.close()
    if fault:
        raise Nonconformity("an adapter worked in a process of its own", "no exception there", fault)
    return answer


def _in_process(target: Callable[..., None], *arguments: object) -> Any:
    context = _context()
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=target, args=(there, *arguments))  # type: ignore[attr-defined] # every context has it
    process.start()
    there.close()
    process.join(PATIENCE_S)
    if process.is_alive():
        process.kill()
        process.join()
        raise Nonconformity("an adapter worked in a process of its own", f"an end within {PATIENCE_S} s", "none")
    exitcode = process.exitcode
    process.close()
    return _heard(here, exitcode)


def _rehearse(end: Connection, call: Call) -> None:
    with _telling(end) as tell:
        counting = _Counting(None)
        _make(call, counting)
        tell(counting.seen)


def _die(end: Connection, call: Call, moment: Moment) -> None:
    with _telling(end) as tell:
        _make(call, _Counting(moment))
        tell("not killed")


def _row_by_row(end: Connection, start: Any, call: Call) -> None:
    with _telling(end) as tell:
        adapter = call.open()
        adapter.identify()
        start.wait()
        for row in call.rows:
            _with_patience(getattr(adapter, call.method), call.company, [row])
        tell(None)


def _with_patience(receive: Callable[[int, list[Any]], object], company: int, rows: list[Any]) -> None:
    for tried in range(1, TRIES + 1):
        try:
            receive(company, rows)
        except Retry:
            if tried == TRIES:
                raise
            continue
        return


@contextmanager
def _telling(end: Connection) -> Iterator[Callable[[Any], None]]:
    """Tell the parent the answer, or what was raised instead."""
    try:
        yield lambda answer: end.send(("", answer))
    except Exception as error:  # noqa: BLE001 - it is told, and raised on the other side
        end.send((f"{type(error).__name__}: {error}", None))


def _make(call: Call, counting: _Counting) -> None:
    """Make the call; what opening costs is not counted."""
    adapter = call.open()
    adapter.identify()
    receive = getattr(adapter, call.method)
    sys.setprofile(counting)
    try:
        receive(call.company, call.rows)
    finally:
        sys.setprofile(None)


class _Counting:
    """A profile function that counts what happens, and ends the process at the chosen moment."""

    def __init__(self, moment: Moment | None) -> None:
        self.seen = dict.fromkeys(Counted, 0)
        self._moment = moment

    def __call__(self, frame: FrameType, event: str, argument: Any) -> None:
        self._count(Counted.STEP)
        name = getattr(argument, "__name__", "") if event.startswith("c_") else frame.f_code.co_name
        if name in LEAVING:
            self._count(Counted.LEAVING)
            if name == "commit" and event.endswith("return"):
                self._count(Counted.COMMITTED)

    def _count(self, counted: Counted) -> None:
        self.seen[counted] += 1
        moment = self._moment
        if moment is not None and counted is moment.counted and self.seen[counted] == moment.number:
            os.kill(os.getpid(), KILL)
