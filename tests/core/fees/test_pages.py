"""Every row of the tables in docs/algorithms/fees.md, salaer.md and merging.md, recomputed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kravbro.core.calendar import next_working_day
from kravbro.core.claims import Letter, LetterKind
from kravbro.core.fees.compensation import recoverable, standard_compensation
from kravbro.core.fees.court import Charge, court_charge, pleading_salaer
from kravbro.core.fees.letters import Sending, letter_cap, letter_fee
from kravbro.core.fees.merging import Joining, joined_cap
from kravbro.core.fees.objections import Objection
from kravbro.core.fees.salaer import Debt, Picked, Stage, Terms, plan_cap, salaer_cap
from kravbro.core.fees.stages import Course, heavy_from, salaer
from tests.core.fees.law import DEMAND, NOTICE, SHIPPED, day, letter
from tests.docs_tables import table_with, tables

FEES, SALAER, MERGING = (f"docs/algorithms/{page}.md" for page in ("fees", "salaer", "merging"))
Row = dict[str, str]

WORKED = {
    FEES: (
        ("letter", "due", "sent", "fee"),
        ("sent before", "letter", "sent", "fee", "because"),
        ("objection", "sent before", "letter", "sent", "fee", "because"),
        ("interest began", "debtor", "costs", "compensation", "costs beyond", "recoverable"),
        ("charge", "on", "kroner"),
    ),
    SALAER: (
        ("principal", "credited", "interest before due", "due", "paid", "debtor", "VAT", "simple", "heavy"),
        ("sent", "deadline", "heavy from", "day", "note"),
        ("due", "objection", "demanded", "paid", "asked", "salær", "because"),
        ("day", "date", "letter", "deadline", "letter fee", "salær"),
        ("due", "paid", "debtor", "VAT", "plan"),
    ),
    MERGING: (("claims", "policy", "simple", "heavy"),),
}
PROSE = {
    FEES: (
        ("Question that the sources leave open", "Read as", "Why"),
        ("Case in flight on the day of the switch", "Follows"),
    ),
    SALAER: (("Question", "Read as", "Refused"),),
    MERGING: (("policy", "what counts as one claim"), ("Rule", "Why")),
}
FIRST_CLAIM_DUE = day("2026-01-05")
PATH = Course(letter(NOTICE, "2026-02-03", "2026-02-17", 38_00), letter(DEMAND, "2026-02-18", "2026-03-04"))


def ore(cell: str) -> int:
    kroner, _, rest = cell.replace(" ", "").partition(",")
    assert len(rest) == 2, f"{cell} is not written as kroner and øre"
    return int(kroner) * 100 + int(rest)


def terms(row: Row) -> Terms:
    assert row["debtor"] in {"consumer", "business"}
    assert row["VAT"] in {"deductible", "not deductible"}
    return Terms(consumer=row["debtor"] == "consumer", vat_deductible=row["VAT"] == "deductible")


def rows(page: str, number: int) -> list[Row]:
    return table_with(page, *WORKED[page][number])


def named(row: Row) -> str:
    return " | ".join(row.values())


@pytest.mark.parametrize("page", WORKED)
def test_every_table_of_the_page_is_run_or_is_prose(page: str) -> None:
    found = {tuple(table[0]) for table in tables(page)}

    assert found == {*WORKED[page], *PROSE[page]}


@pytest.mark.parametrize("row", rows(FEES, 0), ids=named)
def test_the_fee_of_a_first_letter(row: Row) -> None:
    fee = letter_cap(Sending(LetterKind(row["letter"]), day(row["due"]), day(row["sent"])), SHIPPED)

    assert fee.amount_ore == ore(row["fee"])


def sent_before(cell: str) -> list[Letter]:
    letters = []
    for written in [] if cell == "\u2013" else cell.split(";"):
        kind, dates, fee = written.split()
        sent_on, deadline = dates.split("/")
        letters.append(letter(LetterKind(kind), sent_on, deadline, ore(fee)))
    return letters


@pytest.mark.parametrize("row", rows(FEES, 1), ids=named)
def test_the_fee_of_a_letter_after_others(row: Row) -> None:
    sending = Sending(LetterKind(row["letter"]), FIRST_CLAIM_DUE, day(row["sent"]))
    fee = letter_fee(sending, sent_before(row["sent before"]), SHIPPED)

    assert (fee.amount_ore, fee.derivation.code) == (ore(row["fee"]), row["because"])


def objections(cell: str) -> tuple[Objection, ...]:
    return tuple(Objection(*map(day, written.split("/"))) for written in [cell] if written != "\u2013")


@pytest.mark.parametrize("row", rows(FEES, 2), ids=named)
def test_the_fee_of_a_letter_after_others_and_an_objection(row: Row) -> None:
    sending = Sending(LetterKind(row["letter"]), FIRST_CLAIM_DUE, day(row["sent"]))
    fee = letter_fee(sending, sent_before(row["sent before"]), SHIPPED, objections(row["objection"]))

    assert (fee.amount_ore, fee.derivation.code) == (ore(row["fee"]), row["because"])


@pytest.mark.parametrize("row", rows(FEES, 3), ids=named)
def test_compensation_set_off_against_costs(row: Row) -> None:
    compensation = standard_compensation(day(row["interest began"]), SHIPPED, consumer=row["debtor"] == "consumer")
    found = recoverable(ore(row["costs"]), compensation)

    assert found.compensation_ore == ore(row["compensation"])
    assert found.costs_beyond_ore == ore(row["costs beyond"])
    assert found.amount_ore == ore(row["recoverable"])


@pytest.mark.parametrize("row", rows(FEES, 4), ids=named)
def test_charges_of_court_and_enforcement(row: Row) -> None:
    charge, on = row["charge"], day(row["on"])
    if charge.startswith("pleading_salaer"):
        fee = pleading_salaer(on, on, SHIPPED, vat_deductible=not charge.endswith(" with VAT"))
    else:
        fee = court_charge(Charge(charge), on, SHIPPED)

    assert fee.amount_ore == ore(row["kroner"])


def test_every_charge_has_a_row() -> None:
    assert {row["charge"] for row in rows(FEES, 4)} >= {charge.value for charge in Charge}


@pytest.mark.parametrize("row", rows(SALAER, 0), ids=named)
def test_the_cap_of_a_salaer(row: Row) -> None:
    debt = Debt(ore(row["principal"]), day(row["due"]), ore(row["credited"]), ore(row["interest before due"]))
    picked = Picked(day(row["paid"]), day(row["paid"]))
    found = [salaer_cap(stage, debt, terms(row), picked, SHIPPED).amount_ore for stage in Stage]

    assert found == [ore(row["simple"]), ore(row["heavy"])]


@pytest.mark.parametrize("row", rows(SALAER, 1), ids=named)
def test_the_first_day_of_heavy_salaer(row: Row) -> None:
    sent = day(row["sent"])

    assert heavy_from(letter(DEMAND, row["sent"], row["deadline"]), SHIPPED) == day(row["heavy from"])
    assert sent + timedelta(days=int(row["day"])) == day(row["heavy from"])
    assert (next_working_day(day(row["deadline"])) != day(row["deadline"])) == ("becomes" in row["note"])


@pytest.mark.parametrize("row", rows(SALAER, 2), ids=named)
def test_what_a_due_date_an_objection_and_a_payment_do_to_salaer(row: Row) -> None:
    demanded = day(row["demanded"])
    course = Course(
        letter(NOTICE, "2026-02-03", "2026-02-17"),
        Letter(DEMAND, demanded, demanded + timedelta(days=14)),
        None if row["paid"] == "\u2013" else day(row["paid"]),
        objections(row["objection"]),
    )
    fee = salaer(Debt(12_000_00, day(row["due"])), Terms(), course, day(row["asked"]), SHIPPED)

    assert (fee.amount_ore, fee.derivation.code) == (ore(row["salær"]), row["because"])


@pytest.mark.parametrize("row", rows(SALAER, 3), ids=named)
def test_the_shortest_lawful_path(row: Row) -> None:
    on = day(row["date"])
    written = [one for one in rows(SALAER, 3) if "\u2013" not in (one["deadline"], one["letter fee"])]
    earlier = [
        letter(LetterKind(one["letter"]), one["date"], one["deadline"], ore(one["letter fee"]))
        for one in written
        if day(one["date"]) < on
    ]

    assert FIRST_CLAIM_DUE + timedelta(days=int(row["day"])) == on
    if row in written:
        fee = letter_fee(Sending(LetterKind(row["letter"]), FIRST_CLAIM_DUE, on), earlier, SHIPPED)
        assert fee.amount_ore == ore(row["letter fee"])
    assert salaer(Debt(12_000_00, FIRST_CLAIM_DUE), Terms(), PATH, on, SHIPPED).amount_ore == ore(row["salær"])


@pytest.mark.parametrize("row", rows(SALAER, 4), ids=named)
def test_the_addition_for_a_plan(row: Row) -> None:
    found = plan_cap(Debt(12_000_00, day(row["due"])), terms(row), Picked(day(row["paid"]), day(row["paid"])), SHIPPED)

    assert found.amount_ore == ore(row["plan"])


@pytest.mark.parametrize("row", rows(MERGING, 0), ids=named)
def test_joined_claims(row: Row) -> None:
    debts = []
    for claim in row["claims"].split(";"):
        amounts, _, due = claim.strip().rpartition(" ")
        principal, _, credited = amounts.partition("/")
        debts.append(Debt(ore(principal), day(due), ore(credited or "0,00")))
    picked = Picked(day("2026-02-01"), day("2026-02-01"))
    found = [
        joined_cap(stage, debts, Terms(), picked, SHIPPED, joining=Joining(row["policy"])).amount_ore for stage in Stage
    ]

    assert found == [ore(row["simple"]), ore(row["heavy"])]
