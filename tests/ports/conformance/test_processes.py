"""Processes of their own: a kill is a kill at the moment that was chosen, and what is raised there is heard here."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest

from kravbro.core.errors import Retry
from kravbro.ports.conformance.checks import Nonconformity
from kravbro.ports.conformance.processes import (
    Call,
    Counted,
    Moment,
    at_once,
    kill_at,
    killed_and_repeated,
    rehearse,
)
from kravbro.ports.identity import Delivered, Identity


class Notebook:
    """An adapter that writes each row to a file, one by one."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def identify(self) -> Identity:
        return Identity("notebook", "1", ())

    def take(self, _company: int, rows: Sequence[str]) -> Delivered:
        known = self._file.read_text().split() if self._file.exists() else []
        for row in rows:
            if row not in known:
                with self._file.open("a") as file:
                    file.write(f"{row}\n")
                    file.flush()
        return Delivered(len(set(rows) - set(known)), len(set(rows) & set(known)))

    def hesitate(self, _company: int, rows: Sequence[str]) -> Delivered:
        tries = self._file.with_suffix(".tries")
        tries.write_text(tries.read_text() + "x" if tries.exists() else "x")
        if len(tries.read_text()) < 4:
            raise Retry("db.locked", database="a file")
        return self.take(1, rows)

    def fail(self, _company: int, rows: Sequence[str]) -> Delivered:
        raise ValueError(rows[0])


def written(file: Path) -> list[str]:
    return file.read_text().split() if file.exists() else []


def test_a_rehearsal_delivers_and_tells_the_moments(tmp_path: Path) -> None:
    file = tmp_path / "notes"
    moments = rehearse(Call(partial(Notebook, file), "take", 1, ["a", "b", "c"]))

    assert written(file) == ["a", "b", "c"]
    assert {moment.counted for moment in moments} == {Counted.LEAVING}
    numbers = [moment.number for moment in moments]
    assert numbers[0] == 1
    assert numbers == sorted(set(numbers))
    assert len(numbers) == 5


def test_a_kill_leaves_what_was_written_before_it(tmp_path: Path) -> None:
    file = tmp_path / "notes"
    moments = rehearse(Call(partial(Notebook, file), "take", 1, ["a", "b", "c"]))
    call = Call(partial(Notebook, file), "take", 1, ["d", "e", "f"])

    assert kill_at(call, moments[2])
    assert written(file) not in (["a", "b", "c"], ["a", "b", "c", "d", "e", "f"])
    assert not kill_at(call, Moment(Counted.LEAVING, 10_000))
    assert written(file) == ["a", "b", "c", "d", "e", "f"]


def test_killed_batches_are_repeated_until_they_are_whole(tmp_path: Path) -> None:
    file, batches = tmp_path / "notes", iter([[f"{number}a", f"{number}b"] for number in range(20)])
    delivered = killed_and_repeated(partial(Notebook, file), "take", 1, lambda: next(batches), "it was killed")

    assert written(file) == delivered
    assert len(delivered) == 2 * (1 + 5)


def test_two_at_once_try_again_what_was_locked(tmp_path: Path) -> None:
    file, seen = tmp_path / "notes", []
    call = Call(partial(Notebook, file), "hesitate", 1, ["a"])
    at_once([call], lambda: seen.append(1))

    assert written(file) == ["a"]
    assert seen, "something was done meanwhile"


def test_what_is_raised_in_a_process_is_heard(tmp_path: Path) -> None:
    call = Call(partial(Notebook, tmp_path / "notes"), "fail", 1, ["lost"])

    with pytest.raises(Nonconformity, match="ValueError: lost"):
        at_once([call], lambda: None)
    with pytest.raises(Nonconformity, match="ValueError: lost"):
        rehearse(call)
