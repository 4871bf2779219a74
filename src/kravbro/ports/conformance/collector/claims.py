"""Offers as a collector answers them: accepted, refused or waiting, each in the open and each once."""

from __future__ import annotations

import msgspec

from kravbro.core.claims import Outcome
from kravbro.ports.conformance import expect
from kravbro.ports.conformance.checks import Ability
from kravbro.ports.conformance.collector.scene import CLAIM_ORE, CollectorScene, collector_check
from kravbro.ports.identity import Delivered

BOTH = ("accept_claims", "receipts")
replace = msgspec.structs.replace


@collector_check(10, *BOTH, needs=[Ability.REFUSING])
def every_offer_is_answered(scene: CollectorScene) -> None:
    """Nothing is netted in silence: offers are acceptances with a case number, refusals with reasons, or waiting."""
    good, bad, more = scene.offer(), scene.world.refused(*scene.numbers(), CLAIM_ORE), scene.offer()
    scene.accept(good, bad, more)
    told = [(receipt.offer, receipt.entry, receipt.outcome) for receipt in scene.receipts()]
    accepted, refused = Outcome.ACCEPTED, Outcome.REFUSED
    right = [(offer.number, offer.entry, out) for offer, out in ((good, accepted), (bad, refused), (more, accepted))]
    expect.same(told, right, "three offers came, of which the second is to be refused")
    for receipt in scene.receipts():
        if receipt.outcome is accepted:
            expect.true(bool(receipt.case_number), "an offer was accepted", "a case number", receipt)
        else:
            codes = [reason.code for reason in receipt.reasons]
            expect.true(bool(codes) and all(codes), "an offer was refused", "reasons with codes", receipt)
            expect.same(receipt.case_number, "", "an offer was refused; its case number")
    expect.same([claim.offer for claim in scene.claims()], [good.number, more.number], "claims were read after that")


@collector_check(11, *BOTH, "claims", "statuses")
def offers_are_answered_once(scene: CollectorScene) -> None:
    """An offer that was answered is known: it gets no second receipt, case or status."""
    first, second = scene.offer(), scene.offer()
    scene.accept(first, second)
    with scene.unchanged("two answered offers came again"):
        answer = scene.collector.accept_claims(scene.company, [second, first])
        expect.same(answer, Delivered(0, 2), "two answered offers came again, in another order")
    third = scene.offer()
    answer = scene.collector.accept_claims(scene.company, [third, first, third])
    expect.same(answer, Delivered(1, 2), "a new offer came twice in one batch, and a known one between")
    offers = [first.number, second.number, third.number]
    expect.same([receipt.offer for receipt in scene.receipts()], offers, "three offers came, some of them twice")
    expect.same([claim.offer for claim in scene.claims()], offers, "three offers came, some of them twice")


@collector_check(12, "accept_claims")
def changed_offers_are_refused(scene: CollectorScene) -> None:
    """An offer that is known and comes with another frozen part is a DataFault, and the whole batch is kept out."""
    known = scene.accepted()
    for changed in (
        replace(known, parts=replace(known.parts, principal_ore=known.parts.principal_ore + 1)),
        replace(known, entry=known.entry + 500_000),
        replace(known, due_date=known.invoice_date),
        replace(known, sequence=known.sequence + 1),
    ):
        scene.refuses("accept_claims", [scene.offer(), changed], "a known offer with another frozen part")


@collector_check(13, "accept_claims")
def what_lives_may_change(scene: CollectorScene) -> None:
    """Debtor and facts of an offer are as the ledger reads them each time: a known offer may come with others."""
    known = scene.accepted()
    facts = replace(known.facts, remaining_ore=1, customer_balance_ore=1, draft_vouchers=1, already_sent=True)
    later = replace(known, facts=facts, debtor=replace(known.debtor, name="Another Name", postcode="0001"))
    with scene.unchanged("an accepted offer came again, with another name and less remaining"):
        answer = scene.collector.accept_claims(scene.company, [later])
        expect.same(answer, Delivered(0, 1), "an accepted offer came again, with another name and less remaining")


@collector_check(14, *BOTH, needs=[Ability.REFUSING])
def acceptance_is_final(scene: CollectorScene) -> None:
    """Acceptance may replace refusal of the same offer, and never the reverse."""
    numbers = scene.numbers()
    bad, good = scene.world.refused(*numbers, CLAIM_ORE), scene.world.offer(*numbers, CLAIM_ORE)
    scene.accept(bad)
    answer = scene.collector.accept_claims(scene.company, [bad])
    expect.same(answer, Delivered(0, 1), "a refused offer came again, unchanged")
    scene.collector.accept_claims(scene.company, [good])
    outcomes = [receipt.outcome for receipt in scene.receipts() if receipt.offer == good.number]
    allowed = ([Outcome.REFUSED], [Outcome.REFUSED, Outcome.ACCEPTED])
    when = "a refused offer was cured and came again"
    expect.true(outcomes in allowed, when, "one refusal, and behind it at most one acceptance", outcomes)
    accepted = scene.accepted()
    worse = scene.world.refused(accepted.number, accepted.debtor.customer_no, CLAIM_ORE)
    answer = scene.collector.accept_claims(scene.company, [worse])
    expect.same(answer, Delivered(0, 1), "an accepted offer came again, with facts for which it would be refused")
    outcomes = [receipt.outcome for receipt in scene.receipts() if receipt.offer == accepted.number]
    expect.same(outcomes, [Outcome.ACCEPTED], "an accepted offer came again, with facts for which it would be refused")


@collector_check(15, *BOTH, needs=[Ability.WAITING])
def what_waits_has_no_receipt(scene: CollectorScene) -> None:
    """A reason that passes by itself leaves no receipt: the offer waits, and is answered when it comes again."""
    numbers = scene.numbers()
    early, ripe = scene.world.waiting(*numbers, CLAIM_ORE), scene.world.offer(*numbers, CLAIM_ORE)
    for _ in range(2):
        answer = scene.collector.accept_claims(scene.company, [early])
        counted = (answer.new, answer.known, answer.waiting)
        expect.same(counted, (0, 0, 1), "an offer came that waits: new, known, waiting")
        told = {one.offer for one in answer.waits}
        expect.true(told <= {early.number}, "an offer came that waits", "what it waits for, or nothing", answer.waits)
    expect.same(scene.receipts(), [], "an offer came twice that waits")
    scene.accept(ripe)
    outcomes = [receipt.outcome for receipt in scene.receipts()]
    expect.same(outcomes, [Outcome.ACCEPTED], "it came again when there was nothing to wait for")


CHECKS = (
    every_offer_is_answered,
    offers_are_answered_once,
    changed_offers_are_refused,
    what_lives_may_change,
    acceptance_is_final,
    what_waits_has_no_receipt,
)
