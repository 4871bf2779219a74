"""The audit of one creditor: what is gone, what is not the amount that it should be, and what is in the wrong state."""

from __future__ import annotations

import sqlalchemy as sa

from kravbro.core.movements import Discrepancy
from kravbro.office.audit import amounts, money, numbers, states
from kravbro.office.audit.findings import Findings

CHECKS = (
    numbers.check_numbers,
    numbers.check_journal_rows,
    numbers.check_voucher_lines,
    numbers.check_loose_lines,
    amounts.check_balances,
    amounts.check_claims,
    amounts.check_letters,
    amounts.check_transactions,
    amounts.check_books_only,
    amounts.check_lines,
    money.check_payments,
    money.check_unplaced,
    money.check_files,
    money.check_taken,
    states.check_claim_states,
    states.check_overdrawn,
    states.check_case_states,
    states.check_voucher_states,
)
"""In this order: what a later check would find as a consequence is named by an earlier one."""


def audit(connection: sa.Connection, creditor: int) -> list[Discrepancy]:
    """Everything that the office finds wrong for one creditor, and in numbers that run over the whole office."""
    findings = Findings(connection, creditor)
    for check in CHECKS:
        check(findings)
    return findings.found
