"""Work by hand on both sides: what is registered, moved, corrected and delivered again ends the same in the ledger."""

from __future__ import annotations

import pytest

from kravbro.books.commands.vouchers import delete_voucher
from kravbro.books.queries.journal import voucher_journal
from kravbro.bridge.redelivery import refuse_unless_missing
from kravbro.bridge.streams import ALL
from kravbro.core.errors import Skip
from kravbro.core.reconciliation import Kind
from kravbro.db.engines import reading, writing
from kravbro.db.place import company_owner
from kravbro.office.manual.acts import Why
from kravbro.office.manual.moving import Move, move_payment
from kravbro.office.manual.redelivery import redeliver
from kravbro.office.manual.registering import How, Registration, register_payment
from kravbro.office.manual.reversing import TakenBack, reverse_payment
from kravbro.office.queries.postings import posting
from tests.places import NewPlace
from tests.stories.sites import copy_of
from tests.stories.worlds import ACT, World, prepared

WHY = Why("kunden ringte")


@pytest.fixture
def world(new_place: NewPlace) -> World:
    """The plumber has two claims at the collector, each on a case; the first debtor has paid half of it there."""
    world = World(copy_of(prepared(new_place.kind), new_place.where()))
    for number in (1, 2):
        world.invoice(2, f"20000{number}", number, 1000_00)
    world.propose(2, "first")
    carry(world)
    world.bank(2, "file", [(world.payable(2)[0].case_kid, 500_00)])
    return world


def carry(world: World) -> None:
    for stream in ALL:
        world.carry(stream, 2)


def settle(world: World) -> list[int]:
    """Book everything on both sides; answers what remains of each invoice in the ledger."""
    world.post(2)
    carry(world)
    world.post_drafts(2)
    carry(world)
    assert world.reconciled().differences == ()
    return [item.remaining_ore for item in world.items(2)]


def key_of(world: World, number: int = 1) -> str:
    with reading(world.place.open("office")) as connection:
        return posting(connection, 2, number)[0].key


def case(world: World, place: int) -> str:
    return world.payable(2)[place].case_number


def test_a_move_of_booked_money_moves_it_in_the_ledger(world: World) -> None:
    before = settle(world)
    with writing(world.place.open("office")) as connection:
        move_payment(connection, Move(1, case(world, 1)), WHY, ACT)
    after = settle(world)

    assert before[0] < 1000_00
    assert after == [1000_00, before[0]]
    assert world.reconciled().in_transit_ore == 0


def test_a_move_before_booking_goes_with_the_payment(world: World) -> None:
    with writing(world.place.open("office")) as connection:
        move_payment(connection, Move(1, case(world, 1)), WHY, ACT)
    after = settle(world)

    assert after[0] == 1000_00 > after[1]


def test_a_payment_taken_back_is_owed_again_on_both_sides(world: World) -> None:
    settle(world)
    with writing(world.place.open("office")) as connection:
        reverse_payment(connection, 1, TakenBack.BOUNCED, WHY, ACT)

    assert settle(world) == [1000_00, 1000_00]


def test_money_that_the_ledger_books_itself_falls_once_on_both_sides(world: World) -> None:
    settle(world)
    given = Registration(2, 300_00, How.DIRECT, ACT.on, case(world, 1), posted=False)
    with writing(world.place.open("office")) as connection:
        register_payment(connection, given, WHY, ACT)
    carry(world)
    waiting = world.reconciled()
    assert (waiting.differences, waiting.in_transit_ore) == ((), 300_00)

    for part_ore in (100_00, 200_00):
        world.book_money(2, "payment", world.items(2)[1], part_ore, f"direkte {part_ore}")
        carry(world)
        assert world.reconciled().differences == ()
    assert (world.items(2)[1].remaining_ore, world.reconciled().in_transit_ore) == (700_00, 0)


def delete_draft(world: World) -> None:
    with writing(world.place.open(company_owner(2))) as connection:
        (draft,) = voucher_journal(connection, registrar="WS-Inf", state="draft")
        delete_voucher(connection, draft.id, ACT)


def test_a_deleted_voucher_is_delivered_again_and_booked_once(world: World) -> None:
    world.post(2)
    carry(world)
    delete_draft(world)
    carry(world)
    assert [one.kind for one in world.reconciled().differences] == [Kind.MISSING_IN_LEDGER]
    with writing(world.place.open("office")) as connection:
        done = redeliver(connection, key_of(world), WHY, ACT)
    assert world.reconciled().differences == ()
    for company in (2, 2):
        world.forget(company)
        carry(world)
    world.post_drafts(2)
    carry(world)

    assert (world.reconciled().differences, world.reconciled().in_transit_ore) == ((), 0)
    with reading(world.place.open(company_owner(2))) as connection:
        states = [one.state for one in voucher_journal(connection, registrar="WS-Inf")]
    assert sorted(states) == ["deleted", "posted"]
    assert done.key == key_of(world, 2)


def test_what_the_ledger_has_or_was_never_sent_is_not_delivered_again(world: World) -> None:
    world.post(2)
    key = key_of(world)
    with pytest.raises(Skip, match=r"bridge\.voucher_not_sent"):
        refuse_unless_missing(world.joined(), 2, key, 1)
    carry(world)
    with pytest.raises(Skip, match=r"bridge\.ledger_has_voucher"):
        refuse_unless_missing(world.joined(), 2, key, 1)
    refuse_unless_missing(world.joined(), 2, "kontor-2-99", 1)
