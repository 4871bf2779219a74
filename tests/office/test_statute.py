"""Law that the office keeps: what counts after a row was added, what is refused and leaves nothing, who read what."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from kravbro.core.errors import DataFault
from kravbro.core.statute.law import Statute
from kravbro.core.statute.rows import Day, Row, Scope
from kravbro.db.engines import reading, writing
from kravbro.office import contents
from kravbro.office import tables as t
from kravbro.office.admission import accept_claims
from kravbro.office.queries.statute import ListedRow, listed
from kravbro.office.statute import Added, Kept, add_row, load_kept, load_statute, verify_row
from kravbro.office.statute_rows import counting
from kravbro.office.statute_values import exact_value
from tests.office.builders import STATUTE, Desk, act, offer, open_desk

LAW, SOURCE = "FOR-2026-12-17-2999", "lovdata.no"
IN_2027 = date(2027, 1, 1)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_desk(tmp_path)


def row(rule: str, value: str, first: date, last: date | None = None, **changes: Any) -> Row:
    base = Row(rule, value, first, last, LAW, SOURCE, "read by the operator")
    return msgspec.structs.replace(base, **changes)


def add(desk: Desk, one: Row, *, above: bool = False, replaces: bool = False, actor: str = "kari") -> Added:
    with writing(desk.engine) as connection:
        return add_row(connection, STATUTE, one, act(actor=actor), above=above, replaces=replaces)


def verify(desk: Desk, rule: str, first: date, value: str, **key: Any) -> None:
    with writing(desk.engine) as connection:
        verify_row(connection, STATUTE, rule, first, value, "LOV", act(date(2027, 1, 4), "ola"), **key)


def law(desk: Desk) -> Statute:
    with reading(desk.engine) as connection:
        return load_statute(connection, STATUTE)


def kept(desk: Desk) -> Kept:
    with reading(desk.engine) as connection:
        return load_kept(connection, STATUTE)


def next_rate(value: str = "12", **changes: Any) -> Row:
    return row("late_interest", value, IN_2027, date(2027, 6, 30), **changes)


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
    with pytest.raises(DataFault, match=r"office\.statute_overlaps"):
        add(desk, inside)
    done = add(desk, inside, replaces=True).effect

    assert [one.value for one in done.replaces] == ["750"]
    assert [one.value for one in done.resumes] == ["750"]
    assert law(desk).value("inkassosats", date(2028, 1, 1)) == 750


def test_a_wrong_row_is_cured_by_another_over_it(desk: Desk) -> None:
    add(desk, next_rate("21"))
    with pytest.raises(DataFault, match=r"office\.statute_overlaps"):
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
        (next_rate("24/2"), "office.statute_known"),
        (next_rate("12.5"), "office.statute_overlaps"),
        (next_rate("12.5", scope=Scope.CONSUMER), "office.statute_overlaps"),
        (row("late_interest", "12", date(2027, 6, 30), date(2027, 12, 31)), "office.statute_overlaps"),
        (row("late_interest", "12", date(2026, 12, 1), date(2027, 1, 1)), "office.statute_later_row"),
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
    with pytest.raises(DataFault) as fault:
        add(desk, one)

    assert fault.value.code == code
    assert law(desk) == before
    assert [one.last for one in desk.rows(t.counter, t.counter.c.name == "statute_row")] == [1]


def test_a_row_that_begins_later_is_not_replaced_from_before_it(desk: Desk) -> None:
    with pytest.raises(DataFault, match=r"office\.statute_later_row") as fault:
        add(desk, row("late_interest", "12", date(2026, 1, 1), date(2026, 12, 31)), replaces=True)

    assert fault.value.facts["last"] == "2026-06-30"


@pytest.mark.parametrize(
    ("rule", "text", "kept_as"),
    [
        ("late_interest", "12.25", "12.25"),
        ("late_interest", "12,25", "12.25"),
        ("late_interest", " 12 ", "12"),
        ("purring_fee", "1/20", "1/20"),
        ("inkassosats", "770.50", "770.50"),
        ("inkassosats", "1541/2", "1541/2"),
        ("notice_days", "14", "14"),
        ("collection_act", "2026", "2026"),
    ],
)
def test_a_value_is_kept_exactly(rule: str, text: str, kept_as: str) -> None:
    assert exact_value(STATUTE.rule(rule), text) == kept_as


@pytest.mark.parametrize(
    "text", ["", "0", "0/5", "-1", "+1", "1e2", "1/0", "1/2/3", "1.2/3", "12 %", "½", "١٢", ".5", "1 000"]
)
def test_what_is_no_exact_positive_number_is_no_value(text: str) -> None:
    with pytest.raises(DataFault, match=r"office\.statute_value"):
        exact_value(STATUTE.rule("late_interest"), text)


@pytest.mark.parametrize("text", ["770.505", "1/3"])
def test_kroner_have_two_decimals(text: str) -> None:
    with pytest.raises(DataFault, match=r"office\.statute_kroner"):
        exact_value(STATUTE.rule("inkassosats"), text)


def band(value: str, up_to_ore: int | None, first: date = IN_2027, **changes: Any) -> Row:
    return row("salaer_simple", value, first, up_to_ore=up_to_ore, act=1988, **changes)


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
    with pytest.raises(DataFault) as fault:
        add(desk, one)

    assert fault.value.code == code


def test_one_band_of_a_set_is_replaced_when_asked(desk: Desk) -> None:
    wrong = band("0.26", 500_00, date(2020, 10, 1))
    with pytest.raises(DataFault, match=r"office\.statute_overlaps"):
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


def test_a_row_of_an_act_that_does_not_govern_yet_says_so(desk: Desk) -> None:
    assert add(desk, row("purring_fee", "1/25", IN_2027, act=2026)).effect.waits_for_act
    assert not add(desk, row("purring_fee", "1/25", IN_2027, act=1988)).effect.waits_for_act


def test_the_gate_obeys_a_row_that_was_added(desk: Desk) -> None:
    """The notice of the offer gave 19 days."""
    add(desk, row("notice_days", "20", date(2026, 1, 1), act=1988))
    with desk.writing() as connection:
        accept_claims(connection, 1, [offer(1)], load_statute(connection, STATUTE), desk.act)
    (refused,) = desk.rows(t.receipt)

    assert (refused.outcome, "gate.notice_missing" in refused.reasons) == ("refused", True)


def read_rows(desk: Desk) -> list[ListedRow]:
    return [one for one in listed(kept(desk)) if one.verified_by]


def test_a_verification_shows_who_read_the_row_when_and_where(desk: Desk) -> None:
    add(desk, next_rate())
    verify(desk, "late_interest", IN_2027, "12,00")
    verify(desk, "salaer_simple", date(2020, 10, 1), "0.25", up_to_ore=500_00)
    verify(desk, "salaer_simple", date(2020, 10, 1), "36/5", above=True)
    verify(desk, "late_interest", date(1986, 2, 1), "15", scope=Scope.CONSUMER)

    assert [(one.rule, one.value, one.verified_by, one.verified_on, one.verified_in) for one in read_rows(desk)] == [
        ("late_interest", "15", "ola", date(2027, 1, 4), "LOV"),
        ("late_interest", "12", "ola", date(2027, 1, 4), "LOV"),
        ("salaer_simple", "0.25", "ola", date(2027, 1, 4), "LOV"),
        ("salaer_simple", "7.2", "ola", date(2027, 1, 4), "LOV"),
    ]
    assert law(desk) == STATUTE.with_rows([one.row for one in kept(desk).rows]), "reading changes no law"


@pytest.mark.parametrize(
    ("rule", "first", "value", "code"),
    [
        ("inkassosats", date(2026, 1, 1), "700", "office.statute_value_differs"),
        ("inkassosats", date(2026, 1, 2), "750", "office.statute_no_such_row"),
        ("inkassosats", date(2014, 1, 1), "640", "office.statute_no_value"),
        ("salaer_simple", date(2020, 10, 1), "0.25", "office.statute_band_missing"),
        ("tax", date(2026, 1, 1), "1", "statute.no_such_rule"),
    ],
)
def test_a_reading_that_fits_no_row_is_refused(desk: Desk, rule: str, first: date, value: str, code: str) -> None:
    with pytest.raises(DataFault) as fault:
        verify(desk, rule, first, value)

    assert fault.value.code == code
    assert desk.rows(t.statute_verification) == []


def test_a_verification_of_a_row_that_was_replaced_is_none_of_the_new_one(desk: Desk) -> None:
    add(desk, next_rate())
    verify(desk, "late_interest", IN_2027, "12")
    add(desk, next_rate("12.5"), replaces=True)

    assert [one.value for one in read_rows(desk)] == ["12"]
    verify(desk, "late_interest", IN_2027, "12.5")
    assert [one.value for one in read_rows(desk)] == ["12", "12.5"]


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
        assert any(one.value is None for one in mine) == ("statute.not_confirmed" in answers)


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
