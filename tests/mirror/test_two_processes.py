"""Two processes at the same mirror: what one of them says late is not what the ledger shows in the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from kravbro.db.places import place_at
from kravbro.mirror.ledger import MirroredLedger
from kravbro.mirror.source import Mark
from kravbro.ports.conformance.ledger.scene import LedgerScene
from tests.mirror.acting import ACT, SmallWorld
from tests.mirror.erp import SmallSource


class Slow(SmallSource):
    """An adapter that somebody else overtakes while it is about to mark."""

    overtaken_by: Callable[[], object] | None = None

    def mark(self, company: int, marks: Sequence[Mark]) -> None:
        if self.overtaken_by is not None:
            overtaken_by, self.overtaken_by = self.overtaken_by, None
            overtaken_by()
        super().mark(company, marks)


def test_an_older_answer_that_comes_late_does_not_stay_in_the_place_of_the_newer(tmp_path: Path) -> None:
    world = SmallWorld(tmp_path)
    scene = LedgerScene(world)
    (offer,) = scene.claims(100_00)
    refusal, acceptance = scene.refusal(offer), scene.acceptance(offer)
    source = Slow(world.erp)
    source.overtaken_by = lambda: scene.record(acceptance)
    slow = MirroredLedger(place_at(world.address).open("mirror"), source, ACT)

    slow.record_receipts(world.company, [refusal])

    with world.erp.work() as connection:
        mark = connection.execute("SELECT mark FROM item WHERE entry = ?", (offer.entry,)).fetchone()["mark"]
    assert mark == f"accepted {acceptance.case_number}"
    slow.close()
    scene.close()
    world.close()
