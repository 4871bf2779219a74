"""Claims that are given back: what was asked for, what was said of it, and the receipt that told the ledger, agree."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from kravbro.core.claims import GIVEN_BACK, GONE, ClaimState, Outcome, Reason
from kravbro.office import contents
from kravbro.office import tables as t
from kravbro.office.audit.findings import Fault, Findings, as_stored
from kravbro.office.codes import are_reasons, reasons_of
from kravbro.office.return_tables import claim_return, withdrawal

LEFT = [ClaimState.LEAVING.value, *(state.value for state in GONE)]
BACK = [outcome.value for outcome in GIVEN_BACK]


def check_return_contents(findings: Findings) -> None:
    """Every row is what was written: why a claim left, and what its creditor asked for."""
    of_claim = t.claim.c.id == claim_return.c.claim
    own = sa.select(*as_stored(claim_return, *contents.CLAIM_RETURN), claim_return.c.fingerprint)
    own = own.outerjoin(t.claim, of_claim).where(
        sa.or_(t.claim.c.creditor == findings.creditor, t.claim.c.id.is_(None))
    )
    for *values, mark in findings.connection.execute(own.order_by(claim_return.c.number)).all():
        if contents.of_row(values) != mark and not findings.names("claim_return", values[0]):
            thing = f"office claim return {values[0]}"
            findings.add("claim_return", values[0], thing, Fault.CONTENT, claim=values[1])
    wished = sa.select(*as_stored(withdrawal, *contents.WITHDRAWAL), withdrawal.c.fingerprint)
    wished = wished.where(withdrawal.c.creditor == findings.creditor).order_by(withdrawal.c.number)
    for *values, mark in findings.connection.execute(wished).all():
        if contents.of_row(values) != mark:
            findings.add("withdrawal", values[1], _withdrawal(findings, values[1]), Fault.CONTENT, claim=values[2])


def check_withdrawals(findings: Findings) -> None:
    """Every withdrawal is of a claim that left, and a claim that left on one has it."""
    wish, back, claim = withdrawal.c, claim_return.c, t.claim.c
    idle = findings.connection.execute(
        sa.select(wish.number, wish.claim)
        .outerjoin(t.claim, claim.id == wish.claim)
        .where(wish.creditor == findings.creditor, sa.or_(claim.state.is_(None), claim.state.not_in(LEFT)))
        .order_by(wish.number)
    ).all()
    for number, of_claim in idle:
        if not (findings.names("withdrawal", number) or findings.names("claim", of_claim)):
            findings.add("withdrawal", number, _withdrawal(findings, number), Fault.STATE, claim=of_claim)
    same = sa.and_(wish.creditor == claim.creditor, wish.number == back.withdrawal, wish.claim == back.claim)
    lacking = findings.connection.execute(
        sa.select(back.number, back.claim, back.withdrawal)
        .join(t.claim, claim.id == back.claim)
        .outerjoin(withdrawal, same)
        .where(claim.creditor == findings.creditor, back.withdrawal.is_not(None), wish.number.is_(None))
        .order_by(back.number)
    ).all()
    for number, of_claim, asked in lacking:
        if not (findings.names("claim_return", number) or findings.names("withdrawal", asked)):
            findings.add("withdrawal", asked, _withdrawal(findings, asked), Fault.MISSING, claim=of_claim)


def check_returns(findings: Findings) -> None:
    """A claim that left says why, and no other does; one that is gone has the receipt that told the ledger."""
    claim, back = t.claim.c, claim_return.c
    rows = findings.connection.execute(
        sa.select(claim.id, claim.state, back.number.label("because_of"))
        .outerjoin(claim_return, back.claim == claim.id)
        .where(
            claim.creditor == findings.creditor,
            sa.or_(
                sa.and_(claim.state.in_(LEFT), back.number.is_(None)),
                sa.and_(claim.state.not_in(LEFT), back.number.is_not(None)),
            ),
        )
        .order_by(claim.id)
    ).all()
    for one in rows:
        if not (findings.some("claim_return") or findings.names("claim", one.id)):
            findings.add("claim", one.id, f"office claim {one.id}", Fault.STATE, claim=one.id)
    if findings.some("receipt", "claim_return"):
        return
    for one in _told(findings):
        if one.id is None or one.state not in GONE or one.outcome != one.state or not _is_as_said(one):
            _name(findings, one)
    for one in _untold(findings):
        if not findings.names("claim", one.id):
            findings.add("claim", one.id, f"office claim {one.id}", Fault.STATE, claim=one.id)


def _told(findings: Findings) -> list[Any]:
    """Receipts that give claims back, beside the claim, why it left, and the receipt that had accepted it."""
    receipt, claim, back, first = t.receipt.c, t.claim.c, claim_return.c, t.receipt.alias("first")
    accepted = sa.and_(
        first.c.creditor == receipt.creditor,
        first.c.offer == receipt.offer,
        first.c.outcome == Outcome.ACCEPTED.value,
    )
    columns = ("entry", "case_number", "case_kid", "fingerprint")
    rows = findings.connection.execute(
        sa.select(
            *(receipt[name] for name in ("number", "outcome", "reasons", *columns)),
            *(first.c[name].label(f"first_{name}") for name in columns),
            claim.id,
            claim.state,
            back.outcome.label("wanted"),
            back.reason,
            back.because,
        )
        .outerjoin(t.claim, sa.and_(claim.creditor == receipt.creditor, claim.offer == receipt.offer))
        .outerjoin(claim_return, back.claim == claim.id)
        .outerjoin(first, accepted)
        .where(receipt.creditor == findings.creditor, receipt.outcome.in_(BACK))
        .order_by(receipt.number)
    )
    return list(rows.all())


def _untold(findings: Findings) -> list[Any]:
    """Claims that are gone, and nobody told the ledger."""
    claim, receipt = t.claim.c, t.receipt.c
    told = sa.exists().where(
        receipt.creditor == claim.creditor, receipt.offer == claim.offer, receipt.outcome == claim.state
    )
    states = claim.state.in_([state.value for state in GONE])
    gone = (claim.creditor == findings.creditor, claim.offer > 0, states, ~told)
    return list(findings.connection.execute(sa.select(claim.id).where(*gone).order_by(claim.id)).all())


def _is_as_said(one: Any) -> bool:
    """Whether a receipt says why the claim left, and is about the same claim and case as the one that accepted it."""
    said = (one.entry, one.case_number, one.case_kid, one.fingerprint)
    if said != (one.first_entry, one.first_case_number, one.first_case_kid, one.first_fingerprint):
        return False
    if one.wanted != one.outcome or not are_reasons(one.reasons):
        return False
    return reasons_of(one.reasons, "receipt", one.number, "reasons") == (Reason(one.reason, one.because),)


def _name(findings: Findings, one: Any) -> None:
    if not (findings.names("receipt", one.number) or findings.names("claim", one.id)):
        thing = f"office receipt {findings.creditor}-{one.number}"
        findings.add_entry("receipt", one.number, thing, Fault.CONTENT, one.entry)


def _withdrawal(findings: Findings, number: int) -> str:
    return f"office withdrawal {findings.creditor}-{number}"
