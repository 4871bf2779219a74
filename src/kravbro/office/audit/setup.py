"""Set-up that may change: the last change of each item is what stands, and the history is what was written."""

from __future__ import annotations

import sqlalchemy as sa

from kravbro.core.errors import KravbroError
from kravbro.db.setup_changes import NAME, altered, last_values
from kravbro.office import tables as t
from kravbro.office.adjustments.tables import creditor_costs
from kravbro.office.agreements import agreement_values
from kravbro.office.audit.findings import Fault, Findings
from kravbro.office.creditor_settings import COSTS, LEDGERLESS
from kravbro.office.creditors import agreements, load_creditor
from kravbro.office.ledgerless.tables import creditor_ledgerless
from kravbro.office.setup_history import agreement_subject, creditor_subject, workflow_subject
from kravbro.office.setup_values import allocation_item, creditor_values, sub_ledger_values, workflow_values

Said = dict[str, str]
"""What a subject says, without what it leaves open."""


def check_setup(findings: Findings) -> None:
    """The history fits its fingerprints; workflows, creditors and agreements say what it says last."""
    for number in altered(findings.connection):
        if not findings.names(NAME, number):
            findings.add(NAME, number, f"office setup change {number}", Fault.CONTENT)
    if findings.some(NAME):
        return
    told = {subject: _said(values) for subject, values in last_values(findings.connection).items()}
    _check_workflows(findings, told)
    _check_creditors(findings, told)
    _check_agreements(findings, told)


def _said(values: Said) -> Said:
    return {item: value for item, value in values.items() if value}


def _of(told: dict[str, Said], beginning: str) -> set[str]:
    """The keys of all things that the history says are there, of those whose subjects begin so."""
    return {one.removeprefix(beginning) for one, said in told.items() if one.startswith(beginning) and said}


def _check_workflows(findings: Findings, told: dict[str, Said]) -> None:
    """Workflows are the whole office's: each creditor's audit names them, the reconciliation once."""
    own = t.workflow.c
    chosen = sa.select(own.code, own.name, own.starts_after_notice).order_by(own.code)
    here = {row[0]: _said(workflow_values(row[1], row[2])) for row in findings.connection.execute(chosen)}
    for code in sorted(here.keys() | _of(told, workflow_subject(""))):
        said = told.get(workflow_subject(code), {})
        if here.get(code, {}) != said:
            fault = Fault.MISSING if code not in here else Fault.CONTENT if said else Fault.UNEXPECTED
            findings.add("workflow", code, f"office workflow {code}", fault)


def _check_creditors(findings: Findings, told: dict[str, Said]) -> None:
    """The creditor's settings with its sub-ledgers and orders; and the office has those creditors that it was given."""
    stored = {str(number) for number in findings.connection.execute(sa.select(t.creditor.c.number)).scalars()}
    for number in sorted(_of(told, creditor_subject("")) ^ stored):
        fault = Fault.UNEXPECTED if number in stored else Fault.MISSING
        findings.add("creditor", int(number), f"office creditor {number}", fault)
    if findings.names("creditor", findings.creditor):
        return
    here, said = _settings(findings), told.get(creditor_subject(findings.creditor), {})
    if here is None or here == said:
        return
    findings.add("settings", findings.creditor, f"office creditor {findings.creditor} settings", Fault.CONTENT)
    if here.get("company") != said.get("company"):
        findings.about["company"].add(findings.creditor)


def _settings(findings: Findings) -> Said | None:
    """What stands of the creditor; None if a code of it was named already, or cannot be read."""
    connection, creditor = findings.connection, findings.creditor
    try:
        values = creditor_values(load_creditor(connection, creditor))
    except (KravbroError, ValueError):
        return None
    other, sub = t.creditor_allocation.c, t.creditor_sub_ledger.c
    orders = sa.select(other.money, other.order).where(other.creditor == creditor).order_by(other.money)
    for money, order in connection.execute(orders):
        if findings.names("allocation", (creditor, money)):
            return None
        values[allocation_item(money)] = order
    columns = sa.select(sub.sub_ledger_type, sub.receivable_account, sub.workflow).where(sub.creditor == creditor)
    for row in connection.execute(columns.order_by(sub.sub_ledger_type)):
        values |= sub_ledger_values(*row)
    for item, table in ((COSTS, creditor_costs), (LEDGERLESS, creditor_ledgerless)):
        chosen = sa.select(table.c.account).where(table.c.creditor == creditor)
        values[item] = connection.execute(chosen).scalar() or ""
    return _said(values)


def _check_agreements(findings: Findings, told: dict[str, Said]) -> None:
    """Agreements of the creditor as they stand, and those that the history says it has."""
    rows = findings.connection.execute(sa.select(t.payment_agreement.c.account_number, t.payment_agreement.c.holder))
    holders = {row.account_number: row.holder for row in rows}
    for account in sorted(holders.keys() | _of(told, agreement_subject(""))):
        said = told.get(agreement_subject(account), {})
        concerned = {said.get("holder"), str(holders.get(account))}
        if str(findings.creditor) not in concerned or findings.names("agreement", account):
            continue
        thing = f"office payment agreement {account}"
        if account not in holders:
            findings.add("agreement", account, thing, Fault.MISSING)
        elif _standing(findings.connection, account) != said:
            findings.add("agreement", account, thing, Fault.CONTENT)


def _standing(connection: sa.Connection, account: str) -> Said | None:
    """What an agreement says, without what it leaves open; None if it cannot be read."""
    try:
        (one,) = agreements(connection, t.payment_agreement.c.account_number == account).values()
    except (KravbroError, ValueError):
        return None
    return _said(agreement_values(one))
