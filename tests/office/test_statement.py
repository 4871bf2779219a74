"""The account of a case on a date: rows in the order in which they count, interest, and where each comes from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec
import pytest

from kravbro.core.claims import TransactionKind
from kravbro.core.errors import DataFault
from kravbro.core.interest import changes_of, late_interest
from kravbro.office import tables as t
from kravbro.office.interest_terms import INTEREST_FREE, pause, set_terms
from kravbro.office.ledger_events import accept_transactions
from kravbro.office.queries.balances import balances
from kravbro.office.queries.cases import case
from kravbro.office.queries.statement import LATE_INTEREST, Statement, statement
from kravbro.texts.derivations import told
from kravbro.texts.sentences import LANGUAGES
from tests.office.builders import STATUTE, TODAY, Desk, act, offer, open_desk, payment, transaction
from tests.office.busy import open_busy_desk
from tests.places import NewPlace

pytestmark = pytest.mark.rules

ON = date(2026, 12, 20)


@pytest.fixture
def desk(new_place: NewPlace) -> Iterator[Desk]:
    one = open_desk(new_place.where())
    yield one
    one.engine.dispose()


def on(desk: Desk, day: date = ON, number: str = "1-000001") -> Statement:
    with desk.reading() as connection:
        return statement(connection, number, day, STATUTE)


def test_interest_is_that_of_the_rule_and_stands_last(desk: Desk) -> None:
    one = offer(1, 1)
    desk.offer(one)
    expected = late_interest(changes_of(one.parts.principal_ore, one.due_date), ON, STATUTE).amount_ore

    shown = on(desk)

    assert shown.lines[-1].account == LATE_INTEREST
    assert shown.lines[-1].amount_ore == expected - one.parts.interest_charged_ore
    assert shown.owed_ore == one.parts.total_ore + expected - one.parts.interest_charged_ore
    assert shown.owed_ore == sum(line.amount_ore for line in shown.lines) == shown.lines[-1].balance_ore
    assert shown.owed_ore == sum(msgspec.structs.astuple(shown.totals))


def test_a_payment_stops_interest_on_its_bank_date(desk: Desk) -> None:
    one = offer(1, 1)
    desk.offer(one)
    kid = desk.rows(t.case)[0].kid
    desk.pay(payment(1, one.parts.total_ore, kid))
    paid_on = desk.rows(t.payment)[0].bank_date
    expected = late_interest(changes_of(one.parts.principal_ore, one.due_date), paid_on, STATUTE).amount_ore

    assert on(desk).totals.late_interest_ore == expected - one.parts.interest_charged_ore
    assert on(desk).totals.principal_ore == 0


def test_before_its_bank_date_a_payment_is_not_there(desk: Desk) -> None:
    one = offer(1, 1)
    desk.offer(one)
    desk.pay(payment(1, 10_000, desk.rows(t.case)[0].kid))
    paid_on = desk.rows(t.payment)[0].bank_date

    before = on(desk, date.fromordinal(paid_on.toordinal() - 1))
    after = on(desk, paid_on)

    assert "payment" not in {line.kind for line in before.lines}
    assert "payment" in {line.kind for line in after.lines}


def test_a_credit_note_takes_its_interest_away_from_the_due_date(desk: Desk) -> None:
    one = offer(1, 1)
    desk.offer(one)
    booked = transaction(1, one.entry, -40_000, kind=TransactionKind.CREDIT_NOTE)
    with desk.writing() as connection:
        accept_transactions(connection, 1, [booked], act())
    expected = late_interest(changes_of(one.parts.principal_ore - 40_000, one.due_date), ON, STATUTE).amount_ore

    assert on(desk).totals.late_interest_ore == expected - one.parts.interest_charged_ore


def test_terms_and_pauses_are_obeyed(desk: Desk) -> None:
    one = offer(1, 1)
    desk.offer(one)
    whole = on(desk).totals.late_interest_ore
    with desk.writing() as connection:
        pause(connection, "1-000001", desk.act, first=one.due_date, last=TODAY, because="innsigelse")
    after_pause = on(desk).totals.late_interest_ore
    with desk.writing() as connection:
        set_terms(connection, "1-000001", INTEREST_FREE, desk.act, because="avtale")

    assert 0 < after_pause < whole
    assert on(desk).totals.late_interest_ore == 0


def test_a_claim_that_the_creditor_gave_up_owes_nothing_from_that_day(desk: Desk) -> None:
    one = offer(1, 1)
    desk.offer(one)
    ended = transaction(1, one.entry, -one.parts.principal_ore, kind=TransactionKind.WRITE_OFF_CLAIM_ENDED)
    with desk.writing() as connection:
        accept_transactions(connection, 1, [ended], act())
    before = date.fromordinal(TODAY.toordinal() - 1)
    with desk.reading() as connection:
        (balance,) = balances(connection, ON, STATUTE)
        (earlier,) = balances(connection, before, STATUTE)

    assert on(desk).owed_ore == balance.total_ore == 0
    assert "given_up" in {line.kind for line in on(desk).lines}
    assert on(desk, before).owed_ore == earlier.total_ore > one.parts.principal_ore


def test_a_second_write_off_of_an_ended_claim_does_not_move_its_end(desk: Desk) -> None:
    one = offer(1, 1)
    desk.offer(one)
    end = {"kind": TransactionKind.WRITE_OFF_CLAIM_ENDED}
    days = (date(2026, 10, 1), date(2026, 11, 10))
    for number, (amount_ore, day) in enumerate(zip((-40_000, -60_000), days, strict=True), 1):
        booked = transaction(number, one.entry, amount_ore, value_on=day, posted_on=day, **end)
        with desk.writing() as connection:
            accept_transactions(connection, 1, [booked], act())
    with desk.reading() as connection:
        (between,) = balances(connection, date(2026, 10, 20), STATUTE)

    assert on(desk, date(2026, 10, 20)).owed_ore == between.total_ore == 0
    assert on(desk, date(2026, 9, 30)).owed_ore > one.parts.principal_ore


def test_what_was_written_off_in_the_books_and_paid_here_is_one_debt(desk: Desk) -> None:
    one = offer(1, 1)
    desk.offer(one)
    kid = desk.rows(t.case)[0].kid
    desk.pay(payment(1, 43_750, kid))
    watched = transaction(1, one.entry, -100_000, kind=TransactionKind.WRITE_OFF_BOOKS_ONLY)
    with desk.writing() as connection:
        accept_transactions(connection, 1, [watched], act())
    desk.pay(payment(2, 70_000, kid))
    with desk.reading() as connection:
        shown = case(connection, "1-000001")

    assert shown.claims[0].state == "paid"
    assert (shown.line.owed_ore, shown.overpaid_ore) == (0, 10_000)


def test_what_letters_charged_counts_from_the_day_each_was_sent(desk: Desk) -> None:
    one = offer(2, 1)
    desk.offer(one)
    first, second = sorted(letter.sent_on for letter in one.letters)[:2]
    charged = {letter.sent_on: letter.fee_ore + letter.interest_ore for letter in one.letters}
    assert charged[first] + charged[second] == one.parts.fees_ore + one.parts.interest_charged_ore
    for day in (first, second):
        before, after = on(desk, date.fromordinal(day.toordinal() - 1)), on(desk, day)
        new = [line for line in after.lines if line.counts_from == day and line.journal]
        assert sum(line.amount_ore for line in new) == charged[day]
        assert all(line.counts_from < day for line in before.lines if line.journal)
        expected = late_interest(changes_of(one.parts.principal_ore, one.due_date), day, STATUTE).amount_ore
        so_far = sum(letter.interest_ore for letter in one.letters if letter.sent_on <= day)
        assert after.totals.late_interest_ore == max(expected - so_far, 0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_of_a_busy_office_is_explained_in_every_language(new_place: NewPlace, language: str) -> None:
    desk = open_busy_desk(new_place.where())
    numbers = [row.number for row in desk.rows(t.case)]
    statements = [on(desk, number=number) for number in numbers]
    lines = [line for one in statements for line in one.lines]
    texts = ["\n".join(told(line.explain, language)) for line in lines]
    desk.engine.dispose()

    by_hand = {"hand", "taken_back", "move", "refund", "outside", "charge", "waiver", "undoing"}
    from_outside = {"claim", "payment", "reversal", "placing", "ledger"}
    assert {line.kind for line in lines} == from_outside | by_hand | {LATE_INTEREST}
    assert all(texts)


def test_statements_and_balances_agree_on_every_day(new_place: NewPlace) -> None:
    desk = open_busy_desk(new_place.where())
    numbers = [row.number for row in desk.rows(t.case)]
    case_of = {row.id: row.case for row in desk.rows(t.claim)}
    with desk.reading() as connection:
        for day in (date(2026, 6, 30), date(2026, 11, 1), TODAY, ON):
            owed: dict[int, int] = dict.fromkeys(case_of.values(), 0)
            for one in balances(connection, day, STATUTE):
                owed[case_of[one.claim]] += one.total_ore
            shown = [statement(connection, number, day, STATUTE) for number in numbers]
            assert [one.owed_ore - one.totals.overpaid_ore for one in shown] == [owed[id_] for id_ in sorted(owed)]
        rows = [case(connection, number) for number in numbers]
        on_rows = [statement(connection, number, ON, STATUTE) for number in numbers]
    desk.engine.dispose()

    assert [one.line.owed_ore for one in rows] == [
        one.owed_ore - one.totals.late_interest_ore - one.totals.overpaid_ore for one in on_rows
    ]


def test_a_case_that_needs_no_rate_is_answered_on_any_day(desk: Desk) -> None:
    one = offer(1, 1)
    desk.offer(one)
    booked = transaction(1, one.entry, -one.parts.principal_ore, kind=TransactionKind.CREDIT_NOTE)
    with desk.writing() as connection:
        accept_transactions(connection, 1, [booked], act())
    with desk.reading() as connection:
        (balance,) = balances(connection, date(2031, 1, 1), STATUTE)

    assert balance.total_ore == on(desk, date(2031, 1, 1)).owed_ore


def test_a_day_without_a_rate_is_refused_by_its_half_year(desk: Desk) -> None:
    desk.offer(offer(1, 1))

    with pytest.raises(DataFault, match=r"statute\.no_late_interest") as fault:
        on(desk, date(2027, 1, 1))

    assert fault.value.facts["half_year"] == "2027 H1"


def test_a_case_that_is_not_there_is_a_fault(desk: Desk) -> None:
    with pytest.raises(DataFault, match=r"office\.no_such_case"):
        on(desk, number="1-9")
