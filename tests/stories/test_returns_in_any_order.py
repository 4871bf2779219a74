"""Claims that go, come back and go again, with money and corrections in between, in any order of acts and streams.

At every moment both sides agree but for what is on its way; at the end nothing is, and what remains of each invoice in
the ledger is what an oracle gets that only adds: the invoice, what the ledger booked, and what our vouchers brought.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kravbro.books.queries.item_history import item_history
from kravbro.books.queries.open_items import OpenItemShown
from kravbro.bridge.streams import ALL
from kravbro.db.engines import reading
from kravbro.db.place import company_owner
from tests.stories.sites import copy_of
from tests.stories.worlds import World, prepared

COMPANY, AMOUNT_ORE = 2, 800_00
CUSTOMERS = {"200001": 1, "200002": 1, "200003": 2, "200004": 3}
STREAMS = tuple(dict.fromkeys(ALL))
STATES = Counter[str]()
"""Every state that a claim was seen in at the end of a story: the test of the test."""

acts = st.lists(
    st.tuples(
        st.sampled_from([
            "withdraw", "give back", "propose", "payment", "credit_note", "written_off", "taken_back", "bank", "bank",
            "bounce", "post", "post drafts", "stream", "stream", "everything", "everything",
        ]),
        st.integers(0, len(CUSTOMERS) - 1),
        st.integers(0, 40),
        st.integers(1, 500_00),
    ),
    min_size=8,
    max_size=24,
)  # fmt: skip


class Story:
    """One installation, and what the oracle adds up: what was booked in the ledger on each invoice."""

    def __init__(self, folder: Path) -> None:
        self.world = World(folder)
        self.booked: Counter[str] = Counter()
        self.paid: list[tuple[str, int]] = []
        self.count = 0

    def item(self, invoice: str) -> OpenItemShown:
        return next(item for item in self.world.items(COMPANY) if item.invoice_no == invoice)

    def act(self, name: str, invoice: str, choice: int, amount_ore: int) -> None:
        self.count += 1
        world = self.world
        match name:
            case "withdraw":
                world.withdraw(COMPANY, self.item(invoice))
            case "give back":
                claims = [one for one in world.payable(COMPANY) if one.invoice_no == invoice]
                world.give_back(claims[-1], whole_case=choice % 2 == 0)
            case "propose":
                world.propose(COMPANY, f"proposal {self.count}")
            case "payment" | "credit_note" | "written_off" | "taken_back":
                world.book_money(COMPANY, name, self.item(invoice), amount_ore, f"{name} {self.count}")
                self.booked[invoice] += amount_ore if name == "taken_back" else -amount_ore
            case "bank":
                claims = [one for one in world.payable(COMPANY) if one.invoice_no == invoice]
                claim = claims[choice % len(claims)]
                self.bank(claim.invoice_kid if choice % 3 else claim.case_kid, amount_ore)
            case "bounce":
                if self.paid:
                    kid, paid_ore = self.paid.pop(choice % len(self.paid))
                    world.bank(COMPANY, f"file {self.count}", [(kid, -paid_ore)])
            case "post":
                world.post(COMPANY)
            case "post drafts":
                world.post_drafts(COMPANY)
            case "stream":
                world.carry(STREAMS[choice % len(STREAMS)], COMPANY, page=1 + choice % 2)
                self.agrees()
            case _:
                self.everything()

    def bank(self, kid: str, amount_ore: int) -> None:
        self.world.bank(COMPANY, f"file {self.count}", [(kid, amount_ore)])
        self.paid.append((kid, amount_ore))

    def everything(self) -> None:
        for stream in ALL:
            self.world.carry(stream, COMPANY)
        self.agrees()

    def agrees(self) -> None:
        differences = self.world.reconciled().differences
        assert differences == (), differences

    def ends(self) -> None:
        """Everything that waits is booked and carried: then nothing is on its way, and all sums are right."""
        for _ in range(2):
            self.world.post(COMPANY)
            self.everything()
            self.world.post_drafts(COMPANY)
            self.everything()
        assert self.world.reconciled().in_transit_ore == 0
        with reading(self.world.place.open(company_owner(COMPANY))) as connection:
            for invoice in CUSTOMERS:
                item = self.item(invoice)
                ours_ore = sum(one.amount_ore for one in item_history(connection, item.entry) if one.by_collector)
                assert item.remaining_ore == AMOUNT_ORE + self.booked[invoice] + ours_ore, invoice
                assert item.claim_state != "leaving", invoice
                assert item.at_collector == (item.claim_state in {"registered", "paid", "ended"})
                STATES[item.claim_state] += 1


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = copy_of(prepared("sqlite"), tmp_path_factory.mktemp("any_order") / "site")
    world = World(folder)
    for invoice, customer in CUSTOMERS.items():
        world.invoice(COMPANY, invoice, customer, AMOUNT_ORE)
    world.propose(COMPANY, "first")
    for stream in ALL:
        world.carry(stream, COMPANY)
    return folder


def tell(template: Path, acts_: list[tuple[str, int, int, int]]) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        story = Story(copy_of(template, folder / "site"))
        invoices = list(CUSTOMERS)
        for name, place, choice, amount_ore in acts_:
            story.act(name, invoices[place], choice, amount_ore)
        story.ends()
    finally:
        shutil.rmtree(folder)


PHASES = (Phase.explicit, Phase.reuse, Phase.generate)


@settings(max_examples=3, deadline=None, phases=PHASES, suppress_health_check=list(HealthCheck))
@given(story=acts)
def test_claims_that_come_and_go_are_the_same_on_both_sides(
    template: Path, story: list[tuple[str, int, int, int]]
) -> None:
    tell(template, story)


@pytest.mark.soak
@settings(max_examples=300, deadline=None, phases=PHASES, suppress_health_check=list(HealthCheck))
@given(story=acts)
def test_many_stories_of_claims_that_come_and_go(template: Path, story: list[tuple[str, int, int, int]]) -> None:
    tell(template, story)


@pytest.mark.soak
def test_the_stories_reach_every_state() -> None:
    """Run after the many stories above: a test that never gave a claim back would prove nothing."""
    assert {"registered", "paid", "withdrawn", "returned"} <= STATES.keys()
