"""The demo beside a ledger behind the web service: nothing differs, a second run makes nothing, and neither does a kill
of the office, of the server, or of both."""

from __future__ import annotations

import random
from functools import cache, partial
from pathlib import Path

import pytest

from kravbro.bootstrap.demo.foreign.trials import LedgerKind, run_beside
from kravbro.db.places import place_at
from kravbro.engine.clock import SystemClock
from tests.places import Kind, make_empty, new_folder, new_template
from tests.stories.killing import Moment, dumped, run_once
from tests.stories.served_beside import FEW, beside_service, work_beside

KILLS, INSTANTS = 2, 20


def both(where: str | Path, folder: Path) -> tuple[str, str]:
    """The dumps of the office's place and of the ledger's."""
    return dumped(where), dumped(folder / "ledger")


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.soak)])
def test_a_day_beside_a_served_ledger(kind: Kind, tmp_path: Path) -> None:
    """The ledger's own database is tried behind the service by the conformance suite."""
    where = make_empty(new_template(kind))
    first = beside_service(where, tmp_path)
    assert (first.claims_ready, first.claims_refused, first.case_numbers_recorded) == (FEW, 2, FEW - 2)
    assert (first.ledger_transactions_applied, first.vouchers_delivered > 0) == (6, True)
    assert (first.reconciled_claims, first.in_transit_ore, first.differences) == (FEW - 2, 0, 0)
    before = both(where, tmp_path)
    second = beside_service(where, tmp_path)
    assert (second.claims_ready, second.payments_read, second.vouchers_delivered, second.differences) == (0, 0, 0, 0)
    assert both(where, tmp_path) == before


def test_the_demo_starts_and_stops_its_own_server(tmp_path: Path) -> None:
    result = run_beside(LedgerKind.WSINKASSO, place_at(tmp_path), SystemClock())
    assert (result.claims_ready, result.case_numbers_recorded, result.differences) == (60, 58, 0)


@cache
def undisturbed() -> tuple[tuple[str, str], int, int]:
    """The dumps of a run without a kill, and how many commits the office and the server made."""
    where, folder = make_empty(new_template("sqlite")), new_folder("service")
    ended = run_once(where, work=partial(work_beside, folder=folder))
    assert ended.exitcode == 0
    return both(where, folder), ended.commits, (folder / "commits").stat().st_size


@pytest.mark.parametrize("number", range(KILLS))
def test_a_server_killed_while_it_writes_changes_nothing(number: int, tmp_path: Path) -> None:
    """Before one of its commits or after it; the office hears no answer, stops, and is run again."""
    expected, _, commits = undisturbed()
    where = make_empty(str(tmp_path / "place"))
    moments: tuple[Moment, Moment] = ("before", "after")
    kill_at = 1 + (2 * number + 1) * commits // (2 * KILLS)
    killing = partial(work_beside, folder=tmp_path, kill_server_at=kill_at, moment=moments[number % 2])
    assert run_once(where, work=killing).exitcode == 1, f"the server was not killed at commit {kill_at} of {commits}"
    assert run_once(where, work=partial(work_beside, folder=tmp_path)).exitcode == 0
    assert both(where, tmp_path) == expected


@pytest.mark.parametrize("number", range(KILLS))
def test_both_killed_at_a_commit_of_the_office_change_nothing(number: int, tmp_path: Path) -> None:
    expected, commits, _ = undisturbed()
    where = make_empty(str(tmp_path / "place"))
    work = partial(work_beside, folder=tmp_path)
    kill_at = 1 + (2 * number + 1) * commits // (2 * KILLS)
    assert run_once(where, kill_at=kill_at, moment="after", work=work).was_killed
    assert run_once(where, work=work).exitcode == 0
    assert both(where, tmp_path) == expected


@pytest.mark.soak
def test_both_killed_at_random_instants_change_nothing(tmp_path: Path) -> None:
    clock = SystemClock()
    start = clock.elapsed()
    expected, _, _ = undisturbed()
    seconds = (clock.elapsed() - start).total_seconds()
    instants = random.Random(20261123)
    killed = 0
    for number in range(INSTANTS):
        folder = tmp_path / str(number)
        folder.mkdir()
        where, work = make_empty(str(folder / "place")), partial(work_beside, folder=folder)
        killed += run_once(where, kill_after_s=instants.uniform(0.0, seconds), work=work).was_killed
        assert run_once(where, work=work).exitcode == 0, f"the run after kill {number} failed"
        assert both(where, folder) == expected, f"kill {number}"
    assert killed
