"""Offers: a queue of approved claims, frozen in what is claimed and alive in who owes it."""

from __future__ import annotations

import msgspec

from kravbro.core.claims import Offer
from kravbro.ports.conformance import expect
from kravbro.ports.conformance.checks import Ability
from kravbro.ports.conformance.ledger.scene import LedgerScene, ledger_check
from kravbro.ports.conformance.streams import LARGE


@ledger_check(11, "ready_claims")
def approved_is_offered_once(scene: LedgerScene) -> None:
    """Nothing is ready before it is approved; each approved invoice is then one offer, with the ledger's own key of the
    entry and what remains of it in øre.
    """
    first, second, third = (scene.world.invoice(amount_ore) for amount_ore in (1_234_56, 7_89, 98_765_432_10))
    scene.pay(first.entry, 234_56)
    expect.same(scene.offers(), [], "three invoices were posted, and none approved")
    scene.offered(first, third)
    told = [(one.company, one.entry, one.invoice_no, one.debtor.customer_no) for one in scene.offers()]
    right = [(scene.company, one.entry, one.invoice_no, one.customer_no) for one in (first, third)]
    expect.same(told, right, "two of them were approved")
    parts = [(offer.entry, offer.parts.principal_ore, offer.facts.remaining_ore) for offer in scene.offers()]
    expect.same(
        parts,
        [(first.entry, 1_000_00, 1_000_00), (third.entry, 98_765_432_10, 98_765_432_10)],
        "principal and remaining amount of both were read; 234,56 of the first was paid before",
    )
    scene.offered(second)
    expect.true(len(scene.offers()) == 3, "the third was approved too", "three offers", scene.offers())


@ledger_check(12, "ready_claims", "record_receipts")
def offers_are_a_queue(scene: LedgerScene) -> None:
    """Claims are a queue, not a cursor: every offer without a receipt is answered at every reading, and one with a
    receipt never again.
    """
    first, second, third = scene.claims(100_00, 200_00, 300_00)
    for _ in range(2):
        expect.same([one.number for one in scene.offers()], [first.number, second.number, third.number], "three wait")
    scene.record(scene.acceptance(second))
    expect.same([one.number for one in scene.offers()], [first.number, third.number], "the second was accepted")
    scene.record(scene.refusal(first))
    expect.same([one.number for one in scene.offers()], [third.number], "the first was refused")
    fourth = scene.claim()
    expect.same([one.number for one in scene.offers()], [third.number, fourth.number], "a fourth was approved")


@ledger_check(13, "ready_claims", needs=[Ability.RENAMING])
def offers_are_frozen(scene: LedgerScene) -> None:
    """An offer freezes what is claimed at approval; debtor and facts are as they are at the moment of reading."""
    before = scene.claim()
    scene.pay(before.entry, 300_00)
    scene.world.rename(before.debtor.customer_no, "Another Name")
    (after,) = scene.offers()
    expect.same(_frozen(after), _frozen(before), "300,00 was paid and the customer renamed, after the approval")
    expect.same(
        (after.facts.remaining_ore, after.debtor.name),
        (before.facts.remaining_ore - 300_00, "Another Name"),
        "the offer was read again after that: what remains, and the debtor's name",
    )


def _frozen(offer: Offer) -> Offer:
    """An offer without what lives."""
    debtor = msgspec.structs.replace(offer.debtor, name="", address="", postcode="", place="", country="")
    return msgspec.structs.replace(offer, debtor=debtor, facts=None)


@ledger_check(14, "ready_claims", "record_receipts", "movements")
def refused_is_offered_anew(scene: LedgerScene) -> None:
    """A claim refused, cured and approved again is a new offer of the same claim, and opens with what remains."""
    invoice = scene.world.invoice(1_000_00)
    (first,) = scene.offered(invoice)
    scene.record(scene.refusal(first))
    scene.pay(invoice.entry, 400_00)
    (second,) = scene.offered(invoice)
    expect.true(second.number > first.number, "a refused claim was approved again", "a higher number", second.number)
    expect.same((second.entry, second.parts.principal_ore), (first.entry, 600_00), "400,00 was paid in between")
    scene.record(scene.acceptance(second))
    (opening,) = scene.movements(second)
    expect.same((opening.opening_ore, opening.movements), (600_00, ()), "the second offer was accepted")
    expect.same(scene.transactions(), [], "what was paid before the second approval stands in its opening")


@ledger_check(15, "ready_claims")
def accepted_is_not_offered_again(scene: LedgerScene) -> None:
    """A claim that the collector has is not offered again, or only with the mark that it was sent."""
    offer = scene.accepted()
    scene.world.offer([offer.entry])
    again = scene.ledger.ready_claims(scene.company, scene.start["claims"], LARGE)
    unmarked = [one.number for one in again if one.entry == offer.entry and not one.facts.already_sent]
    expect.same(unmarked, [], "an accepted claim was proposed once more; these offers do not say `already_sent`")


CHECKS = (
    approved_is_offered_once,
    offers_are_a_queue,
    offers_are_frozen,
    refused_is_offered_anew,
    accepted_is_not_offered_again,
)
