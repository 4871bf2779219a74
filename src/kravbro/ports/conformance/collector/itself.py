"""What the collector says of its claims and of itself: statuses, openings, and what it finds wrong."""

from __future__ import annotations

from itertools import pairwise

from kravbro.core.claims import ClaimState, Outcome
from kravbro.core.vouchers import Fate
from kravbro.ports.conformance import expect
from kravbro.ports.conformance.checks import Ability
from kravbro.ports.conformance.collector.scene import CollectorScene, collector_check


@collector_check(24, "statuses")
def versions_rise(scene: CollectorScene) -> None:
    """Each status of a claim has a higher version than the one before, and the claim's case number."""
    claim, other = scene.accepted(), scene.accepted()
    case_numbers = {receipt.entry: receipt.case_number for receipt in scene.receipts()}
    scene.book(scene.transaction(claim, -1_000_00))
    scene.book(scene.transaction(claim, 300_00))
    scene.paid(claim, 300_00)
    for offer in (claim, other):
        told = [status for status in scene.statuses() if status.entry == offer.entry]
        versions = [status.version for status in told]
        rises = bool(versions) and all(earlier < later for earlier, later in pairwise(versions))
        expect.true(rises, "a claim was accepted, paid, owed again and paid", "rising versions", versions)
        expect.same({status.case_number for status in told}, {case_numbers[offer.entry]}, "case numbers in statuses")
    states = [status.state for status in scene.statuses() if status.entry == claim.entry]
    expect.same((states[0], states[-1]), (ClaimState.REGISTERED, ClaimState.PAID), "the first and the last state")


@collector_check(25, "claims", "receipts")
def openings_are_what_was_offered(scene: CollectorScene) -> None:
    """A claim opens with the principal that its offer froze, whatever comes later, and names its receipt."""
    offers = [scene.accepted(amount_ore) for amount_ore in (1_000_01, 2_000_02)]
    scene.book(scene.transaction(offers[0], -400_00))
    scene.paid(offers[1], 100_00)
    receipts = {receipt.offer: receipt for receipt in scene.receipts() if receipt.outcome is Outcome.ACCEPTED}
    told = [(one.offer, one.entry, one.opening_ore, one.case_number, one.receipt) for one in scene.claims()]
    right = [
        (one.number, one.entry, one.parts.principal_ore, receipts[one.number].case_number, receipts[one.number].number)
        for one in offers
    ]
    expect.same(told, right, "two claims were accepted and paid in part: offer, entry, opening, case number, receipt")


@collector_check(26, "audit")
def honest_work_is_clean(scene: CollectorScene) -> None:
    """The collector checks itself, and finds nothing wrong with a day's honest work."""
    expect.same(scene.collector.audit(scene.company), [], "the company was audited before anything was done")
    claim, other = scene.accepted(), scene.accepted()
    scene.book(scene.transaction(claim, -10_00), scene.transaction(other, -20_00))
    voucher = scene.paid(claim, 400_00)
    scene.collector.accept_voucher_receipts(scene.company, [scene.fate(voucher, Fate.POSTED)])
    expect.same(scene.collector.audit(scene.company), [], "claims were accepted and paid, and then audited")


@collector_check(27, "audit", needs=[Ability.DAMAGE])
def damage_is_found(scene: CollectorScene) -> None:
    """The collector finds what was altered behind its back."""
    claim = scene.accepted()
    scene.book(scene.transaction(claim, -10_00))
    scene.world.damage()
    found = scene.collector.audit(scene.company)
    expect.true(bool(found), "an amount was altered past the program", "a discrepancy", found)


CHECKS = (versions_rise, openings_are_what_was_offered, honest_work_is_clean, damage_is_found)
