"""Whatever people do by hand in whatever order: money is conserved, cases owe what a sum says, all is booked once.

The test keeps books of its own, without parts or orders: how much of each payment is on which case, unplaced, or paid
back. What the office owes and is owed must be that, case by case.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kravbro.core.errors import DataFault, Skip
from kravbro.core.vouchers import Fate, VoucherReceipt, refuse_unbalanced
from kravbro.office import tables as t
from kravbro.office.audit import audit
from kravbro.office.journals import MONEY_KINDS, OWED
from kravbro.office.ledger_events import accept_transactions, accept_voucher_receipts
from kravbro.office.manual.acts import Why
from kravbro.office.manual.choices import Field
from kravbro.office.manual.corrections import Correction, correct
from kravbro.office.manual.redelivery import redeliver
from kravbro.office.manual.refunds import cancel_refund
from kravbro.office.manual.registering import How
from kravbro.office.manual.reversing import TakenBack
from kravbro.office.manual.tables import refund as refund_table
from kravbro.office.placing import place_unplaced
from kravbro.office.posting import exclude_from_posting, generate_posting, include_again
from kravbro.office.streams import claims, read_vouchers
from tests.office.builders import TODAY, Desk, offer, open_desk, payment, transaction
from tests.office.manual.acts import move, post, refund, register, reverse

CASES = ("1-000001", "1-000002", "1-000003")
OWED_AT_FIRST = {"1-000001": 207_500, "1-000002": 103_750, "1-000003": 103_750}
AMOUNTS = st.one_of(st.integers(1, 3_000), st.sampled_from([50_000, 103_750, 110_000]))
PLACES = st.integers(0, 20)
ACTS = st.one_of(
    st.tuples(st.just("bank"), AMOUNTS, PLACES),
    st.tuples(st.just("bank_back"), PLACES, PLACES),
    st.tuples(st.just("register"), AMOUNTS, PLACES),
    st.tuples(st.just("outside"), AMOUNTS, PLACES),
    st.tuples(st.just("reverse"), PLACES, st.sampled_from(list(TakenBack))),
    st.tuples(st.just("move"), PLACES, st.tuples(PLACES, st.one_of(st.none(), AMOUNTS))),
    st.tuples(st.just("refund"), PLACES, st.tuples(PLACES, st.one_of(st.none(), AMOUNTS))),
    st.tuples(st.just("cancel"), PLACES, PLACES),
    st.tuples(st.just("place"), PLACES, PLACES),
    st.tuples(st.just("leave_out"), PLACES, st.booleans()),
    st.tuples(st.just("choose"), PLACES, st.sampled_from(["8051", "8052", None])),
    st.tuples(st.just("ledger"), AMOUNTS, PLACES),
    st.tuples(st.just("post"), PLACES, PLACES),
    st.tuples(st.just("fate"), PLACES, st.sampled_from(list(Fate))),
    st.tuples(st.just("redeliver"), PLACES, PLACES),
)


class Office:
    """An office, and the test's own books of it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        desk.offer(offer(1, 1), offer(2, 1), offer(3, 2), offer(4, 3))
        self.kids = [row.kid for row in desk.rows(t.case)]
        self.on_case: dict[int, Counter[str]] = {}
        self.unplaced: Counter[int] = Counter()
        self.refunded: Counter[int] = Counter()
        self.by_ledger: Counter[str] = Counter()
        self.step = 0

    def why(self) -> Why:
        return Why("prøve", f"{self.step}")

    def payment(self, place: int) -> int:
        numbers = sorted(self.on_case)
        return numbers[place % len(numbers)] if numbers else 1

    def keep(self, number: int, amount_ore: int, case: str | None) -> None:
        self.on_case[number] = Counter() if case is None else Counter({case: amount_ore})
        self.unplaced[number] = amount_ore if case is None else 0

    def forget(self, number: int) -> None:
        self.on_case[number].clear()
        self.unplaced[number] = 0

    def bank(self, amount_ore: int, place: int) -> None:
        where = place % 4
        kid = self.kids[where] if where < 3 else ""
        self.desk.pay(payment(self.step, amount_ore, kid, lump=f"sum {self.step}"), name=f"{self.step}.txt")
        self.keep(len(self.desk.rows(t.payment)), amount_ore, CASES[where] if where < 3 else None)

    def bank_back(self, place: int, _: int) -> None:
        """The bank takes back the payment that it would find: told by the office, checked by what follows."""
        row = self.desk.rows(t.payment, t.payment.c.number == self.payment(place))[0]
        if row.file is None or row.amount_ore < 0:
            return
        back = payment(self.step, -row.amount_ore, row.kid, lump=f"sum {self.step}")
        self.desk.pay(back, name=f"{self.step}.txt")
        made = self.desk.rows(t.payment)[-1]
        loose = self.desk.rows(t.unplaced, t.unplaced.c.payment == made.number)
        if made.reverses is not None:
            self.forget(made.reverses)
            for one in loose:
                assert one.because == "office.unplaced.original_unplaced"
        elif loose:
            self.keep(made.number, made.amount_ore, None)

    def register(self, amount_ore: int, place: int) -> None:
        case = CASES[place % 3] if place % 4 else None
        done = register(self.desk, amount_ore, why=self.why(), case=case, how=list(How)[place % 6])
        self.keep(done.payment, amount_ore, case)

    def outside(self, amount_ore: int, place: int) -> None:
        done = register(self.desk, amount_ore, why=self.why(), case=CASES[place % 3], posted=False)
        self.keep(done.payment, amount_ore, CASES[place % 3])

    def reverse(self, place: int, how: TakenBack) -> None:
        number = self.payment(place)
        reverse(self.desk, number, how, why=self.why())
        self.forget(number)

    def move(self, place: int, what: tuple[int, int | None]) -> None:
        number, target = self.payment(place), CASES[what[0] % 3]
        standing = [case for case, ore in self.on_case[number].items() if ore] if number in self.on_case else []
        source = standing[what[0] % len(standing)] if standing else None
        done = move(self.desk, number, target, why=self.why(), source=source, amount_ore=what[1])
        self.on_case[number][done.source] -= done.amount_ore
        self.on_case[number][target] += done.amount_ore

    def refund(self, place: int, what: tuple[int, int | None]) -> None:
        number, (where, amount_ore) = self.payment(place), what
        case = CASES[where % 3] if where % 2 else None
        refund(self.desk, number, why=self.why(), case=case, amount_ore=amount_ore)
        made = self.desk.rows(refund_table)[-1]
        self.refunded[number] += made.amount_ore
        self._take(number, made, made.amount_ore)

    def cancel(self, place: int, _: int) -> None:
        rows = self.desk.rows(refund_table)
        if rows:
            row = rows[place % len(rows)]
            with self.desk.writing() as connection:
                cancel_refund(connection, row.number, self.why(), self.desk.act)
            self.refunded[row.payment] -= row.amount_ore
            self._take(row.payment, row, -row.amount_ore)

    def _take(self, number: int, row: Any, amount_ore: int) -> None:
        if row.case is None:
            self.unplaced[number] -= amount_ore
        else:
            self.on_case[number][CASES[row.case - 1]] -= amount_ore

    def place(self, place: int, where: int) -> None:
        number, case = self.payment(place), CASES[where % 3]
        with self.desk.writing() as connection:
            place_unplaced(connection, number, case, self.desk.act)
        self.on_case[number][case] += self.unplaced[number]
        self.unplaced[number] = 0

    def leave_out(self, place: int, out: bool) -> None:
        journals = self.desk.rows(t.journal, t.journal.c.kind.in_(MONEY_KINDS))
        if journals:
            number = journals[place % len(journals)].number
            with self.desk.writing() as connection:
                if out:
                    exclude_from_posting(connection, number, "prøve", self.desk.act)
                else:
                    include_again(connection, number, self.desk.act)

    def choose(self, place: int, value: str | None) -> None:
        with self.desk.writing() as connection:
            number = generate_posting(connection, 1, self.desk.act)
            wanted = Correction(1, number, 1 + place % 2, 1 + place % 4, Field.ACCOUNT, value)
            correct(connection, wanted, "prøve", self.desk.act)

    def ledger(self, amount_ore: int, place: int) -> None:
        claim = 1 + place % 4
        awaited_ore = -self._outside(claim)
        with self.desk.writing() as connection:
            told = transaction(self.step, 1_000 + claim, -amount_ore)
            accept_transactions(connection, 1, [told], self.desk.act)
        case = CASES[max(claim - 2, 0)]
        self.by_ledger[case] += amount_ore - min(amount_ore, max(awaited_ore, 0))

    def _outside(self, claim: int) -> int:
        kinds = {row.number: row.kind for row in self.desk.rows(t.journal)}
        rows = self.desk.rows(t.journal_row, t.journal_row.c.claim == claim, t.journal_row.c.account == "principal")
        return sum(row.amount_ore for row in rows if kinds[row.journal] in {"outside", "told"})

    def post(self, _: int, __: int) -> None:
        post(self.desk)

    def fate(self, place: int, fate: Fate) -> None:
        approved = self.desk.rows(t.voucher, t.voucher.c.number.is_not(None))
        if approved:
            one = VoucherReceipt(self.step, approved[place % len(approved)].key, fate, TODAY)
            with self.desk.writing() as connection:
                accept_voucher_receipts(connection, 1, [one], self.desk.act)

    def redeliver(self, place: int, _: int) -> None:
        approved = self.desk.rows(t.voucher, t.voucher.c.number.is_not(None))
        if approved:
            with self.desk.writing() as connection:
                redeliver(connection, approved[place % len(approved)].key, self.why(), self.desk.act)

    def check(self) -> None:
        with self.desk.reading() as connection:
            found = [one.thing for one in audit(connection, 1)]
        assert [thing for thing in found if "booked and delivered again" not in thing] == []
        self._check_cases()
        self._check_money()
        self._check_vouchers()

    def _check_cases(self) -> None:
        """Each case owes what it brought less what stands on it and what the ledger booked, to the øre."""
        journals = {row.number: row for row in self.desk.rows(t.journal)}
        net: Counter[str] = Counter()
        for row in self.desk.rows(t.journal_row):
            if row.account in OWED or row.account == "overpaid":
                net[CASES[journals[row.journal].case - 1]] += row.amount_ore
        stands = sum(self.on_case.values(), Counter())
        for case in CASES:
            assert net[case] == OWED_AT_FIRST[case] - stands[case] - self.by_ledger[case]

    def _check_money(self) -> None:
        """Money in is placed, unplaced or paid back; every journal balances, and movements explain each principal."""
        rows, loose = self.desk.rows(t.journal_row), self.desk.rows(t.unplaced)
        sums: Counter[int] = Counter()
        for row in rows:
            sums[row.journal] += row.amount_ore
        assert not any(sums.values())
        placed = sum(sum(one.values()) for one in self.on_case.values())
        came = sum(row.amount_ore for row in self.desk.rows(t.payment))
        met = sum(row.amount_ore for row in rows if row.account == "met")
        refunded = sum(self.refunded.values())
        assert came + met == placed + sum(self.unplaced.values()) + refunded
        assert sum(row.amount_ore for row in loose if row.placed_by is None) == sum(self.unplaced.values())
        principal: Counter[int] = Counter()
        for row in rows:
            principal[row.claim] += row.amount_ore if row.account == "principal" else 0
        with self.desk.reading() as connection:
            explained = claims(connection, 1, 0, 100)
        moved = [one.opening_ore + sum(move.amount_ore for move in one.movements) for one in explained]
        assert moved == [principal[number] for number in range(1, 5)]

    def _check_vouchers(self) -> None:
        """Every approved voucher balances; each journal is left out, still open, or in exactly one that lives."""
        with self.desk.reading() as connection:
            for one in read_vouchers(connection, 1, 0, 1000, t.voucher.c.dated):
                refuse_unbalanced(one)
        heads = self.desk.rows(t.voucher)
        replaced = {row.replaces for row in heads}
        living = {(row.posting, row.ordinal) for row in heads if row.number and row.key not in replaced}
        homes: dict[int, set[tuple[int, int]]] = {}
        for line in self.desk.rows(t.voucher_line, t.voucher_line.c.journal.is_not(None)):
            if (line.posting, line.ordinal) in living:
                homes.setdefault(line.journal, set()).add((line.posting, line.ordinal))
        out = {row.journal for row in self.desk.rows(t.posting_exclusion)}
        for journal in self.desk.rows(t.journal, t.journal.c.kind.in_(MONEY_KINDS)):
            times = len(homes.get(journal.number, ()))
            assert times == (1 if journal.posting is not None else 0)
            assert not (times and journal.number in out)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ACTS, min_size=4, max_size=14))
def test_whatever_people_do_in_whatever_order(acts: list[tuple[str, Any, Any]]) -> None:
    with TemporaryDirectory() as folder:
        office = Office(open_desk(Path(folder)))
        for step, (name, first, second) in enumerate([("bank", 110_000, 0), *acts], 1):
            office.step = step
            with suppress(DataFault, Skip):
                getattr(office, name)(first, second)
        office.check()
        office.desk.engine.dispose()
