"""Vouchers that the collector delivers, and what becomes of them."""

from __future__ import annotations

from collections import Counter

import msgspec

from kravbro.core.claims import Offer
from kravbro.core.vouchers import Fate, Voucher
from kravbro.ports.conformance import expect
from kravbro.ports.conformance.checks import Ability
from kravbro.ports.conformance.ledger.scene import LedgerScene, ledger_check
from kravbro.ports.identity import Delivered

POST, FATES = "post_vouchers", "voucher_receipts"
NO_ENTRY = 987_654_321
"""An entry that no ledger has."""


def _paid_by_us(scene: LedgerScene, offer: Offer) -> Counter[str]:
    """How much of a claim each line of our vouchers has paid (øre, negative), by the line's identity."""
    (claim,) = scene.movements(offer)
    paid: Counter[str] = Counter()
    for movement in claim.movements:
        paid[movement.id] += movement.amount_ore
    return paid


def _lines(voucher: Voucher, offer: Offer) -> dict[str, int]:
    lines = [line for line in voucher.lines if line.claim_entry == offer.entry]
    return {f"voucher:{voucher.key}/{line.line_no}": line.amount_ore for line in lines}


@ledger_check(29, POST, FATES)
def vouchers_are_posted_once(scene: LedgerScene) -> None:
    """A voucher is posted once, by its key; the same again is known and moves nothing."""
    offer = scene.accepted()
    first, second = scene.voucher((offer, 30_00)), scene.voucher((offer, 30_00))
    post = scene.ledger.post_vouchers
    expect.same(post(scene.company, [first, first]), Delivered(1, 1), "a voucher came twice in one batch")
    scene.post_delivered(first)
    expect.same(post(scene.company, [first, second]), Delivered(1, 1), "it came again, with an equal one of other key")
    scene.post_delivered(second)
    with scene.unchanged("both vouchers came again"):
        expect.same(post(scene.company, [second, first]), Delivered(0, 2), "both came again")
    right = _lines(first, offer) | _lines(second, offer)
    expect.same(dict(_paid_by_us(scene, offer)), right, "what two vouchers paid on a claim was read, line by line")
    keys = Counter(event.voucher_key for event in scene.events() if event.fate is Fate.POSTED)
    expect.same(dict(keys), {first.key: 1, second.key: 1}, "fates were read; keys that were told to be posted")


@ledger_check(30, POST)
def changed_vouchers_are_refused(scene: LedgerScene) -> None:
    """A voucher whose key is known and that has other content is a DataFault: the batch is kept out."""
    offer = scene.accepted()
    voucher = scene.voucher((offer, 30_00))
    scene.deliver(voucher)
    dearer = msgspec.structs.replace(scene.voucher((offer, 31_00)), key=voucher.key, number=voucher.number)
    for changed in (dearer, msgspec.structs.replace(voucher, text=f"{voucher.text}, mended")):
        beside = scene.voucher((offer, 5_00))
        scene.refuses("post_vouchers", [beside, changed], "a voucher with a known key and other content")


@ledger_check(31, POST)
def unbalanced_vouchers_are_refused(scene: LedgerScene) -> None:
    """A voucher whose lines do not sum to zero, or that has none, is a DataFault: the batch is kept out."""
    offer = scene.accepted()
    whole = scene.voucher((offer, 30_00))
    first, *others = whole.lines
    an_ore_less = msgspec.structs.replace(first, amount_ore=first.amount_ore - 1)
    for lines, what in (((an_ore_less, *others), "lines that miss zero by one øre"), ((), "no lines")):
        wrong = msgspec.structs.replace(whole, lines=lines)
        beside = scene.voucher((offer, 5_00))
        scene.refuses("post_vouchers", [beside, wrong], f"a voucher with {what}")


@ledger_check(32, POST, FATES)
def impossible_vouchers_are_rejected(scene: LedgerScene) -> None:
    """A voucher that the ledger cannot take (an open item that is not there) is rejected whole and for itself: the
    others are taken, and its fate is told.
    """
    offer = scene.accepted()
    good, half = scene.voucher((offer, 30_00)), scene.voucher((offer, 40_00), (offer, 2_00))
    *most, last = half.lines
    bad = msgspec.structs.replace(half, lines=(*most, msgspec.structs.replace(last, claim_entry=NO_ENTRY)))
    for again in (Delivered(2, 0), Delivered(0, 2)):
        answer = scene.ledger.post_vouchers(scene.company, [bad, good])
        expect.same(answer, again, f"a voucher on open item {NO_ENTRY}, which is not there, came before a good one")
    scene.post_delivered(good)
    fates = {(event.voucher_key, event.fate) for event in scene.events()}
    wanted = {(bad.key, Fate.REJECTED), (good.key, Fate.POSTED)}
    expect.true(wanted <= fates, "fates of both were read", f"{sorted(wanted)} among them", sorted(fates))
    expect.same(dict(_paid_by_us(scene, offer)), _lines(good, offer), "what both paid on the claim was read")


@ledger_check(33, POST, "movements")
def lines_settle_their_claim(scene: LedgerScene) -> None:
    """A line with a claim settles exactly that open item by exactly its amount, however many the customer has."""
    oldest = scene.world.invoice(700_00)
    newer = scene.world.invoice(800_00, beside=oldest)
    other, claim = scene.offered(oldest, newer)
    scene.record(scene.acceptance(claim))
    voucher = scene.voucher((claim, 300_07))
    scene.deliver(voucher)
    (untouched,) = [offer for offer in scene.offers() if offer.number == other.number]
    facts = untouched.facts
    when = "a customer owed 700,00 and 800,00, and our voucher paid 300,07 on the newer: of the older was read"
    expect.same(facts.remaining_ore, 700_00, f"{when} what remains")
    expect.same(facts.customer_balance_ore, 1_500_00 - 300_07, f"{when} what the customer owes")
    expect.same(facts.unmatched_credits_ore, 0, f"{when} what settles nothing yet")
    expect.same(dict(_paid_by_us(scene, claim)), _lines(voucher, claim), f"{when} the movements of the newer")


@ledger_check(34, POST, FATES)
def fates_are_told(scene: LedgerScene) -> None:
    """The fate of every voucher is told, in order; a posted one with the number that the ledger gave it."""
    offer = scene.accepted()
    vouchers = [scene.voucher((offer, amount_ore)) for amount_ore in (1_00, 2_00, 3_00)]
    scene.deliver(*vouchers)
    posted = [event for event in scene.events() if event.fate is Fate.POSTED]
    expect.same([event.voucher_key for event in posted], [one.key for one in vouchers], "three vouchers were posted")
    numbers = [event.voucher_no for event in posted]
    distinct = len({number for number in numbers if number}) == len(numbers)
    expect.true(distinct, "three vouchers were posted", "a voucher number of its own each", numbers)


@ledger_check(35, POST, FATES, needs=[Ability.DRAFTED_VOUCHERS])
def delivered_is_not_posted(scene: LedgerScene) -> None:
    """Delivered is not posted: only a posted voucher moves balances, and a delivered one is followed to its end."""
    offer = scene.accepted()
    kept, deleted = scene.voucher((offer, 30_00)), scene.voucher((offer, 40_00))
    scene.ledger.post_vouchers(scene.company, [kept, deleted])
    fates = [(event.voucher_key, event.fate) for event in scene.events()]
    right = [(kept.key, Fate.DELIVERED), (deleted.key, Fate.DELIVERED)]
    expect.same(fates, right, "two vouchers were delivered and not posted yet")
    expect.same(dict(_paid_by_us(scene, offer)), {}, "two vouchers were delivered and not posted yet: movements")
    scene.world.settle(kept.key, Fate.POSTED)
    scene.world.settle(deleted.key, Fate.DELETED)
    fates = [(event.voucher_key, event.fate) for event in scene.events()]
    right += [(kept.key, Fate.POSTED), (deleted.key, Fate.DELETED)]
    expect.same(fates, right, "a person posted the first and deleted the second")
    expect.same(dict(_paid_by_us(scene, offer)), _lines(kept, offer), "the first was posted, the second deleted")
    with scene.unchanged("the deleted voucher came again"):
        expect.same(scene.ledger.post_vouchers(scene.company, [deleted]), Delivered(0, 1), "a deleted one came again")


CHECKS = (
    vouchers_are_posted_once,
    changed_vouchers_are_refused,
    unbalanced_vouchers_are_refused,
    impossible_vouchers_are_rejected,
    lines_settle_their_claim,
    fates_are_told,
    delivered_is_not_posted,
)
