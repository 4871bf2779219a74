"""What screens and the command line show of a busy office, and its dump."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from kravbro.core.errors import DataFault
from kravbro.formats.earlier_claims import Row
from kravbro.office.dump import LEFT_OUT, dump_office
from kravbro.office.earlier.claims import import_earlier_claims
from kravbro.office.queries import cases as case_queries
from kravbro.office.queries import payments as payment_queries
from kravbro.office.queries import postings as posting_queries
from kravbro.office.queries.cases import Balances
from kravbro.office.tables import office
from tests.office.builders import Desk
from tests.office.busy import open_busy_desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    busy = open_busy_desk(tmp_path_factory.mktemp("busy"))
    earlier = Row(2, "K-2071", 10_001, "501", date(2026, 3, 2), date(2026, 3, 23), 125_000)
    with busy.writing() as connection:
        import_earlier_claims(connection, 1, [earlier], "saker.csv", busy.act)
    return busy


def test_cases_are_listed_by_number_and_state(desk: Desk) -> None:
    with desk.reading() as connection:
        everything = case_queries.cases(connection, 1)
        closed = case_queries.cases(connection, 1, state="closed", after="1-000002", limit=1)

    assert [(one.number, one.claims, one.owed_ore, one.state) for one in everything] == [
        ("1-000001", 2, 207_500 - 50_000 - 777 - 20_000 - 5_000 + 90_000 + 2 * 1_797, "registered"),
        ("1-000002", 1, 0, "closed"),
        ("1-000003", 2, 0, "closed"),
        ("1-000004", 1, 0, "closed"),
    ]
    assert [one.number for one in closed] == ["1-000003"]


def test_a_case_shows_its_claims_balances_and_events(desk: Desk) -> None:
    with desk.reading() as connection:
        shown = case_queries.case(connection, "1-000001")
        overpaid = case_queries.case(connection, "1-000003")

    assert (shown.line.debtor_name, shown.postcode) == ("Kunde 1", "2040")
    assert [(one.entry, one.balances) for one in shown.claims] == [
        (1001, Balances(principal_ore=100_000 - 46_250 - 777 - 20_000 - 5_000, interest_ore=1_797, costs_ore=90_000)),
        (1002, Balances(principal_ore=100_000, interest_ore=250 + 1_797, fees_ore=3_500)),
    ]
    charged = ["charged", "charged", "waived", "waived", "adjustment_undone"]
    assert [one.event for one in shown.events] == ["open", "join", *charged]
    assert overpaid.overpaid_ore == 22_500


def test_a_case_that_is_not_there_is_a_fault(desk: Desk) -> None:
    with pytest.raises(DataFault, match=r"office\.no_such_case"), desk.reading() as connection:
        case_queries.case(connection, "1-9")


def test_claims_are_told_as_they_were_accepted(desk: Desk) -> None:
    with desk.reading() as connection:
        accepted = case_queries.claims_as_accepted(connection, 1)

    assert [(one.case_number, one.entry, one.total_ore) for one in accepted][:3] == [
        ("1-000001", 1001, 103_750),
        ("1-000001", 1002, 103_750),
        ("1-000002", 1003, 103_750),
    ]


def test_payments_and_unplaced_money(desk: Desk) -> None:
    with desk.reading() as connection:
        payments = payment_queries.payments(connection, 1, after=5, limit=3)
        unplaced = payment_queries.unplaced_money(connection, 1)

    assert [(one.number, one.file, one.amount_ore, one.reverses) for one in payments] == [
        (6, "ocr.txt", -40_000, 5),
        (7, "ocr.txt", 900, None),
        (8, "next.txt", 104_000, None),
    ]
    assert [(one.payment, one.amount_ore, one.because) for one in unplaced] == [
        (7, 900, "office.unplaced.kid_length"),
        (9, 1_000, "office.unplaced.no_kid"),
        (11, -1_000, "office.unplaced.original_unplaced"),
        (15, 1_000, "office.unplaced.no_kid"),
        (16, 2_000, "office.unplaced.no_kid"),
    ]


def test_postings_show_what_became_of_their_vouchers(desk: Desk) -> None:
    with desk.reading() as connection:
        listed = posting_queries.postings(connection, 1)
        shown = posting_queries.posting(connection, 1, 1)
        with pytest.raises(DataFault, match=r"office\.no_such_posting"):
            posting_queries.posting(connection, 1, 9)

    assert [(one.posting, one.state, one.vouchers) for one in listed] == [(2, "draft", 1), (1, "approved", 3)]
    assert listed[1].debit_ore == 384_527 + 40_000 + 900 + 777
    assert [(one.key, one.state, one.voucher_no) for one in shown] == [
        ("kontor-1-1", "posted", "901"),
        ("kontor-1-2", "approved", ""),
        ("kontor-1-3", "approved", ""),
    ]
    assert sum(line.amount_ore for one in shown for line in one.lines) == 0


def test_a_dump_holds_every_table_but_what_is_left_out(desk: Desk) -> None:
    with desk.reading() as connection:
        whole = dump_office(connection)
    told = {row["actor"] for rows in whole.values() for row in rows if "actor" in row}

    assert json.loads(json.dumps(whole)) == whole
    assert told == {"kari"}
    assert not any(set(LEFT_OUT) & set(row) for rows in whole.values() for row in rows)
    inner = {
        "agreement_creditor", "case_event", "case_party", "claim_letter", "creditor_allocation",
        "creditor_costs", "creditor_ledgerless", "interest_pause", "interest_terms", "journal_row", "kid_structure",
        "party_access", "party_fact", "party_member", "party_number", "payment_detail", "payment_file_override",
        "voucher_line",
        "counter", "residence", "known_age",
    }  # fmt: skip
    assert len(whole) == len(office.tables) - len(inner)
    after_a_restore, given_back = {"lost_voucher_receipts", "burnt_numbers"}, {"returns", "withdrawals"}
    of_elsewhere = {"adopted_claims", "registered_claims"}
    assert {name for name, rows in whole.items() if not rows} == after_a_restore | given_back | of_elsewhere
    assert whole["claims"][1]["balances_ore"] == {"fees": 3_500, "interest": 2_047, "principal": 100_000}
    assert len(whole["claims"][0]["letters"]) == 2


def test_the_dump_of_a_new_office_is_the_same_every_time(tmp_path: Path) -> None:
    dumps = []
    for name in "ab":
        (tmp_path / name).mkdir()
        desk = open_busy_desk(tmp_path / name)
        with desk.reading() as connection:
            dumps.append(dump_office(connection))

    assert dumps[0] == dumps[1]
