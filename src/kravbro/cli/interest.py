"""`kravbro interest`: late-payment interest on a claim, day by day, by the rules that the office itself uses."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction
from typing import Annotated

import msgspec
from cyclopts import App, Parameter

from kravbro.cli import output
from kravbro.cli.options import DEFAULT_PLACE, At, statute_at
from kravbro.core.errors import DataFault
from kravbro.core.interest import (
    Interest,
    Pause,
    Segment,
    Terms,
    changes_of,
    interest_begins_after,
    late_interest,
    percent_text,
)
from kravbro.core.money import format_kroner, parse_kroner
from kravbro.core.statute.rows import Scope
from kravbro.texts.derivations import as_data

app = App(name="interest", help="Late-payment interest on a claim, day by day.", help_format="plaintext")

Kroner = Annotated[str, Parameter(allow_leading_hyphen=True)]

_RATE = re.compile(r"[0-9]{1,3}([.,][0-9]{1,6})?", re.ASCII)


class SegmentShown(msgspec.Struct, frozen=True):
    """Days on which balance and rate are the same, as `interest --json` prints them; `exact_ore` is a fraction."""

    first: date = msgspec.field(name="from")
    last: date = msgspec.field(name="to")
    days: int
    rate_percent: msgspec.Raw
    year_days: int
    balance_ore: int
    exact_ore: str


class InterestShown(msgspec.Struct, frozen=True):
    """What `interest --json` prints."""

    interest_ore: int
    days: int
    segments: list[SegmentShown]
    explain: dict[str, object]


@app.default
def interest(  # noqa: PLR0913 - one parameter per fact that decides interest
    *,
    principal: Kroner,
    due: date,
    until: date,
    agreed_rate: str | None = None,
    business: Annotated[bool, Parameter(negative="")] = False,
    demanded_on: date | None = None,
    payment: Annotated[list[str] | None, Parameter(negative="")] = None,
    credited: Kroner = "0",
    pause: Annotated[list[str] | None, Parameter(negative="")] = None,
    explain: Annotated[bool, Parameter(negative="")] = False,
    place: At = DEFAULT_PLACE,
    json: output.AsJson = False,
) -> None:
    """Print the interest from the day after the due date up to and including a day.

    Rows of law that were added in the installation count, if there is one.

    Parameters
    ----------
    principal
        Principal in kroner, such as 10000.00.
    due
        The due date, YYYY-MM-DD.
    until
        The last interest day, YYYY-MM-DD: the day of payment.
    agreed_rate
        Percent a year that two businesses have agreed on, instead of the law's rate.
    business
        The debtor is no consumer. It matters for rates before 1994; --agreed-rate implies it.
    demanded_on
        The due date was not fixed beforehand: interest begins 30 days after this day, on which payment was demanded,
        and not before the claim is due.
    payment
        A payment as BANK-DATE=KRONER, such as 2026-07-01=500.00. May be given many times.
    credited
        Credit notes in kroner: that much was never owed.
    pause
        Days without interest as FIRST..LAST, such as 2026-07-01..2026-07-14. May be given many times.
    explain
        Print below the table where each figure comes from.
    """
    begins_after = due
    statute = statute_at(place)
    if demanded_on is not None:
        begins_after = interest_begins_after(due, statute, fixed_beforehand=False, demanded_on=demanded_on)
    principal_ore, credited_ore = _positive("principal", principal), _not_negative("credited", credited)
    if credited_ore > principal_ore:
        raise DataFault("cli.interest.credited", credited=credited, principal=principal)
    payments = [_payment(word) for word in payment or ()]
    changes = changes_of(principal_ore, begins_after, payments, [credited_ore])
    agreed = None if agreed_rate is None else _rate(agreed_rate)
    terms = Terms(
        scope=Scope.BUSINESS if business or agreed is not None else Scope.CONSUMER,
        agreed_percent=agreed,
        pauses=tuple(_pause(word) for word in pause or ()),
    )
    found = late_interest(changes, until, statute, terms)
    amount_ore = found.amount_ore
    if json:
        output.print_json(_as_json(found))
        return
    _print_table(found, begins_after, amount_ore)
    if explain:
        output.print_derivation(found.derivation)


def _as_json(found: Interest) -> InterestShown:
    segments = [_segment(one) for one in found.segments]
    return InterestShown(found.amount_ore, found.days, segments, as_data(found.derivation, output.language()))


def _segment(one: Segment) -> SegmentShown:
    percent = msgspec.Raw(percent_text(one.percent).encode())
    return SegmentShown(one.first, one.last, one.days, percent, one.year_days, one.balance_ore, str(one.exact_ore))


def _print_table(found: Interest, begins_after: date, amount_ore: int) -> None:
    headings = ("from", "to", "days", "balance", "percent", "year", "amount")
    output.print_table(
        output.words("interest.title", after=begins_after, until=found.until),
        [output.words(f"interest.{heading}") for heading in headings],
        [
            (
                str(one.first),
                str(one.last),
                str(one.days),
                format_kroner(one.balance_ore),
                _percent(one.percent),
                str(one.year_days),
                _kroner(one.exact_ore),
            )
            for one in found.segments
        ],
        right=(2, 3, 4, 5, 6),
    )
    output.print_line(output.words("interest.sum", amount=format_kroner(amount_ore), days=found.days))


def _kroner(exact_ore: Fraction) -> str:
    """Kroner with four decimals, the rest cut off: the lines need not sum to the rounded total, and show why."""
    hundredths = exact_ore * 100 // 1
    return f"{format_kroner(hundredths // 100)}{hundredths % 100:02d}"


def _percent(percent: Fraction) -> str:
    text = percent_text(percent)
    return text if output.language() == "en" else text.replace(".", ",")


def _positive(name: str, text: str) -> int:
    amount_ore = parse_kroner(text)
    if amount_ore <= 0:
        raise DataFault("cli.interest.not_positive", parameter=name, text=text)
    return amount_ore


def _not_negative(name: str, text: str) -> int:
    amount_ore = parse_kroner(text)
    if amount_ore < 0:
        raise DataFault("cli.interest.negative", parameter=name, text=text)
    return amount_ore


def _rate(text: str) -> Fraction:
    if not _RATE.fullmatch(text):
        raise DataFault("cli.interest.rate", text=text)
    return Fraction(text.replace(",", "."))


def _payment(word: str) -> tuple[date, int]:
    day, between, amount = word.partition("=")
    if not between:
        raise DataFault("cli.interest.payment", word=word)
    return _day(day, word), _positive("payment", amount)


def _pause(word: str) -> Pause:
    first, _, last = word.partition("..")
    if not last:
        raise DataFault("cli.interest.pause", text=word)
    return Pause(_day(first, word), _day(last, word))


def _day(text: str, word: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise DataFault("cli.interest.day", text=text, word=word) from error
