"""A ledger that is reached through the web service is one like any other: it passes the suite of the port."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kravbro.ports.conformance.checks import Outcome, conform
from kravbro.ports.conformance.ledger import CHECKS
from kravbro.ports.conformance.ledger.scene import LedgerCheck
from tests.ledgers.embedded.acting import EmbeddedWorld
from tests.ledgers.wsinkasso.acting import ThroughService


@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_it_conforms_before_the_books(check: LedgerCheck, tmp_path: Path) -> None:
    finding = conform(check, ThroughService(EmbeddedWorld(tmp_path, posts_at_once=False)))
    assert (finding.outcome, finding.told) == (Outcome.KEPT, "")
