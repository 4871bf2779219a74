"""Streams as a reader sees them, whatever is in them: order, limit, pages, and rows that stay what they were."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from kravbro.ports.conformance import expect
from kravbro.ports.conformance.checks import Nonconformity

LARGE = 100_000
"""A limit that no world reaches."""
MOST_PAGES = 1_000


class Stream(msgspec.Struct, frozen=True):
    """One method that answers rows in pages: its name, how to read it after a number, and what it is ordered by.

    `start` is where the stream stood when the check began: what is older belongs to somebody else.
    """

    name: str
    read: Callable[[int, int], Sequence[Any]]
    order: str
    start: int

    def number(self, row: Any) -> int:
        """The place of a row in this stream."""
        return int(getattr(row, self.order))

    def pages(self, limit: int = LARGE) -> list[Any]:
        """Every row since the start, `limit` at a time, as the bridge reads them. Raises if the end never comes."""
        rows: list[Any] = []
        after = self.start
        for _ in range(MOST_PAGES):
            page = self.read(after, limit)
            if not page:
                return rows
            rows += page
            after = self.number(page[-1])
        when = f"{self.name} was read to its end, {limit} rows at a time"
        raise Nonconformity(when, "an empty page at the end", f"still rows after {MOST_PAGES} pages")


Streams = Mapping[str, Stream]


def rows_rise(streams: Streams) -> None:
    """Rows come in order of number, all of them after the number that was given."""
    for stream in streams.values():
        rows = stream.read(stream.start, LARGE)
        numbers = [stream.number(row) for row in rows]
        expect.true(bool(numbers), f"{stream.name} was read", "the rows that this check made happen", rows)
        expect.same(numbers, sorted(set(numbers)), f"the numbers of {stream.name} were read")
        after = numbers[len(numbers) // 2]
        later = [stream.number(row) for row in stream.read(after, LARGE)]
        behind = [number for number in numbers if number > after]
        expect.same(later, behind, f"{stream.name} was read after {after}")


def limit_holds(streams: Streams) -> None:
    """A page has at most `limit` rows, and the first ones."""
    for stream in streams.values():
        rows = stream.pages()
        for limit in (1, 2):
            page = stream.read(stream.start, limit)
            expect.same(len(page), min(limit, len(rows)), f"{stream.name} was read with limit {limit}")


def pages_are_alike(streams: Streams) -> None:
    """Pages of one, of two, and one large page give the same rows."""
    for stream in streams.values():
        one_by_one = stream.pages(1)
        expect.same(stream.pages(2), one_by_one, f"{stream.name} was read in pages of 2, and before in pages of 1")
        expect.same(stream.pages(), one_by_one, f"{stream.name} was read in one page, and before in pages of 1")


def told_twice_alike(streams: Streams, again: Streams) -> None:
    """Reading a stream again gives the same rows under the same numbers, also for another reader."""
    for name, stream in streams.items():
        first = stream.pages()
        expect.same(stream.pages(), first, f"{name} was read twice")
        expect.same(again[name].pages(), first, f"{name} was read by another opened adapter")


class Reader:
    """Reads streams as the bridge does, now and then, and keeps its positions."""

    def __init__(self, streams: Streams) -> None:
        self._streams = streams
        self._positions = {name: stream.start for name, stream in streams.items()}
        self._told: dict[str, list[Any]] = {name: [] for name in streams}

    def read(self) -> None:
        """Read what has come since the last time."""
        for name, stream in self._streams.items():
            rows = stream.read(self._positions[name], LARGE)
            if rows:
                self._told[name] += rows
                self._positions[name] = stream.number(rows[-1])

    def missed_nothing(self) -> None:
        """Raise Nonconformity unless what was read bit by bit is all that there is."""
        self.read()
        for name, stream in self._streams.items():
            everything = stream.pages()
            expect.same(
                self._told[name], everything, f"{name} was read bit by bit as it grew, each time after the last"
            )
