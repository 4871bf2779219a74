"""Every kind of difference, and everything that is only on its way."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from kravbro.core.claims import ClaimState, Outcome, Receipt, Status
from kravbro.core.movements import ClaimMovements, Movement
from kravbro.core.reconciliation import (
    Difference,
    Kind,
    compare_claim,
    compare_receipts,
    compare_statuses,
    compare_voucher_receipts,
    told_shortly,
)
from kravbro.core.vouchers import Fate, VoucherReceipt


def claim(*movements: Movement, opening_ore: int = 1000_00, entry: int = 7) -> ClaimMovements:
    return ClaimMovements(3, entry, opening_ore, "1-000001", 1, movements)


def ours(number: int, amount_ore: int, *, settled: bool = True) -> Movement:
    return Movement(f"voucher:K-{number}/2", amount_ore, settled)


def theirs(number: int, amount_ore: int) -> Movement:
    return Movement(f"booking:{number}", amount_ore, settled=True, number=number)


def test_equal_sides_have_no_difference() -> None:
    movements = (ours(1, -200_00), theirs(4, -50_00))
    compared = compare_claim(claim(*movements), claim(*reversed(movements)), position=4)
    assert compared.differences == ()
    assert compared.in_transit_ore == 0


def test_sums_that_agree_do_not_hide_two_faults() -> None:
    compared = compare_claim(
        claim(ours(1, -300_00), ours(2, -100_00)), claim(ours(1, -100_00), ours(2, -300_00)), position=0
    )
    assert [difference.kind for difference in compared.differences] == [Kind.AMOUNT_DIFFERS, Kind.AMOUNT_DIFFERS]


def test_a_voucher_is_in_transit_only_until_it_is_acknowledged() -> None:
    on_its_way = compare_claim(claim(ours(1, -300_00, settled=False)), claim(), position=0)
    assert (on_its_way.differences, on_its_way.in_transit_ore) == ((), 300_00)
    lost = compare_claim(claim(ours(1, -300_00)), claim(), position=0)
    assert [(one.kind, one.ledger_ore, one.collector_ore) for one in lost.differences] == [
        (Kind.MISSING_IN_LEDGER, None, -300_00)
    ]


def test_a_transaction_is_in_transit_only_beyond_the_position() -> None:
    assert compare_claim(claim(), claim(theirs(5, -10_00)), position=4).in_transit_ore == 10_00
    assert compare_claim(claim(), claim(theirs(0, -10_00)), position=4).in_transit_ore == 10_00
    lost = compare_claim(claim(), claim(theirs(5, -10_00)), position=5)
    assert [(one.kind, one.ledger_ore) for one in lost.differences] == [(Kind.MISSING_IN_COLLECTOR, -10_00)]


def test_a_voucher_that_only_the_ledger_has_is_never_in_transit() -> None:
    compared = compare_claim(claim(), claim(ours(1, -10_00)), position=0)
    assert [one.kind for one in compared.differences] == [Kind.MISSING_IN_COLLECTOR]


def test_openings_are_compared() -> None:
    compared = compare_claim(claim(opening_ore=1000_01), claim(), position=0)
    assert [(one.kind, one.ledger_ore, one.collector_ore) for one in compared.differences] == [
        (Kind.OPENING_DIFFERS, 1000_00, 1000_01)
    ]


def test_a_claim_that_the_ledger_lacks_or_knows_as_another_entry_is_named() -> None:
    assert compare_claim(claim(), None, 0).differences[0].kind == Kind.CLAIM_MISSING_IN_LEDGER
    assert compare_claim(claim(), claim(entry=8), 0).differences[0].kind == Kind.CLAIM_MISSING_IN_LEDGER


amounts = st.integers(min_value=-(10**9), max_value=10**9).filter(bool)
movements_of = st.dictionaries(st.integers(min_value=1, max_value=40), amounts, max_size=8)


@given(movements_of, movements_of)
def test_every_movement_is_agreed_on_its_way_or_different(here: dict[int, int], there: dict[int, int]) -> None:
    compared = compare_claim(
        claim(*(theirs(number, ore) for number, ore in here.items())),
        claim(*(theirs(number, ore) for number, ore in there.items())),
        position=20,
    )
    named = {difference.thing for difference in compared.differences}
    expected = {f"booking:{n}" for n in here if n not in there or here[n] != there[n]}
    expected |= {f"booking:{n}" for n in there if n not in here and n <= 20}
    assert named == expected
    assert compared.in_transit_ore == sum(abs(ore) for n, ore in there.items() if n not in here and n > 20)


def receipt(number: int, offer: int, outcome: Outcome, case_number: str = "") -> Receipt:
    return Receipt(number, offer, 100 + offer, outcome, date(2026, 11, 16), case_number)


def test_receipts_are_compared_one_by_one() -> None:
    given_receipts = [
        receipt(1, 1, Outcome.ACCEPTED, "1-000001"),
        receipt(2, 2, Outcome.REFUSED),
        receipt(3, 3, Outcome.ACCEPTED, "1-000002"),
        receipt(4, 4, Outcome.REFUSED),
    ]
    held = [
        receipt(1, 1, Outcome.ACCEPTED, "1-000001"),
        receipt(3, 3, Outcome.ACCEPTED, "1-000009"),
        receipt(9, 9, Outcome.REFUSED),
    ]
    found = compare_receipts(given_receipts, held, position=3)
    assert {(difference.thing, difference.kind) for difference in found} == {
        ("receipt:3", Kind.RECEIPT_DIFFERS),
        ("receipt:9", Kind.RECEIPT_MISSING_IN_COLLECTOR),
        ("receipt:2", Kind.RECEIPT_MISSING_IN_LEDGER),
    }


def test_an_acceptance_replaces_the_refusal_of_the_same_offer() -> None:
    both = [receipt(1, 1, Outcome.REFUSED), receipt(2, 1, Outcome.ACCEPTED, "1-000001")]
    assert compare_receipts(both, [both[1]], position=2) == []
    assert compare_receipts(both, [both[0]], position=1) == []
    assert [one.kind for one in compare_receipts(both, [both[0]], position=2)] == [Kind.RECEIPT_DIFFERS]


def event(number: int, fate: Fate = Fate.POSTED) -> VoucherReceipt:
    return VoucherReceipt(number, f"K-{number}", fate, date(2026, 11, 16), str(800_000 + number))


def test_fates_of_vouchers_are_compared_event_by_event() -> None:
    told = [event(1, Fate.DELIVERED), event(2), event(3), event(4)]
    assert compare_voucher_receipts(told, told[:3], position=3) == []
    lost = compare_voucher_receipts(told, [told[0], told[2]], position=3)
    assert [one.thing for one in lost] == ["voucher receipt:2"]
    altered = compare_voucher_receipts(told, [told[0], event(2, Fate.DELETED), told[2]], position=3)
    assert [one.thing for one in altered] == ["voucher receipt:2"]
    doubled = compare_voucher_receipts(told[:3], [*told[:3], event(9)], position=9)
    assert [one.thing for one in doubled] == ["voucher receipt:9"]


def status(number: int, entry: int, version: int, state: ClaimState = ClaimState.REGISTERED) -> Status:
    return Status(number, entry, version, state, "1-000001", date(2026, 11, 16))


def test_statuses_are_compared_by_the_newest_that_was_carried() -> None:
    published = [status(1, 7, 1), status(2, 8, 1), status(3, 7, 2, ClaimState.PAID)]
    shown = [status(0, 7, 1), status(0, 8, 1)]
    assert compare_statuses(published, shown, position=2) == []
    assert [one.entry for one in compare_statuses(published, shown, position=3)] == [7]
    ahead = [status(0, 7, 2, ClaimState.PAID), status(0, 8, 1)]
    assert compare_statuses(published, ahead, position=2) == [], "delivered, but the position was not kept"
    assert [one.entry for one in compare_statuses(published, ahead[:1], position=2)] == [8]
    assert [one.entry for one in compare_statuses(published, [*ahead, status(0, 9, 1)], position=2)] == [9]


def test_a_voucher_that_one_side_lacks_is_one_difference() -> None:
    lines = [Difference(entry, Kind.MISSING_IN_LEDGER, f"voucher:K-1/{entry}", None, -100) for entry in (2, 3, 4)]
    other = Difference(9, Kind.MISSING_IN_LEDGER, "voucher:K-2/2", None, -50)
    booking = Difference(9, Kind.MISSING_IN_COLLECTOR, "booking:8", -70, None)
    assert told_shortly([*lines, other, booking]) == [
        booking,
        Difference(None, Kind.MISSING_IN_LEDGER, "voucher:K-1", None, -300),
        other,
    ]


def test_nothing_more_is_said_of_a_claim_that_is_gone() -> None:
    gone = Difference(7, Kind.CLAIM_MISSING_IN_COLLECTOR, "offer:3", None, None)
    follows = Difference(7, Kind.STATUS_DIFFERS, "status:7", None, None)
    other = Difference(8, Kind.STATUS_DIFFERS, "status:8", None, None)
    assert told_shortly([gone, follows, other]) == [gone, other]
