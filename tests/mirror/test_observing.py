"""What has happened to an open item is decided from what was seen before and what is there now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from kravbro.core.claims import TransactionKind
from kravbro.mirror.forgetting import UNNAMED, Seen
from kravbro.mirror.observing import Happened, what_happened
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


def test_what_the_ledger_only_cannot_name_any_more_was_not_taken_off() -> None:
    before = seen(what_happened(item(settlement("1", -100_00), settlement("2", -50_00)), (), ON))
    forgotten = item(remaining_ore=850_00)
    assert what_happened(forgotten, before, ON) == []
    more = item(settlement("3", -20_00), remaining_ore=830_00)
    assert told(what_happened(more, before, ON)) == [("3", -20_00, PAID)]
    less = item(remaining_ore=900_00)
    assert told(what_happened(less, before, ON)) == [("2", 50_00, BACK)], "the oldest is remembered first"


def test_a_guess_does_not_take_the_place_of_what_was_seen() -> None:
    before = seen(what_happened(item(settlement("1", -100_00)), (), ON))
    guess = msgspec.structs.replace(settlement("2", -130_00), guessed=True)
    changed = what_happened(item(guess), before, ON)
    assert told(changed) == [("2", -30_00, PAID)]
    assert what_happened(item(guess), [*before, *seen(changed)], ON) == []


def test_a_line_of_the_collectors_is_one_though_its_key_is_another() -> None:
    before = seen(what_happened(item(settlement("1", -60_00, ours="key"), settlement("2", -40_00, ours="key")), (), ON))
    assert what_happened(item(settlement("voucher 1/1", -100_00, ours="key")), before, ON) == []


amounts = st.integers(-5, 5).map(lambda one: one * 10_01)
unnamed_amounts = st.integers(-3, 3) | amounts
states = st.lists(
    st.tuples(st.dictionaries(st.sampled_from("abc"), st.tuples(amounts, st.booleans()), max_size=3), unnamed_amounts),
    max_size=6,
)


@given(states)
def test_what_was_seen_always_adds_up_to_what_remains(
    story: list[tuple[dict[str, tuple[int, bool]], int]],
) -> None:
    before: list[Seen] = []
    for named, unnamed in story:
        rest_ore = 1_000_00 + sum(amount for amount, _ in named.values()) + unnamed
        settlements = [
            msgspec.structs.replace(settlement(key, amount), guessed=guessed)
            for key, (amount, guessed) in sorted(named.items())
        ]
        earlier = _sums(before)
        now = item(*settlements, remaining_ore=rest_ore)
        before += seen(what_happened(now, before, ON))
        assert 1_000_00 + sum(one.amount_ore for one in before) == rest_ore
        by_key = _sums(before)
        assert {key: by_key.get(key, 0) for key, (_, guessed) in named.items() if not guessed} == {
            key: amount for key, (amount, guessed) in named.items() if not guessed
        }
        gone = earlier.keys() - named.keys() - {UNNAMED}
        assert all(by_key[key] in {0, earlier[key]} for key in gone), "forgotten, or taken off"
        assert what_happened(now, before, ON) == []


def _sums(seen_before: Sequence[Seen]) -> dict[str, int]:
    """What was seen of each settlement (øre)."""
    found: dict[str, int] = {}
    for one in seen_before:
        found[one.settlement] = found.get(one.settlement, 0) + one.amount_ore
    return found
