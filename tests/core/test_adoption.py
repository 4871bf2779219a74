"""What is joined: what matched, and what a person chose among those that are shown together, with the difference."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kravbro.core.adoption import Choice, Joining, choose, joinings, still_open
from kravbro.core.conversion import Differs, EarlierClaim, TransferredClaim, match
from kravbro.core.errors import DataFault
from kravbro.core.movements import ClaimMovements
from kravbro.core.reconciliation import compare_claim
from tests.core.test_conversion import ITEMS, claim, item

CUT_OFF = date(2026, 6, 1)


def chose(entry: int, case: str = "K1", difference_ore: int = 0, invoice: str = "") -> Choice:
    return Choice(2, entry, case, invoice, difference_ore, "avtalt")


def sides(
    left: list[tuple[str, int, int, str]], right: list[tuple[str, int, int, str]]
) -> tuple[list[TransferredClaim], list[EarlierClaim]]:
    items = [item(number, *facts) for number, facts in enumerate(left, 1)]
    return items, [claim(number, *facts[:3], facts[3] or "K1") for number, facts in enumerate(right, 1)]


@given(ITEMS, ITEMS)
def test_once_all_that_matched_is_put_away_nothing_more_matches(
    left: list[tuple[str, int, int, str]], right: list[tuple[str, int, int, str]]
) -> None:
    items, claims = sides(left, right)
    first = match(items, claims)
    gone = {pair.transferred.entry for pair in first.matched}
    numbers = {pair.earlier.number for pair in first.matched}
    again = match([one for one in items if one.entry not in gone], [one for one in claims if one.number not in numbers])
    assert again.matched == ()
    assert (again.differing, again.ambiguous) == (first.differing, first.ambiguous)


def test_what_a_match_by_amount_leaves_may_match_by_its_case_number() -> None:
    items = [item(1, ore=300, case="K1"), item(2, ore=400, case="K1"), item(3, ore=400)]
    found = match(items, [claim(5, ore=300), claim(6, ore=400)])
    assert [(pair.transferred.entry, pair.earlier.number) for pair in found.matched] == [(1, 5), (2, 6)]
    assert [one.entry for one in found.missing_in_collector] == [3]


def test_a_choice_joins_what_differs_with_its_reason_and_the_rest_is_matched() -> None:
    items, claims = [item(1, ore=90), item(2, "7")], [claim(5), claim(6, "7", case="K2")]
    chosen = choose(items, claims, [chose(1, difference_ore=-10)], "liste")
    assert [(pair.transferred.entry, why) for pair, why in chosen.pairs] == [(1, "avtalt"), (2, "liste")]
    assert joinings(chosen, CUT_OFF)[0] == Joining(1, 5, "K1", CUT_OFF, 90, 100, "avtalt")
    assert chosen.rest.differing == ()


def test_of_several_the_one_that_was_chosen_is_joined_and_the_others_stand_alone() -> None:
    chosen = choose([item(1), item(2)], [claim(5)], [chose(2)], "liste")
    assert [(pair.transferred.entry, pair.earlier.number) for pair, _ in chosen.pairs] == [(2, 5)]
    assert [one.entry for one in chosen.rest.missing_in_collector] == [1]


@pytest.mark.parametrize(
    ("choices", "code"),
    [
        ([chose(9)], "choice_unknown"),
        ([chose(1, "K9")], "choice_of_others"),
        ([chose(3, "K7")], "choice_of_others"),
        ([chose(1, difference_ore=-11)], "choice_difference"),
        ([chose(2, "K2")], "choice_difference"),
        ([chose(1, difference_ore=-10), chose(1, difference_ore=-10)], "choice_twice"),
    ],
)
def test_a_choice_that_is_not_shown_is_refused(choices: list[Choice], code: str) -> None:
    items = [item(1, ore=90), item(2, "7", ore=50), item(3, "8")]
    claims = [claim(5), claim(6, "7", case="K2"), claim(7, "8", case="K7"), claim(8, "8", case="K7")]
    with pytest.raises(DataFault, match=code):
        choose(items, claims, choices, "liste")


@pytest.mark.parametrize("differs", [Differs.CASE, Differs.CURRENCY])
def test_no_choice_passes_over_a_hindrance(differs: Differs) -> None:
    one = TransferredClaim(1, 1, "501", "", CUT_OFF, CUT_OFF, 100, 100, 0, currency="EUR")
    other = EarlierClaim(5, "K1", "", 1, "501", CUT_OFF, CUT_OFF, 100, obstacle="conversion.number_taken")
    items, claims = ([item(1)], [other]) if differs is Differs.CASE else ([one], [claim(5)])
    (pair,) = match(items, claims).differing
    assert pair.differs == (differs,)
    with pytest.raises(DataFault, match="choice_difference"):
        choose(items, claims, [chose(1)], "liste")


def test_a_choice_that_is_done_is_passed_over_and_one_of_another_case_is_refused() -> None:
    done = [Joining(1, 5, "K1", CUT_OFF, 90, 100, "avtalt")]
    assert still_open([chose(1), chose(2)], done) == [chose(2)]
    with pytest.raises(DataFault, match="choice_joined"):
        still_open([chose(1, "K2")], done)


@given(st.integers(-500, 500), st.integers(-500, 500), st.integers(-500, 500))
def test_openings_may_differ_by_what_was_accepted_or_a_part_of_it(ledger: int, collector: int, accepted: int) -> None:
    ours = ClaimMovements(1, 1, collector, "K1", 1, (), accepted)
    theirs = ClaimMovements(1, 1, ledger, "K1", 1, (), accepted)
    apart = ledger - collector
    fine = apart in range(min(0, accepted), max(0, accepted) + 1)
    compared = compare_claim(ours, theirs, 0)
    assert (compared.differences == ()) is fine
    assert compared.accepted_ore == (apart if fine else 0)
