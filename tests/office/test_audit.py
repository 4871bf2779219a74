"""The audit names exactly what was changed behind the office's back, and nothing that follows from it.

Every amount, and every row, of a busy office is tampered with in turn, by raw SQL with foreign keys off.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kravbro.core.movements import Discrepancy
from tests.office.tampering import Row, Tampering, things

Name = Callable[[Row], str]


def voucher_line_name(row: Row) -> str:
    if row["posting"] == 2:
        return f"office posting 1-2 voucher {row['ordinal']} line {row['line_no']}"
    return f"office voucher 1-{row['ordinal']} line {row['line_no']}"


def voucher_name(row: Row) -> str:
    return f"office voucher 1-{row['number']}" if row["number"] else f"office posting 1-2 voucher {row['ordinal']}"


NAMES: dict[str, Name] = {
    "debtor": lambda row: f"office debtor {row['id']}",
    "case": lambda row: f"office case {row['id']}",
    "case_event": lambda row: f"office case {row['case']}",
    "claim": lambda row: f"office claim {row['id']}",
    "claim_letter": lambda row: f"office claim {row['claim']} letters",
    "receipt": lambda row: f"office receipt 1-{row['number']}",
    "journal": lambda row: f"office journal {row['number']}",
    "journal_row": lambda row: f"office journal {row['journal']} row {row['row_no']}",
    "payment_file": lambda row: f"office payment file {row['number']}",
    "payment": lambda row: f"office payment {row['number']}",
    "payment_detail": lambda row: f"office payment {row['payment']} details",
    "payment_file_override": lambda row: f"office payment file override {row['number']}",
    "unplaced": lambda row: f"office unplaced payment {row['payment']}",
    "posting": lambda row: f"office posting 1-{row['number']}",
    "voucher": voucher_name,
    "voucher_line": voucher_line_name,
    "ledger_transaction": lambda row: f"office transaction 1-{row['number']}",
    "status_event": lambda row: f"office status 1-{row['number']}",
    "interest_terms": lambda row: f"office interest terms {row['number']}",
    "interest_pause": lambda row: f"office interest pause {row['number']}",
    "setup_change": lambda row: f"office setup change {row['number']}",
    "payment_agreement": lambda row: f"office payment agreement {row['account_number']}",
    "agreement_creditor": lambda row: f"office payment agreement {row['account_number']}",
    "kid_structure": lambda row: f"office payment agreement {row['account_number']}",
    "creditor_allocation": lambda row: f"office creditor {row['creditor']} settings",
    "creditor_sub_ledger": lambda row: f"office creditor {row['creditor']} settings",
    "workflow": lambda row: f"office workflow {row['code']}",
    "creditor": lambda row: f"office creditor {row['number']}",
    "party": lambda row: f"office party {row['id']}",
    "party_number": lambda row: f"office party number {row['number']}",
    "party_member": lambda row: f"office party member {row['number']}",
    "party_fact": lambda row: f"office party fact {row['number']}",
    "party_access": lambda row: f"office party access {row['number']}",
    "case_party": lambda row: f"office case party {row['number']}",
    "manual_act": lambda row: f"office manual act {row['number']}",
    "adjustment": lambda row: f"office adjustment {row['number']}",
    "creditor_costs": lambda row: f"office creditor {row['creditor']} settings",
    "posting_choice": lambda row: f"office posting choice {row['number']}",
    "refund": lambda row: f"office refund {row['number']}",
    "refund_file": lambda row: f"office refund file {row['number']}",
    "statute_row": lambda row: f"office statute row {row['number']}",
    "statute_verification": lambda row: f"office statute verification {row['number']}",
}
AMOUNTS: dict[str, tuple[str, ...]] = {
    "claim": ("principal_ore", "interest_before_due_ore", "fees_ore", "interest_charged_ore"),
    "claim_letter": ("fee_ore", "interest_ore"),
    "journal_row": ("amount_ore",),
    "payment_file": ("net_ore", "payment_count"),
    "payment": ("amount_ore", "placed_ore"),
    "unplaced": ("amount_ore",),
    "voucher_line": ("amount_ore",),
    "ledger_transaction": ("amount_ore",),
    "manual_act": ("amount_ore",),
    "adjustment": ("amount_ore",),
    "refund": ("amount_ore",),
    "refund_file": ("sum_ore", "refund_count"),
}
COPIES: dict[str, Row] = {
    "debtor": {"id": 99, "customer_no": 99},
    "case": {"id": 99, "number": "1-99", "kid": "99"},
    "case_event": {"event_no": 99},
    "claim": {"id": 99, "offer": 99},
    "claim_letter": {"letter_no": 99},
    "receipt": {"number": 99, "offer": 99},
    "journal": {"number": 99, "source": "copy"},
    "journal_row": {"row_no": 99},
    "payment_file": {"number": 99},
    "payment": {"number": 99, "identity": "copy", "reverses": None},
    "payment_detail": {"payment": 99},
    "payment_file_override": {"number": 99},
    "unplaced": {"payment": 99},
    "posting": {"number": 99},
    "voucher": {"ordinal": 99, "number": 99, "key": "copy"},
    "voucher_line": {"line_no": 99},
    "ledger_transaction": {"number": 99, "booking": 99, "journal": 99},
    "status_event": {"number": 99, "version": 99},
    "interest_terms": {"number": 99},
    "interest_pause": {"number": 99},
    "setup_change": {"number": 99},
    "payment_agreement": {"account_number": "99991042764"},
    "agreement_creditor": {"creditor": 99},
    "kid_structure": {"length": 20},
    "creditor_allocation": {"money": "wage_deduction"},
    "creditor_sub_ledger": {"sub_ledger_type": "X"},
    "workflow": {"code": "X"},
    "creditor": {"number": 99, "company": 99},
    "party": {"id": 99},
    "party_number": {"number": 99, "digits": "1"},
    "party_member": {"number": 99},
    "party_fact": {"number": 99},
    "party_access": {"number": 99},
    "case_party": {"number": 99},
    "manual_act": {"number": 99, "request_id": "copy"},
    "posting_choice": {"number": 99},
    "adjustment": {"number": 99, "undoes": None},
    "creditor_costs": {"creditor": 99},
    "refund": {"number": 99, "act": 99, "end_to_end_id": "copy"},
    "refund_file": {"number": 99, "message_id": "copy"},
    "statute_row": {"number": 99},
    "statute_verification": {"number": 99},
}
"""What a copy of a row must change, so that the database takes it."""


def test_a_busy_office_is_clean(tampering: Tampering) -> None:
    assert tampering.audit() == []
    assert all(tampering.rows(table) for table in NAMES)


@pytest.mark.parametrize("table", AMOUNTS)
def test_one_ore_more_anywhere_is_named(tampering: Tampering, table: str) -> None:
    wrong = {}
    for row in tampering.some(table):
        for column in AMOUNTS[table]:
            if row[column] is None:
                continue
            statement = f'UPDATE "{table}" SET "{column}" = "{column}" + ? WHERE rowid = ?'
            tampering.change(statement, (1, row["rowid"]))
            found = things(tampering.audit())
            tampering.change(statement, (-1, row["rowid"]))
            if found != [NAMES[table](row)]:
                wrong[f"{NAMES[table](row)} {column}"] = found

    assert wrong == {}


@pytest.mark.parametrize("table", NAMES)
def test_a_row_that_is_gone_is_named(tampering: Tampering, table: str) -> None:
    wrong = {}
    for row in tampering.some(table):
        tampering.change(f'DELETE FROM "{table}" WHERE rowid = ?', (row["rowid"],))
        found = things(tampering.audit())
        tampering.insert(table, row)
        if found != [NAMES[table](row)]:
            wrong[NAMES[table](row)] = found

    assert wrong == {}


@pytest.mark.parametrize("table", NAMES)
def test_a_row_that_is_there_twice_is_named(tampering: Tampering, table: str) -> None:
    wrong = {}
    for row in tampering.some(table):
        copy = {**row, **COPIES[table]}
        del copy["rowid"]
        with tampering.undone(table):
            tampering.insert(table, copy)
            found = things(tampering.audit())
        if found != [NAMES[table](copy)]:
            wrong[NAMES[table](row)] = found

    assert wrong == {}


@pytest.mark.parametrize(
    ("change", "thing", "entry"),
    [
        ("UPDATE claim SET state = 'paid' WHERE id = 2", "office claim 2", 1002),
        ("UPDATE claim SET state = 'registered' WHERE id = 3", "office claim 3", 1003),
        ("UPDATE claim SET version = 9 WHERE id = 3", "office claim 3", 1003),
        ("UPDATE \"case\" SET state = 'closed' WHERE id = 1", "office case 1", None),
        ("UPDATE \"case\" SET state = 'registered' WHERE id = 2", "office case 2", None),
        ("UPDATE voucher SET state = 'approved' WHERE number = 1", "office voucher 1-1", None),
        ("UPDATE voucher SET state = 'posted' WHERE number = 2", "office voucher 1-2", None),
        ("DELETE FROM voucher_receipt WHERE number = 2", "office voucher 1-1", None),
        ("UPDATE journal SET posting = NULL WHERE number = 7", "office journal 7", 1001),
        ("UPDATE journal SET posting = 1 WHERE number = 19", "office journal 19", 1001),
        ("UPDATE unplaced SET placed_by = NULL WHERE payment = 4", "office unplaced payment 4", None),
        ("UPDATE unplaced SET placed_by = 14 WHERE payment = 7", "office unplaced payment 7", None),
        ("UPDATE ledger_transaction SET kind = 'payment' WHERE number = 2", "office transaction 1-2", 1006),
        ("UPDATE journal SET row_count = 5 WHERE number = 7", "office journal 7 row 5", 1001),
        ("DELETE FROM posting_exclusion WHERE journal = 18", "office journal 18 exclusion", None),
        ("UPDATE posting_exclusion SET because = 'x'", "office journal 18 exclusion", None),
        (
            "INSERT INTO posting_exclusion VALUES (19, 'x', 'kari', '2026-11-23 12:00:00')",
            "office journal 19 exclusion",
            None,
        ),
        ("UPDATE refund SET file = NULL", "office refund file 1", None),
        ("UPDATE refund SET cancelled_by = 1", "office refund 1", None),
        ("DELETE FROM journal_row WHERE journal = 7", "office journal 7", None),
        ("DELETE FROM voucher_line WHERE posting = 1 AND ordinal = 2", "office voucher 1-2", None),
        ("UPDATE case_event SET event = 'interest_pause' WHERE event = 'interest_resume'", "office case 3", None),
    ],
)
def test_a_wrong_state_or_count_is_named(tampering: Tampering, change: str, thing: str, entry: int | None) -> None:
    tampering.change(change)

    assert [(one.thing, one.entry) for one in tampering.audit()] == [(thing, entry)]


@pytest.mark.parametrize(
    ("change", "entry"),
    [
        ("UPDATE claim SET principal_ore = principal_ore - 1 WHERE id = 4", 1004),
        ("UPDATE claim_letter SET fee_ore = 1 WHERE claim = 5 AND letter_no = 1", 1005),
        ("UPDATE journal_row SET amount_ore = 1 WHERE journal = 6 AND row_no = 1", 1006),
        ("UPDATE voucher_line SET amount_ore = 1 WHERE posting = 1 AND ordinal = 1 AND line_no = 7", 1003),
        ("UPDATE ledger_transaction SET amount_ore = 1 WHERE number = 1", 1001),
        ("DELETE FROM claim WHERE id = 4", 1004),
        ("DELETE FROM receipt WHERE offer = 4", 1004),
        ("DELETE FROM journal WHERE number = 4", 1004),
        ("DELETE FROM ledger_transaction WHERE number = 2", 1006),
        ("UPDATE interest_terms SET bears_interest = TRUE WHERE number = 1", 1006),
        ("UPDATE interest_pause SET last_day = '2026-11-30' WHERE number = 1", 1004),
    ],
)
def test_the_ledger_is_told_which_entry_it_is_about(tampering: Tampering, change: str, entry: int) -> None:
    tampering.change(change)

    assert [one.entry for one in tampering.audit()] == [entry]


def test_expected_and_found_are_told_in_ore(tampering: Tampering) -> None:
    tampering.change("UPDATE payment SET amount_ore = 50001 WHERE number = 1")

    assert tampering.audit() == [Discrepancy("office payment 1", "amount", 50_000, 50_001, 1001)]


def test_two_faults_are_two_discrepancies(tampering: Tampering) -> None:
    tampering.change("UPDATE claim SET fees_ore = fees_ore + 1 WHERE id = 4")
    tampering.change("UPDATE unplaced SET amount_ore = amount_ore - 1 WHERE payment = 9")

    assert things(tampering.audit()) == ["office claim 4", "office unplaced payment 9"]
