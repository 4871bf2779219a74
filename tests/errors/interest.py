"""Errors of late-payment interest: terms that cannot be, and a claim that was never demanded."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

from kravbro.core.interest import Terms, changes_of, interest_begins_after, late_interest
from kravbro.core.statute.rows import Scope
from kravbro.core.statute.shipped import shipped_statute
from tests.errors.gallery import command, provokes

DUE = date(2026, 6, 1)
UNTIL = date(2026, 8, 15)
CLAIM = ("interest", "--due", "2026-06-01", "--until", "2026-08-15", "--principal")


@provokes("interest.no_demand")
def a_due_date_that_was_not_fixed_and_nothing_demanded(_: Path) -> None:
    interest_begins_after(DUE, shipped_statute(), fixed_beforehand=False)


@provokes("interest.agreed_for_consumer")
def a_rate_agreed_with_a_consumer(_: Path) -> None:
    late_interest(changes_of(100_000, DUE), UNTIL, shipped_statute(), Terms(agreed_percent=Fraction(14)))


@provokes("interest.negative_rate")
def an_agreed_rate_below_zero(_: Path) -> None:
    late_interest(changes_of(100_000, DUE), UNTIL, shipped_statute(), Terms(Scope.BUSINESS, Fraction("-0.5")))


@provokes("interest.pause_order")
def a_pause_that_ends_before_it_begins(_: Path) -> None:
    command(*CLAIM, "10000.00", "--pause", "2026-07-14..2026-07-01")


@provokes("cli.interest.not_positive")
def interest_on_nothing(_: Path) -> None:
    command(*CLAIM, "0.00")


@provokes("cli.interest.negative")
def a_credit_note_below_zero(_: Path) -> None:
    command(*CLAIM, "10000.00", "--credited", "-1.00")


@provokes("cli.interest.rate")
def a_rate_in_words(_: Path) -> None:
    command(*CLAIM, "10000.00", "--agreed-rate", "fourteen")


@provokes("cli.interest.payment")
def a_payment_of_no_amount(_: Path) -> None:
    command(*CLAIM, "10000.00", "--payment", "2026-07-01")


@provokes("cli.interest.day")
def a_payment_on_no_day(_: Path) -> None:
    command(*CLAIM, "10000.00", "--payment", "2026-06-31=500.00")


@provokes("cli.interest.credited")
def a_credit_note_of_more_than_was_claimed(_: Path) -> None:
    command(*CLAIM, "10000.00", "--credited", "20000.00")


@provokes("cli.interest.pause")
def a_pause_without_an_end(_: Path) -> None:
    command(*CLAIM, "10000.00", "--pause", "2026-07-01")
