"""A mark that a person takes off is a wish to have the claim back; one that the ledger took off is none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kravbro.core.claims import TransactionKind
from kravbro.ports.conformance.ledger.scene import LedgerScene
from tests.mirror.acting import SmallWorld
from tests.mirror.erp import TODAY


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[LedgerScene]:
    """A small ledger with its mirror."""
    made = LedgerScene(SmallWorld(tmp_path))
    yield made
    made.close()
    made.world.close()


def wished(scene: LedgerScene) -> list[int]:
    """The entries that are wanted back."""
    return [one.entry for one in scene.withdrawals()]


def without_mark(scene: LedgerScene) -> None:
    """Somebody, or the ledger itself, takes the marks off."""
    assert isinstance(scene.world, SmallWorld)
    scene.world.erp.run("UPDATE item SET mark = 'wanted'")


@pytest.mark.parametrize("paid_ore", [0, 400_00])
def test_a_mark_that_was_taken_off_what_is_owed_is_a_wish(paid_ore: int, scene: LedgerScene) -> None:
    offer = scene.accepted(1_000_00)
    if paid_ore:
        scene.pay(offer.entry, paid_ore)
        scene.transactions()
    without_mark(scene)
    assert wished(scene) == [offer.entry]


def test_a_mark_that_is_gone_since_nothing_was_owed_is_none_when_the_money_bounces(scene: LedgerScene) -> None:
    offer = scene.accepted(1_000_00)
    scene.pay(offer.entry, 1_000_00)
    assert [one.amount_ore for one in scene.transactions()] == [-1_000_00]
    without_mark(scene)
    scene.book(TransactionKind.REVERSAL, offer.entry, 1_000_00, TODAY)
    assert [one.amount_ore for one in scene.transactions()] == [-1_000_00, 1_000_00]
    assert wished(scene) == []
