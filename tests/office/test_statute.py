"""Law that the office keeps: what counts after a row was added, and what is refused and leaves nothing."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
import sqlalchemy as sa

from kravbro.core.errors import DataFault, KravbroError, Stop
from kravbro.core.statute.rows import Day, Row, Scope
from kravbro.db.engines import writing
from kravbro.office import contents
from kravbro.office import tables as t
from kravbro.office.admission import accept_claims
from kravbro.office.queries.statute import listed
from kravbro.office.statute import load_statute
from tests.office.builders import STATUTE, Desk, offer, open_desk
from tests.office.lawbook import IN_2027, add, band, kept, law, next_rate, row, verify
from tests.places import NewPlace

pytestmark = pytest.mark.rules


@pytest.fixture
def desk(new_place: NewPlace) -> Desk:
    return open_desk(new_place.where())


def test_an_office_without_rows_has_the_shipped_law(desk: Desk) -> None:
    assert law(desk) == STATUTE


def test_the_rate_of_a_new_half_year_counts_for_its_days_alone(desk: Desk) -> None:
    added = add(desk, next_rate())

    assert added.added.number == 1
    assert law(desk).value("late_interest", date(2027, 6, 30)) == 12
    assert law(desk).value("late_interest", date(2026, 12, 31)) == Fraction("12.25")
    with pytest.raises(DataFault, match=r"statute\.no_late_interest") as fault:
        law(desk).value("late_interest", date(2027, 7, 1))
    assert fault.value.facts["half_year"] == "2027 H2"


def test_a_row_says_who_added_it_and_on_which_day(desk: Desk) -> None:
    add(desk, next_rate(), actor="ola")

    (one,) = [one for one in listed(kept(desk)) if one.added_by]
    assert (one.added_by, one.added_on, one.verified_by) == ("ola", date(2026, 11, 23), None)


def test_an_open_row_is_ended_by_a_later_one_without_being_asked(desk: Desk) -> None:
    done = add(desk, row("inkassosats", "770", IN_2027)).effect

    assert [one.value for one in done.ends] == ["750"]
    assert (done.replaces, done.fills, done.resumes) == ((), (), ())
    assert law(desk).value("inkassosats", date(2026, 12, 31)) == 750
    assert law(desk).value("inkassosats", IN_2027) == 770


def test_a_row_without_a_figure_is_filled_without_being_asked(desk: Desk) -> None:
    done = add(desk, row("inkassosats", "640", date(2014, 1, 1), date(2014, 12, 31))).effect

    assert [one.valid_from for one in done.fills] == [date(2014, 1, 1)]
    assert law(desk).value("inkassosats", date(2014, 5, 1)) == 640


def test_a_row_inside_an_open_one_needs_to_be_asked_for_and_says_what_comes_back(desk: Desk) -> None:
    inside = row("inkassosats", "770", IN_2027, date(2027, 12, 31))
    with pytest.raises(Stop, match=r"office\.statute_overlaps"):
        add(desk, inside)
    done = add(desk, inside, replaces=True).effect

    assert [one.value for one in done.replaces] == ["750"]
    assert [one.value for one in done.resumes] == ["750"]
    assert law(desk).value("inkassosats", date(2028, 1, 1)) == 750


def test_a_wrong_row_is_cured_by_another_over_it(desk: Desk) -> None:
    add(desk, next_rate("21"))
    with pytest.raises(Stop, match=r"office\.statute_overlaps"):
        add(desk, next_rate())
    done = add(desk, next_rate(), replaces=True).effect

    assert [one.value for one in done.replaces] == ["21"]
    assert law(desk).value("late_interest", IN_2027) == 12
    assert [one.value for one in desk.rows(t.statute_row)] == ["21", "12"]


@pytest.mark.parametrize(
    ("one", "code"),
    [
        (next_rate(), "office.statute_known"),
        (next_rate("12.00"), "office.statute_known"),
        (next_rate("24/2"), "office.statute_percent"),
        (next_rate("12.5"), "office.statute_overlaps"),
        (next_rate("12.5", scope=Scope.CONSUMER), "office.statute_overlaps"),
        (row("late_interest", "12", date(2027, 6, 30), date(2027, 12, 31)), "office.statute_half_year"),
        (row("late_interest", "12", date(2026, 12, 1), date(2027, 1, 1)), "office.statute_half_year"),
        (row("late_interest", "12", IN_2027, date(2099, 12, 31)), "office.statute_half_year"),
        (row("standard_compensation", "430", IN_2027, date(2027, 1, 5)), "office.statute_half_year"),
        (row("inkassosats", "770", date(2025, 12, 1), date(2026, 1, 1)), "office.statute_later_row"),
        (row("late_interest", "12", date(2028, 1, 1)), "office.statute_needs_end"),
        (row("tax", "12", IN_2027), "statute.no_such_rule"),
        (row("notice_days", "14.5", IN_2027, act=2026), "statute.not_whole"),
        (row("notice_days", "21", IN_2027), "office.statute_act_missing"),
        (row("collection_act", "26", IN_2027), "office.statute_value"),
        (next_rate(law=""), "office.statute_text_missing"),
        (next_rate(confidence="  "), "office.statute_text_missing"),
        (next_rate(note="x" * 401), "office.statute_text_too_long"),
    ],
)
def test_a_row_that_is_refused_leaves_nothing(desk: Desk, one: Row, code: str) -> None:
    add(desk, next_rate())
    before = law(desk)
    with pytest.raises(KravbroError) as fault:
        add(desk, one)

    assert fault.value.code == code
    assert law(desk) == before
    assert [one.last for one in desk.rows(t.counter, t.counter.c.name == "statute_row")] == [1]


def test_a_row_that_begins_later_is_not_replaced_from_before_it(desk: Desk) -> None:
    with pytest.raises(Stop, match=r"office\.statute_later_row") as fault:
        add(desk, row("inkassosats", "740", date(2025, 1, 1), date(2026, 12, 31)), replaces=True)

    assert fault.value.facts["last"] == "2025-12-31"


def test_a_fee_that_falls_away_is_nothing(desk: Desk) -> None:
    add(desk, row("own_betalingsoppfordring_fee", "0", IN_2027, act=1988))
    days = {Day.DUE: IN_2027, Day.SENT: date(2027, 2, 1)}

    assert law(desk).figure("own_betalingsoppfordring_fee", days).value == 0


@pytest.mark.parametrize(
    ("first", "last"),
    [(date(2013, 3, 16), date(2013, 6, 30)), (date(2013, 7, 1), date(2013, 12, 31))],
)
def test_the_days_of_a_shipped_row_are_filled_in_though_they_are_no_half_year(
    desk: Desk, first: date, last: date
) -> None:
    done = add(desk, row("standard_compensation", "310", first, last)).effect

    assert [one.valid_from for one in done.fills] == [first]


def test_a_set_of_bands_counts_when_it_is_whole(desk: Desk) -> None:
    add(desk, band("0.3", 1_000_00))
    assert add(desk, band("0.6", 9_000_00)).effect.waits
    assert law(desk) == STATUTE, "half a set judges no claim"
    assert [one.value for one in kept(desk).waiting] == ["0.3", "0.6"]
    done = add(desk, band("9", None), above=True).effect

    assert len(done.ends) == 7
    assert not done.waits
    factors = [
        law(desk).row("salaer_simple", IN_2027, size_ore=size_ore).value
        for size_ore in (1, 1_000_00, 1_000_01, 9_000_00, 9_000_01)
    ]
    assert factors == ["0.3", "0.3", "0.6", "0.6", "9"]
    assert law(desk).row("salaer_simple", date(2026, 12, 31), size_ore=1).value == "0.25"


@pytest.mark.parametrize(
    ("one", "code"),
    [
        (band("0.4", 1_000_00), "office.statute_overlaps"),
        (band("0.3", 1_000_00), "office.statute_known"),
        (band("0.6", 2_000_00, valid_to=date(2027, 12, 31)), "office.statute_band_days"),
    ],
)
def test_a_band_that_waits_is_guarded_as_one_that_counts(desk: Desk, one: Row, code: str) -> None:
    add(desk, band("0.3", 1_000_00))
    with pytest.raises(KravbroError) as fault:
        add(desk, one)

    assert fault.value.code == code


def test_one_band_of_a_set_is_replaced_when_asked(desk: Desk) -> None:
    wrong = band("0.26", 500_00, date(2020, 10, 1))
    with pytest.raises(Stop, match=r"office\.statute_overlaps"):
        add(desk, wrong)
    done = add(desk, wrong, replaces=True).effect

    assert [one.value for one in done.replaces] == ["0.25"]
    assert [law(desk).row("salaer_simple", IN_2027, size_ore=size).value for size in (500_00, 500_01)] == [
        "0.26",
        "0.35",
    ]


def test_an_act_that_enters_into_force_says_what_it_has_no_rows_for(desk: Desk) -> None:
    done = add(desk, row("collection_act", "2026", IN_2027)).effect

    assert [one.value for one in done.ends] == ["1988"]
    assert set(done.refused) == {rule.name for rule in STATUTE.rules.values() if rule.act_picked_by}
    days = {Day.DUE: date(2026, 11, 1), Day.SENT: IN_2027}
    with pytest.raises(DataFault, match=r"statute\.not_in_act"):
        law(desk).figure("purring_fee", days)
    add(desk, row("purring_fee", "1/25", date(2026, 11, 1), act=2026))
    assert law(desk).figure("purring_fee", days).value == 30


def test_an_act_that_is_put_off_gives_way_to_the_one_before(desk: Desk) -> None:
    add(desk, row("collection_act", "2026", IN_2027))
    done = add(desk, row("collection_act", "1988", IN_2027), replaces=True).effect
    add(desk, row("collection_act", "2026", date(2027, 7, 1)))

    assert [one.value for one in done.replaces] == ["2026"]
    assert [law(desk).act(day).value for day in (IN_2027, date(2027, 6, 30), date(2027, 7, 1))] == [
        "1988",
        "1988",
        "2026",
    ]


def test_the_gate_obeys_a_row_that_was_added(desk: Desk) -> None:
    """The notice of the offer gave 19 days."""
    add(desk, row("notice_days", "20", date(2026, 1, 1), act=1988))
    with desk.writing() as connection:
        accept_claims(connection, 1, [offer(1)], load_statute(connection, STATUTE), desk.act)
    (refused,) = desk.rows(t.receipt)

    assert (refused.outcome, "gate.notice_missing" in refused.reasons) == ("refused", True)


@pytest.mark.parametrize("table", ["statute_row", "statute_verification"])
def test_law_that_was_changed_past_the_program_is_used_by_nobody(desk: Desk, table: str) -> None:
    add(desk, next_rate())
    verify(desk, "late_interest", IN_2027, "12")
    with writing(desk.engine) as connection:
        connection.execute(sa.update(t.office.tables[table]).values(value="11"))

    with pytest.raises(DataFault, match=r"office\.statute_altered") as fault:
        kept(desk)
    assert fault.value.facts == {"table": table, "number": 1}


def test_every_column_of_a_kept_row_is_part_of_its_fingerprint() -> None:
    left_out = {"fingerprint", "written_at"}

    assert set(contents.STATUTE_ROW) == set(t.statute_row.c.keys()) - left_out
    assert set(contents.STATUTE_VERIFICATION) == set(t.statute_verification.c.keys()) - left_out
