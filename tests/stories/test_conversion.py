"""Converted claims live like any other: payments, credits and returns after the conversion, until all agrees."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kravbro.books.queries.dunning import dunning_history
from kravbro.core.adoption import Choice
from kravbro.core.claims import ClaimState
from kravbro.core.reconciliation import Kind
from kravbro.db.engines import reading
from tests.places import NewPlace
from tests.stories.converted import AFTER, BEFORE, COMPANY, CUT_OFF, WHY, Handed, older
from tests.stories.sites import copy_of
from tests.stories.worlds import prepared

KNOWN, DIFFERING, NOBODYS = "200001", "200002", "200003"


def handed_over(world: Handed) -> None:
    """Three invoices: one that agrees with its case, one that does not, and one that no case has."""
    for customer, invoice_no in enumerate((KNOWN, DIFFERING, NOBODYS), 1):
        world.invoice(COMPANY, invoice_no, customer, 900_00)
    world.money("payment", KNOWN, 100_00, BEFORE, "i tide")
    world.money("payment", KNOWN, 40_00, AFTER, "på dagen")
    world.mark(KNOWN, DIFFERING, NOBODYS)
    world.take_in([
        older(1, 1, KNOWN, 900_00, 100_00, interest_ore=12_00, paid_costs_ore=3_00, costs_ore=10_00),
        older(2, 2, DIFFERING, 900_00, 50_00),
    ])  # fmt: skip


def choice(world: Handed) -> Choice:
    return Choice(2, world.item(DIFFERING).entry, "K-2", "", 50_00, "betalt der, bokføres siden")


@pytest.fixture
def world(new_place: NewPlace) -> Handed:
    one = Handed(copy_of(prepared(new_place.kind), new_place.where()))
    handed_over(one)
    return one


def agrees(world: Handed) -> None:
    world.carry_all()
    result = world.reconciled()
    assert (result.differences, result.in_transit_ore) == ((), 0)


def test_a_converted_claim_is_a_claim_like_any_other(world: Handed) -> None:
    done = world.convert([choice(world)], make_cases=True)
    assert (done.joined, done.offered) == (2, 1)
    assert world.principals() == {KNOWN: 760_00, DIFFERING: 850_00, NOBODYS: 900_00}
    shown = {one.invoice_no: (one.at_collector, one.case_number) for one in world.items(COMPANY)}
    assert (shown[KNOWN], shown[DIFFERING]) == ((True, "K-1"), (True, "K-2"))
    with reading(world.books) as connection:
        (transfer,) = dunning_history(connection, world.item(KNOWN).entry).transfers
    assert (transfer.case_number, transfer.outcome) == ("K-1", "accepted")
    agrees(world)
    (accepted,) = world.reconciled().accepted
    assert accepted.difference_ore == 50_00

    world.money("payment", DIFFERING, 50_00, BEFORE, "det som manglet")
    world.money("credit_note", KNOWN, 60_00, CUT_OFF, "rettet")
    world.money("taken_back", KNOWN, 40_00, CUT_OFF, "tilbakeført")
    agrees(world)
    assert world.principals() == {KNOWN: 740_00, DIFFERING: 850_00, NOBODYS: 900_00}
    assert world.reconciled().accepted == (), "the ledger has caught up"

    claims = {one.invoice_no: one for one in world.payable(COMPANY)}
    world.bank(COMPANY, "fil", [(claims[KNOWN].invoice_kid, 2_000_00), (claims[DIFFERING].invoice_kid, 300_00)])
    world.post(COMPANY)
    world.carry_all()
    world.post_drafts(COMPANY)
    agrees(world)
    assert world.item(KNOWN).claim_state == ClaimState.PAID.value
    assert world.item(KNOWN).remaining_ore == 0
    world.withdraw(COMPANY, world.item(DIFFERING))
    agrees(world)
    agrees(world)
    assert not world.item(DIFFERING).at_collector
    world.propose(COMPANY, "igjen")
    agrees(world)
    assert world.item(DIFFERING).at_collector, "it came back, and went again as an ordinary claim"


def test_what_is_booked_late_of_the_time_before_is_not_applied_and_is_shown(world: Handed) -> None:
    world.convert()
    world.money("payment", KNOWN, 70_00, BEFORE, "funnet igjen")
    world.carry_all()
    assert world.principals()[KNOWN] == 760_00
    (one,) = world.reconciled().differences
    assert (one.kind, one.ledger_ore, one.collector_ore) == (Kind.OPENING_DIFFERS, 730_00, 800_00)


def test_given_again_nothing_is_new(world: Handed) -> None:
    world.convert([choice(world)], make_cases=True)
    world.carry_all()
    before = world.dumped()
    again = world.convert([choice(world)], make_cases=True)
    assert (again.joined, again.offered, again.chosen.pairs) == (0, 0, ())
    assert world.dumped() == before


BOOKINGS = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(["payment", "credit_note"]), st.integers(1, 90), st.booleans()),
    max_size=4,
)


@settings(max_examples=2, deadline=None)
@given(
    earlier=BOOKINGS,
    unknown=st.lists(st.integers(0, 60), min_size=3, max_size=3),
    later=BOOKINGS,
    paid=st.integers(0, 300),
)
def test_openings_and_movements_are_what_asking_each_booking_gives(
    earlier: list[tuple[int, str, int, bool]],
    unknown: list[int],
    later: list[tuple[int, str, int, bool]],
    paid: int,
) -> None:
    """Said booking by booking: what counts before the cut-off is in the case, everything else moves the claim."""
    with TemporaryDirectory() as folder:
        world = Handed(copy_of(prepared("sqlite"), Path(folder) / "site"))
        invoices = (KNOWN, DIFFERING, NOBODYS)
        before_ore: defaultdict[str, int] = defaultdict(int)
        after_ore: defaultdict[str, int] = defaultdict(int)
        late_ore: defaultdict[str, int] = defaultdict(int)
        for customer, invoice_no in enumerate(invoices, 1):
            world.invoice(COMPANY, invoice_no, customer, 900_00)
        for number, (which, kind, kroner, is_before) in enumerate(earlier):
            world.money(kind, invoices[which], kroner * 100, BEFORE if is_before else AFTER, f"først {number}")
            (before_ore if is_before else after_ore)[invoices[which]] += kroner * 100
        world.mark(*invoices)
        told = [before_ore[one] + kroner * 100 for one, kroner in zip(invoices, unknown, strict=True)]
        world.take_in([older(n, n, one, 900_00, told[n - 1]) for n, one in enumerate(invoices, 1)])
        choices = [
            Choice(n, world.item(one).entry, f"K-{n}", "", unknown[n - 1] * 100, WHY)
            for n, one in enumerate(invoices, 1)
            if unknown[n - 1]
        ]
        assert world.convert(choices).joined == 3
        for number, (which, kind, kroner, is_before) in enumerate(later):
            world.money(kind, invoices[which], kroner * 100, BEFORE if is_before else AFTER, f"siden {number}")
            (late_ore if is_before else after_ore)[invoices[which]] += kroner * 100
        world.carry_all()
        right = {one: 900_00 - told[n] - after_ore[one] for n, one in enumerate(invoices)}
        assert world.principals() == right
        wrong = {one for n, one in enumerate(invoices) if late_ore[one] > unknown[n] * 100}
        entries = {f"/{world.item(one).entry}" for one in wrong}
        found = world.reconciled()
        assert {one.kind for one in found.differences} <= {Kind.OPENING_DIFFERS}
        assert {"/" + one.claim.rpartition("/")[2] for one in found.differences} == entries
        if paid:
            kid = next(one.invoice_kid for one in world.payable(COMPANY) if one.invoice_no == KNOWN)
            world.bank(COMPANY, "fil", [(kid, paid * 100)])
            world.post(COMPANY)
            world.carry_all()
            world.post_drafts(COMPANY)
            world.carry_all()
            assert {"/" + one.claim.rpartition("/")[2] for one in world.reconciled().differences} == entries
