"""An oracle for late-payment interest, and random claims to ask it about.

It walks from day to day in exact fractions, and shares nothing with the program: the rates are typed in again, and the
calendar and the rounding are its own.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cache

Dated = tuple[date, int]
Days = tuple[date, date]

BUSINESS_BEFORE_1994 = "1978-01-01 10, 1980-12-01 15, 1986-02-01 18"
CONSUMER_BEFORE_1994 = "1981-07-01 12, 1986-02-01 15"
FROM_1994 = "1994-01-01 12"
HALF_YEARS_FROM_2004 = """
2004 9.25 8.75
2005 8.75 9
2006 9.25 9.75
2007 10.5 11.5
2008 12.25 12.75
2009 10 8.25
2010 8.75 9
2011 9 9.25
2012 8.75 8.5
2013 8.5 9.5
2014 9.5 9.5
2015 9.25 9
2016 8.75 8.5
2017 8.5 8.5
2018 8.5 8.5
2019 8.75 9.25
2020 9.5 8
2021 8 8
2022 8.5 9.25
2023 10.75 11.75
2024 12.5 12.5
2025 12.5 12.25
2026 12 12.25
"""
LAST_DAY = date(2026, 12, 31)
FIRST_DAY = {True: date(1981, 7, 1), False: date(1978, 1, 1)}
"""The first day with a rate: for a consumer, and for a business."""


def first_days_of_rates(consumer: bool) -> dict[date, Fraction]:
    """The days on which another rate begins, in percent a year."""
    early = CONSUMER_BEFORE_1994 if consumer else BUSINESS_BEFORE_1994
    found = {}
    for word in f"{early}, {FROM_1994}".split(", "):
        day, percent = word.split()
        found[date.fromisoformat(day)] = Fraction(percent)
    for line in HALF_YEARS_FROM_2004.split("\n")[1:-1]:
        year, january, july = line.split()
        found[date(int(year), 1, 1)] = Fraction(january)
        found[date(int(year), 7, 1)] = Fraction(july)
    return found


def days_in(year: int) -> int:
    """Every fourth year is a leap year, but no century that cannot be divided by 400."""
    return 366 if year % 400 == 0 or (year % 4 == 0 and year % 100 != 0) else 365


@cache
def daily(consumer: bool | None) -> dict[int, Fraction]:
    """What one øre bears on each day (by its ordinal), in øre: by law, or at 1 % a year if `consumer` is None."""
    percent, begins = (Fraction(1), {}) if consumer is None else (None, first_days_of_rates(consumer))
    found: dict[int, Fraction] = {}
    kept: dict[Fraction, Fraction] = {}
    day = date(1970, 1, 1)
    while day <= LAST_DAY:
        percent = begins.get(day, percent)
        if percent is not None:
            of_day = percent / 100 / days_in(day.year)
            found[day.toordinal()] = kept.setdefault(of_day, of_day)
        day += timedelta(days=1)
    return found


def interest_ore(
    changes: Sequence[Dated],
    until: date,
    *,
    consumer: bool = True,
    agreed: Fraction | None = None,
    bears: bool = True,
    pauses: Sequence[Days] = (),
) -> int:
    """Interest in øre, up to and including `until`; a change is (last day before it counts, øre).

    Raises KeyError for a day that bears interest and has no rate.
    """
    if not bears or not changes:
        return 0
    one_ore_bears = daily(consumer) if agreed is None else daily(None)
    free = {day for first, last in pauses for day in range(first.toordinal(), last.toordinal() + 1)}
    changed: dict[int, int] = {}
    for day_before, amount_ore in changes:
        changed[day_before.toordinal()] = changed.get(day_before.toordinal(), 0) + amount_ore
    exact = Fraction(0)
    balance_ore = same_days = 0
    same = None  # equal days that follow each other are counted, and their interest added when another kind comes
    for yesterday in range(min(changed), until.toordinal()):
        balance_ore += changed.get(yesterday, 0)
        today = yesterday + 1
        kind = (balance_ore, one_ore_bears[today]) if balance_ore > 0 and today not in free else None
        if kind != same:
            exact += same_days * same[0] * same[1] if same else 0
            same, same_days = kind, 0
        same_days += 1
    exact += same_days * same[0] * same[1] if same else 0
    return nearest(exact if agreed is None else exact * agreed)


def nearest(exact: Fraction) -> int:
    """The nearest whole number; a half goes away from zero. Interest is never below zero."""
    whole, rest = divmod(exact, 1)
    return int(whole) + (1 if rest >= Fraction(1, 2) else 0)


@dataclass(frozen=True)
class RandomClaim:
    """A claim and what happened to it. Payments and credit notes are positive øre, and lower what is owed.

    Payments are (bank date, øre), reversals of payments (the last day before they count, øre). A debtor who is a
    consumer has no agreed rate.
    """

    due: date
    principal_ore: int
    payments: tuple[Dated, ...]
    credited_ore: tuple[int, ...]
    reversals: tuple[Dated, ...]
    pauses: tuple[Days, ...]
    consumer: bool
    agreed: Fraction | None
    bears: bool
    until: date

    @property
    def changes(self) -> list[Dated]:
        """The changes as the oracle takes them: nothing counts from before the due date."""
        lowered = [(max(day, self.due), -ore) for day, ore in self.payments]
        raised = [(max(day, self.due), ore) for day, ore in self.reversals]
        return [(self.due, self.principal_ore), *((self.due, -ore) for ore in self.credited_ore), *lowered, *raised]

    @property
    def interest_ore(self) -> int:
        """What the oracle says."""
        return interest_ore(
            self.changes,
            self.until,
            consumer=self.consumer,
            agreed=self.agreed,
            bears=self.bears,
            pauses=self.pauses,
        )


def random_claim(chance: random.Random, *, since_1994: bool = False) -> RandomClaim:
    """A claim that only `chance` decides: the same one for the same state of it."""
    consumer = chance.random() < 0.5
    due = _due(chance, consumer=consumer, since_1994=since_1994)
    until = _until(chance, due)
    principal_ore = _principal_ore(chance)
    payments = tuple((_day(chance, due, until), _part(chance, principal_ore)) for _ in range(_few(chance, 6)))
    taken_back = [one for one in payments if chance.random() < 0.15]
    agreed = not consumer and chance.random() < 0.2
    return RandomClaim(
        due=due,
        principal_ore=principal_ore,
        payments=payments,
        credited_ore=tuple(_part(chance, principal_ore) for _ in range(_few(chance, 2))),
        reversals=tuple((max(_day(chance, due, until), paid_on), ore) for paid_on, ore in taken_back),
        pauses=tuple(_pauses(chance, due, until)),
        consumer=consumer,
        agreed=Fraction(chance.randrange(300_000), 10_000) if agreed else None,
        bears=chance.random() > 0.03,
        until=until,
    )


def _due(chance: random.Random, *, consumer: bool, since_1994: bool) -> date:
    if not since_1994 and chance.random() < 0.1:
        return _between(chance, FIRST_DAY[consumer], date(1993, 12, 31))
    if chance.random() < 0.15:
        year = chance.randrange(1994, 2027)
        return chance.choice([one for one in _edges(year) if one <= LAST_DAY])
    return _between(chance, date(1994, 1, 1), LAST_DAY)


def _until(chance: random.Random, due: date) -> date:
    kind = chance.random()
    if kind < 0.04:
        return due - timedelta(days=chance.randrange(100))
    if kind < 0.07:
        return LAST_DAY
    longest = chance.choice([2, 45, 400, 1_200, 1_800, 2_500])
    return min(due + timedelta(days=chance.randrange(longest)), LAST_DAY)


def _principal_ore(chance: random.Random) -> int:
    if chance.random() < 0.1:
        return chance.choice([1, 99, 50_000_000_000])
    return chance.randrange(1, 10 ** chance.randrange(4, 11))


def _part(chance: random.Random, principal_ore: int) -> int:
    """A part of the principal, sometimes all of it, or more."""
    if chance.random() < 0.2:
        return chance.choice([principal_ore, principal_ore + 1, principal_ore * 3 // 2, 100])
    return max(1, principal_ore // chance.randrange(3, 20))


def _few(chance: random.Random, most: int) -> int:
    return chance.choice([0, 0, chance.randrange(most + 1)])


def _pauses(chance: random.Random, due: date, until: date) -> Iterator[Days]:
    """Days without interest: one day, some, all; also pauses that touch or overlap the one before."""
    if chance.random() < 0.7:
        return
    last = due
    for _ in range(chance.randrange(1, 4)):
        kind = chance.random()
        first = _day(chance, due, until)
        if kind < 0.2:
            first = last + timedelta(days=1)
        elif kind < 0.3:
            first = last - timedelta(days=chance.randrange(5))
        elif kind < 0.33:
            first, last = due - timedelta(days=5), max(due, until) + timedelta(days=5)
            yield first, last
            continue
        last = first + timedelta(days=chance.choice([0, 13, chance.randrange(200)]))
        yield first, last


def _day(chance: random.Random, due: date, until: date) -> date:
    """A day around a claim, often one on which something turns."""
    kind = chance.random()
    if kind < 0.25:
        return chance.choice([due - timedelta(days=40), due, due + timedelta(days=1), until, until + timedelta(days=9)])
    if kind < 0.5:
        return chance.choice(_edges(chance.randrange(due.year, max(due, until).year + 1)))
    return _between(chance, due - timedelta(days=30), max(due, until) + timedelta(days=30))


def _edges(year: int) -> list[date]:
    leap_day = [date(year, 2, 29)] if days_in(year) == 366 else []
    turns = [(1, 1), (2, 28), (3, 1), (6, 30), (7, 1), (12, 31)]
    return [*(date(year, month, day) for month, day in turns), *leap_day]


def _between(chance: random.Random, first: date, last: date) -> date:
    return first + timedelta(days=chance.randrange((last - first).days + 1))
