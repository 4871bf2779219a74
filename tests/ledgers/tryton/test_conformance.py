"""A living Tryton behind its mirror passes the conformance suite of the ledger port, wherever the mirror is."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from kravbro.ports.conformance.checks import Outcome, conform
from kravbro.ports.conformance.ledger import CHECKS
from kravbro.ports.conformance.ledger.scene import LedgerCheck
from tests.ledgers.tryton.acting import TrytonWorld
from tests.ledgers.tryton.living import shared_tryton


@cache
def world(kind: str, folder: Path) -> TrytonWorld:
    """One company for all checks of this process: what was there before does not matter to them."""
    return TrytonWorld(shared_tryton(), folder, kind)


LONG = {"full_pages_are_taken"}
"""2,500 vouchers are a minute of Tryton's work; `test_exactly_once.py` has a few that are more than one call takes."""


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize(
    "check", [pytest.param(one, marks=pytest.mark.soak if one.name in LONG else ()) for one in CHECKS], ids=str
)
def test_it_conforms(check: LedgerCheck, kind: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    played = world(kind, tmp_path_factory.getbasetemp() / f"tryton_{kind}")
    finding = conform(check, played)

    lacking = {ability for ability in check.needs if ability in played.lacks}
    assert finding.outcome is (Outcome.LACKING if lacking else Outcome.KEPT), finding.told
