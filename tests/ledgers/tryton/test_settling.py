"""Lines are shared out over claims: every øre once, nearest first, and always the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kravbro.ledgers.tryton.mapping import Line
from kravbro.ledgers.tryton.settling import Shares, of_invoice, of_reconciliation
from tests.ledgers.tryton.lines import line

AMOUNTS = st.integers(1, 10_000_00)


def plain(shares: Shares) -> dict[int, dict[int, int]]:
    return {claim: {paid.id: part_ore for paid, part_ore in parts} for claim, parts in shares.items()}


def test_one_payment_settles_two_claims_by_what_each_was() -> None:
    lines = [line(1, 1_000), line(2, 500), line(3, -1_500)]

    assert plain(of_reconciliation(lines)) == {1: {3: -1_000}, 2: {3: -500}}


def test_what_names_a_claim_or_is_on_its_invoice_goes_there_first() -> None:
    lines = [line(1, 500, of_invoice=10), line(2, 500, of_invoice=20), line(3, -400, pays=20), line(4, -300, origin=2)]
    lines.append(line(5, -300))

    assert plain(of_reconciliation(lines)) == {1: {3: -200, 5: -300}, 2: {4: -300, 3: -200}}


def test_a_payment_that_is_cancelled_beside_the_claim_settles_nothing() -> None:
    lines = [line(1, 500), line(2, -500), line(3, 500, origin=2), line(4, -500)]

    assert plain(of_reconciliation(lines)) == {1: {4: -500}}


def test_what_takes_back_raises_its_claim() -> None:
    lines = [line(1, 1_000, of_invoice=10), line(2, -400, pays=10), line(3, 150, pays=10), line(4, -750, pays=10)]

    assert plain(of_reconciliation(lines)) == {1: {3: 150, 2: -400, 4: -750}}


def test_an_invoice_that_is_cancelled_is_settled_by_its_own_line_turned_round() -> None:
    assert plain(of_reconciliation([line(1, 500), line(2, -500, origin=1)])) == {1: {2: -500}}


def test_instalments_are_paid_in_order_and_the_rest_goes_to_the_last() -> None:
    claims = [line(1, 300), line(2, 300)]

    assert plain(of_invoice(claims, [line(3, -450)])) == {1: {3: -300}, 2: {3: -150}}
    assert plain(of_invoice(claims, [line(3, -700)])) == {1: {3: -300}, 2: {3: -400}}
    assert plain(of_invoice(claims, [line(3, -450), line(4, 200)])) == {1: {3: -300, 4: 50}, 2: {3: -150, 4: 150}}
    assert plain(of_invoice(claims, [line(3, -50, origin=2)])) == {1: {}, 2: {3: -50}}
    assert of_invoice([], [line(3, -50)]) == {}


@st.composite
def reconciled(draw: st.DrawFn) -> list[Line]:
    """Lines that sum to zero: claims, payments that name one or none, and what was taken back."""
    claims = [line(number, draw(AMOUNTS), of_invoice=100 + number) for number in range(1, draw(st.integers(1, 4)) + 1)]
    lines = list(claims)
    for number in range(10, 10 + draw(st.integers(0, 5))):
        claim = draw(st.sampled_from(claims))
        origin, pays = draw(st.sampled_from([(0, 0), (claim.id, 0), (0, claim.of_invoice)]))
        sign = draw(st.sampled_from([-1, -1, -1, 1])) if origin or pays else -1
        lines.append(line(number, sign * draw(AMOUNTS), origin=origin, pays=pays))
    left_ore = sum(one.change_ore for one in lines)
    if left_ore > 0:
        lines.append(line(90, -left_ore))
    elif left_ore < 0:
        lines.append(line(90, -left_ore, of_invoice=190))
    return draw(st.permutations(lines))


@given(reconciled())
def test_a_reconciliation_settles_every_claim_to_the_ore_and_no_payment_twice(lines: list[Line]) -> None:
    shares = of_reconciliation(lines)
    by_id = {one.id: one for one in lines}

    for claim, parts in shares.items():
        assert by_id[claim].change_ore + sum(part_ore for _, part_ore in parts) == 0
        assert all(part_ore * paid.change_ore > 0 for paid, part_ore in parts)
    used: dict[int, int] = {}
    for parts in shares.values():
        for paid, part_ore in parts:
            used[paid.id] = used.get(paid.id, 0) + part_ore
    assert all(abs(part_ore) <= abs(by_id[number].change_ore) for number, part_ore in used.items())


@given(reconciled())
def test_the_order_in_which_lines_are_told_does_not_matter(lines: list[Line]) -> None:
    again = sorted(lines, key=lambda one: -one.id)

    assert plain(of_reconciliation(again)) == plain(of_reconciliation(lines))


@given(st.lists(AMOUNTS, min_size=1, max_size=4), st.lists(st.integers(-5_000_00, 5_000_00), max_size=6))
def test_payments_on_an_invoice_are_shared_to_the_last_ore(owed: list[int], paid: list[int]) -> None:
    claims = [line(number, amount_ore) for number, amount_ore in enumerate(owed, 1)]
    payments = [line(number, amount_ore) for number, amount_ore in enumerate(paid, 50) if amount_ore]

    shares = of_invoice(claims, payments)

    given_ore = sum(part_ore for parts in shares.values() for _, part_ore in parts)
    assert given_ore == sum(one.change_ore for one in payments)
    for one in payments:
        parts = [part_ore for parts in shares.values() for payment, part_ore in parts if payment.id == one.id]
        assert sum(parts) == one.change_ore
