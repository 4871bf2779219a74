"""Rules of the state machine: what people do in the ledger."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from kravbro.books.meanings import Meaning
from tests.stories.state_machine import AMOUNTS, COMPANIES, PLACES, Machine


class LedgerStories(Machine):
    """Accountants at work."""

    def item(self, company: int, place: int) -> Any:
        items = self.world.items(company)
        return items[place % len(items)]

    @rule(company=COMPANIES, customer=st.integers(1, 10), amount_ore=st.integers(300_00, 900_00))
    def an_invoice_is_not_paid(self, company: int, customer: int, amount_ore: int) -> None:
        self.count += 1
        number = f"{company}{500 + self.count:05d}"
        self.world.invoice(company, number, customer, amount_ore)
        entry = next(item.entry for item in self.world.items(company) if item.invoice_no == number)
        self.oracle.ledgers[company].items[entry] = amount_ore

    @rule(company=COMPANIES)
    def a_proposal_is_approved(self, company: int) -> None:
        self.world.propose(company, self.name("proposal"))

    @rule(company=COMPANIES)
    def a_proposal_waits_for_its_voucher(self, company: int) -> None:
        self.tries(lambda: self.world.propose_later(company, self.name("proposal")), "books.proposal_empty")

    @rule(company=COMPANIES, place=PLACES, deletes=st.booleans())
    def a_transfer_voucher_is_posted(self, company: int, place: int, deletes: bool) -> None:
        waiting = self.world.transfers(company)
        if waiting:
            act = self.world.delete_voucher if deletes else self.world.post_voucher
            act(company, waiting[place % len(waiting)])

    @rule(
        company=COMPANIES,
        place=PLACES,
        meaning=st.sampled_from([
            Meaning.PAYMENT, Meaning.PAYMENT, Meaning.CREDIT_NOTE, Meaning.WRITE_OFF_BOOKS_ONLY,
            Meaning.WRITE_OFF_CLAIM_ENDED,
        ]),
        amount_ore=st.none() | AMOUNTS,
    )  # fmt: skip
    def the_ledger_books_on_an_invoice(
        self, company: int, place: int, meaning: Meaning, amount_ore: int | None
    ) -> None:
        item = self.item(company, place)
        booked_ore = item.remaining_ore if amount_ore is None else amount_ore
        before = self.count_bookings(company)
        self.tries(
            lambda: self.world.correct_item(company, item.entry, meaning, amount_ore),
            "books.nothing_remains", "books.write_off_too_large",
        )  # fmt: skip
        self.oracle.booked(company, {item.entry: -booked_ore} if self.count_bookings(company) > before else {})

    def count_bookings(self, company: int) -> int:
        return len(self.world.own_bookings(company, 0))

    @rule(company=COMPANIES, place=PLACES, kind=st.sampled_from(["unmatched", "taken_back"]), amount_ore=AMOUNTS)
    def money_comes_to_the_ledger(self, company: int, place: int, kind: str, amount_ore: int) -> None:
        item = self.item(company, place)
        self.world.book_money(company, kind, item, amount_ore, self.name(kind))
        self.oracle.booked(company, {item.entry: amount_ore} if kind == "taken_back" else {})

    @rule(company=COMPANIES, place=PLACES, where=PLACES, amount_ore=AMOUNTS)
    def a_credit_is_matched(self, company: int, place: int, where: int, amount_ore: int) -> None:
        credits_ = self.world.credits(company)
        items = self.world.items(company)
        if not credits_:
            return
        credit, customer, left_ore = credits_[place % len(credits_)]
        mine = [item for item in items if item.customer == customer]
        if mine:
            item = mine[where % len(mine)]
            ore = max(min(amount_ore, left_ore, item.remaining_ore), 0)
            if ore:
                self.world.put(company, credit, item.entry, ore)
                self.oracle.booked(company, {item.entry: -ore})

    @rule(company=COMPANIES, place=PLACES, amount_ore=st.none() | AMOUNTS)
    def a_credit_is_taken_off(self, company: int, place: int, amount_ore: int | None) -> None:
        pairs = self.world.pairs(company)
        if pairs:
            credit, item, put_ore = pairs[place % len(pairs)]
            ore = put_ore if amount_ore is None else min(amount_ore, put_ore)
            self.world.put(company, credit, item, -ore)
            self.oracle.booked(company, {item: ore})

    @rule(company=COMPANIES, place=PLACES, collector=st.booleans())
    def a_voucher_is_reversed(self, company: int, place: int, collector: bool) -> None:
        vouchers = self.world.vouchers(company, "posted", collector=collector)
        if vouchers:
            voucher = vouchers[place % len(vouchers)]
            before, put = self.count_bookings(company), self.world.put_by(company, voucher)
            self.world.reverse_in_books(company, voucher)
            items = self.oracle.ledgers[company].items
            again = {entry: -ore for entry, ore in put.items() if entry in items}
            self.oracle.booked(company, again if self.count_bookings(company) > before else {})

    @rule(company=COMPANIES, place=PLACES)
    def the_creditor_withdraws_a_claim(self, company: int, place: int) -> None:
        self.world.withdraw(company, self.item(company, place))

    @rule(company=COMPANIES, place=PLACES, deletes=st.integers(0, 3))
    def the_accountant_looks_at_drafts(self, company: int, place: int, deletes: int) -> None:
        drafts = self.world.vouchers(company, "draft", collector=True)
        if drafts and not deletes:
            self.world.delete_voucher(company, drafts[place % len(drafts)])
        elif drafts:
            self.world.post_drafts(company)
