"""Claims that come back: how the ledger asks for one, what it makes of one that is given back, and what follows."""

from __future__ import annotations

import msgspec

from kravbro.core.claims import Offer, Outcome, Reason, Receipt
from kravbro.ports.conformance import expect
from kravbro.ports.conformance.checks import Ability
from kravbro.ports.conformance.ledger.scene import LedgerScene, ledger_check
from kravbro.ports.identity import Delivered

BOTH = ("record_receipts", "recorded_receipts")


def _returned(scene: LedgerScene, offer: Offer, outcome: Outcome = Outcome.RETURNED) -> Receipt:
    """A new receipt that gives the claim of an accepted offer back."""
    accepted = scene.acceptance(offer)
    reasons = (Reason("return.uncollectable", "nothing to be had"),)
    return msgspec.structs.replace(accepted, outcome=outcome, reasons=reasons)


@ledger_check(48, *BOTH)
def giving_back_replaces_acceptance(scene: LedgerScene) -> None:
    """A receipt that gives a claim back replaces acceptance and refusal of the same offer, never the reverse."""
    first, second = scene.claims(100_00, 200_00)
    accepted, refused, late = scene.acceptance(first), scene.refusal(first), scene.acceptance(second)
    returned, withdrawn = _returned(scene, first), _returned(scene, second, Outcome.WITHDRAWN)
    record = scene.ledger.record_receipts
    scene.record(accepted)
    expect.same(record(scene.company, [returned]), Delivered(1, 0), "an accepted claim was given back")
    expect.same(record(scene.company, [withdrawn]), Delivered(1, 0), "a claim was given back before it was accepted")
    with scene.unchanged("older receipts came after both were given back"):
        for old in ([accepted], [refused], [late], [returned, withdrawn]):
            expect.same(record(scene.company, old), Delivered(0, len(old)), "older receipts came, or the same again")
    expect.same(scene.recorded(), [returned, withdrawn], "the receipts of two claims that were given back were read")
    changed = msgspec.structs.replace(returned, reasons=(Reason("return.other"),))
    scene.refuses("record_receipts", [scene.acceptance(scene.claim()), changed], "another return of the same claim")


@ledger_check(49, *BOTH, "transactions", "movements")
def what_is_booked_afterwards_is_nobodys(scene: LedgerScene) -> None:
    """What is booked before a claim is given back belongs to it; what is booked afterwards belongs to no case."""
    offer = scene.accepted()
    scene.pay(offer.entry, 10_00)
    scene.record(_returned(scene, offer))
    scene.pay(offer.entry, 20_00)
    told = [(one.entry, one.amount_ore) for one in scene.transactions()]
    expect.same(told, [(offer.entry, -10_00)], "a payment was booked before the claim was given back, and one after")
    (claim,) = scene.movements(offer)
    moved = [one.amount_ore for one in claim.movements]
    expect.same(moved, [-10_00], "the movements of the claim that was given back were read")


@ledger_check(50, *BOTH, "ready_claims", "transactions", "movements")
def what_came_back_can_be_offered_again(scene: LedgerScene) -> None:
    """A claim that was given back is offered again as a new offer: it opens with what remains, and starts anew."""
    invoice = scene.world.invoice(1_000_00)
    (first,) = scene.offered(invoice)
    scene.record(scene.acceptance(first))
    scene.pay(invoice.entry, 100_00)
    scene.record(_returned(scene, first))
    scene.pay(invoice.entry, 200_00)
    (again,) = scene.offered(invoice)
    when = "a claim came back with 700,00 left and was proposed again"
    expect.true(again.number > first.number, when, "a new offer", again.number)
    expect.same(again.parts.principal_ore, 700_00, f"{when}; its principal")
    expect.same(again.facts.already_sent, False, f"{when}; whether it is said to be sent already")
    scene.record(scene.acceptance(again))
    scene.pay(invoice.entry, 50_00)
    told = [(one.amount_ore, one.offer) for one in scene.transactions()]
    offers = (0, again.number)
    expect.true(told[-1][0] == -50_00 and told[-1][1] in offers, when, "the payment after that, of the new offer", told)
    expect.true(told[0][1] in (0, first.number), when, "the payment before that, of the first offer", told)
    expect.same([amount_ore for amount_ore, _ in told], [-100_00, -50_00], f"{when}; what was told of it in all")
    old, new = scene.movements(first, again)
    both = [[one.amount_ore for one in claim.movements] for claim in (old, new)]
    expect.same(both, [[-100_00], [-50_00]], f"{when}; the movements of both offers")


@ledger_check(51, "withdrawals", "identify", needs=[Ability.WITHDRAWING])
def withdrawals_are_told_once(scene: LedgerScene) -> None:
    """A claim that its creditor wants back is told once, by number, with the offer that was accepted."""
    first, second = scene.claims(100_00, 200_00)
    scene.record(scene.acceptance(first), scene.acceptance(second))
    for offer in (second, first, second):
        scene.world.withdraw(offer.entry)
    told = scene.withdrawals()
    right = [(second.number, second.entry), (first.number, first.entry)]
    expect.same([(one.offer, one.entry) for one in told], right, "two claims were withdrawn, one of them twice")
    expect.same(scene.withdrawals(), told, "the withdrawals were read again")
    start = scene.start["withdrawals"]
    expect.same([one.number for one in told], [start + 1, start + 2], "the numbers of two withdrawals were read")
    expect.same(scene.ledger.withdrawals(scene.company, start, 1), told[:1], "they were read with limit 1")
    head = scene.ledger.identify().head(scene.company, "withdrawals")
    expect.same(head, told[-1].number, "the head of withdrawals was read")


CHECKS = (
    giving_back_replaces_acceptance,
    what_is_booked_afterwards_is_nobodys,
    what_came_back_can_be_offered_again,
    withdrawals_are_told_once,
)
