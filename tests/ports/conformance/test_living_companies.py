"""The suite in a company that has lived: every check in one and the same place, one after the other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from examples.ledger_in_a_day.testing import KassabokaWorld
from kravbro.ports.conformance import collector, ledger
from kravbro.ports.conformance.checks import Ability, Check, Outcome, examine
from tests.collectors.office.acting import OfficeWorld
from tests.ledgers.embedded.acting import EmbeddedWorld


class Living:
    """A world that is the same for every check."""

    def __init__(self, world: Any) -> None:
        self._world = world

    def __call__(self) -> Any:
        return self

    def close(self) -> None:
        """Go on: the next check comes into the same company."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._world, name)


def broken_in(world: Any, checks: tuple[Check[Any], ...]) -> list[str]:
    """What is found to be broken, but for damage, which stays, and what is about many rows or many processes."""
    tried = [check for check in checks if Ability.DAMAGE not in check.needs and _is_small(check)]
    found = [finding for finding in examine(tried, Living(world)) if finding.outcome is Outcome.BROKEN]
    world.close()
    return [finding.told for finding in found]


def _is_small(check: Check[Any]) -> bool:
    return not any(word in check.name for word in ("killed", "at_once", "full_pages"))


def test_a_ledger_that_has_lived(tmp_path: Path) -> None:
    assert broken_in(KassabokaWorld(tmp_path), ledger.CHECKS) == []


@pytest.mark.soak
def test_our_ledger_that_has_lived(tmp_path: Path) -> None:
    assert broken_in(EmbeddedWorld(tmp_path, posts_at_once=False), ledger.CHECKS) == []


def test_an_office_that_has_lived(tmp_path: Path) -> None:
    assert broken_in(OfficeWorld(tmp_path), collector.CHECKS) == []
