"""The suite is tested by ledgers that are broken: each is named by the checks that are meant for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from examples.ledger_in_a_day.testing import KassabokaWorld
from kravbro.ports.conformance.broken.ledger import FAULTS
from kravbro.ports.conformance.broken.passing import PassingLedger, with_broken_ledger
from kravbro.ports.conformance.checks import Check, Finding, Nonconformity, Outcome, conform
from kravbro.ports.conformance.ledger import CHECKS
from kravbro.ports.conformance.ledger.world import LedgerWorld
from tests.ledgers.embedded.acting import EmbeddedWorld

BY_NUMBER = {check.number: check for check in CHECKS}
RAISING = {"ChokesOnNothing"}
MEANT = [(fault, BY_NUMBER[number]) for fault in FAULTS for number in fault.caught_by]
BEYOND_KASSABOKA = {"L04", "L35", "L51", "L52", "L53"}
"""Two companies, delivered vouchers, withdrawals and conversion: for these the right ledger is the embedded one."""


def right_world(check: Check[LedgerWorld], folder: Path) -> LedgerWorld:
    return EmbeddedWorld(folder, posts_at_once=False) if check.number in BEYOND_KASSABOKA else KassabokaWorld(folder)


@pytest.mark.parametrize(("fault", "check"), MEANT, ids=lambda one: getattr(one, "__name__", str(one)))
def test_the_check_meant_for_it_names_the_fault(
    fault: type[PassingLedger], check: Check[LedgerWorld], tmp_path: Path
) -> None:
    world = with_broken_ledger(right_world(check, tmp_path), fault, tmp_path)

    with pytest.raises(Nonconformity, match=f"{check.number} .*") as broken:
        conform(check, world)
    assert (broken.value.__cause__ is not None) == (fault.__name__ in RAISING), "by the check, not by an accident"


@pytest.mark.soak
@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_a_wrapper_without_a_fault_is_named_by_none(check: Check[LedgerWorld], tmp_path: Path) -> None:
    world = with_broken_ledger(right_world(check, tmp_path), PassingLedger, tmp_path)

    assert conform(check, world).outcome is Outcome.KEPT


def test_every_check_has_a_fault_that_it_is_there_for() -> None:
    assert {number for fault in FAULTS for number in fault.caught_by} == set(BY_NUMBER)


def broken_in(check: Check[LedgerWorld], fault: type[PassingLedger], folder: Path) -> bool:
    folder.mkdir()
    try:
        finding: Finding = conform(check, with_broken_ledger(right_world(check, folder), fault, folder))
    except Nonconformity:
        return True
    assert finding.outcome is Outcome.KEPT
    return False


@pytest.mark.soak
@pytest.mark.parametrize("fault", FAULTS, ids=lambda one: one.__name__)
def test_the_whole_matrix(fault: type[PassingLedger], tmp_path: Path) -> None:
    """Every check against every fault: those meant for it name it, whatever the others say."""
    named = {check.number for check in CHECKS if broken_in(check, fault, tmp_path / check.number)}

    assert set(fault.caught_by) <= named
