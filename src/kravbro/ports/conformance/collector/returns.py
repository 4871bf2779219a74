"""Claims that their creditor wants back: taken once, no longer collected, and given back by a receipt."""

from __future__ import annotations

import msgspec

from kravbro.core.claims import GIVEN_BACK, Offer, Outcome
from kravbro.ports.conformance import expect
from kravbro.ports.conformance.collector.scene import CollectorScene, collector_check
from kravbro.ports.identity import Delivered

BOTH = ("accept_withdrawals", "recorded_withdrawals")
replace = msgspec.structs.replace


def _outcomes(scene: CollectorScene, offer: Offer) -> list[Outcome]:
    return [receipt.outcome for receipt in scene.receipts() if receipt.offer == offer.number]


@collector_check(34, *BOTH, "receipts")
def withdrawals_are_taken_once(scene: CollectorScene) -> None:
    """A withdrawal is taken once, kept as it came, and answered by one receipt that gives the claim back."""
    first, second = scene.accepted(), scene.accepted()
    one, two = scene.withdrawal(first), scene.withdrawal(second)
    take = scene.collector.accept_withdrawals
    expect.same(take(scene.company, [one, one]), Delivered(1, 1), "a withdrawal came twice in one batch")
    with scene.unchanged("it came again"):
        expect.same(take(scene.company, [one]), Delivered(0, 1), "it came again")
    expect.same(take(scene.company, [one, two]), Delivered(1, 1), "it came again, with another one")
    expect.same(scene.wanted_back(), [one, two], "the withdrawals that the collector holds were read")
    for offer in (first, second):
        outcomes = _outcomes(scene, offer)
        right = outcomes[0] is Outcome.ACCEPTED and len(outcomes) == 2 and outcomes[1] in GIVEN_BACK
        expect.true(right, "a claim without money on its way was withdrawn", "acceptance, then given back", outcomes)


@collector_check(35, *BOTH)
def changed_withdrawals_are_refused(scene: CollectorScene) -> None:
    """A withdrawal that is known and comes with other content, or of no claim, is a DataFault, and all is kept out."""
    claim, other, beside = scene.accepted(), scene.accepted(), scene.accepted()
    known, new = scene.withdrawal(claim), scene.withdrawal(beside)
    scene.collector.accept_withdrawals(scene.company, [known])
    nothing = scene.withdrawal(other)
    for wrong, what in (
        (replace(known, because="something else"), "a known withdrawal for another reason"),
        (replace(known, offer=other.number, entry=other.entry), "a known withdrawal of another claim"),
        (replace(nothing, offer=other.number + 1_000), "a withdrawal of an offer that never was"),
        (replace(nothing, entry=other.entry + 500_000), "a withdrawal with the entry of another claim"),
    ):
        scene.refuses("accept_withdrawals", [new, wrong], what)


@collector_check(36, "accept_withdrawals", "accept_transactions", "accept_claims", "claims")
def late_bookings_stay_with_the_old_claim(scene: CollectorScene) -> None:
    """What the ledger booked before it knew that a claim was given back moves that claim, though it has come again."""
    first = scene.accepted()
    scene.collector.accept_withdrawals(scene.company, [scene.withdrawal(first)])
    number, _ = scene.numbers()
    again = replace(first, number=number, parts=replace(first.parts, principal_ore=900_00))
    scene.accept(again)
    late = replace(scene.transaction(first, -100_00), offer=first.number)
    new = replace(scene.transaction(first, -50_00), offer=again.number)
    scene.book(late, new)
    moved = [[amount_ore for _, amount_ore in scene.moved(offer)] for offer in (first, again)]
    when = "a claim was given back and came again, and a booking of each time was told"
    expect.same(moved, [[-100_00], [-50_00]], f"{when}; the movements of the old claim and of the new")


CHECKS = (withdrawals_are_taken_once, changed_withdrawals_are_refused, late_bookings_stay_with_the_old_claim)
