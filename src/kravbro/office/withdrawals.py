"""Claims that a creditor wants back, as its ledger asks for them: each taken once, by the ledger's number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.claims import GONE, ClaimState, Outcome, ReturnReason, Withdrawal
from kravbro.core.errors import DataFault
from kravbro.db.bulk import insert_rows, portions
from kravbro.office import contents
from kravbro.office import tables as t
from kravbro.office.caseload import Caseload, ClaimOnTable
from kravbro.office.return_tables import withdrawal
from kravbro.office.returns import Wish, let_leave
from kravbro.ports.identity import Delivered


def accept_withdrawals(
    connection: sa.Connection, creditor: int, withdrawals: Sequence[Withdrawal], act: Act
) -> Delivered:
    """Let the claims go that their creditor wants back, whatever state they are in; one that leaves already does.

    Raises DataFault `office.withdrawal_of_nothing` for an offer that is no claim here, and
    `office.withdrawal_changed` if a known number has other content now. Nothing is kept then.
    """
    claims = _claims_of(connection, creditor, withdrawals)
    new = _new(connection, creditor, withdrawals, claims)
    if not new:
        return Delivered(0, len(withdrawals))
    rows = [(creditor, one.number, claims[one.offer][0], one.on, one.because) for one in new]
    stored = [(*row, contents.of_row(row)) for row in rows]
    insert_rows(connection, withdrawal, (*contents.WITHDRAWAL, "fingerprint"), stored, act)
    caseload = Caseload()
    caseload.load(connection, {claims[one.offer][1] for one in new})
    wishes: dict[int, tuple[ClaimOnTable, Wish]] = {}
    for one in new:
        claim = caseload.claims[claims[one.offer][0]]
        if claim.state not in GONE and claim.state != ClaimState.LEAVING:
            wish = Wish(Outcome.WITHDRAWN, ReturnReason.CREDITORS_WISH, one.because, one.number)
            wishes.setdefault(claim.id, (claim, wish))
    let_leave(connection, caseload, list(wishes.values()), act)
    caseload.save(connection, act)
    return Delivered(len(new), len(withdrawals) - len(new))


def recorded_withdrawals(connection: sa.Connection, creditor: int, after: int, limit: int) -> list[Withdrawal]:
    """The withdrawals that the office holds, by the ledger's number."""
    column = withdrawal.c
    rows = connection.execute(
        sa.select(column.number, t.claim.c.offer, t.claim.c.entry, column.asked_on, column.because)
        .join(t.claim, t.claim.c.id == column.claim)
        .where(column.creditor == creditor, column.number > after)
        .order_by(column.number)
        .limit(limit)
    )
    return [Withdrawal(*row) for row in rows]


def _claims_of(
    connection: sa.Connection, creditor: int, withdrawals: Sequence[Withdrawal]
) -> dict[int, tuple[int, int]]:
    """Claim and case of each offer."""
    claim = t.claim.c
    found: dict[int, tuple[int, int, int]] = {}
    for offers in portions({one.offer for one in withdrawals}):
        chosen = sa.select(claim.offer, claim.id, claim.case, claim.entry)
        here = (claim.creditor == creditor, claim.offer.in_(offers), claim.offer > 0)
        found |= {row.offer: (row.id, row.case, row.entry) for row in connection.execute(chosen.where(*here))}
    for one in withdrawals:
        if one.offer not in found or found[one.offer][2] != one.entry:
            raise DataFault("office.withdrawal_of_nothing", withdrawal=one.number, offer=one.offer, creditor=creditor)
    return {offer: (number, case) for offer, (number, case, _) in found.items()}


def _new(
    connection: sa.Connection,
    creditor: int,
    withdrawals: Sequence[Withdrawal],
    claims: dict[int, tuple[int, int]],
) -> list[Withdrawal]:
    """Those that the office does not have, each once; a known one must be the same still."""
    column = withdrawal.c
    held: dict[int, tuple[Any, ...]] = {}
    for numbers in portions({one.number for one in withdrawals}):
        chosen = sa.select(column.number, column.claim, column.asked_on, column.because)
        here = (column.creditor == creditor, column.number.in_(numbers))
        held |= {number: tuple(rest) for number, *rest in connection.execute(chosen.where(*here))}
    new = []
    for one in withdrawals:
        content = (claims[one.offer][0], one.on, one.because)
        if one.number not in held:
            held[one.number] = content
            new.append(one)
        elif held[one.number] != content:
            raise DataFault("office.withdrawal_changed", withdrawal=one.number, creditor=creditor)
    return new
