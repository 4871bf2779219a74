"""Items that were handed over before: kept from being asked for twice, joined with older cases, and told once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest

from kravbro.core.adoption import Joining
from kravbro.core.claims import Outcome, Receipt, TransactionKind
from kravbro.core.conversion import CaseNumber
from kravbro.core.errors import DataFault, Retry, Skip
from kravbro.core.movements import Because
from kravbro.db.engines import writing_anywhere
from kravbro.db.places import place_at
from kravbro.mirror.adoption import Forgotten, take_up
from kravbro.mirror.ledger import MirroredLedger
from kravbro.mirror.source import HandedOver, Mark, OpenItem, Standing
from kravbro.ports.conformance.ledger.scene import LedgerScene
from tests.mirror.acting import ACT, SmallWorld
from tests.mirror.erp import TODAY, SmallSource

CUT_OFF = TODAY - timedelta(days=10)
BEFORE = CUT_OFF - timedelta(days=1)
WHY = "handed over before"
COMPANY = SmallWorld.company
Found = TypeVar("Found")


class Desk:
    """A small ledger, its mirror, and the collector's answers."""

    def __init__(self, folder: Path) -> None:
        self.world = SmallWorld(folder)
        self.scene = LedgerScene(self.world)
        self.ledger = self.open()

    def open(self, source: SmallSource | None = None) -> MirroredLedger:
        """The mirror, as another process opens it."""
        return MirroredLedger(place_at(self.world.address).open("mirror"), source or SmallSource(self.world.erp), ACT)

    def close(self) -> None:
        self.ledger.close()
        self.scene.close()
        self.world.close()

    def invoice(self, *paid: tuple[int, date]) -> int:
        """An invoice of 1 000,00 on which so much was paid, dated so."""
        entry = self.world.invoice(1_000_00).entry
        for amount_ore, dated in paid:
            self.pay(entry, amount_ore, dated)
        return entry

    def pay(self, entry: int, amount_ore: int, dated: date = TODAY) -> None:
        self.world.erp.settle(entry, -amount_ore, TransactionKind.PAYMENT, dated)

    def handed(self, *paid: tuple[int, date], case_number: str = "") -> int:
        """One that a person says was handed over."""
        entry = self.invoice(*paid)
        self.ledger.mark_transferred(COMPANY, {entry: case_number}, WHY)
        return entry

    def join(self, entry: int, ledger_ore: int = 1_000_00, collector_ore: int = 1_000_00) -> int:
        """Join an item with its case; answers the offer."""
        self.ledger.join_claims(COMPANY, [joining(entry, ledger_ore, collector_ore)])
        (adoption,) = [one for one in self.ledger.adoptions(COMPANY, 0, 100) if one.offer.entry == entry]
        return adoption.number

    def answer(self, offer: int, entry: int, outcome: Outcome = Outcome.ACCEPTED, number: int = 0) -> None:
        receipt = Receipt(number or offer, offer, entry, outcome, TODAY, f"K-{entry}", "")
        self.ledger.record_receipts(COMPANY, [receipt])

    def converted(self, *paid: tuple[int, date], ledger_ore: int = 1_000_00) -> tuple[int, int]:
        """An item that is joined and accepted: its entry and offer."""
        entry = self.handed(*paid)
        offer = self.join(entry, ledger_ore, ledger_ore)
        self.answer(offer, entry)
        return entry, offer

    def told(self) -> list[int]:
        """What the collector hears of."""
        return [one.amount_ore for one in self.ledger.transactions(COMPANY, 0, 1_000)]

    def listed(self) -> dict[int, tuple[int, int, str]]:
        """What is to be joined: what remained, what changed later, and the case number that is known."""
        claims = self.ledger.transferred_claims(COMPANY, CUT_OFF, 0, 100)
        return {one.entry: (one.remaining_ore, one.later_ore, one.case_number) for one in claims}

    def mark(self, entry: int) -> str:
        """What the ledger shows on an item."""
        with self.world.erp.work() as connection:
            return str(connection.execute("SELECT mark FROM item WHERE entry = ?", (entry,)).fetchone()["mark"])

    def ready(self) -> list[int]:
        return [one.entry for one in self.ledger.ready_claims(COMPANY, 0, 100)]

    def sound(self) -> None:
        assert self.ledger.audit(COMPANY) == []


def joining(entry: int, ledger_ore: int = 1_000_00, collector_ore: int = 1_000_00) -> Joining:
    return Joining(entry, entry, f"K-{entry}", CUT_OFF, ledger_ore, collector_ore, WHY)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.close()


def test_what_was_handed_over_is_not_offered_until_a_person_takes_that_back(desk: Desk) -> None:
    entry = desk.handed(case_number="K-7")
    assert desk.mark(entry) == "accepted K-7"
    desk.world.erp.run("UPDATE item SET queued = 1")
    assert (desk.ready(), desk.listed()) == ([], {entry: (1_000_00, 0, "K-7")})

    desk.ledger.unmark_transferred(COMPANY, entry, "it never was")
    assert (desk.mark(entry), desk.listed()) == ("withdrawn ", {})
    desk.world.erp.run("UPDATE item SET queued = 1")
    assert desk.ready() == [entry]
    desk.sound()


def test_what_is_said_again_is_known_and_what_is_said_newly_counts(desk: Desk) -> None:
    entry = desk.handed()
    assert desk.ledger.mark_transferred(COMPANY, {entry: ""}, "again") == 0
    done = desk.ledger.record_case_numbers(COMPANY, [CaseNumber(entry, "K-1")], "matched")
    again = desk.ledger.record_case_numbers(COMPANY, [CaseNumber(entry, "K-1")], "matched")
    assert ((done.new, done.known), (again.new, again.known)) == ((1, 0), (0, 1))
    assert (desk.mark(entry), desk.listed()[entry][2]) == ("accepted K-1", "K-1")
    with pytest.raises(DataFault, match=r"port\.other_case_number"):
        desk.ledger.record_case_numbers(COMPANY, [CaseNumber(entry, "K-2")], "matched")


def test_a_person_knows_better_than_the_ledger(desk: Desk) -> None:
    one, two = desk.invoice(), desk.invoice()
    desk.world.erp.run("UPDATE item SET mark = 'elsewhere K-' || entry")
    assert {entry: said[2] for entry, said in desk.listed().items()} == {one: f"K-{one}", two: f"K-{two}"}
    desk.ledger.unmark_transferred(COMPANY, two, "the mark is wrong")
    desk.world.erp.run("UPDATE item SET mark = 'elsewhere K-' || entry")
    assert list(desk.listed()) == [one]
    assert desk.ledger.mark_transferred(COMPANY, {one: ""}, WHY) == 0


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        ((), "port.item_at_collector"),
        ((Outcome.ACCEPTED,), "port.item_at_collector"),
        ((Outcome.ACCEPTED, Outcome.RETURNED), "port.item_came_back"),
    ],
)
def test_what_a_collector_had_by_an_offer_was_not_handed_over_before(
    outcomes: Sequence[Outcome], code: str, desk: Desk
) -> None:
    (offer,) = desk.scene.claims(1_000_00)
    for number, outcome in enumerate(outcomes, 1):
        desk.answer(offer.number, offer.entry, outcome, number)
    with pytest.raises(Skip, match=code):
        desk.ledger.mark_transferred(COMPANY, {offer.entry: ""}, WHY)
    desk.world.erp.run("UPDATE item SET mark = 'elsewhere'")
    assert desk.listed() == {}
    with pytest.raises(Skip, match=r"port\.item_at_collector"):
        desk.ledger.join_claims(COMPANY, [joining(offer.entry)])


def test_what_is_compared_changes_nothing_and_pages_hold_everything(desk: Desk) -> None:
    entries = [desk.handed((100_00, BEFORE), (40_00, CUT_OFF)) for _ in range(5)]
    desk.world.erp.run("DELETE FROM item WHERE entry IN (?, ?)", *entries[1:3])
    left = [entries[0], *entries[3:]]
    for limit in (1, 2, 100):
        after, found = 0, []
        while page := desk.ledger.transferred_claims(COMPANY, CUT_OFF, after, limit):
            found += [(one.entry, one.remaining_ore, one.later_ore) for one in page]
            after = page[-1].entry
        assert found == [(entry, 900_00, -40_00) for entry in left]
    assert desk.told() == []


def test_each_payment_is_in_the_opening_or_told_once(desk: Desk) -> None:
    entry, offer = desk.converted((100_00, BEFORE), (40_00, CUT_OFF), ledger_ore=900_00)
    assert desk.told() == [-40_00]
    desk.pay(entry, 30_00, BEFORE)
    desk.pay(entry, 20_00)
    assert desk.told() == [-40_00, -20_00]
    (claim,) = desk.ledger.movements(COMPANY, [offer])
    assert (claim.opening_ore, [move.amount_ore for move in claim.movements]) == (870_00, [-40_00, -20_00])
    assert (claim.accepted_ore, claim.case_number) == (0, f"K-{entry}")
    desk.sound()


def test_what_the_ledger_changed_without_saying_why_is_in_the_case(desk: Desk) -> None:
    """Such as payments that were compressed away long ago."""
    entry = desk.invoice()

    class Compressed(SmallSource):
        def items(self, company: int, entries: Collection[int]) -> list[OpenItem]:
            found = super().items(company, entries)
            return [msgspec.structs.replace(one, remaining_ore=one.remaining_ore - 300_00) for one in found]

    desk.ledger = desk.open(Compressed(desk.world.erp))
    desk.ledger.mark_transferred(COMPANY, {entry: ""}, WHY)
    assert desk.listed() == {entry: (700_00, 0, "")}
    offer = desk.join(entry, 700_00, 700_00)
    desk.answer(offer, entry)
    desk.pay(entry, 50_00)
    assert desk.told() == [-50_00]
    desk.sound()


def test_what_has_a_fault_is_not_compared_and_is_named(desk: Desk) -> None:
    entry, sound = desk.handed(), desk.handed()

    class Faulty(SmallSource):
        def items(self, company: int, entries: Collection[int]) -> list[OpenItem]:
            found = super().items(company, entries)
            fault = Because("visma_business.bad_day")
            return [msgspec.structs.replace(one, fault=fault) if one.entry == entry else one for one in found]

    desk.ledger = desk.open(Faulty(desk.world.erp))
    assert list(desk.listed()) == [sound]
    with pytest.raises(Skip, match=r"port\.remaining_changed"):
        desk.ledger.join_claims(COMPANY, [joining(entry)])
    assert desk.ledger.offer_unjoined(COMPANY, [entry], WHY) == 0
    assert [one.entry for one in desk.ledger.audit(COMPANY)] == [entry]


def test_an_item_on_which_was_booked_since_it_was_compared_is_not_joined(desk: Desk) -> None:
    entry, other = desk.handed(), desk.handed()
    desk.pay(entry, 5_00, BEFORE)
    with pytest.raises(Skip, match=r"port\.remaining_changed"):
        desk.ledger.join_claims(COMPANY, [joining(other), joining(entry)])
    with pytest.raises(DataFault, match=r"port\.not_marked"):
        desk.ledger.join_claims(COMPANY, [joining(other), joining(desk.invoice())])
    assert (desk.ledger.joined_claims(COMPANY, 0, 10), desk.ledger.adoptions(COMPANY, 0, 10)) == ([], [])
    assert sorted(desk.listed()) == [entry, other]
    desk.sound()


def test_a_case_that_was_refused_leaves_the_item_where_it_was(desk: Desk) -> None:
    entry = desk.invoice()
    desk.world.erp.run("UPDATE item SET mark = 'elsewhere K-9'")
    desk.answer(desk.join(entry), entry, Outcome.REFUSED)
    assert (desk.ready(), desk.listed()) == ([], {entry: (1_000_00, 0, "K-9")})
    assert desk.mark(entry) == "accepted K-9"
    desk.answer(desk.join(entry), entry)
    assert (desk.mark(entry), desk.listed()) == (f"accepted K-{entry}", {})
    desk.sound()


def test_a_converted_claim_that_comes_back_is_a_claim_like_any_other(desk: Desk) -> None:
    entry, offer = desk.converted()
    desk.world.withdraw(entry)
    assert [one.offer for one in desk.ledger.withdrawals(COMPANY, 0, 10)] == [offer]
    desk.answer(offer, entry, Outcome.WITHDRAWN, offer + 1)
    desk.pay(entry, 10_00)
    assert (desk.mark(entry), desk.listed(), desk.told()) == ("withdrawn ", {}, [])
    desk.world.erp.propose(entry)
    assert desk.ready() == [entry]
    (again,) = desk.ledger.ready_claims(COMPANY, 0, 10)
    assert again.parts.principal_ore == 990_00
    desk.sound()


def test_what_no_case_has_is_judged_like_any_claim(desk: Desk) -> None:
    entry, joined = desk.handed((100_00, BEFORE)), desk.handed()
    desk.join(joined)
    assert desk.ledger.offer_unjoined(COMPANY, [entry, joined, 77], WHY) == 1
    assert desk.ledger.offer_unjoined(COMPANY, [entry, joined], WHY) == 0
    (offer,) = desk.ledger.ready_claims(COMPANY, 0, 10)
    assert (offer.entry, offer.parts.principal_ore, offer.facts.already_sent) == (entry, 900_00, False)
    assert desk.listed() == {}
    desk.sound()


class Away(SmallSource):
    """A ledger that cannot be written in just now."""

    def mark(self, company: int, marks: Sequence[Mark]) -> None:
        raise Retry("db.unreachable")


def test_what_a_person_said_is_shown_by_the_next_run_where_the_ledger_was_away(desk: Desk) -> None:
    entry = desk.invoice()
    away = desk.open(Away(desk.world.erp))
    with pytest.raises(Retry):
        away.mark_transferred(COMPANY, {entry: "K-1"}, WHY)
    away.close()
    assert desk.mark(entry) == ""
    assert desk.ready() == []
    assert desk.mark(entry) == "accepted K-1"


def test_what_is_offered_after_all_is_told_without_its_mark_though_the_ledger_was_away(desk: Desk) -> None:
    """Else the gate would take it to be with another collector still."""
    entry = desk.handed()
    away = desk.open(Away(desk.world.erp))
    with pytest.raises(Retry):
        away.offer_unjoined(COMPANY, [entry], WHY)
    away.close()
    (offer,) = desk.ledger.ready_claims(COMPANY, 0, 1)
    assert (offer.entry, offer.facts.already_sent) == (entry, False)


class Overtaken(SmallSource):
    """A ledger that somebody else is quicker at, once, when it has said what is marked, or how items stand."""

    by: Callable[[], object] | None = None

    def transferred(self, company: int) -> list[HandedOver]:
        return self._overtaken(super().transferred(company))

    def standings(self, company: int, entries: Collection[int]) -> dict[int, Standing]:
        return self._overtaken(super().standings(company, entries))

    def _overtaken(self, found: Found) -> Found:
        if self.by is not None:
            by, self.by = self.by, None
            by()
        return found


def test_two_that_join_at_once_join_once(desk: Desk) -> None:
    entry = desk.handed()
    source = Overtaken(desk.world.erp)
    source.by = lambda: desk.ledger.join_claims(COMPANY, [joining(entry)])
    slow = desk.open(source)
    done = slow.join_claims(COMPANY, [joining(entry)])
    slow.close()
    assert ((done.new, done.known), len(desk.ledger.adoptions(COMPANY, 0, 10))) == ((0, 1), 1)


def test_an_item_is_not_marked_that_somebody_offers_at_the_same_moment(desk: Desk) -> None:
    entry = desk.invoice()
    source = Overtaken(desk.world.erp)
    desk.world.erp.propose(entry)
    source.by = desk.ready
    slow = desk.open(source)
    with pytest.raises(Skip, match=r"port\.item_at_collector"):
        slow.mark_transferred(COMPANY, {entry: ""}, WHY)
    slow.close()


def test_an_item_is_not_offered_that_somebody_marks_at_the_same_moment(desk: Desk) -> None:
    entry = desk.invoice()
    source = Overtaken(desk.world.erp)
    desk.world.erp.propose(entry)
    source.by = lambda: desk.ledger.mark_transferred(COMPANY, {entry: ""}, WHY)
    slow = desk.open(source)
    assert slow.ready_claims(COMPANY, 0, 10) == []
    slow.close()
    assert list(desk.listed()) == [entry]


def test_adoptions_are_told_past_an_item_that_the_ledger_does_not_have_any_more(desk: Desk) -> None:
    gone, there = desk.handed(), desk.handed()
    desk.ledger.join_claims(COMPANY, [joining(gone), joining(there)])
    desk.world.erp.run("DELETE FROM item WHERE entry = ?", gone)
    assert [one.offer.entry for one in desk.ledger.adoptions(COMPANY, 0, 1)] == [there]


def test_a_restored_mirror_takes_no_payment_of_before_for_one_that_was_told(desk: Desk) -> None:
    """Both are of the same sum: the one that was told is the one after the cut-off."""
    entry, offer = desk.converted()
    desk.pay(entry, 100_00, BEFORE)
    desk.pay(entry, 100_00, CUT_OFF)
    items = desk.ledger.look_at(COMPANY, [entry])
    forgotten = Forgotten(booking=9, transaction=1, offer=offer, entry=entry, amount_ore=-100_00)
    with writing_anywhere(place_at(desk.world.address).open("mirror")) as connection:
        assert take_up(connection, COMPANY, [forgotten], items, ACT) == {(9, 1)}
    (told,) = desk.ledger.transactions(COMPANY, 0, 10)
    assert (told.booking, told.value_on) == (9, CUT_OFF)
