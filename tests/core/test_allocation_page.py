"""The tables of docs/algorithms/allocation.md are true: each row is computed again."""

from __future__ import annotations

from datetime import date

from kravbro.core.allocation import Owed, allocate
from kravbro.core.allocation_orders import (
    Choice,
    CreditorOrders,
    Decision,
    Money,
    Order,
    Part,
    Receipt,
    Said,
    decide,
    parts_named,
    shipped_allocation_law,
)
from kravbro.core.money import parse_kroner
from tests.docs_tables import tables

PAGE = "docs/algorithms/allocation.md"
LAW = shipped_allocation_law()
CREDITOR = CreditorOrders(Order.COSTS_FEES_INTEREST_PRINCIPAL, enforcement=Order.PRINCIPAL_COSTS_FEES_INTEREST)
CLAIMS = [
    Owed(1, date(2025, 9, 1), costs_ore=50_000, fees_ore=3_500, interest_ore=250, principal_ore=100_000),
    Owed(2, date(2025, 10, 1), costs_ore=0, fees_ore=3_500, interest_ore=250, principal_ore=100_000),
]
WHO, ORDERS, DECIDED, WORKED, _JOURNAL, _CLUES = tables(PAGE)


def decision_of(row: dict[str, str]) -> Decision:
    """What is decided for the money of a row."""
    claim, order = None, None
    for words in row["the debtor says"].split(";"):
        if words.startswith("claim "):
            claim = int(words.removeprefix("claim "))
        elif words != "nothing":
            order = parts_named(words)
    said = Said(claim, Choice.DEBTOR_NAMES_CLAIM, order)
    return decide(Receipt(Money(row["money"]), date.fromisoformat(row["received"]), said), CREDITOR, LAW)


def test_the_page_tells_every_policy() -> None:
    shipped = [
        {
            "money": policy.money.value,
            "received from": "" if policy.valid_from is None else str(policy.valid_from),
            "decided by": policy.decided_by.value,
            "law": policy.law,
        }
        for policy in LAW.policies
    ]

    assert shipped == WHO


def test_the_page_tells_every_order_that_a_creditor_may_choose() -> None:
    shipped = [{"name": row.name, "order": row.order.value.replace(",", ", ")} for row in LAW.orders]

    assert shipped == ORDERS


def test_the_orders_that_the_page_decides_are_decided_so() -> None:
    for row in DECIDED:
        decision = decision_of(row)

        assert (", ".join(decision.parts), decision.ground.value) == (row["covered in this order"], row["why"]), row
    assert {row["why"] for row in DECIDED} == {
        "allocation.creditor_order", "allocation.debtor_order", "allocation.enforcement",
        "allocation.wages_before_law", "allocation.wages_by_law",
    }  # fmt: skip


def test_the_worked_examples_come_out_as_the_page_says() -> None:
    for row in WORKED:
        allocation = allocate(parse_kroner(row["kr"]), CLAIMS, decision_of(row))
        got = {f"{share.part.value} {share.claim}": share.amount_ore for share in allocation.shares}
        if allocation.overpaid_ore:
            got["overpaid"] = allocation.overpaid_ore
        cells = [*(f"{part.value} {one.claim}" for one in CLAIMS for part in Part if one.of(part)), "overpaid"]

        assert got == {cell: parse_kroner(row[cell]) for cell in cells if row[cell]}, row
