"""A fee with its derivation, and the exact arithmetic that all fees share: shares of a base, and roundings."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import msgspec

from kravbro.core.derivation import Step, row_step, step
from kravbro.core.money import ORE_PER_KRONE
from kravbro.core.statute.law import Figure, Statute
from kravbro.core.statute.rows import Day, Row


class Fee(msgspec.Struct, frozen=True):
    """The most that may be asked for, in whole øre, and where it comes from. 0 where a condition is not met."""

    amount_ore: int
    derivation: Step


class WholeNumber(msgspec.Struct, frozen=True):
    """A rule in days, months or pieces, with the row it stands in."""

    number: int
    row: Row


def whole_number(statute: Statute, rule: str, on: date) -> WholeNumber:
    """The whole number of a rule on a day. Raises DataFault as `Statute.days` does."""
    return WholeNumber(statute.days(rule, on), statute.row(rule, on))


def exact_ore(kroner: Fraction) -> Fraction:
    """The same amount in øre, fractions of an øre kept."""
    return kroner * ORE_PER_KRONE


def floored(amount_ore: Fraction, unit_ore: int = 1) -> int:
    """Whole øre, downwards to a multiple of `unit_ore`: what is a maximum is never rounded up.

    >>> floored(Fraction("23437.5")), floored(Fraction(207130), 100)
    (23437, 207100)
    """
    return int(amount_ore // unit_ore) * unit_ore


def nearest(amount_ore: Fraction, unit_ore: int = 1) -> int:
    """Whole øre, to the nearest multiple of `unit_ore`, half upwards.

    >>> nearest(Fraction(3750), 100), nearest(Fraction(3749), 100)
    (3800, 3700)
    """
    return floored(amount_ore + Fraction(unit_ore, 2), unit_ore)


def percent_text(share: Fraction) -> str:
    """A share as exact percent: a decimal where it ends, else a fraction.

    >>> percent_text(Fraction("0.345")), percent_text(Fraction(1, 3))
    ('34.5', '100/3')
    """
    percent = share * 100
    denominator, places = percent.denominator, 0
    while denominator % 10 == 0 or denominator % 5 == 0 or denominator % 2 == 0:
        denominator //= 10 if denominator % 10 == 0 else 5 if denominator % 5 == 0 else 2
        places += 1
    if denominator != 1:
        return str(percent)
    digits = str((percent * 10**places).numerator).rjust(places + 1, "0")
    whole, ended = (digits[:-places], digits[-places:].rstrip("0")) if places else (digits, "")
    return f"{whole}.{ended}" if ended else whole


def with_vat(amount_ore: Fraction, paid_on: date, statute: Statute) -> tuple[Fraction, Step]:
    """An amount with VAT on top, and the step that says so. The row is that of the day the principal is paid.

    Raises DataFault `statute.*`.
    """
    found = statute.figure("vat", {Day.PRINCIPAL_PAID: paid_on})
    (row,) = found.rows
    share = found.value / 100
    return amount_ore * (1 + share), step("fees.vat", row_step(row), percent=percent_text(share))


def share_step(code: str, figure: Figure) -> Step:
    """The step of a multiple: `percent` of the base of `base_ore`, on the two rows of the figure."""
    share, base = figure.rows
    return step(
        code,
        row_step(share),
        row_step(base),
        percent=percent_text(share.figure),
        base_ore=floored(exact_ore(base.figure)),
    )
