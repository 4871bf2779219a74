"""The order for a receipt of money: by its source, its day, what the debtor said and what the creditor chose."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kravbro.core.allocation_orders import (
    AllocationLaw,
    Choice,
    CreditorOrders,
    Decider,
    Ground,
    Money,
    Order,
    Part,
    Receipt,
    Said,
    decide,
    parts_named,
    shipped_allocation_law,
)
from kravbro.core.errors import DataFault
from tests.tidy.sources import ROOT

LAW = shipped_allocation_law()
CUSTOMARY, PRINCIPAL_FIRST = Order.COSTS_FEES_INTEREST_PRINCIPAL, Order.PRINCIPAL_COSTS_FEES_INTEREST
NEW_YEAR = date(2026, 1, 1)
TODAY = date(2026, 11, 20)
ODD = (Part.FEES, Part.PRINCIPAL, Part.COSTS, Part.INTEREST)


def test_an_order_is_the_parts_that_its_stored_value_names() -> None:
    assert CUSTOMARY.parts == (Part.COSTS, Part.FEES, Part.INTEREST, Part.PRINCIPAL)
    assert PRINCIPAL_FIRST.parts == (Part.PRINCIPAL, Part.COSTS, Part.FEES, Part.INTEREST)


def test_the_shipped_rows_cover_every_order_and_every_source_on_every_day() -> None:
    assert {row.order for row in LAW.orders} == set(Order)
    assert all(row.name and row.law and row.source and row.confidence for row in LAW.orders)
    assert all(row.name and row.law and row.source and row.confidence for row in LAW.policies)
    names = [*(row.name for row in LAW.orders), *(row.name for row in LAW.policies)]
    assert len(set(names)) == len(names)
    for money in Money:
        assert LAW.policy(money, date.min).valid_from is None
    assert [policy.money for policy in LAW.policies if policy.decided_by is Decider.LAW] == [Money.WAGE_DEDUCTION]
    assert all((policy.order is not None) == (policy.decided_by is Decider.LAW) for policy in LAW.policies)


def test_every_source_of_an_order_is_told_on_the_page_of_the_statute() -> None:
    page = (ROOT / "docs/statute.md").read_text(encoding="utf-8")
    sources = {row.source for row in LAW.orders} | {row.source for row in LAW.policies}

    assert [source for source in sorted(sources) if f"| {source} |" not in page] == []


def test_a_silent_debtor_leaves_voluntary_money_to_the_creditor() -> None:
    for order in Order:
        decision = decide(Receipt(Money.VOLUNTARY, TODAY), CreditorOrders(order), LAW)

        assert (decision.parts, decision.ground) == (order.parts, Ground.CREDITOR_ORDER)
        assert (decision.claim, decision.set_aside) == (None, False)


def test_the_debtors_order_and_claim_bind_for_voluntary_money() -> None:
    said = Said(7, Choice.DEBTOR_NAMES_CLAIM, ODD)
    decision = decide(Receipt(Money.VOLUNTARY, TODAY, said), CreditorOrders(CUSTOMARY), LAW)

    assert (decision.parts, decision.ground) == (ODD, Ground.DEBTOR_ORDER)
    assert (decision.claim, decision.through, decision.set_aside) == (7, Choice.DEBTOR_NAMES_CLAIM, False)


def test_a_debtor_who_names_only_a_claim_leaves_its_parts_to_the_creditor() -> None:
    decision = decide(Receipt(Money.VOLUNTARY, TODAY, Said(7)), CreditorOrders(PRINCIPAL_FIRST), LAW)

    assert (decision.parts, decision.ground) == (PRINCIPAL_FIRST.parts, Ground.CREDITOR_ORDER)
    assert (decision.claim, decision.through) == (7, Choice.KID_NAMES_CLAIM)


def test_enforcement_follows_the_creditors_order_for_it_whatever_the_debtor_says() -> None:
    chosen = CreditorOrders(CUSTOMARY, enforcement=PRINCIPAL_FIRST)
    decision = decide(Receipt(Money.ENFORCEMENT, TODAY, Said(7, order=ODD)), chosen, LAW)

    assert (decision.parts, decision.ground) == (PRINCIPAL_FIRST.parts, Ground.ENFORCEMENT)
    assert (decision.claim, decision.set_aside) == (None, True)


def test_a_creditor_without_an_order_for_enforcement_uses_the_one_for_voluntary_money() -> None:
    for order, money in product(Order, (Money.ENFORCEMENT, Money.WAGE_DEDUCTION)):
        receipt = Receipt(money, NEW_YEAR - timedelta(1))

        assert decide(receipt, CreditorOrders(order), LAW).parts == order.parts


@pytest.mark.parametrize(
    ("received_on", "parts", "ground"),
    [
        (NEW_YEAR - timedelta(1), CUSTOMARY.parts, Ground.WAGES_BEFORE_LAW),
        (NEW_YEAR, PRINCIPAL_FIRST.parts, Ground.WAGES_BY_LAW),
        (date(2039, 6, 1), PRINCIPAL_FIRST.parts, Ground.WAGES_BY_LAW),
    ],
)
def test_the_day_the_money_was_received_picks_the_law_for_wage_deduction(
    received_on: date, parts: tuple[Part, ...], ground: Ground
) -> None:
    chosen = CreditorOrders(PRINCIPAL_FIRST, wage_deduction=CUSTOMARY)
    decision = decide(Receipt(Money.WAGE_DEDUCTION, received_on, Said(7, order=ODD)), chosen, LAW)

    assert (decision.parts, decision.ground) == (parts, ground)
    assert (decision.claim, decision.set_aside) == (None, True)


def test_a_later_policy_ends_the_one_before_it() -> None:
    newer = [row for row in LAW.policies if row.decided_by is Decider.LAW]
    reversed_rows = AllocationLaw(LAW.orders, tuple(reversed(LAW.policies)))

    assert LAW.policy(Money.WAGE_DEDUCTION, NEW_YEAR) == newer[0]
    assert reversed_rows.policy(Money.WAGE_DEDUCTION, NEW_YEAR) == newer[0]


@pytest.mark.parametrize(
    "text", ["", "costs", "costs,fees,interest", "costs,fees,interest,interest", "costs,fees,interest,principal,costs"]
)
def test_an_order_names_every_part_once(text: str) -> None:
    with pytest.raises(DataFault, match=r"allocation\.not_an_order") as fault:
        parts_named(text)

    assert fault.value.facts == {"order": text, "parts": "costs, fees, interest, principal"}


def test_an_order_that_a_program_passes_is_refused_in_the_same_way() -> None:
    for money in Money:
        with pytest.raises(DataFault, match=r"allocation\.not_an_order"):
            decide(Receipt(money, TODAY, Said(order=(Part.COSTS,))), CreditorOrders(CUSTOMARY), LAW)


def test_every_order_of_the_parts_can_be_named() -> None:
    for parts in permutations(Part):
        assert parts_named(", ".join(parts)) == parts


SAID = st.builds(
    Said,
    st.one_of(st.none(), st.integers(1, 5)),
    st.sampled_from([Choice.KID_NAMES_CLAIM, Choice.DEBTOR_NAMES_CLAIM]),
    st.one_of(st.none(), st.permutations(list(Part)).map(tuple)),
)
RECEIPTS = st.builds(Receipt, st.sampled_from(Money), st.dates(date(2020, 1, 1), date(2030, 1, 1)), SAID)
OF_CREDITOR = st.builds(
    CreditorOrders,
    st.sampled_from(Order),
    st.one_of(st.none(), st.sampled_from(Order)),
    st.one_of(st.none(), st.sampled_from(Order)),
)


@given(RECEIPTS, OF_CREDITOR)
def test_what_the_debtor_says_is_followed_exactly_when_it_binds(receipt: Receipt, creditor: CreditorOrders) -> None:
    decision = decide(receipt, creditor, LAW)
    silent = decide(Receipt(receipt.money, receipt.received_on), creditor, LAW)
    said = receipt.said

    assert sorted(decision.parts) == sorted(Part)
    if receipt.money is Money.VOLUNTARY:
        assert decision.parts == (said.order or silent.parts)
        assert decision.claim == said.claim
        assert not decision.set_aside
    else:
        assert (decision.parts, decision.ground, decision.claim) == (silent.parts, silent.ground, None)
        assert decision.set_aside == (said.claim is not None or said.order is not None)
