"""Alter one øre, delete a row, double a row, past the program: the reconciliation of both sides finds it.

Every side's own audit has tests for every table that assert the exact name of the row that was touched
(`tests/books/queries`, `tests/office`). Here both sides stand together, as a user has them: the fault is found, and
what is named hangs together, as one thing, one claim, or a row that is gone and the claim that misses it.
"""

from __future__ import annotations

import json
from functools import cache

import pytest

from kravbro.bridge.reconcile import Reported
from kravbro.cli.main import main
from kravbro.db.places import place_at
from tests.places import Kind, NewPlace, Where, copy_place, new_template
from tests.raw import Refused, number_rows, raw
from tests.stories.sites import finished, reconciled

MONEY = (
    ("F0001", "voucher", "debit_ore"),
    ("F0001", "voucher_line", "amount_ore"),
    ("F0001", "entry", "amount_ore"),
    ("F0001", "booking", "amount_ore"),
    ("F0001", "booking", "remaining_ore"),
    ("F0001", "offer", "principal_ore"),
    ("F0001", "offer", "fees_ore"),
    ("F0001", "letter", "fee_ore"),
    ("F0001", "proposal_line", "remaining_ore"),
    ("office", "claim", "principal_ore"),
    ("office", "claim", "fees_ore"),
    ("office", "claim_letter", "fee_ore"),
    ("office", "journal_row", "amount_ore"),
    ("office", "payment", "amount_ore"),
    ("office", "payment", "placed_ore"),
    ("office", "payment_file", "net_ore"),
    ("office", "unplaced", "amount_ore"),
    ("office", "voucher_line", "amount_ore"),
    ("office", "ledger_transaction", "amount_ore"),
)
ROWS = (
    ("F0001", "voucher", "id"),
    ("F0001", "voucher_line", "line_no"),
    ("F0001", "entry", "number"),
    ("F0001", "booking", "number"),
    ("F0001", "offer", "number"),
    ("F0001", "offer_receipt", "offer"),
    ("F0001", "claim_transaction", "number"),
    ("F0001", "voucher_event", "number"),
    ("F0001", "claim_status", "entry"),
    ("F0001", "letter", "letter_no"),
    ("office", "case", "id"),
    ("office", "party", "id"),
    ("office", "party_number", "number"),
    ("office", "party_member", "number"),
    ("office", "claim", "id"),
    ("office", "journal", "number"),
    ("office", "journal_row", "row_no"),
    ("office", "payment", "number"),
    ("office", "unplaced", "payment"),
    ("office", "voucher", "number"),
    ("office", "voucher_line", "line_no"),
    ("office", "receipt", "number"),
    ("office", "ledger_transaction", "number"),
    ("office", "voucher_receipt", "number"),
    ("office", "status_event", "number"),
)
UNIQUE_TEXT = {"source", "identity", "kid", "collector_key", "key", "request_id"}


class Tampered:
    """A database of an installation, opened past the program: no keys enforced, nothing asked."""

    def __init__(self, where: Where, owner: str) -> None:
        self.raw = raw(where, owner)

    def rows(self, table: str) -> list[int]:
        """The first, middle and last row."""
        ids = [row for (row,) in self.raw.ask(f'SELECT rowid FROM "{table}" ORDER BY rowid')]
        return [ids[0], ids[len(ids) // 2], ids[-1]]

    def change(self, statement: str) -> None:
        """Run a statement that must change exactly one row."""
        assert self.raw.execute(statement) == 1

    def double(self, table: str, column: str, row: int) -> bool:
        """Insert the row again under a new number; answers whether the database took it."""
        fresh = f'(SELECT coalesce(max("{column}"), 0) + 1 FROM "{table}")'
        values = ", ".join(
            fresh if name == column else f"\"{name}\" || 'x'" if name in UNIQUE_TEXT else f'"{name}"'
            for name in self.raw.columns(table)
        )
        try:
            self.change(f'INSERT INTO "{table}" SELECT {values} FROM "{table}" WHERE rowid = {row}')
        except Refused:
            return False
        return True


@cache
def numbered(kind: Kind) -> Where:
    """The finished demo, with a `rowid` on each row."""
    where = copy_place(finished(kind), new_template(kind))
    for owner in ("F0001", "office"):
        number_rows(where, owner)
    place_at(where).close()
    return where


@pytest.fixture
def where(kind: Kind, new_place: NewPlace) -> Where:
    return copy_place(numbered(kind), new_place.where())


def named(where: Where) -> tuple[Reported, ...]:
    """What the reconciliation names; never nothing, and always about one thing or one claim."""
    differences = reconciled(where).differences
    assert differences, "the tampering was not found"
    claims = {one.claim for one in differences}
    things = {one.thing for one in differences}
    assert len(claims) == 1 or len(things) == 1 or _hang_together(differences), differences
    return differences


def _hang_together(differences: tuple[Reported, ...]) -> bool:
    """One side names the row that is gone, the other the claim that misses it: at most those two."""
    return len({one.claim for one in differences if one.side}) <= 1 and len(differences) <= 3


@pytest.mark.rules
@pytest.mark.parametrize(("owner", "table", "column"), MONEY)
def test_one_altered_ore_is_named(where: Where, owner: str, table: str, column: str) -> None:
    tampered = Tampered(where, owner)
    for row in tampered.rows(table):
        tampered.change(f'UPDATE "{table}" SET {column} = {column} + 1 WHERE rowid = {row}')
        named(where)
        tampered.change(f'UPDATE "{table}" SET {column} = {column} - 1 WHERE rowid = {row}')
    assert reconciled(where).differences == ()


@pytest.mark.parametrize(("owner", "table", "_number"), ROWS)
def test_a_deleted_row_is_named(where: Where, owner: str, table: str, _number: str) -> None:
    tampered = Tampered(where, owner)
    tampered.change(f'DELETE FROM "{table}" WHERE rowid = {tampered.rows(table)[1]}')
    named(where)


@pytest.mark.rules
@pytest.mark.parametrize(("owner", "table", "number"), ROWS)
def test_a_doubled_row_is_named_or_refused_by_the_database(where: Where, owner: str, table: str, number: str) -> None:
    tampered = Tampered(where, owner)
    if tampered.double(table, number, tampered.rows(table)[1]):
        named(where)
    else:
        assert reconciled(where).differences == ()


def test_two_altered_amounts_that_cancel_are_both_named(where: Where) -> None:
    tampered = Tampered(where, "office")
    claims = "SELECT rowid FROM journal_row WHERE account = 'principal' AND amount_ore < 0 ORDER BY rowid"
    first, second = [row for (row,) in tampered.raw.ask(claims)][:2]
    tampered.change(f"UPDATE journal_row SET amount_ore = amount_ore - 1 WHERE rowid = {first}")
    tampered.change(f"UPDATE journal_row SET amount_ore = amount_ore + 1 WHERE rowid = {second}")
    assert len({one.claim for one in reconciled(where).differences}) == 2


@pytest.mark.parametrize(
    ("owner", "statement"),
    [
        ("office", "UPDATE receipt SET outcome = 'x' WHERE rowid = 3"),
        ("office", "UPDATE journal SET kind = 'x' WHERE number = 3"),
        ("office", "UPDATE voucher SET state = 'x' WHERE rowid = 1"),
        ("F0001", "UPDATE offer_receipt SET outcome = 'x' WHERE rowid = 3"),
        ("F0001", "UPDATE voucher_event SET fate = 'x' WHERE number = 1"),
    ],
)
def test_a_word_that_nobody_knows_is_named_too(where: Where, owner: str, statement: str) -> None:
    Tampered(where, owner).change(statement)
    assert any(one.side for one in reconciled(where).differences)


def test_a_payment_doubled_with_its_counters_is_named_by_the_ledger(where: Where) -> None:
    """The whole payment again under new numbers, as if it had been written: the seals tell that it was not."""
    books = raw(where, "F0001")
    (voucher,) = books.ask("SELECT id FROM voucher WHERE text = 'direct payment' ORDER BY id")[0]
    copies = (("voucher", "id", voucher), ("entry", "voucher", voucher), ("voucher_line", "voucher", voucher))
    fresh = {name: 1 + books.ask(f'SELECT max({key}) FROM "{name}"')[0][0] for name, key in (
        ("voucher", "id"), ("entry", "number"), ("booking", "number"),
    )}  # fmt: skip
    (entry,) = books.ask("SELECT number FROM entry WHERE voucher = ?", (voucher,))[0]
    changes = {
        "voucher": {
            "id": fresh["voucher"],
            "number": 599_999,
            "posted_sequence": "posted_sequence + 1000",
            "request_id": "NULL",
        },
        "voucher_line": {"voucher": fresh["voucher"]},
        "entry": {"number": fresh["entry"], "voucher": fresh["voucher"]},
        "booking": {"number": fresh["booking"], "entry": fresh["entry"]},
    }
    for table, key, value in (copies[0], copies[2], copies[1], ("booking", "entry", entry)):
        values = ", ".join(str(changes[table].get(name, f'"{name}"')) for name in books.columns(table))
        books.execute(f'INSERT INTO "{table}" SELECT {values} FROM "{table}" WHERE {key} = {value}')
    for name in ("voucher", "entry", "booking", "posted"):
        books.execute("UPDATE counter SET last = last + 1 WHERE name = ? AND scope = ''", (name,))
    books.execute(
        "UPDATE voucher SET posted_sequence = (SELECT max(last) FROM counter WHERE name = 'posted') WHERE id = ?",
        (fresh["voucher"],),
    )
    books.close()
    found = reconciled(where).differences
    assert any(one.side == "ledger" and f"voucher {fresh['voucher']}" in one.thing for one in found), found


def test_the_command_says_what_differs_and_exits_with_1(where: Where, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reconcile", "--dir", str(where), "--json"]) == 0
    clean = json.loads(capsys.readouterr().out)
    assert set(clean) >= {"claims", "in_transit_ore", "differences"}
    assert clean["differences"] == []
    Tampered(where, "office").change("UPDATE journal_row SET amount_ore = amount_ore + 1 WHERE rowid = 14")
    assert main(["reconcile", "--dir", str(where), "--json"]) == 1
    (difference,) = json.loads(capsys.readouterr().out)["differences"]
    assert set(difference) >= {"claim", "kind", "ledger_ore", "collector_ore"}
    assert difference["claim"].startswith("demo-ledger/1/")
