"""The suite is tested by collectors that are broken: each is named by the checks that are meant for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kravbro.ports.conformance.broken.collector import FAULTS
from kravbro.ports.conformance.broken.passing import PassingCollector, with_broken_collector
from kravbro.ports.conformance.checks import Nonconformity, Outcome, conform
from kravbro.ports.conformance.collector import CHECKS
from kravbro.ports.conformance.collector.scene import CollectorCheck
from tests.collectors.office.acting import OfficeWorld

BY_NUMBER = {check.number: check for check in CHECKS}
RAISING = {"ChokesOnNothing", "DebtorsNeverMove"}
MEANT = [(fault, BY_NUMBER[number]) for fault in FAULTS for number in fault.caught_by]


@pytest.mark.parametrize(("fault", "check"), MEANT, ids=lambda one: getattr(one, "__name__", str(one)))
def test_the_check_meant_for_it_names_the_fault(
    fault: type[PassingCollector], check: CollectorCheck, tmp_path: Path
) -> None:
    world = with_broken_collector(OfficeWorld(tmp_path), fault, tmp_path)

    with pytest.raises(Nonconformity, match=f"{check.number} .*") as broken:
        conform(check, world)
    assert (broken.value.__cause__ is not None) == (fault.__name__ in RAISING), "by the check, not by an accident"


@pytest.mark.soak
@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_a_wrapper_without_a_fault_is_named_by_none(check: CollectorCheck, tmp_path: Path) -> None:
    world = with_broken_collector(OfficeWorld(tmp_path), PassingCollector, tmp_path)

    assert conform(check, world).outcome is Outcome.KEPT


def test_every_check_has_a_fault_that_it_is_there_for() -> None:
    assert {number for fault in FAULTS for number in fault.caught_by} == set(BY_NUMBER)


def broken_in(check: CollectorCheck, fault: type[PassingCollector], folder: Path) -> bool:
    folder.mkdir()
    try:
        finding = conform(check, with_broken_collector(OfficeWorld(folder), fault, folder))
    except Nonconformity:
        return True
    assert finding.outcome is Outcome.KEPT
    return False


@pytest.mark.soak
@pytest.mark.parametrize("fault", FAULTS, ids=lambda one: one.__name__)
def test_the_whole_matrix(fault: type[PassingCollector], tmp_path: Path) -> None:
    """Every check against every fault: those meant for it name it, whatever the others say."""
    named = {check.number for check in CHECKS if broken_in(check, fault, tmp_path / check.number)}

    assert set(fault.caught_by) <= named
