"""Intake: offers become cases, receipts and statuses; known ones stay known, and pages do not matter."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kravbro.core.claims import ClaimState, Outcome, Parts, Reason, Waiting
from kravbro.core.errors import DataFault, Stop
from kravbro.core.identifiers import kid
from kravbro.office import streams
from kravbro.office import tables as t
from kravbro.office.agreements import close_agreement
from kravbro.office.audit import audit
from kravbro.office.case_numbers import CaseSeries
from kravbro.office.creditors import KidStructure, Names
from kravbro.office.dump import dump_office
from kravbro.ports.identity import Delivered
from tests.office.builders import FACTS, REMINDER, TODAY, Desk, offer, open_database, open_desk, party, payment, set_up
from tests.places import NewPlace

pytestmark = pytest.mark.rules


@pytest.fixture
def desk(new_place: NewPlace) -> Desk:
    return open_desk(new_place.where())


EXEMPT = msgspec.structs.replace(FACTS, exempt_from_collection=True)
IN_BATCH = msgspec.structs.replace(FACTS, draft_vouchers=1)


def receipts(desk: Desk) -> list[tuple[int, int, Outcome, str, tuple[Reason, ...]]]:
    with desk.reading() as connection:
        found = streams.receipts(connection, 1, 0, 100)
    return [(one.number, one.offer, one.outcome, one.case_number, one.reasons) for one in found]


def test_an_accepted_claim_has_everything_that_belongs_to_it(desk: Desk) -> None:
    assert desk.offer(offer(1)) == Delivered(new=1, known=0)

    (case,) = desk.rows(t.case)
    (claim,) = desk.rows(t.claim)
    (status,) = desk.rows(t.status_event)
    assert (case.number, case.state, case.workflow) == ("1-000001", "registered", "K")
    assert kid.is_valid(case.kid, "mod10")
    assert (case.kid[:-1], len(case.kid)) == ("00100000001", 12)
    assert (claim.entry, claim.principal_ore, claim.state, claim.version) == (1001, 100_000, "registered", 1)
    assert [(row.kind, row.fee_ore, row.interest_ore) for row in desk.rows(t.claim_letter)] == [
        ("purring", 0, 250),
        ("inkassovarsel", 3_500, 0),
    ]
    assert [(row.account, row.amount_ore) for row in desk.rows(t.journal_row)] == [
        ("principal", 100_000),
        ("interest", 250),
        ("fees", 3_500),
        ("opened", -103_750),
    ]
    assert (status.version, status.state) == (1, ClaimState.REGISTERED)
    assert receipts(desk) == [(1, 1, Outcome.ACCEPTED, "1-000001", ())]


def test_interest_before_due_and_charged_count_from_days_of_their_own(desk: Desk) -> None:
    desk.offer(offer(1, parts=Parts(100_000, 700, 3_500, 250)))

    interest = [row for row in desk.rows(t.journal_row) if row.account == "interest"]
    assert [(row.amount_ore, row.counts_from) for row in interest] == [
        (700, date(2026, 9, 1)),
        (250, date(2026, 9, 15)),
    ]


def test_claims_on_one_debtor_join_a_case_that_has_not_begun(desk: Desk) -> None:
    desk.offer(offer(1, 1), offer(2, 2), offer(3, 1))

    assert [row.case for row in desk.rows(t.claim)] == [1, 2, 1]
    assert [(row.case, row.event) for row in desk.rows(t.case_event)] == [(1, "open"), (1, "join"), (2, "open")]


def test_another_workflow_is_another_case(desk: Desk) -> None:
    desk.offer(offer(1, 1), offer(2, 1, sub_ledger_type="SFO"))

    assert [(row.case, row.sub_ledger_type) for row in desk.rows(t.claim)] == [(1, "KOM"), (2, "SFO")]


def test_a_closed_case_takes_no_new_claims(desk: Desk) -> None:
    desk.offer(offer(1, 1))
    desk.pay(payment(1, 103_750, desk.rows(t.case)[0].kid))
    desk.offer(offer(2, 1))

    assert [(row.number, row.state) for row in desk.rows(t.case)] == [
        ("1-000001", "closed"),
        ("1-000002", "registered"),
    ]


def test_a_refusal_names_every_reason(desk: Desk) -> None:
    assert desk.offer(offer(1, facts=EXEMPT, currency="EUR")) == Delivered(new=1, known=0)

    ((_, _, outcome, case, reasons),) = receipts(desk)
    assert (outcome, case) == (Outcome.REFUSED, "")
    assert {reason.code for reason in reasons} == {"gate.exempt_from_collection", "gate.foreign_currency"}
    assert desk.rows(t.claim) == []


def test_warnings_are_kept_with_the_acceptance(desk: Desk) -> None:
    desk.offer(offer(1, debtor=party(1, identity_number="")))

    (row,) = desk.rows(t.receipt)
    assert [reason["code"] for reason in json.loads(row.warnings)] == ["gate.identity_number_missing"]
    assert json.loads(row.reasons) == []


def test_what_waits_leaves_nothing(desk: Desk) -> None:
    waits = (Waiting(1, offer(1).entry, (Reason("gate.batch_not_updated"),)),)
    assert desk.offer(offer(1, facts=IN_BATCH)) == Delivered(new=0, known=0, waiting=1, waits=waits)

    assert receipts(desk) == []
    assert desk.offer(offer(1)) == Delivered(new=1, known=0)


def test_known_offers_change_nothing(desk: Desk) -> None:
    desk.offer(offer(1), offer(2, facts=EXEMPT))
    with desk.reading() as connection:
        before = dump_office(connection)

    assert desk.offer(offer(1, facts=EXEMPT), offer(2, facts=EXEMPT)) == Delivered(new=0, known=2)
    with desk.reading() as connection:
        assert dump_office(connection) == before


def test_a_refused_offer_that_waits_now_is_known(desk: Desk) -> None:
    desk.offer(offer(1, facts=EXEMPT))

    assert desk.offer(offer(1, facts=IN_BATCH)) == Delivered(new=0, known=1)


def test_acceptance_replaces_refusal_with_a_receipt_of_its_own(desk: Desk) -> None:
    desk.offer(offer(1, facts=EXEMPT))

    assert desk.offer(offer(1)) == Delivered(new=1, known=0)
    assert [row[:3] for row in receipts(desk)] == [(1, 1, Outcome.REFUSED), (2, 1, Outcome.ACCEPTED)]
    assert desk.offer(offer(1, facts=EXEMPT)) == Delivered(new=0, known=1)


@pytest.mark.parametrize("first", [offer(1), offer(1, facts=EXEMPT)], ids=["accepted", "refused"])
@pytest.mark.parametrize(
    "changed",
    [
        offer(1, parts=Parts(100_001, 0, 3_500, 250)),
        offer(1, entry=4),
        offer(1, sequence=4),
        offer(1, invoice_no="4"),
        offer(1, kid="4"),
        offer(1, due_date=date(2026, 9, 2)),
        offer(1, invoice_date=date(2026, 8, 2)),
    ],
)
def test_a_known_offer_with_other_frozen_content_is_a_fault(desk: Desk, first: object, changed: object) -> None:
    desk.offer(first)  # type: ignore[arg-type] # parametrized

    with pytest.raises(DataFault, match=r"office\.offer_changed"):
        desk.offer(changed)  # type: ignore[arg-type]


def test_a_claim_that_is_here_under_another_offer_was_already_sent(desk: Desk) -> None:
    desk.offer(offer(1), offer(2, entry=1001))

    assert receipts(desk)[1][4] == (Reason("gate.already_sent"),)
    assert desk.offer(offer(3, entry=1001, facts=msgspec.structs.replace(FACTS, already_sent=True))).new == 1
    assert receipts(desk)[2][4] == (Reason("gate.already_sent"),)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"letters": (REMINDER,)}, "office.letters_disagree"),
        ({"parts": Parts(100_000, 0, 3_501, 250)}, "office.letters_disagree"),
        ({"parts": Parts(100_000, -1, 3_500, 250)}, "office.negative_part"),
    ],
)
def test_an_offer_that_contradicts_itself_is_refused(desk: Desk, changes: dict[str, Any], code: str) -> None:
    desk.offer(offer(1, sub_ledger_type="SFO", **changes))

    assert [reason.code for reason in receipts(desk)[0][4]] == [code]


def test_an_unknown_sub_ledger_type_stops_the_job(desk: Desk) -> None:
    with pytest.raises(Stop, match=r"office\.sub_ledger_missing") as stopped:
        desk.offer(offer(1), offer(2, sub_ledger_type="NEW"))

    assert stopped.value.facts == {"creditor": 1, "type": "NEW", "offer": 2}
    assert desk.rows(t.claim) == []


def test_an_offer_of_another_company_is_a_fault(desk: Desk) -> None:
    with pytest.raises(DataFault, match=r"office\.wrong_company"):
        desk.offer(offer(1, company=2))


def test_without_a_case_kid_no_case_is_made(new_place: NewPlace) -> None:
    desk = open_desk(new_place.where(), structures=[KidStructure(9, "mod10", Names.INVOICE)])

    with pytest.raises(Stop, match=r"office\.no_case_kid"):
        desk.offer(offer(1))


def test_a_closed_agreement_issues_no_case_kids(desk: Desk) -> None:
    with desk.writing() as connection:
        close_agreement(connection, "86011117947", TODAY, "moved", desk.act)

    with pytest.raises(Stop, match=r"office\.no_case_kid"):
        desk.offer(offer(1))


def test_the_debtor_is_kept_as_the_ledger_knows_it_now(desk: Desk) -> None:
    desk.offer(offer(1, 1))
    desk.offer(offer(2, 1, debtor=party(1, address="Ny vei 2")), offer(3, 1, debtor=party(1, address="Nyere vei 3")))

    assert [row.address for row in desk.rows(t.debtor)] == ["Nyere vei 3"]
    with desk.reading() as connection:
        assert audit(connection, 1) == []


def test_a_serial_number_without_a_mod11_digit_is_skipped_for_number_and_kid() -> None:
    structure = KidStructure(8, "mod11", Names.CASE)
    series = CaseSeries(1, structure, 1)
    issued = [series.issue() for _ in range(30)]

    serials = [int(number[2:]) for number, _ in issued]
    skipped = set(range(1, serials[-1] + 1)) - set(serials)
    assert skipped
    assert all(kid.check_digit(f"001{serial:04d}", "mod11") == "-" for serial in skipped)
    assert all(kid.is_valid(one, "mod11") and one[3:7] == number[-4:] for number, one in issued)


def test_a_full_series_stops() -> None:
    series = CaseSeries(1, KidStructure(6, "mod10", Names.CASE), 99)

    assert series.issue()[0] == "1-000099"
    with pytest.raises(Stop, match=r"office\.case_series_full"):
        series.issue()


def mixed_offers() -> list[object]:
    """Every kind of answer, customers with several claims, and one customer that moves."""
    offers: list[object] = []
    for number in range(1, 41):
        customer = 1 + number * 7 % 11
        changes: dict[str, Any] = {}
        if number % 5 == 0:
            changes["facts"] = EXEMPT
        if number % 7 == 0:
            changes["facts"] = IN_BATCH
        if number % 9 == 0:
            changes["entry"] = 1_000 + number - 1
        if number % 4 == 0:
            changes["sub_ledger_type"] = "SFO"
        changes["debtor"] = party(customer, address=f"Gata {number // 10}")
        offers.append(offer(number, customer, **changes))
    return [*offers, offers[0], offers[4]]


@pytest.mark.parametrize("method", ["mod10", "mod11"])
def test_pages_do_not_matter(tmp_path: Path, method: str) -> None:
    offers = mixed_offers()
    dumps = []
    for size in (1, 2, len(offers)):
        folder = tmp_path / str(size)
        folder.mkdir()
        structures = [KidStructure(10, method, Names.CASE), KidStructure(9, "mod10", Names.INVOICE)]  # type: ignore[arg-type]
        desk = open_desk(folder, structures=structures)
        answers = [desk.offer(*offers[at : at + size]) for at in range(0, len(offers), size)]  # type: ignore[arg-type]
        assert sum(one.new + one.known + one.waiting for one in answers) == len(offers)
        with desk.reading() as connection:
            assert audit(connection, 1) == []
            dumps.append(dump_office(connection))

    assert dumps[0] == dumps[1] == dumps[2]
    assert len(dumps[0]["claims"]) > 20


def test_the_day_decides_and_not_the_moment(new_place: NewPlace) -> None:
    engine = open_database(new_place.where())
    desk = Desk(engine, TODAY - timedelta(days=60))
    with desk.writing() as connection:
        set_up(connection)

    answer = desk.offer(offer(1, sub_ledger_type="SFO", due_date=desk.on))
    assert (answer.waiting, [one.ready_on for one in answer.waits]) == (1, [desk.on + timedelta(days=14)])
