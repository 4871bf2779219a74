"""Corrections in any order: on both sides the principal of each claim is what an oracle gets by adding bookings up.

The oracle knows an opening, what was booked on each invoice, and what debtors paid on the collector's account. It
knows no vouchers, no journals and no streams.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kravbro.books.commands.corrections import Correction, write_correction
from kravbro.books.commands.matching import book
from kravbro.books.commands.posting import post_vouchers
from kravbro.books.commands.reversals import Reversal, reverse_voucher
from kravbro.books.meanings import Meaning
from kravbro.books.queries.item_history import item_history
from kravbro.books.queries.open_items import named_item, open_item
from kravbro.bootstrap.demo import setting
from kravbro.bootstrap.demo.world import DEMO_DATE
from kravbro.bridge.streams import ALL
from kravbro.db.engines import reading, writing
from kravbro.office.queries.cases import AcceptedClaim, case
from tests.stories.sites import copy_of
from tests.stories.worlds import ACT, World, prepared

OPENING_ORE, CHARGED_ORE = 900_00, 36_25
"""What each invoice was for, and what its notice charged."""
INVOICES = ("100001", "100002", "100003")
WATCHED, ENDED = Meaning.WRITE_OFF_BOOKS_ONLY, Meaning.WRITE_OFF_CLAIM_ENDED
BOOKED = (Meaning.PAYMENT, Meaning.CREDIT_NOTE, WATCHED, ENDED)

Act = tuple[str, int, int, int]
"""What is done: its name, on which invoice, in which way or with which voucher, and an amount (øre)."""
acts = st.lists(
    st.tuples(
        st.sampled_from(["book", "book", "reverse", "take off", "put on", "bank", "post", "carry"]),
        st.integers(0, len(INVOICES) - 1),
        st.integers(0, 20),
        st.integers(1, 700_00),
    ),
    min_size=4,
    max_size=16,
)


@dataclass
class Added:
    """One claim as the oracle knows it, in øre."""

    principal: int = OPENING_ORE
    watched: int = 0
    charged: int = CHARGED_ORE
    on_account: int = 0
    ended: bool = False

    def book(self, meaning: Meaning, amount_ore: int) -> None:
        """The ledger puts an amount on the invoice (negative: the debt falls)."""
        self.principal += amount_ore
        if meaning is WATCHED:
            self.watched -= amount_ore
        self.ended = self.ended or (meaning is ENDED and amount_ore < 0)
        self.ended = self.ended and not (amount_ore > 0 and self.principal + self.watched > 0)

    def pay(self, amount_ore: int) -> None:
        """Money comes to the collector: what was charged first, then the principal, then what the books wrote off."""
        if self.ended:
            return
        for name, most in (
            ("charged", self.charged),
            ("principal", min(max(self.principal, 0), max(self.principal + self.watched, 0))),
            ("watched", max(self.principal + self.watched, 0) - max(self.principal, 0)),
        ):
            part = min(amount_ore, max(most, 0))
            setattr(self, name, getattr(self, name) - part)
            amount_ore -= part
            if name == "watched":
                self.on_account += part


@dataclass
class Books:
    """The installation, and the oracle beside it."""

    world: World
    claims: dict[str, AcceptedClaim]
    added: dict[str, Added] = field(default_factory=lambda: {invoice: Added() for invoice in INVOICES})
    vouchers: list[tuple[int, Meaning, str]] = field(default_factory=list)
    reversed: set[int] = field(default_factory=set)
    count: int = 0

    def carry(self) -> None:
        for stream in ALL:
            self.world.carry(stream, 1)

    def act(self, name: str, invoice: str, choice: int, amount_ore: int) -> None:
        self.count += 1
        match name:
            case "book":
                self.book(invoice, BOOKED[choice % len(BOOKED)], amount_ore)
            case "reverse":
                self.reverse(choice)
            case "take off" | "put on":
                self.move(name, invoice, choice, amount_ore)
            case "bank":
                self.world.bank(1, f"file {self.count}", [(self.claims[invoice].invoice_kid, amount_ore)])
                self.added[invoice].pay(amount_ore)
            case "post":
                self.world.post(1)
            case _:
                self.carry()

    def book(self, invoice: str, meaning: Meaning, amount_ore: int) -> None:
        against = setting.BANK if meaning is Meaning.PAYMENT else setting.WRITTEN_OFF
        with writing(self.world._books[1]) as connection:
            entry = named_item(connection, invoice)
            if meaning in {WATCHED, ENDED}:
                amount_ore = min(amount_ore, open_item(connection, entry).remaining_ore)
            if amount_ore <= 0:
                return
            made = write_correction(connection, Correction(entry, meaning, against, DEMO_DATE, amount_ore), ACT)
            post_vouchers(connection, [made], ACT)
        self.vouchers.append((made, meaning, invoice))
        self.added[invoice].book(meaning, -amount_ore)
        self.hear()

    def hear(self) -> None:
        """The case hears of it before money comes, so that the oracle need not know who was first."""
        self.carry()

    def reverse(self, choice: int) -> None:
        left = [one for one in self.vouchers if one[0] not in self.reversed]
        if not left:
            return
        voucher, meaning, invoice = left[choice % len(left)]
        stood = self.put(invoice, voucher)
        with writing(self.world._books[1]) as connection:
            reverse_voucher(connection, Reversal(voucher, DEMO_DATE), ACT)
        self.reversed.add(voucher)
        if stood:
            self.added[invoice].book(meaning, stood)
        self.hear()

    def put(self, invoice: str, voucher: int) -> int:
        """What a voucher has on the invoice still (øre, above zero)."""
        with reading(self.world._books[1]) as connection:
            history = item_history(connection, named_item(connection, invoice))
        return -sum(one.amount_ore for one in history if one.voucher == voucher)

    def move(self, name: str, invoice: str, choice: int, amount_ore: int) -> None:
        """Take a credit off an invoice, or put back what was taken off, as far as there is something to take or put."""
        of_invoice = [one for one in self.vouchers if one[2] == invoice and one[0] not in self.reversed]
        if not of_invoice:
            return
        voucher, meaning, _ = of_invoice[choice % len(of_invoice)]
        with writing(self.world._books[1]) as connection:
            entry = named_item(connection, invoice)
            history = item_history(connection, entry)
            mine = [one for one in history if one.voucher == voucher]
            whole_ore, put_ore = -mine[0].amount_ore, -sum(one.amount_ore for one in mine)
            remaining_ore = open_item(connection, entry).remaining_ore
            most_ore = put_ore if name == "take off" else min(whole_ore - put_ore, remaining_ore)
            amount_ore = min(amount_ore, most_ore)
            if amount_ore <= 0:
                return
            signed_ore = amount_ore if name == "put on" else -amount_ore
            book(connection, mine[0].credit, entry, signed_ore, ACT)
        self.added[invoice].book(meaning, -signed_ore)
        self.hear()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = copy_of(prepared("sqlite"), tmp_path_factory.mktemp("added") / "site")
    world = World(folder)
    for customer, invoice in enumerate(INVOICES, 1):
        world.invoice(1, invoice, customer, OPENING_ORE)
    world.propose(1, "first")
    for stream in ALL:
        world.carry(stream, 1)
    return folder


@settings(
    max_examples=12,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
@given(story=acts)
def test_both_sides_come_to_the_same_principals_as_adding_up(template: Path, story: list[Act]) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        world = World(copy_of(template, folder / "site"))
        books = Books(world, {one.invoice_no: one for one in world.payable(1)})
        for name, place, choice, amount_ore in story:
            books.act(name, INVOICES[place], choice, amount_ore)
        world.post(1)
        books.carry()
        books.carry()
        result = world.reconciled()
        assert (result.differences, result.in_transit_ore) == ((), 0)
        for invoice, added in books.added.items():
            compare(world, books.claims[invoice], added)
    finally:
        shutil.rmtree(folder)


def compare(world: World, claim: AcceptedClaim, added: Added) -> None:
    """What the ledger and the office say of one claim, beside the oracle."""
    with reading(world._books[1]) as connection:
        item = open_item(connection, claim.entry)
    with reading(world._office) as connection:
        shown = case(connection, claim.case_number)
    (of_claim,) = shown.claims
    assert item.remaining_ore == added.principal, claim.invoice_no
    assert of_claim.state == item.claim_state
    if of_claim.state == "ended":
        assert added.ended
        assert of_claim.balances.owed_back_ore == max(-added.principal - added.watched, 0)
        return
    balances = of_claim.balances
    assert (balances.principal_ore, balances.written_off_ore) == (added.principal, added.watched)
    assert balances.fees_ore + balances.interest_ore == added.charged
    owes = added.charged > 0 or added.principal + added.watched > 0
    assert of_claim.state == ("registered" if owes else "paid")
