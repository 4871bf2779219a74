"""Money is neither made nor lost: whatever is posted, matched, offered and told, in whatever order.

Hypothesis chooses what happens; a few lines of plain arithmetic beside it say what must come of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kravbro.books.commands.matching import book
from kravbro.books.commands.posting import post_vouchers
from kravbro.books.commands.vouchers import write_vouchers
from kravbro.books.queries.dump import dump
from kravbro.core.claims import Outcome, Receipt
from kravbro.core.errors import DataFault
from tests.books.world import ACT, COMPANY, TODAY, World, collector_voucher, invoice, settlement

CUSTOMERS = 3
ITEMS = 6
item = st.integers(1, ITEMS)
amount = st.integers(-400, 1_500)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("pay"), item, amount),
        st.tuples(st.just("credit"), item, st.integers(1, 500)),
        st.tuples(st.just("match"), item, st.integers(-300, 300)),
        st.tuples(st.just("collect"), item, st.integers(1, 300)),
        st.tuples(st.just("offer"), item, amount),
        st.tuples(st.just("accept"), item, amount),
        st.tuples(st.just("refuse"), item, amount),
    ),
    min_size=4,
    max_size=14,
)


def customer_of(entry: int) -> int:
    return 1 + (entry - 1) % CUSTOMERS


@contextmanager
def a_world() -> Iterator[World]:
    with TemporaryDirectory() as folder:
        world = World(Path(folder))
        yield world
        world.close()


class Arithmetic:
    """What must remain of each open item, and what each credit must have left."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.remaining_ore = dict.fromkeys(range(1, ITEMS + 1), 1_000)
        self.left_ore: dict[int, int] = {}
        self.on_item: defaultdict[tuple[int, int], int] = defaultdict(int)
        self.entries = ITEMS
        self.vouchers = 0

    def pay(self, entry: int, amount_ore: int) -> None:
        if amount_ore:
            self.world.post(settlement("INN", customer_of(entry), amount_ore, entry))
            self.entries += 1
            self.remaining_ore[entry] -= amount_ore

    def credit(self, entry: int, amount_ore: int) -> None:
        self.world.post(settlement("KRE", customer_of(entry), amount_ore, None))
        self.entries += 1
        self.left_ore[self.entries] = amount_ore

    def match(self, entry: int, amount_ore: int) -> None:
        for given_by, left_ore in self.left_ore.items():
            possible = 0 < amount_ore <= min(left_ore, max(self.remaining_ore[entry], 0))
            possible = possible or 0 < -amount_ore <= self.on_item[given_by, entry]
            try:
                with self.world.writing() as connection:
                    book(connection, given_by, entry, amount_ore, ACT)
                    booked = True
            except DataFault:
                booked = False
            theirs = self.customer_of_credit(given_by) == customer_of(entry)
            assert booked == (possible and theirs)
            if booked:
                self.left_ore[given_by] -= amount_ore
                self.on_item[given_by, entry] += amount_ore
                self.remaining_ore[entry] -= amount_ore

    def customer_of_credit(self, number: int) -> int:
        with self.world.reading() as connection:
            return next(int(row["customer"]) for row in dump(connection)["entry"] if row["number"] == number)

    def collect(self, entry: int, amount_ore: int) -> None:
        self.vouchers += 1
        voucher = collector_voucher(self.vouchers, (customer_of(entry), entry, amount_ore))
        self.world.ledger.post_vouchers(COMPANY, [voucher])
        self.world.ledger.post_vouchers(COMPANY, [voucher])
        self.entries += 1
        self.remaining_ore[entry] -= amount_ore

    def offer(self, entry: int, amount_ore: int) -> None:
        if any(rest_ore > 0 for rest_ore in self.offerable().values()):
            self.world.offer(f"{self.entries}/{entry}/{amount_ore}")

    def offerable(self) -> dict[int, int]:
        with self.world.reading() as connection:
            whole = dump(connection)
        answers = {row["offer"]: row["outcome"] for row in whole["offer_receipt"]}
        held = {row["entry"] for row in whole["offer"] if answers.get(row["number"]) != "refused"}
        return {number: rest for number, rest in self.remaining_ore.items() if number not in held}

    def accept(self, entry: int, _: int) -> None:
        self._answer(entry, Outcome.ACCEPTED)

    def refuse(self, entry: int, _: int) -> None:
        self._answer(entry, Outcome.REFUSED)

    def _answer(self, entry: int, outcome: Outcome) -> None:
        for ready in self.world.ledger.ready_claims(COMPANY, 0, 100):
            if ready.entry == entry:
                receipt = Receipt(ready.number, ready.number, entry, outcome, TODAY, "S")
                self.world.ledger.record_receipts(COMPANY, [receipt])


@settings(max_examples=25, deadline=None)
@given(steps)
def test_what_remains_is_what_arithmetic_says(chosen: list[tuple[str, int, int]]) -> None:
    with a_world() as world:
        world.post(*(invoice(customer_of(number), 1_000, f"F{number}") for number in range(1, ITEMS + 1)))
        arithmetic = Arithmetic(world)
        for step, entry, amount_ore in chosen:
            getattr(arithmetic, step)(entry, amount_ore)
        with world.reading() as connection:
            whole = dump(connection)
        open_now = {number: rest for number, rest in arithmetic.remaining_ore.items() if rest}

        assert {row["entry"]: row["remaining_ore"] for row in whole["open_items"]} == open_now
        assert world.ledger.audit(COMPANY) == []
        _every_voucher_balances(whole)
        _told_and_own_money_explain_every_claim(world, whole, arithmetic.remaining_ore)


def _every_voucher_balances(whole: dict[str, list[dict[str, Any]]]) -> None:
    sums: defaultdict[int, int] = defaultdict(int)
    for line in whole["voucher_line"]:
        sums[line["voucher"]] += line["amount_ore"]
    assert set(sums.values()) <= {0}


def _told_and_own_money_explain_every_claim(
    world: World, whole: dict[str, list[dict[str, Any]]], remaining_ore: dict[int, int]
) -> None:
    """Opening, transactions told and the collector's own vouchers come to what remains of each accepted claim."""
    own = {row["number"] for row in whole["booking"] if row["by_collector"]}
    told = world.ledger.transactions(COMPANY, 0, 1000)
    assert own.isdisjoint(one.booking for one in told)
    accepted = {row["offer"] for row in whole["offer_receipt"] if row["outcome"] == "accepted"}
    for claim in world.ledger.movements(COMPANY, sorted(accepted)):
        assert all(movement.settled for movement in claim.movements)
        assert claim.opening_ore + sum(one.amount_ore for one in claim.movements) == remaining_ore[claim.entry]
        foreign = [movement.number for movement in claim.movements if movement.id.startswith("booking:")]
        assert foreign == [one.number for one in told if one.entry == claim.entry]


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(item, amount.filter(bool)), min_size=1, max_size=12), st.integers(1, 5))
def test_pages_of_vouchers_make_the_same_books(payments: list[tuple[int, int]], size: int) -> None:
    drafts = [settlement("INN", customer_of(entry), amount_ore, entry) for entry, amount_ore in payments]
    found = []
    for page in (size, len(drafts)):
        with a_world() as world:
            world.post(*(invoice(customer_of(number), 1_000, f"F{number}") for number in range(1, ITEMS + 1)))
            for start in range(0, len(drafts), page):
                with world.writing() as connection:
                    ids = write_vouchers(connection, drafts[start : start + page], ACT)
                    post_vouchers(connection, ids, ACT)
            with world.reading() as connection:
                found.append(dump(connection))

    assert found[0] == found[1]
