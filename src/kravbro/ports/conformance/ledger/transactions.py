"""Transactions: what the ledger books itself on claims that have a case number."""

from __future__ import annotations

from datetime import timedelta

from kravbro.core.claims import TransactionKind
from kravbro.ports.conformance import expect
from kravbro.ports.conformance.checks import Ability
from kravbro.ports.conformance.ledger.scene import LedgerScene, ledger_check

TOLD = "transactions"
KINDS = {
    TransactionKind.PAYMENT: -200_00,
    TransactionKind.CREDIT_NOTE: -100_00,
    TransactionKind.REVERSAL: 150_00,
    TransactionKind.CORRECTION: -5_00,
    TransactionKind.WRITE_OFF_BOOKS_ONLY: -10_00,
    TransactionKind.WRITE_OFF_CLAIM_ENDED: -20_00,
}
"""Every kind, with a change that it makes."""


def _amounts(scene: LedgerScene) -> list[tuple[int, int]]:
    return [(one.entry, one.amount_ore) for one in scene.transactions()]


@ledger_check(20, TOLD, "record_receipts")
def only_accepted_claims_have_transactions(scene: LedgerScene) -> None:
    """Only claims that have a case number have transactions: nothing else leaves the ledger."""
    loose = scene.world.invoice(500_00)
    waiting, refused = scene.claims(600_00, 700_00)
    scene.record(scene.refusal(refused))
    for entry in (loose.entry, waiting.entry, refused.entry):
        scene.pay(entry, 10_00)
    expect.same(_amounts(scene), [], "an invoice, an offer without answer and a refused one were paid in part")


@ledger_check(21, TOLD, "record_receipts")
def numbered_at_the_later_moment(scene: LedgerScene) -> None:
    """A transaction is numbered at the later of two moments: when it was booked, or when the case number came."""
    early, late = scene.claims(500_00, 600_00)
    scene.pay(late.entry, 10_00)
    scene.record(scene.acceptance(early))
    scene.pay(early.entry, 20_00)
    expect.same(_amounts(scene), [(early.entry, -20_00)], "two claims were paid, of which one was accepted")
    scene.record(scene.acceptance(late))
    when = "another claim, paid before, was accepted after that: what it was paid comes behind what was told"
    expect.same(_amounts(scene), [(early.entry, -20_00), (late.entry, -10_00)], when)
    scene.pay(late.entry, 5_00)
    expect.same(_amounts(scene)[2:], [(late.entry, -5_00)], "and what it is paid later comes last")


@ledger_check(22, TOLD, needs=[Ability.LATE_POSTING])
def late_drafts_are_told(scene: LedgerScene) -> None:
    """A draft that is posted late is not missed."""
    offer, other = scene.world.invoice(500_00), scene.world.invoice(600_00)
    draft = scene.world.draft(offer.entry, 40_00, scene.world.today - timedelta(days=20))
    claim, beside = scene.offered(offer, other)
    scene.record(scene.acceptance(claim), scene.acceptance(beside))
    scene.pay(beside.entry, 10_00)
    expect.same(_amounts(scene), [(beside.entry, -10_00)], "a draft lay unposted while another claim was paid")
    scene.world.post(draft)
    right = [(beside.entry, -10_00), (claim.entry, -40_00)]
    expect.same(_amounts(scene), right, "the draft, written before the approval and dated before it, was posted")


@ledger_check(23, TOLD, "movements")
def the_opening_is_not_told(scene: LedgerScene) -> None:
    """What was booked before the approval stands in the opening, and is not told again."""
    invoice = scene.world.invoice(1_000_00)
    scene.pay(invoice.entry, 100_00)
    (offer,) = scene.offered(invoice)
    scene.pay(invoice.entry, 20_00)
    scene.record(scene.acceptance(offer))
    scene.pay(invoice.entry, 3_00)
    right = [(invoice.entry, -20_00), (invoice.entry, -3_00)]
    expect.same(_amounts(scene), right, "100,00 was paid before the approval, 20,00 before the case number, 3,00 after")
    (claim,) = scene.movements(offer)
    expect.same(claim.opening_ore, 900_00, "the opening of the claim was read")


@ledger_check(24, TOLD)
def our_vouchers_do_not_echo(scene: LedgerScene) -> None:
    """Our own vouchers are dropped when read back: what they book is never a transaction."""
    offer, other = scene.accepted(), scene.accepted(2_000_00)
    scene.deliver(scene.voucher((offer, 150_00)), scene.voucher((other, 2_50), (offer, 3_50)))
    expect.same(_amounts(scene), [], "two vouchers of the collector were posted on accepted claims")
    scene.pay(offer.entry, 7_00)
    expect.same(_amounts(scene), [(offer.entry, -7_00)], "then the ledger booked a payment of its own")


@ledger_check(25, TOLD)
def amounts_are_exact(scene: LedgerScene) -> None:
    """A transaction changes exactly its claim by exactly its amount, to the øre."""
    first, second = scene.accepted(12_345_678_901_23), scene.accepted(5_000_00)
    amounts = (29, 57, 1_15, 2_01, 1_13_10, 9_999_99, 12_000_000_000_07)
    for amount_ore in amounts:
        scene.pay(first.entry, amount_ore)
    scene.pay(second.entry, 1)
    right = [(first.entry, -amount_ore) for amount_ore in amounts]
    expect.same(
        _amounts(scene), [*right, (second.entry, -1)], "payments of uneven amounts, small and large, were booked"
    )


@ledger_check(26, TOLD, wants=[Ability(kind.value) for kind in KINDS])
def kinds_are_told(scene: LedgerScene) -> None:
    """A transaction says what it is: payment, credit note, correction, reversal, or which kind of write-off; the amount
    is negative when the debt falls.
    """
    offer = scene.accepted()
    right = [(kind, KINDS[kind]) for kind in KINDS if Ability(kind.value) not in scene.world.lacks]
    for kind, amount_ore in right:
        scene.book(kind, offer.entry, amount_ore)
    expect.same([(one.kind, one.amount_ore) for one in scene.transactions()], right, "one of each kind was booked")


@ledger_check(27, TOLD, wants=[Ability.REVERSAL])
def money_counts_from_its_day(scene: LedgerScene) -> None:
    """A transaction says when it was booked, and from which day it counts: the day on which the money came, however
    late it was booked.
    """
    offer, today = scene.accepted(), scene.world.today
    for days in (0, 3, 45):
        scene.pay(offer.entry, 10_00, today - timedelta(days=days))
    came = [(one.posted_on, one.value_on) for one in scene.transactions()]
    right = [(today, today - timedelta(days=days)) for days in (0, 3, 45)]
    expect.same(came, right, "payments dated today, 3 and 45 days ago were booked today; day of booking and value date")
    if Ability.REVERSAL not in scene.world.lacks:
        _counts_back(scene)


def _counts_back(scene: LedgerScene) -> None:
    """What takes money back never counts from before the day on which the money came."""
    claim, today = scene.accepted(), scene.world.today
    came_on = today - timedelta(days=5)
    scene.pay(claim.entry, 10_00, came_on)
    scene.book(TransactionKind.REVERSAL, claim.entry, 10_00, today - timedelta(days=30))
    (back,) = [one for one in scene.transactions() if one.entry == claim.entry and one.amount_ore > 0]
    when = f"a payment of {came_on} was taken back by a voucher dated 25 days before it"
    expect.true(came_on <= back.value_on <= today, when, f"a value date from {came_on} to {today}", back.value_on)


@ledger_check(28, TOLD)
def bookings_are_told_once(scene: LedgerScene) -> None:
    """Each booking is told once, under a key of its own; two equal payments are two."""
    offer = scene.accepted()
    for _ in range(3):
        scene.pay(offer.entry, 10_00)
    told = scene.transactions()
    expect.same([one.amount_ore for one in told], [-10_00] * 3, "three equal payments were booked")
    keys = {one.booking for one in told}
    expect.true(len(keys) == 3, "three equal payments were booked", "three keys of bookings", sorted(keys))


CHECKS = (
    only_accepted_claims_have_transactions,
    numbered_at_the_later_moment,
    late_drafts_are_told,
    the_opening_is_not_told,
    our_vouchers_do_not_echo,
    amounts_are_exact,
    kinds_are_told,
    money_counts_from_its_day,
    bookings_are_told_once,
)
