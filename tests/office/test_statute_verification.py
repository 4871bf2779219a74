"""Who read which row in the law: a verification is of one row, and passes to no other."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from kravbro.core.errors import DataFault, KravbroError
from kravbro.core.statute.law import Statute
from kravbro.core.statute.rows import Scope
from kravbro.db.engines import reading
from kravbro.office import tables as t
from kravbro.office.queries.statute import listed
from kravbro.office.statute import load_kept
from tests.office.builders import STATUTE, Desk, open_desk
from tests.office.lawbook import IN_2027, LAW, add, kept, law, next_rate, read_rows, row, verify
from tests.places import NewPlace

pytestmark = pytest.mark.rules


@pytest.fixture
def desk(new_place: NewPlace) -> Desk:
    return open_desk(new_place.where())


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
    with pytest.raises(KravbroError) as fault:
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


def test_a_row_with_another_last_day_inherits_no_verification(desk: Desk) -> None:
    add(desk, row("inkassosats", "770", IN_2027, date(2027, 12, 31)), replaces=True)
    verify(desk, "inkassosats", IN_2027, "770")
    add(desk, row("inkassosats", "770", IN_2027, date(2028, 12, 31)), replaces=True)

    assert [(one.value, one.valid_to) for one in read_rows(desk)] == [("770", date(2027, 12, 31))]


def test_a_row_that_says_the_same_once_more_inherits_no_verification(desk: Desk) -> None:
    add(desk, next_rate())
    verify(desk, "late_interest", IN_2027, "12")
    add(desk, next_rate("12.5"), replaces=True)
    add(desk, next_rate("12", law="another regulation"), replaces=True)

    assert [one.law for one in read_rows(desk)] == [LAW]


def test_a_verification_tells_the_acts_apart(desk: Desk) -> None:
    add(desk, row("notice_days", "14", date(1989, 7, 1), act=2026))
    with pytest.raises(DataFault, match=r"office\.statute_act_missing"):
        verify(desk, "notice_days", date(1989, 7, 1), "14")
    with pytest.raises(DataFault, match=r"office\.statute_no_such_row"):
        verify(desk, "notice_days", date(1989, 7, 1), "14", of_act=1999)
    with pytest.raises(DataFault, match=r"office\.statute_act_refused"):
        verify(desk, "inkassosats", date(2026, 1, 1), "750", of_act=1988)
    verify(desk, "notice_days", date(1989, 7, 1), "14", of_act=1988)

    assert [one.act for one in read_rows(desk)] == [1988]
    verify(desk, "notice_days", date(1989, 7, 1), "14", of_act=2026)
    assert {one.act for one in read_rows(desk)} == {1988, 2026}


def test_a_shipped_row_that_another_release_ships_otherwise_is_verified_no_more(desk: Desk) -> None:
    verify(desk, "inkassosats", date(2026, 1, 1), "750")
    last = date(2026, 12, 31)
    ended = [
        msgspec.structs.replace(one, valid_to=last) if (one.rule, one.value) == ("inkassosats", "750") else one
        for one in STATUTE.rows
    ]
    with reading(desk.engine) as connection:
        next_release = load_kept(connection, Statute(STATUTE.rules.values(), ended))

    assert [one.rule for one in listed(kept(desk)) if one.verified_by] == ["inkassosats"]
    assert [one.rule for one in listed(next_release) if one.verified_by] == []
