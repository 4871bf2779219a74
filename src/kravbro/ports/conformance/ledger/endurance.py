"""Starts, ends, large pages, two at once, and kills: whatever happens, each thing happens once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kravbro.core.claims import Offer
from kravbro.core.vouchers import Fate
from kravbro.ports.conformance import expect, streams
from kravbro.ports.conformance.ledger.scene import LedgerCheck, LedgerScene, ledger_check
from kravbro.ports.conformance.processes import Call, at_once, killed_and_repeated
from kravbro.ports.identity import Delivered

PAGE = 2_500
"""What the bridge delivers at a time."""


@ledger_check(42, "identify", "ready_claims", "record_receipts", "post_vouchers", "publish_statuses")
def a_new_start_changes_nothing(scene: LedgerScene) -> None:
    """What is told does not depend on who asks or when the program was started: everything that counts is kept."""
    first, second, _ = scene.claims(100_00, 200_00, 300_00)
    receipts = [scene.acceptance(first), scene.refusal(second)]
    scene.record(*receipts)
    scene.pay(first.entry, 10_00)
    voucher, status = scene.voucher((first, 5_00)), scene.status(first, 1)
    scene.deliver(voucher)
    scene.ledger.publish_statuses(scene.company, [status])
    before, again = scene.told(), scene.open()
    for name, answer in scene.told(again).items():
        expect.same(answer, before[name], f"{name} was read by an adapter that was opened anew")
    delivered = (
        again.record_receipts(scene.company, receipts),
        again.post_vouchers(scene.company, [voucher]),
        again.publish_statuses(scene.company, [status]),
    )
    right = (Delivered(0, 2), Delivered(0, 1), Delivered(0, 1))
    expect.same(delivered, right, "receipts, a voucher and a status were delivered again after another start")
    for name, answer in scene.told().items():
        expect.same(answer, before[name], f"everything was delivered again after another start, and {name} read")


@ledger_check(43, "record_receipts", "post_vouchers", "publish_statuses")
def nothing_is_taken_as_nothing(scene: LedgerScene) -> None:
    """An empty batch is taken, and changes nothing."""
    ledger, company = scene.ledger, scene.company
    scene.accepted()
    with scene.unchanged("three empty batches came"):
        answers = (
            ledger.record_receipts(company, []),
            ledger.post_vouchers(company, []),
            ledger.publish_statuses(company, []),
        )
        expect.same(answers, (Delivered(0, 0),) * 3, "three empty batches came")
    expect.same(ledger.movements(company, []), [], "movements of no offers were asked for")


@ledger_check(44, "post_vouchers", "publish_statuses", "voucher_receipts")
def full_pages_are_taken(scene: LedgerScene) -> None:
    """A page of 2500 rows is taken whole: nothing is cut off."""
    offer = scene.accepted(100_000_00)
    vouchers = [scene.voucher((offer, 1_01)) for _ in range(PAGE)]
    answer = scene.ledger.post_vouchers(scene.company, vouchers)
    expect.same(answer, Delivered(PAGE, 0), f"{PAGE} vouchers came in one batch")
    told = {event.voucher_key for event in scene.events()}
    missing = [voucher.key for voucher in vouchers if voucher.key not in told]
    expect.same(missing, [], f"{PAGE} vouchers came in one batch; those without a fate are")
    versions = [scene.status(offer, version) for version in range(1, PAGE + 1)]
    expect.same(scene.ledger.publish_statuses(scene.company, versions), Delivered(PAGE, 0), f"{PAGE} statuses came")
    expect.same([one.version for one in scene.shown(offer)], [PAGE], f"{PAGE} versions of a status came in one batch")


@ledger_check(45, "post_vouchers", "voucher_receipts", "record_receipts")
def two_at_once(scene: LedgerScene) -> None:
    """Two programs may deliver the same at the same time: each thing happens once, and a reader misses nothing."""
    first, second = scene.accepted(), scene.accepted()
    vouchers = [scene.voucher((offer, 1_00)) for offer in (first, second) * 8]
    reader = streams.Reader({"voucher_receipts": scene.streams()["voucher_receipts"]})
    call = Call(scene.world.open, "post_vouchers", scene.company, vouchers)
    other = Call(scene.world.open, "post_vouchers", scene.company, vouchers)
    at_once([call, other], reader.read)
    _posted_once(scene, first, [voucher.key for voucher in vouchers[::2]], "two programs delivered the same vouchers")
    _posted_once(scene, second, [voucher.key for voucher in vouchers[1::2]], "two programs delivered the same vouchers")
    reader.missed_nothing()


def _posted_once(scene: LedgerScene, offer: Offer, keys: Sequence[str], when: str) -> None:
    """Each voucher (one line each) has one fate that is first, and has paid its claim once when it is posted."""
    delivered = [event.voucher_key for event in scene.events() if event.fate in {Fate.POSTED, Fate.DELIVERED}]
    once = [key for key in delivered if key in keys]
    expect.same(sorted(once), sorted(keys), f"{when}; keys of which a first fate was told")
    for event in [event for event in scene.events() if event.fate is Fate.DELIVERED and event.voucher_key in keys]:
        scene.world.settle(event.voucher_key, Fate.POSTED)
    (claim,) = scene.movements(offer)
    paid = [one.id.removeprefix("voucher:").rpartition("/")[0] for one in claim.movements]
    expect.same(sorted(paid), sorted(keys), f"{when}; keys that paid on the claim")


@ledger_check(46, "post_vouchers", "movements")
def killed_while_posting(scene: LedgerScene) -> None:
    """Killed anywhere while vouchers are posted, and repeated: each is posted once."""
    offer = scene.accepted()
    when = "the program was killed while it posted vouchers"

    def batch() -> list[Any]:
        return [scene.voucher((offer, 1_01)) for _ in range(3)]

    vouchers = killed_and_repeated(scene.world.open, "post_vouchers", scene.company, batch, when)
    _posted_once(scene, offer, [voucher.key for voucher in vouchers], when)
    expect.same(scene.ledger.audit(scene.company), [], f"{when}, and audited after it was repeated")


@ledger_check(47, "record_receipts", "recorded_receipts", "transactions")
def killed_while_recording(scene: LedgerScene) -> None:
    """Killed anywhere while receipts are recorded, and repeated: each is recorded once, and no transaction is lost."""
    when = "the program was killed while it recorded receipts"

    def batch() -> list[Any]:
        offers = scene.claims(100_00, 200_00)
        for offer in offers:
            scene.pay(offer.entry, 1_00)
        return [scene.acceptance(offer) for offer in offers]

    receipts = killed_and_repeated(scene.world.open, "record_receipts", scene.company, batch, when)
    expect.same(scene.recorded(), receipts, f"{when}, and repeated; recorded receipts")
    told = sorted(one.entry for one in scene.transactions())
    right = sorted(receipt.entry for receipt in receipts)
    expect.same(told, right, f"{when}, and repeated; claims with a payment that was told")
    expect.same(scene.ledger.audit(scene.company), [], f"{when}, and audited after it was repeated")


CHECKS: tuple[LedgerCheck, ...] = (
    a_new_start_changes_nothing,
    nothing_is_taken_as_nothing,
    full_pages_are_taken,
    two_at_once,
    killed_while_posting,
    killed_while_recording,
)
