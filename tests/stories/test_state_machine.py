"""Random stories with faults on both databases: see `state_machine`."""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from kravbro.bridge.streams import ALL
from tests.places import KINDS, Kind, Where, new_template
from tests.postgresql import shared_server
from tests.stories.bridge_stories import BridgeStories
from tests.stories.busy_world import BusyWorld
from tests.stories.ledger_stories import LedgerStories
from tests.stories.office_stories import OfficeStories
from tests.stories.sites import copy_of
from tests.stories.worlds import TYPES, prepared


class Stories(LedgerStories, OfficeStories, BridgeStories):
    """Everything that can happen."""


class OnSqlite(Stories):
    """On one file per owner."""

    def new_site(self) -> Where:
        return copy_of(begun("sqlite"), Path(tempfile.mkdtemp()) / "site")

    def remove(self, where: Where) -> None:
        shutil.rmtree(Path(where).parent)


class OnPostgresql(Stories):
    """On one schema per owner."""

    def new_site(self) -> Where:
        return copy_of(begun("postgresql"), shared_server().new_address())

    def remove(self, where: Where) -> None:
        shared_server().drop(str(where))


MACHINES = {"sqlite": OnSqlite, "postgresql": OnPostgresql}


@cache
def begun(kind: Kind) -> Where:
    """Two claims of each company at the collector, and the first company's account serves both."""
    where = copy_of(prepared(kind), new_template(kind))
    world = BusyWorld(where)
    world.serve_across()
    for company in TYPES:
        for customer in (1, 2):
            world.invoice(company, f"{company}0000{customer}", customer, 800_00)
        world.propose(company, "first")
        for stream in ALL:
            world.carry(stream, company)
    world.close()
    return where


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


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_many_long_stories_with_faults(kind: Kind) -> None:
    tell(kind, examples=150, steps=50)
    assert MACHINES[kind].happened
