"""A ledger that is reached through the web service is one like any other: it passes the suite of the port.

The books and the small ledger behind a mirror pass it by themselves; here they stand behind a service, and all that is
said and told goes through messages. The server that ships is tried beside them (`test_served.py`).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from kravbro.ports.conformance.checks import Outcome, conform
from kravbro.ports.conformance.ledger import CHECKS
from kravbro.ports.conformance.ledger.scene import LedgerCheck
from tests.ledgers.embedded.acting import EmbeddedWorld
from tests.ledgers.wsinkasso.acting import ThroughService
from tests.mirror.acting import SmallWorld
from tests.mirror.test_conformance import lacks


@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_it_conforms_before_the_books(check: LedgerCheck, tmp_path: Path) -> None:
    finding = conform(check, ThroughService(EmbeddedWorld(tmp_path, posts_at_once=False)))
    assert (finding.outcome, finding.told) == (Outcome.KEPT, "")


@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_it_conforms_before_a_mirror_where_the_service_calls_everything_otherwise(
    check: LedgerCheck, tmp_path: Path
) -> None:
    finding = conform(check, ThroughService(SmallWorld(tmp_path, posts_at_once=False), tmp_path))
    expected = Outcome.LACKING if lacks(check, posts_at_once=False) else Outcome.KEPT
    assert (finding.outcome, finding.check) == (expected, str(check)), finding.told
