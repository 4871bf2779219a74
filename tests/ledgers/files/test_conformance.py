"""Files behind their mirror conform: on both databases, with vouchers in each of the three formats."""

from __future__ import annotations

from pathlib import Path

import pytest

from kravbro.ports.conformance.checks import Finding, Outcome, conform
from kravbro.ports.conformance.ledger import CHECKS, returns, transactions, vouchers
from kravbro.ports.conformance.ledger.scene import LedgerCheck
from tests.ledgers.files.acting import FilesWorld


def expected(check: LedgerCheck) -> Finding:
    return Finding(str(check), check.rule, Outcome.KEPT)


OF_VOUCHERS = [check for check in CHECKS if check.number in {"L29", "L32", "L35"}]
ON_POSTGRESQL = [*transactions.CHECKS, *vouchers.CHECKS, *returns.CHECKS]
"""What passes through both: the mirror itself is proven on both elsewhere, and the folder's own state is SQLite."""


@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_it_conforms_where_vouchers_go_as_gbat10(check: LedgerCheck, tmp_path: Path) -> None:
    assert conform(check, FilesWorld(tmp_path)) == expected(check)


@pytest.mark.parametrize("check", ON_POSTGRESQL, ids=str)
def test_it_conforms_with_its_mirror_on_postgresql(check: LedgerCheck, tmp_path: Path) -> None:
    assert conform(check, FilesWorld(tmp_path, kind="postgresql", vouchers="csv")) == expected(check)


@pytest.mark.parametrize("check", OF_VOUCHERS, ids=str)
def test_it_conforms_where_vouchers_go_as_an_import_file(check: LedgerCheck, tmp_path: Path) -> None:
    assert conform(check, FilesWorld(tmp_path, vouchers="visma_import")) == expected(check)
