"""From which day a booking of the ledger counts for interest: when the money came, whenever somebody booked it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from kravbro.books.commands.matching import book
from kravbro.books.commands.posting import post_vouchers
from kravbro.books.commands.vouchers import write_vouchers
from kravbro.books.drafts import Draft
from kravbro.books.meanings import Meaning
from kravbro.books.queries.value_dates import Booked, days_on_item
from kravbro.core.acts import Act
from kravbro.core.claims import Outcome, Receipt, TransactionKind
from kravbro.core.interest import Change, late_interest
from kravbro.office.audit import audit
from kravbro.office.ledger_events import accept_transactions
from kravbro.office.queries.statement import statement
from kravbro.ports.identity import Delivered
from tests.books.world import COMPANY, DUE, World, collector_voucher, settlement
from tests.office.builders import STATUTE, Desk, offer, open_desk
from tests.places import NewPlace

MARCH, MAY, JUNE = date(2026, 3, 2), date(2026, 5, 4), date(2026, 6, 5)
OCTOBER, NOVEMBER, DECEMBER = date(2026, 10, 1), date(2026, 11, 20), date(2026, 12, 18)
ENTRY, CREDIT = 1, 3
"""The claim's open item; and the first entry after the invoices of two customers."""


def act(on: date) -> Act:
    return Act("kari", on, datetime(on.year, on.month, on.day, 8, tzinfo=UTC))


def dated(draft: Draft, on: date) -> Draft:
    return msgspec.structs.replace(draft, dated=on)


def post(world: World, on: date, *drafts: Draft) -> None:
    with world.writing() as connection:
        post_vouchers(connection, write_vouchers(connection, drafts, act(on)), act(on))


def match(world: World, on: date, amount_ore: int, item: int = ENTRY) -> None:
    with world.writing() as connection:
        book(connection, CREDIT, item, amount_ore, act(on))


def value_dates(world: World) -> list[date]:
    assert world.ledger.audit(COMPANY) == []
    told = world.ledger.transactions(COMPANY, 0, 100)
    assert [one for number in range(len(told)) for one in world.ledger.transactions(COMPANY, number, 1)] == told
    return [one.value_on for one in told]


@pytest.fixture
def claimed(world: World) -> World:
    """Invoices of 1 000,00 to two customers, due 2026-01-15; both at the collector."""
    world.invoices(1, 2)
    world.offer()
    receipts = [Receipt(number, number, number, Outcome.ACCEPTED, MARCH, f"S-{number}", "0012345") for number in (1, 2)]
    world.ledger.record_receipts(COMPANY, receipts)
    return world


@pytest.fixture
def desk(new_place: NewPlace) -> Iterator[Desk]:
    desk = open_desk(new_place.where())
    desk.offer(offer(1, 1, entry=ENTRY, due_date=DUE))
    yield desk
    desk.engine.dispose()


def fetched(world: World, desk: Desk) -> Delivered:
    """Read the whole stream again, as after a position was lost."""
    told = [one for one in world.ledger.transactions(COMPANY, 0, 100) if one.entry == ENTRY]
    with desk.writing() as connection:
        answer = accept_transactions(connection, 1, told, act(DECEMBER))
    with desk.reading() as connection:
        assert audit(connection, 1) == []
    return answer


def late_ore(desk: Desk, on: date = DECEMBER) -> int:
    """Interest that the office asks for, with what a letter has charged of it."""
    with desk.reading() as connection:
        totals = statement(connection, "1-000001", on, STATUTE).totals
    return totals.late_interest_ore + totals.interest_ore


def bears(*changes: tuple[date, int]) -> int:
    """Interest on 1 000,00 with these changes, by the rule."""
    whole = [Change(DUE, 100_000), *(Change(day, amount_ore) for day, amount_ore in changes)]
    return late_interest(whole, DECEMBER, STATUTE).amount_ore


def test_a_draft_of_march_that_is_posted_in_november_is_paid_in_march(claimed: World, desk: Desk) -> None:
    with claimed.writing() as connection:
        drafts = write_vouchers(connection, [dated(settlement("INN", 1, 100_000, ENTRY), MARCH)], act(MARCH))
    assert claimed.ledger.transactions(COMPANY, 0, 10) == []
    with claimed.writing() as connection:
        post_vouchers(connection, drafts, act(NOVEMBER))

    (told,) = claimed.ledger.transactions(COMPANY, 0, 10)
    assert (told.posted_on, told.value_on) == (NOVEMBER, MARCH)
    assert fetched(claimed, desk) == Delivered(1, 0)
    assert late_ore(desk) == bears((MARCH, -100_000)) < bears((NOVEMBER, -100_000))
    assert fetched(claimed, desk) == Delivered(0, 1)


def test_a_payment_matched_by_hand_in_november_counts_from_march_until_it_is_taken_off(
    claimed: World, desk: Desk
) -> None:
    post(claimed, MARCH, dated(settlement("INN", 1, 60_000, None), MARCH))
    match(claimed, OCTOBER, 60_000)
    fetched(claimed, desk)
    assert late_ore(desk) == bears((MARCH, -60_000))

    match(claimed, NOVEMBER, -60_000)
    assert value_dates(claimed) == [MARCH, NOVEMBER]
    assert fetched(claimed, desk) == Delivered(1, 1)
    assert late_ore(desk) == bears((MARCH, -60_000), (NOVEMBER, 60_000))

    match(claimed, DECEMBER, 60_000)
    assert value_dates(claimed) == [MARCH, NOVEMBER, NOVEMBER]
    assert fetched(claimed, desk) == Delivered(1, 2)
    assert late_ore(desk) == bears((MARCH, -60_000))


def test_a_credit_note_matched_by_hand_keeps_its_own_day_and_counts_from_the_due_date(
    claimed: World, desk: Desk
) -> None:
    post(claimed, MAY, dated(settlement("KRE", 1, 40_000, None), MARCH))
    match(claimed, NOVEMBER, 40_000)

    (told,) = claimed.ledger.transactions(COMPANY, 0, 10)
    assert (told.kind, told.value_on) == (TransactionKind.CREDIT_NOTE, MARCH)
    fetched(claimed, desk)
    assert late_ore(desk) == bears((DUE, -40_000))


@pytest.mark.parametrize("code", ["KOR", "TAB", "TAE"])
def test_corrections_and_write_offs_count_from_the_date_of_their_voucher(claimed: World, code: str) -> None:
    post(claimed, NOVEMBER, dated(settlement(code, 1, 10_000, ENTRY, account="7830"), JUNE))

    assert value_dates(claimed) == [JUNE]


def test_money_in_the_books_counts_at_the_latest_from_the_day_of_posting(claimed: World) -> None:
    post(claimed, JUNE, dated(settlement("INN", 1, 10_000, ENTRY), NOVEMBER), dated(settlement("INN", 1, 5, None), MAY))

    assert value_dates(claimed) == [JUNE]


def test_a_voucher_takes_back_from_its_own_date_but_not_before_the_money_came(claimed: World) -> None:
    post(claimed, MAY, dated(settlement("INN", 1, 30_000, ENTRY), MAY))
    post(claimed, NOVEMBER, dated(settlement("TIL", 1, -10_000, ENTRY), JUNE))
    post(claimed, NOVEMBER, dated(settlement("INN", 1, -20_000, ENTRY), MARCH))

    assert value_dates(claimed) == [MAY, JUNE, MAY]
    assert [one.kind for one in claimed.ledger.transactions(COMPANY, 1, 10)] == [TransactionKind.REVERSAL] * 2


def test_a_correction_may_raise_the_debt_from_its_own_date(claimed: World) -> None:
    post(claimed, OCTOBER, dated(settlement("INN", 1, 30_000, ENTRY), OCTOBER))
    post(claimed, NOVEMBER, dated(settlement("KOR", 1, -5_000, ENTRY), MAY))

    assert value_dates(claimed) == [OCTOBER, MAY]


def test_the_collectors_own_money_taken_off_by_hand_counts_from_that_day(claimed: World) -> None:
    claimed.ledger.post_vouchers(COMPANY, [collector_voucher(1, (1, ENTRY, 25_000))])
    match(claimed, NOVEMBER, -25_000)
    match(claimed, DECEMBER, 15_000)

    assert value_dates(claimed) == [NOVEMBER, NOVEMBER]


def test_a_payment_moved_to_the_right_invoice_counts_there_from_when_it_came(claimed: World) -> None:
    post(claimed, MARCH, dated(settlement("INN", 1, 60_000, ENTRY), MARCH))
    claimed.invoices(1)
    claimed.offer("again")
    (other,) = [one.entry for one in claimed.ledger.ready_claims(COMPANY, 0, 10)]
    claimed.ledger.record_receipts(COMPANY, [Receipt(3, 3, other, Outcome.ACCEPTED, OCTOBER, "S-3", "0012346")])
    match(claimed, NOVEMBER, -60_000)
    match(claimed, NOVEMBER, 60_000, other)

    told = claimed.ledger.transactions(COMPANY, 0, 10)
    assert [(one.entry, one.value_on) for one in told] == [(ENTRY, MARCH), (ENTRY, NOVEMBER), (other, MARCH)]


def hand(number: int, amount_ore: int, on: date, credit: int = 7, came: date = MARCH) -> Booked:
    return Booked(number, credit, 1, amount_ore, True, on, Meaning.PAYMENT, came, came)


@pytest.mark.parametrize(
    ("changes", "days"),
    [
        ([(-100, MAY), (100, JUNE), (-100, OCTOBER), (100, NOVEMBER)], [MARCH, JUNE, JUNE, NOVEMBER]),
        ([(-100, MAY), (30, JUNE), (-30, OCTOBER), (-50, OCTOBER)], [MARCH, JUNE, JUNE, MARCH]),
        ([(-50, MAY), (50, JUNE), (-80, OCTOBER)], [MARCH, JUNE, MARCH]),
        ([(-100, MAY), (30, JUNE), (40, OCTOBER), (-50, NOVEMBER)], [MARCH, JUNE, OCTOBER, JUNE]),
        ([(-100, MAY), (100, date(2026, 1, 5))], [MARCH, MARCH]),
    ],
)
def test_what_is_put_back_counts_from_when_it_was_taken_off(
    changes: Sequence[tuple[int, date]], days: Sequence[date]
) -> None:
    bookings = [hand(number, amount_ore, on) for number, (amount_ore, on) in enumerate(changes)]

    assert list(days_on_item(bookings).values()) == days


def test_what_is_taken_off_counts_no_earlier_than_that_very_credit() -> None:
    early, late, off = hand(1, -100, MARCH, 7, MARCH), hand(2, -40, JUNE, 8, JUNE), hand(3, 40, MAY, 8, JUNE)

    assert days_on_item([early, late, off]) == {1: MARCH, 2: JUNE, 3: JUNE}


def bookings_of_one_item(chance: random.Random) -> list[Booked]:
    """Credits of several days put on and taken off by hand, and vouchers that pay and take back."""
    came = {credit: DUE + timedelta(chance.randrange(200)) for credit in range(3)}
    held = dict.fromkeys(came, 0)
    today, made, paid_ore = DUE + timedelta(200), [], 0
    for number in range(1, 13):
        today += timedelta(chance.randrange(20))
        credit, amount_ore = chance.randrange(4), chance.randint(1, 50)
        if credit in held:
            off = chance.random() < 0.5 and held[credit]
            change = min(amount_ore, held[credit]) if off else -amount_ore
            held[credit] -= change
            made.append(hand(number, change, today, credit, came[credit]))
        else:
            change = min(amount_ore, paid_ore) if chance.random() < 0.5 and paid_ore else -amount_ore
            paid_ore -= change
            voucher = today - timedelta(chance.randrange(150))
            made.append(Booked(number, 100 + number, 1, change, False, today, Meaning.PAYMENT, voucher, today))
    return made


def test_on_no_day_is_more_taken_back_than_had_come_and_no_later_booking_moves_a_day() -> None:
    chance = random.Random(20261122)
    moved = 0
    for _ in range(2_000):
        bookings = bookings_of_one_item(chance)
        days = days_on_item(bookings)
        for place, one in enumerate(bookings, 1):
            assert days_on_item(bookings[:place]) == {
                earlier.number: days[earlier.number] for earlier in bookings[:place]
            }
            if one.amount_ore < 0:
                assert days[one.number] >= min(one.dated, one.posted_on)
            else:
                assert days[one.number] >= (one.booked_on if one.by_hand else one.dated)
                moved += days[one.number] > (one.booked_on if one.by_hand else one.dated)
        for day in {DUE, *days.values()}:
            assert sum(one.amount_ore for one in bookings if days[one.number] <= day) <= 0
    assert moved > 100
