"""The law's deadlines: dated rows with a source, and a day without a row is refused by name."""

from __future__ import annotations

from datetime import date

import pytest

from kravbro.core.errors import DataFault
from kravbro.core.statute.deadlines import DeadlineRow, Deadlines, shipped_deadlines


def row(value: int, valid_from: date, valid_to: date | None) -> DeadlineRow:
    return DeadlineRow("notice_days", value, "days", valid_from, valid_to, "law", "source", "two sources")


CHANGED = Deadlines((row(14, date(2000, 1, 1), date(2026, 12, 31)), row(21, date(2027, 1, 1), None)))


@pytest.mark.parametrize(
    ("on", "days"),
    [(date(2000, 1, 1), 14), (date(2026, 12, 31), 14), (date(2027, 1, 1), 21), (date(2099, 1, 1), 21)],
)
def test_the_row_of_the_day_counts(on: date, days: int) -> None:
    assert CHANGED.notice_days(on) == days


def test_a_day_before_the_first_row_is_refused_by_name() -> None:
    with pytest.raises(DataFault, match=r"statute\.no_deadline") as fault:
        CHANGED.notice_days(date(1999, 12, 31))

    assert fault.value.facts == {"name": "notice_days", "on": "1999-12-31"}


def test_one_deadline_is_not_taken_for_another() -> None:
    with pytest.raises(DataFault, match=r"statute\.no_deadline"):
        CHANGED.limitation_years(date(2026, 1, 1))


def test_the_shipped_rows_are_norwegian_law() -> None:
    shipped = shipped_deadlines()

    assert shipped.limitation_years(date(2026, 11, 23)) == 3
    assert shipped.notice_days(date(2026, 11, 23)) == 14
    with pytest.raises(DataFault, match=r"statute\.no_deadline"):
        shipped.notice_days(date(1989, 6, 30))


def test_every_row_says_where_it_comes_from_and_no_two_overlap() -> None:
    rows = shipped_deadlines().rows
    assert rows
    for one in rows:
        assert "§" in one.law
        assert one.source
        assert one.confidence
    for first in rows:
        for second in rows:
            if first is not second and first.name == second.name:
                ended = first.valid_to or date.max
                assert ended < second.valid_from or (second.valid_to or date.max) < first.valid_from
