"""Money that the ledger gets another way ("skal ikke bokføres"), and how its own word of it is met.

A person may register a payment that the ledger books by itself. Principal then falls in the office before the ledger
has told of it; when the ledger tells a payment on that claim, as much of it as was registered is met: principal rises
by what the registration took off, and falls by what the ledger says. So it falls once, whatever comes first, and
however the ledger divides it. See docs/manual_work.md.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import msgspec
import sqlalchemy as sa

from kravbro.core.claims import Transaction, TransactionKind
from kravbro.core.errors import DataFault
from kravbro.db.bulk import portions
from kravbro.office import tables as t
from kravbro.office.journals import OUTSIDE_KINDS, Account, Kind, Row
from kravbro.office.manual.whereabouts import Whereabouts

TOLD_BY_LEDGER = "office.told_by_ledger"
"""Why principal rises again: the ledger has told the same money itself."""


class Awaited(msgspec.Struct, frozen=True):
    """Principal of one claim that was registered by hand and that the ledger has not told of (øre, positive)."""

    case: str
    invoice_no: str
    amount_ore: int
    since: date


def outstanding(connection: sa.Connection, claims: Collection[int]) -> dict[int, int]:
    """What was registered on the principal of each claim and is still to be told by the ledger (øre, positive)."""
    row = t.journal_row.c
    found: dict[int, int] = {}
    for portion in portions(sorted(set(claims))):
        sums = (
            sa.select(row.claim, sa.func.sum(row.amount_ore))
            .join(t.journal, t.journal.c.number == row.journal)
            .where(
                row.claim.in_(portion),
                row.account == Account.PRINCIPAL.value,
                t.journal.c.kind.in_(OUTSIDE_KINDS),
            )
            .group_by(row.claim)
        )
        found |= {claim: -int(amount_ore) for claim, amount_ore in connection.execute(sums) if amount_ore}
    return found


def told_rows(one: Transaction, claim: int, outstanding_ore: int, counts_from: date | None) -> list[Row]:
    """The rows that meet a payment told by the ledger with what was registered before; none if nothing was."""
    if one.kind is not TransactionKind.PAYMENT or one.amount_ore >= 0 or outstanding_ore <= 0:
        return []
    met_ore = min(-one.amount_ore, outstanding_ore)
    return [
        Row(Account.PRINCIPAL.value, claim, met_ore, TOLD_BY_LEDGER, counts_from),
        Row(Account.OUTSIDE.value, None, -met_ore, TOLD_BY_LEDGER, counts_from),
    ]


def refuse_told(connection: sa.Connection, payment: int, stands: Whereabouts) -> None:
    """Raise DataFault `office.ledger_has_told` if the ledger has told of a part of this registered payment."""
    on_principal: dict[int, int] = {}
    for rows in stands.cases.values():
        for row in rows:
            if row.account == Account.PRINCIPAL and row.claim is not None:
                on_principal[row.claim] = on_principal.get(row.claim, 0) - row.amount_ore
    left = outstanding(connection, on_principal)
    if any(left.get(claim, 0) < amount_ore for claim, amount_ore in on_principal.items()):
        raise DataFault("office.ledger_has_told", payment=payment)


def awaited(connection: sa.Connection, creditor: int) -> list[Awaited]:
    """What was registered as booked by the ledger, and what the ledger has not told of yet, by case and invoice.

    Of a claim without a ledger it never tells: what was registered there is all there is.
    """
    journal, row, claim, case = t.journal.c, t.journal_row.c, t.claim.c, t.case.c
    amount_ore = -sa.func.sum(row.amount_ore)
    since = sa.func.max(sa.case((journal.kind == Kind.OUTSIDE.value, journal.dated), else_=None))
    rows = connection.execute(
        sa.select(case.number, claim.invoice_no, amount_ore, since)
        .select_from(t.journal)
        .join(t.journal_row, row.journal == journal.number)
        .join(t.claim, claim.id == row.claim)
        .join(t.case, case.id == claim.case)
        .where(
            journal.creditor == creditor,
            journal.kind.in_(OUTSIDE_KINDS),
            row.account == Account.PRINCIPAL.value,
            claim.offer > 0,
        )
        .group_by(case.number, claim.invoice_no, claim.id)
        .having(sa.func.sum(row.amount_ore) != 0)
        .order_by(case.number, claim.invoice_no, claim.id)
    )
    return [Awaited(number, invoice_no, int(ore), day) for number, invoice_no, ore, day in rows]
