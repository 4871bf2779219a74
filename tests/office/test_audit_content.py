"""Whatever was changed in a row past the program is named once: the row, and the claim that it rightfully belongs to.

Journals, debtors, cases, payments and approved vouchers carry a fingerprint of what they were written with, and a
claim's is on its receipt. Each cell that one of these covers is changed in turn.
"""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from kravbro.office import contents, setup
from tests.office.builders import CREDITOR, act
from tests.office.tampering import Row, Tampering, things
from tests.office.test_audit import NAMES
from tests.raw import Refused

Told = tuple[str, str, int | None]

COVERED: dict[str, tuple[str, ...]] = {
    "debtor": contents.DEBTOR[1:],
    "case": contents.CASE[1:],
    "claim": (
        "creditor", "offer", "entry", "case", "sub_ledger_type", "invoice_no", "invoice_kid", "invoice_date",
        "due_date", "sequence", "principal_ore", "interest_before_due_ore", "fees_ore", "interest_charged_ore",
    ),
    "claim_letter": contents.CLAIM_LETTER[2:],
    "journal": contents.JOURNAL[1:],
    "journal_row": contents.JOURNAL_ROW[2:],
    "payment": contents.PAYMENT[1:],
    "voucher": ("key", "dated", "text"),
    "voucher_line": (
        "account", "amount_ore", "customer_no", "claim", "invoice_no", "reference", "department", "project", "text",
    ),
    "unplaced": ("creditor", "amount_ore", "because"),
    "ledger_transaction": ("claim", "kind", "amount_ore", "posted_on", "value_on"),
    "payment_detail": contents.PAYMENT_DETAIL[1:],
    "payment_file_override": contents.PAYMENT_FILE_OVERRIDE[1:],
    "interest_terms": contents.INTEREST_TERMS[1:],
    "interest_pause": contents.INTEREST_PAUSE[1:],
    "party_number": contents.PARTY_NUMBER[1:],
    "party_member": contents.PARTY_MEMBER[1:],
    "party_fact": contents.PARTY_FACT[1:],
    "party_access": contents.PARTY_ACCESS[1:],
    "case_party": contents.CASE_PARTY[1:],
    "manual_act": contents.MANUAL_ACT[1:],
    "adjustment": tuple(name for name in contents.ADJUSTMENT[1:] if name != "undoes"),
    "posting_choice": contents.POSTING_CHOICE[1:],
    "refund": contents.REFUND[1:],
    "refund_file": contents.REFUND_FILE[1:],
    "statute_row": contents.STATUTE_ROW[1:],
    "statute_verification": contents.STATUTE_VERIFICATION[1:],
}  # fmt: skip
"""Columns of which every cell is vouched for by something else."""


def another(rows: list[Row], row: Row, column: str) -> object:
    """Another row's value or one that no row has, in turns."""
    values = [other[column] for other in rows if other[column] not in {row[column], None}]
    values.append(999 if isinstance(row[column], int) else date(2020, 2, 2) if isinstance(row[column], date) else "x")
    return values[0 if rows.index(row) % 2 else -1]


@pytest.mark.rules
@pytest.mark.parametrize("table", COVERED)
def test_every_changed_cell_is_named_once(tampering: Tampering, table: str) -> None:
    rows, wrong = tampering.rows(table), {}
    for row in tampering.some(table):
        if table == "voucher" and not row["number"]:
            continue
        for column in COVERED[table]:
            value = another(rows, row, column)
            if (table, column, value) == ("voucher_line", "claim", "x"):
                continue
            statement = f'UPDATE "{table}" SET "{column}" = ? WHERE rowid = ?'
            try:
                tampering.change(statement, (value, row["rowid"]))
            except Refused:
                continue
            found = things(tampering.audit())
            tampering.change(statement, (row[column], row["rowid"]))
            if found != [NAMES[table](row)]:
                wrong[f"{NAMES[table](row)} {column} = {value}"] = found

    assert wrong == {}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("UPDATE journal_row SET claim = 4 WHERE journal = 1 AND row_no = 1", ("journal 1 row 1", "claim", 1001)),
        ("UPDATE journal_row SET claim = 2 WHERE journal = 7 AND row_no = 4", ("journal 7 row 4", "claim", 1001)),
        ("UPDATE journal_row SET claim = 4 WHERE journal = 19 AND row_no = 2", ("journal 19 row 2", "claim", 1001)),
        ("UPDATE journal_row SET claim = 5 WHERE journal = 9 AND row_no = 4", ("journal 9 row 4", "claim", 1004)),
        ("UPDATE journal_row SET claim = 3 WHERE journal = 14 AND row_no = 2", ("journal 14 row 2", "claim", 1001)),
        ("UPDATE journal_row SET claim = 2 WHERE journal = 15 AND row_no = 1", ("journal 15 row 1", "claim", 1001)),
        ("UPDATE journal_row SET claim = 2 WHERE journal = 15", ("journal 15", "claim", 1001)),
        ("UPDATE journal_row SET claim = 2 WHERE journal = 1", ("journal 1", "claim", 1001)),
        (
            "UPDATE journal_row SET account = 'costs' WHERE journal = 7 AND row_no = 3",
            ("journal 7 row 3", "content", 1001),
        ),
        ('UPDATE journal SET "case" = 2 WHERE number = 7', ("journal 7", "case", 1001)),
        ("UPDATE journal SET creditor = 2 WHERE number = 7", ("journal 7", "creditor", 1001)),
        ("UPDATE journal SET creditor = 2 WHERE number = 10", ("journal 10", "creditor", None)),
        ("UPDATE journal SET kind = 'reversal' WHERE number = 7", ("journal 7", "kind", 1001)),
        ("UPDATE journal SET kind = 'placing' WHERE number = 7", ("journal 7", "kind", 1001)),
        ('UPDATE "case" SET creditor = 2 WHERE id = 2', ("case 2", "content", 1003)),
        ('UPDATE "case" SET debtor = 1 WHERE id = 2', ("case 2", "content", 1003)),
        ("UPDATE debtor SET creditor = 2 WHERE id = 2", ("debtor 2", "content", 1003)),
        ("UPDATE debtor SET customer_no = 77 WHERE id = 2", ("debtor 2", "content", 1003)),
        ('UPDATE claim SET "case" = 2 WHERE id = 1', ("claim 1", "case", 1001)),
        ("UPDATE claim SET creditor = 2 WHERE id = 1", ("claim 1", "creditor", 1001)),
        ("UPDATE claim SET invoice_kid = '000000034' WHERE id = 1", ("claim 1", "content", 1001)),
        ("UPDATE claim SET due_date = '2026-09-02' WHERE id = 1", ("claim 1", "content", 1001)),
        ("UPDATE claim SET offer = 77 WHERE id = 1", ("claim 1", "content", 1001)),
        ("UPDATE receipt SET case_kid = '001000000024' WHERE number = 1", ("receipt 1-1", "content", 1001)),
        ("UPDATE receipt SET offer = 77 WHERE number = 1", ("receipt 1-1", "content", 1001)),
        ("UPDATE receipt SET outcome = 'refused' WHERE number = 1", ("receipt 1-1", "content", 1001)),
        ("UPDATE receipt SET outcome = 'accepted' WHERE number = 7", ("receipt 1-7", "unexpected", 1007)),
        ("UPDATE ledger_transaction SET claim = 2 WHERE number = 1", ("transaction 1-1", "claim", 1001)),
        (
            "UPDATE ledger_transaction SET value_on = '2026-10-01' WHERE number = 1",
            ("transaction 1-1", "content", 1001),
        ),
        (
            "UPDATE ledger_transaction SET value_on = '2026-01-01' WHERE number = 2",
            ("transaction 1-2", "content", 1006),
        ),
        ("UPDATE payment SET kid = '001000000024' WHERE number = 1", ("payment 1", "content", 1001)),
        ("UPDATE payment SET creditor = 2 WHERE number = 1", ("payment 1", "creditor", 1001)),
        ("UPDATE payment SET reverses = 3 WHERE number = 6", ("payment 6", "content", None)),
        ("UPDATE unplaced SET creditor = 2 WHERE payment = 7", ("unplaced payment 7", "creditor", None)),
        (
            "UPDATE voucher_line SET claim = 2 WHERE posting = 1 AND line_no = 4",
            ("voucher 1-1 line 4", "claim", 1001),
        ),
        (
            "UPDATE voucher_line SET customer_no = 9 WHERE posting = 1 AND line_no = 4",
            ("voucher 1-1 line 4", "content", 1001),
        ),
        ("UPDATE voucher SET dated = '2026-01-01' WHERE number = 1", ("voucher 1-1", "content", None)),
        (
            "UPDATE voucher_line SET invoice_no = '7' WHERE posting = 2 AND line_no = 6",
            ("posting 1-2 voucher 1 line 6", "content", 1001),
        ),
        ("UPDATE voucher SET text = 'x' WHERE posting = 2", ("posting 1-2 voucher 1", "content", None)),
        ("UPDATE posting SET state = 'draft' WHERE number = 1", ("posting 1-1", "state", None)),
        ("UPDATE posting SET state = 'approved' WHERE number = 2", ("posting 1-2", "state", None)),
        ("UPDATE voucher SET state = 'posted' WHERE posting = 2", ("posting 1-2 voucher 1", "state", None)),
        ("UPDATE interest_pause SET claim = 5 WHERE number = 1", ("interest pause 1", "claim", 1004)),
        ("UPDATE interest_pause SET claim = 1 WHERE number = 2", ("interest pause 2", "claim", 1005)),
        ("UPDATE interest_terms SET claim = 99 WHERE number = 1", ("interest terms 1", "claim", 1006)),
        ("UPDATE interest_terms SET agreed_percent = '1' WHERE number = 1", ("interest terms 1", "content", 1006)),
        ("DELETE FROM status_event WHERE claim = 3 AND version = 1", ("status 1-3", "missing", None)),
    ],
)  # fmt: skip
def test_what_was_changed_is_told_with_its_rightful_claim(tampering: Tampering, change: str, told: Told) -> None:
    tampering.change(change)

    thing, kind, entry = told
    assert [(one.thing, one.kind, one.entry) for one in tampering.audit()] == [(f"office {thing}", kind, entry)]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE journal SET creditor = 2 WHERE number = 7",
        "UPDATE journal SET creditor = 2 WHERE number = 10",
        'UPDATE "case" SET creditor = 2 WHERE id = 2',
        "UPDATE debtor SET creditor = 2 WHERE id = 2",
        "UPDATE claim SET creditor = 2 WHERE id = 1",
        "UPDATE payment SET creditor = 2 WHERE number = 1",
    ],
)  # fmt: skip
def test_both_creditors_name_what_went_from_one_to_the_other_alike(tampering: Tampering, change: str) -> None:
    with tampering.desk.writing() as connection:
        setup.add_creditor(connection, msgspec.structs.replace(CREDITOR, number=2, company=2), act())
    assert tampering.audit(2) == []
    tampering.change(change)

    both = [[(one.thing, one.kind) for one in tampering.audit(number)] for number in (1, 2)]
    assert len(both[0]) == 1
    assert both[0] == both[1]


def test_a_pause_that_went_to_another_creditors_claim_is_named_by_both(tampering: Tampering) -> None:
    with tampering.desk.writing() as connection:
        setup.add_creditor(connection, msgspec.structs.replace(CREDITOR, number=2, company=2), act())
    case = next(row for row in tampering.rows("case") if row["id"] == 1)
    tampering.insert("case", {**case, "rowid": 98, "id": 98, "creditor": 2, "number": "2-98", "kid": "98"})
    claim = next(row for row in tampering.rows("claim") if row["id"] == 1)
    tampering.insert("claim", {**claim, "rowid": 98, "id": 98, "creditor": 2, "case": 98})
    tampering.change("UPDATE interest_pause SET claim = 98 WHERE number = 1")

    told = [
        [(one.thing, one.kind, one.entry) for one in tampering.audit(number) if "interest" in one.thing]
        for number in (1, 2, 3)
    ]
    assert told == [
        [("office interest pause 1", "claim", 1004)],
        [("office interest pause 1", "claim", None)],
        [],
    ]


def test_two_case_kids_that_were_swapped_are_both_named(tampering: Tampering) -> None:
    kids = {row["id"]: row["kid"] for row in tampering.rows("case")}
    for case, kid in ((1, "x"), (2, kids[1]), (1, kids[2])):
        tampering.change('UPDATE "case" SET kid = ? WHERE id = ?', (kid, case))

    assert things(tampering.audit()) == ["office case 1", "office case 2"]


def test_one_ore_in_a_row_and_in_its_line_names_the_row_with_its_claim_and_the_line(tampering: Tampering) -> None:
    tampering.change("UPDATE journal_row SET amount_ore = amount_ore + 1 WHERE journal = 9 AND row_no = 7")
    tampering.change("UPDATE voucher_line SET amount_ore = amount_ore + 1 WHERE posting = 1 AND line_no = 13")

    found = [(one.thing, one.expected_ore, one.found_ore, one.entry) for one in tampering.audit()]
    assert found == [
        ("office journal 9 row 7", -100_000, -99_999, 1005),
        ("office voucher 1-1 line 13", -100_000, -99_999, 1005),
    ]


def test_opening_rows_that_cancel_are_told_by_their_own_ore(tampering: Tampering) -> None:
    tampering.change("UPDATE journal_row SET amount_ore = amount_ore + 1 WHERE journal = 4 AND row_no = 1")
    tampering.change("UPDATE journal_row SET amount_ore = amount_ore - 1 WHERE journal = 4 AND row_no = 2")

    found = [(one.thing, one.expected_ore, one.found_ore, one.entry) for one in tampering.audit()]
    assert found == [
        ("office journal 4 row 1", 100_000, 100_001, 1004),
        ("office journal 4 row 2", 250, 249, 1004),
    ]


def test_parts_of_a_claim_that_cancel_are_told_by_the_first(tampering: Tampering) -> None:
    tampering.change("UPDATE claim SET principal_ore = 100010, fees_ore = 3490 WHERE id = 4")

    found = [(one.thing, one.expected_ore, one.found_ore, one.entry) for one in tampering.audit()]
    assert found == [("office claim 4", 100_000, 100_010, 1004)]


def test_a_counter_that_is_gone_is_named_once(tampering: Tampering) -> None:
    wrong = {}
    for row in tampering.rows("counter"):
        tampering.change("DELETE FROM counter WHERE rowid = ?", (row["rowid"],))
        found = [(one.thing, one.kind) for one in tampering.audit()]
        tampering.insert("counter", row)
        if found != [(f"office counter {row['name']}{row['scope'].removeprefix('creditor')}", "missing")]:
            wrong[row["scope"], row["name"]] = found

    assert wrong == {}


CODES: dict[str, tuple[str, ...]] = {
    "debtor": ("kind", "protection"),
    "case": ("state",),
    "claim": ("state",),
    "claim_letter": ("kind",),
    "receipt": ("outcome", "reasons", "warnings"),
    "journal": ("kind",),
    "journal_row": ("account",),
    "unplaced": ("because",),
    "posting": ("state",),
    "voucher": ("state",),
    "ledger_transaction": ("kind",),
    "status_event": ("state",),
    "voucher_receipt": ("fate",),
    "creditor": (
        "collects", "allocation_order", "identity_number_missing", "organisation_number_missing", "foreign_address",
        "overpayment",
    ),
    "creditor_allocation": ("money", "order"),
    "kid_structure": ("names", "method"),
}  # fmt: skip
CODE_NAMES = NAMES | {
    "voucher_receipt": lambda row: f"office voucher receipt 1-{row['number']}",
    "creditor": lambda row: f"office creditor {row['number']}",
    "creditor_allocation": lambda row: f"office creditor {row['creditor']} allocation",
    "kid_structure": lambda row: f"office payment agreement {row['account_number']}",
}


@pytest.mark.parametrize("table", CODES)
def test_a_code_that_nobody_knows_is_named_and_stops_no_audit(tampering: Tampering, table: str) -> None:
    wrong = {}
    for row in tampering.some(table):
        for column in CODES[table]:
            for value in ("nonsense", '[{"code":1}]'):
                statement = f'UPDATE "{table}" SET "{column}" = ? WHERE rowid = ?'
                try:
                    tampering.change(statement, (value, row["rowid"]))
                except Refused:
                    continue
                found = [(one.thing, one.kind) for one in tampering.audit()]
                tampering.change(statement, (row[column], row["rowid"]))
                if found != [(CODE_NAMES[table](row), "code")]:
                    wrong[f"{CODE_NAMES[table](row)} {column}"] = found

    assert wrong == {}
