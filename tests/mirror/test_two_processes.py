"""Two processes at the same mirror: what one of them says late is not what the ledger shows in the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from kravbro.db.places import place_at
from kravbro.mirror.ledger import MirroredLedger
from kravbro.mirror.source import Mark, Proposal
from kravbro.ports.conformance.ledger.scene import LedgerScene
from tests.mirror.acting import ACT, SmallWorld
from tests.mirror.erp import SmallSource


class Slow(SmallSource):
    """An adapter that somebody else overtakes when it has read the queue, or is about to mark."""

    overtaken_by: Callable[[], object] | None = None

    def proposals(self, company: int) -> list[Proposal]:
        found = super().proposals(company)
        self._let_pass()
        return found

    def mark(self, company: int, marks: Sequence[Mark]) -> None:
        self._let_pass()
        super().mark(company, marks)

    def _let_pass(self) -> None:
        if self.overtaken_by is not None:
            overtaken_by, self.overtaken_by = self.overtaken_by, None
            overtaken_by()


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


def test_what_is_refused_while_the_queue_is_read_is_not_offered_anew(tmp_path: Path) -> None:
    world = SmallWorld(tmp_path)
    scene = LedgerScene(world)
    (offer,) = scene.claims(100_00)
    source = Slow(world.erp)
    source.overtaken_by = lambda: scene.record(scene.refusal(offer))
    slow = MirroredLedger(place_at(world.address).open("mirror"), source, ACT)

    assert slow.ready_claims(world.company, 0, 10) == []
    assert slow.ready_claims(world.company, 0, 10) == []
    world.erp.propose(offer.entry)
    assert [one.number for one in slow.ready_claims(world.company, 0, 10)] == [offer.number + 1]
    slow.close()
    scene.close()
    world.close()


def test_what_another_offers_and_refuses_while_the_queue_is_read_is_not_offered_twice(tmp_path: Path) -> None:
    world = SmallWorld(tmp_path)
    scene = LedgerScene(world)
    other = MirroredLedger(place_at(world.address).open("mirror"), SmallSource(world.erp), ACT)
    invoice = world.invoice(100_00)
    world.erp.propose(invoice.entry)

    def offer_and_refuse() -> None:
        (offered,) = other.ready_claims(world.company, 0, 10)
        scene.record(scene.refusal(offered))

    source = Slow(world.erp)
    source.overtaken_by = offer_and_refuse
    slow = MirroredLedger(place_at(world.address).open("mirror"), source, ACT)

    assert slow.ready_claims(world.company, 0, 10) == []
    assert slow.ready_claims(world.company, 0, 10) == []
    world.erp.propose(invoice.entry)
    assert [one.entry for one in slow.ready_claims(world.company, 0, 10)] == [invoice.entry]
    slow.close()
    other.close()
    scene.close()
    world.close()


def test_a_claim_that_was_given_up_is_looked_at_again_when_its_invoice_is_back(tmp_path: Path) -> None:
    world = SmallWorld(tmp_path)
    scene = LedgerScene(world)
    (offer,) = scene.claims(100_00)
    scene.record(scene.acceptance(offer))
    ledger = MirroredLedger(place_at(world.address).open("mirror"), SmallSource(world.erp), ACT)
    world.erp.run("UPDATE item SET entry = -entry")
    assert ledger.compare(world.company) == 1
    assert [one.thing for one in ledger.audit(world.company)] == [f"mirror item {offer.entry}"]

    world.erp.run("UPDATE item SET entry = -entry")
    scene.pay(offer.entry, 40_00)
    assert ledger.compare(world.company) == 0

    assert [one.amount_ore for one in ledger.transactions(world.company, 0, 10)] == [-40_00]
    assert ledger.audit(world.company) == []
    ledger.close()
    scene.close()
    world.close()
