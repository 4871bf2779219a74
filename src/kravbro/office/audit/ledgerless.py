"""Claims without a ledger: what a person registered is what stands, and the act that did it says so."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from kravbro.office import contents
from kravbro.office import tables as t
from kravbro.office.audit.claims import FROZEN, frozen
from kravbro.office.audit.findings import Fault, Findings, as_stored
from kravbro.office.ledgerless.tables import registered_claim
from kravbro.office.manual.acts import ActKind
from kravbro.office.manual.tables import manual_act


def check_registered(findings: Findings) -> None:
    """Every registration is what was written, and the claim is the one that was registered, under its number.

    A fingerprint holds the company: where that was altered, no claim is to blame.
    """
    own = registered_claim.c
    rows = findings.connection.execute(
        sa.select(*as_stored(registered_claim, *contents.REGISTERED_CLAIM), own.fingerprint)
        .outerjoin(t.claim, t.claim.c.id == own.claim)
        .where(sa.or_(t.claim.c.creditor == findings.creditor, t.claim.c.id.is_(None)))
        .order_by(own.number)
    ).all()
    for *values, mark in rows:
        if contents.of_row(values) != mark and not findings.names("registered_claim", values[0]):
            thing = f"office registered claim {values[0]}"
            findings.add("registered_claim", values[0], thing, Fault.CONTENT, claim=values[2])
    if findings.names("company", findings.creditor):
        return
    for one in _claims(findings):
        case_known = one.case_id is not None and not findings.names("case", one.case_id)
        known = case_known and one.debtor_id is not None and not findings.names("debtor", one.debtor_id)
        named = findings.names("claim", one.id) or findings.names("registered_claim", one.registered)
        if known and not named and (frozen(one) != one.frozen or one.offer != -one.registered):
            findings.add("claim", one.id, f"office claim {one.id}", Fault.CONTENT, claim=one.id)
    _check_acts(findings)


def _claims(findings: Findings) -> list[Any]:
    """The claims of the creditor that were registered: what is frozen in them, and what was kept of it."""
    claim, own = t.claim.c, registered_claim.c
    return list(
        findings.connection.execute(
            sa.select(
                claim.offer,
                t.creditor.c.company,
                *as_stored(t.claim, *FROZEN),
                t.debtor.c.customer_no,
                claim.sub_ledger_type,
                claim.id,
                own.number.label("registered"),
                own.frozen,
                t.case.c.id.label("case_id"),
                t.debtor.c.id.label("debtor_id"),
            )
            .join(registered_claim, own.claim == claim.id)
            .join(t.creditor, t.creditor.c.number == claim.creditor)
            .outerjoin(t.case, t.case.c.id == claim.case)
            .outerjoin(t.debtor, t.debtor.c.id == t.case.c.debtor)
            .where(claim.creditor == findings.creditor)
            .order_by(claim.id)
        ).all()
    )


def _check_acts(findings: Findings) -> None:
    """Every registration has its act, and every act that registers a claim has done so."""
    own, act = registered_claim.c, manual_act.c
    if findings.some("registered_claim", "claim"):
        return
    undone = (
        sa.select(act.number)
        .outerjoin(registered_claim, own.act == act.number)
        .where(act.creditor == findings.creditor, act.kind == ActKind.REGISTER_CLAIM.value, own.number.is_(None))
    )
    for number in findings.connection.execute(undone.order_by(act.number)).scalars():
        if not findings.names("manual_act", number):
            findings.add("manual_act", number, f"office manual act {number}", Fault.STATE)
    registers = sa.and_(act.number == own.act, act.kind == ActKind.REGISTER_CLAIM.value)
    idle = (
        sa.select(own.number, own.claim)
        .join(t.claim, t.claim.c.id == own.claim)
        .outerjoin(manual_act, registers)
        .where(t.claim.c.creditor == findings.creditor, act.number.is_(None))
    )
    for number, claim in findings.connection.execute(idle.order_by(own.number)).all():
        if not findings.some("manual_act"):
            thing = f"office registered claim {number}"
            findings.add("registered_claim", number, thing, Fault.STATE, claim=claim)
