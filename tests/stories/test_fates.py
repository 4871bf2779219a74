"""Vouchers that the ledger does not post, and money that is kept out of the books: told, never hidden."""

from __future__ import annotations

import pytest

from kravbro.books.commands.vouchers import delete_voucher
from kravbro.books.queries.journal import voucher_journal
from kravbro.bridge.streams import ALL
from kravbro.core.reconciliation import Kind
from kravbro.db.engines import reading, writing
from kravbro.db.place import company_owner
from kravbro.office.posting import approve_posting, exclude_from_posting, generate_posting
from kravbro.office.queries.postings import posting
from tests.places import NewPlace
from tests.raw import raw
from tests.stories.sites import copy_of
from tests.stories.worlds import ACT, World, prepared


@pytest.fixture
def world(new_place: NewPlace) -> World:
    """The plumber has one claim at the collector, and its debtor has paid half of it there."""
    world = World(copy_of(prepared(new_place.kind), new_place.where()))
    world.invoice(2, "200001", 1, 1000_00)
    world.propose(2, "first")
    carry(world)
    world.bank(2, "file", [(world.payable(2)[0].case_kid, 500_00)])
    return world


def carry(world: World) -> None:
    for stream in ALL:
        world.carry(stream, 2)


def test_a_delivered_draft_is_on_its_way_until_it_is_posted(world: World) -> None:
    world.post(2)
    carry(world)
    assert (world.reconciled().differences, world.reconciled().in_transit_ore) == ((), 500_00)
    world.post_drafts(2)
    carry(world)
    assert (world.reconciled().differences, world.reconciled().in_transit_ore) == ((), 0)


def test_a_draft_that_the_accountant_deletes_is_a_difference(world: World) -> None:
    world.post(2)
    carry(world)
    engine = world.place.open(company_owner(2))
    with writing(engine) as connection:
        (draft,) = voucher_journal(connection, registrar="WS-Inf", state="draft")
        delete_voucher(connection, draft.id, ACT)
    carry(world)
    (difference,) = world.reconciled().differences
    assert (difference.kind, difference.ledger_ore, difference.collector_ore) == (
        Kind.MISSING_IN_LEDGER, None, -500_00,
    )  # fmt: skip


def test_money_that_is_not_to_be_booked_is_a_difference_that_says_so(world: World) -> None:
    engine = world.place.open("office")
    with writing(engine) as connection:
        number = generate_posting(connection, 2, ACT)
    with reading(engine) as connection:
        (voucher,) = posting(connection, 2, number)
    journal = next(line.journal for line in voucher.lines if line.journal)
    with writing(engine) as connection:
        exclude_from_posting(connection, journal, "booked by hand", ACT)
        assert generate_posting(connection, 2, ACT) == 0
    carry(world)
    (difference,) = world.reconciled().differences
    assert difference.kind == Kind.MISSING_IN_LEDGER
    assert difference.thing == f"journal:{journal}/2"


def test_a_voucher_that_the_ledger_cannot_take_is_rejected_whole(world: World) -> None:
    with writing(world.place.open("office")) as connection:
        number = generate_posting(connection, 2, ACT)
        approve_posting(connection, 2, number, ACT)
    books = raw(world.where, company_owner(2))
    books.execute("UPDATE account SET number = '1591' WHERE number = '1590'")
    books.close()
    carry(world)
    with reading(world.place.open("office")) as connection:
        (voucher,) = posting(connection, 2, number)
    assert voucher.state == "rejected"
    found = world.reconciled().differences
    assert [(one.kind, one.thing.rpartition(" ")[2]) for one in found] == [
        ("unknown", "1591"),
        ("missing", "1590"),
        (Kind.MISSING_IN_LEDGER, f"voucher:{voucher.key}/2"),
    ]
