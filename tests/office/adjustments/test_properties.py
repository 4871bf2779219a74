"""Whatever is charged, waived, undone, paid and credited in whatever order: each day owes what an oracle adds up.

The oracle counts interest day by day, and adds up what letters and people said: interest is owed as the rule gives it
(or as the letters charged it, if that is more), less what was waived, and never less than nothing, less what was paid.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kravbro.core.allocation_orders import Part
from kravbro.core.claims import TransactionKind
from kravbro.core.errors import DataFault, Skip
from kravbro.office import tables as t
from kravbro.office.adjustments.tables import adjustment
from kravbro.office.ledger_events import accept_transactions
from kravbro.office.manual.acts import Why
from kravbro.office.manual.tables import manual_act
from kravbro.office.streams import claims
from tests.interest_oracle import interest_ore
from tests.office.adjustments.acts import (
    account_on,
    balances_on,
    book_costs_on,
    charge,
    cost,
    undo,
    waive,
    waive_interest,
)
from tests.office.builders import TODAY, Desk, offer, open_desk, payment, transaction
from tests.office.manual.acts import clean, post

CASES = ("1-000001", "1-000002")
FIRST = date(2026, 8, 25)
AMOUNTS = st.one_of(st.integers(1, 3_000), st.sampled_from([50_000, 103_750, 120_000]))
DAYS = st.integers(0, (TODAY - FIRST).days).map(lambda days: FIRST + timedelta(days))
PLACES = st.integers(0, 9)
ACTS = st.one_of(
    st.tuples(st.just("charge"), DAYS, PLACES),
    st.tuples(st.just("charge"), DAYS, PLACES),
    st.tuples(st.just("waive_uncharged"), DAYS, st.one_of(st.none(), AMOUNTS)),
    st.tuples(st.just("waive"), st.sampled_from(list(Part)), st.one_of(st.none(), AMOUNTS)),
    st.tuples(st.just("undo"), PLACES, PLACES),
    st.tuples(st.just("cost"), AMOUNTS, DAYS),
    st.tuples(st.just("pay"), AMOUNTS, DAYS),
    st.tuples(st.just("credit"), AMOUNTS, PLACES),
    st.tuples(st.just("book"), PLACES, PLACES),
    st.tuples(st.just("post"), PLACES, PLACES),
)


class Office:
    """Two cases, one of two claims; what people do with them."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        desk.offer(offer(1, 1), offer(2, 1, due_date=date(2026, 8, 20)), offer(3, 2))
        self.kids = [row.kid for row in desk.rows(t.case)]
        self.step = 0

    def why(self) -> Why:
        return Why("prøve", f"{self.step}")

    def case(self, place: int) -> str:
        return CASES[place % 2]

    def charge(self, until: date, place: int) -> None:
        charge(self.desk, until, self.case(place), self.why())

    def waive_uncharged(self, until: date, amount_ore: int | None) -> None:
        waive_interest(self.desk, until, amount_ore, self.case(self.step), self.why())

    def waive(self, part: Part, amount_ore: int | None) -> None:
        waive(self.desk, part, amount_ore, self.case(self.step), self.why())

    def undo(self, place: int, _: int) -> None:
        acts = self.desk.rows(manual_act)
        if acts:
            undo(self.desk, acts[place % len(acts)].number, self.why())

    def cost(self, amount_ore: int, dated: date) -> None:
        cost(self.desk, amount_ore, case=self.case(self.step), dated=dated, why=self.why())

    def pay(self, amount_ore: int, bank_date: date) -> None:
        one = payment(self.step, amount_ore, self.kids[self.step % 2], lump=f"sum {self.step}", bank_date=bank_date)
        self.desk.pay(one, name=f"{self.step}.txt")

    def credit(self, amount_ore: int, place: int) -> None:
        told = transaction(self.step, 1_001 + place % 3, -amount_ore, kind=TransactionKind.CREDIT_NOTE)
        with self.desk.writing() as connection:
            accept_transactions(connection, 1, [told], self.desk.act)

    def book(self, place: int, _: int) -> None:
        book_costs_on(self.desk, "1590" if place % 2 else "")

    def post(self, _: int, __: int) -> None:
        post(self.desk)

    def check(self) -> None:
        assert clean(self.desk)
        for day in (date(2026, 10, 1), TODAY, date(2026, 12, 31)):
            rows = {row.claim: row for row in balances_on(self.desk, day)}
            for claim in self.desk.rows(t.claim):
                if claim.due_date <= day:
                    row = rows[claim.id]
                    assert row.interest_ore + row.uncharged_ore == self.interest(claim, day), (claim.id, day)
            shown = sum(account_on(self.desk, day, case).owed_ore for case in CASES)
            assert shown == sum(row.total_ore for row in rows.values()) - self.overpaid(day)
        self.check_costs()

    def interest(self, claim: Any, day: date) -> int:
        """What is owed in interest on a claim on a day, added up from what happened."""
        kinds = {row.number: row.kind for row in self.desk.rows(t.journal)}
        rows = self.desk.rows(t.journal_row, t.journal_row.c.claim == claim.id)
        changes = [(one.counts_from, one.amount_ore) for one in rows if one.account == "principal"]
        letters = self.desk.rows(t.claim_letter, t.claim_letter.c.claim == claim.id)
        charged_ore = sum(one.interest_ore for one in letters if one.sent_on <= day)
        said = self.desk.rows(adjustment, adjustment.c.claim == claim.id, adjustment.c.part == "interest")
        waived_ore = -sum(one.amount_ore for one in said if one.kind == "waiver" and one.dated <= day)
        paid_ore = -sum(
            one.amount_ore
            for one in rows
            if one.account == "interest" and kinds[one.journal] == "payment" and one.counts_from <= day
        )
        owed_ore: int = max(interest_ore(changes, day), charged_ore, waived_ore) - waived_ore - paid_ore
        return owed_ore

    def overpaid(self, day: date) -> int:
        rows = self.desk.rows(t.journal_row, t.journal_row.c.account == "overpaid")
        return int(-sum(one.amount_ore for one in rows if one.counts_from <= day))

    def check_costs(self) -> None:
        """Nothing on a part goes below zero, principal is moved by nobody, and what is booked on 1590 is unpaid."""
        sums: Counter[tuple[int, str]] = Counter()
        for row in self.desk.rows(t.journal_row, t.journal_row.c.claim.is_not(None)):
            sums[row.claim, row.account] += row.amount_ore
        assert all(ore >= 0 for (_, account), ore in sums.items() if account in {"interest", "fees", "costs"})
        with self.desk.reading() as connection:
            explained = claims(connection, 1, 0, 100)
        moved = [one.opening_ore + sum(move.amount_ore for move in one.movements) for one in explained]
        assert moved == [sums[number, "principal"] for number in (1, 2, 3)]
        post(self.desk)
        booked = {one.claim for one in self.desk.rows(adjustment, adjustment.c.account != "")}
        lines = self.desk.rows(t.voucher_line, t.voucher_line.c.account == "1590")
        assert sum(one.amount_ore for one in lines) == sum(sums[claim, "costs"] for claim in booked)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ACTS, min_size=3, max_size=12))
def test_each_day_owes_what_the_oracle_adds_up(acts: list[tuple[str, Any, Any]]) -> None:
    with TemporaryDirectory() as folder:
        office = Office(open_desk(Path(folder)))
        for step, (name, first, second) in enumerate(acts, 1):
            office.step = step
            with suppress(DataFault, Skip):
                getattr(office, name)(first, second)
        office.check()
        office.desk.engine.dispose()
