"""Claims on cases of an older system: every row is what its file told, and what was adopted opened with that."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from kravbro.office import contents
from kravbro.office import tables as t
from kravbro.office.audit.findings import Fault, Findings, as_stored
from kravbro.office.audit.witnesses import numbered_source
from kravbro.office.earlier.tables import adopted_claim, earlier_claim
from kravbro.office.journals import Account, Kind


def check_earlier_claims(findings: Findings) -> None:
    """Every row fits its fingerprint. One whose creditor was changed is named by whoever looks."""
    columns = as_stored(earlier_claim, *contents.EARLIER_CLAIM)
    chosen = sa.select(*columns, earlier_claim.c.fingerprint).order_by(earlier_claim.c.number)
    for *values, mark in findings.connection.execute(chosen, execution_options={"yield_per": 10_000}):
        if contents.of_row(values) != mark and not findings.names("earlier_claim", values[0]):
            findings.add("earlier_claim", values[0], f"office earlier claim {values[0]}", Fault.CONTENT)


def check_adopted_claims(findings: Findings) -> None:
    """Every adopted claim is what was written, and opened with just what remained on its older case.

    Principal stands in the claim's own opening, and interest, fees and costs in a journal beside it.
    """
    columns = as_stored(adopted_claim, *contents.ADOPTED_CLAIM)
    own = (
        sa.select(*columns, adopted_claim.c.fingerprint)
        .outerjoin(t.claim, t.claim.c.id == adopted_claim.c.claim)
        .where(sa.or_(t.claim.c.creditor == findings.creditor, t.claim.c.id.is_(None)))
        .order_by(adopted_claim.c.number)
    )
    for *values, mark in findings.connection.execute(own).all():
        if contents.of_row(values) != mark and not findings.names("adopted_claim", values[0]):
            _name(findings, values[0], values[1])
    if findings.some("adopted_claim", "earlier_claim", "journal", "claim"):
        return
    for one in findings.connection.execute(_opened(findings)).all():
        brought = (one.principal_ore, one.interest_ore or 0, one.fees_ore or 0, one.costs_ore or 0)
        if one.older != findings.creditor or brought != (one.principal, one.interest, one.fees, one.costs):
            _name(findings, one.number, one.claim)
    alone = (
        sa.select(t.journal.c.number)
        .outerjoin(adopted_claim, t.journal.c.source == numbered_source("adopted", adopted_claim.c.claim))
        .where(
            t.journal.c.creditor == findings.creditor,
            t.journal.c.kind == Kind.ADOPTED.value,
            adopted_claim.c.number.is_(None),
        )
        .order_by(t.journal.c.number)
    )
    for number in list(findings.connection.execute(alone).scalars()):
        findings.add("journal", number, f"office journal {number}", Fault.UNEXPECTED)


def _opened(findings: Findings) -> sa.Select[Any]:
    """Each adopted claim, with what it opened with and what remained on its older case."""
    claim, older, row = t.claim.c, earlier_claim.c, t.journal_row.c

    def on(account: Account) -> sa.ScalarSelect[int]:
        return (
            sa.select(sa.func.sum(row.amount_ore))
            .join(t.journal, t.journal.c.number == row.journal)
            .where(t.journal.c.source == numbered_source("adopted", claim.id), row.account == account.value)
            .scalar_subquery()
        )

    return (
        sa.select(
            adopted_claim.c.number,
            adopted_claim.c.claim,
            older.creditor.label("older"),
            claim.principal_ore,
            (older.principal_ore - older.paid_principal_ore).label("principal"),
            on(Account.INTEREST).label("interest_ore"),
            (older.interest_ore - older.paid_interest_ore).label("interest"),
            on(Account.FEES).label("fees_ore"),
            (older.fees_ore - older.paid_fees_ore).label("fees"),
            on(Account.COSTS).label("costs_ore"),
            (older.costs_ore - older.paid_costs_ore).label("costs"),
        )
        .join(t.claim, claim.id == adopted_claim.c.claim)
        .join(earlier_claim, older.number == adopted_claim.c.earlier_claim)
        .where(claim.creditor == findings.creditor)
        .order_by(adopted_claim.c.number)
    )


def _name(findings: Findings, number: int, claim: int) -> None:
    thing = f"office adopted claim {number}"
    findings.add("adopted_claim", number, thing, Fault.CONTENT, claim=claim)
