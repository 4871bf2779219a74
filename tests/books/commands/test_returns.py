"""Claims withdrawn and given back, inside the ledger: what is kept, what follows, and what the audit finds."""

from __future__ import annotations

from datetime import date

import pytest

from kravbro.books.commands.interest_flags import set_interest
from kravbro.books.commands.withdrawals import withdraw
from kravbro.books.queries.dump import dump
from kravbro.books.queries.dunning import dunning_history
from kravbro.books.queries.open_items import OpenItemShown, named_item, open_item
from kravbro.core.claims import Outcome, Reason, Receipt, Withdrawal
from kravbro.core.errors import DataFault, Skip
from kravbro.db.place import company_owner
from tests.books.world import ACT, COMPANY, TODAY, World, invoice, settlement
from tests.raw import raw

LIKE = "because, {}, seal, actor, written_at"
"""The rest of a row, copied from another."""


def accepted(offer: int, number: int | None = None) -> Receipt:
    return Receipt(number or offer, offer, offer, Outcome.ACCEPTED, TODAY, f"S-{offer}", "0012345")


def returned(offer: int, number: int) -> Receipt:
    reasons = (Reason("return.uncollectable", "ingenting å hente"),)
    return Receipt(number, offer, offer, Outcome.RETURNED, date(2026, 3, 20), f"S-{offer}", "0012345", reasons)


@pytest.fixture
def sent(world: World) -> World:
    """Three claims of 1000,00 at the collector: offers, entries and receipts 1 to 3."""
    world.invoices(1, 2, 3)
    world.offer()
    world.ledger.record_receipts(COMPANY, [accepted(number) for number in (1, 2, 3)])
    return world


def item(world: World, entry: int = 1) -> OpenItemShown:
    with world.reading() as connection:
        return open_item(connection, entry)


def ask_back(world: World, entry: int, because: str = "avtale") -> int:
    with world.writing() as connection:
        return withdraw(connection, entry, because, ACT)


def test_a_withdrawal_is_numbered_once_and_changes_nothing_by_itself(sent: World) -> None:
    assert (ask_back(sent, 2), ask_back(sent, 1), ask_back(sent, 2, "igjen")) == (1, 2, 1)

    assert sent.ledger.withdrawals(COMPANY, 0, 10) == [
        Withdrawal(1, 2, 2, TODAY, "avtale"), Withdrawal(2, 1, 1, TODAY, "avtale"),
    ]  # fmt: skip
    assert (item(sent).at_collector, item(sent).wanted_back_on) == (True, TODAY)


def test_only_what_the_collector_has_can_be_withdrawn(sent: World) -> None:
    sent.ledger.record_receipts(COMPANY, [returned(1, 4)])
    for entry in (1, 77):
        with pytest.raises(Skip, match=r"books\.not_at_collector"):
            ask_back(sent, entry)
    for because in ("  ", "x" * 201):
        with pytest.raises(DataFault, match=r"books\.item_reason_"):
            ask_back(sent, 2, because)


def test_the_history_keeps_what_the_mark_loses(sent: World) -> None:
    sent.ledger.record_receipts(COMPANY, [returned(1, 4)])

    assert (item(sent).at_collector, item(sent).case_number, item(sent).no_interest) == (False, "", False)
    with sent.reading() as connection:
        (transfer,) = dunning_history(connection, 1).transfers
    assert (transfer.outcome, transfer.case_number, transfer.answered_on) == ("accepted", "S-1", TODAY)
    assert transfer.given_back is not None
    assert (transfer.given_back.outcome, transfer.given_back.on) == ("returned", date(2026, 3, 20))


@pytest.mark.parametrize("page", [1, 2])
def test_bookings_are_numbered_alike_whether_receipts_come_together_or_not(world: World, page: int) -> None:
    world.invoices(1, 2)
    world.offer()
    world.post(settlement("INN", 1, 100, 1), settlement("INN", 2, 200, 2))
    receipts = [accepted(1), returned(1, 2), accepted(2, 3)]
    for start in range(0, 3, page):
        world.ledger.record_receipts(COMPANY, receipts[start : start + page])
    world.post(settlement("INN", 1, 300, 1), settlement("INN", 2, 400, 2))

    told = [(one.entry, one.amount_ore, one.offer) for one in world.ledger.transactions(COMPANY, 0, 10)]
    assert told == [(1, -100, 1), (2, -200, 2), (2, -400, 2)]


def test_a_receipt_number_is_of_one_answer_only(sent: World) -> None:
    sent.ledger.record_receipts(COMPANY, [returned(1, 4)])
    for wrong in ([returned(2, 4)], [returned(2, 2)], [returned(2, 5), returned(3, 5)]):
        with pytest.raises(DataFault, match=r"port\.receipt_number_taken"):
            sent.ledger.record_receipts(COMPANY, wrong)
    assert item(sent, 2).at_collector


def test_an_invoice_is_named_by_its_number_though_its_payment_was_taken_back(world: World) -> None:
    world.post(invoice(1, 100_000, "F7"))
    paid = settlement("INN", 1, 5_000, 1)
    world.post(paid)
    world.post(settlement("INN", 1, -5_000, 1))
    with world.reading() as connection:
        assert named_item(connection, "F7") == named_item(connection, "#1") == 1
        for name in ("", "#99", "#x", "F8"):
            with pytest.raises(DataFault):
                named_item(connection, name)


def test_interest_is_what_a_person_last_said_and_nothing_while_the_collector_has_it(sent: World) -> None:
    def say(entry: int, *, no_interest: bool) -> bool:
        with sent.writing() as connection:
            return set_interest(connection, entry, "avtale", ACT, no_interest=no_interest)

    assert [say(1, no_interest=one) for one in (False, True, True, False, True)] == [False, True, False, True, True]
    assert say(2, no_interest=True)
    assert say(2, no_interest=False)
    assert [item(sent, entry).no_interest for entry in (1, 2, 3)] == [True, True, True]
    sent.ledger.record_receipts(COMPANY, [returned(number, 3 + number) for number in (1, 2, 3)])
    assert [item(sent, entry).no_interest for entry in (1, 2, 3)] == [True, False, False]
    with pytest.raises(DataFault, match=r"books\.unknown_open_item"):
        say(99, no_interest=True)


@pytest.fixture
def written(sent: World) -> World:
    ask_back(sent, 1)
    ask_back(sent, 2)
    with sent.writing() as connection:
        for entry in (1, 2):
            set_interest(connection, entry, "avtale", ACT, no_interest=True)
    sent.ledger.record_receipts(COMPANY, [returned(1, 4), returned(2, 5)])
    assert sent.ledger.audit(COMPANY) == []
    return sent


def named_after(world: World, statement: str) -> list[str]:
    past_the_program = raw(world.place.name, company_owner(COMPANY))
    assert past_the_program.execute(statement) == 1
    past_the_program.close()
    return [one.thing for one in world.ledger.audit(COMPANY)]


@pytest.mark.parametrize(
    ("statement", "thing"),
    [
        *(
            (f"UPDATE withdrawal SET {column} = {value} WHERE number = 1", "ledger withdrawal 1")
            for column, value in (("offer", 3), ("entry", 2), ("because", "'x'"), ("asked_on", "'2026-01-01'"))
        ),
        *(
            (f"UPDATE interest_flag SET {column} = {value} WHERE number = 2", "ledger interest flag 2")
            for column, value in (
                ("no_interest", "FALSE"), ("because", "'x'"), ("entry", 3), ("set_on", "'2026-01-01'"),
            )
        ),
        *(
            (f"UPDATE offer_return SET {column} = {value} WHERE offer = 1", "ledger offer 1 return")
            for column, value in (
                ("number", 9), ("outcome", "'withdrawn'"), ("outcome", "'x'"), ("received_on", "'2026-01-01'"),
                ("case_number", "'x'"), ("case_kid", "'x'"), ("reasons", "'[]'"), ("reasons", "'x'"),
            )
        ),
        ("UPDATE offer_return SET replaces = 'x' WHERE offer = 1", "ledger offer 1 receipt"),
        ("DELETE FROM offer_receipt WHERE offer = 1", "ledger offer 1 receipt"),
        ("UPDATE offer_receipt SET outcome = 'refused' WHERE offer = 1", "ledger offer 1 receipt"),
        ("DELETE FROM withdrawal WHERE number = 1", "ledger withdrawal 1"),
        ("DELETE FROM interest_flag WHERE number = 2", "ledger interest flag 2"),
        (f"INSERT INTO withdrawal SELECT 9, 3, 3, {LIKE.format('asked_on')} FROM withdrawal LIMIT 1",
         "ledger withdrawal 9"),
        (f"INSERT INTO interest_flag SELECT 9, 3, FALSE, {LIKE.format('set_on')} FROM interest_flag LIMIT 1",
         "ledger interest flag 9"),
    ],
)  # fmt: skip
def test_what_is_changed_past_the_program_is_named(written: World, statement: str, thing: str) -> None:
    assert named_after(written, statement) == [thing]


def test_the_rows_are_dumped(written: World) -> None:
    with written.reading() as connection:
        whole = dump(connection)
    assert [len(whole[name]) for name in ("offer_return", "withdrawal", "interest_flag")] == [2, 2, 2]
