"""A ledger that is reached through the web service is one like any other: it passes the suite of the port.

Before the books it is the server that ships, over TLS, in one company that lives through all checks; before the small
ledger behind a mirror, and before Tryton, it is the tests' own service in this process.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from kravbro.ports.conformance.checks import Ability, Outcome, conform
from kravbro.ports.conformance.ledger import CHECKS
from kravbro.ports.conformance.ledger.scene import LedgerCheck
from tests.ledgers.tryton.test_conformance import world as tryton_world
from tests.ledgers.wsinkasso.acting import ThroughService, in_english, in_our_words, over_the_network
from tests.mirror.acting import SmallWorld
from tests.mirror.test_conformance import lacks
from tests.web.wsinkasso_api.served import PASSWORD, Municipality

UNDAMAGED = [check for check in CHECKS if Ability.DAMAGE not in check.needs]
"""What damages a ledger would stay in a company that goes on living."""
EVERY_THIRD = [
    pytest.param(check, marks=[pytest.mark.soak] if place % 3 else []) for place, check in enumerate(UNDAMAGED)
]


def served(folder: Path, kind: str) -> Iterator[ThroughService]:
    """The books behind the server that ships."""
    there = Municipality(folder, kind)
    settings = f'user = "kk2"\nca_file = "{there.authority.file}"\n'
    with there.served() as running:
        opened = partial(over_the_network, running.address, settings, PASSWORD)
        yield ThroughService(there.world, opened, kept=True)
    there.world.close()


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ThroughService]:
    yield from served(tmp_path_factory.mktemp("sqlite"), "sqlite")


@pytest.fixture(scope="module")
def on_postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ThroughService]:
    yield from served(tmp_path_factory.mktemp("postgresql"), "postgresql")


def found(check: LedgerCheck, world: Any) -> Outcome:
    """What a check finds; what it tells stands in the failure."""
    finding = conform(check, world)
    assert finding.outcome is not Outcome.BROKEN, finding.told
    return finding.outcome


@pytest.mark.parametrize("check", UNDAMAGED, ids=str)
def test_it_conforms_before_the_books(check: LedgerCheck, on_sqlite: ThroughService) -> None:
    assert found(check, on_sqlite) is (Outcome.LACKING if check.number == "L35" else Outcome.KEPT)


@pytest.mark.parametrize("check", EVERY_THIRD, ids=str)
def test_it_conforms_before_the_books_on_postgresql(check: LedgerCheck, on_postgresql: ThroughService) -> None:
    assert found(check, on_postgresql) is (Outcome.LACKING if check.number == "L35" else Outcome.KEPT)


@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_it_conforms_before_a_mirror_where_the_service_calls_everything_otherwise(
    check: LedgerCheck, tmp_path: Path
) -> None:
    small = SmallWorld(tmp_path, posts_at_once=False)
    world = ThroughService(small, partial(in_english, small.open, tmp_path))
    assert found(check, world) is (Outcome.LACKING if lacks(check, posts_at_once=False) else Outcome.KEPT)


@pytest.mark.soak
@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_it_conforms_before_a_living_tryton(check: LedgerCheck, tmp_path_factory: pytest.TempPathFactory) -> None:
    """As long as Tryton's own, which is minutes."""
    living = tryton_world("sqlite", tmp_path_factory.getbasetemp() / "tryton_behind_a_service")
    expected = Outcome.LACKING if set(check.needs) & living.lacks.keys() else Outcome.KEPT
    assert found(check, ThroughService(living, partial(in_our_words, living.open))) is expected
