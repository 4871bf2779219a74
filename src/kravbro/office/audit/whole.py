"""The audit of one creditor: what is gone, what is not the amount that it should be, and what is in the wrong state."""

from __future__ import annotations

import sqlalchemy as sa

from kravbro.core.movements import Discrepancy
from kravbro.office.audit import (
    adjustments,
    amounts,
    claims,
    codes,
    earlier,
    handovers,
    interest,
    journals,
    ledgerless,
    manual,
    money,
    numbers,
    parties,
    payment_files,
    returns,
    setup,
    states,
    statute,
    vouchers,
)
from kravbro.office.audit.findings import Findings

CHECKS = (
    numbers.check_numbers,
    numbers.check_journal_rows,
    numbers.check_voucher_lines,
    numbers.check_loose_lines,
    codes.check_codes,
    setup.check_setup,
    claims.check_debtors,
    claims.check_cases,
    parties.check_parties,
    journals.check_journals,
    claims.check_homes,
    amounts.check_claims,
    amounts.check_letters,
    amounts.check_transactions,
    amounts.check_books_only,
    ledgerless.check_registered,
    claims.check_identities,
    returns.check_return_contents,
    money.check_payment_contents,
    money.check_reversals,
    money.check_payments,
    money.check_unplaced,
    vouchers.check_vouchers,
    vouchers.check_lines,
    vouchers.check_drafts,
    money.check_files,
    payment_files.check_details,
    payment_files.check_overrides,
    money.check_taken,
    handovers.check_handovers,
    handovers.check_lumps,
    manual.check_contents,
    adjustments.check_accounts,
    adjustments.check_adjustments,
    manual.check_exclusions,
    manual.check_refunds,
    earlier.check_earlier_claims,
    earlier.check_adopted_claims,
    statute.check_statute,
    interest.check_interest,
    states.check_burnt_versions,
    states.check_claim_states,
    returns.check_withdrawals,
    returns.check_returns,
    states.check_overdrawn,
    states.check_case_states,
    interest.check_interest_events,
    parties.check_role_events,
    adjustments.check_adjustment_events,
    states.check_voucher_states,
    manual.check_redeliveries,
    states.check_postings,
)
"""In this order: what a later check would find as a consequence is named by an earlier one."""


def audit(connection: sa.Connection, creditor: int) -> list[Discrepancy]:
    """Everything that the office finds wrong for one creditor, and in numbers that run over the whole office."""
    findings = Findings(connection, creditor)
    for check in CHECKS:
        check(findings)
    return findings.found
