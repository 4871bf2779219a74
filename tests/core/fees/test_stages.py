"""When salær arises: the shortest lawful path day by day, holidays, objections, and what bars it."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kravbro.core.claims import Letter
from kravbro.core.errors import DataFault
from kravbro.core.fees.letters import Sending, letter_fee
from kravbro.core.fees.objections import Objection
from kravbro.core.fees.salaer import Debt, Stage, Terms
from kravbro.core.fees.stages import Course, Plan, heavy_from, plan_salaer, reached, salaer
from tests.core.fees.law import DEMAND, NOTICE, REMINDER, SHIPPED, codes, day, letter, rules

DUE = date(2026, 1, 5)
DEBT = Debt(12_000_00, DUE)
PATH_NOTICE = letter(NOTICE, "2026-02-03", "2026-02-17", 38_00)
PATH_DEMAND = letter(DEMAND, "2026-02-18", "2026-03-04")
PATH = Course(PATH_NOTICE, PATH_DEMAND)

# Public holidays of 2026 and the first days of 2027 on weekdays, copied from a calendar.
HOLIDAYS = frozenset(
    map(
        day,
        [
            "2026-01-01", "2026-04-02", "2026-04-03", "2026-04-06", "2026-05-01", "2026-05-14", "2026-05-25",
            "2026-12-25", "2027-01-01", "2027-03-25", "2027-03-26", "2027-03-29",
        ],
    )
)  # fmt: skip


def heavy_oracle(sent: int, given_days: int, objections: tuple[Objection, ...] = ()) -> int | None:
    """The ordinal of the first heavy day: one day at a time, by the weekday's number and the list above."""
    deadline = date.fromordinal(sent + given_days)
    while deadline.isoweekday() > 5 or deadline in HOLIDAYS:
        deadline = date.fromordinal(deadline.toordinal() + 1)
    to_count = deadline.toordinal() - sent + 29
    today = sent
    for _ in range(1_000):
        today += 1
        if not any(one.since.toordinal() <= today <= (one.until or date.max).toordinal() for one in objections):
            to_count -= 1
        if to_count == 0:
            return today
    return None


@pytest.mark.parametrize("number", range(121))
def test_the_shortest_lawful_path_day_by_day(number: int) -> None:
    """Fee 1 from day 14, its deadline day 28, fee 2 from day 29, salær from day 44, heavy from day 87."""
    on = DUE + timedelta(days=number)
    first = letter(REMINDER, "2026-01-19", "2026-02-02", 38_00)
    sent = [each for each in (first, PATH_NOTICE) if each.sent_on < on]
    fees = {kind: letter_fee(Sending(kind, DUE, on), sent, SHIPPED).amount_ore for kind in (REMINDER, NOTICE, DEMAND)}
    fee = salaer(DEBT, Terms(), PATH, on, SHIPPED).amount_ore

    before_any, first_waits = number < 14, 14 < number < 29
    assert fees[REMINDER] == (0 if before_any or first_waits or number > 29 else 38_00)
    assert fees[NOTICE] == (0 if before_any or first_waits or number > 29 else 38_00)
    assert fees[DEMAND] == (113_00 if number == 29 or number >= 44 else 0)
    assert fee == (0 if number < 44 else 1_200_00 if number < 87 else 2_400_00)


@pytest.mark.parametrize("number", range(366))
def test_heavy_salaer_begins_on_the_day_the_oracle_counts_to_whatever_day_the_demand_is_sent(number: int) -> None:
    sent = date(2026, 1, 1) + timedelta(days=number)
    demand = Letter(DEMAND, sent, sent + timedelta(days=14))
    found = heavy_from(demand, SHIPPED)

    assert found is not None
    assert found.toordinal() == heavy_oracle(sent.toordinal(), 14)
    assert (found - sent).days >= 43


@pytest.mark.parametrize(
    ("sent", "deadline", "heavy"),
    [
        ("2026-02-02", "2026-02-16", "2026-03-17"),
        ("2026-03-19", "2026-04-02", "2026-05-06"),
        ("2026-03-20", "2026-04-03", "2026-05-06"),
        ("2026-03-23", "2026-04-06", "2026-05-06"),
        ("2026-03-24", "2026-04-07", "2026-05-06"),
        ("2026-12-10", "2026-12-24", "2027-01-22"),
        ("2026-12-11", "2026-12-25", "2027-01-26"),
        ("2026-12-18", "2027-01-01", "2027-02-02"),
    ],
)
def test_easter_and_christmas_move_the_deadline_and_not_the_day_counted_from_it(
    sent: str, deadline: str, heavy: str
) -> None:
    due, course = date(2026, 1, 4), Course(letter(NOTICE, "2026-01-05", "2026-01-19"), letter(DEMAND, sent, deadline))

    assert reached(course, due, day(heavy) - timedelta(days=1), SHIPPED).stage is Stage.SIMPLE
    assert reached(course, due, day(heavy), SHIPPED).stage is Stage.HEAVY


@st.composite
def objected(draw: st.DrawFn) -> tuple[int, int, tuple[Objection, ...]]:
    sent = date(2026, 2, 1) + timedelta(days=draw(st.integers(0, 250)))
    objections = []
    for _ in range(draw(st.integers(0, 3))):
        since = sent + timedelta(days=draw(st.integers(-30, 80)))
        length = draw(st.sampled_from([None, 0, 1, 10, 40]))
        objections.append(Objection(since, None if length is None else since + timedelta(days=length)))
    return sent.toordinal(), draw(st.integers(14, 30)), tuple(objections)


@settings(max_examples=400, deadline=None)
@given(objected())
def test_days_with_an_objection_do_not_count_towards_heavy(drawn: tuple[int, int, tuple[Objection, ...]]) -> None:
    sent, given_days, objections = drawn
    demand = Letter(DEMAND, date.fromordinal(sent), date.fromordinal(sent + given_days))
    found = heavy_from(demand, SHIPPED, objections)

    assert (found and found.toordinal()) == heavy_oracle(sent, given_days, objections)


def owed(course: Course, on: str, debt: Debt = DEBT) -> tuple[int, str]:
    fee = salaer(debt, Terms(), course, day(on), SHIPPED)
    return fee.amount_ore, fee.derivation.code


def changed(**changes: object) -> Course:
    return msgspec.structs.replace(PATH, **changes)


@pytest.mark.parametrize(
    ("course", "on", "code"),
    [
        (changed(demand=None), "2026-06-01", "fees.salaer.no_demand"),
        (PATH, "2026-02-17", "fees.salaer.no_demand"),
        (changed(paid_on=date(2026, 2, 17)), "2026-06-01", "fees.salaer.paid_in_time"),
        (changed(notice=None), "2026-06-01", "fees.salaer.no_notice"),
        (changed(notice=letter(NOTICE, "2026-02-19", "2026-03-05")), "2026-06-01", "fees.salaer.no_notice"),
        (changed(demand=letter(DEMAND, "2026-02-17", "2026-03-04")), "2026-06-01", "fees.salaer.notice_running"),
        (changed(own_collection=True), "2026-06-01", "fees.salaer.own_collection"),
        (changed(objections=(Objection(date(2026, 5, 1)),)), "2026-06-01", "fees.salaer.disputed"),
        (
            changed(objections=(Objection(date(2026, 2, 10), date(2026, 2, 18)),)),
            "2026-06-01",
            "fees.salaer.disputed",
        ),
    ],
)
def test_no_salaer_and_the_reason(course: Course, on: str, code: str) -> None:
    assert owed(course, on) == (0, code)


def test_payment_within_the_deadline_of_the_inkassovarsel_leaves_nothing_and_a_day_later_nothing_either() -> None:
    before_the_demand = changed(demand=letter(DEMAND, "2026-02-20", "2026-03-06"), paid_on=date(2026, 2, 18))

    assert owed(before_the_demand, "2026-06-01") == (0, "fees.salaer.no_demand")


def test_payment_ends_the_course_and_picks_the_sats() -> None:
    old = Course(letter(NOTICE, "2025-10-20", "2025-11-03"), letter(DEMAND, "2025-11-10", "2025-11-24"))
    debt = Debt(12_000_00, date(2025, 10, 1))

    assert owed(old, "2025-12-22", debt) == (1_120_00, "fees.salaer.simple")
    assert owed(old, "2025-12-23", debt) == (2_240_00, "fees.salaer.heavy")
    assert owed(old, "2026-01-01", debt) == (2_400_00, "fees.salaer.heavy")
    paid = msgspec.structs.replace(old, paid_on=date(2025, 12, 22))
    assert owed(paid, "2026-06-01", debt) == (1_120_00, "fees.salaer.simple")
    assert owed(msgspec.structs.replace(old, paid_on=date(2026, 7, 1)), "2025-12-31", debt)[0] == 2_240_00


def test_an_objection_after_the_payment_holds_back_what_may_be_asked_and_leaves_the_stage() -> None:
    standing = changed(paid_on=date(2026, 4, 1), objections=(Objection(date(2026, 4, 15)),))
    ended = changed(paid_on=date(2026, 4, 1), objections=(Objection(date(2026, 4, 15), date(2026, 4, 20)),))

    assert owed(standing, "2026-04-14") == (1_200_00, "fees.salaer.simple")
    assert owed(standing, "2026-05-01") == (0, "fees.salaer.disputed")
    assert owed(ended, "2026-05-01") == (1_200_00, "fees.salaer.simple")


@pytest.mark.parametrize(
    ("due", "expected"), [("2026-02-02", 1_200_00), ("2026-02-03", 0), ("2026-02-17", 0), ("2026-06-01", 0)]
)
def test_an_inkassovarsel_that_was_not_sent_after_the_due_date_founds_nothing(due: str, expected: int) -> None:
    amount_ore, code = owed(PATH, "2026-02-20", Debt(12_000_00, day(due)))

    assert amount_ore == expected
    assert code == ("fees.salaer.simple" if expected else "fees.salaer.notice_before_due")


def test_days_with_an_objection_do_not_count_towards_the_deadline_of_the_inkassovarsel() -> None:
    """With 14 days from the end of the objection on February 17th, the deadline ends on March 3rd."""
    whole = (Objection(date(2026, 2, 4), date(2026, 2, 17)),)

    def demanded(sent: str, deadline: str) -> tuple[int, str]:
        return owed(changed(demand=letter(DEMAND, sent, deadline), objections=whole), "2026-03-10")

    assert demanded("2026-02-18", "2026-03-04") == (0, "fees.salaer.notice_running")
    assert demanded("2026-03-03", "2026-03-17") == (0, "fees.salaer.notice_running")
    assert demanded("2026-03-04", "2026-03-18") == (1_200_00, "fees.salaer.simple")
    late = letter(DEMAND, "2026-03-04", "2026-03-18")
    in_time = changed(demand=late, objections=whole, paid_on=date(2026, 3, 3))
    assert owed(in_time, "2026-06-01") == (0, "fees.salaer.paid_in_time")


def test_an_inkassovarsel_sent_under_an_objection_founds_nothing() -> None:
    for since, until in (("2026-02-03", "2026-02-03"), ("2026-01-20", "2026-02-03")):
        course = changed(objections=(Objection(day(since), day(until)),))
        assert owed(course, "2026-06-01") == (0, "fees.salaer.disputed")
    ended = changed(
        objections=(Objection(date(2026, 1, 20), date(2026, 2, 2)),),
    )
    assert owed(ended, "2026-02-18") == (1_200_00, "fees.salaer.simple")


def test_salaer_comes_back_when_the_objection_has_ended_and_the_wait_stood_still() -> None:
    course = changed(objections=(Objection(date(2026, 3, 1), date(2026, 3, 10)),))

    assert owed(course, "2026-02-28") == (1_200_00, "fees.salaer.simple")
    assert owed(course, "2026-03-10")[0] == 0
    assert owed(course, "2026-03-11") == (1_200_00, "fees.salaer.simple")
    assert owed(course, "2026-04-11") == (1_200_00, "fees.salaer.simple")
    assert owed(course, "2026-04-12") == (2_400_00, "fees.salaer.heavy")


def test_a_salaer_says_since_when_and_by_which_rows() -> None:
    fee = salaer(DEBT, Terms(), PATH, day("2026-04-02"), SHIPPED)

    assert rules(fee.derivation) >= {"notice_days", "demand_days", "heavy_salaer_days", "salaer_heavy", "inkassosats"}
    assert codes(fee.derivation)[1] == "fees.salaer.heavy_since"


@pytest.mark.parametrize(
    "course",
    [
        changed(demand=letter(DEMAND, "2026-02-18", "2026-03-03")),
        changed(notice=letter(NOTICE, "2026-02-03", "2026-02-16")),
    ],
)
def test_a_deadline_shorter_than_the_law_asks_is_refused(course: Course) -> None:
    with pytest.raises(DataFault, match=r"fees\.deadline_too_short") as fault:
        owed(course, "2026-06-01")

    assert fault.value.facts["days"] == 14


def plan(
    instalments: int = 5, *, in_court: bool = False, course: Course = PATH, on: str = "2026-03-10"
) -> tuple[int, str]:
    agreed = Plan(date(2026, 3, 1), instalments, in_court)
    fee = plan_salaer(agreed, DEBT, Terms(), course, day(on), statute=SHIPPED)
    return fee.amount_ore, fee.derivation.code


def test_a_plan_adds_its_salaer_from_the_fifth_instalment() -> None:
    assert plan(5) == (1_125_00, "fees.plan.cap")
    assert plan(4) == (0, "fees.plan.few")


def test_a_plan_agreed_after_the_principal_was_paid_adds_nothing() -> None:
    for paid_on, expected in ((date(2026, 3, 1), 1_125_00), (date(2026, 2, 28), 0)):
        amount_ore, code = plan(course=changed(paid_on=paid_on))
        assert (amount_ore, code) == (expected, "fees.plan.cap" if expected else "fees.plan.after_payment")
    assert plan(course=changed(paid_on=date(2026, 2, 28)), on="2026-02-27") == (0, "fees.plan.later")


def test_a_plan_for_a_claim_of_which_nothing_is_left_adds_nothing() -> None:
    credited = Debt(12_000_00, DUE, credited_ore=12_000_00)
    fee = plan_salaer(Plan(date(2026, 3, 1), 5), credited, Terms(), PATH, day("2026-03-10"), statute=SHIPPED)

    assert (fee.amount_ore, "fees.salaer.nothing_left" in codes(fee.derivation)) == (0, True)


def test_a_plan_adds_nothing_in_court_before_it_is_agreed_or_where_there_is_no_salaer() -> None:
    assert plan(in_court=True) == (0, "fees.plan.in_court")
    assert plan(on="2026-02-28") == (0, "fees.plan.later")
    assert plan(on="2026-03-01") == (1_125_00, "fees.plan.cap")
    assert plan(course=changed(own_collection=True)) == (0, "fees.salaer.own_collection")
    assert plan(course=changed(demand=None)) == (0, "fees.salaer.no_demand")
    assert plan(course=changed(objections=(Objection(date(2026, 3, 10)),))) == (0, "fees.salaer.disputed")
    assert plan(course=changed(objections=(Objection(date(2026, 3, 1), date(2026, 3, 2)),)))[0] == 0
