"""What has happened to an open item is decided from what was seen before and what is there now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kravbro.core.claims import TransactionKind
from kravbro.mirror.observing import UNNAMED, Happened, Seen, what_happened
from kravbro.mirror.source import OpenItem, Settlement

ON = date(2026, 3, 2)
PAID, BACK, CORRECTED = TransactionKind.PAYMENT, TransactionKind.REVERSAL, TransactionKind.CORRECTION


def settlement(
    key: str, amount_ore: int, days_ago: int = 0, kind: TransactionKind = PAID, ours: str = ""
) -> Settlement:
    """Something that was booked on the day of looking, and dated so many days before."""
    return Settlement(key, amount_ore, kind, ON, ON - timedelta(days_ago), f"V{key}", "", ours, 1 if ours else 0)


def item(*settlements: Settlement, remaining_ore: int | None = None) -> OpenItem:
    """An invoice of 1 000,00; what remains is what the settlements leave, unless the ledger says otherwise."""
    named_ore = sum(one.amount_ore for one in settlements)
    return OpenItem(7, 1, 1_000_00, 1_000_00 + named_ore if remaining_ore is None else remaining_ore, settlements)


def seen(happened: Sequence[Happened]) -> list[Seen]:
    """What is known after these were written down."""
    return [one.seen for one in happened]


def told(happened: Sequence[Happened]) -> list[tuple[str, int, TransactionKind]]:
    """Key, change and kind of each."""
    return [(one.seen.settlement, one.seen.amount_ore, one.seen.kind) for one in happened]


def test_nothing_has_happened_to_an_item_that_is_as_it_was() -> None:
    now = item(settlement("1", -100_00), settlement("2", -50_00))
    assert what_happened(now, seen(what_happened(now, (), ON)), ON) == []


def test_two_equal_payments_are_two() -> None:
    now = item(settlement("1", -100_00), settlement("2", -100_00))
    assert told(what_happened(now, (), ON)) == [("1", -100_00, PAID), ("2", -100_00, PAID)]


def test_a_sum_that_grew_is_another_booking_and_one_that_shrank_was_taken_off() -> None:
    before = seen(what_happened(item(settlement("1", -100_00)), (), ON))
    assert told(what_happened(item(settlement("1", -130_00)), before, ON)) == [("1", -30_00, PAID)]
    assert told(what_happened(item(settlement("1", -60_00)), before, ON)) == [("1", 40_00, BACK)]
    assert told(what_happened(item(), before, ON)) == [("1", 100_00, BACK)]


def test_what_was_taken_off_comes_before_what_was_put_on() -> None:
    before = seen(what_happened(item(settlement("1", -100_00)), (), ON))
    assert told(what_happened(item(settlement("2", -100_00)), before, ON)) == [
        ("1", 100_00, BACK),
        ("2", -100_00, PAID),
    ]


def test_what_nobody_names_is_a_correction_until_it_is_named() -> None:
    first = what_happened(item(remaining_ore=900_00), (), ON)
    assert told(first) == [(UNNAMED, -100_00, CORRECTED)]
    later = what_happened(item(settlement("1", -100_00)), seen(first), ON)
    assert told(later) == [("1", -100_00, PAID), (UNNAMED, 100_00, CORRECTED)]


def test_money_counts_from_its_day_and_what_is_taken_back_never_from_before() -> None:
    came = what_happened(item(settlement("1", -100_00, days_ago=9)), (), ON)
    assert [one.seen.value_on for one in came] == [ON - timedelta(9)]
    now = item(settlement("1", -100_00, days_ago=9), settlement("2", 100_00, days_ago=30, kind=BACK))
    (back,) = what_happened(now, seen(came), ON)
    assert back.seen.value_on == ON - timedelta(9)
    (off,) = what_happened(item(), seen(came), ON)
    assert off.seen.value_on == ON


def test_what_a_person_does_with_a_voucher_of_the_collector_is_the_ledgers_own_affair() -> None:
    ours = item(settlement("1", -100_00, ours="key"))
    first = seen(what_happened(ours, (), ON))
    assert [(one.voucher_key, one.line_no) for one in first] == [("key", 1)]
    taken_off = seen(what_happened(item(), first, ON))
    assert [(one.amount_ore, one.voucher_key) for one in taken_off] == [(100_00, "")]
    again = seen(what_happened(ours, [*first, *taken_off], ON))
    assert [(one.amount_ore, one.voucher_key) for one in again] == [(-100_00, "")]


amounts = st.integers(-5, 5).map(lambda one: one * 10_01)
states = st.lists(
    st.tuples(st.dictionaries(st.sampled_from("abc"), amounts, max_size=3), st.integers(-3, 3)), max_size=6
)


@given(states)
def test_what_was_seen_always_adds_up_to_what_remains(story: list[tuple[dict[str, int], int]]) -> None:
    before: list[Seen] = []
    for named, unnamed in story:
        rest_ore = 1_000_00 + sum(named.values()) + unnamed
        now = item(*(settlement(key, amount) for key, amount in sorted(named.items())), remaining_ore=rest_ore)
        before += seen(what_happened(now, before, ON))
        assert 1_000_00 + sum(one.amount_ore for one in before) == rest_ore
        by_key = {one.settlement: 0 for one in before}
        for one in before:
            by_key[one.settlement] += one.amount_ore
        assert {key: ore for key, ore in by_key.items() if ore} == {
            key: ore for key, ore in (*named.items(), (UNNAMED, unnamed)) if ore
        }
        assert what_happened(now, before, ON) == []
