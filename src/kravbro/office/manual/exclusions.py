"""What is booked together or not at all: journals of one payment, and both journals of a move."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.db.columns import written
from kravbro.office import tables as t
from kravbro.office.adjustments.booking import accruals_together
from kravbro.office.journals import (
    Kind,
    handover_source,
    move_off_source,
    move_on_source,
    number_of,
    payment_of,
    payment_source,
    placing_source,
    reversal_part_source,
)
from kravbro.office.manual.acts import ActKind, acts_of
from kravbro.office.manual.choices import NOT_BOOKED, Chosen, Field, keep_choice


def together(connection: sa.Connection, source: str) -> list[int]:
    """The journals that are left out with the one of this source, itself included, in order.

    A payment takes everything that was done with it but refunds; a placing, and what was handed over, take each other
    and the moves since, which would otherwise take money away that was never booked. A payment that was handed over
    when it came is one with its handover, and so are both journals of a move, and a cost with its undoing.
    """
    if source.startswith(Kind.ACCRUAL.value):
        return _numbers(connection, accruals_together(connection, number_of(source)))
    payment = payment_of(source)
    came, placed, handed = payment_source(payment), placing_source(payment), handover_source(payment)
    moves = [
        [move_off_source(number, payment), move_on_source(number, payment)]
        for number, _ in acts_of(connection, [payment], ActKind.MOVE)
    ]
    part = reversal_part_source(0, payment).partition("0")
    of_reversal = source.startswith(part[0]) and source.endswith(part[2])
    if not (of_reversal or source in {came, placed, handed}):
        return _numbers(connection, next((pair for pair in moves if source in pair), [source]))
    found = _by_source(connection, t.journal.c.source.in_([came, placed, handed]))
    if source in {placed, handed} and placed in found:
        found.pop(came, None)
    found |= _by_source(connection, t.journal.c.source.like(f"{part[0]}%{part[2]}"))
    return sorted({*found.values(), *_numbers(connection, [one for pair in moves for one in pair])})


def _numbers(connection: sa.Connection, sources: Sequence[str]) -> list[int]:
    return sorted(_by_source(connection, t.journal.c.source.in_(sources)).values())


def _by_source(connection: sa.Connection, *where: sa.ColumnElement[bool]) -> dict[str, int]:
    chosen = sa.select(t.journal.c.source, t.journal.c.number).where(*where)
    return {row.source: row.number for row in connection.execute(chosen)}


def leave_out(connection: sa.Connection, journals: Iterable[int], because: str, act: Act) -> None:
    """Leave journals out of posting proposals."""
    for number in journals:
        connection.execute(sa.insert(t.posting_exclusion).values(journal=number, because=because, **written(act)))
        _log(connection, number, NOT_BOOKED, because, act)


def take_in(connection: sa.Connection, journals: Sequence[int], because: str, act: Act) -> None:
    """Take journals into posting proposals again."""
    connection.execute(sa.delete(t.posting_exclusion).where(t.posting_exclusion.c.journal.in_(journals)))
    for number in journals:
        _log(connection, number, None, because, act)


def _log(connection: sa.Connection, journal: int, value: str | None, because: str, act: Act) -> None:
    creditor = connection.execute(sa.select(t.journal.c.creditor).where(t.journal.c.number == journal)).scalar_one()
    keep_choice(connection, creditor, Chosen(journal, None, Field.BOOKED, value, "", because), act)


def follow_exclusion(connection: sa.Connection, payment: int, journals: Iterable[int], act: Act) -> None:
    """What is done with a payment that is not booked is not booked either."""
    because = why_left_out(connection, payment)
    if because is not None:
        leave_out(connection, journals, because, act)


def why_left_out(connection: sa.Connection, payment: int) -> str | None:
    """Why a payment is not booked, None if it is."""
    return connection.execute(
        sa.select(t.posting_exclusion.c.because)
        .join(t.journal, t.journal.c.number == t.posting_exclusion.c.journal)
        .where(t.journal.c.source == payment_source(payment))
    ).scalar()
