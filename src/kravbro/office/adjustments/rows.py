"""Adjustments as they are kept, and the journal that each act makes of its own."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.db.bulk import insert_rows, portions
from kravbro.db.counters import take
from kravbro.office import contents
from kravbro.office import tables as t
from kravbro.office.adjustments.tables import adjustment
from kravbro.office.journals import Account, Journal, Kind, Row, write_journals

LATE_INTEREST, WAIVER = "late_interest", "waiver"
"""Kinds of adjustments that are no cost or fee: late interest that was charged, and what was waived."""
CREDIT_NOTE, CLAIM_ENDED = "credit_note", "claim_ended"
"""Kinds of adjustments of the principal of a claim without a ledger: what was never owed, and what is given up."""
CHARGED_REASON, WAIVED_REASON, UNDONE_REASON = "adjustment.charged", "adjustment.waived", "adjustment.undone"
CREDITED_REASON, ENDED_REASON = "adjustment.credited", "adjustment.ended"
REASONS = (CHARGED_REASON, WAIVED_REASON, UNDONE_REASON, CREDITED_REASON, ENDED_REASON)
"""What rows of journals say of adjustments."""


class Adjustment(NamedTuple):
    """What the debtor owes more (øre; less, if negative) on a part of a claim, from a day on.

    `account` is the ledger's account that it is booked on, empty if it is not booked. An undoing has the kind of what
    it undoes, and the opposite amount.
    """

    claim: int
    kind: str
    part: str
    amount_ore: int
    dated: date
    deadline: date | None = None
    with_vat: bool = False
    document: str = ""
    account: str = ""
    undoes: int | None = None


class Kept(NamedTuple):
    """An adjustment with its number and its act."""

    number: int
    act: int
    adjustment: Adjustment


def adjustments_of(connection: sa.Connection, claims: Collection[int]) -> list[Kept]:
    """Every adjustment of these claims, in order of number."""
    found: list[Kept] = []
    for some in portions(sorted(set(claims))):
        found += _read(connection, adjustment.c.claim.in_(some))
    return sorted(found)


def adjustments_by(connection: sa.Connection, act: int) -> list[Kept]:
    """Every adjustment of one act, in order of number."""
    return _read(connection, adjustment.c.act == act)


def _read(connection: sa.Connection, where: sa.ColumnElement[bool]) -> list[Kept]:
    own = adjustment.c
    columns = [own[name] for name in ("number", "act", *Adjustment._fields)]
    rows = connection.execute(sa.select(*columns).where(where).order_by(own.number))
    return [Kept(row[0], row[1], Adjustment(*row[2:])) for row in rows]


def standing(kept: Sequence[Kept]) -> list[Kept]:
    """Those of all adjustments of a claim that were not undone, and undo nothing."""
    undone = {one.adjustment.undoes for one in kept}
    return [one for one in kept if one.number not in undone and one.adjustment.undoes is None]


def adjustment_source(kind: Kind, act: int) -> str:
    """What made a journal of an act; what of it is booked has a journal of its own."""
    return f"{kind.value} {act}"


def keep(  # noqa: PLR0917 - whose case, which act, what it is, and what it changes
    connection: sa.Connection,
    creditor: int,
    case: int,
    number: int,
    kind: Kind,
    changes: Sequence[Adjustment],
    act: Act,
) -> list[Row]:
    """Keep the adjustments of an act, with a journal of what is not booked and one of what is; answers their rows."""
    first = take(connection, t.counter, "adjustment", len(changes))
    rows: list[tuple[Any, ...]] = []
    for place, one in enumerate(changes, first):
        values = (place, number, *one, act.actor)
        rows.append((*values[:-1], contents.of_row(values)))
    insert_rows(connection, adjustment, (*contents.ADJUSTMENT[:-1], "fingerprint"), rows, act)
    journals = []
    for booked, its_kind in ((False, kind), (True, Kind.ACCRUAL)):
        its_rows = rows_of([one for one in changes if bool(one.account) == booked])
        if its_rows:
            source = adjustment_source(its_kind, number)
            journals.append(Journal(creditor, case, its_kind.value, act.on, source, its_rows))
    write_journals(connection, journals, act)
    return [row for journal in journals for row in journal.rows]


_AGAINST = {
    WAIVER: (Account.WAIVED, WAIVED_REASON),
    CREDIT_NOTE: (Account.CREDITED, CREDITED_REASON),
    CLAIM_ENDED: (Account.CREDITED, ENDED_REASON),
}
"""What stands against the claim's part, and why it stands there; of all other kinds it is what was charged."""


def rows_of(changes: Sequence[Adjustment]) -> list[Row]:
    """The rows of adjustments: the claim's part, against what was charged, waived or credited."""
    found = []
    for one in changes:
        against, reason = _AGAINST.get(one.kind, (Account.CHARGED, CHARGED_REASON))
        reason = reason if one.undoes is None else UNDONE_REASON
        found.append(Row(one.part, one.claim, one.amount_ore, reason, one.dated))
        found.append(Row(against.value, None, -one.amount_ore, reason, one.dated))
    return found
