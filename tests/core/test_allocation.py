"""Allocation: in the creditor's order, oldest due first unless the KID names a claim, and never an øre lost."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kravbro.core.allocation import Choice, Order, Owed, Part, allocate
from kravbro.core.errors import DataFault

OLD = Owed(1, date(2026, 1, 1), costs_ore=10, interest_ore=20, principal_ore=100)
NEW = Owed(2, date(2026, 2, 1), costs_ore=10, interest_ore=20, principal_ore=100)
COSTS_FIRST, PRINCIPAL_FIRST = Order.COSTS_INTEREST_PRINCIPAL, Order.PRINCIPAL_COSTS_INTEREST


def shares(amount_ore: int, order: Order, chosen: int | None = None) -> list[tuple[int, Part, int]]:
    allocation = allocate(amount_ore, [NEW, OLD], order, chosen)
    return [(share.claim, share.part, share.amount_ore) for share in allocation.shares]


@pytest.mark.parametrize(
    ("amount_ore", "order", "chosen", "expected"),
    [
        (9, COSTS_FIRST, None, [(1, Part.COSTS, 9)]),
        (31, COSTS_FIRST, None, [(1, Part.COSTS, 10), (1, Part.INTEREST, 20), (1, Part.PRINCIPAL, 1)]),
        (101, PRINCIPAL_FIRST, None, [(1, Part.PRINCIPAL, 100), (1, Part.COSTS, 1)]),
        (5, COSTS_FIRST, 2, [(2, Part.COSTS, 5)]),
        (
            131,
            COSTS_FIRST,
            2,
            [(2, Part.COSTS, 10), (2, Part.INTEREST, 20), (2, Part.PRINCIPAL, 100), (1, Part.COSTS, 1)],
        ),
    ],
)
def test_money_goes_where_the_order_says(
    amount_ore: int, order: Order, chosen: int | None, expected: list[tuple[int, Part, int]]
) -> None:
    assert shares(amount_ore, order, chosen) == expected


def test_each_share_tells_why_its_claim_stood_there() -> None:
    allocation = allocate(140, [OLD, NEW], COSTS_FIRST, chosen_claim=2)

    assert {share.claim: share.reason for share in allocation.shares} == {
        2: Choice.KID_NAMES_CLAIM,
        1: Choice.OLDEST_DUE_FIRST,
    }


def test_what_is_more_than_everything_owed_is_left_over() -> None:
    assert allocate(261, [OLD, NEW], COSTS_FIRST).overpaid_ore == 1
    assert allocate(260, [OLD, NEW], COSTS_FIRST).overpaid_ore == 0
    assert allocate(7, [], COSTS_FIRST).overpaid_ore == 7


def test_equal_due_dates_go_by_the_claims_number() -> None:
    twin = Owed(0, OLD.due_date, 0, 0, 5)

    assert allocate(5, [OLD, twin], COSTS_FIRST).shares[0].claim == 0


@pytest.mark.parametrize("amount_ore", [0, -1])
def test_only_positive_money_is_allocated(amount_ore: int) -> None:
    with pytest.raises(DataFault, match=r"allocation\.not_positive"):
        allocate(amount_ore, [OLD], COSTS_FIRST)


ORE = st.integers(-500, 500)
OWED = st.lists(
    st.builds(
        lambda day, costs, interest, principal: (day, costs, interest, principal), st.integers(1, 28), ORE, ORE, ORE
    ),
    max_size=5,
)


@given(st.integers(1, 3_000), OWED, st.sampled_from(list(Order)), st.one_of(st.none(), st.integers(0, 5)))
def test_money_is_conserved_and_nothing_is_overdrawn(
    amount_ore: int, drawn: list[tuple[int, int, int, int]], order: Order, chosen: int | None
) -> None:
    owed = [
        Owed(claim, date(2026, 1, day), costs, interest, principal)
        for claim, (day, costs, interest, principal) in enumerate(drawn)
    ]
    allocation = allocate(amount_ore, owed, order, chosen)

    assert sum(share.amount_ore for share in allocation.shares) + allocation.overpaid_ore == amount_ore
    assert all(0 < share.amount_ore <= owed[share.claim].of(share.part) for share in allocation.shares)
    assert len({(share.claim, share.part) for share in allocation.shares}) == len(allocation.shares)
    covered = sum(share.amount_ore for share in allocation.shares)
    total = sum(max(one.of(part), 0) for one in owed for part in Part)
    assert covered == min(amount_ore, total)
