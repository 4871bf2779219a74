"""Random stories with faults on both databases: see `state_machine`."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.places import KINDS, Kind
from tests.stories import dense_stories
from tests.stories.bridge_stories import BridgeStories
from tests.stories.ledger_stories import LedgerStories
from tests.stories.office_stories import OfficeStories


class Stories(LedgerStories, OfficeStories, BridgeStories):
    """Everything that can happen."""


class OnSqlite(Stories):
    """On one file per owner."""

    kind = "sqlite"


class OnPostgresql(Stories):
    """On one schema per owner."""

    kind = "postgresql"


MACHINES = {"sqlite": OnSqlite, "postgresql": OnPostgresql}


def tell(kind: Kind, examples: int, steps: int) -> None:
    run_state_machine_as_test(
        MACHINES[kind],
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            phases=(Phase.explicit, Phase.reuse, Phase.generate),
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize(("kind", "examples"), [("sqlite", 5), ("postgresql", 2)])
def test_stories_with_faults(kind: Kind, examples: int) -> None:
    tell(kind, examples, steps=15)


def test_dense_stories_know_every_rule() -> None:
    rules = {rule.function.__name__ for rule in OnSqlite().rules}
    assert {*dense_stories.ACTS, *dense_stories.RESTORES} == rules


@pytest.mark.soak
@pytest.mark.parametrize("restores", [False, True])
@pytest.mark.parametrize("seed", range(50))
@pytest.mark.parametrize("kind", KINDS)
def test_dense_stories_with_faults(kind: Kind, seed: int, restores: bool) -> None:
    dense_stories.tell(MACHINES[kind], seed, 60, restores=restores)
