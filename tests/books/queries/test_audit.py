"""The audit finds everything that is done behind the ledger's back, and names exactly that.

Every tampering is done with raw SQL and without foreign keys, on a copy of a ledger in which everything that can
happen has happened.
"""

from __future__ import annotations

import pytest

from kravbro.core.movements import Discrepancy
from tests.books.copies import Copy
from tests.books.world import COMPANY, World
from tests.places import NewPlace

AMOUNTS: list[tuple[str, str, str, int | None]] = [
    ("voucher", "debit_ore", "id=6", None),
    ("voucher_line", "amount_ore", "voucher=1 AND line_no=1", 1),
    ("voucher_line", "amount_ore", "voucher=1 AND line_no=2", None),
    ("voucher_line", "amount_ore", "voucher=6 AND line_no=1", None),
    ("voucher_line", "amount_ore", "voucher=6 AND line_no=2", 1),
    ("voucher_line", "amount_ore", "voucher=7 AND line_no=1", None),
    ("voucher_line", "amount_ore", "voucher=7 AND line_no=2", None),
    ("voucher_line", "amount_ore", "voucher=12 AND line_no=1", None),
    ("voucher_line", "amount_ore", "voucher=12 AND line_no=3", 1),
    ("voucher_line", "amount_ore", "voucher=12 AND line_no=4", 2),
    ("voucher_line", "amount_ore", "voucher=16 AND line_no=1", None),
    ("voucher_line", "amount_ore", "voucher=18 AND line_no=2", None),
    ("voucher_line", "interest_before_due_ore", "voucher=1 AND line_no=1", 1),
    ("entry", "amount_ore", "number=1", 1),
    ("entry", "amount_ore", "number=6", 6),
    ("entry", "amount_ore", "number=8", 8),
    ("entry", "interest_before_due_ore", "number=1", 1),
    ("entry", "interest_before_due_ore", "number=4", 4),
    ("booking", "amount_ore", "number=1", 1),
    ("booking", "amount_ore", "number=3", 2),
    ("booking", "amount_ore", "number=4", 2),
    ("booking", "amount_ore", "number=7", 1),
    ("booking", "remaining_ore", "number=2", 1),
    ("booking", "remaining_ore", "number=7", 1),
    ("offer", "principal_ore", "number=1", 1),
    ("offer", "interest_before_due_ore", "number=2", 2),
    ("offer", "fees_ore", "number=1", 1),
    ("offer", "interest_charged_ore", "number=2", 2),
    ("proposal_line", "remaining_ore", "proposal=1 AND entry=1", 1),
    ("proposal_line", "remaining_ore", "proposal=2 AND entry=14", 14),
]
NAMES = {
    "voucher": "ledger voucher {id}",
    "voucher_line": "ledger voucher {voucher} line {line_no}",
    "proposal_line": "ledger proposal {proposal} entry {entry}",
    "claim_transaction": "ledger transaction {number}",
    "voucher_event": "ledger voucher event {number}",
    "offer_receipt": "ledger offer {offer} receipt",
    "letter": "ledger entry {entry} letter {letter_no}",
}
DELETED: list[tuple[str, str, int | None]] = [
    *(("voucher", f"id={number}", None) for number in (1, 6, 7, 9, 12, 13, 14, 16, 18)),
    ("voucher_line", "voucher=1 AND line_no=1", None),
    ("voucher_line", "voucher=1 AND line_no=2", None),
    ("voucher_line", "voucher=6 AND line_no=2", None),
    ("voucher_line", "voucher=12 AND line_no=4", None),
    ("voucher_line", "voucher=18 AND line_no=2", None),
    *(("entry", f"number={number}", number) for number in (1, 5, 6, 8, 11, 14)),
    *(("booking", f"number={number}", item) for number, item in [(2, 1), (3, 2), (5, 3)]),
    *(("booking", f"number={number}", None) for number in (1, 7, 9)),
    *(("offer", f"number={number}", item) for number, item in [(1, 1), (2, 2), (3, 3), (4, None)]),
    *(("claim_transaction", f"number={number}", item) for number, item in [(1, 1), (2, 2), (5, 3)]),
    *(("voucher_event", f"number={number}", None) for number in range(1, 9)),
    *(("offer_receipt", f"offer={number}", number) for number in (1, 2, 3)),
    ("proposal", "number=1", None),
    ("proposal_line", "proposal=1 AND entry=2", 2),
    ("letter", "entry=1 AND letter_no=1", 1),
    ("letter", "entry=1 AND letter_no=2", 1),
    ("letter", "entry=2 AND letter_no=1", 2),
]
DOUBLED: list[tuple[str, str, dict[str, str], int | None]] = [
    ("voucher", "id=6", {"id": "19", "number": "NULL", "posted_sequence": "NULL"}, None),
    ("voucher", "id=12", {"id": "19", "number": "9003", "posted_sequence": "15", "collector_key": "'office-9'"}, None),
    ("letter", "number=1", {"number": "5", "entry": "1", "letter_no": "3"}, 1),
    ("voucher_line", "voucher=6 AND line_no=1", {"line_no": "3"}, None),
    ("voucher_line", "voucher=6 AND line_no=2", {"line_no": "3"}, 1),
    ("voucher_line", "voucher=18 AND line_no=1", {"line_no": "3"}, None),
    ("entry", "number=1", {"number": "15", "line_no": "2"}, 15),
    ("entry", "number=8", {"number": "15", "line_no": "1"}, 15),
    ("booking", "number=2", {"number": "10"}, 1),
    ("booking", "number=7", {"number": "10"}, 1),
    ("offer", "number=1", {"number": "5"}, 1),
    ("offer", "number=4", {"number": "5"}, 5),
    ("claim_transaction", "number=1", {"number": "6", "booking": "1"}, 1),
    ("voucher_event", "number=6", {"number": "9"}, None),
    ("offer_receipt", "offer=1", {"offer": "77", "number": "77"}, None),
]


def keys(where: str) -> dict[str, str]:
    return {column: value for column, _, value in (pair.partition("=") for pair in where.split(" AND "))}


def name(table: str, of: dict[str, str]) -> str:
    return NAMES.get(table, f"ledger {table} {{number}}").format(**of)


def test_a_fresh_ledger_is_clean(new_place: NewPlace) -> None:
    world = World(new_place.where())

    assert world.ledger.audit(COMPANY) == []
    world.close()


def test_a_busy_ledger_is_clean(books: Copy) -> None:
    assert books.findings() == []


@pytest.mark.parametrize(("table", "column", "where", "entry"), AMOUNTS)
def test_one_ore_more_or_less_is_found(books: Copy, table: str, column: str, where: str, entry: int | None) -> None:
    for change in (1, -2):
        books.tamper(f"UPDATE {table} SET {column} = {column} + {change} WHERE {where}")

        assert books.named() == [(name(table, keys(where)), entry)]


@pytest.mark.parametrize(("table", "where", "entry"), DELETED)
def test_a_deleted_row_is_found(books: Copy, table: str, where: str, entry: int | None) -> None:
    books.tamper(f"DELETE FROM {table} WHERE {where}")

    assert books.named() == [(name(table, keys(where)), entry)]


@pytest.mark.parametrize(("table", "where", "changes", "entry"), DOUBLED)
def test_a_doubled_row_is_found(
    books: Copy, table: str, where: str, changes: dict[str, str], entry: int | None
) -> None:
    values = ", ".join(changes.get(column, column) for column in books.columns(table))
    books.tamper(f"INSERT INTO {table} SELECT {values} FROM {table} WHERE {where}")

    assert books.named() == [(name(table, keys(where) | changes), entry)]


@pytest.mark.parametrize(
    ("statement", "thing", "entry"),
    [
        ("UPDATE offer_receipt SET case_number='S-9' WHERE offer=1", "ledger offer 1 receipt", 1),
        ("UPDATE offer_receipt SET outcome='refused' WHERE offer=1", "ledger offer 1 receipt", 1),
        ("UPDATE voucher SET state='posted', number=1013 WHERE id=18", "ledger voucher 18", None),
        ("UPDATE voucher SET state='draft' WHERE id=6", "ledger voucher 6", None),
        ("UPDATE voucher SET state='deleted' WHERE id=16", "ledger voucher 16", None),
        ("UPDATE voucher SET number=1099 WHERE id=6", "ledger voucher 6", None),
        ("UPDATE voucher_event SET fate='deleted' WHERE number=6", "ledger voucher event 6", None),
        ("UPDATE entry SET customer=3 WHERE number=1", "ledger entry 1", 1),
        ("UPDATE voucher_line SET account='1530' WHERE voucher=1 AND line_no=1", "ledger voucher 1", None),
        ("UPDATE booking SET by_collector=false WHERE number=7", "ledger booking 7", 1),
        ("UPDATE booking SET by_collector=true WHERE number=5", "ledger booking 5", 3),
        ("INSERT INTO waiting_offer VALUES (1)", "ledger offer 1", 1),
        ("INSERT INTO waiting_offer VALUES (77)", "ledger offer 77", None),
    ],
)
def test_other_tamperings_are_found(books: Copy, statement: str, thing: str, entry: int | None) -> None:
    books.tamper(statement)

    assert books.named() == [(thing, entry)]


def test_a_booking_that_was_never_told_is_found(books: Copy) -> None:
    books.tamper("DELETE FROM claim_transaction WHERE number=5")
    books.tamper("UPDATE counter SET last=4 WHERE name='transaction'")

    assert books.findings() == [Discrepancy("ledger booking 6", "not_numbered", 1_000, 0, 3)]


def test_what_was_expected_and_found_is_told(books: Copy) -> None:
    books.tamper("UPDATE voucher_line SET amount_ore = amount_ore + 1 WHERE voucher=6 AND line_no=2")

    assert books.findings() == [Discrepancy("ledger voucher 6 line 2", "amount", -20_000, -19_999, 1)]


def test_two_faults_are_two_discrepancies(books: Copy) -> None:
    books.tamper("UPDATE entry SET amount_ore = amount_ore + 1 WHERE number=4")
    books.tamper("DELETE FROM voucher_event WHERE number=2")

    assert sorted(books.named(), key=str) == [("ledger entry 4", 4), ("ledger voucher event 2", None)]
