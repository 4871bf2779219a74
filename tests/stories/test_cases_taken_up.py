"""An office put back from before cases came: they are taken up again as the ledger holds them. Nothing is stuck."""

from __future__ import annotations

import msgspec
import pytest
import sqlalchemy as sa

from kravbro.bootstrap.adoption import Found, adopt, look
from kravbro.bridge.missing import Remedy
from kravbro.core.claims import Outcome, Receipt
from kravbro.db.engines import reading
from kravbro.office import tables as t
from tests.places import NewPlace
from tests.stories import returning_day
from tests.stories.returning_day import COMPANY
from tests.stories.sites import ACT, carry_everything, copy_of, reconciled
from tests.stories.snapshots import Kept, keep, put_back
from tests.stories.worlds import World

BECAUSE = "the disk broke"
GONE, BACK, OPEN, PAID = "200011", "200012", "200013", "200014"


class Lost(World):
    """An installation whose office is put back from before four claims came."""

    before: Kept

    def run(self) -> None:
        carry_everything(self.where)

    def item_on(self, invoice: str):  # type: ignore[no-untyped-def] # the ledger's own type
        return next(one for one in self.items(COMPANY) if one.invoice_no == invoice)

    def claim_on(self, invoice: str):  # type: ignore[no-untyped-def] # the office's own type
        return next(one for one in reversed(self.payable(COMPANY)) if one.invoice_no == invoice)

    def answers(self) -> list[Receipt]:
        return list(self.joined().ledger.recorded_receipts(COMPANY, 0, 1000))

    def restore(self) -> Found:
        put_back(self.place, "office", self.before)
        return look(self.place, ACT)

    def restore_and_go_on(self) -> Found:
        found = self.restore()
        adopt(self.place, found, BECAUSE, ACT)
        self.run()
        return found


@pytest.fixture
def world(new_place: NewPlace) -> Lost:
    """Three claims at the collector, and four that the copy of the office does not have."""
    world = Lost(copy_of(returning_day.evening_before(new_place.kind), new_place.where()))
    world.before = keep(world.place, "office")
    for customer, invoice in enumerate((GONE, BACK, OPEN, PAID), 5):
        world.invoice(COMPANY, invoice, customer, 900_00)
    world.propose(COMPANY, "later")
    world.run()
    return world


def kinds(found: Found) -> set[tuple[str, str]]:
    return {(one.kind, one.remedy.value) for one in found.missing}


def test_a_case_that_the_office_forgot_was_set_aside_for_ever(world: Lost) -> None:
    """Its claim stayed at a collector that knew nothing of it: nothing was carried about it, not even a wish to have
    it back, and money on its KID found no case."""
    world.book_money(COMPANY, "payment", world.item_on(OPEN), 100_00, "before")
    world.run()
    answers, kid = world.answers(), world.claim_on(PAID).case_kid
    found = world.restore()
    assert kinds(found) == {("case", "taken_up"), ("transaction", "sent_again")}
    adopt(world.place, found, BECAUSE, ACT)
    world.book_money(COMPANY, "payment", world.item_on(OPEN), 50_00, "after")
    world.withdraw(COMPANY, world.item_on(GONE))
    world.bank(COMPANY, "file", [(kid, 2000_00)])
    world.run()
    world.post(COMPANY)
    world.run()
    world.post_drafts(COMPANY)
    world.run()
    assert world.answers()[:3] == answers[:3]
    assert [(one.number, one.case_number, one.case_kid) for one in world.answers()[4:]] == [
        (one.number, one.case_number, one.case_kid) for one in answers[4:]
    ]
    assert world.answers()[3].outcome is Outcome.WITHDRAWN
    assert (world.item_on(OPEN).remaining_ore, world.item_on(PAID).remaining_ore) == (750_00, 0)
    assert reconciled(world.where).differences == ()
    assert look(world.place, ACT).missing == ()


def test_a_claim_that_came_went_and_came_again_does_so_once_more(world: Lost) -> None:
    """Withdrawn or returned, and offered anew: the ledger has all of it, and the office comes to the same."""
    world.withdraw(COMPANY, world.item_on(GONE))
    world.give_back(world.claim_on(BACK), whole_case=True)
    world.run()
    world.propose(COMPANY, "again")
    world.run()
    world.give_back(world.claim_on(BACK), whole_case=False)
    world.run()
    answers, cases = world.answers(), numbers(world)
    found = world.restore_and_go_on()
    assert kinds(found) == {("case", "taken_up"), ("withdrawal", "sent_again")}
    assert (world.answers(), numbers(world)) == (answers, cases)
    assert reconciled(world.where).differences == ()
    assert look(world.place, ACT).missing == ()
    world.propose(COMPANY, "once more")
    world.run()
    assert [item.at_collector for item in world.items(COMPANY)] == [True] * 7
    assert reconciled(world.where).differences == ()


def numbers(world: World) -> list[tuple[object, ...]]:
    """Case number, KID and state of every case."""
    case = t.case.c
    with reading(world.place.open("office")) as connection:
        query = sa.select(case.number, case.kid, case.state).where(case.creditor == COMPANY).order_by(case.number)
        return [tuple(row) for row in connection.execute(query)]


def test_a_refusal_that_the_office_forgot_is_there_again(world: Lost) -> None:
    world.invoice(COMPANY, "200015", 9, 1_00)
    world.propose(COMPANY, "too small")
    world.run()
    answers = world.answers()
    found = world.restore_and_go_on()
    assert ("refusal", "taken_up") in kinds(found) or answers[-1].outcome is Outcome.ACCEPTED
    assert world.answers() == answers
    assert reconciled(world.where).differences == ()


def test_a_voucher_of_the_lost_history_stays_for_a_person_to_look_at(world: Lost) -> None:
    """The bank's file comes again, and what the ledger has booked of it is left out: only that is named."""
    kid = world.claim_on(PAID).case_kid
    world.bank(COMPANY, "file", [(kid, 400_00)])
    world.post(COMPANY)
    world.run()
    world.post_drafts(COMPANY)
    world.run()
    found = world.restore_and_go_on()
    assert kinds(found) == {("case", "taken_up"), ("voucher", "lost")}
    named = reconciled(world.where).differences
    assert {(one.kind, one.side) for one in named} == {("missing_in_collector", ""), ("voucher_receipt_differs", "")}
    again = look(world.place, ACT)
    assert kinds(again) == {("voucher", "lost")}
    adopt(world.place, again, BECAUSE, ACT)
    world.run()
    assert reconciled(world.where).differences == named


def test_what_was_adopted_without_being_taken_up_is_taken_up_when_it_is_adopted_again(world: Lost) -> None:
    """An installation that was adopted by an earlier release, which burnt the numbers and set the cases aside."""
    answers = world.answers()
    found = world.restore()
    lost = tuple(msgspec.structs.replace(one, remedy=Remedy.LOST) for one in found.missing)
    adopt(world.place, Found(found.noticed, lost, found.told, found.ledger), BECAUSE, ACT)
    world.run()
    assert {one.kind for one in reconciled(world.where).differences} >= {"claim_missing_in_collector"}
    world.book_money(COMPANY, "payment", world.item_on(OPEN), 50_00, "after")
    world.run()
    adopt(world.place, look(world.place, ACT), BECAUSE, ACT)
    world.run()
    assert world.answers() == answers
    assert reconciled(world.where).differences == ()
