"""The mirror makes a conforming ledger of one that remembers nothing, on both databases and in both set-ups."""

from __future__ import annotations

from pathlib import Path

import pytest

from kravbro.ports.conformance.checks import Outcome, conform
from kravbro.ports.conformance.ledger import CHECKS
from kravbro.ports.conformance.ledger.scene import LedgerCheck
from tests.mirror.acting import SmallWorld

LACKING = {"L35"}
"""What cannot be tried where vouchers are posted at once."""


def lacks(check: LedgerCheck, *, posts_at_once: bool) -> bool:
    """Whether the world says that it lacks something that the check needs."""
    needs = {ability.value for ability in check.needs}
    return posts_at_once and "drafted_vouchers" in needs


@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_it_conforms(check: LedgerCheck, tmp_path: Path) -> None:
    finding = conform(check, SmallWorld(tmp_path))
    expected = Outcome.LACKING if lacks(check, posts_at_once=True) else Outcome.KEPT
    assert (finding.outcome, finding.check) == (expected, str(check))


@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_it_conforms_on_postgresql_where_people_post_the_vouchers(check: LedgerCheck, tmp_path: Path) -> None:
    finding = conform(check, SmallWorld(tmp_path, posts_at_once=False, kind="postgresql"))
    expected = Outcome.LACKING if lacks(check, posts_at_once=False) else Outcome.KEPT
    assert (finding.outcome, finding.check) == (expected, str(check))
