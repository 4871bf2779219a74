"""When salær arises: nothing, simple, heavy, by the letters that were sent and what the debtor did.

Law: inkassoloven (LOV-1988-05-13-26) §§ 9, 10 and 17; inkassoforskriften (FOR-1989-07-14-562) §§ 2-3 and 2-4. Simple
from the day the agency sends its betalingsoppfordring, after the deadline of the inkassovarsel was missed, which is
sent after the due date. Days on which a reasonable objection stands count towards no deadline. Heavy when
the deadline of the betalingsoppfordring, moved to a working day, is exceeded by more than `heavy_salaer_days`.
"""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from kravbro.core.calendar import next_working_day
from kravbro.core.claims import Letter
from kravbro.core.derivation import Fact, Step, row_step, step
from kravbro.core.errors import DataFault
from kravbro.core.fees.amounts import Fee, whole_number
from kravbro.core.fees.deadlines import deadline_of
from kravbro.core.fees.objections import Objection, put_off, standing
from kravbro.core.fees.salaer import Debt, Picked, Stage, Terms, plan_cap, salaer_cap
from kravbro.core.statute.law import Statute
from kravbro.core.statute.rows import Day


class Course(msgspec.Struct, frozen=True):
    """How the collection of a claim has gone.

    `notice` is the inkassovarsel, whoever sent it; `demand` the betalingsoppfordring that the agency sent; `paid_on`
    the day on which the whole principal was paid. `own_collection` is a municipality that collects its own claims.
    """

    notice: Letter | None = None
    demand: Letter | None = None
    paid_on: date | None = None
    objections: tuple[Objection, ...] = ()
    own_collection: bool = False

    def paid_by(self, on: date) -> date | None:
        """The day on which the principal was paid, if that was not after `on`."""
        return self.paid_on if self.paid_on is not None and self.paid_on <= on else None


class Reached(msgspec.Struct, frozen=True):
    """The stage that collection has reached, None before the first, and why."""

    stage: Stage | None
    derivation: Step


class Plan(msgspec.Struct, frozen=True):
    """An agreed plan of instalments. `in_court`: the claim is being collected through court or enforcement."""

    agreed_on: date
    instalments: int
    in_court: bool = False


def reached(course: Course, due_date: date, on: date, statute: Statute) -> Reached:
    """The stage on a day, of a claim that fell due on `due_date`.

    Raises DataFault `fees.deadline_too_short` for a letter that gives less time than the law asks, and `statute.*`.
    """
    if why := _barred(course, on):
        return Reached(None, why)
    until = course.paid_by(on) or on
    letters = _founding(course, due_date, until)
    if isinstance(letters, Step):
        return Reached(None, letters)
    notice, demand = letters
    notice_days = _checked(notice, "notice_days", statute)
    demand_days = _checked(demand, "demand_days", statute)
    deadline = deadline_of(notice, course.objections)
    if not deadline.missed_by(demand.sent_on):
        facts: dict[str, Fact] = {"sent_on": demand.sent_on, "deadline": deadline.shown}
        return Reached(None, step("fees.salaer.notice_running", notice_days, *deadline.steps(), **facts))
    steps = (notice_days, demand_days, *deadline.steps())
    simple = step("fees.salaer.simple_since", *steps, on=demand.sent_on, deadline=deadline.shown)
    heavy_on = heavy_from(demand, statute, course.objections)
    if heavy_on is None or until < heavy_on:
        return Reached(Stage.SIMPLE, simple)
    return Reached(Stage.HEAVY, _heavy_step(demand, heavy_on, statute, simple))


def heavy_from(demand: Letter, statute: Statute, objections: tuple[Objection, ...] = ()) -> date | None:
    """The first day of heavy salær: day 43 after a betalingsoppfordring with 14 days, at the earliest.

    The stated deadline is moved to a working day, the day that is counted from it is not. Days on which a reasonable
    objection stands are not counted; None while one without an end stands in the way.
    """
    days = statute.days("heavy_salaer_days", demand.sent_on)
    unmoved = next_working_day(demand.deadline) + timedelta(days=days + 1)
    return put_off(unmoved, demand.sent_on, objections)


def salaer(debt: Debt, terms: Terms, course: Course, on: date, statute: Statute) -> Fee:
    """The most that may be asked for on a day; 0, and why, before salær arises and while nothing may be asked for.

    Raises DataFault as `reached` and `salaer_cap` do.
    """
    now = reached(course, debt.due_date, on, statute)
    if now.stage is None or course.demand is None:
        return Fee(0, now.derivation)
    picked = Picked(course.paid_by(on) or on, course.demand.sent_on)
    cap = salaer_cap(now.stage, debt, terms, picked, statute)
    return Fee(cap.amount_ore, msgspec.structs.replace(cap.derivation, steps=(now.derivation, *cap.derivation.steps)))


def plan_salaer(plan: Plan, debt: Debt, terms: Terms, course: Course, on: date, *, statute: Statute) -> Fee:
    """What a plan of instalments adds to the salær of a day; 0 where it adds nothing, and why.

    It adds to a salær, so there is none before salær arises. Raises DataFault as `reached` and `plan_cap` do.
    """
    now = reached(course, debt.due_date, on, statute)
    if now.stage is None or course.demand is None:
        return Fee(0, now.derivation)
    if why := _plan_barred(plan, course, on):
        return Fee(0, why)
    (row,) = statute.figure(
        "plan_instalments", {Day.PLAN_AGREED: plan.agreed_on, Day.DEMAND_SENT: course.demand.sent_on}
    ).rows
    if plan.instalments <= row.figure:
        return Fee(0, step("fees.plan.few", row_step(row), instalments=plan.instalments, most=str(row.figure)))
    cap = plan_cap(debt, terms, Picked(course.paid_by(on) or on, course.demand.sent_on), statute)
    steps = (row_step(row), *cap.derivation.steps)
    return Fee(cap.amount_ore, msgspec.structs.replace(cap.derivation, steps=steps))


def _plan_barred(plan: Plan, course: Course, on: date) -> Step | None:
    """What bars an addition for a plan on a day, whatever its instalments."""
    if plan.agreed_on > on:
        return step("fees.plan.later", agreed_on=plan.agreed_on, on=on)
    paid_on = course.paid_by(on)
    if paid_on is not None and plan.agreed_on > paid_on:
        return step("fees.plan.after_payment", agreed_on=plan.agreed_on, paid_on=paid_on)
    if objection := standing(course.objections, plan.agreed_on):
        return step("fees.salaer.disputed", since=objection.since, on=plan.agreed_on)
    return step("fees.plan.in_court") if plan.in_court else None


def _barred(course: Course, on: date) -> Step | None:
    """What bars every salær on a day, whatever was sent."""
    if course.own_collection:
        return step("fees.salaer.own_collection")
    if objection := standing(course.objections, on):
        return step("fees.salaer.disputed", since=objection.since, on=on)
    paid_on = course.paid_by(on)
    if course.notice is not None and paid_on is not None:
        deadline = deadline_of(course.notice, course.objections)
        if not deadline.missed_by(paid_on):
            facts: dict[str, Fact] = {"paid_on": paid_on, "deadline": deadline.shown}
            return step("fees.salaer.paid_in_time", *deadline.steps(), **facts)
    return None


def _founding(course: Course, due_date: date, until: date) -> tuple[Letter, Letter] | Step:
    """The inkassovarsel and the betalingsoppfordring that may found a salær, or why there are none."""
    notice, demand = course.notice, course.demand
    if demand is None or demand.sent_on > until:
        return step("fees.salaer.no_demand", on=until)
    if notice is None or notice.sent_on > demand.sent_on:
        return step("fees.salaer.no_notice", sent_on=demand.sent_on)
    if notice.sent_on <= due_date:
        return step("fees.salaer.notice_before_due", sent_on=notice.sent_on, due_date=due_date)
    for letter in (notice, demand):
        if objection := standing(course.objections, letter.sent_on):
            return step("fees.salaer.disputed", since=objection.since, on=letter.sent_on)
    return notice, demand


def _checked(letter: Letter, rule: str, statute: Statute) -> Step:
    """The row that says how long a deadline must at least be, once the letter has given that."""
    least = whole_number(statute, rule, letter.sent_on)
    if (letter.deadline - letter.sent_on).days < least.number:
        raise DataFault(
            "fees.deadline_too_short",
            letter=letter.kind.value,
            sent_on=letter.sent_on,
            deadline=letter.deadline,
            days=least.number,
        )
    return row_step(least.row)


def _heavy_step(demand: Letter, heavy_on: date, statute: Statute, simple: Step) -> Step:
    late = whole_number(statute, "heavy_salaer_days", demand.sent_on)
    facts: dict[str, Fact] = {
        "deadline": demand.deadline,
        "moved_to": next_working_day(demand.deadline),
        "days": late.number,
    }
    return step("fees.salaer.heavy_since", simple, row_step(late.row), on=heavy_on, **facts)
