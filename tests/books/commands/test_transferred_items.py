"""Items that were handed over earlier: kept out of proposals, listed with what remained at the cut-off, audited."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest
import sqlalchemy as sa

from kravbro.books import tables
from kravbro.books.commands.transferred_items import mark_transferred, unmark_transferred
from kravbro.books.queries.audit import audit
from kravbro.books.queries.dump import dump
from kravbro.books.queries.open_items import open_items
from kravbro.core.claims import Outcome, Receipt
from kravbro.core.conversion import CaseNumber
from kravbro.core.errors import DataFault, Skip
from kravbro.ports.identity import Delivered
from tests.books.world import ACT, COMPANY, TODAY, World, settlement

WHY = "overført av forrige leverandør"
LATER = date(2030, 1, 1)


def mark(world: World, items: dict[int, str], because: str = WHY) -> int:
    with world.writing() as connection:
        return mark_transferred(connection, items, because, ACT)


def unmark(world: World, entry: int) -> None:
    with world.writing() as connection:
        unmark_transferred(connection, entry, "var ikke overført", ACT)


def listed(world: World, cut_off: date = LATER) -> dict[int, tuple[int, int, str]]:
    found: dict[int, tuple[int, int, str]] = {}
    after = 0
    while page := world.ledger.transferred_claims(COMPANY, cut_off, after, 2):
        found |= {one.entry: (one.remaining_ore, one.later_ore, one.case_number) for one in page}
        after = page[-1].entry
    return found


def test_what_was_handed_over_is_in_no_proposal_until_the_mark_is_taken_off(world: World) -> None:
    first, second = world.invoices(1, 2)
    assert mark(world, {first: "K1"}) == 1
    world.offer()
    assert world.column(tables.offer.c.entry) == [second]

    unmark(world, first)
    world.offer("p2")
    assert world.column(tables.offer.c.entry) == [first, second]


def test_what_came_back_from_the_collector_is_not_marked_since_no_list_would_show_it(world: World) -> None:
    first, second = world.invoices(1, 2)
    world.offer()
    answers = [Receipt(1, 1, first, Outcome.ACCEPTED, TODAY, "S-1"), Receipt(2, 2, second, Outcome.REFUSED, TODAY)]
    world.ledger.record_receipts(COMPANY, answers)
    world.ledger.record_receipts(COMPANY, [Receipt(3, 1, first, Outcome.RETURNED, TODAY, "S-1")])
    with pytest.raises(Skip, match="item_came_back"):
        mark(world, {first: "K1", second: "K2"})
    assert mark(world, {second: "K2"}) == 1
    assert listed(world) == {second: (100_000, 0, "K2")}


def test_the_listing_goes_by_the_day_from_which_a_booking_counts(world: World) -> None:
    (entry,) = world.invoices(1)
    before, later = settlement("INN", 1, 30_000, entry), settlement("INN", 1, 20_000, entry)
    world.post(msgspec.structs.replace(later, dated=TODAY), msgspec.structs.replace(before, dated=date(2026, 2, 1)))
    mark(world, {entry: ""})

    assert listed(world, date(2026, 2, 1)) == {entry: (100_000, -50_000, "")}
    assert listed(world, date(2026, 2, 2)) == {entry: (70_000, -20_000, "")}
    assert listed(world, TODAY) == {entry: (70_000, -20_000, "")}
    assert listed(world, TODAY + timedelta(days=1)) == {entry: (50_000, 0, "")}


def test_the_last_mark_counts_and_the_same_again_writes_nothing(world: World) -> None:
    entries = world.invoices(1, 2, 3)
    assert mark(world, dict.fromkeys(entries, "")) == 3
    assert mark(world, dict.fromkeys(entries, "")) == 0
    assert mark(world, {entries[1]: "K7"}) == 1
    unmark(world, entries[2])
    assert listed(world) == {entries[0]: (100_000, 0, ""), entries[1]: (100_000, 0, "K7")}
    assert len(world.column(tables.transferred_item.c.number)) == 5
    with pytest.raises(DataFault, match="not_marked"):
        unmark(world, entries[2])


def test_an_item_shows_the_case_that_it_was_handed_over_to(world: World) -> None:
    marked_, unmarked, plain = world.invoices(1, 2, 3)
    mark(world, {marked_: "", unmarked: "K2"})
    unmark(world, unmarked)
    with world.reading() as connection:
        shown = {one.entry: (one.at_collector, one.case_number) for one in open_items(connection)}
    assert shown == {marked_: (True, ""), unmarked: (False, ""), plain: (False, "")}

    assert world.ledger.record_case_numbers(COMPANY, [CaseNumber(marked_, "K1")], WHY) == Delivered(1, 0)
    assert world.ledger.record_case_numbers(COMPANY, [CaseNumber(marked_, "K1")], WHY) == Delivered(0, 1)
    with world.reading() as connection:
        assert [one.case_number for one in open_items(connection)] == ["K1", "", ""]


@pytest.mark.parametrize("second", ["other", "unmarked"])
def test_case_numbers_are_written_all_or_none(world: World, second: str) -> None:
    first, other, unmarked = world.invoices(1, 2, 3)
    mark(world, {first: "", other: "K2"})
    wrong = CaseNumber(other, "K9") if second == "other" else CaseNumber(unmarked, "K9")
    with pytest.raises(DataFault):
        world.ledger.record_case_numbers(COMPANY, [CaseNumber(first, "K1"), wrong], WHY)
    assert {entry: case for entry, (_, _, case) in listed(world).items()} == {first: "", other: "K2"}


def test_all_are_marked_or_none(world: World) -> None:
    first, second = world.invoices(1, 2)
    with pytest.raises(DataFault):
        mark(world, {first: "", second: "K" * 31})
    with pytest.raises(DataFault):
        mark(world, {first: ""}, because=" ")
    assert listed(world) == {}


ADDED = (
    "INSERT INTO transferred_item SELECT 3, entry, FALSE, '', because, marked_on, seal, actor, written_at"
    " FROM transferred_item WHERE number = 1"
)


@pytest.mark.parametrize(
    ("change", "thing"),
    [
        ("UPDATE transferred_item SET case_number = 'K2' WHERE number = 1", "ledger transferred item 1"),
        ("UPDATE transferred_item SET transferred = FALSE WHERE number = 1", "ledger transferred item 1"),
        ("DELETE FROM transferred_item WHERE number = 1", "ledger transferred item 1"),
        (ADDED, "ledger transferred item 3"),
    ],
)
def test_the_audit_names_a_mark_that_was_tampered_with(world: World, change: str, thing: str) -> None:
    mark(world, dict.fromkeys(world.invoices(1, 2), "K1"))
    with world.writing() as connection:
        assert audit(connection) == []
        assert [row["case_number"] for row in dump(connection)["transferred_item"]] == ["K1", "K1"]
        connection.execute(sa.text(change))
        assert [one.thing for one in audit(connection)] == [thing]
