"""Set-up that may change: the last change of each item is what stands, and the history is what was written."""

from __future__ import annotations

import sqlalchemy as sa

from kravbro.core.errors import KravbroError
from kravbro.office import contents
from kravbro.office import tables as t
from kravbro.office.agreements import agreement_values
from kravbro.office.audit.findings import Fault, Findings, as_stored
from kravbro.office.creditor_settings import INTERMEDIATE, allocation_item
from kravbro.office.creditors import agreements
from kravbro.office.setup_history import agreement_subject, creditor_subject, last_values

_AGREEMENT = agreement_subject("")


def check_setup(findings: Findings) -> None:
    """The history fits its fingerprints; agreements and creditors say what it says last."""
    changes = sa.select(*as_stored(t.setup_change, *contents.SETUP_CHANGE), t.setup_change.c.fingerprint)
    altered = set()
    for *values, mark in findings.connection.execute(changes.order_by(t.setup_change.c.number)).all():
        if contents.of_row(values) != mark:
            altered.add(values[1])
            if not findings.names("setup_change", values[0]):
                thing = f"office setup change {values[0]}"
                findings.add_entry("setup_change", values[0], thing, Fault.CONTENT, None)
    if findings.some("setup_change"):
        return
    _check_agreements(findings)
    _check_creditor(findings)


def _check_agreements(findings: Findings) -> None:
    """Agreements of the creditor as they stand, and those that the history says it has."""
    connection, change = findings.connection, t.setup_change.c
    subjects = sa.select(change.subject).where(change.subject.like(f"{_AGREEMENT}%")).distinct()
    told = last_values(connection, list(connection.execute(subjects.order_by(change.subject)).scalars()))
    rows = connection.execute(sa.select(t.payment_agreement.c.account_number, t.payment_agreement.c.holder)).all()
    holders = {agreement_subject(row.account_number): row.holder for row in rows}
    for subject in sorted(told.keys() | holders.keys()):
        account = subject.removeprefix(_AGREEMENT)
        values = told.get(subject, {})
        concerned = {values.get("holder"), str(holders.get(subject))}
        if str(findings.creditor) not in concerned or findings.names("agreement", account):
            continue
        thing = f"office payment agreement {account}"
        if subject not in holders:
            findings.add("agreement", account, thing, Fault.MISSING)
        elif _standing(connection, account) != {item: value for item, value in values.items() if value}:
            findings.add("agreement", account, thing, Fault.CONTENT)


def _standing(connection: sa.Connection, account: str) -> dict[str, str] | None:
    """What an agreement says, without what it leaves open; None if it cannot be read."""
    try:
        (one,) = agreements(connection, t.payment_agreement.c.account_number == account).values()
    except (KravbroError, ValueError):
        return None
    return {item: value for item, value in agreement_values(one).items() if value}


def _check_creditor(findings: Findings) -> None:
    connection, own, other = findings.connection, t.creditor.c, t.creditor_allocation.c
    subject = creditor_subject(findings.creditor)
    told = {item: value for item, value in last_values(connection, [subject])[subject].items() if value}
    chosen = sa.select(own.allocation_order, own.intermediate_account).where(own.number == findings.creditor)
    row = connection.execute(chosen).one_or_none()
    if row is None or findings.names("creditor", findings.creditor):
        return
    here = {allocation_item("voluntary"): row.allocation_order, INTERMEDIATE: row.intermediate_account}
    orders = sa.select(other.money, other.order).where(other.creditor == findings.creditor).order_by(other.money)
    for money, order in connection.execute(orders):
        if findings.names("allocation", (findings.creditor, money)):
            return
        here[allocation_item(money)] = order
    if told != {item: value for item, value in here.items() if value}:
        thing = f"office creditor {findings.creditor} settings"
        findings.add("settings", findings.creditor, thing, Fault.CONTENT)
