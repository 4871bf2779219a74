"""Older cases taken over: with their numbers, KIDs and amounts, once, and audited."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from kravbro.core.adoption import Adoption
from kravbro.core.claims import Outcome, Parts
from kravbro.core.errors import DataFault
from kravbro.core.interest import Change, late_interest
from kravbro.formats.earlier_claims import Row
from kravbro.office import streams
from kravbro.office import tables as t
from kravbro.office.audit import audit
from kravbro.office.creditors import KidStructure, Names
from kravbro.office.dump import dump_office
from kravbro.office.earlier.adoption import adopt_cases
from kravbro.office.earlier.claims import earlier_claims, import_earlier_claims
from kravbro.office.queries.balances import ClaimBalance, balances
from kravbro.ports.identity import Delivered
from tests.office.builders import STATUTE, STRUCTURES, TODAY, Desk, act, offer, open_desk, payment
from tests.office.ledgerless_acts import registered, set_account

DUE, CUT_OFF = date(2026, 3, 23), date(2026, 10, 1)
KID = "202607100001"


def row(number: int = 1, **changes: Any) -> Row:
    base = Row(
        1 + number, f"K-{number}", number, f"{500 + number}", date(2026, 3, 2), DUE, 125_000, case_kid=f"{KID}{number}",
        interest_ore=1_000, paid_interest_ore=300, fees_ore=3_500, costs_ore=70_000, paid_principal_ore=40_000,
        paid_costs_ore=20_000,
    )  # fmt: skip
    return msgspec.structs.replace(base, **changes)


def take_in(desk: Desk, *rows: Row) -> None:
    with desk.writing() as connection:
        import_earlier_claims(connection, 1, rows, "saker.csv", act())


def adoption(number: int = 1, **changes: Any) -> Adoption:
    frozen = msgspec.structs.replace(offer(number, number), parts=Parts(85_000), letters=(), sequence=0)
    base = Adoption(frozen, number, f"K-{number}", CUT_OFF, 85_000, "liste")
    return msgspec.structs.replace(base, **changes)


def adopt(desk: Desk, *adoptions: Adoption) -> Delivered:
    with desk.writing() as connection:
        return adopt_cases(connection, 1, adoptions, desk.act)


def answers(desk: Desk) -> list[tuple[Outcome, str, Sequence[str]]]:
    with desk.reading() as connection:
        found = streams.receipts(connection, 1, 0, 99)
    return [(one.outcome, one.case_number, [reason.code for reason in one.reasons]) for one in found]


def is_sound(desk: Desk) -> bool:
    with desk.reading() as connection:
        return audit(connection, 1) == []


def test_a_case_keeps_its_number_its_kid_and_what_remained_on_it(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    take_in(desk, row())
    assert adopt(desk, adoption()) == Delivered(1, 0)
    assert adopt(desk, adoption(), adoption()) == Delivered(0, 2)
    (case,) = desk.rows(t.case)
    assert (case.number, case.kid, case.state) == ("K-1", f"{KID}1", "in_progress")
    with desk.reading() as connection:
        (owed,) = balances(connection, TODAY, STATUTE)
        assert earlier_claims(connection, 1, 0, 9) == []
        assert len(dump_office(connection)["adopted_claims"]) == 1
    since = CUT_OFF - timedelta(days=1)
    interest_ore = late_interest([Change(since, 85_000)], TODAY, STATUTE).amount_ore
    assert interest_ore > 0
    assert owed == ClaimBalance(1, 85_000, 700, 3_500, 50_000, interest_ore)
    assert is_sound(desk)


def test_interest_runs_from_a_due_date_behind_the_cut_off(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    take_in(desk, row(due_date=date(2026, 10, 20)))
    adopt(desk, adoption())
    with desk.reading() as connection:
        (owed,) = balances(connection, TODAY, STATUTE)
    assert owed.uncharged_ore == late_interest([Change(date(2026, 10, 20), 85_000)], TODAY, STATUTE).amount_ore
    assert desk.rows(t.interest_pause) == []


def test_claims_of_one_case_stand_on_it_and_new_claims_of_the_debtor_do_not(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    take_in(desk, row(), row(2, case_number="K-1", customer=1, case_kid=""))
    other = adoption(2, case_number="K-1")
    other = msgspec.structs.replace(other, offer=msgspec.structs.replace(other.offer, debtor=adoption().offer.debtor))
    adopt(desk, adoption())
    adopt(desk, other)
    desk.offer(offer(9, 1))
    assert [one.case for one in desk.rows(t.claim)] == [1, 1, 2]
    assert [one.number for one in desk.rows(t.case)] == ["K-1", "1-000001"]
    assert is_sound(desk)


def test_a_debtor_pays_with_the_kid_of_the_older_case(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    take_in(desk, row(case_kid="202607100010"))
    adopt(desk, adoption())
    desk.pay(payment(1, 10_000, "202607100010"))
    with desk.reading() as connection:
        (owed,) = balances(connection, TODAY, STATUTE)
    assert (
        owed.principal_ore + owed.interest_ore + owed.fees_ore + owed.costs_ore
        == 85_000 + 700 + 3_500 + 50_000 - 10_000
    )


@pytest.mark.parametrize("known", [True, False])
def test_an_older_kid_of_another_length_finds_its_case_where_the_agreement_knows_it(
    tmp_path: Path, known: bool
) -> None:
    older = KidStructure(16, "mod10", Names.OLDER_CASE)
    desk = open_desk(tmp_path, structures=(*STRUCTURES, older) if known else STRUCTURES)
    take_in(desk, row(case_kid="2026071000000018"))
    adopt(desk, adoption())
    desk.pay(payment(1, 10_000, "2026071000000018"))
    desk.offer(offer(9, 9))

    assert [one.because for one in desk.rows(t.unplaced)] == ([] if known else ["office.unplaced.kid_length"])
    assert [len(one.kid) for one in desk.rows(t.case)] == [16, 12], "none is issued as an older one"
    assert is_sound(desk)


def test_what_was_paid_in_full_there_is_paid_here(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    take_in(desk, row(paid_principal_ore=125_000, paid_interest_ore=1_000, paid_fees_ore=3_500, paid_costs_ore=70_000))
    frozen = msgspec.structs.replace(adoption().offer, parts=Parts(0))
    adopt(desk, adoption(offer=frozen, collector_ore=0))
    assert [one.state for one in desk.rows(t.claim)] == ["paid"]
    assert [one.state for one in desk.rows(t.case)] == ["closed"]
    assert is_sound(desk)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([row(case_number="1-17")], "conversion.number_ours"),
        ([row(), row(2, case_number="K-1")], "conversion.several_customers"),
    ],
)
def test_a_case_that_cannot_be_taken_over_is_told_before_and_refused(
    tmp_path: Path, rows: list[Row], reason: str
) -> None:
    desk = open_desk(tmp_path)
    take_in(desk, *rows)
    with desk.reading() as connection:
        assert earlier_claims(connection, 1, 0, 9)[0].obstacle == reason
    assert adopt(desk, adoption(case_number=rows[0].case_number)) == Delivered(1, 0)
    assert answers(desk) == [(Outcome.REFUSED, "", [reason])]
    assert adopt(desk, adoption(case_number=rows[0].case_number)) == Delivered(0, 1)
    assert is_sound(desk)


def test_one_claim_is_joined_once(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    take_in(desk, row())
    second = adoption(offer=msgspec.structs.replace(adoption().offer, number=7, entry=77))
    assert adopt(desk, adoption(), second) == Delivered(2, 0)
    assert [codes for _, _, codes in answers(desk)] == [[], ["conversion.adopted_already"]]


def test_a_kid_that_names_several_cases_names_none(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    take_in(desk, row(case_kid=KID), row(2, case_kid=KID), row(3, case_kid="001000000016"))
    adopt(desk, adoption(), adoption(2), adoption(3))
    kids = {one.number: one.kid for one in desk.rows(t.case)}
    assert len(set(kids.values())) == 3
    assert KID not in kids.values()
    assert kids["K-3"] == "001000000016"
    desk.offer(offer(9, 9))
    assert len({one.kid for one in desk.rows(t.case)}) == 4, "no KID that an older case has is given out again"


@pytest.mark.parametrize(
    "changed",
    [
        adoption(cut_off=CUT_OFF + timedelta(days=1)),
        adoption(because="annet"),
        adoption(offer=msgspec.structs.replace(adoption().offer, parts=Parts(85_001))),
        adoption(offer=msgspec.structs.replace(adoption().offer, entry=9)),
    ],
)
def test_an_adoption_that_has_changed_is_refused(tmp_path: Path, changed: Adoption) -> None:
    desk = open_desk(tmp_path)
    take_in(desk, row(), row(2))
    adopt(desk, adoption())
    with pytest.raises(DataFault, match="adoption_changed"):
        adopt(desk, adoption(2), changed)
    assert len(desk.rows(t.claim)) == 1


@pytest.mark.parametrize("wrong", [{"earlier": 9}, {"case_number": "K-9"}, {"collector_ore": 84_999}])
def test_an_adoption_of_another_claim_than_was_told_is_refused(tmp_path: Path, wrong: dict[str, Any]) -> None:
    desk = open_desk(tmp_path)
    take_in(desk, row())
    with pytest.raises(DataFault, match="adoption_differs"):
        adopt(desk, adoption(**wrong))


@pytest.mark.parametrize(
    ("change", "thing"),
    [
        ("UPDATE adopted_claim SET ledger_ore = 1", "office adopted claim 1"),
        ("UPDATE adopted_claim SET cut_off = '2026-01-01'", "office adopted claim 1"),
        ("UPDATE adopted_claim SET told = ''", "office adopted claim 1"),
        ("DELETE FROM adopted_claim", "office adopted claim 1"),
        ("UPDATE journal_row SET amount_ore = 1 WHERE account = 'costs'", "office journal 2"),
        ("DELETE FROM journal WHERE kind = 'adopted'", "office journal 2"),
        ("DELETE FROM interest_pause", "office interest pause 1"),
    ],
)
def test_the_audit_names_what_was_tampered_with(tmp_path: Path, change: str, thing: str) -> None:
    desk = open_desk(tmp_path)
    take_in(desk, row())
    adopt(desk, adoption())
    with desk.writing() as connection:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        connection.execute(sa.text(change))
        found = [one.thing for one in audit(connection, 1)]
        connection.rollback()
    assert found
    assert found[0].startswith(thing), found


def test_an_invoice_that_a_person_registered_is_not_adopted_beside_it(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    set_account(desk)
    registered(desk, invoice_no=adoption().offer.invoice_no)
    take_in(desk, row())
    adopt(desk, adoption())
    assert answers(desk) == [(Outcome.REFUSED, "", ["office.registered_by_hand"])]
    assert is_sound(desk)
