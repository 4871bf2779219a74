"""Claims without a ledger as they are listed: for people, and for a reconciliation."""

from __future__ import annotations

from datetime import date

import msgspec
import sqlalchemy as sa

from kravbro.core.claims import ClaimState
from kravbro.core.ledgerless import LedgerlessClaim
from kravbro.db.columns import Ore
from kravbro.office import tables as t
from kravbro.office.codes import known
from kravbro.office.journals import Account
from kravbro.office.ledgerless.tables import registered_claim
from kravbro.office.manual.tables import manual_act

_STATES = {state.value: state for state in ClaimState}


class ClaimByHand(msgspec.Struct, frozen=True):
    """A claim that a person registered (øre): what for, for whom, why, and what is left of its principal."""

    number: int
    act: int
    registered_on: date
    case: str
    customer_no: int
    debtor_name: str
    invoice_no: str
    due_date: date
    state: str
    principal_ore: int
    left_ore: int
    account: str
    document: str
    because: str
    actor: str


def claims_by_hand(connection: sa.Connection, creditor: int) -> list[ClaimByHand]:
    """Every claim without a ledger of a creditor, in order."""
    own, claim, act = registered_claim.c, t.claim.c, manual_act.c
    rows = connection.execute(
        sa.select(
            own.number, own.act, act.done_on, t.case.c.number.label("case"), t.debtor.c.customer_no, t.debtor.c.name,
            claim.invoice_no, claim.due_date, claim.state, claim.principal_ore, _left(), own.account, own.document,
            act.because, act.actor,
        )
        .join(t.claim, claim.id == own.claim)
        .join(manual_act, act.number == own.act)
        .join(t.case, t.case.c.id == claim.case)
        .join(t.debtor, t.debtor.c.id == t.case.c.debtor)
        .where(claim.creditor == creditor)
        .order_by(own.number)
    )  # fmt: skip
    return [ClaimByHand(*tuple(row)) for row in rows]


def claims_without_ledger(connection: sa.Connection, creditor: int, after: int, limit: int) -> list[LedgerlessClaim]:
    """The same for a reconciliation, by number. Raises DataFault `office.unknown_code`."""
    own, claim = registered_claim.c, t.claim.c
    rows = connection.execute(
        sa.select(own.number, t.case.c.number, claim.invoice_no, claim.state, claim.principal_ore, _left())
        .join(t.claim, claim.id == own.claim)
        .join(t.case, t.case.c.id == claim.case)
        .where(claim.creditor == creditor, own.number > after)
        .order_by(own.number)
        .limit(limit)
    )
    return [
        LedgerlessClaim(number, case, invoice, known(_STATES, state, "claim", number, "state"), principal_ore, left_ore)
        for number, case, invoice, state, principal_ore, left_ore in rows
    ]


def _left() -> sa.ColumnElement[int]:
    """What is left of a claim's principal by its journal."""
    row = t.journal_row.c
    total = sa.cast(sa.func.coalesce(sa.func.sum(row.amount_ore), 0), Ore)
    here = (row.claim == t.claim.c.id, row.account == Account.PRINCIPAL.value)
    return sa.select(total).where(*here).correlate(t.claim).scalar_subquery()
