"""Late-payment interest on a claim: simple, day by day, exact, and rounded once.

The method, with worked examples and what was decided against, is in docs/algorithms/interest.md. In short: interest
days run from the day after the due date up to and including the day of payment (forsinkelsesrenteloven § 2); a day is
1/365 of the year's rate, 1/366 in a leap year (Justisdepartementets lovavdeling, 26 June 2006); there is no interest
on interest; a new rate applies to running claims from its first day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import MAXYEAR, date, timedelta
from fractions import Fraction

import msgspec

from kravbro.core.calendar import is_leap_year
from kravbro.core.derivation import Step, row_step, step
from kravbro.core.errors import DataFault
from kravbro.core.money import whole_ore
from kravbro.core.statute.law import LATE_INTEREST, Statute
from kravbro.core.statute.rows import Row, Scope

_DAY = timedelta(days=1)
_PERCENT = 100


class Change(msgspec.Struct, frozen=True, gc=False):
    """A change of what bears interest, in øre: positive when the debt grows.

    `counts_from` is the last day before interest counts it: the due date for the principal and for what a credit note
    takes away, the bank date for a payment (that day still bears interest on what was paid).
    """

    counts_from: date
    amount_ore: int


class Pause(msgspec.Struct, frozen=True):
    """Days without interest, both included."""

    first: date
    last: date


class Terms(msgspec.Struct, frozen=True):
    """What makes interest on one claim differ from the rule.

    `agreed_percent` a year is what two businesses agreed on; late-payment interest cannot be raised for a consumer
    (forsinkelsesrenteloven § 4).
    """

    scope: Scope = Scope.CONSUMER
    agreed_percent: Fraction | None = None
    bears_interest: bool = True
    pauses: tuple[Pause, ...] = ()


STATUTORY = Terms()
"""The terms of a claim about which nothing was agreed."""


class Segment(msgspec.Struct, frozen=True):
    """Days on which balance, rate and length of the year are the same; both days included.

    `row` is the row of law behind the rate, None where the rate was agreed.
    """

    first: date
    last: date
    balance_ore: int
    percent: Fraction
    year_days: int
    row: Row | None

    @property
    def days(self) -> int:
        """How many interest days."""
        return (self.last - self.first).days + 1

    @property
    def exact_ore(self) -> Fraction:
        """The interest of these days, in øre, exactly."""
        of_year = Fraction(self.days, _PERCENT * self.year_days)
        return self.balance_ore * self.percent * of_year


class Interest(msgspec.Struct, frozen=True):
    """Interest up to and including `until`, and the segments that it is the sum of."""

    until: date
    segments: tuple[Segment, ...]
    terms: Terms = STATUTORY

    @property
    def exact_ore(self) -> Fraction:
        """The sum of the segments, in øre, exactly."""
        return sum((one.exact_ore for one in self.segments), Fraction(0))

    @property
    def amount_ore(self) -> int:
        """The sum in whole øre: the only place where interest is rounded."""
        return whole_ore(self.exact_ore)

    @property
    def days(self) -> int:
        """How many interest days, on whatever balance."""
        return sum(one.days for one in self.segments)

    @property
    def derivation(self) -> Step:
        """How the sum came about: pauses that have begun, each segment, and the row of law behind its rate."""
        law = "forsinkelsesrenteloven (LOV-1976-12-17-100) §§ 2–3"
        steps = [] if self.terms.bears_interest else [step("interest.free")]
        begun = [one for one in _in_order(self.terms.pauses) if one.first <= self.until]
        steps += [step("interest.pause", first=one.first, last=min(one.last, self.until)) for one in begun]
        steps += [_segment_step(one) for one in self.segments]
        return step("interest.sum", *steps, amount_ore=self.amount_ore, days=self.days, until=self.until, law=law)


def interest_begins_after(
    due_date: date, statute: Statute, *, fixed_beforehand: bool = True, demanded_on: date | None = None
) -> date:
    """The last day without interest: the due date if it was fixed beforehand, else 30 days after a written demand.

    A demand that was sent early does not make a claim bear interest before it is due. The number of days is a row of
    law, picked by the due date. Raises DataFault `interest.no_demand` when the due date was not fixed and nothing was
    demanded (forsinkelsesrenteloven § 2).
    """
    if fixed_beforehand:
        return due_date
    if demanded_on is None:
        raise DataFault("interest.no_demand", due=due_date.isoformat())
    wait = timedelta(days=statute.days("interest_days_after_demand", due_date))
    return max(due_date, demanded_on + min(wait, date.max - demanded_on))


def changes_of(
    principal_ore: int,
    begins_after: date,
    payments: Iterable[tuple[date, int]] = (),
    credited_ore: Iterable[int] = (),
) -> list[Change]:
    """The changes of one claim: its principal, payments (bank date, positive øre), and credit notes (positive øre).

    What a credit note takes away was never owed, so it counts from the beginning. Nothing counts from before that.
    """
    changes = [Change(begins_after, principal_ore)]
    changes += [Change(begins_after, -amount_ore) for amount_ore in credited_ore]
    changes += [Change(max(paid_on, begins_after), -amount_ore) for paid_on, amount_ore in payments]
    return changes


def late_interest(changes: Iterable[Change], until: date, statute: Statute, terms: Terms = STATUTORY) -> Interest:
    """Interest on a claim up to and including `until`. A balance below zero bears none.

    Raises DataFault `statute.no_late_interest` for a day that bears interest and has no rate, and
    `interest.agreed_for_consumer`, `interest.negative_rate` or `interest.pause_order` for terms that cannot be.
    """
    _refuse_terms(terms)
    if not terms.bears_interest:
        return Interest(until, (), terms)
    segments: list[Segment] = []
    for first, last, balance_ore in _balances(sorted(changes, key=lambda one: one.counts_from), until):
        for start, end in _between_pauses(first, last, terms.pauses):
            segments += _segments(start, end, balance_ore, statute, terms)
    return Interest(until, tuple(segments), terms)


def uncharged_ore(late_ore: int, *, letters_ore: int, by_hand_ore: int, waived_ore: int) -> int:
    """The late interest that nothing has charged yet, in øre: what makes the sum right of what stands on the account.

    The rule gives `late_ore`; letters charged `letters_ore`, which is owed even where it is more; people charged
    `by_hand_ore` of it, and waived `waived_ore` of whatever was charged. Below zero, people have charged more than the
    rule gives by what is known now, and what was waived does not make up for it.

    >>> uncharged_ore(500, letters_ore=100, by_hand_ore=0, waived_ore=0)
    400
    >>> uncharged_ore(500, letters_ore=100, by_hand_ore=450, waived_ore=0)
    -50
    >>> uncharged_ore(500, letters_ore=100, by_hand_ore=450, waived_ore=520)
    -30
    """
    return max(late_ore, letters_ore, waived_ore) - letters_ore - by_hand_ore


def _refuse_terms(terms: Terms) -> None:
    if terms.agreed_percent is not None:
        if terms.scope is not Scope.BUSINESS:
            raise DataFault("interest.agreed_for_consumer", percent=str(terms.agreed_percent))
        if terms.agreed_percent < 0:
            raise DataFault("interest.negative_rate", percent=str(terms.agreed_percent))
    for pause in terms.pauses:
        if pause.last < pause.first:
            raise DataFault("interest.pause_order", first=pause.first.isoformat(), last=pause.last.isoformat())


def _balances(changes: Sequence[Change], until: date) -> Iterator[tuple[date, date, int]]:
    """Days with one balance above zero, and that balance."""
    balance_ore = 0
    ends = [*(one.counts_from for one in changes), date(MAXYEAR, 12, 31)][1:]
    for change, following in zip(changes, ends, strict=True):
        balance_ore += change.amount_ore
        if change.counts_from >= until:
            return
        last = min(following, until)
        if balance_ore > 0 and change.counts_from < last:
            yield change.counts_from + _DAY, last, balance_ore


def _between_pauses(first: date, last: date, pauses: Iterable[Pause]) -> Iterator[tuple[date, date]]:
    """What is left of a span when the pauses are taken out of it; pauses may overlap."""
    for pause in _in_order(pauses):
        if pause.last < first or last < pause.first:
            continue
        if first < pause.first:
            yield first, pause.first - _DAY
        if pause.last >= last:
            return
        first = pause.last + _DAY
    yield first, last


def _in_order(pauses: Iterable[Pause]) -> list[Pause]:
    return sorted(pauses, key=lambda one: (one.first, one.last))


def _segments(first: date, last: date, balance_ore: int, statute: Statute, terms: Terms) -> Iterator[Segment]:
    """Cut days with one balance where the rate or the length of the year changes."""
    for start, end, row in _rates(first, last, statute, terms):
        percent = row.figure if row is not None else terms.agreed_percent
        for year in range(start.year, end.year + 1):
            begin, finish = max(start, date(year, 1, 1)), min(end, date(year, 12, 31))
            yield Segment(begin, finish, balance_ore, percent or Fraction(0), 366 if is_leap_year(year) else 365, row)


def _rates(first: date, last: date, statute: Statute, terms: Terms) -> Iterator[tuple[date, date, Row | None]]:
    if terms.agreed_percent is not None:
        yield first, last, None
        return
    for span in statute.spans(LATE_INTEREST, first, last, terms.scope):
        yield span.first, span.last, span.row


def _segment_step(segment: Segment) -> Step:
    below = step("interest.agreed") if segment.row is None else row_step(segment.row)
    return step(
        "interest.segment",
        below,
        first=segment.first,
        last=segment.last,
        days=segment.days,
        balance_ore=segment.balance_ore,
        percent=percent_text(segment.percent),
        year_days=segment.year_days,
        exact=str(segment.exact_ore),
    )


def percent_text(percent: Fraction) -> str:
    """A percentage as people write it, with a point: `12.25`; a fraction if it has no end as a decimal."""
    digits, denominator = 0, percent.denominator
    while 10**digits % denominator and digits < 12:
        digits += 1
    if 10**digits % denominator:
        return str(percent)
    whole = str(percent.numerator * 10**digits // denominator).rjust(digits + 1, "0")
    return whole if not digits else f"{whole[:-digits]}.{whole[-digits:]}"
