"""What is in doubt is as if it had not happened, until a person says that it is right."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from kravbro.core.claims import TransactionKind
from kravbro.core.movements import Because
from kravbro.mirror.doubts import in_doubt, without_doubts
from kravbro.mirror.forgetting import Seen
from kravbro.mirror.observing import what_happened
from kravbro.mirror.source import OpenItem, Settlement

ON = date(2026, 3, 2)
DOUBT = Because("visma_business.booked_twice")


def settlement(key: str, amount_ore: int, *, doubtful: bool) -> Settlement:
    """Something that was booked on the day of looking."""
    doubt = DOUBT if doubtful else None
    return Settlement(key, amount_ore, TransactionKind.CORRECTION, ON, ON, key, doubt=doubt)


def item(*settlements: Settlement) -> OpenItem:
    """An invoice of 1 000,00 with all of these on it."""
    return OpenItem(7, 1, 1_000_00, 1_000_00 + sum(one.amount_ore for one in settlements), settlements)


def looked(now: OpenItem, before: list[Seen], right: str = "") -> list[Seen]:
    """What is new at a look."""
    return [one.seen for one in what_happened(without_doubts(now, before, right), before, ON)]


def test_it_is_told_once_when_a_person_says_that_it_is_right() -> None:
    now = item(settlement("1", -300_00, doubtful=False), settlement("2", -300_00, doubtful=True))
    before = looked(now, [])
    assert [(one.settlement, one.amount_ore) for one in before] == [("1", -300_00)]
    assert [one.key for one in in_doubt(now, before)] == ["2"]

    before += looked(now, before, "2")
    assert [(one.settlement, one.amount_ore) for one in before] == [("1", -300_00), ("2", -300_00)]
    assert (in_doubt(now, before), looked(now, before)) == ([], [])


def test_what_was_told_before_anybody_doubted_it_stays_told() -> None:
    before = looked(item(settlement("1", -300_00, doubtful=False)), [])
    assert looked(item(settlement("1", -300_00, doubtful=True)), before) == []


states = st.lists(
    st.dictionaries(st.sampled_from("abc"), st.tuples(st.integers(-3, 3).map(lambda one: one * 100), st.booleans())),
    max_size=5,
)


@given(states, st.sampled_from("abc"))
def test_what_is_told_adds_up_to_what_remains_without_what_is_in_doubt(
    story: list[dict[str, tuple[int, bool]]], right: str
) -> None:
    before: list[Seen] = []
    for place, named in enumerate(story):
        now = item(*(settlement(key, ore, doubtful=doubtful) for key, (ore, doubtful) in sorted(named.items())))
        chosen = right if place else ""
        held_ore = sum(one.amount_ore for one in in_doubt(now, before, chosen))
        before += looked(now, before, chosen)
        assert 1_000_00 + sum(one.amount_ore for one in before) == now.remaining_ore - held_ore
        assert looked(now, before, chosen) == []
