"""Deadlines that letters set, as they count: put off by the days on which a reasonable objection stood.

Law: inkassoloven (LOV-1988-05-13-26) §§ 9, 10 and 17. That days with an objection do not count is an own reading: a
debtor who objects need not pay in the meantime, so the time to pay must not run out meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec

from kravbro.core.claims import Letter
from kravbro.core.derivation import Step, step
from kravbro.core.fees.objections import Objection, put_off, standing


class Deadline(msgspec.Struct, frozen=True):
    """The deadline that a letter states, and the day on which it ends; None while an objection has no end."""

    stated: date
    ends_on: date | None

    @property
    def shown(self) -> date:
        """The day to show: the end, or the stated day while there is no end yet."""
        return self.ends_on or self.stated

    def missed_by(self, day: date) -> bool:
        """Whether the deadline is over on a day. The last day itself is in time."""
        return self.ends_on is not None and self.ends_on < day

    def steps(self) -> list[Step]:
        """The step from the stated day to the other, if they differ."""
        if self.shown == self.stated:
            return []
        return [step("fees.put_off", stated=self.stated, deadline=self.shown)]


def deadline_of(letter: Letter, objections: Iterable[Objection]) -> Deadline:
    """The deadline of a letter; the days are counted from the day after it is sent."""
    return Deadline(letter.deadline, put_off(letter.deadline, letter.sent_on, objections))


def void(letter: Letter, due_date: date, objections: Iterable[Objection]) -> Step | None:
    """Why the deadline of a letter does not count, None if it does.

    A claim is not overdue before the day after the due date, and nothing may be asked for under an objection.
    """
    named = {"letter": letter.kind.value, "sent_on": letter.sent_on}
    if letter.sent_on <= due_date:
        return step("fees.letter.before_due", **named, due_date=due_date)
    if objection := standing(objections, letter.sent_on):
        return step("fees.letter.under_objection", **named, since=objection.since)
    return None
