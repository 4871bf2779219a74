"""Fees for letters that a creditor sends itself: purring, inkassovarsel and own betalingsoppfordring.

Law: inkassoforskriften (FOR-1989-07-14-562) §§ 1-1 to 1-4. The fraction is that of the day on which the claim fell
due, the inkassosats that of the day on which the letter is sent. Which letters may carry a fee one after the other:
two purringer, or a purring and then an inkassovarsel, and after either an own betalingsoppfordring.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from kravbro.core.calendar import add_months
from kravbro.core.claims import Letter, LetterKind
from kravbro.core.derivation import Fact, Step, row_step, step
from kravbro.core.errors import DataFault
from kravbro.core.fees.amounts import Fee, exact_ore, nearest, share_step, whole_number
from kravbro.core.fees.deadlines import deadline_of, void
from kravbro.core.fees.objections import Objection, standing
from kravbro.core.statute.law import Statute
from kravbro.core.statute.rows import Day

FEE_RULES = {
    LetterKind.REMINDER: "purring_fee",
    LetterKind.NOTICE: "inkassovarsel_fee",
    LetterKind.DEMAND: "own_betalingsoppfordring_fee",
}
_SMALL = frozenset({LetterKind.REMINDER, LetterKind.NOTICE})
_ORDER = (LetterKind.REMINDER, LetterKind.NOTICE, LetterKind.DEMAND)


class Sending(msgspec.Struct, frozen=True):
    """A letter that is to be sent on `sent_on` about a claim that fell due on `due_date`.

    `left_ore` is what is then left of the claim; None where that is not asked.
    """

    kind: LetterKind
    due_date: date
    sent_on: date
    left_ore: int | None = None


def letter_cap(sending: Sending, statute: Statute) -> Fee:
    """The most that such a letter may cost if it is the first, and every deadline that it needs was missed.

    0 if nothing is left of the claim, or if it is sent fewer than `letter_fee_days` after the due date. Raises
    DataFault where the law of the day is not known or the act that governs on the day of sending has no such fee
    (`statute.*`).
    """
    return _refused(_nothing_left(sending) or _too_early(sending, statute)) or _capped(sending, statute)


def letter_fee(
    sending: Sending, earlier: Iterable[Letter], statute: Statute, objections: Iterable[Objection] = ()
) -> Fee:
    """The most that this letter may cost after the letters sent before it; 0, with the condition, where it is free.

    `earlier` holds all letters about the claim, those without a fee too. Raises DataFault `fees.letter_sent_later` if
    one of them was sent after this one, and `statute.*` as `letter_cap` does.
    """
    letters, objections = sorted(earlier, key=lambda each: each.sent_on), tuple(objections)
    if letters and letters[-1].sent_on > sending.sent_on:
        raise DataFault("fees.letter_sent_later", sent_on=sending.sent_on, later=letters[-1].sent_on)
    if objection := standing(objections, sending.sent_on):
        return Fee(0, step("fees.letter.disputed", **_named(sending), since=objection.since))
    charged = [each for each in letters if each.fee_ore > 0]
    counted = _counted(charged, sending.sent_on, statute)
    refusal = (
        _nothing_left(sending)
        or _too_early(sending, statute)
        or _out_of_order(sending, counted)
        or _enough(sending, counted, statute)
        or (_first_not_missed(sending, counted, statute, objections) if sending.kind in _SMALL else None)
    )
    if sending.kind is LetterKind.DEMAND:
        refusal = (
            refusal
            or _no_missed_deadline(sending, letters, statute, objections)
            or _still_running(sending, letters, objections)
        )
    afresh = [_afresh_step(charged[-1], sending.sent_on, statute)] if charged and not counted else []
    return _refused(refusal) or _capped(sending, statute, *afresh)


def _refused(why: Step | None) -> Fee | None:
    return None if why is None else Fee(0, why)


def _capped(sending: Sending, statute: Statute, *before: Step) -> Fee:
    found = statute.figure(FEE_RULES[sending.kind], {Day.DUE: sending.due_date, Day.SENT: sending.sent_on})
    rounding = whole_number(statute, "letter_fee_rounding", sending.sent_on)
    amount_ore = nearest(exact_ore(found.value), rounding.number)
    rounded = step("fees.nearest", row_step(rounding.row), unit_ore=rounding.number, amount_ore=amount_ore)
    steps = (*before, share_step("fees.of_sats", found), rounded)
    return Fee(amount_ore, step("fees.letter.allowed", *steps, **_named(sending), amount_ore=amount_ore))


def _named(sending: Sending) -> dict[str, Fact]:
    return {"letter": sending.kind.value, "sent_on": sending.sent_on}


def _nothing_left(sending: Sending) -> Step | None:
    if sending.left_ore is None or sending.left_ore > 0:
        return None
    return step("fees.letter.nothing_left", **_named(sending))


def _too_early(sending: Sending, statute: Statute) -> Step | None:
    wait = whole_number(statute, "letter_fee_days", sending.sent_on)
    after = (sending.sent_on - sending.due_date).days
    if after >= wait.number:
        return None
    facts: dict[str, Fact] = {"due_date": sending.due_date, "after": after, "days": wait.number}
    return step("fees.letter.too_early", row_step(wait.row), **_named(sending), **facts)


def _counted(charged: Sequence[Letter], sent_on: date, statute: Statute) -> list[Letter]:
    """The letters with a fee that still count on a day: those since the last pause of more than six months."""
    counted: list[Letter] = []
    for letter in charged:
        if counted and _begins_afresh(counted[-1].sent_on, letter.sent_on, statute):
            counted = []
        counted.append(letter)
    return [] if counted and _begins_afresh(counted[-1].sent_on, sent_on, statute) else counted


def _begins_afresh(last: date, now: date, statute: Statute) -> bool:
    return now > add_months(last, statute.days("letter_fee_restart_months", now))


def _afresh_step(last: Letter, sent_on: date, statute: Statute) -> Step:
    months = whole_number(statute, "letter_fee_restart_months", sent_on)
    return step("fees.letter.afresh", row_step(months.row), months=months.number, last_sent_on=last.sent_on)


def _out_of_order(sending: Sending, counted: Sequence[Letter]) -> Step | None:
    """A purring after an inkassovarsel, either after an own betalingsoppfordring, or a second inkassovarsel."""
    place = _ORDER.index(sending.kind)
    for letter in counted:
        again = letter.kind is sending.kind is LetterKind.NOTICE
        if again or _ORDER.index(letter.kind) > place:
            facts: dict[str, Fact] = {"earlier": letter.kind.value, "earlier_sent_on": letter.sent_on}
            return step("fees.letter.out_of_order", **_named(sending), **facts)
    return None


def _enough(sending: Sending, counted: Sequence[Letter], statute: Statute) -> Step | None:
    small = sending.kind in _SMALL
    most = whole_number(statute, "small_letter_fees" if small else "own_demand_fees", sending.sent_on)
    if len([each for each in counted if (each.kind in _SMALL) == small]) < most.number:
        return None
    months = whole_number(statute, "letter_fee_restart_months", sending.sent_on)
    facts: dict[str, Fact] = {"number": most.number, "months": months.number, "last_sent_on": counted[-1].sent_on}
    return step("fees.letter.enough", row_step(most.row), row_step(months.row), **_named(sending), **facts)


def _first_not_missed(
    sending: Sending, counted: Sequence[Letter], statute: Statute, objections: Sequence[Objection]
) -> Step | None:
    """Why the deadline of the first letter with a fee was not missed; None if it was, or if there is no such letter."""
    if not counted:
        return None
    first = counted[0]
    least = whole_number(statute, "letter_fee_deadline_days", first.sent_on)
    given, deadline = (first.deadline - first.sent_on).days, deadline_of(first, objections)
    facts: dict[str, Fact] = {"earlier": first.kind.value, "earlier_sent_on": first.sent_on}
    if given < least.number:
        facts |= {"deadline": first.deadline, "given": given, "days": least.number}
        return step("fees.letter.deadline_short", row_step(least.row), **_named(sending), **facts)
    if why := void(first, sending.due_date, objections):
        return step("fees.letter.first_void", why, **_named(sending))
    if not deadline.missed_by(sending.sent_on):
        facts["deadline"] = deadline.shown
        steps = (row_step(least.row), *deadline.steps())
        return step("fees.letter.deadline_running", *steps, **_named(sending), **facts)
    return None


def _no_missed_deadline(
    sending: Sending, letters: Sequence[Letter], statute: Statute, objections: Sequence[Objection]
) -> Step | None:
    """Why an own betalingsoppfordring is free: no purring or inkassovarsel gave a deadline that was missed."""
    reasons = []
    for letter in letters:
        least = statute.days("letter_fee_deadline_days", letter.sent_on)
        if letter.kind not in _SMALL or (letter.deadline - letter.sent_on).days < least:
            continue
        if why := void(letter, sending.due_date, objections):
            reasons.append(why)
        elif deadline_of(letter, objections).missed_by(sending.sent_on):
            return None
    today = whole_number(statute, "letter_fee_deadline_days", sending.sent_on)
    steps = (row_step(today.row), *reasons)
    return step("fees.letter.no_missed_deadline", *steps, **_named(sending), days=today.number)


def _still_running(sending: Sending, letters: Sequence[Letter], objections: Sequence[Objection]) -> Step | None:
    """Why an own betalingsoppfordring is free although a deadline was missed: a later letter gave more time."""
    for letter in letters:
        deadline = deadline_of(letter, objections)
        if not deadline.missed_by(sending.sent_on):
            facts: dict[str, Fact] = {"earlier": letter.kind.value, "earlier_sent_on": letter.sent_on}
            steps = deadline.steps()
            return step("fees.letter.still_running", *steps, **_named(sending), **facts, deadline=deadline.shown)
    return None
