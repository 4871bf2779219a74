"""What all acts on claims share: the case on the table, who may be charged, and how an act is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.claims import NOT_COLLECTED, ClaimState
from kravbro.core.errors import DataFault
from kravbro.office import tables as t
from kravbro.office.adjustments.rows import Adjustment, adjustments_by, keep
from kravbro.office.caseload import Caseload, CaseOnTable, ClaimOnTable
from kravbro.office.journals import Kind
from kravbro.office.manual.acts import Asked, Particulars, done_before, keep_act, next_act
from kravbro.office.manual.division import case_on_table
from kravbro.office.parties.protection import refuse_address

EVENTS = {
    Kind.CHARGE: "charged",
    Kind.WAIVER: "waived",
    Kind.UNDOING: "adjustment_undone",
    Kind.CREDIT: "credited",
    Kind.ENDING: "claim_ended",
}
"""Events of a case: one for each act, with the number of the act."""


class Changed(msgspec.Struct, frozen=True):
    """What an act changed on a claim: what it was about, and what the debtor owes more by it (øre)."""

    invoice_no: str
    kind: str
    part: str
    amount_ore: int
    dated: date
    account: str


class Adjusted(msgspec.Struct, frozen=True):
    """What an act did. `new` is false if the same was asked for before: nothing was done then."""

    act: int
    new: bool
    done_on: date
    case: str
    changes: tuple[Changed, ...]

    @property
    def amount_ore(self) -> int:
        """What the debtor owes more by it."""
        return sum(one.amount_ore for one in self.changes)


class Table(msgspec.Struct):
    """A case on the table, with the caseload that it is part of."""

    caseload: Caseload
    case: CaseOnTable

    def named(self, invoice_no: str | None) -> list[ClaimOnTable]:
        """Its claims that may be charged, the oldest due first; those on one invoice if one is named.

        Raises DataFault `office.no_such_invoice`, `office.claim_not_collected`.
        """
        named = [one for one in self.case.claims if invoice_no in {None, one.invoice_no}]
        if not named:
            raise DataFault("office.no_such_invoice", invoice=invoice_no or "", case=self.case.number)
        found = [one for one in named if one.state not in NOT_COLLECTED]
        if not found:
            states = ", ".join(sorted({one.state for one in named}))
            raise DataFault("office.claim_not_collected", case=self.case.number, states=states)
        return sorted(found, key=lambda one: (one.state != ClaimState.REGISTERED, one.due_date, one.id))


def on_table(connection: sa.Connection, case_number: str, *texts: str) -> Table:
    """A case on the table. `texts` are what a person wrote about it.

    Raises DataFault `office.no_such_case`, and `office.protected_in_text` if one of them holds a protected address.
    """
    caseload = Caseload()
    case = case_on_table(connection, caseload, case_number)
    debtor = connection.execute(sa.select(t.case.c.debtor).where(t.case.c.id == case.id)).scalar_one()
    refuse_address(connection, debtor, *texts)
    return Table(caseload, case)


def adjusted_before(connection: sa.Connection, wanted: Asked) -> Adjusted | None:
    """What the act did that was asked for under this id before. Raises DataFault `office.request_differs`."""
    done = done_before(connection, wanted)
    return None if done is None else adjusted(connection, done.number, done.done_on, new=False)


def adjusted(connection: sa.Connection, number: int, done_on: date, *, new: bool) -> Adjusted:
    """What an act did."""
    kept = [one.adjustment for one in adjustments_by(connection, number)]
    chosen = sa.select(t.claim.c.id, t.claim.c.invoice_no, t.case.c.number).join(t.case, t.case.c.id == t.claim.c.case)
    rows = connection.execute(chosen.where(t.claim.c.id.in_([one.claim for one in kept]))).all()
    invoices = {row.id: row.invoice_no for row in rows}
    changes = [Changed(invoices[one.claim], one.kind, one.part, one.amount_ore, one.dated, one.account) for one in kept]
    return Adjusted(number, new, done_on, rows[0].number, tuple(changes))


def finish(  # noqa: PLR0917 - where, what was asked for, what it is, and what it changes
    connection: sa.Connection, table: Table, wanted: Asked, kind: Kind, changes: Sequence[Adjustment], act: Act
) -> Adjusted:
    """Keep an act with all that it changes; claims and their case are settled or taken up again by it."""
    number, case = next_act(connection), table.case
    amount_ore = sum(one.amount_ore for one in changes)
    particulars = Particulars(amount_ore=amount_ore, about=f"case {case.number}")
    keep_act(connection, number, wanted, case.creditor, particulars, act)
    rows = keep(connection, case.creditor, case.id, number, kind, changes, act)
    table.caseload.note(case.id, EVENTS[kind], f"{number}")
    table.caseload.apply(rows)
    table.caseload.save(connection, act)
    return adjusted(connection, number, act.on, new=True)
