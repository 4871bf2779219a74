"""What was charged and waived on a case, and late interest that stands on closed cases and that nothing has charged."""

from __future__ import annotations

from datetime import date

import msgspec
import sqlalchemy as sa

from kravbro.core.claims import ClaimState
from kravbro.core.errors import DataFault
from kravbro.core.statute.law import Statute
from kravbro.db.bulk import portions
from kravbro.office import tables as t
from kravbro.office.adjustments.tables import adjustment
from kravbro.office.manual.tables import manual_act
from kravbro.office.queries.balances import balances


class AdjustmentShown(msgspec.Struct, frozen=True):
    """One thing that was charged, waived or taken back on a claim (øre), by which act, why and by whom.

    `undone_by` is the act that took it back, `undoes` the one that it takes back; 0: none.
    """

    act: int
    done_on: date
    invoice_no: str
    kind: str
    part: str
    amount_ore: int
    dated: date
    document: str
    account: str
    because: str
    actor: str
    undoes: int
    undone_by: int


class LeftUncharged(msgspec.Struct, frozen=True):
    """A claim that is paid, in a closed case, with late interest that nothing has charged (øre)."""

    case: str
    invoice_no: str
    uncharged_ore: int


def adjustments_shown(connection: sa.Connection, case_number: str) -> list[AdjustmentShown]:
    """Everything that people charged and waived on a case, in order. Raises DataFault `office.no_such_case`."""
    case = connection.execute(sa.select(t.case.c.id).where(t.case.c.number == case_number)).scalar()
    if case is None:
        raise DataFault("office.no_such_case", case=case_number)
    own, act = adjustment.c, manual_act.c
    undone, undoing = adjustment.alias("undone"), adjustment.alias("undoing")
    rows = connection.execute(
        sa.select(
            own.act,
            act.done_on,
            t.claim.c.invoice_no,
            own.kind,
            own.part,
            own.amount_ore,
            own.dated,
            own.document,
            own.account,
            act.because,
            act.actor,
            sa.func.coalesce(undone.c.act, 0),
            sa.func.coalesce(undoing.c.act, 0),
        )
        .join(manual_act, act.number == own.act)
        .join(t.claim, t.claim.c.id == own.claim)
        .outerjoin(undone, undone.c.number == own.undoes)
        .outerjoin(undoing, undoing.c.undoes == own.number)
        .where(t.claim.c.case == case)
        .order_by(own.number)
    )
    return [AdjustmentShown(*tuple(row)) for row in rows]


def left_uncharged(connection: sa.Connection, creditor: int, on: date, statute: Statute) -> list[LeftUncharged]:
    """Paid claims of a creditor with late interest that nothing has charged by a day, by claim.

    Below zero is what was charged and paid beyond what the rule gives. Raises DataFault as `balances` does.
    """
    left = {one.claim: one.uncharged_ore for one in balances(connection, on, statute, creditor) if one.uncharged_ore}
    found = []
    for some in portions(left):
        chosen = (
            sa.select(t.claim.c.id, t.case.c.number, t.claim.c.invoice_no)
            .join(t.case, t.case.c.id == t.claim.c.case)
            .where(t.claim.c.id.in_(some), t.claim.c.state == ClaimState.PAID.value)
            .order_by(t.claim.c.id)
        )
        found += [LeftUncharged(case, invoice, left[claim]) for claim, case, invoice in connection.execute(chosen)]
    return found
