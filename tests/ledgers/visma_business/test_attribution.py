"""What changed an invoice is told of nobody else, never more than its change, and the same each time."""

from __future__ import annotations

import random
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from kravbro.ledgers.visma_business.attribution import Row, attribute


def invoice(key: int, amount_ore: int, remaining_ore: int, **names: Any) -> Row:
    return Row(key, amount_ore, remaining_ore, str(key), **names)


def credit(key: int, amount_ore: int, left_ore: int = 0, **names: Any) -> Row:
    return Row(key, -amount_ore, -left_ore, str(key), **names)


def shares(invoices: list[Row], others: list[Row]) -> dict[int, list[tuple[int, int]]]:
    """The shares by invoice: (entry, øre)."""
    return {key: [(share.row.key, share.amount_ore) for share in of] for key, of in attribute(invoices, others).items()}


def test_what_names_an_invoice_is_its_own() -> None:
    one, other = invoice(1, 500, 0, invoice_no="A"), invoice(2, 500, 0, invoice_no="B", kid="018")
    paid = [credit(3, 500, cross_reference="B"), credit(4, 500, cross_reference="A")]

    assert shares([one, other], paid) == {1: [(4, -500)], 2: [(3, -500)]}
    assert shares([one, other], [credit(3, 500, kid="018"), credit(4, 500)]) == {1: [(4, -500)], 2: [(3, -500)]}


def test_our_line_knows_its_item_whatever_it_names() -> None:
    invoices = [invoice(1, 500, 200, invoice_no="A"), invoice(2, 500, 500, invoice_no="B")]

    assert shares(invoices, [Row(3, -300, 0, "3", cross_reference="B", settles=1)]) == {1: [(3, -300)], 2: []}


def test_the_rest_is_taken_from_the_oldest() -> None:
    invoices = [invoice(1, 500, 100), invoice(2, 700, 500)]

    assert shares(invoices, [credit(5, 300), credit(4, 300)]) == {1: [(4, -300), (5, -100)], 2: [(5, -200)]}


def test_what_is_not_matched_changes_nothing() -> None:
    assert shares([invoice(1, 500, 500, invoice_no="A")], [credit(2, 500, 500, cross_reference="A")]) == {1: []}


def test_a_payment_taken_back_stands_beside_the_payment() -> None:
    back = Row(5, 150, 0, "5", cross_reference="A")
    paid = [credit(3, 200, cross_reference="A"), credit(4, 100, cross_reference="A"), back]

    assert shares([invoice(1, 1_000, 850, invoice_no="A")], paid) == {1: [(3, -200), (4, -100), (5, 150)]}


def test_what_was_paid_after_it_was_taken_back_needs_no_name() -> None:
    back = Row(5, 150, 0, "5", cross_reference="A")
    paid = [credit(3, 300, cross_reference="A"), back, credit(6, 850)]

    assert shares([invoice(1, 1_000, 0, invoice_no="A")], paid) == {1: [(3, -300), (5, 150), (6, -850)]}


def test_an_entry_does_not_name_by_its_own_number() -> None:
    """An entry without an invoice number is given its voucher number, which may be somebody's invoice number."""
    invoices = [invoice(1, 500, 500, invoice_no="7"), invoice(2, 500, 0, invoice_no="B")]
    paid = Row(3, -500, 0, "7", invoice_no="7", reference="7")

    assert shares(invoices, [paid]) == {1: [], 2: [(3, -500)]}


NAMES = st.sampled_from(["", "A", "B", "C"])


@st.composite
def entries(draw: st.DrawFn) -> tuple[list[Row], list[Row]]:
    """A customer's entries: any of them settled to any part."""
    keys = iter(draw(st.permutations(range(1, 13))))
    amounts = st.integers(1, 1_000)
    invoices = []
    for name in draw(st.lists(NAMES, min_size=1, max_size=4)):
        amount_ore = draw(amounts)
        invoices.append(invoice(next(keys), amount_ore, draw(st.integers(0, amount_ore)), invoice_no=name))
    others = []
    for name in draw(st.lists(NAMES, max_size=7)):
        amount_ore, sign = draw(amounts), draw(st.sampled_from((-1, -1, 1)))
        left_ore = draw(st.integers(0, amount_ore))
        key = next(keys)
        others.append(Row(key, sign * amount_ore, sign * left_ore, str(key), cross_reference=name))
    return invoices, others


@settings(max_examples=300, deadline=None)
@given(entries(), st.randoms(use_true_random=False))
def test_shares_are_never_more_than_there_was(of: tuple[list[Row], list[Row]], chance: random.Random) -> None:
    invoices, others = of
    found = attribute(invoices, others)
    used: dict[int, int] = {}

    for one in invoices:
        total_ore = sum(share.amount_ore for share in found[one.key])
        assert -one.settled_ore <= total_ore <= 0
        for share in found[one.key]:
            assert share.amount_ore * share.row.settled_ore > 0
            used[share.row.key] = used.get(share.row.key, 0) + share.amount_ore
    assert all(abs(used.get(row.key, 0)) <= abs(row.settled_ore) for row in others)
    explained = -sum(share.amount_ore for of_one in found.values() for share in of_one if share.amount_ore < 0)
    credited = -sum(row.settled_ore for row in others if row.settled_ore < 0)
    assert explained >= min(credited, sum(one.settled_ore for one in invoices))

    chance.shuffle(invoices)
    chance.shuffle(others)
    assert attribute(invoices, others) == found


def test_a_row_whose_rest_contradicts_its_amount_explains_nothing() -> None:
    assert Row(1, -500, 300).settled_ore == -800
    assert Row(1, -500, -700).settled_ore == 0
    assert shares([invoice(2, 500, 0)], [msgspec.structs.replace(credit(1, 500), remaining_ore=-700)]) == {2: []}
