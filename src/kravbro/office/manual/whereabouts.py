"""Where the money of payments stands now: on which cases and what it covers there, unplaced, or paid back.

A payment's journals are those that it made when it came, its placing, and what people did with it since.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from kravbro.core.errors import DataFault
from kravbro.core.money import format_kroner
from kravbro.db.bulk import portions
from kravbro.office import tables as t
from kravbro.office.journals import (
    Account,
    Kind,
    Row,
    handover_source,
    move_off_source,
    move_on_source,
    payment_of,
    payment_source,
    placing_source,
    refund_source,
)
from kravbro.office.manual.acts import ActKind, acts_of

PASSING = frozenset({Account.BANK.value, Account.MOVED.value, Account.OUTSIDE.value, Account.INTERMEDIATE.value})
"""Accounts that money passes on its way to where it stands."""
REFUNDED = "office.refunded"
"""Why overpaid or unplaced money is no longer owed back: it was paid back."""
PORTION = 300


class Whereabouts(msgspec.Struct):
    """The money of one payment. Rows are what it covers on each case now, in the order in which it was allocated."""

    payment: int
    cases: dict[int, list[Row]] = msgspec.field(default_factory=dict)
    unplaced_ore: int = 0
    refunded_ore: int = 0

    def on_case(self, case: int) -> int:
        """What stands on a case (øre)."""
        return -sum(row.amount_ore for row in self.cases.get(case, ()))

    def overpaid(self, case: int) -> list[Row]:
        """The rows of a case that are owed back to the debtor."""
        return [row for row in self.cases.get(case, ()) if row.account == Account.OVERPAID]


def whereabouts(connection: sa.Connection, payments: Iterable[int]) -> dict[int, Whereabouts]:
    """Where the money of each of these payments stands."""
    found: dict[int, Whereabouts] = {}
    for portion in portions(sorted(set(payments)), PORTION):
        found |= {number: Whereabouts(number) for number in portion}
        _add_rows(found, _rows(connection, _sources(connection, portion)))
    return found


def _sources(connection: sa.Connection, payments: Sequence[int]) -> list[str]:
    sources = [source(number) for source in (payment_source, placing_source, handover_source) for number in payments]
    for number, payment in acts_of(connection, payments, ActKind.MOVE):
        sources += [move_off_source(number, payment), move_on_source(number, payment)]
    return sources + [refund_source(*one) for one in acts_of(connection, payments, ActKind.REFUND)]


def _rows(connection: sa.Connection, sources: Sequence[str]) -> list[Any]:
    journal, row = t.journal.c, t.journal_row.c
    found: list[Any] = []
    for portion in portions(sources):
        chosen = (
            sa.select(
                journal.number, journal.source, journal.kind, journal.case, row.row_no, row.account, row.claim,
                row.amount_ore, row.reason, row.counts_from,
            )
            .join(t.journal_row, row.journal == journal.number)
            .where(journal.source.in_(portion))
        )  # fmt: skip
        found += connection.execute(chosen)
    return sorted(found, key=lambda one: (one.number, one.row_no))


def _add_rows(found: dict[int, Whereabouts], rows: Iterable[Any]) -> None:
    """Take each row to its place; rows that take others off again cancel them."""
    covered: defaultdict[tuple[int, int], Counter[tuple[Any, ...]]] = defaultdict(Counter)
    paid_back: Counter[tuple[int, int]] = Counter()
    for one in rows:
        payment = found[payment_of(one.source)]
        place = (payment.payment, one.case)
        if one.account == Account.UNPLACED:
            payment.unplaced_ore -= one.amount_ore
        elif one.kind == Kind.REFUND:
            payment.refunded_ore -= one.amount_ore if one.account == Account.BANK else 0
            paid_back[place] += one.amount_ore if one.account == Account.OVERPAID else 0
        elif one.account not in PASSING:
            covered[place][one.account, one.claim, one.reason, one.counts_from] += one.amount_ore
    for (number, case), sums in covered.items():
        left = [Row(account, claim, ore, reason, day) for (account, claim, reason, day), ore in sums.items() if ore]
        left = _without(left, paid_back[number, case])
        if left:
            found[number].cases[case] = left


def _without(rows: Sequence[Row], refunded_ore: int) -> list[Row]:
    """The rows less what was paid back of what was overpaid."""
    left = []
    for row in reversed(rows):
        back_ore = min(refunded_ore, -row.amount_ore) if row.account == Account.OVERPAID else 0
        refunded_ore -= back_ore
        if row.amount_ore + back_ore:
            left.append(Row(row.account, row.claim, row.amount_ore + back_ore, row.reason, row.counts_from))
    return left[::-1]


def taken_off(rows: Sequence[Row], amount_ore: int) -> list[Row]:
    """The rows that take `amount_ore` off again, as if the payment had been so much smaller: last covered, first off.

    Each counts from the same day as what it takes off, so for interest the money was never there. Raises DataFault
    `office.more_than_stands` if there is not so much.
    """
    left_ore = amount_ore
    taken = []
    for row in reversed(rows):
        part_ore = min(left_ore, -row.amount_ore)
        if part_ore > 0:
            taken.append(Row(row.account, row.claim, part_ore, row.reason, row.counts_from))
            left_ore -= part_ore
    if left_ore:
        stands_ore = amount_ore - left_ore
        raise DataFault("office.more_than_stands", wanted=format_kroner(amount_ore), stands=format_kroner(stands_ore))
    return taken[::-1]
