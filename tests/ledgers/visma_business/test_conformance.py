"""Visma Business behind its mirror conforms: on both databases, by both ways, with our tables in both places."""

from __future__ import annotations

from pathlib import Path

import pytest

from kravbro.ports.conformance.checks import Finding, Outcome, conform
from kravbro.ports.conformance.ledger import CHECKS
from kravbro.ports.conformance.ledger.scene import LedgerCheck
from tests.ledgers.visma_business.acting import COMPANY, VismaWorld


def expected(check: LedgerCheck) -> Finding:
    return Finding(str(check), check.rule, Outcome.KEPT)


OF_VOUCHERS = [check for check in CHECKS if check.number in {"L29", "L32", "L35", "L36", "L45", "L46"}]
"""What writes into both databases at once."""


@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_it_conforms_where_vouchers_go_by_file(check: LedgerCheck, tmp_path: Path) -> None:
    assert conform(check, VismaWorld(tmp_path, by_file=True)) == expected(check)


@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_it_conforms_on_postgresql_where_vouchers_go_into_the_batch_tables(check: LedgerCheck, tmp_path: Path) -> None:
    assert conform(check, VismaWorld(tmp_path, by_file=False, kind="postgresql")) == expected(check)


@pytest.mark.parametrize("check", OF_VOUCHERS, ids=str)
def test_it_conforms_where_our_tables_stand_in_the_same_company(check: LedgerCheck, tmp_path: Path) -> None:
    assert conform(check, VismaWorld(tmp_path, by_file=False, ours=COMPANY)) == expected(check)
