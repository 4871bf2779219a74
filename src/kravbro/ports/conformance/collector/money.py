"""Money at the collector: what the ledger booked, what debtors paid, and the vouchers that carry it home."""

from __future__ import annotations

import msgspec

from kravbro.core.claims import TransactionKind
from kravbro.core.movements import booking_movement_id, voucher_movement_id
from kravbro.core.vouchers import Fate
from kravbro.ports.conformance import expect
from kravbro.ports.conformance.collector.scene import CollectorScene, collector_check
from kravbro.ports.identity import Delivered

BOOK, CLAIMS = "accept_transactions", "claims"
replace = msgspec.structs.replace


@collector_check(16, BOOK, CLAIMS)
def transactions_move_their_claim(scene: CollectorScene) -> None:
    """What the ledger booked changes the principal of exactly that claim by exactly that amount, to the øre."""
    untouched, claim = scene.accepted(), scene.accepted(12_345_678_901_23)
    kind = TransactionKind
    changes = [
        (kind.PAYMENT, -29),
        (kind.CREDIT_NOTE, -1_13_10),
        (kind.REVERSAL, 15),
        (kind.CORRECTION, -57),
        (kind.WRITE_OFF_BOOKS_ONLY, -9_999_99),
        (kind.PAYMENT, -12_000_000_000_07),
    ]
    booked = [scene.transaction(claim, amount_ore, one) for one, amount_ore in changes]
    scene.book(*booked)
    right = [(booking_movement_id(one.booking), one.amount_ore) for one in booked]
    expect.same(scene.moved(claim), right, "six bookings of the ledger came on one of two claims; its movements")
    expect.same(scene.moved(untouched), [], "six bookings of the ledger came on another claim")
    openings = (scene.claim(claim).opening_ore, scene.claim(untouched).opening_ore)
    expect.same(openings, (12_345_678_901_23, 1_000_00), "the openings of both were read after that")


@collector_check(17, BOOK, CLAIMS)
def transactions_are_applied_once(scene: CollectorScene) -> None:
    """A booking is applied once, by the ledger's own key of it; two equal bookings are two."""
    claim = scene.accepted()
    first, second = scene.transaction(claim, -10_00), scene.transaction(claim, -10_00)
    answer = scene.collector.accept_transactions(scene.company, [first, first])
    expect.same(answer, Delivered(1, 1), "a booking came twice in one batch")
    answer = scene.collector.accept_transactions(scene.company, [first, second])
    expect.same(answer, Delivered(1, 1), "it came again, with an equal one of other key")
    with scene.unchanged("both came again"):
        answer = scene.collector.accept_transactions(scene.company, [second, first])
        expect.same(answer, Delivered(0, 2), "both came again")
    right = [(booking_movement_id(one.booking), -10_00) for one in (first, second)]
    expect.same(scene.moved(claim), right, "two equal bookings came, several times each; movements of the claim")


@collector_check(18, BOOK)
def changed_transactions_are_refused(scene: CollectorScene) -> None:
    """A booking that is known and comes with other content is a DataFault, and the whole batch is kept out."""
    claim, other = scene.accepted(), scene.accepted()
    booked = scene.transaction(claim, -10_00)
    scene.book(booked)
    for changed in (
        replace(booked, amount_ore=-10_01),
        replace(booked, entry=other.entry),
        replace(booked, kind=TransactionKind.CREDIT_NOTE),
        replace(booked, number=booked.number + 1_000),
    ):
        scene.refuses(BOOK, [scene.transaction(other, -1_00), changed], "a known booking with other content")


@collector_check(19, BOOK)
def transactions_of_nothing_are_refused(scene: CollectorScene) -> None:
    """A booking on a claim that is not there is a DataFault, and the whole batch is kept out."""
    claim = scene.accepted()
    stray = replace(scene.transaction(claim, -10_00), entry=987_654_321)
    scene.refuses(BOOK, [scene.transaction(claim, -1_00), stray], "a booking on a claim that is not there")


@collector_check(20, "vouchers")
def vouchers_balance(scene: CollectorScene) -> None:
    """A voucher's lines sum to zero, and its key is its own and stays what it was when it was approved."""
    claim, other = scene.accepted(), scene.accepted()
    told = [scene.paid(claim, 123_45), scene.paid(other, 123_45), scene.paid(claim, 29)]
    for voucher in told:
        total_ore = sum(line.amount_ore for line in voucher.lines)
        expect.same((total_ore, bool(voucher.lines)), (0, True), f"the sum of the lines of voucher {voucher.key}")
        numbers = [line.line_no for line in voucher.lines]
        expect.same(len(set(numbers)), len(numbers), f"line numbers of voucher {voucher.key}, each once")
    expect.same(len({voucher.key for voucher in told}), 3, "keys of three vouchers, two of them of the same amount")
    again = scene.collector.vouchers(scene.company, scene.start["vouchers"], 3)
    expect.same(again, told, "three vouchers were read when each was approved, and again together")


@collector_check(21, "vouchers", CLAIMS)
def vouchers_carry_the_money(scene: CollectorScene) -> None:
    """Money for a claim is a line with the claim's entry, its customer and its amount: a movement by key and line."""
    claim, other = scene.accepted(), scene.accepted()
    voucher = scene.paid(claim, 400_07)
    lines = [line for line in voucher.lines if line.claim_entry is not None]
    told = [(line.claim_entry, line.customer_no, line.amount_ore) for line in lines]
    right = [(claim.entry, claim.debtor.customer_no, -400_07)]
    expect.same(told, right, "a debtor paid 400,07 for a claim; its lines: entry, customer, øre")
    moved = [(voucher_movement_id(voucher.key, line.line_no), line.amount_ore) for line in lines]
    expect.same(scene.moved(claim), moved, "a debtor paid 400,07 for a claim; the claim's movements")
    expect.same(scene.moved(other), [], "a debtor paid for another claim")


@collector_check(22, "accept_voucher_receipts", "recorded_voucher_receipts", CLAIMS)
def money_is_on_its_way_until_posted(scene: CollectorScene) -> None:
    """Our money is on its way until the ledger says what became of the voucher: delivered is not posted."""
    claim = scene.accepted()
    voucher = scene.paid(claim, 400_00)
    for fate, settled in ((None, False), (Fate.DELIVERED, False), (Fate.POSTED, True)):
        if fate is not None:
            scene.collector.accept_voucher_receipts(scene.company, [scene.fate(voucher, fate)])
        (movement,) = scene.claim(claim).movements
        when = f"the ledger said of the voucher: {fate.value if fate else 'nothing'}; whether its money is settled"
        expect.same(movement.settled, settled, when)


@collector_check(23, "accept_voucher_receipts", "recorded_voucher_receipts")
def fates_are_recorded_once(scene: CollectorScene) -> None:
    """A voucher receipt is recorded once, as it came; with other content, or of no voucher, it is a DataFault and the
    whole batch is kept out.
    """
    claim = scene.accepted()
    first, second = scene.paid(claim, 10_00), scene.paid(claim, 20_00)
    fates = [scene.fate(first, Fate.DELIVERED), scene.fate(first, Fate.POSTED), scene.fate(second, Fate.REJECTED)]
    receive = scene.collector.accept_voucher_receipts
    expect.same(receive(scene.company, fates[:2]), Delivered(2, 0), "two voucher receipts came")
    expect.same(receive(scene.company, fates), Delivered(1, 2), "they came again with a third")
    expect.same(receive(scene.company, fates), Delivered(0, 3), "all three came again")
    expect.same(scene.recorded(), fates, "recorded voucher receipts were read")
    third = scene.paid(claim, 30_00)
    good = scene.fate(third, Fate.DELIVERED)
    for wrong in (replace(fates[1], fate=Fate.DELETED), replace(fates[2], voucher_no="other")):
        scene.refuses("accept_voucher_receipts", [good, wrong], "a known voucher receipt with other content")
    stray = replace(scene.fate(third, Fate.POSTED), voucher_key="of-nobody")
    scene.refuses("accept_voucher_receipts", [good, stray], "a receipt of a voucher that is not there")


CHECKS = (
    transactions_move_their_claim,
    transactions_are_applied_once,
    changed_transactions_are_refused,
    transactions_of_nothing_are_refused,
    vouchers_balance,
    vouchers_carry_the_money,
    money_is_on_its_way_until_posted,
    fates_are_recorded_once,
)
