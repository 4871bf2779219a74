"""Errors of fees: amounts that no claim has, and letters whose dates cannot be."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from kravbro.cli.fees import caps
from kravbro.core.claims import Letter, LetterKind
from kravbro.core.derivation import step
from kravbro.core.fees.amounts import Fee
from kravbro.core.fees.compensation import recoverable
from kravbro.core.fees.letters import Sending, letter_fee
from kravbro.core.fees.merging import joined_cap
from kravbro.core.fees.salaer import Debt, Picked, Stage, Terms
from kravbro.core.fees.stages import Course, reached
from kravbro.core.statute.shipped import shipped_statute
from tests.errors.gallery import command, provokes

ON = date(2026, 2, 1)
CLAIM = ("fees", "--due", "2025-12-01", "--on", "2026-02-01")


@provokes("fees.principal_not_positive")
def a_claim_of_nothing(_: Path) -> None:
    command(*CLAIM, "--principal", "0.00")


@provokes("fees.credited_out_of_range")
def a_credit_note_larger_than_the_claim(_: Path) -> None:
    command(*CLAIM, "--principal", "500.00", "--credited", "500.01")


@provokes("fees.interest_before_due_negative")
def interest_below_zero(_: Path) -> None:
    command(*CLAIM, "--principal", "500.00", "--interest-before-due", "-1")


@provokes("fees.costs_negative")
def costs_below_zero(_: Path) -> None:
    recoverable(-1, Fee(0, step("fees.compensation.consumer")))


@provokes("fees.letter_sent_later")
def a_purring_after_one_that_was_sent_later(_: Path) -> None:
    later = Letter(LetterKind.REMINDER, date(2026, 2, 2), date(2026, 2, 16), 38_00)
    letter_fee(Sending(LetterKind.REMINDER, date(2026, 1, 5), ON), [later], shipped_statute())


@provokes("fees.deadline_too_short")
def a_betalingsoppfordring_with_ten_days(_: Path) -> None:
    notice = Letter(LetterKind.NOTICE, date(2026, 1, 6), date(2026, 1, 20))
    demand = Letter(LetterKind.DEMAND, date(2026, 1, 22), date(2026, 2, 1))
    reached(Course(notice, demand), date(2026, 1, 5), ON, shipped_statute())


@provokes("fees.no_claims")
def a_joint_salaer_for_no_claim(_: Path) -> None:
    no_claims: list[Debt] = []
    joined_cap(Stage.SIMPLE, no_claims, Terms(), Picked(ON, ON), shipped_statute())


@provokes("cli.fees.paid_before")
def letters_sent_after_the_principal_was_paid(_: Path) -> None:
    days = {"due": date(2025, 12, 1), "on": date(2026, 2, 1), "paid_on": date(2026, 1, 15)}
    caps(principal="12000.00", **days)  # type: ignore[arg-type] # dates only
