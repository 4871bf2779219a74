"""The office passes the conformance suite of its port on both databases, and lacks nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from kravbro.ports.conformance.checks import Finding, Outcome, conform
from kravbro.ports.conformance.collector import CHECKS
from kravbro.ports.conformance.collector.scene import CollectorCheck
from tests.collectors.office.acting import OfficeWorld
from tests.places import KINDS


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_it_conforms(check: CollectorCheck, kind: str, tmp_path: Path) -> None:
    assert conform(check, OfficeWorld(tmp_path, kind=kind)) == Finding(str(check), check.rule, Outcome.KEPT)
