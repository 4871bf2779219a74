"""What the ledger tells for the reconciliation: openings and movements, and what it finds wrong with itself."""

from __future__ import annotations

from kravbro.core.claims import Transaction
from kravbro.core.movements import ClaimMovements, Movement, booking_movement_id, voucher_movement_id
from kravbro.ports.conformance import expect
from kravbro.ports.conformance.checks import Ability
from kravbro.ports.conformance.ledger.scene import LedgerScene, ledger_check


def _told(transaction: Transaction) -> Movement:
    name = booking_movement_id(transaction.booking)
    return Movement(name, transaction.amount_ore, settled=True, number=transaction.number)


@ledger_check(38, "movements", "transactions", "post_vouchers")
def movements_are_whole(scene: LedgerScene) -> None:
    """A claim's movements are its transactions and the lines of our vouchers, one by one, each by the identity that
    both sides know.
    """
    offer = scene.accepted()
    scene.pay(offer.entry, 100_01)
    voucher = scene.voucher((offer, 20_02), (offer, 3_03))
    scene.deliver(voucher)
    scene.pay(offer.entry, 100_01)
    first, second = (_told(one) for one in scene.transactions())
    ours = [
        Movement(voucher_movement_id(voucher.key, line.line_no), line.amount_ore, settled=True)
        for line in voucher.lines
        if line.claim_entry == offer.entry
    ]
    (claim,) = scene.movements(offer)
    (receipt,) = scene.recorded()
    head = (claim.offer, claim.entry, claim.opening_ore, claim.case_number, claim.receipt)
    right = (offer.number, offer.entry, offer.parts.principal_ore, receipt.case_number, receipt.number)
    expect.same(head, right, "an accepted claim was read: offer, entry, opening, case number, receipt")
    by_id = sorted(claim.movements, key=lambda one: one.id)
    when = "two equal payments were booked, and between them our voucher with two lines on the claim"
    expect.same(by_id, sorted([first, second, *ours], key=lambda one: one.id), when)


@ledger_check(39, "movements")
def movements_of_what_was_asked(scene: LedgerScene) -> None:
    """Movements are answered of exactly the offers that were asked for, also of those whose receipt has not come."""
    first, waiting, third = scene.claims(100_00, 200_00, 300_00)
    scene.record(scene.acceptance(first))
    scene.pay(waiting.entry, 10_00)
    answered = scene.ledger.movements(scene.company, [waiting.number, third.number + 1_000])
    expect.same(
        [claim.offer for claim in answered], [waiting.number], "one of three offers was asked for, and one of none"
    )
    (claim,) = answered
    (movement,) = claim.movements or (Movement("nothing", 0, settled=False),)
    head = ClaimMovements(claim.offer, claim.entry, claim.opening_ore, claim.case_number, claim.receipt, ())
    expect.same(head, ClaimMovements(waiting.number, waiting.entry, 200_00, "", 0, ()), "an offer without answer")
    expect.same(
        (movement.id.partition(":")[0], movement.amount_ore, movement.settled, movement.number),
        ("booking", -10_00, False, 0),
        "10,00 was paid on an offer without answer: the kind of its movement, øre, settled, number",
    )


@ledger_check(40, "audit")
def honest_work_is_clean(scene: LedgerScene) -> None:
    """The ledger checks itself, and finds nothing wrong with a day's honest work."""
    expect.same(scene.ledger.audit(scene.company), [], "the company was audited before anything was done")
    first, second, third = scene.claims(100_00, 200_00, 300_00)
    scene.record(scene.acceptance(first), scene.refusal(second))
    scene.pay(first.entry, 10_00)
    scene.pay(third.entry, 20_00)
    scene.deliver(scene.voucher((first, 30_00)))
    scene.ledger.publish_statuses(scene.company, [scene.status(first, 1)])
    expect.same(scene.ledger.audit(scene.company), [], "claims were offered, answered and paid, and then audited")


@ledger_check(41, "audit", needs=[Ability.DAMAGE])
def damage_is_found(scene: LedgerScene) -> None:
    """The ledger finds what was altered behind its back."""
    offer = scene.accepted()
    scene.pay(offer.entry, 10_00)
    scene.world.damage()
    found = scene.ledger.audit(scene.company)
    expect.true(bool(found), "an amount was altered past the program", "a discrepancy", found)


CHECKS = (movements_are_whole, movements_of_what_was_asked, honest_work_is_clean, damage_is_found)
