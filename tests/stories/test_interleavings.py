"""Random stories: approvals, postings, credit notes, late payments, bank files and claims given back, and the streams.

Two installations live the same story. On one the streams run once, in large pages. On the other they run twice, in
pages of 1, 2 or 1000, are broken off between pages, and lose their positions. Their dumps must be the same after every
run, and the reconciliation must find no difference at any moment. The other may be on another kind of database.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from kravbro.bridge.streams import ALL
from tests.places import KINDS, Kind, NewPlace
from tests.stories.sites import copy_of
from tests.stories.worlds import World, prepared

companies = st.sampled_from([1, 2])
amounts = st.integers(min_value=1, max_value=1200_00)
kinds = st.sampled_from(["payment", "unmatched", "credit_note", "taken_back", "written_off", "ended"])
STREAMS = tuple(dict.fromkeys(ALL))


class Stories(RuleBasedStateMachine):
    """One random story in two installations."""

    databases: tuple[Kind, Kind]

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.places = [NewPlace(self.folder / str(number), kind) for number, kind in enumerate(self.databases)]
        self.plain, self.noisy = (World(copy_of(prepared(one.kind), one.where())) for one in self.places)
        self.worlds = (self.plain, self.noisy)
        self.count = 0

    def name(self, what: str) -> str:
        self.count += 1
        return f"{what} {self.count}"

    @rule(company=companies, customer=st.integers(1, 10), amount_ore=st.integers(300_00, 900_00))
    def an_invoice_is_not_paid(self, company: int, customer: int, amount_ore: int) -> None:
        self.count += 1
        for world in self.worlds:
            world.invoice(company, f"{company}{self.count:05d}", customer, amount_ore)

    @rule(company=companies)
    def a_proposal_is_approved(self, company: int) -> None:
        request = self.name("proposal")
        for world in self.worlds:
            world.propose(company, request)

    @rule(company=companies, place=st.integers(0, 50), kind=kinds, amount_ore=amounts)
    def the_ledger_books_money(self, company: int, place: int, kind: str, amount_ore: int) -> None:
        items = self.plain.items(company)
        if not items:
            return
        item, name = items[place % len(items)], self.name(kind)
        for world in self.worlds:
            world.book_money(company, kind, item, amount_ore, name)

    @rule(company=companies)
    def unmatched_money_is_matched(self, company: int) -> None:
        name = self.name("match")
        for world in self.worlds:
            world.match(company, name)

    @rule(company=companies, paid=st.lists(st.tuples(st.integers(0, 50), st.sampled_from("cirx"), amounts), max_size=4))
    def a_bank_file_comes(self, company: int, paid: list[tuple[int, str, int]]) -> None:
        """c: by case KID, i: by invoice KID, r: a payment and its reversal, x: by a KID that nobody has."""
        claims = self.plain.payable(company)
        lines: list[tuple[str, int]] = []
        for place, how, amount_ore in paid:
            if how == "x" or not claims:
                lines.append(("00000000018", amount_ore))
                continue
            claim = claims[place % len(claims)]
            lines.append((claim.invoice_kid if how == "i" else claim.case_kid, amount_ore))
            if how == "r":
                lines.append((claim.case_kid, -amount_ore))
        name = self.name("bank")
        for world in self.worlds:
            if lines:
                world.bank(company, name, lines)

    @rule(company=companies, place=st.integers(0, 50))
    def the_creditor_withdraws_a_claim(self, company: int, place: int) -> None:
        items = self.plain.items(company)
        for world in self.worlds:
            if items:
                world.withdraw(company, items[place % len(items)])

    @rule(company=companies, place=st.integers(0, 50), whole_case=st.booleans())
    def the_office_gives_a_claim_back(self, company: int, place: int, whole_case: bool) -> None:
        claims = self.plain.payable(company)
        for world in self.worlds:
            if claims:
                world.give_back(claims[place % len(claims)], whole_case=whole_case)

    @rule(company=companies)
    def a_posting_is_approved(self, company: int) -> None:
        for world in self.worlds:
            world.post(company)

    @rule(company=companies)
    def the_accountant_posts_drafts(self, company: int) -> None:
        for world in self.worlds:
            world.post_drafts(company)

    @rule(
        company=companies,
        streams=st.lists(st.sampled_from(STREAMS), min_size=1, max_size=7),
        page=st.sampled_from([1, 2, 1000]),
        broken_off_after=st.one_of(st.none(), st.integers(1, 3)),
        forgets=st.booleans(),
    )
    def streams_run(
        self, company: int, streams: list[object], page: int, broken_off_after: int | None, forgets: bool
    ) -> None:
        for stream in streams:
            self.plain.carry(stream, company)  # type: ignore[arg-type] # drawn from STREAMS
            if broken_off_after is not None:
                self.noisy.carry(stream, company, page=page, pages=broken_off_after)  # type: ignore[arg-type] # as above
            if forgets:
                self.noisy.forget(company)
            self.noisy.carry(stream, company, page=page)  # type: ignore[arg-type] # as above
            self.noisy.carry(stream, company, page=page)  # type: ignore[arg-type] # as above
        assert self.noisy.reconciled().differences == ()

    def teardown(self) -> None:
        """Carry everything to its end: nothing on its way, no difference, and the same on both."""
        try:
            for world in getattr(self, "worlds", ()):
                for company in (1, 2):
                    for stream in ALL * 2:
                        world.carry(stream, company, page=7)
                result = world.reconciled()
                assert result.differences == ()
            if hasattr(self, "worlds"):
                assert self.noisy.dumped() == self.plain.dumped()
        finally:
            if hasattr(self, "folder"):
                for one in self.places:
                    one.close()
                shutil.rmtree(self.folder)


def run_stories(kinds: tuple[Kind, Kind], examples: int, steps: int) -> None:
    machine = type("PreparedStories", (Stories,), {"databases": kinds})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            phases=(Phase.explicit, Phase.reuse, Phase.generate),
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
        ),
    )


def test_random_stories_end_the_same_however_the_streams_run() -> None:
    run_stories(("sqlite", "sqlite"), examples=12, steps=25)


def test_random_stories_end_the_same_on_either_database() -> None:
    run_stories(("sqlite", "postgresql"), examples=4, steps=25)


@pytest.mark.soak
@pytest.mark.parametrize("noisy", KINDS)
def test_many_long_stories(noisy: Kind) -> None:
    run_stories(("sqlite", noisy), examples=100, steps=40)
