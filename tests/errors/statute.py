"""Errors of the law that the office keeps: rows that cannot be law, and readings that do not fit."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa

from kravbro.core.statute.rows import Row, Scope
from kravbro.office import tables as t
from kravbro.office.statute import add_row, load_statute, verify_row
from tests.errors.gallery import provokes
from tests.office.builders import STATUTE, act, open_desk, open_engine

RATE = Row("late_interest", "12", date(2027, 1, 1), date(2027, 6, 30), "FOR-2026-12-17-2999", "lovdata.no", "read")
BAND = msgspec.structs.replace(
    RATE, rule="salaer_simple", value="0.5", valid_to=None, up_to_ore=500_00, act=1988, law="FOR-2026-12-17-2999 § 2"
)


def add(folder: Path, *rows: Row, above: bool = False) -> None:
    """Add rows to a new office; `above` is said of the last."""
    desk = open_desk(folder)
    for row in rows:
        with desk.writing() as connection:
            add_row(connection, STATUTE, row, act(), above=above and row is rows[-1])


def changed(row: Row, **changes: Any) -> Row:
    return msgspec.structs.replace(row, **changes)


def verify(folder: Path, rule: str, valid_from: date, value: str) -> None:
    desk = open_desk(folder)
    with desk.writing() as connection:
        verify_row(connection, STATUTE, rule, valid_from, value, "lovdata.no", act())


@provokes("office.statute_value")
def a_value_with_its_unit(folder: Path) -> None:
    add(folder, changed(RATE, value="12 %"))


@provokes("office.statute_kroner")
def a_tenth_of_an_ore(folder: Path) -> None:
    add(folder, changed(RATE, rule="inkassosats", value="770.505"))


@provokes("office.statute_text_missing")
def a_rate_that_was_heard_of(folder: Path) -> None:
    add(folder, changed(RATE, source=" "))


@provokes("office.statute_text_too_long")
def a_whole_regulation_as_its_name(folder: Path) -> None:
    add(folder, changed(RATE, law="§" * 201))


@provokes("office.statute_days")
def a_half_year_the_wrong_way_round(folder: Path) -> None:
    add(folder, changed(RATE, valid_to=date(2026, 6, 30)))


@provokes("office.statute_day_out_of_reach")
def a_year_with_two_digits(folder: Path) -> None:
    add(folder, changed(RATE, valid_from=date(27, 1, 1)))


@provokes("office.statute_needs_end")
def a_rate_for_ever(folder: Path) -> None:
    add(folder, changed(RATE, valid_to=None))


@provokes("office.statute_scope")
def a_sats_for_consumers(folder: Path) -> None:
    add(folder, changed(RATE, rule="inkassosats", value="770", scope=Scope.CONSUMER))


@provokes("office.statute_act_missing")
def a_fee_of_no_act(folder: Path) -> None:
    add(folder, changed(RATE, rule="purring_fee", value="1/25"))


@provokes("office.statute_act_refused")
def a_rate_of_an_act_of_collection(folder: Path) -> None:
    add(folder, changed(RATE, act=1988))


@provokes("office.statute_act_unknown")
def a_fee_of_an_act_that_is_not_there(folder: Path) -> None:
    add(folder, changed(RATE, rule="purring_fee", value="1/25", act=2027))


@provokes("office.statute_band_missing")
def a_fee_for_claims_of_unsaid_size(folder: Path) -> None:
    add(folder, changed(BAND, up_to_ore=None))


@provokes("office.statute_band_refused")
def a_rate_for_small_claims(folder: Path) -> None:
    add(folder, changed(RATE, up_to_ore=500_00))


@provokes("office.statute_band_size")
def a_band_for_claims_of_nothing(folder: Path) -> None:
    add(folder, changed(BAND, up_to_ore=0))


@provokes("office.statute_band_order")
def the_last_band_first(folder: Path) -> None:
    add(folder, changed(BAND, valid_from=date(2027, 7, 1), up_to_ore=None), above=True)


@provokes("office.statute_band_days")
def a_band_that_ends_before_the_others(folder: Path) -> None:
    last = date(2027, 12, 31)
    add(folder, BAND, changed(BAND, up_to_ore=1000_00, valid_to=last))


@provokes("office.statute_known")
def the_same_rate_twice(folder: Path) -> None:
    add(folder, RATE, changed(RATE, value="12.0"))


@provokes("office.statute_later_row")
def a_sats_over_two_years(folder: Path) -> None:
    first, last = date(2025, 1, 1), date(2026, 12, 31)
    add(folder, changed(RATE, rule="inkassosats", value="740", valid_from=first, valid_to=last))


@provokes("office.statute_half_year")
def a_rate_over_two_half_years(folder: Path) -> None:
    add(folder, changed(RATE, valid_from=date(2026, 1, 1)))


@provokes("office.statute_percent")
def a_rate_that_lost_its_point(folder: Path) -> None:
    add(folder, changed(RATE, value="1225"))


@provokes("office.statute_too_large")
def a_deadline_of_a_thousand_centuries(folder: Path) -> None:
    add(folder, changed(RATE, rule="interest_days_after_demand", value="99999999999", valid_to=None))


@provokes("office.statute_band_new")
def a_band_between_two_others(folder: Path) -> None:
    add(folder, changed(BAND, value="0.9", valid_from=date(2020, 10, 1), up_to_ore=20_000_00))


@provokes("office.statute_overlaps")
def another_rate_for_a_half_year_that_has_one(folder: Path) -> None:
    add(folder, changed(RATE, valid_from=date(2026, 7, 1), valid_to=date(2026, 12, 31)))


@provokes("office.statute_no_such_row")
def a_row_that_begins_on_another_day(folder: Path) -> None:
    verify(folder, "inkassosats", date(2026, 1, 2), "750")


@provokes("office.statute_no_value")
def a_figure_that_was_not_found(folder: Path) -> None:
    verify(folder, "inkassosats", date(2014, 1, 1), "640")


@provokes("office.statute_value_differs")
def the_law_says_something_else(folder: Path) -> None:
    verify(folder, "inkassosats", date(2026, 1, 1), "760")


@provokes("office.statute_altered")
def a_rate_that_was_changed_in_the_database(folder: Path) -> None:
    add(folder, RATE)
    engine = open_engine(folder)
    with engine.begin() as connection:
        connection.execute(sa.update(t.statute_row).values(value="11"))
    with engine.begin() as connection:
        load_statute(connection, STATUTE)
