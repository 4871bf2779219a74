"""Every derivation of a fee can be told in every language, each step with all its facts."""

from __future__ import annotations

import ast
import re
from datetime import date
from pathlib import Path

import msgspec
import pytest

import kravbro.core.fees
from kravbro.core.claims import Letter
from kravbro.core.derivation import Step
from kravbro.core.fees.compensation import recoverable, standard_compensation
from kravbro.core.fees.court import Charge, court_charge, pleading_salaer
from kravbro.core.fees.letters import Sending, letter_fee
from kravbro.core.fees.merging import Joining, joined_cap
from kravbro.core.fees.objections import Objection
from kravbro.core.fees.salaer import Debt, Picked, Stage, Terms, salaer_cap
from kravbro.core.fees.stages import Course, Plan, plan_salaer, salaer
from kravbro.texts.derivations import as_data, told
from kravbro.texts.sentences import LANGUAGES
from tests.core.fees.law import DEMAND, NOTICE, REMINDER, SHIPPED, codes, day, letter

DUE = date(2026, 1, 5)
ON = date(2026, 2, 1)
PICKED = Picked(ON, ON)
PATH = Course(letter(NOTICE, "2026-02-03", "2026-02-17", 38_00), letter(DEMAND, "2026-02-18", "2026-03-04"))
FIRST = letter(REMINDER, "2026-01-19", "2026-02-02", 38_00)
SECOND = letter(NOTICE, "2026-02-03", "2026-02-17", 38_00)


def of_letters() -> list[Step]:
    def asked(
        kind: object, sent_on: str, *letters: Letter, since: str = "2099-01-01", until: str | None = None
    ) -> Step:
        sending = msgspec.convert({"kind": kind, "due_date": DUE, "sent_on": sent_on}, Sending)
        return letter_fee(
            sending, letters, SHIPPED, [Objection(day(since), None if until is None else day(until))]
        ).derivation

    return [
        asked(REMINDER, "2026-01-18"),
        asked(REMINDER, "2026-01-19"),
        asked(REMINDER, "2026-01-19", since="2026-01-01"),
        asked(DEMAND, "2026-01-19"),
        asked(NOTICE, "2026-02-02", FIRST),
        asked(NOTICE, "2026-02-10", letter(REMINDER, "2026-01-19", "2026-01-20", 38_00)),
        asked(NOTICE, "2026-12-10", FIRST),
        asked(REMINDER, "2026-03-10", FIRST, SECOND),
        asked(NOTICE, "2026-03-10", FIRST, letter(REMINDER, "2026-02-03", "2026-02-17", 38_00)),
        asked(DEMAND, "2026-02-10", FIRST, SECOND),
        asked(DEMAND, "2026-02-10", letter(REMINDER, "2026-01-05", "2026-01-30")),
        asked(NOTICE, "2026-02-10", FIRST, since="2026-01-19", until="2026-01-20"),
        asked(NOTICE, "2026-02-10", FIRST, since="2026-01-20", until="2026-02-09"),
        letter_fee(Sending(REMINDER, DUE, day("2026-01-19"), 0), [], SHIPPED).derivation,
    ]


def of_salaer() -> list[Step]:
    debt, no_vat = Debt(500_00, DUE), Terms(consumer=False, vat_deductible=False)

    def asked(on: str = "2026-06-01", **changes: object) -> Step:
        return salaer(debt, no_vat, msgspec.structs.replace(PATH, **changes), day(on), SHIPPED).derivation

    return [
        asked("2026-02-20"),
        asked(),
        asked(demand=None),
        asked(notice=None),
        asked(notice=letter(NOTICE, "2026-02-10", "2026-02-24")),
        asked(own_collection=True),
        asked(notice=letter(NOTICE, "2026-01-05", "2026-01-24")),
        asked(paid_on=date(2026, 2, 10)),
        salaer_cap(Stage.SIMPLE, debt, no_vat, Picked(ON, DUE), SHIPPED).derivation,
        asked(objections=(Objection(DUE),)),
        salaer(msgspec.structs.replace(debt, credited_ore=500_00), no_vat, PATH, ON, SHIPPED).derivation,
        salaer(msgspec.structs.replace(debt, credited_ore=500_00), no_vat, PATH, day("2026-06-01"), SHIPPED).derivation,
        *[
            plan_salaer(plan, debt, no_vat, PATH, day("2026-03-02"), statute=SHIPPED).derivation
            for plan in (Plan(day("2026-03-01"), 5), Plan(day("2026-03-01"), 4), Plan(day("2026-03-01"), 5, True))
        ],
        plan_salaer(
            Plan(day("2026-03-01"), 5),
            debt,
            no_vat,
            msgspec.structs.replace(PATH, paid_on=day("2026-02-28")),
            day("2026-03-02"),
            statute=SHIPPED,
        ).derivation,
        plan_salaer(Plan(day("2026-03-03"), 5), debt, no_vat, PATH, day("2026-03-02"), statute=SHIPPED).derivation,
    ]


def of_the_rest() -> list[Step]:
    debts = [Debt(500_00, DUE), Debt(400_00, DUE)]
    return [
        *[joined_cap(Stage.SIMPLE, debts, Terms(), PICKED, SHIPPED, joining=one).derivation for one in Joining],
        *[court_charge(charge, ON, SHIPPED).derivation for charge in Charge],
        pleading_salaer(ON, ON, SHIPPED, vat_deductible=False).derivation,
        recoverable(1, standard_compensation(ON, SHIPPED, consumer=False)).derivation,
        recoverable(1, standard_compensation(ON, SHIPPED, consumer=True)).derivation,
    ]


ALL = [*of_letters(), *of_salaer(), *of_the_rest()]


def step_codes() -> set[str]:
    """Every code of a step that the package writes out."""
    written: set[str] = set()
    for file in Path(kravbro.core.fees.__path__[0]).glob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        errors = {id(call.args[0]) for call in ast.walk(tree) if isinstance(call, ast.Call) and _makes_a_fault(call)}
        written |= {
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in errors
            if re.fullmatch(r"fees(\.[a-z_]+)+", node.value)
        }
    return written


def _makes_a_fault(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id == "DataFault"


def test_every_step_that_the_package_can_make_is_among_those_told_here() -> None:
    made = {code for derivation in ALL for code in codes(derivation)}

    assert step_codes() - made == set()
    assert {code for code in made if code.startswith("fees.court.")} >= {f"fees.court.{one.value}" for one in Charge}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("derivation", ALL, ids=lambda one: one.code)
def test_a_derivation_is_told_line_by_line(derivation: Step, language: str) -> None:
    lines = list(told(derivation, language))

    assert len(lines) == len(codes(derivation))
    assert all(line.strip() and "{" not in line for line in lines)
    assert as_data(derivation, language)["text"] == lines[0]


def test_amounts_and_shares_are_written_as_they_are_read() -> None:
    fee = court_charge(Charge.MUNICIPAL_NOTICE, ON, SHIPPED)
    lines = [line.strip().replace("\u00a0", " ") for line in told(fee.derivation, "nb")]

    assert lines[0] == "Kommunens gebyr for varsel om eget utlegg, 2026-02-01: høyst kr 464,00"
    assert lines[1] == "34,5 % av rettsgebyret, kr 1 345,00"
