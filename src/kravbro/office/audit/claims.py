"""Who owes what: debtors and cases are what was written, and each claim is what was offered and accepted.

Three things tell of a claim: its row, its opening journal (whose it is, and on which case) and its receipt (the
fingerprint of what the ledger froze, and the case number and KID that the ledger was told).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

from kravbro.core.claims import Outcome
from kravbro.core.fingerprints import fingerprint
from kravbro.office import contents
from kravbro.office import tables as t
from kravbro.office.audit.findings import Fault, Findings, as_stored, of_ledger
from kravbro.office.audit.witnesses import numbered_source
from kravbro.office.ledgerless.known import has_no_ledger
from kravbro.office.parties import tables as p

FROZEN = (
    "entry", "sequence", "principal_ore", "interest_before_due_ore", "fees_ore", "interest_charged_ore", "invoice_no",
    "invoice_kid", "invoice_date", "due_date",
)  # fmt: skip
"""What of a claim is frozen at approval, between offer and company before and customer and sub-ledger type after, in
the order of `kravbro.office.intake.frozen_fingerprint`."""
FROZEN_VALUES = 2 + len(FROZEN) + 2


def check_debtors(findings: Findings) -> None:
    """Every debtor is what the ledger last told."""
    of_cases = sa.select(t.case.c.debtor).where(t.case.c.creditor == findings.creditor)
    beside = (
        sa.select(p.case_party.c.debtor)
        .join(t.case, t.case.c.id == p.case_party.c.case)
        .where(t.case.c.creditor == findings.creditor)
    )
    own = sa.or_(t.debtor.c.creditor == findings.creditor, t.debtor.c.id.in_(of_cases), t.debtor.c.id.in_(beside))
    for number in _altered(findings, t.debtor, contents.DEBTOR, own, contents.of_debtor):
        if not findings.names("debtor", number):
            claim = findings.only_claim(t.case.c.debtor == number)
            findings.add("debtor", number, f"office debtor {number}", Fault.CONTENT, claim=claim)


def check_cases(findings: Findings) -> None:
    """Every case has the creditor, debtor, number and KID that it was opened with."""
    of_claims = sa.select(t.claim.c.case).where(t.claim.c.creditor == findings.creditor)
    own = sa.or_(t.case.c.creditor == findings.creditor, t.case.c.id.in_(of_claims))
    for number in _altered(findings, t.case, contents.CASE, own):
        if not findings.names("case", number):
            claim = findings.only_claim(t.case.c.id == number)
            findings.add("case", number, f"office case {number}", Fault.CONTENT, claim=claim)


def _altered(
    findings: Findings,
    table: sa.Table,
    columns: tuple[str, ...],
    own: sa.ColumnElement[bool],
    made: Callable[[Sequence[Any]], str] = contents.of_row,
) -> list[int]:
    """The rows whose fingerprint does not fit, by their number."""
    chosen = sa.select(*as_stored(table, *columns), table.c.fingerprint).where(own).order_by(table.c.id)
    rows = findings.connection.execute(chosen, execution_options={"yield_per": 10_000})
    return [row[0] for row in rows if made(tuple(row)[:-1]) != row[-1]]


def check_homes(findings: Findings) -> None:
    """Every claim is the creditor's, and on the case, that its opening journal says."""
    claim, journal = t.claim.c, t.journal.c
    own_cases = sa.select(t.case.c.id).where(t.case.c.creditor == findings.creditor)
    wrong = findings.connection.execute(
        sa.select(claim.id, claim.creditor, claim.entry, journal.number, journal.creditor.label("rightful"))
        .join(t.journal, journal.source == numbered_source("claim", claim.id))
        .where(
            sa.or_(claim.creditor == findings.creditor, claim.case.in_(own_cases)),
            sa.or_(claim.creditor != journal.creditor, claim.case != journal.case),
        )
        .order_by(claim.id)
    ).all()
    for one in wrong:
        if not (findings.names("journal", one.number) or findings.names("claim", one.id)):
            fault = Fault.CASE if one.creditor == one.rightful else Fault.CREDITOR
            entry = of_ledger(one.entry) if one.rightful == findings.creditor else None
            findings.add_entry("claim", one.id, f"office claim {one.id}", fault, entry)


def check_identities(findings: Findings) -> None:
    """Every claim is the one that its receipt accepted, and the receipt tells its case's number and KID.

    A fingerprint holds the company: where that was altered, no claim is to blame. A claim that a person registered has
    no receipt: what was kept of the registration tells of it (`kravbro.office.audit.ledgerless`).
    """
    if findings.names("company", findings.creditor):
        return
    unregistered = findings.some("registered_claim")
    doubtful = [
        one
        for one in _claims_with_receipts(findings)
        if _told(one) != (one.entry, one.number, one.kid) or frozen(one) != one.fingerprint
        if not (unregistered and one.receipt is None and one.offer < 0)
    ]
    unanswered = []
    for one in doubtful:
        known = one.case_id is not None and not findings.names("case", one.case_id)
        of_known_debtor = known and one.debtor_id is not None and not findings.names("debtor", one.debtor_id)
        if findings.names("claim", one.id):
            continue
        if one.receipt is None:
            unanswered.append(one)
        elif of_known_debtor and frozen(one) != one.fingerprint:
            findings.add("claim", one.id, f"office claim {one.id}", Fault.CONTENT, claim=one.id)
        elif known and _told(one) != (one.entry, one.number, one.kid) and not findings.names("receipt", one.receipt):
            _name_receipt(findings, one.receipt, Fault.CONTENT, one.entry)
    if not findings.some("receipt"):
        _explain_unanswered(findings, unanswered)
    if not findings.some("claim", "receipt"):
        for row in _unclaimed(findings):
            _name_receipt(findings, row.number, Fault.UNEXPECTED, row.entry)


def _claims_with_receipts(findings: Findings) -> sa.CursorResult[Any]:
    claim, receipt = t.claim.c, t.receipt.c
    accepted = sa.and_(
        receipt.creditor == claim.creditor, receipt.offer == claim.offer, receipt.outcome == Outcome.ACCEPTED.value
    )
    return findings.connection.execute(
        sa.select(
            claim.offer,
            t.creditor.c.company,
            *as_stored(t.claim, *FROZEN),
            t.debtor.c.customer_no,
            claim.sub_ledger_type,
            claim.id,
            receipt.number.label("receipt"),
            receipt.fingerprint,
            receipt.entry.label("receipt_entry"),
            receipt.case_number,
            receipt.case_kid,
            t.case.c.id.label("case_id"),
            t.case.c.number,
            t.case.c.kid,
            t.debtor.c.id.label("debtor_id"),
        )
        .join(t.creditor, t.creditor.c.number == claim.creditor)
        .outerjoin(t.receipt, accepted)
        .outerjoin(t.case, t.case.c.id == claim.case)
        .outerjoin(t.debtor, t.debtor.c.id == t.case.c.debtor)
        .where(claim.creditor == findings.creditor, ~has_no_ledger(claim.id))
        .order_by(claim.id),
        execution_options={"yield_per": 10_000},
    )


def _told(one: Any) -> tuple[Any, ...]:
    """What the receipt says: the ledger's entry, case number and case KID."""
    return (one.receipt_entry, one.case_number, one.case_kid)


def frozen(one: Any) -> str:
    """The fingerprint of what is frozen in a claim, made from its row and its debtor's."""
    return fingerprint(*tuple(one)[:FROZEN_VALUES])


def _explain_unanswered(findings: Findings, unanswered: list[Any]) -> None:
    """A claim without its receipt: one of the two tells another offer or outcome than when it was written."""
    receipt = t.receipt.c
    for one in unanswered:
        same = (receipt.creditor == findings.creditor, receipt.fingerprint == frozen(one))
        first = sa.select(receipt.number).where(*same).order_by(receipt.number).limit(1)
        changed = findings.connection.execute(first).scalar()
        if changed is None:
            findings.add("claim", one.id, f"office claim {one.id}", Fault.CONTENT, claim=one.id)
        else:
            _name_receipt(findings, changed, Fault.CONTENT, one.entry)


def _unclaimed(findings: Findings) -> list[Any]:
    """Accepted receipts that no claim came of."""
    claim, receipt = t.claim.c, t.receipt.c
    there = sa.exists().where(claim.creditor == receipt.creditor, claim.offer == receipt.offer)
    accepted = (receipt.creditor == findings.creditor, receipt.outcome == Outcome.ACCEPTED.value)
    chosen = sa.select(receipt.number, receipt.entry).where(*accepted, ~there).order_by(receipt.number)
    return list(findings.connection.execute(chosen))


def _name_receipt(findings: Findings, number: int, fault: Fault, entry: int) -> None:
    findings.add_entry("receipt", number, f"office receipt {findings.creditor}-{number}", fault, entry)
