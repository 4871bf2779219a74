"""The demo beside a trial of a foreign ledger: nothing differs, a second run makes nothing, a kill changes nothing."""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path

import pytest

from kravbro.bootstrap.demo.foreign.day import ForeignDemo, run_foreign
from kravbro.bootstrap.demo.foreign.files import FilesTrial
from kravbro.bootstrap.demo.foreign.trials import LedgerKind, run_beside
from kravbro.bootstrap.demo.foreign.visma_business import VismaTrial
from kravbro.bootstrap.demo.run import Result
from kravbro.bootstrap.demo.world import DEMO_DATE
from kravbro.core.acts import Act
from kravbro.db.places import place_at
from kravbro.engine.clock import FixedClock, SystemClock
from kravbro.ledgers.visma_business.setup import Way
from tests.places import Kind, NewPlace, Where, make_empty, new_folder, new_template
from tests.stories.killing import Moment, dealt_out, dumped, run_once

FEW, PAGE, PORTIONS, STRIDE = 18, 5, 3, 5


def beside_visma(where: Where, trial: Path, way: Way = Way.TABLES) -> Result:
    """One run beside a trial of Visma Business in a folder."""
    clock = FixedClock(DEMO_DATE)
    company = VismaTrial(trial, Act("the demo", clock.today(), clock.now()), way)
    try:
        return run_foreign(ForeignDemo(place_at(where), clock, company, count=FEW, page=PAGE))
    finally:
        company.close()


def work_beside(where: Where, trial: Path) -> None:
    """The same as work for a process."""
    beside_visma(where, trial)


@pytest.mark.parametrize("way", Way)
def test_a_day_beside_visma_business(way: Way, new_place: NewPlace, tmp_path: Path) -> None:
    where = make_empty(new_place.where())
    first = beside_visma(where, tmp_path / "visma", way)
    assert (first.claims_ready, first.claims_refused, first.case_numbers_recorded) == (FEW, 2, FEW - 2)
    assert (first.ledger_transactions_applied, first.vouchers_delivered > 0) == (6, True)
    assert (first.reconciled_claims, first.in_transit_ore, first.differences) == (FEW - 2, 0, 0)
    before = dumped(where)
    second = beside_visma(where, tmp_path / "visma", way)
    assert (second.claims_ready, second.payments_read, second.vouchers_delivered, second.differences) == (0, 0, 0, 0)
    assert dumped(where) == before


def beside_files(where: Where, trial: Path) -> Result:
    """One run beside a ledger that writes and reads files."""
    clock = FixedClock(DEMO_DATE)
    company = FilesTrial(trial, Act("the demo", clock.today(), clock.now()))
    return run_foreign(ForeignDemo(place_at(where), clock, company, count=FEW, page=PAGE))


def work_beside_files(where: Where, trial: Path) -> None:
    """The same as work for a process."""
    beside_files(where, trial)


def test_a_day_beside_files(new_place: NewPlace, tmp_path: Path) -> None:
    where = make_empty(new_place.where())
    first = beside_files(where, tmp_path / "files")
    assert (first.claims_ready, first.claims_refused, first.case_numbers_recorded) == (FEW, 2, FEW - 2)
    assert (first.ledger_transactions_applied, first.vouchers_delivered > 0) == (6, True)
    assert (first.reconciled_claims, first.in_transit_ore, first.differences) == (FEW - 2, 0, 0)
    before = dumped(where), sorted(file.name for file in (tmp_path / "files").rglob("*"))
    second = beside_files(where, tmp_path / "files")
    assert (second.claims_ready, second.payments_read, second.vouchers_delivered, second.differences) == (0, 0, 0, 0)
    assert (dumped(where), sorted(file.name for file in (tmp_path / "files").rglob("*"))) == before


KILLS = 6


def test_a_kill_at_some_commits_beside_files_changes_nothing(tmp_path: Path) -> None:
    """Every step of the folder itself is killed in tests/ledgers/files; here office, bridge and mirror are between."""
    where = tmp_path / "undisturbed"
    ended = run_once(where, work=partial(work_beside_files, trial=tmp_path / "files"))
    assert ended.exitcode == 0
    expected = dumped(where)
    for kill_at in range(7, ended.commits, ended.commits // KILLS):
        killed = tmp_path / str(kill_at)
        moment: Moment = "before" if kill_at % 2 else "after"
        work = partial(work_beside_files, trial=tmp_path / f"files {kill_at}")
        assert run_once(killed, kill_at=kill_at, moment=moment, work=work).was_killed
        assert run_once(killed, work=work).exitcode == 0, f"the run after a kill {moment} commit {kill_at} failed"
        assert dumped(killed) == expected, f"killed {moment} commit {kill_at}"


def test_a_day_beside_a_living_tryton(tmp_path: Path) -> None:
    """Tryton takes the machine's clock, and nobody can tell it another."""
    results = [run_beside(LedgerKind.TRYTON, place_at(tmp_path), SystemClock()) for _ in range(2)]
    told = [(one.claims_ready, one.case_numbers_recorded, one.ledger_transactions_applied) for one in results]
    assert told == [(60, 58, 6), (0, 0, 0)]
    assert [(one.reconciled_claims, one.in_transit_ore, one.differences) for one in results] == [(58, 0, 0)] * 2
    assert [one.vouchers_delivered > 0 for one in results] == [True, False]


@cache
def undisturbed(kind: Kind) -> tuple[str, int]:
    """The dump of a run without a kill, and the number of its commits."""
    where = make_empty(new_template(kind))
    ended = run_once(where, work=partial(work_beside, trial=new_folder(f"visma-{kind}")))
    assert ended.exitcode == 0
    return dumped(where), ended.commits


@pytest.mark.parametrize(("kind", "portion"), dealt_out(PORTIONS))
def test_a_kill_at_any_commit_beside_visma_business_changes_nothing(
    portion: int, new_place: NewPlace, tmp_path: Path
) -> None:
    """Before commits of odd number and after those of even number; what is killed may be the adapter, the mirror, the
    office or the ledger's own people."""
    expected, commits = undisturbed(new_place.kind)
    for kill_at in range(1 + portion, commits + 1, PORTIONS * STRIDE):
        where = new_place().name
        work = partial(work_beside, trial=tmp_path / str(kill_at))
        moment: Moment = "before" if kill_at % 2 else "after"
        assert run_once(where, kill_at=kill_at, moment=moment, work=work).was_killed
        assert run_once(where, work=work).exitcode == 0, f"the run after a kill {moment} commit {kill_at} failed"
        assert dumped(where) == expected, f"killed {moment} commit {kill_at}"
        new_place.close()
