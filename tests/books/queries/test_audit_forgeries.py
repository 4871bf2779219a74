"""Forgeries by somebody who knows the tables and advances every counter: still one discrepancy, that names it."""

from __future__ import annotations

import pytest

from kravbro.books.commands.matching import book
from kravbro.books.commands.posting import post_vouchers
from kravbro.books.commands.vouchers import delete_voucher, write_vouchers
from kravbro.core.movements import Discrepancy
from tests.books.copies import Copy
from tests.books.world import ACT, World, settlement

COUNTED = [
    "voucher", "entry", "letter", "booking", "proposal", "offer", "transaction", "voucher_event", "posted", "A", "W"
]  # fmt: skip


def double_payment(books: Copy, posted_sequence: str, seal: str = "seal") -> None:
    """Copy voucher 10, a payment of kr 10 on open item 3, with everything that posting made of it."""
    changes = {"id": "19", "number": "1013", "posted_sequence": posted_sequence, "seal": seal}
    books.double("voucher", "id=10", **changes)
    books.double("voucher_line", "voucher=10 AND line_no=1", voucher="19")
    books.double("voucher_line", "voucher=10 AND line_no=2", voucher="19")
    books.double("entry", "number=9", number="15", voucher="19")
    books.double("booking", "number=5", number="10", entry="15")
    books.double("claim_transaction", "number=4", number="6", booking="10")
    for name in ("voucher", "entry", "booking", "transaction", "posted", "A"):
        books.advance(name)


@pytest.mark.parametrize("remaining", ["remaining_ore", "(SELECT remaining_ore FROM booking WHERE number=6) - 1000"])
@pytest.mark.parametrize("posted_sequence", ["15", "NULL"])
def test_a_payment_doubled_under_new_ids_is_named(books: Copy, posted_sequence: str, remaining: str) -> None:
    double_payment(books, posted_sequence)
    books.tamper(f"UPDATE booking SET remaining_ore = {remaining} WHERE number=10")

    assert books.named() == [("ledger voucher 19", None)]


def test_a_forged_voucher_does_not_hide_another_that_was_altered(books: Copy) -> None:
    double_payment(books, "15")
    books.tamper("UPDATE voucher SET registrar='ola' WHERE id=3")

    assert books.named() == [("ledger voucher 3", None), ("ledger voucher 19", None)]


def test_each_of_two_neighbours_that_were_altered_is_named(books: Copy) -> None:
    books.tamper("UPDATE voucher SET text='paid in cash' WHERE id=3")
    books.tamper("UPDATE voucher SET text='paid in cash' WHERE id=4")

    assert books.named() == [("ledger voucher 3", None), ("ledger voucher 4", None)]


def test_a_voucher_is_named_once_if_its_seal_was_altered(books: Copy) -> None:
    books.tamper("UPDATE voucher SET seal = (SELECT seal FROM voucher WHERE id=4) WHERE id=3")

    assert books.named() == [("ledger voucher 3", None)]


def test_a_line_and_its_entry_on_another_customer_are_named_by_the_seal(books: Copy) -> None:
    books.tamper("UPDATE voucher_line SET customer=3 WHERE voucher=1 AND line_no=1")
    books.tamper("UPDATE entry SET customer=3 WHERE number=1")

    assert books.named() == [("ledger voucher 1", None)]


def test_the_line_is_named_where_its_entry_shows_that_it_was_altered(books: Copy) -> None:
    books.tamper("UPDATE voucher_line SET kid='00117' WHERE voucher=1 AND line_no=1")

    assert books.named() == [("ledger voucher 1 line 1", 1)]


def test_a_booking_made_by_hand_doubled_with_its_transaction_is_named(books: Copy) -> None:
    books.double("booking", "number=3", number="10", remaining_ore="50000")
    books.double("claim_transaction", "booking=3", number="6", booking="10")
    books.advance("booking")
    books.advance("transaction")

    assert books.named() == [("ledger booking 10", 2)]


def test_a_booking_of_a_voucher_doubled_is_named(books: Copy) -> None:
    books.double("booking", "number=5", number="10", remaining_ore="remaining_ore - 1000")
    books.advance("booking")

    assert books.named() == [("ledger booking 10", 3)]


@pytest.mark.parametrize(("number", "item"), [(3, 5), (7, 1), (5, 3)])
def test_a_booking_moved_to_another_open_item_is_named(books: Copy, number: int, item: int) -> None:
    books.tamper(f"UPDATE booking SET open_item=5 WHERE number={number}")

    assert books.named() == [(f"ledger booking {number}", item)]


def test_the_seal_proves_what_the_amount_of_a_booking_was(books: Copy) -> None:
    books.tamper("UPDATE booking SET amount_ore = amount_ore + 1 WHERE number=3")

    assert books.findings() == [Discrepancy("ledger booking 3", "amount", -25_000, -24_999, 2)]


def test_a_line_whose_booking_went_with_its_number_is_named(books: Copy) -> None:
    books.tamper("DELETE FROM booking WHERE number=9")
    books.advance("booking", -1)

    assert books.named() == [("ledger voucher 15 line 3 booking", 3)]


@pytest.mark.parametrize("change", ["offer=2", "offer=4", "offer=99", "booking=1", "booking=99"])
def test_a_transaction_of_another_claim_is_named(books: Copy, change: str) -> None:
    books.tamper(f"UPDATE claim_transaction SET {change} WHERE number=1")

    assert books.named() == [("ledger transaction 1", 1)]


def test_a_sequence_behind_its_own_transactions_is_named_once(books: Copy) -> None:
    books.tamper("UPDATE offer SET sequence = sequence + 7 WHERE number=3")

    assert books.named() == [("ledger offer 3", 3)]


def test_a_customer_that_is_gone_is_named(books: Copy) -> None:
    books.tamper("DELETE FROM customer WHERE number=3")

    assert books.findings() == [Discrepancy("ledger customer 3", "missing", 0, 0)]


@pytest.mark.parametrize(
    ("table", "column", "code", "thing"),
    [
        ("voucher_type", "code", "FAK", "ledger voucher type FAK"),
        ("number_series", "code", "W", "ledger number series W"),
        ("account", "number", "1920", "ledger account 1920"),
        ("sub_ledger_type", "code", "KOM", "ledger sub-ledger type KOM"),
        ("dunning_code", "code", "PWS", "ledger dunning code PWS"),
    ],
)
def test_set_up_that_is_gone_is_named(books: Copy, table: str, column: str, code: str, thing: str) -> None:
    books.tamper(f"DELETE FROM {table} WHERE {column}='{code}'")

    assert books.findings() == [Discrepancy(thing, "missing", 0, 0)]


def test_a_type_that_means_something_else_is_named_once(books: Copy) -> None:
    books.tamper("UPDATE voucher_type SET meaning='credit_note' WHERE code='FAK'")

    assert books.findings() == [Discrepancy("ledger voucher type FAK", "content", 0, 0)]


@pytest.mark.parametrize("entry", [1, 2, 3])
def test_a_doubled_letter_is_named_even_with_its_number_and_the_count(books: Copy, entry: int) -> None:
    (last,) = books.ask(f"SELECT max(letter_no), max(number) FROM letter WHERE entry={entry}")
    changes = {"letter_no": f"{last[0]} + 1", "number": "5"}
    books.double("letter", f"number={last[1]}", **changes)
    thing = (f"ledger entry {entry} letter {int(str(last[0])) + 1}", entry)
    assert books.named() == [thing]
    books.advance("letter")
    assert books.named() == [thing]
    books.tamper(f"UPDATE entry SET letters = letters + 1 WHERE number={entry}")
    assert books.named() == [thing]


def test_a_letter_sent_after_the_last_offer_is_missed(books: Copy) -> None:
    books.tamper("DELETE FROM letter WHERE entry=3")

    assert books.named() == [("ledger entry 3 letter 1", 3)]


def test_a_letter_is_missed_even_if_its_open_item_forgets_it(books: Copy) -> None:
    books.tamper("DELETE FROM letter WHERE entry=3")
    books.tamper("UPDATE entry SET letters=0 WHERE number=3")

    assert books.findings() == [Discrepancy("ledger letter 4", "missing", 0, 0)]


@pytest.mark.parametrize("name", COUNTED)
def test_a_counter_that_is_gone_is_named_and_nothing_else(books: Copy, name: str) -> None:
    books.tamper(f"DELETE FROM counter WHERE name='{name}'")

    assert books.findings() == [Discrepancy(f"ledger counter {name}", "missing", 0, 0)]


def test_the_order_of_posting_is_held_against_its_counter(books: Copy) -> None:
    books.advance("posted")

    assert books.findings() == [Discrepancy("ledger counter posted", "state", 0, 0)]


@pytest.mark.parametrize(
    ("row", "thing", "entry"),
    [
        ("voucher SET state='vanished' WHERE id=6", "ledger voucher 6", None),
        ("voucher SET state='vanished' WHERE id=12", "ledger voucher 12", None),
        ("voucher_type SET meaning='gift' WHERE code='FAK'", "ledger voucher type FAK", None),
        ("entry SET meaning='gift' WHERE number=1", "ledger entry 1", 1),
        ("customer SET kind='ghost' WHERE number=1", "ledger customer 1", None),
        ("letter SET kind='telegram' WHERE number=2", "ledger entry 1 letter 2", 1),
        ("proposal SET state='vanished' WHERE number=1", "ledger proposal 1", None),
        ("offer_receipt SET outcome='perhaps' WHERE offer=1", "ledger offer 1 receipt", None),
        ("offer_receipt SET reasons='[{' WHERE offer=4", "ledger offer 4 receipt", 5),
        ("offer_receipt SET reasons='[7]' WHERE offer=1", "ledger offer 1 receipt", 1),
        ("claim_status SET state='vanished' WHERE entry=1", "ledger entry 1 status", 1),
        ("voucher_event SET fate='vanished' WHERE number=6", "ledger voucher event 6", None),
    ],
)
def test_a_code_that_nobody_knows_is_named(books: Copy, row: str, thing: str, entry: int | None) -> None:
    books.tamper(f"UPDATE {row}")

    assert books.findings() == [Discrepancy(thing, "code", 0, 0, entry)]


@pytest.mark.parametrize("state", ["draft", "deleted", "rejected", "posted"])
def test_a_state_that_the_seal_contradicts_is_named(books: Copy, state: str) -> None:
    for number, was in books.ask("SELECT id, state FROM voucher"):
        if was != state:
            books.tamper(f"UPDATE voucher SET state='{state}' WHERE id={number}")
            assert books.findings() == [Discrepancy(f"ledger voucher {number}", "state", 0, 0)]
            books.tamper(f"UPDATE voucher SET state='{was}' WHERE id={number}")


def test_the_chain_goes_on_after_a_voucher_is_gone(books: Copy) -> None:
    """Posting does not stop for a fault; the one that is gone is named, and nothing of what was posted since."""
    books.tamper("DELETE FROM voucher WHERE id=17")
    with books.writing() as connection:
        post_vouchers(connection, write_vouchers(connection, [settlement("INN", 5, 100, 5)], ACT), ACT)

    assert books.named() == [("ledger voucher 17", None)]


def test_work_goes_on_under_seal(world: World) -> None:
    (item,) = world.invoices(1)
    world.post(settlement("KRE", 1, 30_000, None))
    with world.writing() as connection:
        book(connection, 2, item, 10_000, ACT, request_id="match 1")
    (draft,) = world.draft(settlement("INN", 1, 10, item))
    with world.writing() as connection:
        delete_voucher(connection, draft, ACT)
    world.send_letter(item)

    assert world.ledger.audit(1) == []
