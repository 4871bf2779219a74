"""The statute: the row of the day counts, what is missing or unconfirmed is refused by name, later rows win."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from kravbro.core.errors import DataFault
from kravbro.core.statute.law import Statute, half_year
from kravbro.core.statute.rows import Day, Row, Rule, Scope, Unit
from kravbro.core.statute.shipped import shipped_statute

SHIPPED = shipped_statute()


def row(
    value: str | None,
    valid_from: date | None,
    valid_to: date | None,
    *,
    rule: str = "notice_days",
    up_to_ore: int | None = None,
    act: int | None = None,
    scope: Scope = Scope.ALL,
) -> Row:
    return Row(
        rule, value, valid_from, valid_to, "law § 1", "source", "two sources", scope, up_to_ore=up_to_ore, act=act
    )


def statute(*rows: Row) -> Statute:
    return Statute([Rule("notice_days", Unit.DAYS, Day.SENT, "law § 1")], rows)


CHANGED = statute(row("14", date(2000, 1, 1), date(2026, 12, 31)), row("21", date(2027, 1, 1), None))


@pytest.mark.parametrize(
    ("on", "days"),
    [(date(2000, 1, 1), 14), (date(2026, 12, 31), 14), (date(2027, 1, 1), 21), (date(2099, 1, 1), 21)],
)
def test_the_row_of_the_day_counts(on: date, days: int) -> None:
    assert CHANGED.notice_days(on) == days


def test_a_day_before_the_first_row_is_refused_by_name() -> None:
    with pytest.raises(DataFault, match=r"statute\.no_row") as fault:
        CHANGED.notice_days(date(1999, 12, 31))

    assert fault.value.facts == {"rule": "notice_days", "on": "1999-12-31"}


def test_a_rule_that_is_not_there_is_refused() -> None:
    with pytest.raises(DataFault, match=r"statute\.no_such_rule"):
        CHANGED.limitation_years(date(2026, 1, 1))


def test_a_row_without_a_value_is_refused_by_name() -> None:
    with pytest.raises(DataFault, match=r"statute\.not_confirmed") as fault:
        SHIPPED.row("inkassosats", date(2011, 3, 1))

    assert fault.value.facts == {"rule": "inkassosats", "on": "2011-03-01"}


def test_a_row_that_was_added_fills_a_gap_and_ends_an_open_row() -> None:
    added = statute(
        row(None, date(2010, 1, 1), date(2012, 12, 31)),
        row("14", date(2026, 1, 1), None),
        row("10", date(2011, 1, 1), date(2011, 12, 31)),
        row("15", date(2027, 1, 1), None),
    )

    assert added.notice_days(date(2011, 6, 1)) == 10
    assert added.notice_days(date(2026, 12, 31)) == 14
    assert added.notice_days(date(2027, 1, 1)) == 15
    with pytest.raises(DataFault, match=r"statute\.not_confirmed"):
        added.notice_days(date(2012, 1, 1))


def test_of_two_rows_that_begin_on_one_day_the_later_added_counts() -> None:
    assert (
        statute(row("14", date(2020, 1, 1), None), row("13", date(2020, 1, 1), None)).notice_days(date(2020, 1, 1))
        == 13
    )


def test_a_row_that_is_not_in_force_is_never_picked() -> None:
    assert statute(row("14", date(2020, 1, 1), None), row("30", None, None)).notice_days(date(2099, 1, 1)) == 14


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2025, 6, 30), date(2025, 7, 1), [("12.5", 1), ("12.25", 1)]),
        (date(2025, 7, 1), date(2025, 7, 1), [("12.25", 1)]),
        (date(1994, 1, 1), date(2003, 12, 31), [("12", 3652)]),
    ],
)
def test_spans_are_cut_where_the_row_changes(first: date, last: date, expected: list[tuple[str, int]]) -> None:
    spans = SHIPPED.spans("late_interest", first, last)

    assert [(span.row.value, (span.last - span.first).days + 1) for span in spans] == expected


def test_spans_refuse_a_gap_and_name_the_half_year() -> None:
    with pytest.raises(DataFault, match=r"statute\.no_late_interest") as fault:
        SHIPPED.spans("late_interest", date(2026, 12, 1), date(2027, 1, 1))

    assert fault.value.facts == {"half_year": "2027 H1", "on": "2027-01-01"}
    assert half_year(date(2026, 7, 1)) == "2026 H2"
    assert half_year(date(2026, 6, 30)) == "2026 H1"


def test_consumers_and_businesses_had_rates_of_their_own_before_1994() -> None:
    on = date(1990, 1, 1)

    assert SHIPPED.value("late_interest", on, scope=Scope.CONSUMER) == 15
    assert SHIPPED.value("late_interest", on, scope=Scope.BUSINESS) == 18
    for asked in (
        lambda day: SHIPPED.value("late_interest", day, scope=Scope.CONSUMER),
        lambda day: SHIPPED.spans("late_interest", day, day, Scope.CONSUMER),
    ):
        with pytest.raises(DataFault, match=r"statute\.late_interest_not_confirmed") as fault:
            asked(date(1980, 5, 1))
        assert fault.value.facts == {"half_year": "1980 H1", "on": "1980-05-01"}


@pytest.mark.parametrize(
    ("size_ore", "factor"),
    [(1, "1/4"), (500_00, "1/4"), (500_01, "7/20"), (250_000_00, "18/5"), (250_000_01, "36/5")],
)
def test_the_narrowest_band_that_holds_the_claim(size_ore: int, factor: str) -> None:
    assert SHIPPED.row("salaer_simple", date(2026, 1, 1), size_ore=size_ore).figure == Fraction(factor)


def test_a_multiple_is_picked_by_one_day_and_its_base_by_another() -> None:
    days = {Day.DUE: date(2020, 9, 30), Day.SENT: date(2026, 1, 2)}

    found = SHIPPED.figure("purring_fee", days)

    assert found.value == 75
    assert [one.rule for one in found.rows] == ["purring_fee", "inkassosats"]


def test_an_act_that_enters_into_force_ends_the_fees_of_the_one_before() -> None:
    added = SHIPPED.with_rows([row("2026", date(2027, 1, 1), None, rule="collection_act")])
    sent_before, sent_after = date(2026, 12, 31), date(2027, 1, 1)

    assert added.row("purring_fee", date(2026, 11, 1), act_on=sent_before).value == "1/20"
    with pytest.raises(DataFault, match=r"statute\.not_in_act") as fault:
        added.row("purring_fee", date(2026, 11, 1), act_on=sent_after)
    assert fault.value.facts == {
        "rule": "purring_fee",
        "act": "law § 1",
        "on": "2027-01-01",
        "day": "2027-01-01",
    }
    fee = row("1/25", date(2027, 1, 1), None, rule="purring_fee", act=2026)
    assert added.with_rows([fee]).row("purring_fee", date(2027, 2, 1), act_on=sent_after).value == "1/25"


def switched(*rows: Row, put_off_to: date | None = None) -> Statute:
    """The act of 2026 in force from 2027, and rows with it; or put off, as an operator says that."""
    switch = date(2027, 1, 1)
    acts = [row("2026", switch, None, rule="collection_act")]
    if put_off_to:
        acts += [row("1988", switch, None, rule="collection_act"), row("2026", put_off_to, None, rule="collection_act")]
    return SHIPPED.with_rows([*acts, *rows])


def test_what_fell_due_before_the_act_has_the_fee_of_its_first_day() -> None:
    first = row("1/25", date(2027, 1, 1), date(2027, 12, 31), rule="purring_fee", act=2026)
    later = row("1/30", date(2028, 1, 1), None, rule="purring_fee", act=2026)
    law = switched(first, later)
    due, sent = date(2026, 12, 1), date(2028, 2, 1)

    assert law.row("purring_fee", due, act_on=sent).value == "1/25"
    assert law.row("purring_fee", date(2027, 12, 31), act_on=sent).value == "1/25"
    assert law.row("purring_fee", date(2028, 1, 1), act_on=sent).value == "1/30"
    assert law.row("purring_fee", due, act_on=date(2026, 12, 31)).value == "1/20"


def test_an_act_that_governs_again_without_a_break_began_on_its_very_first_day() -> None:
    """The act of 1988 is added over that of 2026, which is put off: it has governed since 1989 all the same."""
    dearer = row("1/10", date(2027, 1, 1), None, rule="purring_fee", act=1988)
    new = row("1/25", date(2027, 7, 1), None, rule="purring_fee", act=2026)
    law = switched(dearer, new, put_off_to=date(2027, 7, 1))
    due = date(2026, 12, 1)

    assert law.row("purring_fee", due, act_on=date(2027, 6, 30)).value == "1/20"
    assert law.row("purring_fee", due, act_on=date(2027, 7, 1)).value == "1/25"


def test_a_refusal_in_an_act_names_the_day_that_decides_and_the_day_that_was_looked_up() -> None:
    ended = row("1/25", date(2027, 1, 1), date(2027, 6, 30), rule="purring_fee", act=2026)
    with pytest.raises(DataFault, match=r"statute\.not_in_act") as fault:
        switched(ended).row("purring_fee", date(2027, 8, 1), act_on=date(2027, 9, 1))

    assert (fault.value.facts["on"], fault.value.facts["day"]) == ("2027-09-01", "2027-08-01")


def test_a_statute_cannot_be_changed() -> None:
    rules: Any = SHIPPED.rules
    with pytest.raises(AttributeError):
        rules.pop("vat")
    with pytest.raises(TypeError):
        rules["vat"] = SHIPPED.rule("court_fee")
    for name in ("rules", "rows", "anything"):
        with pytest.raises(AttributeError, match="never changed"):
            setattr(SHIPPED, name, ())
    with pytest.raises(AttributeError, match="never changed"):
        del SHIPPED.rows
    assert shipped_statute() == SHIPPED
    assert "vat" in SHIPPED.rules


def test_interest_does_not_ask_which_act_of_collection_governs() -> None:
    added = SHIPPED.with_rows([row("2026", date(2026, 8, 1), None, rule="collection_act")])

    assert added.value("late_interest", date(2026, 9, 1)) == Fraction("12.25")


def test_statutes_are_equal_by_their_rows() -> None:
    assert SHIPPED.with_rows([]) == SHIPPED
    assert SHIPPED.with_rows([row("1", date(2026, 1, 1), None)]) != SHIPPED


def test_every_shipped_row_says_where_it_comes_from_and_has_a_rule() -> None:
    for one in SHIPPED.rows:
        assert one.rule in SHIPPED.rules
        assert one.law
        assert one.source
        assert one.confidence
        assert one.value is None or Fraction(one.value) > 0
        assert one.valid_from is None or one.valid_to is None or one.valid_from <= one.valid_to
    assert {one.rule for one in SHIPPED.rows} == set(SHIPPED.rules)


def test_no_two_shipped_rows_overlap() -> None:
    for first in SHIPPED.rows:
        for second in SHIPPED.rows:
            same = (first.rule, first.scope, first.up_to_ore) == (second.rule, second.scope, second.up_to_ore)
            if first is not second and same and first.valid_from and second.valid_from:
                ended = first.valid_to or date.max
                assert ended < second.valid_from or (second.valid_to or date.max) < first.valid_from


def test_the_deadlines_are_norwegian_law() -> None:
    assert SHIPPED.limitation_years(date(2026, 11, 23)) == 3
    assert SHIPPED.notice_days(date(2026, 11, 23)) == 14
    with pytest.raises(DataFault, match=r"statute\.no_row"):
        SHIPPED.notice_days(date(1989, 6, 30))
