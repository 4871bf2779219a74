"""Rows that are gone or were never made: numbered tables against their counters, rows against their counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from kravbro.core.claims import GONE, Outcome
from kravbro.db.counters import LOST, gaps, last_taken
from kravbro.office import file_tables as f
from kravbro.office import tables as t
from kravbro.office.adjustments.tables import adjustment
from kravbro.office.audit.findings import Fault, Findings, of_ledger
from kravbro.office.creditors import scope
from kravbro.office.earlier.tables import adopted_claim, earlier_claim
from kravbro.office.ledgerless.tables import registered_claim
from kravbro.office.manual.tables import manual_act, posting_choice, refund, refund_file
from kravbro.office.parties import tables as p
from kravbro.office.return_tables import claim_return

OFFICE_WIDE: tuple[tuple[str, str, sa.Column[int]], ...] = (
    ("debtor", "debtor", t.debtor.c.id),
    ("case", "case", t.case.c.id),
    ("claim", "claim", t.claim.c.id),
    ("journal", "journal", t.journal.c.number),
    ("payment", "payment", t.payment.c.number),
    ("payment_file", "payment file", t.payment_file.c.number),
    ("party", "party", p.party.c.id),
    ("party_number", "party number", p.party_number.c.number),
    ("party_member", "party member", p.party_member.c.number),
    ("party_fact", "party fact", p.party_fact.c.number),
    ("party_access", "party access", p.party_access.c.number),
    ("case_party", "case party", p.case_party.c.number),
    ("claim_return", "claim return", claim_return.c.number),
    ("payment_file_override", "payment file override", f.payment_file_override.c.number),
    ("interest_terms", "interest terms", t.interest_terms.c.number),
    ("interest_pause", "interest pause", t.interest_pause.c.number),
    ("setup_change", "setup change", t.setup_change.c.number),
    ("manual_act", "manual act", manual_act.c.number),
    ("adjustment", "adjustment", adjustment.c.number),
    ("registered_claim", "registered claim", registered_claim.c.number),
    ("posting_choice", "posting choice", posting_choice.c.number),
    ("refund", "refund", refund.c.number),
    ("refund_file", "refund file", refund_file.c.number),
    ("earlier_claim", "earlier claim", earlier_claim.c.number),
    ("adopted_claim", "adopted claim", adopted_claim.c.number),
    ("statute_row", "statute row", t.statute_row.c.number),
    ("statute_verification", "statute verification", t.statute_verification.c.number),
)
FEW = 1_000
"""Rows of one thing that may lack before only their count is told."""
PER_CREDITOR: tuple[tuple[str, sa.Table], ...] = (
    ("receipt", t.receipt),
    ("voucher", t.voucher),
    ("status", t.status_event),
    ("posting", t.posting),
)


def check_numbers(findings: Findings) -> None:
    """Compare every numbered table with its counter."""
    connection, creditor = findings.connection, findings.creditor
    for name, shown, column in OFFICE_WIDE:
        last = last_taken(connection, t.counter, name)
        for number in gaps(connection, t.counter, column, name):
            if number == LOST:
                findings.add_entry("counter", name, f"office counter {name}", Fault.MISSING, None)
                continue
            fault = Fault.UNEXPECTED if number > last else Fault.MISSING
            thing = f"office {shown} {number}"
            findings.add_entry(name, number, thing, fault, _entry_of_numbered(findings, name, number))
    for name, table in PER_CREDITOR:
        own = scope(creditor)
        last = last_taken(connection, t.counter, name, own)
        present = (table.c.creditor == creditor, table.c.number.is_not(None))
        for number in gaps(connection, t.counter, table.c.number, name, own, *present):
            if number == LOST:
                _name_series(findings, name)
                continue
            fault = Fault.UNEXPECTED if number > last else Fault.MISSING
            thing = f"office {name} {creditor}-{number}"
            findings.add_entry(name, number, thing, fault, _entry_of_series(findings, name, number))

    claim = t.claim.c
    adopted = sa.exists().where(claim.case == t.case.c.id, adopted_claim.c.claim == claim.id)
    of_creditor = sa.exists().where(t.case.c.number.like(f"{creditor}-%"), ~adopted)
    any_case = connection.execute(sa.select(sa.literal(1)).where(of_creditor)).scalar()
    if any_case and not last_taken(connection, t.counter, "case_number", scope(creditor)):
        _name_series(findings, "case_number")


def _name_series(findings: Findings, name: str) -> None:
    """Name a counter of the creditor's own that is gone."""
    thing = f"office counter {name} {findings.creditor}"
    findings.add_entry("counter", f"{findings.creditor}-{name}", thing, Fault.MISSING, None)


def _entry_of_numbered(findings: Findings, name: str, number: int) -> int | None:
    """The ledger's entry behind a row that is gone or should not be, as far as others still tell."""
    entry = None
    if name == "claim":
        receipt, claim = t.receipt.c, t.claim.c
        there = sa.exists().where(claim.creditor == receipt.creditor, claim.offer == receipt.offer)
        lost = sa.select(receipt.entry).where(
            receipt.creditor == findings.creditor, receipt.outcome == Outcome.ACCEPTED.value, ~there
        )
        entries = list(findings.connection.execute(lost).scalars())
        if len(entries) == 1:
            entry = entries[0]
        else:
            own = (claim.id == number, claim.creditor == findings.creditor)
            entry = findings.connection.execute(sa.select(claim.entry).where(*own)).scalar()
    elif name == "journal":
        about = findings.claims_in({number})[number]
        own = (t.claim.c.id == about, t.claim.c.creditor == findings.creditor)
        entry = findings.connection.execute(sa.select(t.claim.c.entry).where(*own)).scalar()
    return of_ledger(entry)


def _entry_of_series(findings: Findings, name: str, number: int) -> int | None:
    """The entry of a claim that lacks one of its receipts, or of a receipt that should not be."""
    if name != "receipt":
        return None
    receipt, claim = t.receipt.c, t.claim.c
    here = (receipt.creditor == findings.creditor, receipt.number == number)
    entry = findings.connection.execute(sa.select(receipt.entry).where(*here)).scalar()
    if entry is None:
        answered = sa.exists().where(
            receipt.creditor == claim.creditor,
            receipt.offer == claim.offer,
            receipt.outcome == Outcome.ACCEPTED.value,
        )
        own = (claim.creditor == findings.creditor, claim.offer > 0)
        lost = sa.select(claim.entry).where(*own, sa.or_(~answered, _untold(claim)))
        entries = list(findings.connection.execute(lost).scalars())
        entry = entries[0] if len(entries) == 1 else None
    return entry


def _untold(claim: Any) -> sa.ColumnElement[bool]:
    """Whether a claim was given back, and the receipt that says so is not there."""
    receipt = t.receipt.c
    told = sa.exists().where(
        receipt.creditor == claim.creditor, receipt.offer == claim.offer, receipt.outcome == claim.state
    )
    return sa.and_(claim.state.in_([state.value for state in GONE]), ~told)


def check_journal_rows(findings: Findings) -> None:
    """Every journal has the rows 1 to `row_count`, and every row has a journal."""
    journal, row = t.journal.c, t.journal_row.c
    count = sa.func.count(row.row_no)
    counted = findings.connection.execute(
        sa.select(journal.number, journal.row_count)
        .outerjoin(t.journal_row, row.journal == journal.number)
        .where(journal.creditor == findings.creditor)
        .group_by(journal.number, journal.row_count)
        .having(sa.or_(count != journal.row_count, sa.func.max(row.row_no) != journal.row_count))
    ).all()
    for number, row_count in counted:
        if findings.names("journal", number):
            continue
        chosen = sa.select(row.row_no, row.claim).where(row.journal == number)
        present = {one.row_no: one.claim for one in findings.connection.execute(chosen)}
        wrong = _wrong_numbers(row_count, present)
        about = findings.claims_in({number})[number]
        if len(wrong) == 1:
            fault = Fault.MISSING if wrong[0] <= row_count else Fault.UNEXPECTED
            thing = f"office journal {number} row {wrong[0]}"
            findings.add("journal", number, thing, fault, claim=present.get(wrong[0]) or about)
        else:
            thing = f"office journal {number}"
            findings.add("journal", number, thing, Fault.COUNT, expected=row_count, found=len(present), claim=about)
    there = sa.exists().where(journal.number == row.journal)
    orphans = sa.select(row.journal, row.row_no, row.claim).where(~there).order_by(row.journal, row.row_no)
    for number, row_no, claim in findings.connection.execute(orphans).all():
        if not findings.names("journal", number):
            findings.add("row", number, f"office journal {number} row {row_no}", Fault.UNEXPECTED, claim=claim)


def _wrong_numbers(count: object, present: Mapping[int, object]) -> list[int]:
    """The numbers that lack, or are too many; none if the count itself cannot be meant."""
    if not isinstance(count, int) or abs(count - len(present)) > FEW:
        return []
    return sorted(set(range(1, count + 1)) ^ present.keys())


def check_voucher_lines(findings: Findings) -> None:
    """Every voucher has the lines 1 to `line_count`."""
    voucher, line = t.voucher.c, t.voucher_line.c
    same = sa.and_(line.creditor == voucher.creditor, line.posting == voucher.posting, line.ordinal == voucher.ordinal)
    counted = findings.connection.execute(
        sa.select(voucher.posting, voucher.ordinal, voucher.number, voucher.line_count)
        .outerjoin(t.voucher_line, same)
        .where(voucher.creditor == findings.creditor)
        .group_by(voucher.posting, voucher.ordinal, voucher.number, voucher.line_count)
        .having(
            sa.or_(sa.func.count(line.line_no) != voucher.line_count, sa.func.max(line.line_no) != voucher.line_count)
        )
    ).all()
    for posting, ordinal, number, line_count in counted:
        if number is not None and findings.names("voucher", number):
            continue
        here = (line.creditor == findings.creditor, line.posting == posting, line.ordinal == ordinal)
        chosen = sa.select(line.line_no, line.claim).where(*here)
        present = {one.line_no: one.claim for one in findings.connection.execute(chosen)}
        wrong = _wrong_numbers(line_count, present)
        name = voucher_name(findings.creditor, posting, ordinal, number)
        key = (posting, ordinal)
        if len(wrong) == 1:
            fault = Fault.MISSING if wrong[0] <= line_count else Fault.UNEXPECTED
            findings.add("lines", key, f"{name} line {wrong[0]}", fault, claim=present.get(wrong[0]))
        else:
            findings.add("lines", key, name, Fault.COUNT, expected=line_count, found=len(present))


def check_loose_lines(findings: Findings) -> None:
    """Every line has its voucher; where an approved one is gone, its number tells already."""
    voucher, line = t.voucher.c, t.voucher_line.c
    there = sa.exists().where(
        voucher.creditor == line.creditor, voucher.posting == line.posting, voucher.ordinal == line.ordinal
    )
    loose = findings.connection.execute(
        sa.select(line.posting, line.ordinal).where(line.creditor == findings.creditor, ~there).distinct()
    ).all()
    for posting, ordinal in loose:
        if not findings.some("voucher", "lines"):
            name = voucher_name(findings.creditor, posting, ordinal, None)
            findings.add("lines", (posting, ordinal), name, Fault.MISSING)


def voucher_name(creditor: int, posting: int, ordinal: int, number: int | None) -> str:
    """A voucher's name: by its approval number, or by its place in the draft."""
    if number is None:
        return f"office posting {creditor}-{posting} voucher {ordinal}"
    return f"office voucher {creditor}-{number}"
