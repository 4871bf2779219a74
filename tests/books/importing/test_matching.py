"""Putting credits on invoices: by what the file says, never more than there is, and every øre accounted for."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from kravbro.books.importing.matching import Item, Matched, Rule, match
from kravbro.books.importing.source import Kind, SourceLine, Why

DAY = date(2026, 3, 2)


def item(
    number: int, amount_ore: int, *, dated: date = DAY, name: str = "", kid: str = "", opening: bool = False
) -> Item:
    names = frozenset({name or f"F{number}"})
    return Item(number, dated, dated + timedelta(21), amount_ore, amount_ore, kid, names, opening)


def line(
    amount_ore: int,
    *,
    kind: Kind = Kind.PAYMENT,
    dated: date = DAY,
    kid: str = "",
    named: tuple[str, ...] = (),
    tried: tuple[str, ...] = (),
) -> SourceLine:
    return SourceLine("k", "c", 1, "r", "10001", "1500", kind, dated, amount_ore, cid=kid, named=named, tried=tried)


def shares(matched: list[Matched]) -> list[list[tuple[int, int, Rule]]]:
    return [[(one.item, one.amount_ore, one.rule) for one in found.shares] for found in matched]


def test_a_kid_finds_its_invoice_before_a_number_does() -> None:
    found = match([item(1, 100, kid="18"), item(2, 100)], [line(-60, kid="18", named=("F2",))])

    assert shares(found) == [[(1, -60, Rule.KID)]]


def test_a_kid_where_the_number_belongs_and_a_number_for_a_kid_are_known() -> None:
    items = [item(1, 100, kid="18"), item(2, 100), item(3, 100, name="18")]
    found = match(items[:2], [line(-60, named=("18",)), line(-60, kid="F2")])

    assert shares(found) == [[(1, -60, Rule.KID)], [(2, -60, Rule.NUMBER)]]
    assert shares(match(items, [line(-10, named=("18",)), line(-10, kid="18")])) == [
        [(3, -10, Rule.NUMBER)], [(1, -10, Rule.KID)],
    ], "what it is meant for comes first"  # fmt: skip


def test_a_number_that_names_nothing_is_not_guessed_at() -> None:
    (found,) = match([item(1, 100)], [line(-60, named=("F9",))])

    assert (found.shares, found.left_ore, found.why) == ((), -60, Why.TARGET_UNKNOWN)


def test_an_invoice_from_before_the_period_is_in_the_opening_balance() -> None:
    (found,) = match([item(1, 100), item(2, 40, opening=True)], [line(-60, named=("F9",))])

    assert shares([found]) == [[(2, -40, Rule.OPENING_BALANCE)]]
    assert (found.left_ore, found.why) == (-20, Why.MORE_THAN_REMAINS)


def test_oldest_first_where_nothing_is_said_and_never_what_came_later() -> None:
    items = [item(1, 100, dated=DAY + timedelta(40)), item(2, 50, dated=DAY), item(3, 50, dated=DAY - timedelta(9))]
    (found,) = match(items, [line(-130, dated=DAY + timedelta(10))])

    assert shares([found]) == [[(3, -50, Rule.OLDEST_FIRST), (2, -50, Rule.OLDEST_FIRST)]]
    assert (found.left_ore, found.why) == (-30, Why.NOTHING_OPEN)


def test_a_document_number_counts_only_if_it_is_an_invoices() -> None:
    by_document, by_age = match([item(1, 100), item(2, 100)], [line(-10, tried=("F2",)), line(-10, tried=("B77",))])

    assert shares([by_document, by_age]) == [[(2, -10, Rule.DOCUMENT)], [(1, -10, Rule.OLDEST_FIRST)]]


def test_money_that_went_back_is_owed_again_as_far_as_it_was_paid() -> None:
    paid, back, more = match(
        [item(1, 100)],
        [
            line(-70, named=("F1",)),
            line(50, kind=Kind.REVERSAL, dated=DAY + timedelta(1), named=("F1",)),
            line(90, kind=Kind.REVERSAL, dated=DAY + timedelta(2), named=("F1",)),
        ],
    )

    assert shares([paid, back, more]) == [[(1, -70, Rule.NUMBER)], [(1, 50, Rule.NUMBER)], [(1, 20, Rule.NUMBER)]]
    assert (more.left_ore, more.why) == (70, Why.TARGET_UNKNOWN)


def test_the_day_decides_and_not_the_place_in_the_file() -> None:
    later, earlier = line(-80, dated=DAY + timedelta(5), named=("F1",)), line(-80, named=("F1",))
    found = match([item(1, 100)], [later, earlier])

    assert [(one.line is earlier, one.left_ore) for one in found] == [(True, 0), (False, -60)]


AMOUNTS = st.integers(1, 500)
DAYS = st.integers(0, 60).map(lambda days: DAY + timedelta(days))
WORDS = st.sampled_from(["", "F1", "F2", "F3", "F9"])
ITEMS = st.lists(st.tuples(AMOUNTS, DAYS, st.booleans()), max_size=5)
LINES = st.lists(st.tuples(st.integers(-400, 200).filter(bool), DAYS, WORDS, WORDS, st.sampled_from(["", "18", "26"])))


@settings(max_examples=300, deadline=None)
@given(ITEMS, LINES)
def test_every_ore_is_on_an_item_or_left_and_no_item_gets_more_than_it_had(
    given_items: list[tuple[int, date, bool]], given_lines: list[tuple[int, date, str, str, str]]
) -> None:
    items = [
        item(number, amount_ore, dated=dated, kid="18" if number == 1 else "", opening=is_opening)
        for number, (amount_ore, dated, is_opening) in enumerate(given_items, start=1)
    ]
    lines = [
        line(
            amount_ore,
            kind=Kind.REVERSAL if amount_ore > 0 else Kind.PAYMENT,
            dated=dated,
            kid=kid,
            named=(named,) if named else (),
            tried=(tried,) if tried else (),
        )
        for amount_ore, dated, named, tried, kid in given_lines
    ]
    found = match(items, lines)

    assert sorted(one.line.amount_ore for one in found) == sorted(one.amount_ore for one in lines)
    rests_ore = {one.id: one.amount_ore for one in items}
    for one in found:
        assert sum(share.amount_ore for share in one.shares) + one.left_ore == one.line.amount_ore
        assert (one.why is None) == (one.left_ore == 0)
        for share in one.shares:
            assert share.amount_ore * one.line.amount_ore > 0, "a credit lowers, a reversal puts back"
            rests_ore[share.item] += share.amount_ore
            assert 0 <= rests_ore[share.item] <= items[share.item - 1].amount_ore
    assert rests_ore == {one.id: one.remaining_ore for one in items}
    for one in found:
        said = one.line.kid or one.line.named
        assert not said or all(share.rule is not Rule.OLDEST_FIRST for share in one.shares)
