"""Which claims have no ledger, and where what is paid on them is booked."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from kravbro.core.claims import GONE
from kravbro.db.bulk import portions
from kravbro.office import tables as t
from kravbro.office.ledgerless.tables import registered_claim

BACK = tuple(sorted(state.value for state in GONE))
"""States in which a claim is its creditor's own again, and may come anew: one that was paid or ended here may not."""


def accounts_of_ledgerless(connection: sa.Connection, claims: Collection[int | None]) -> dict[int, str]:
    """Those of these claims that have no ledger, with the account that what is paid of their principal goes to."""
    own = registered_claim.c
    found: dict[int, str] = {}
    for some in portions(sorted({claim for claim in claims if claim is not None})):
        chosen = sa.select(own.claim, own.account).where(own.claim.in_(some))
        found |= dict(connection.execute(chosen).all())
    return found


def has_no_ledger(claim: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """The condition that a claim was registered by hand."""
    return sa.exists().where(registered_claim.c.claim == claim)


def invoices_by_hand(connection: sa.Connection, creditor: int, invoices: Collection[str]) -> dict[str, str]:
    """The case of each claim without a ledger that a creditor did not get back, by the number of its invoice."""
    claim, case = t.claim.c, t.case.c
    found: dict[str, str] = {}
    for some in portions(sorted(set(invoices))):
        here = (claim.creditor == creditor, claim.offer < 0, claim.state.not_in(BACK), claim.invoice_no.in_(some))
        chosen = sa.select(claim.invoice_no, case.number).join(t.case, case.id == claim.case).where(*here)
        found |= dict(connection.execute(chosen.order_by(claim.id)).all())
    return found
