"""Random stories with faults on both databases: see `state_machine`."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from kravbro.bootstrap.adoption import adopt, look
from kravbro.bridge.streams import ALL
from kravbro.db.place import Place
from kravbro.db.places import place_at
from tests.places import KINDS
from tests.stories.bridge_stories import BridgeStories
from tests.stories.busy_world import BusyWorld
from tests.stories.ledger_stories import LedgerStories
from tests.stories.office_stories import OfficeStories
from tests.stories.worlds import ACT, TYPES, prepared
from tests.templates import copy_of, remove


class Stories(LedgerStories, OfficeStories, BridgeStories):
    """Everything that can happen."""


class OnSqlite(Stories):
    """On one file per owner."""

    def new_site(self) -> str:
        return taken(copy_of(begun, "sqlite", Path(tempfile.mkdtemp())))

    def remove(self, address: str) -> None:
        remove(address)
        shutil.rmtree(address)


class OnPostgresql(Stories):
    """On one schema per owner."""

    def new_site(self) -> str:
        return taken(copy_of(begun, "postgresql", Path()))

    def remove(self, address: str) -> None:
        remove(address)


MACHINES = {"sqlite": OnSqlite, "postgresql": OnPostgresql}


def begun(place: Place) -> None:
    """Two claims of each company at the collector, and the first company's account serves both."""
    world = BusyWorld(prepared(place.name))
    world.serve_across()
    for company in TYPES:
        for customer in (1, 2):
            world.invoice(company, f"{company}0000{customer}", customer, 800_00)
        world.propose(company, "first")
        for stream in ALL:
            world.carry(stream, company)


def taken(address: str) -> str:
    """The copy of an installation, taken as one of its own."""
    place = place_at(address)
    adopt(place, look(place, ACT), "a copy for a test", ACT)
    return address


def tell(kind: str, examples: int, steps: int) -> None:
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
def test_stories_with_faults(kind: str, examples: int) -> None:
    tell(kind, examples, steps=15)


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_many_long_stories_with_faults(kind: str) -> None:
    tell(kind, examples=150, steps=50)
    assert MACHINES[kind].happened
