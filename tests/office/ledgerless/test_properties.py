"""Whatever is registered, paid, credited, ended, undone and withdrawn in whatever order: an oracle adds up the same.

The oracle keeps one number for each claim, its principal, and one for each account of the ledger. It asks no journal.
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

from kravbro.core.claims import ClaimState, Outcome, ReturnReason, TransactionKind
from kravbro.core.errors import DataFault, Skip
from kravbro.office import tables as t
from kravbro.office.adjustments.tables import adjustment
from kravbro.office.ledger_events import accept_transactions
from kravbro.office.ledgerless.shown import claims_by_hand
from kravbro.office.manual.acts import Why
from kravbro.office.returns import Wish, give_back
from kravbro.office.streams import claims, statuses
from tests.interest_oracle import interest_ore
from tests.office.adjustments.acts import account_on, balances_on, undo
from tests.office.builders import TODAY, Desk, offer, open_desk, payment, transaction
from tests.office.ledgerless_acts import credit, end, registered, set_account
from tests.office.manual.acts import clean, post

FIRST = date(2026, 8, 25)
AMOUNTS = st.one_of(st.integers(1, 30_000), st.sampled_from([50_000, 100_000, 103_500, 250_000]))
DAYS = st.integers(0, (TODAY - FIRST).days).map(lambda days: FIRST + timedelta(days))
PLACES = st.integers(0, 9)
ACTS = st.one_of(
    st.tuples(st.just("register"), AMOUNTS, PLACES),
    st.tuples(st.just("register"), AMOUNTS, PLACES),
    st.tuples(st.just("pay"), AMOUNTS, DAYS),
    st.tuples(st.just("pay"), AMOUNTS, DAYS),
    st.tuples(st.just("reverse"), PLACES, PLACES),
    st.tuples(st.just("credit"), AMOUNTS, PLACES),
    st.tuples(st.just("end"), PLACES, PLACES),
    st.tuples(st.just("undo"), PLACES, PLACES),
    st.tuples(st.just("book"), AMOUNTS, PLACES),
    st.tuples(st.just("withdraw"), PLACES, PLACES),
    st.tuples(st.just("account"), PLACES, PLACES),
    st.tuples(st.just("post"), PLACES, PLACES),
)


class Office:
    """A customer with a claim of the ledger, and claims of people without one, some on the same case."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.step = desk, 0
        self.principal_ore: dict[int, int] = {}
        self.credited: dict[int, tuple[int, int]] = {}
        self.paid: list[tuple[int, str, date]] = []
        set_account(desk)
        desk.offer(offer(1, 1))

    def why(self) -> Why:
        return Why("prøve", f"{self.step}")

    def claim(self, place: int) -> Any:
        return self.desk.rows(t.claim)[place % len(self.desk.rows(t.claim))]

    def case(self, claim: Any) -> str:
        return str(self.desk.rows(t.case, t.case.c.id == claim.case)[0].number)

    def register(self, amount_ore: int, place: int) -> None:
        who: dict[str, Any] = {"debtor": 1} if place % 2 else {}
        done = registered(self.desk, self.why(), principal_ore=amount_ore, invoice_no=f"D-{self.step}", **who)
        if not done.refused:
            self.principal_ore[done.number] = amount_ore

    def pay(self, amount_ore: int, bank_date: date) -> None:
        cases = self.desk.rows(t.case)
        kid = cases[self.step % len(cases)].kid
        one = payment(self.step, amount_ore, kid, lump=f"sum {self.step}", bank_date=bank_date)
        self.desk.pay(one, name=f"{self.step}.txt")
        self.paid.append((amount_ore, kid, bank_date))

    def reverse(self, place: int, _: int) -> None:
        if self.paid:
            amount_ore, kid, day = self.paid.pop(place % len(self.paid))
            one = payment(self.step, -amount_ore, kid, lump=f"sum {self.step}", bank_date=day)
            self.desk.pay(one, name=f"{self.step}.txt")

    def credit(self, amount_ore: int, place: int) -> None:
        claim = self.claim(place)
        done = credit(self.desk, self.case(claim), amount_ore, self.why(), claim.invoice_no)
        self.credited[done.act] = (-claim.offer, -amount_ore)

    def end(self, place: int, _: int) -> None:
        claim = self.claim(place)
        done = end(self.desk, self.case(claim), self.why(), claim.invoice_no)
        self.credited[done.act] = (-claim.offer, done.amount_ore)

    def undo(self, place: int, _: int) -> None:
        if self.credited:
            act = sorted(self.credited)[place % len(self.credited)]
            undo(self.desk, act, self.why())
            del self.credited[act]

    def book(self, amount_ore: int, place: int) -> None:
        kind = list(TransactionKind)[place % 2]
        told = transaction(self.step, 1_001 if place % 3 else -1, -amount_ore, kind=kind)
        with self.desk.writing() as connection:
            accept_transactions(connection, 1, [told], self.desk.act)

    def withdraw(self, place: int, _: int) -> None:
        claim = self.claim(place)
        wish = Wish(Outcome.WITHDRAWN, ReturnReason.CREDITORS_WISH, "prøve")
        with self.desk.writing() as connection:
            give_back(connection, self.case(claim), wish, self.desk.act, claim.invoice_no)

    def account(self, place: int, _: int) -> None:
        set_account(self.desk, ("1599", "1598")[place % 2])

    def post(self, _: int, __: int) -> None:
        post(self.desk)

    def check(self) -> None:
        assert clean(self.desk)
        with self.desk.reading() as connection:
            assert {one.entry for one in claims(connection, 1, 0, 100)} == {1_001}
            assert {one.entry for one in statuses(connection, 1, 0, 100)} == {1_001}
            listed = {one.number: one for one in claims_by_hand(connection, 1)}
        assert {number: one.principal_ore for number, one in listed.items()} == self.principal_ore
        paid_ore = self.check_principals(listed)
        self.check_balances()
        self.check_vouchers(listed, paid_ore)

    def check_principals(self, listed: dict[int, Any]) -> Counter[int]:
        """What is left of each is what it was, less what people credited, less what money covered."""
        kinds = {row.number: row.kind for row in self.desk.rows(t.journal)}
        own = {row.id: -row.offer for row in self.desk.rows(t.claim, t.claim.c.offer < 0)}
        paid_ore: Counter[int] = Counter()
        for row in self.desk.rows(t.journal_row, t.journal_row.c.account == "principal"):
            if row.claim in own and kinds[row.journal] in {"payment", "reversal"}:
                paid_ore[own[row.claim]] -= row.amount_ore
        for number, one in listed.items():
            credited_ore = sum(ore for claim, ore in self.credited.values() if claim == number)
            assert one.left_ore == self.principal_ore[number] + credited_ore - paid_ore[number]
            assert one.left_ore >= 0
        return paid_ore

    def check_balances(self) -> None:
        """Balances and statements agree on every day, and interest is what the days give."""
        gone = {ClaimState.WITHDRAWN.value, ClaimState.LEAVING.value, ClaimState.ENDED.value}
        for day in (date(2026, 10, 1), TODAY, date(2026, 12, 31)):
            rows = {row.claim: row for row in balances_on(self.desk, day)}
            shown = sum(account_on(self.desk, day, case.number).owed_ore for case in self.desk.rows(t.case))
            assert shown == sum(row.total_ore for row in rows.values()) - self.overpaid(day)
            for claim in self.desk.rows(t.claim, t.claim.c.offer < 0):
                if claim.state not in gone:
                    row = rows[claim.id]
                    its_rows = self.desk.rows(t.journal_row, t.journal_row.c.claim == claim.id)
                    changes = [(one.counts_from, one.amount_ore) for one in its_rows if one.account == "principal"]
                    assert row.uncharged_ore == interest_ore(changes, day)
                if claim.state in {"ended", "withdrawn"} and day > TODAY:
                    assert rows[claim.id].total_ore == 0

    def overpaid(self, day: date) -> int:
        rows = self.desk.rows(t.journal_row, t.journal_row.c.account == "overpaid")
        return int(-sum(one.amount_ore for one in rows if one.counts_from <= day))

    def check_vouchers(self, listed: dict[int, Any], paid_ore: Counter[int]) -> None:
        """All money is booked once: each account has what was paid of its claims, and no sub-ledger has any of it."""
        post(self.desk)
        expected: Counter[str] = Counter()
        for number, one in listed.items():
            expected[one.account] -= paid_ore[number]
        lines = self.desk.rows(t.voucher_line)
        for account in ("1598", "1599"):
            of_account = [line for line in lines if line.account == account]
            assert sum(line.amount_ore for line in of_account) == expected[account]
            assert {(line.customer_no, line.invoice_no) for line in of_account} <= {(None, "")}
        assert sum(line.amount_ore for line in lines) == 0
        assert all(line.customer_no is None or line.customer_no > 0 for line in lines)
        assert len(self.desk.rows(adjustment, adjustment.c.account != "")) == 0


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ACTS, min_size=4, max_size=14))
def test_an_oracle_adds_up_the_same(acts: list[tuple[str, Any, Any]]) -> None:
    with TemporaryDirectory() as folder:
        office = Office(open_desk(Path(folder)))
        for step, (name, first, second) in enumerate([("register", 100_000, 0), ("register", 70_000, 1), *acts], 1):
            office.step = step
            with suppress(DataFault, Skip):
                getattr(office, name)(first, second)
        office.check()
        office.desk.engine.dispose()
