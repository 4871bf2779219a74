"""Starts, ends, large pages, two at once, and kills: whatever happens, each thing happens once."""

from __future__ import annotations

from typing import Any

from kravbro.core.movements import booking_movement_id
from kravbro.core.vouchers import Fate
from kravbro.ports.conformance import expect, streams
from kravbro.ports.conformance.collector.scene import CollectorScene, collector_check
from kravbro.ports.conformance.processes import Call, at_once, killed_and_repeated
from kravbro.ports.identity import Delivered

PAGE = 2_500
"""What the bridge delivers at a time."""
RECEIVERS = ("accept_claims", "accept_transactions", "accept_voucher_receipts")


@collector_check(28, *RECEIVERS)
def a_new_start_changes_nothing(scene: CollectorScene) -> None:
    """What is told does not depend on who asks or when the program was started: everything that counts is kept."""
    claim = scene.accepted()
    booked = scene.transaction(claim, -10_00)
    scene.book(booked)
    fate = scene.fate(scene.paid(claim, 20_00), Fate.POSTED)
    scene.collector.accept_voucher_receipts(scene.company, [fate])
    before, again = scene.told(), scene.open()
    for name, answer in scene.told(again).items():
        expect.same(answer, before[name], f"{name} was read by an adapter that was opened anew")
    delivered = (
        again.accept_claims(scene.company, [claim]),
        again.accept_transactions(scene.company, [booked]),
        again.accept_voucher_receipts(scene.company, [fate]),
    )
    expect.same(delivered, (Delivered(0, 1),) * 3, "an offer, a booking and a fate came again after another start")
    for name, answer in scene.told().items():
        expect.same(answer, before[name], f"everything was delivered again after another start, and {name} read")


@collector_check(29, *RECEIVERS)
def nothing_is_taken_as_nothing(scene: CollectorScene) -> None:
    """An empty batch is taken, and changes nothing."""
    scene.accepted()
    with scene.unchanged("three empty batches came"):
        answers = [getattr(scene.collector, receiver)(scene.company, []) for receiver in RECEIVERS]
        expect.same(answers, [Delivered(0, 0)] * 3, "three empty batches came")


@collector_check(30, "accept_claims", "accept_transactions", "receipts", "claims")
def full_pages_are_taken(scene: CollectorScene) -> None:
    """A page of 2,500 rows is taken whole: nothing is cut off."""
    offers = [scene.offer() for _ in range(PAGE)]
    scene.accept(*offers)
    expect.same(len(scene.receipts()), PAGE, f"{PAGE} offers came in one batch; receipts")
    booked = [scene.transaction(offer, -1_01) for offer in offers]
    scene.book(*booked)
    moved = {movement.id for claim in scene.claims() for movement in claim.movements}
    missing = [one.booking for one in booked if booking_movement_id(one.booking) not in moved]
    expect.same(missing, [], f"{PAGE} bookings came in one batch; those that no claim has moved by")


@collector_check(31, "accept_claims", "accept_transactions", "receipts", "statuses")
def two_at_once(scene: CollectorScene) -> None:
    """Two programs may deliver the same at the same time: each thing happens once, and a reader misses nothing."""
    offers = [scene.offer() for _ in range(6)]
    reader = streams.Reader({name: scene.streams()[name] for name in ("receipts", "statuses")})
    open_, company = scene.world.open, scene.company
    at_once([Call(open_, "accept_claims", company, offers) for _ in range(2)], reader.read)
    when = "two programs delivered the same offers"
    right = [offer.number for offer in offers]
    expect.same([receipt.offer for receipt in scene.receipts()], right, f"{when}; offers with a receipt")
    expect.same([claim.offer for claim in scene.claims()], right, f"{when}; offers with a claim")
    booked = [scene.transaction(offer, -1_00) for offer in offers]
    at_once([Call(open_, "accept_transactions", company, booked) for _ in range(2)], reader.read)
    moved = [movement.id for claim in scene.claims() for movement in claim.movements]
    bookings = [booking_movement_id(one.booking) for one in booked]
    expect.same(sorted(moved), sorted(bookings), "two programs delivered the same bookings; movements")
    reader.missed_nothing()


@collector_check(32, "accept_claims", "receipts", "claims", "statuses")
def killed_while_accepting(scene: CollectorScene) -> None:
    """Killed anywhere while claims are accepted, and repeated: each becomes one claim with one receipt."""
    when = "the program was killed while it accepted claims"

    def batch() -> list[Any]:
        return [scene.offer() for _ in range(2)]

    offers = killed_and_repeated(scene.world.open, "accept_claims", scene.company, batch, when)
    right = [offer.number for offer in offers]
    expect.same(sorted(receipt.offer for receipt in scene.receipts()), right, f"{when}; offers with a receipt")
    expect.same([claim.offer for claim in scene.claims()], right, f"{when}; offers with a claim")
    entries = sorted(status.entry for status in scene.statuses())
    expect.same(entries, sorted(offer.entry for offer in offers), f"{when}; entries with a first status")
    expect.same(scene.collector.audit(scene.company), [], f"{when}, and audited after it was repeated")


@collector_check(33, "accept_transactions", "claims")
def killed_while_booking(scene: CollectorScene) -> None:
    """Killed anywhere while the ledger's bookings are applied, and repeated: each is applied once."""
    claim = scene.accepted()
    when = "the program was killed while it applied bookings"

    def batch() -> list[Any]:
        return [scene.transaction(claim, -1_01) for _ in range(3)]

    booked = killed_and_repeated(scene.world.open, "accept_transactions", scene.company, batch, when)
    right = [(booking_movement_id(one.booking), one.amount_ore) for one in booked]
    expect.same(sorted(scene.moved(claim)), sorted(right), f"{when}, and repeated; movements of the claim")
    expect.same(scene.collector.audit(scene.company), [], f"{when}, and audited after it was repeated")


CHECKS = (
    a_new_start_changes_nothing,
    nothing_is_taken_as_nothing,
    full_pages_are_taken,
    two_at_once,
    killed_while_accepting,
    killed_while_booking,
)
