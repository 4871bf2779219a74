"""Matching what was transferred earlier: against a brute-force oracle, and case by case."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from kravbro.core.conversion import (
    Differs,
    EarlierClaim,
    Matching,
    TransferredClaim,
    match,
    normal_invoice_no,
)

DAY = date(2026, 3, 2)


def item(entry: int, invoice_no: str = "501", ore: int = 100, customer: int = 1, case: str = "") -> TransferredClaim:
    return TransferredClaim(entry, customer, invoice_no, "", DAY, DAY, ore, ore, 0, case)


def claim(number: int, invoice_no: str = "501", ore: int = 100, customer: int = 1, case: str = "K1") -> EarlierClaim:
    return EarlierClaim(number, case, "", customer, invoice_no, DAY, DAY, ore + 40, paid_principal_ore=40)


INVOICES = st.sampled_from(["7", "07", " 7", "8", "A7", ""])
AMOUNTS = st.sampled_from([100, 100, 200, 300])
CUSTOMERS = st.integers(1, 2)
CASES = st.sampled_from(["", "", "K1", "K2", "K3"])
ITEMS = st.lists(st.tuples(INVOICES, AMOUNTS, CUSTOMERS, CASES), max_size=7)


def could_be(one: TransferredClaim, other: EarlierClaim) -> bool:
    """Said in another way than the program says it: digits are compared from behind, blanks passed over."""
    ours, theirs = one.invoice_no.replace(" ", ""), other.invoice_no.replace(" ", "")
    longest = max(len(ours), len(theirs), 1)
    same = bool(ours) and bool(theirs) and ours.rjust(longest, "0") == theirs.rjust(longest, "0")
    return same and one.customer_no == other.customer_no


def named(
    one: TransferredClaim, other: EarlierClaim, items: list[TransferredClaim], claims: list[EarlierClaim]
) -> bool:
    """Whether a person said of this item that it is this claim, and could have meant no other."""
    if not (could_be(one, other) and one.case_number == other.case_number):
        return False
    same_claims = [each for each in claims if could_be(one, each) and each.case_number == one.case_number]
    same_items = [each for each in items if could_be(each, other) and each.case_number == one.case_number]
    return len(same_claims) == len(same_items) == 1


def expected(items: list[TransferredClaim], claims: list[EarlierClaim]) -> dict[tuple[str, int], str]:
    """Where every one belongs, by asking each about all others, and again about the rest once some have matched."""
    found = _asked(items, claims)
    here = {key for key, place in found.items() if place == "matched"}
    if not here:
        return found
    items = [one for one in items if ("item", one.entry) not in here]
    claims = [one for one in claims if ("claim", one.number) not in here]
    return dict.fromkeys(here, "matched") | expected(items, claims)


def _asked(items: list[TransferredClaim], claims: list[EarlierClaim]) -> dict[tuple[str, int], str]:
    found: dict[tuple[str, int], str] = {}
    chosen = [(one, other) for one in items for other in claims if named(one, other, items, claims)]
    for one, other in chosen:
        place = "matched" if one.remaining_ore == other.remaining_ore else "differing"
        found["item", one.entry] = found["claim", other.number] = place
    items = [one for one in items if ("item", one.entry) not in found]
    claims = [one for one in claims if ("claim", one.number) not in found]
    for one in items:
        meant = [other for other in claims if could_be(one, other)]
        rivals = [other for other in items if any(could_be(other, each) for each in meant)]
        found["item", one.entry] = _place(one, one.remaining_ore, meant, rivals, missing="missing_in_collector")
    for one_claim in claims:
        meant_items = [other for other in items if could_be(other, one_claim)]
        rival_claims = [other for other in claims if any(could_be(each, other) for each in meant_items)]
        found["claim", one_claim.number] = _place(
            one_claim, one_claim.remaining_ore, meant_items, rival_claims, missing="missing_in_ledger"
        )
    return found


def _place(
    one: TransferredClaim | EarlierClaim,
    ore: int,
    others: list[EarlierClaim] | list[TransferredClaim],
    rivals: list[TransferredClaim] | list[EarlierClaim],
    *,
    missing: str,
) -> str:
    equal = [other for other in others if other.remaining_ore == ore]
    equal_rivals = [other for other in rivals if other.remaining_ore == ore]
    if equal:
        if len(equal) > 1 or len(equal_rivals) > 1:
            return "ambiguous"
        cases = {getattr(one, "case_number", ""), equal[0].case_number} - {""}
        return "matched" if len(cases) == 1 else "differing"
    left = [other for other in others if all(other.remaining_ore != rival.remaining_ore for rival in rivals)]
    left_rivals = [rival for rival in rivals if all(rival.remaining_ore != other.remaining_ore for other in others)]
    if not left:
        return missing
    return "differing" if len(left) == len(left_rivals) == 1 else "ambiguous"


def placed(matching: Matching) -> Counter[tuple[tuple[str, int], str]]:
    found: Counter[tuple[tuple[str, int], str]] = Counter()
    for name in ("matched", "differing"):
        for pair in getattr(matching, name):
            found[("item", pair.transferred.entry), name] += 1
            found[("claim", pair.earlier.number), name] += 1
    for several in matching.ambiguous:
        found.update((("item", one.entry), "ambiguous") for one in several.transferred)
        found.update((("claim", one.number), "ambiguous") for one in several.earlier)
    found.update((("item", one.entry), "missing_in_collector") for one in matching.missing_in_collector)
    found.update((("claim", one.number), "missing_in_ledger") for one in matching.missing_in_ledger)
    return found


@given(ITEMS, ITEMS)
def test_every_claim_is_where_asking_all_others_puts_it_and_nowhere_else(
    left: list[tuple[str, int, int, str]], right: list[tuple[str, int, int, str]]
) -> None:
    items = [item(number, *facts) for number, facts in enumerate(left, 1)]
    claims = [claim(number, *facts[:3], facts[3] or "K1") for number, facts in enumerate(right, 1)]
    assert placed(match(items, claims)) == Counter(expected(items, claims).items())


@given(ITEMS, ITEMS, st.randoms())
def test_the_order_of_the_sides_changes_nothing(
    left: list[tuple[str, int, int, str]], right: list[tuple[str, int, int, str]], shuffler: random.Random
) -> None:
    items = [item(number, *facts) for number, facts in enumerate(left, 1)]
    claims = [claim(number, *facts[:3], facts[3] or "K1") for number, facts in enumerate(right, 1)]
    before = placed(match(items, claims))
    shuffler.shuffle(items)
    shuffler.shuffle(claims)
    assert placed(match(items, claims)) == before


def test_an_amount_that_differs_is_shown_with_its_difference_and_never_matched() -> None:
    (pair,) = match([item(1, ore=90)], [claim(1, ore=100)]).differing
    assert (pair.difference_ore, pair.differs) == (-10, (Differs.AMOUNT,))


def test_another_case_number_than_the_ledger_knows_is_no_match() -> None:
    (pair,) = match([item(1, case="K9")], [claim(1, case="K1")]).differing
    assert (pair.difference_ore, pair.differs) == (0, (Differs.CASE_NUMBER,))


def test_all_that_an_unclear_claim_could_be_is_shown_together() -> None:
    (several,) = match([item(1), item(2)], [claim(5), claim(6, case="K2")]).ambiguous
    assert ([one.entry for one in several.transferred], [one.number for one in several.earlier]) == ([1, 2], [5, 6])


def test_among_several_the_case_number_on_the_item_chooses() -> None:
    found = match([item(1, "504", case="K1"), item(2, "0504")], [claim(5, "504")])
    assert [(pair.transferred.entry, pair.earlier.number) for pair in found.matched] == [(1, 5)]
    assert [one.entry for one in found.missing_in_collector] == [2]


def test_an_invoice_number_is_told_by_zeros_before_and_spaces_only() -> None:
    assert normal_invoice_no("0 0501") == normal_invoice_no("501")
    assert len({normal_invoice_no(one) for one in ("501", "5010", "F501", "50-1", "f501")}) == 5
