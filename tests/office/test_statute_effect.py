"""What a row does to the others: no figure changes in silence, and the list says what counts."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from kravbro.core.errors import DataFault, KravbroError, Stop
from kravbro.core.statute.rows import Row, Scope
from kravbro.office.queries.statute import listed
from kravbro.office.statute_effect import State, counting
from tests.office.builders import STATUTE, Desk, open_desk
from tests.office.lawbook import IN_2027, add, band, kept, law, next_rate, row
from tests.places import NewPlace

pytestmark = pytest.mark.rules


@pytest.fixture
def desk(new_place: NewPlace) -> Desk:
    return open_desk(new_place.where())


def test_a_rate_for_businesses_over_one_for_all_says_whose_place_it_takes(desk: Desk) -> None:
    first, last = date(2026, 7, 1), date(2026, 12, 31)
    done = add(desk, row("late_interest", "8", first, last, scope=Scope.BUSINESS), replaces=True).effect

    assert [(one.value, one.scope) for one in done.narrows] == [("12.25", Scope.ALL)]
    assert (done.replaces, done.ends, done.fills, done.resumes) == ((), (), (), ())
    rates = [law(desk).value("late_interest", first, scope=scope) for scope in Scope]
    assert rates == [Fraction("12.25"), Fraction("12.25"), 8]


def test_a_row_of_an_act_that_does_not_govern_yet_says_what_it_replaces(desk: Desk) -> None:
    add(desk, row("purring_fee", "1/25", IN_2027, act=2026))
    done = add(desk, row("purring_fee", "1/30", IN_2027, act=2026), replaces=True).effect

    assert [one.value for one in done.replaces] == ["1/25"]


MONEY_RULES = ("late_interest", "inkassosats", "salaer_simple", "vat", "purring_fee", "notice_days")


@pytest.mark.parametrize("rule", MONEY_RULES)
@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("up_to_ore", [None, 500_00, 20_000_00])
def test_no_row_that_changes_a_figure_is_added_in_silence(
    desk: Desk, rule: str, scope: Scope, up_to_ore: int | None
) -> None:
    """Whatever is accepted: where the law answers differently on its first day, the effect names what was there."""
    of_act = 1988 if STATUTE.rule(rule).act_picked_by else None
    first, last = (date(2026, 7, 1), date(2026, 12, 31)) if rule == "late_interest" else (date(2020, 10, 1), None)
    one = row(rule, "7", first, last, scope=scope, up_to_ore=up_to_ore, act=of_act)
    above = rule == "salaer_simple" and up_to_ore is None
    try:
        done = add(desk, one, above=above, replaces=True).effect
    except KravbroError:
        assert law(desk) == STATUTE
        return
    sizes = (1, 500_00, 500_01, 12_000_00, 20_000_00, 900_000_00) if rule == "salaer_simple" else (None,)
    places = [(asked, size) for asked in Scope for size in sizes]
    was = [STATUTE.row(rule, first, asked, size_ore=size) for asked, size in places]
    becomes = [law(desk).row(rule, first, asked, size_ore=size) for asked, size in places]
    gone = {before for before, after in zip(was, becomes, strict=True) if before != after}

    assert gone
    assert gone == {*done.ends, *done.replaces, *done.narrows, *done.fills}


def test_the_list_says_which_rows_count_no_more_and_which_wait(desk: Desk) -> None:
    add(desk, next_rate("21"))
    add(desk, next_rate(), replaces=True)
    add(desk, band("0.3", 1_000_00))
    rows = listed(kept(desk))

    assert {(one.rule, one.value): one.state for one in rows if one.added_by} == {
        ("late_interest", "21"): State.REPLACED,
        ("late_interest", "12"): State.COUNTS,
        ("salaer_simple", "0.3"): State.WAITS,
    }
    others = {one.state for one in rows if not one.added_by and one.valid_from}
    assert others == {State.COUNTS}
    assert [one.rule for one in rows if one.state is State.NOT_IN_FORCE] == ["collection_act"]


def test_a_gap_that_was_filled_counts_no_more_and_one_half_filled_does(desk: Desk) -> None:
    add(desk, row("inkassosats", "640", date(2014, 1, 1), date(2014, 12, 31)))
    add(desk, row("inkassosats", "610", date(2010, 1, 1), date(2010, 12, 31)))
    gaps = [one for one in listed(kept(desk), rule="inkassosats") if one.value is None]

    found = {one.valid_from: one.state for one in gaps if one.valid_from}
    assert found[date(2014, 1, 1)] is State.REPLACED
    assert found[date(2010, 1, 1)] is State.COUNTS


def answer(rule: str, on: date, scope: Scope, size_ore: int | None) -> Row | str:
    """What the law answers: a row, or the code of its refusal."""
    try:
        return STATUTE.row(rule, on, scope, size_ore=size_ore)
    except DataFault as fault:
        return fault.code


@pytest.mark.parametrize(
    "on", [date(1980, 5, 1), date(1990, 1, 1), date(2011, 3, 1), date(2020, 9, 30), date(2026, 11, 20)]
)
def test_the_rows_that_count_on_a_day_are_those_that_the_law_answers_with(on: date) -> None:
    rows = counting(STATUTE, on)
    for rule in STATUTE.rules:
        mine = [one for one in rows if one.rule == rule]
        banded = any(one.up_to_ore for one in mine)
        sizes = [one.up_to_ore or 2**62 for one in mine] if banded else [None]
        answers = [answer(rule, on, scope, size_ore) for scope in Scope for size_ore in sizes]

        assert [one for one in answers if isinstance(one, Row) and one not in mine] == []
        assert [one for one in mine if one.value is not None and one not in answers] == []
        assert any(one.value is None for one in mine) == any(
            str(one).endswith("not_confirmed") for one in answers if not isinstance(one, Row)
        )


def test_a_set_that_is_whole_takes_no_band_between_two_others(desk: Desk) -> None:
    """Claims of 12 000 would go from 1.6 to 0.9 times the sats, and no band would be gone."""
    with pytest.raises(Stop, match=r"office\.statute_band_new") as fault:
        add(desk, band("0.9", 20_000_00, date(2020, 10, 1)), replaces=True)

    ends = str(fault.value.facts["ends"]).replace("\u00a0", " ")
    assert ends == "500,00, 1 000,00, 2 500,00, 10 000,00, 50 000,00, 250 000,00"
    assert law(desk) == STATUTE


def test_a_set_of_the_office_that_is_whole_takes_no_new_band_either(desk: Desk) -> None:
    add(desk, band("0.3", 1_000_00))
    add(desk, band("9", None), above=True)
    with pytest.raises(Stop, match=r"office\.statute_band_new"):
        add(desk, band("0.6", 9_000_00), replaces=True)


def test_a_row_of_an_act_that_does_not_govern_yet_says_so(desk: Desk) -> None:
    assert add(desk, row("purring_fee", "1/25", IN_2027, act=2026)).effect.waits_for_act
    assert not add(desk, row("purring_fee", "1/25", IN_2027, act=1988)).effect.waits_for_act
