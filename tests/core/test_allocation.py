"""Allocation: in the order decided, oldest due first unless the debtor put a claim first, and never an øre lost."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kravbro.core.allocation import (
    LONE_REASONS,
    OVERPAID,
    OVERPAID_REASONS,
    REASONS,
    Allocation,
    Owed,
    Share,
    allocate,
    explain,
    reason_steps,
)
from kravbro.core.allocation_orders import (
    Choice,
    CreditorOrders,
    Decision,
    Ground,
    Money,
    Order,
    Part,
    Receipt,
    Said,
    decide,
    shipped_allocation_law,
)
from kravbro.core.errors import DataFault
from kravbro.office import tables as t
from kravbro.texts.derivations import as_data, told
from kravbro.texts.sentences import LANGUAGES, sentence
from tests.core.test_allocation_orders import OF_CREDITOR, RECEIPTS

OLD = Owed(1, date(2026, 1, 1), costs_ore=40, fees_ore=10, interest_ore=20, principal_ore=100)
NEW = Owed(2, date(2026, 2, 1), costs_ore=40, fees_ore=10, interest_ore=20, principal_ore=100)
CUSTOMARY, PRINCIPAL_FIRST = Order.COSTS_FEES_INTEREST_PRINCIPAL, Order.PRINCIPAL_COSTS_FEES_INTEREST
LAW = shipped_allocation_law()
DAY = date(2026, 11, 20)
INVOICES = {1: "20001", 2: "20002"}
FEES_FIRST = (Part.FEES, Part.PRINCIPAL, Part.INTEREST, Part.COSTS)


def decided(order: Order = CUSTOMARY, said: Said | None = None, money: Money = Money.VOLUNTARY) -> Decision:
    return decide(Receipt(money, DAY, said or Said()), CreditorOrders(order), LAW)


def shares(amount_ore: int, decision: Decision) -> list[tuple[int, Part, int]]:
    allocation = allocate(amount_ore, [NEW, OLD], decision)
    return [(share.claim, share.part, share.amount_ore) for share in allocation.shares]


@pytest.mark.parametrize(
    ("amount_ore", "decision", "expected"),
    [
        (39, decided(), [(1, Part.COSTS, 39)]),
        (
            71,
            decided(),
            [(1, Part.COSTS, 40), (1, Part.FEES, 10), (1, Part.INTEREST, 20), (1, Part.PRINCIPAL, 1)],
        ),
        (
            151,
            decided(PRINCIPAL_FIRST),
            [(1, Part.PRINCIPAL, 100), (1, Part.COSTS, 40), (1, Part.FEES, 10), (1, Part.INTEREST, 1)],
        ),
        (5, decided(said=Said(2)), [(2, Part.COSTS, 5)]),
        (
            171,
            decided(said=Said(2)),
            [
                (2, Part.COSTS, 40),
                (2, Part.FEES, 10),
                (2, Part.INTEREST, 20),
                (2, Part.PRINCIPAL, 100),
                (1, Part.COSTS, 1),
            ],
        ),
        (
            111,
            decided(said=Said(order=FEES_FIRST)),
            [(1, Part.FEES, 10), (1, Part.PRINCIPAL, 100), (1, Part.INTEREST, 1)],
        ),
        (101, decided(said=Said(2), money=Money.WAGE_DEDUCTION), [(1, Part.PRINCIPAL, 100), (1, Part.COSTS, 1)]),
        (41, decided(said=Said(2), money=Money.ENFORCEMENT), [(1, Part.COSTS, 40), (1, Part.FEES, 1)]),
    ],
)
def test_money_goes_where_the_order_says(
    amount_ore: int, decision: Decision, expected: list[tuple[int, Part, int]]
) -> None:
    assert shares(amount_ore, decision) == expected


def test_each_share_tells_why_its_claim_stood_there_and_why_in_that_order() -> None:
    said = Said(2, Choice.DEBTOR_NAMES_CLAIM, FEES_FIRST)
    allocation = allocate(180, [OLD, NEW], decided(said=said))

    assert {(share.claim, share.choice) for share in allocation.shares} == {
        (2, Choice.DEBTOR_NAMES_CLAIM),
        (1, Choice.OLDEST_DUE_FIRST),
    }
    assert {share.ground for share in allocation.shares} == {Ground.DEBTOR_ORDER}
    assert allocation.shares[0].reason == "allocation.debtor_names_claim allocation.debtor_order"


def test_a_kid_that_names_a_claim_is_told_as_such() -> None:
    allocation = allocate(1, [OLD, NEW], decided(said=Said(2)))

    assert allocation.shares[0].reason == "allocation.kid_names_claim allocation.creditor_order"


def test_every_reason_has_room_in_the_journal_and_two_sentences_in_three_languages() -> None:
    room = t.journal_row.c.reason.type.length  # type: ignore[attr-defined] # a string column

    assert set(REASONS) == set(product(Choice, Ground))
    assert all(len(reason) <= room for reason in REASONS.values())
    assert all(len(reason) <= room for reason in OVERPAID_REASONS.values())
    for language, reason in product(LANGUAGES, [*REASONS.values(), *OVERPAID_REASONS.values()]):
        assert len([sentence(code, {}, language) for code in reason.split()]) == 2


@pytest.mark.parametrize(
    ("owed", "named"),
    [
        ([OLD], 2),
        ([OLD, Owed(2, date(2026, 2, 1), 0, 0, 0, 0)], 2),
        ([OLD, Owed(2, date(2026, 2, 1), 0, 0, -20, -1)], 2),
        ([OLD, NEW], 3),
    ],
)
def test_a_named_claim_that_takes_nothing_is_told_with_the_money_that_went_to_others(
    owed: list[Owed], named: int
) -> None:
    allocation = allocate(1_000, owed, decided(said=Said(named)))

    assert {share.choice for share in allocation.shares} == {Choice.NAMED_TAKES_NOTHING}
    assert allocation.shares[0].claim == 1
    assert allocation.shares[0].reason == "allocation.named_takes_nothing allocation.creditor_order"


def test_what_a_named_claim_leaves_goes_to_the_oldest_due() -> None:
    allocation = allocate(171, [OLD, Owed(2, date(2026, 2, 1), 0, 0, 0, 1)], decided(said=Said(2)))

    assert [share.choice for share in allocation.shares] == [Choice.KID_NAMES_CLAIM, *[Choice.OLDEST_DUE_FIRST] * 4]


def test_what_is_more_than_everything_owed_is_left_over() -> None:
    assert allocate(341, [OLD, NEW], decided()).overpaid_ore == 1
    assert allocate(340, [OLD, NEW], decided()).overpaid_ore == 0
    assert allocate(7, [], decided()).overpaid_ore == 7


def test_equal_due_dates_go_by_the_claims_number() -> None:
    twin = Owed(0, OLD.due_date, 0, 0, 0, 5)

    assert allocate(5, [OLD, twin], decided()).shares[0].claim == 0


@pytest.mark.parametrize("amount_ore", [0, -1])
def test_only_positive_money_is_allocated(amount_ore: int) -> None:
    with pytest.raises(DataFault, match=r"allocation\.not_positive"):
        allocate(amount_ore, [OLD], decided())


ORE = st.integers(-500, 500)
OWED = st.lists(st.tuples(st.integers(1, 28), ORE, ORE, ORE, ORE), max_size=5)


def owed_of(drawn: list[tuple[int, int, int, int, int]]) -> list[Owed]:
    return [Owed(claim, date(2026, 1, day), *parts) for claim, (day, *parts) in enumerate(drawn)]


@given(st.integers(1, 3_000), OWED, RECEIPTS, OF_CREDITOR)
def test_money_is_conserved_and_nothing_is_overdrawn(
    amount_ore: int, drawn: list[tuple[int, int, int, int, int]], receipt: Receipt, creditor: CreditorOrders
) -> None:
    owed = owed_of(drawn)
    allocation = allocate(amount_ore, owed, decide(receipt, creditor, LAW))

    assert sum(share.amount_ore for share in allocation.shares) + allocation.overpaid_ore == amount_ore
    assert all(0 < share.amount_ore <= owed[share.claim].of(share.part) for share in allocation.shares)
    assert len({(share.claim, share.part) for share in allocation.shares}) == len(allocation.shares)
    covered = sum(share.amount_ore for share in allocation.shares)
    total = sum(max(one.of(part), 0) for one in owed for part in Part)
    assert covered == min(amount_ore, total)


@given(st.integers(1, 3_000), OWED, RECEIPTS, OF_CREDITOR)
def test_nothing_goes_to_a_later_part_or_claim_while_an_earlier_one_has_something_owed(
    amount_ore: int, drawn: list[tuple[int, int, int, int, int]], receipt: Receipt, creditor: CreditorOrders
) -> None:
    owed = owed_of(drawn)
    decision = decide(receipt, creditor, LAW)
    allocation = allocate(amount_ore, owed, decision)
    got = Counter({(share.claim, share.part): share.amount_ore for share in allocation.shares})

    for share in allocation.shares:
        one = owed[share.claim]
        for earlier in decision.parts[: decision.parts.index(share.part)]:
            assert got[share.claim, earlier] == max(one.of(earlier), 0)
        for other in owed:
            chosen_first = other.claim == decision.claim != one.claim
            older = (other.due_date, other.claim) < (one.due_date, one.claim)
            if chosen_first or (older and one.claim != decision.claim):
                assert all(got[other.claim, part] == max(other.of(part), 0) for part in Part)


def ore_by_ore(amount_ore: int, owed: list[Owed], order: str, first: int | None) -> tuple[Counter[str], int]:
    """An oracle written otherwise: every single øre looks for the first place that still has room for it."""
    places = sorted(owed, key=lambda one: (one.claim != first, one.due_date, one.claim))
    room = {
        f"{one.claim} {name}": amount
        for one in places
        for name in order.split(",")
        if (amount := int(getattr(one, f"{name}_ore"))) > 0
    }
    got: Counter[str] = Counter()
    for ore in range(amount_ore):
        place = next((name for name, amount in room.items() if got[name] < amount), None)
        if place is None:
            return got, amount_ore - ore
        got[place] += 1
    return got, 0


def by_the_rules(receipt: Receipt, creditor: CreditorOrders) -> tuple[str, int | None]:
    """The order and the first claim, said again with nothing of the program's data: domain rules as plain tests."""
    said = receipt.said
    if receipt.money.value == "wage_deduction" and receipt.received_on.year >= 2026:
        return "principal,costs,fees,interest", None
    own = {
        "voluntary": creditor.voluntary,
        "enforcement": creditor.enforcement or creditor.voluntary,
        "wage_deduction": creditor.wage_deduction or creditor.voluntary,
    }[receipt.money.value]
    if receipt.money.value == "voluntary":
        return ",".join(said.order) if said.order else own.value, said.claim
    return own.value, None


@given(st.integers(1, 400), OWED, RECEIPTS, OF_CREDITOR)
def test_an_oracle_that_places_every_ore_by_itself_agrees(
    amount_ore: int, drawn: list[tuple[int, int, int, int, int]], receipt: Receipt, creditor: CreditorOrders
) -> None:
    owed = owed_of([(day, *(part // 10 for part in parts)) for day, *parts in drawn])  # type: ignore[misc] # four parts
    allocation = allocate(amount_ore, owed, decide(receipt, creditor, LAW))
    got = Counter({f"{share.claim} {share.part.value}": share.amount_ore for share in allocation.shares})

    assert (got, allocation.overpaid_ore) == ore_by_ore(amount_ore, owed, *by_the_rules(receipt, creditor))


def explained(amount_ore: int, receipt: Receipt) -> list[str]:
    decision = decide(receipt, CreditorOrders(CUSTOMARY), LAW)
    return list(told(explain(receipt, decision, allocate(amount_ore, [OLD, NEW], decision), INVOICES)))


def test_a_derivation_tells_the_money_the_order_the_law_and_every_share() -> None:
    lines = explained(45, Receipt(Money.VOLUNTARY, DAY, Said(2)))

    assert lines[:6] == [
        "0,45 kr, received on 2026-11-20 and paid voluntarily, is divided like this",
        "  The debtor gave no order, so the creditor's order holds.",
        "    1. costs of court, enforcement and collection",
        "    2. fees for the creditor's own letters",
        "    3. interest",
        "    4. principal",
    ]
    assert "lovavdeling, sak 1998/11444" in lines[6]
    assert "praksis" in lines[7]
    assert lines[8:] == [
        "  0,40 kr to the costs on invoice 20002",
        "    The KID names this claim, so it is covered first.",
        "  0,05 kr to the letter fees on invoice 20002",
        "    The KID names this claim, so it is covered first.",
    ]


def test_a_derivation_tells_what_was_set_aside_and_what_was_left() -> None:
    lines = explained(350, Receipt(Money.WAGE_DEDUCTION, DAY, Said(2)))

    assert any("innkrevingsloven (LOV-2025-04-25-12) § 29" in line for line in lines)
    assert "  What the debtor said of this money does not bind, because it was not paid voluntarily." in lines
    assert lines[-1] == "  0,10 kr is left when nothing more stands on the account, and belongs to the debtor"


@pytest.mark.parametrize("language", LANGUAGES)
@given(receipt=RECEIPTS, creditor=OF_CREDITOR)
def test_every_derivation_can_be_told_and_sums_to_its_shares(
    language: str, receipt: Receipt, creditor: CreditorOrders
) -> None:
    decision = decide(receipt, creditor, LAW)
    allocation = allocate(341, [OLD, NEW], decision)
    derivation = explain(receipt, decision, allocation, INVOICES)
    below = [one.facts["amount_ore"] for one in derivation.steps if "amount_ore" in one.facts]

    assert list(told(derivation, language))
    assert as_data(derivation, language)["facts"] == {"amount_ore": 341, "received_on": receipt.received_on}
    assert sum(int(str(amount)) for amount in below) == 341


def test_an_allocation_of_nothing_but_overpaid_money_is_explained_too() -> None:
    receipt = Receipt(Money.ENFORCEMENT, DAY)
    decision = decide(receipt, CreditorOrders(CUSTOMARY), LAW)
    derivation = explain(receipt, decision, Allocation((), 5), {})

    assert [one.code for one in derivation.steps] == ["allocation.enforcement", "allocation.rest"]
    assert Share(1, Part.FEES, 5, Choice.OLDEST_DUE_FIRST, Ground.ENFORCEMENT).reason.split() == [
        "allocation.oldest_due_first",
        "allocation.enforcement",
    ]


LETTER = "Justisdepartementets lovavdeling, sak 1998/11444"
PARAGRAPH = "innkrevingsloven (LOV-2025-04-25-12) § 29"
LAST_OF_2025, FIRST_OF_2026 = date(2025, 12, 31), date(2026, 1, 1)


@pytest.mark.parametrize(
    ("ground", "received_on", "basis"),
    [
        ("allocation.debtor_order", DAY, LETTER),
        ("allocation.creditor_order", DAY, LETTER),
        ("allocation.enforcement", LAST_OF_2025, LETTER),
        ("allocation.enforcement", DAY, LETTER),
        ("allocation.wages_before_law", LAST_OF_2025, LETTER),
        ("allocation.wages_before_law", FIRST_OF_2026, LETTER),
        ("allocation.wages_by_law", FIRST_OF_2026, PARAGRAPH),
    ],
)
@pytest.mark.parametrize("first", [*(choice.value for choice in Choice), "allocation.overpaid"])
def test_a_stored_reason_tells_both_codes_and_the_law_of_the_day(
    first: str, ground: str, received_on: date, basis: str
) -> None:
    why, order = reason_steps(f"{first} {ground}", received_on, LAW)
    (row,) = order.steps

    assert (why.code, why.steps, order.code, row.code) == (first, (), ground, "allocation.basis")
    assert row.facts["law"] == basis
    assert row.facts["source"] in {"JD1999", "LTI-2025"}
    assert "official text read" in str(row.facts["confidence"])
    for language in LANGUAGES:
        assert basis in "".join(told(order, language))


@given(RECEIPTS, OF_CREDITOR)
def test_what_was_stored_rests_on_the_policy_that_decided(receipt: Receipt, creditor: CreditorOrders) -> None:
    decision = decide(receipt, creditor, LAW)
    allocation = allocate(350, [OLD, NEW], decision)
    stored = {*(share.reason for share in allocation.shares), OVERPAID_REASONS[decision.ground]}

    for reason in stored:
        assert reason_steps(reason, receipt.received_on, LAW)[-1].steps[0].facts["name"] == decision.policy.name


@pytest.mark.parametrize("reason", sorted(LONE_REASONS))
def test_a_reason_of_one_code_is_one_step(reason: str) -> None:
    (only,) = reason_steps(reason, DAY, LAW)

    assert (only.code, dict(only.facts), only.steps) == (reason, {}, ())
    assert all("".join(told(only, language)) for language in LANGUAGES)


@pytest.mark.parametrize(
    "reason",
    [
        "",
        " ",
        "lost",
        "allocation.creditor_order",
        "allocation.oldest_due_first",
        "allocation.creditor_order allocation.oldest_due_first",
        "allocation.oldest_due_first  allocation.creditor_order",
        "allocation.oldest_due_first allocation.creditor_order ",
        "allocation.oldest_due_first allocation.overpaid",
        "office.placed_by_hand allocation.creditor_order",
        "allocation.oldest_due_first allocation.creditor_order allocation.overpaid",
    ],
)
def test_a_text_that_is_no_reason_is_refused_as_it_is(reason: str) -> None:
    with pytest.raises(DataFault, match=r"allocation\.unknown_reason") as fault:
        reason_steps(reason, DAY, LAW)

    assert fault.value.facts == {"reason": reason}


def test_a_law_that_did_not_hold_yet_is_no_reason() -> None:
    reason = f"{OVERPAID} {Ground.WAGES_BY_LAW.value}"

    with pytest.raises(DataFault, match=r"allocation\.no_policy_then") as fault:
        reason_steps(reason, LAST_OF_2025, LAW)
    assert fault.value.facts == {"reason": reason, "received_on": LAST_OF_2025}
